/* SPDX-License-Identifier: MIT
 * Months of a map, one after the other, into rows of those cells that have values. It reads no file. */
#include "datasets/maps/point_rows.h"

#include <math.h>
#include <stdlib.h>

enum { MONTHS = 12 };

gm_status gm_point_rows_create(gm_point_rows *r, size_t *cell, size_t n_cells, size_t n_rows,
                               int first_calendar_month, bool keep_gaps, gm_error *err) {
  *r = (gm_point_rows){.n_cells = n_cells,
                       .n_rows = n_rows,
                       .keep_gaps = keep_gaps,
                       .first_calendar_month = first_calendar_month,
                       .cell = cell,
                       .n_seen = calloc(n_cells + 1, sizeof *r->n_seen),
                       .point = calloc(n_cells + 1, sizeof *r->point)};
  if (cell != NULL && r->n_seen != NULL && r->point != NULL) return GM_OK;
  gm_point_rows_free(r);
  return gm_fail_memory(err, "the cells of a map");
}

void gm_point_rows_free(gm_point_rows *r) {
  free(r->cell);
  free(r->n_seen);
  free(r->point);
  free(r->values);
  free(r->sum);
  free(r->n_sum);
  *r = (gm_point_rows){0};
}

/* The points are the cells with a value in the first month, or all of them. */
static gm_status choose_points(gm_point_rows *r, const double *month, gm_error *err) {
  for (size_t c = 0; c < r->n_cells; c++)
    if (r->keep_gaps || !isnan(month[r->cell[c]])) r->point[r->n_points++] = c;
  if (r->n_points == 0) return GM_OK;
  if (r->n_rows <= SIZE_MAX / sizeof *r->values / r->n_points)
    r->values = malloc(r->n_rows * r->n_points * sizeof *r->values);
  r->sum = calloc(r->n_points, MONTHS * sizeof *r->sum);
  r->n_sum = calloc(r->n_points, MONTHS * sizeof *r->n_sum);
  return r->values != NULL && r->sum != NULL && r->n_sum != NULL ? GM_OK : gm_fail_memory(err, "the map");
}

gm_status gm_point_rows_add(gm_point_rows *r, const double *month, size_t row, int calendar_month,
                            bool in_base, size_t *n_values, gm_error *err) {
  *n_values = 0;
  if (r->n_months++ == 0) {
    const gm_status status = choose_points(r, month, err);
    if (status != GM_OK) return status;
  }
  for (size_t c = 0; c < r->n_cells; c++) r->n_seen[c] += isnan(month[r->cell[c]]) ? 0 : 1;
  for (size_t p = 0; p < r->n_points; p++) {
    const double value = month[r->cell[r->point[p]]];
    *n_values += isnan(value) ? 0 : 1;
    const size_t k = (size_t)calendar_month * r->n_points + p;
    if (in_base && !isnan(value)) {
      r->sum[k] += value;
      r->n_sum[k]++;
    }
    if (row != GM_NO_ROW) r->values[row * r->n_points + p] = (float)value;
  }
  r->n_base[calendar_month] += in_base;
  return GM_OK;
}

static bool is_kept(const gm_point_rows *r, size_t p) {
  const uint32_t seen = r->n_seen[r->point[p]];
  return r->keep_gaps ? seen > 0 : seen == r->n_months;
}

/* NaN where the base period has months but no value of them. */
static double base_mean(const gm_point_rows *r, size_t month, size_t p) {
  const size_t k = month * r->n_points + p;
  if (r->n_base[month] == 0) return 0;
  return r->n_sum[k] > 0 ? r->sum[k] / r->n_sum[k] : (double)NAN;
}

void gm_point_rows_finish(gm_point_rows *r) {
  size_t n = 0;
  for (size_t p = 0; p < r->n_points; p++) n += is_kept(r, p);
  for (size_t row = 0; n > 0 && row < r->n_rows; row++) {
    const size_t m = ((size_t)r->first_calendar_month + row) % MONTHS;
    const float *from = r->values + row * r->n_points;
    float *to = r->values + row * n; /* at or before `from`, so the copy may go forward in place */
    for (size_t p = 0; p < r->n_points; p++) {
      if (!is_kept(r, p)) continue;
      *to++ = (float)(from[p] - base_mean(r, m, p));
    }
  }
  size_t kept = 0;
  for (size_t p = 0; p < r->n_points; p++)
    if (is_kept(r, p)) r->point[kept++] = r->point[p];
  r->n_points = n;
  if (n == 0) return;
  float *smaller = realloc(r->values, r->n_rows * n * sizeof *r->values);
  if (smaller != NULL) r->values = smaller;
}

size_t gm_point_rows_land(const gm_point_rows *r) {
  size_t n = 0;
  for (size_t c = 0; c < r->n_cells; c++) n += r->n_seen[c] == 0;
  return n;
}

size_t gm_point_rows_gaps(const gm_point_rows *r) {
  size_t n = 0;
  for (size_t c = 0; c < r->n_cells; c++) n += r->n_seen[c] > 0 && r->n_seen[c] < r->n_months;
  return n;
}
