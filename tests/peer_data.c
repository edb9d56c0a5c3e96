/* SPDX-License-Identifier: MIT
 * Program for scripts/peers: reads a file as the suite does and prints what it is to forecast, one
 * "DATE VALUE" a line ("nan" where missing), so that another reader can be held against it. Not a test by
 * itself. */
#include "common/options.h"
#include "datasets/maps/sst_netcdf.h"
#include "datasets/text/csv_series.h"

#include <stdio.h>

static void print(const gm_series *s) {
  for (size_t t = 0; t < s->n_times; t++) {
    char date[GM_TIME_TEXT];
    printf("%s %.17g\n", gm_time_format(s->unit, s->first + (int64_t)t, date), s->target[t]);
  }
}

int main(int argc, char **argv) {
  gm_csv_series_config csv = {.path = NULL};
  gm_sst_netcdf_config sst = gm_sst_netcdf_config_default();
  const gm_option list[] = {
      {"csv", "FILE", "a text file", GM_OPTION_TEXT, &csv.path, 0, 0, false},
      {"target", "COLUMN", "of --csv", GM_OPTION_TEXT, &csv.target, 0, 0, false},
      {"date-column", "COLUMN", "of --csv", GM_OPTION_TEXT, &csv.date_column, 0, 0, false},
      {"missing", "V,…", "of both", GM_OPTION_TEXT, &csv.missing, 0, 0, false},
      {"sst", "FILE", "a gridded file", GM_OPTION_TEXT, &sst.path, 0, 0, false},
      {"variable", "NAME", "of --sst", GM_OPTION_TEXT, &sst.variable, 0, 0, false},
      {"index", "BOX", "of --sst", GM_OPTION_TEXT, &sst.index, 0, 0, false},
      {"base-period", "Y:Y", "of --sst", GM_OPTION_TEXT, &sst.base_period, 0, 0, false},
  };
  const gm_option_group group = {"Options", list, sizeof list / sizeof *list};
  const gm_program program = {"peer_data", "[options]", "Prints what a file is read as.", NULL, &group, 1};
  gm_options_action action;
  gm_error err;
  gm_status status = gm_options_parse(&program, argc, argv, &action, NULL, &err);
  if (status == GM_OK && csv.path != NULL) {
    gm_series series;
    status = gm_csv_series_read(&csv, &series, NULL, &err);
    if (status == GM_OK) print(&series);
    gm_series_free(&series);
  } else if (status == GM_OK) {
    gm_sst_map map;
    sst.missing = csv.missing;
    if (sst.base_period == NULL) sst.base_period = "none";
    status = gm_sst_netcdf_read(&sst, &map, &err);
    if (status == GM_OK) print(&map.index);
    gm_sst_map_free(&map);
  }
  if (status != GM_OK) fprintf(stderr, "peer_data: %s\n", err.message);
  return gm_exit_code(status);
}
