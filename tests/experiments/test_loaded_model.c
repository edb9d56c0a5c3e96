/* SPDX-License-Identifier: MIT
 * What `inference` meters is one forecast: two would be told as the energy of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "experiments/run/loaded_model.h"

/* y = 1 + 2x, of a first window of 3 and a second of 5; then the first again. */
static void one_forecast_is_metered_of_every_window_in_turn(void **state) {
  (void)state;
  static double windows[] = {3, 5}, slope[] = {2};
  static gm_experiment experiment; /* it is large */
  gm_loaded_model model = {.experiment = &experiment, .path = "line.json", .linear = true};
  gm_error err = {GM_OK, ""};
  experiment.samples = (gm_samples){.n_predictors = 1};
  experiment.samples.split[GM_TEST] = (gm_split){.n = 2, .X = windows};
  model.regression = (gm_linear_regression){.p = 1, .intercept = 1, .coefficients = slope};
  assert_int_equal(gm_loaded_model_fit(&model, &err), GM_OK);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(gm_loaded_model_forecast(&model, &err), GM_OK);
    assert_true(model.forecast == 1 + 2 * windows[i % 2]);
  }
}

static void another_number_of_predictors_is_refused(void **state) {
  (void)state;
  static double windows[] = {3, 5}, slope[] = {2};
  static gm_experiment experiment;
  gm_loaded_model model = {.experiment = &experiment, .path = "line.json", .linear = true};
  gm_error err = {GM_OK, ""};
  experiment.samples = (gm_samples){.n_predictors = 2};
  experiment.samples.split[GM_TEST] = (gm_split){.n = 1, .X = windows};
  model.regression = (gm_linear_regression){.p = 1, .intercept = 1, .coefficients = slope};
  assert_int_equal(gm_loaded_model_fit(&model, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "line.json: 1 coefficients, the data give 2 predictors");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_forecast_is_metered_of_every_window_in_turn),
                                     cmocka_unit_test(another_number_of_predictors_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
