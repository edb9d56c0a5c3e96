/* SPDX-License-Identifier: MIT
 * Values far from all others: counting in cells of the range must never overlook what sorting finds. */
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_sorting_finds_is_found)};
  return cmocka_run_group_tests_name("series_values", tests, NULL, NULL);
}
