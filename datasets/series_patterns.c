/* SPDX-License-Identifier: MIT
 * Two patterns of series, each in two passes. */
#include "datasets/series_patterns.h"

#include <math.h>
#include <stdbool.h>

void gm_series_range(const double *values, size_t n, double *least, double *most) {
  *least = INFINITY;
  *most = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (values[i] < *least) *least = values[i];
    if (values[i] > *most) *most = values[i];
  }
}

/* ---- repetition ------------------------------------------------------------- */

gm_repeated gm_series_repeated(const double *values, size_t n, size_t lag) {
  enum { SHORTEST = 6 };
  static const double rare = 1e-3;
  double least, most;
  gm_repeated longest = {0};
  size_t equal = 0, pairs = 0, length = 0;
  gm_series_range(values, n, &least, &most);
  for (size_t i = lag; i < n; i++) {
    const bool repeats = values[i] == values[i - lag] && values[i] > least && values[i] < most;
    length = repeats ? length + 1 : 0;
    equal += repeats;
    pairs += !isnan(values[i]) && !isnan(values[i - lag]);
    if (length > longest.n) longest = (gm_repeated){length, i + 1 - length};
  }
  if (longest.n < SHORTEST) return (gm_repeated){0};
  /* By the rule of succession (Laplace), so that none elsewhere is not never. */
  const double elsewhere = (double)(equal - longest.n + 1) / (double)(pairs - longest.n + 2);
  return (double)pairs * pow(elsewhere, (double)longest.n) < rare ? longest : (gm_repeated){0};
}

/* ---- levels ------------------------------------------------------------------- */

/* A gap wider than what lies on either side of it holds the middle of the range. */
gm_level_change gm_series_level_change(const double *values, size_t n) {
  enum { FEWEST = 3 };
  double least, most;
  gm_series_range(values, n, &least, &most);
  const double middle = least + (most - least) / 2;
  gm_level_change c = {
      .least_before = INFINITY, .most_before = -INFINITY, .least_after = INFINITY, .most_after = -INFINITY};
  size_t before = 0, after = 0;
  bool began_above = false;
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    const bool above = values[i] > middle;
    if (before == 0) began_above = above;
    if (above != began_above && after == 0) c.first = i;
    c.comes_back = c.comes_back || (above == began_above && after > 0);
    if (above == began_above) {
      before++;
      c.least_before = fmin(c.least_before, values[i]);
      c.most_before = fmax(c.most_before, values[i]);
    } else {
      after++;
      c.least_after = fmin(c.least_after, values[i]);
      c.most_after = fmax(c.most_after, values[i]);
    }
  }
  c.n_after = after;
  const double wide_before = c.most_before - c.least_before, wide_after = c.most_after - c.least_after;
  const double gap = fmax(c.least_after - c.most_before, c.least_before - c.most_after);
  const bool left = before >= FEWEST && after >= FEWEST && wide_before > 0 && wide_after > 0 &&
                    gap > fmax(wide_before, wide_after);
  return left ? c : (gm_level_change){0};
}

/* ---- ahead ---------------------------------------------------------------------- */

/* 1 − r² of values(t) and target(t + steps), 1 where it is undefined or there are too few pairs. */
static double unexplained(const double *values, const double *target, size_t n, size_t steps) {
  double sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0;
  size_t pairs = 0;
  for (size_t t = 0; t + steps < n; t++) {
    if (isnan(values[t]) || isnan(target[t + steps])) continue;
    sum_x += values[t];
    sum_y += target[t + steps];
    pairs++;
  }
  if (pairs < GM_AHEAD_PAIRS) return 1;
  const double mean_x = sum_x / (double)pairs, mean_y = sum_y / (double)pairs;
  for (size_t t = 0; t + steps < n; t++) {
    if (isnan(values[t]) || isnan(target[t + steps])) continue;
    const double dx = values[t] - mean_x, dy = target[t + steps] - mean_y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx > 0 && yy > 0 ? 1 - xy * xy / (xx * yy) : 1;
}

size_t gm_series_ahead(const double *values, const double *target, size_t n, size_t most) {
  static const double rounding = 1e-9;
  if (unexplained(values, target, n, 0) < rounding) return 0;
  for (size_t steps = 1; steps <= most && steps < n; steps++)
    if (unexplained(values, target, n, steps) < rounding) return steps;
  return 0;
}
