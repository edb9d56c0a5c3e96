/* SPDX-License-Identifier: MIT
 * Text files of any layout: whatever the bytes, a series whose rows are consecutive and whose values are
 * finite or missing, or one sentence. The first byte chooses the options. */
#include "datasets/text/csv_series.h"
#include "tests/fuzz/fuzz_file.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const layouts[] = {
      NULL, "rows", "year-rows", "blanks", "no-header", "semicolon,header", "index", "monthly"};
  if (size == 0) return 0;
  const uint8_t choice = data[0];
  fuzz_file f = fuzz_file_of(data + 1, size - 1);
  const gm_csv_series_config config = {.path = f.path,
                                       .layout = layouts[choice & 7],
                                       .missing = (choice & 8) != 0    ? "none"
                                                  : (choice & 16) != 0 ? "-99.99,***"
                                                                       : NULL,
                                       .date_column = (choice & 32) != 0 ? "1,2" : NULL,
                                       .target = (choice & 64) != 0 ? "2" : NULL,
                                       .features = (choice & 128) != 0 ? "2,\"3\"" : NULL};
  gm_series series;
  gm_series_found found;
  gm_error err = {GM_OK, ""};
  if (gm_csv_series_read(&config, &series, &found, &err) == GM_OK) {
    size_t missing = 0;
    for (size_t i = 0; i < series.n_times; i++) {
      if (isinf(series.target[i])) abort();
      missing += isnan(series.target[i]);
    }
    if (missing == series.n_times || missing > series.n_missing) abort();
    gm_series_free(&series);
  } else if (err.message[0] == '\0' || series.target != NULL) {
    abort();
  }
  fuzz_file_close(&f);
  return 0;
}
