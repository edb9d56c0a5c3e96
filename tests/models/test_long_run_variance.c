/* SPDX-License-Identifier: MIT
 * Long-run variances: hand-made series and numpy's values. */
#include "models/statistics/long_run_variance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double exact = 1e-12; /* sums of a few dozen numbers near 1 */

/* A cosine of the basis is found by its own term alone: L_j² = n/2 for z = cos(π j (t − ½)/n). */
static void a_cosine_of_the_basis_is_one_term(void **state) {
  (void)state;
  enum { N = 48 };
  double z[N];
  for (size_t t = 0; t < N; t++) z[t] = 7 + cos(acos(-1) * 3 * ((double)t + 0.5) / N);
  for (size_t cosines = 1; cosines <= 6; cosines++) {
    const gm_long_run_variance v = gm_variance_by_cosines(z, N, cosines);
    const double expected = cosines < 3 ? 0 : N / 2.0 / (double)cosines;
    assert_true(fabs(v.variance - expected) < exact && v.degrees == (double)cosines);
  }
}

/* 0.4 · 120^⅔ = 9.73, 0.4 · 47^⅔ = 5.21. */
static void the_number_of_cosines_follows_length_and_persistence(void **state) {
  (void)state;
  enum { N = 120 };
  double white[N], walk[N], flat[N], slow = 0;
  assert_int_equal(gm_cosines_of_length(N), 9);
  assert_int_equal(gm_cosines_of_length(47), 5);
  assert_int_equal(gm_cosines_of_length(3), 2);
  for (size_t t = 0; t < N; t++) {
    white[t] = (double)((t * 7919) % 101) - 50; /* neighbours unlike */
    slow += white[t];
    walk[t] = slow;
    flat[t] = 3;
  }
  assert_int_equal(gm_cosines_of_series(white, N), 9);
  assert_int_equal(gm_cosines_of_series(flat, N), 9);
  assert_true(gm_cosines_of_series(walk, N) < 9 && gm_cosines_of_series(walk, N) >= 2);
  for (size_t t = 0; t < N; t++) walk[t] = (double)t;
  assert_int_equal(gm_cosines_of_series(walk, N), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cosine_of_the_basis_is_one_term),
      cmocka_unit_test(the_number_of_cosines_follows_length_and_persistence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
