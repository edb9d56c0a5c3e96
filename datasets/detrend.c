/* SPDX-License-Identifier: MIT
 * Least-squares lines. Rows are counted from the middle of the period, so that the sums stay small. */
#include "datasets/detrend.h"

#include <math.h>

/* Rows [from, end) of a table that lie in the period. */
static void rows_of(int64_t first, size_t n_times, const gm_period *period, size_t *from, size_t *end) {
  const int64_t last = first + (int64_t)n_times - 1;
  const int64_t a = period->first > first ? period->first : first,
                b = period->last < last ? period->last : last;
  *from = a <= b ? (size_t)(a - first) : 0;
  *end = a <= b ? (size_t)(b - first) + 1 : 0;
}

typedef struct {
  double middle, intercept, slope;
  size_t n;
} line;

typedef double getter(const void *values, size_t t, size_t stride);

static double get_double(const void *values, size_t t, size_t stride) {
  return ((const double *)values)[t * stride];
}

static double get_float(const void *values, size_t t, size_t stride) {
  return (double)((const float *)values)[t * stride];
}

static line fit(const void *values, getter *get, size_t stride, size_t from, size_t end) {
  line l = {.middle = ((double)from + (double)end - 1) / 2};
  double st = 0, sx = 0, stt = 0, stx = 0;
  for (size_t t = from; t < end; t++) {
    const double x = get(values, t, stride), u = (double)t - l.middle;
    if (isnan(x)) continue;
    l.n++;
    st += u;
    sx += x;
    stt += u * u;
    stx += u * x;
  }
  const double n = (double)l.n, spread = stt - st * st / n;
  l.slope = spread > 0 ? (stx - st * sx / n) / spread : 0;
  l.intercept = (sx - l.slope * st) / n;
  return l;
}

static double at(const line *l, size_t t) {
  return l->intercept + l->slope * ((double)t - l->middle);
}

gm_status gm_detrend_series(gm_series *s, const gm_period *period, gm_error *err) {
  size_t from, end;
  rows_of(s->first, s->n_times, period, &from, &end);
  for (size_t c = 0; c <= s->n_channels; c++) /* the target, then the channels behind it */
    if (fit(s->target + c * s->n_times, get_double, 1, from, end).n < 2)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: a trend needs at least two values of every column in the training period", s->name);
  for (size_t c = 0; c <= s->n_channels; c++) {
    double *x = s->target + c * s->n_times;
    const line l = fit(x, get_double, 1, from, end);
    for (size_t t = 0; t < s->n_times; t++) x[t] -= at(&l, t);
  }
  return GM_OK;
}

void gm_detrend_map(float *values, size_t n_times, size_t n_points, int64_t first, const gm_period *period) {
  size_t from, end;
  rows_of(first, n_times, period, &from, &end);
  for (size_t p = 0; p < n_points; p++) {
    const line l = fit(values + p, get_float, n_points, from, end);
    for (size_t t = 0; t < n_times; t++)
      values[t * n_points + p] = (float)((double)values[t * n_points + p] - at(&l, t));
  }
}
