/* SPDX-License-Identifier: MIT
 * Settings of the meter: a file of any bytes is taken or refused with a sentence. */
#include "energy/record/settings.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_file f = fuzz_file_of(data, size);
  gm_settings settings = {0};
  gm_error err = {GM_OK, ""};
  if (gm_settings_open(&settings, &err) == GM_OK && gm_settings_read_file(&settings, f.path, &err) != GM_OK &&
      err.message[0] == '\0')
    abort();
  gm_settings_close(&settings);
  fuzz_file_close(&f);
  return 0;
}
