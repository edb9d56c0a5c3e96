/* SPDX-License-Identifier: MIT
 * Mean squared error and its derivative. */
#include "models/network/mse.h"
#include "tests/numbers.h"

static void a_hand_computed_case(void **state) {
  (void)state;
  const float y[] = {1, 2, 3, 4}, target[] = {0, 2, 5, 1};
  const float expected[] = {0.5f, 0, -1, 1.5f}; /* 2 (y − t) / 4 */
  float dy[4];
  assert_true(gm_mse(4, y, target, dy) == 3.5f); /* (1 + 0 + 4 + 9) / 4 */
  for (size_t i = 0; i < 4; i++) assert_true(dy[i] == expected[i]);
  assert_true(gm_mse(4, y, target, NULL) == 3.5f);
  assert_true(gm_mse(1, y, target, dy) == 1 && dy[0] == 2);
}

static void the_derivative_is_the_slope(void **state) {
  (void)state;
  enum { N = 7 };
  static const float step = 0x1p-6f;    /* central differences of a parabola are exact … */
  static const double tolerance = 4e-6; /* … but for the rounding of the loss, 2^-24 · 2 / 2^-6 */
  gm_rng rng;
  gm_rng_seed(&rng, 3);
  float *y = random_floats(&rng, N, -1, 1), *target = random_floats(&rng, N, -1, 1), dy[N];
  gm_mse(N, y, target, dy);
  for (size_t i = 0; i < N; i++) {
    const float here = y[i];
    y[i] = here + step;
    const double above = (double)gm_mse(N, y, target, NULL);
    y[i] = here - step;
    const double below = (double)gm_mse(N, y, target, NULL);
    y[i] = here;
    assert_near((double)dy[i], (above - below) / (2 * (double)step), tolerance);
  }
  free(y);
  free(target);
}

static void a_loss_that_is_not_finite_is_not_hidden(void **state) {
  (void)state;
  const float y[] = {1, NAN}, huge[] = {FLT_MAX, 0}, target[] = {0, 0};
  assert_true(isnan(gm_mse(2, y, target, NULL)));
  assert_true(isinf(gm_mse(2, huge, target, NULL)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_hand_computed_case),
      cmocka_unit_test(the_derivative_is_the_slope),
      cmocka_unit_test(a_loss_that_is_not_finite_is_not_hidden),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
