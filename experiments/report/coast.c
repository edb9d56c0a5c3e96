/* SPDX-License-Identifier: MIT
 * The outline of a map's points: where a cell that is there meets one that is not. On sea-surface
 * temperature that is the coast (and the edge of the ice) at the resolution of the grid. */
#include "experiments/report/figures.h"

#include "common/ascending.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One axis: its coordinates in rising order, each once. */
typedef struct {
  double *at;
  size_t n;
} axis;

static gm_status make_axis(const gm_csv_table *table, size_t column, axis *a, gm_error *err) {
  gm_status status = GM_OK;
  a->at = calloc(table->n_rows + 1, sizeof *a->at);
  if (a->at == NULL) return gm_fail_memory(err, "coast");
  for (size_t r = 0; r < table->n_rows && status == GM_OK; r++)
    status = gm_csv_number(table, r, column, &a->at[r], err);
  qsort(a->at, table->n_rows, sizeof *a->at, gm_ascending);
  for (size_t i = 0; i < table->n_rows; i++)
    if (a->n == 0 || a->at[i] > a->at[a->n - 1]) a->at[a->n++] = a->at[i];
  return status;
}

static size_t index_of(const axis *a, double value) {
  const double *found = bsearch(&value, a->at, a->n, sizeof value, gm_ascending);
  return found != NULL ? (size_t)(found - a->at) : 0;
}

/* The edge below cell i; with i = n the edge above the last. Half-way between neighbours. */
static double edge(const axis *a, size_t i) {
  if (a->n < 2) return a->at[0];
  if (i == 0) return a->at[0] - 0.5 * (a->at[1] - a->at[0]);
  if (i == a->n) return a->at[i - 1] + 0.5 * (a->at[i - 1] - a->at[i - 2]);
  return 0.5 * (a->at[i - 1] + a->at[i]);
}

static void put_segment(gm_csv_writer *csv, double x0, double y0, double x1, double y1) {
  gm_csv_put_number(csv, x0);
  gm_csv_put_number(csv, y0);
  gm_csv_put_number(csv, x1 - x0);
  gm_csv_put_number(csv, y1 - y0);
  gm_csv_end_row(csv);
}

/* there (latitudes, longitudes): 1 where the map has a point. */
static void put_outline(gm_csv_writer *csv, const axis *latitude, const axis *longitude,
                        const unsigned char *there) {
  const size_t nx = longitude->n, ny = latitude->n;
  for (size_t y = 0; y < ny; y++)
    for (size_t x = 0; x < nx; x++) {
      if (x + 1 < nx && there[y * nx + x] != there[y * nx + x + 1])
        put_segment(csv, edge(longitude, x + 1), edge(latitude, y), edge(longitude, x + 1),
                    edge(latitude, y + 1));
      if (y + 1 < ny && there[y * nx + x] != there[(y + 1) * nx + x])
        put_segment(csv, edge(longitude, x), edge(latitude, y + 1), edge(longitude, x + 1),
                    edge(latitude, y + 1));
    }
}

static gm_status write_outline(const gm_csv_table *table, const char *directory, gm_error *err) {
  size_t latitudes = 0, longitudes = 0;
  axis latitude = {0}, longitude = {0};
  gm_csv_writer csv = {0};
  unsigned char *there = NULL;
  gm_status status = gm_csv_column(table, "latitude", &latitudes, err);
  if (status == GM_OK) status = gm_csv_column(table, "longitude", &longitudes, err);
  if (status == GM_OK) status = make_axis(table, latitudes, &latitude, err);
  if (status == GM_OK) status = make_axis(table, longitudes, &longitude, err);
  if (status == GM_OK && (there = calloc(latitude.n * longitude.n + 1, 1)) == NULL)
    status = gm_fail_memory(err, "coast");
  for (size_t r = 0; r < table->n_rows && status == GM_OK; r++) {
    double y = 0.0, x = 0.0;
    status = gm_csv_number(table, r, latitudes, &y, err);
    if (status == GM_OK) status = gm_csv_number(table, r, longitudes, &x, err);
    if (status == GM_OK) there[index_of(&latitude, y) * longitude.n + index_of(&longitude, x)] = 1;
  }
  if (status == GM_OK)
    status = gm_csv_open_in(&csv, directory, "maps_coast.csv", "longitude,latitude,dx,dy", err);
  if (status == GM_OK) {
    put_outline(&csv, &latitude, &longitude, there);
    status = gm_csv_commit(&csv, err);
  }
  free(latitude.at);
  free(longitude.at);
  free(there);
  return status;
}

gm_status gm_report_write_coast(const gm_report *report, const char *directory, gm_error *err) {
  if (!gm_report_is_map(report->study)) return GM_OK;
  gm_csv_table table = {0};
  gm_status status = gm_csv_read_in(report->study->runs[GM_RUN_LINEAR_REGRESSION]->directory,
                                    "coefficient_map.csv", &table, err);
  if (status == GM_OK) status = write_outline(&table, directory, err);
  gm_csv_free(&table);
  return status;
}
