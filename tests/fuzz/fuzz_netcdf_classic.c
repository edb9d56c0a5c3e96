/* SPDX-License-Identifier: MIT
 * Headers of classic netCDF files: read within bounds and in bounded time. */
#include "datasets/maps/netcdf_classic.h"
#include "tests/fuzz/fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_file f = fuzz_file_of(data, size);
  gm_error err = {GM_OK, ""};
  if (gm_netcdf_classic_check(f.path, &err) != GM_OK && err.message[0] == '\0') abort();
  fuzz_file_close(&f);
  return 0;
}
