/* SPDX-License-Identifier: MIT
 * Weight files: read within bounds, or refused with a sentence. */
#include "models/files/safetensors.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_file f = fuzz_file_of(data, size);
  gm_safetensors file;
  gm_error err = {GM_OK, ""};
  if (gm_safetensors_read(f.path, &file, &err) == GM_OK)
    gm_safetensors_free(&file);
  else if (err.message[0] == '\0')
    abort();
  fuzz_file_close(&f);
  return 0;
}
