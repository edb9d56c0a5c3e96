/* SPDX-License-Identifier: MIT
 * Loading a series of 100,000 rows from a CSV file: reading, parsing, checking dates. */
#include "common/rng.h"
#include "datasets/text/csv_series.h"
#include "experiments/bench/case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 100000 };

static gm_status load(void *path, gm_error *err) {
  const gm_csv_series_config config = {.path = path, .date_column = "row", .target = "value"};
  gm_series series;
  const gm_status status = gm_csv_series_read(&config, &series, NULL, err);
  if (status == GM_OK) gm_series_free(&series);
  return status;
}

static gm_status write_file(char *path, gm_error *err) {
  const int fd = mkstemp(path);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  gm_rng rng;
  if (out == NULL) return gm_fail(err, GM_IO_ERROR, "%s: %s", path, strerror(errno));
  gm_rng_seed(&rng, 0);
  fprintf(out, "row,value,second,third\n");
  for (int i = 0; i < ROWS; i++)
    fprintf(out, "%d,%.3f,%.3f,%.3f\n", i, gm_rng_double(&rng), gm_rng_double(&rng), gm_rng_double(&rng));
  return fclose(out) == 0 ? GM_OK : gm_fail(err, GM_IO_ERROR, "%s: %s", path, strerror(errno));
}

gm_status gm_bench_csv(gm_bench *bench, gm_error *err) {
  char path[] = "/tmp/greenmile-bench-XXXXXX";
  gm_bench_case c = {.name = "csv.100000"};
  struct stat file;
  gm_status status = write_file(path, err);
  if (status == GM_OK && stat(path, &file) == 0) c.read_bytes = (size_t)file.st_size;
  snprintf(c.what, sizeof c.what, "%d rows of 4 columns, %.1f MB, from the page cache", ROWS,
           (double)c.read_bytes / 1e6);
  gm_bench_add_ours(&c, 1, load, path, 0);
  if (status == GM_OK) {
    struct json_object *request = json_object_new_object();
    gm_json_add_text(request, "case", "csv");
    gm_json_add_text(request, "path", path);
    status = gm_bench_run(bench, &c, request, err);
  }
  unlink(path);
  return status;
}
