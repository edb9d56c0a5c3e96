/* SPDX-License-Identifier: MIT
 * Values far from all others and values that stand alone: what rules them out early must never overlook what
 * sorting finds. */
#include "datasets/text/series_values.h"

#include "common/ascending.h"
#include "common/rng.h"
#include "tests/assert_near.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 3000 };
static const double rounding = 1e-12; /* of the mean deviation, summed in another order */

/* The definition: upper median, 1.4826 times the upper median of the deviations, 1.2533 times their mean
 * where that is 0. */
static gm_outliers naive(const double *values, size_t n, double most) {
  double there[MOST], sum = 0;
  size_t m = 0;
  gm_outliers found = {.distance = most};
  for (size_t i = 0; i < n; i++)
    if (!isnan(values[i])) there[m++] = values[i];
  if (m == 0) return found;
  qsort(there, m, sizeof *there, gm_ascending);
  const double median = there[m / 2];
  for (size_t i = 0; i < m; i++) there[i] = fabs(there[i] - median);
  qsort(there, m, sizeof *there, gm_ascending);
  for (size_t i = 0; i < m; i++) sum += there[i];
  const double scale = there[m / 2] > 0 ? 1.4826 * there[m / 2] : 1.2533 * sum / (double)m;
  for (size_t i = 0; i < n; i++) {
    const double off = fabs(values[i] - median);
    found.n += off > most * scale;
    if (!(off > found.distance * scale)) continue;
    found.distance = off / scale;
    found.farthest = i;
  }
  return found;
}

static double draw(gm_rng *rng, int kind) {
  double sum = 0;
  switch (kind) {
  case 0:
    return gm_rng_double(rng);
  case 1: /* nearly normal */
    for (int i = 0; i < 12; i++) sum += gm_rng_double(rng);
    return 20 + 5 * (sum - 6);
  case 2: /* heavy tails */
    return tan(3.14159 * (gm_rng_double(rng) - 0.5));
  case 3: /* few values */
    return floor(4 * gm_rng_double(rng)) / 10;
  case 4: /* mostly one value */
    return gm_rng_double(rng) < 0.7 ? 7 : gm_rng_double(rng);
  default: /* huge numbers */
    return 1e300 * (gm_rng_double(rng) - 0.5);
  }
}

static void what_sorting_finds_is_found(void **state) {
  (void)state;
  enum { TRIES = 600, KINDS = 6 };
  gm_rng rng;
  size_t with = 0, without = 0;
  gm_rng_seed(&rng, 3);
  for (int try = 0; try < TRIES; try++) {
    double values[MOST];
    const size_t n = 1 + (size_t)(pow(gm_rng_double(&rng), 3) * (MOST - 1));
    for (size_t i = 0; i < n; i++) {
      values[i] = draw(&rng, try % KINDS);
      if (try % 2 == 0 && gm_rng_double(&rng) < 0.1) values[i] = (double)NAN;
    }
    if (try % 3 == 0) values[n / 2] = 60 * gm_rng_double(&rng) - 20; /* about as far as it matters */
    for (double most = 2; most <= 20; most += 6) {
      gm_outliers found;
      const gm_outliers expected = naive(values, n, most);
      assert_int_equal(gm_series_outliers(values, n, most, &found, NULL), GM_OK);
      assert_int_equal(found.n, expected.n);
      assert_int_equal(found.farthest, expected.farthest);
      assert_near(found.distance, expected.distance, rounding * expected.distance);
      with += found.n > 0;
      without += found.n == 0;
    }
  }
  assert_true(with > 100 && without > 100);
}

/* Whether the sorted values have an end that is farther from the next value than all others are apart. */
static bool has_lone_end(const double *sorted, size_t m) {
  size_t first = 0, last = m;
  if (m < GM_LONE_VALUES || sorted[0] == sorted[m - 1]) return false;
  while (sorted[first] == sorted[0]) first++;
  while (sorted[last - 1] == sorted[m - 1]) last--;
  const double least = sorted[0], above = sorted[first], below = sorted[last - 1], most = sorted[m - 1];
  return (above < most && above - least > most - above) || (below > least && most - below > below - least);
}

static void a_value_alone_is_found_where_sorting_finds_it(void **state) {
  (void)state;
  enum { TRIES = 3000, KINDS = 6, FEW = 60 };
  gm_rng rng;
  size_t with = 0, without = 0;
  gm_rng_seed(&rng, 9);
  for (int try = 0; try < TRIES; try++) {
    double values[FEW], sorted[FEW];
    const size_t n = 1 + (size_t)(FEW * gm_rng_double(&rng));
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
      values[i] = gm_rng_double(&rng) < 0.1 ? (double)NAN : draw(&rng, try % KINDS);
      if (try % 5 == 0 && i % 20 == 7) values[i] = -1;
      if (!isnan(values[i])) sorted[m++] = values[i];
    }
    qsort(sorted, m, sizeof *sorted, gm_ascending);
    const gm_lone_value lone = gm_series_lone_value(values, n);
    assert_int_equal(lone.n > 0, has_lone_end(sorted, m));
    with += lone.n > 0;
    without += lone.n == 0;
    for (size_t i = 0, times = 0; lone.n > 0 && i < n; i++) {
      const bool is_lone = values[i] < lone.least || values[i] > lone.most;
      if (is_lone && times++ == 0) assert_int_equal(i, lone.first);
      if (i + 1 == n) assert_int_equal(times, lone.n);
    }
  }
  assert_true(with > 300 && without > 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_sorting_finds_is_found),
                                     cmocka_unit_test(a_value_alone_is_found_where_sorting_finds_it)};
  return cmocka_run_group_tests_name("series_values", tests, NULL, NULL);
}
