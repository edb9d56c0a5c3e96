/* SPDX-License-Identifier: MIT
 * The pruners of the sweep (frontier.csv of the search without pruner) for the last panel of Figure 8. */
#include "common/atomic_file.h"
#include "common/csv.h"
#include "experiments/report/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char header[] = "epochs_saved_percent,regret,on_frontier,mark";

/* One point: how much of all epochs a setting saves, and how much worse what it finds is. */
static gm_status put_setting(gm_csv_writer *csv, const gm_csv_table *sweep, size_t i, gm_error *err) {
  static const char *const names[] = {"epochs_saved", "epochs", "regret", "on_frontier"};
  enum { SAVED, EPOCHS, REGRET, ON_FRONTIER, N };
  double value[N];
  size_t column, pruner;
  gm_status status = gm_csv_column(sweep, "pruner", &pruner, err);
  for (size_t k = 0; k < N && status == GM_OK; k++) {
    status = gm_csv_column(sweep, names[k], &column, err);
    if (status == GM_OK) status = gm_csv_number(sweep, i, column, &value[k], err);
  }
  if (status != GM_OK) return status;
  char mark[192];
  const double percent = 100.0 * value[SAVED] / value[EPOCHS];
  snprintf(mark, sizeof mark, "%s: %.0f %% of the epochs saved; regret %.4g", gm_csv_field(sweep, i, pruner),
           percent, value[REGRET]);
  for (char *c = mark; *c != '\0'; c++)
    if (*c == ',') *c = ';'; /* what follows a comma would be lost under the mouse */
  gm_csv_put_number(csv, percent);
  gm_csv_put_number(csv, value[REGRET]);
  gm_csv_put_integer(csv, value[ON_FRONTIER] != 0);
  gm_csv_put_text(csv, mark);
  gm_csv_end_row(csv);
  return GM_OK;
}

gm_status gm_report_write_frontier(const gm_report_run *run, const char *directory, gm_error *err) {
  gm_csv_writer csv = {0};
  gm_csv_table sweep = {0};
  char *path = gm_path_join(run->directory, "frontier.csv");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  gm_status status = access(path, R_OK) == 0 ? gm_csv_read(path, &sweep, err) : GM_OK;
  free(path);
  if (status == GM_OK) status = gm_csv_open_in(&csv, directory, "fig8_frontier.csv", header, err);
  if (status == GM_OK) {
    for (size_t i = 0; i < sweep.n_rows && status == GM_OK; i++) status = put_setting(&csv, &sweep, i, err);
    status = gm_csv_close(&csv, status, err);
  }
  gm_csv_free(&sweep);
  return status;
}
