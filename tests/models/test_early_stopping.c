/* SPDX-License-Identifier: MIT
 * Early stopping on made-up curves. */
#include "models/network/early_stopping.h"
#include "tests/numbers.h"

/* Epochs until it stops, `n` when it does not. */
static size_t epochs_until_stop(gm_early_stopping *s, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++) {
    gm_early_stopping_update(s, values[i]);
    if (gm_early_stopping_should_stop(s)) return i + 1;
  }
  return n;
}

static void it_stops_after_patience_epochs_without_a_new_best(void **state) {
  (void)state;
  static const double values[] = {5, 4, 4.5, 4.2, 3, 3.1, 3.2, 3.3, 0, 0};
  gm_early_stopping s = gm_early_stopping_start(3, 0);
  assert_int_equal(epochs_until_stop(&s, values, 10), 8);
  assert_true(s.best == 3 && s.waited == 3);
}

static void only_a_new_best_says_so(void **state) {
  (void)state;
  gm_early_stopping s = gm_early_stopping_start(10, 0);
  assert_true(gm_early_stopping_update(&s, 2));
  assert_false(gm_early_stopping_update(&s, 2)); /* equal is not better */
  assert_false(gm_early_stopping_update(&s, 3));
  assert_true(gm_early_stopping_update(&s, 1));
  assert_int_equal(s.waited, 0);
}

static void an_improvement_must_exceed_min_delta(void **state) {
  (void)state;
  gm_early_stopping s = gm_early_stopping_start(2, 0.5);
  assert_true(gm_early_stopping_update(&s, 4));
  assert_false(gm_early_stopping_update(&s, 3.5));
  assert_true(gm_early_stopping_update(&s, 3.25)); /* against the best, 4, not the last, 3.5 */
  assert_true(s.best == 3.25);
}

static void patience_zero_never_stops(void **state) {
  (void)state;
  static const double values[] = {1, 2, 3, 4, 5};
  gm_early_stopping s = gm_early_stopping_start(0, 0);
  assert_int_equal(epochs_until_stop(&s, values, 5), 5);
  assert_false(gm_early_stopping_should_stop(&s));
}

static void nan_is_never_the_best(void **state) {
  (void)state;
  gm_early_stopping s = gm_early_stopping_start(2, 0);
  assert_false(gm_early_stopping_update(&s, NAN));
  assert_true(gm_early_stopping_update(&s, 1));
  assert_false(gm_early_stopping_update(&s, NAN));
  assert_true(s.best == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_stops_after_patience_epochs_without_a_new_best),
      cmocka_unit_test(only_a_new_best_says_so),
      cmocka_unit_test(an_improvement_must_exceed_min_delta),
      cmocka_unit_test(patience_zero_never_stops),
      cmocka_unit_test(nan_is_never_the_best),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
