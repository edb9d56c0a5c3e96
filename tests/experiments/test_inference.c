/* SPDX-License-Identifier: MIT
 * What `inference` meters is one forecast: two would be told as the energy of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define main inference_main
#include "experiments/inference.c"
#undef main

/* y = 1 + 2x, of a first window of 3 and a second of 5. */
static void one_forecast_is_metered(void **state) {
  (void)state;
  static double windows[] = {3, 5}, slope[] = {2};
  struct {
    program p;
    double behind; /* where a second forecast would be written */
  } run = {.p = {.linear = true}, .behind = -1};
  run.p.experiment.samples = (gm_samples){.n_predictors = 1};
  run.p.experiment.samples.split[GM_TEST] = (gm_split){.n = 2, .X = windows};
  run.p.regression = (gm_linear_regression){.p = 1, .intercept = 1, .coefficients = slope};
  take_window(&run.p);
  assert_int_equal(run.p.window.n, 1);
  assert_int_equal(forecast(&run.p, NULL), GM_OK);
  assert_true(run.p.forecast == 7);
  assert_true(run.behind == -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_forecast_is_metered)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
