/* SPDX-License-Identifier: MIT
 * EOF regression against numpy's patterns and scikit-learn's folds (tests/fixtures/regression_reference.py).
 * Run from the root. */
#include "common/json.h"
#include "models/regression/component_regression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double peers = 1e-8; /* relative to the norm of the coefficients */

static double *numbers(struct json_object *obj, const char *key, size_t count) {
  struct json_object *list;
  double *out = malloc(count * sizeof *out);
  assert_true(json_object_object_get_ex(obj, key, &list));
  assert_int_equal(json_object_array_length(list), count);
  for (size_t i = 0; i < count; i++) out[i] = json_object_get_double(json_object_array_get_idx(list, i));
  return out;
}

static void check_case(struct json_object *c) {
  const size_t n = (size_t)gm_json_number(c, "n"), p = (size_t)gm_json_number(c, "p");
  double *X = numbers(c, "X", n * p), *y = numbers(c, "y", n), *area = numbers(c, "area", p);
  double *b = numbers(c, "coefficients", p), difference = 0, norm = 0;
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.block = (size_t)gm_json_number(c, "block");
  config.gap = (size_t)gm_json_number(c, "gap");
  gm_linear_regression model, same;
  gm_error err = {0};
  const gm_predictors view = {.n = n, .p = p, .x = X};
  if (gm_component_regression_fit(&config, 0, area, &view, y, &model, &err) != GM_OK)
    fail_msg("%s", err.message);
  for (size_t j = 0; j < p; j++) {
    difference += pow(model.coefficients[j] - b[j], 2);
    norm += b[j] * b[j];
  }
  print_message("%s: %zu patterns, %.1e\n", gm_json_text(c, "name"), model.components,
                sqrt(difference / norm));
  assert_int_equal(model.components, (size_t)gm_json_number(c, "components"));
  assert_true(sqrt(difference / norm) < peers);
  assert_true(fabs(model.intercept - gm_json_number(c, "intercept")) < peers);
  assert_true(fabs(model.cv_rmse / gm_json_number(c, "cross_validation_rmse") - 1) < peers);
  assert_true(model.rank == model.components && model.ridge == GM_RIDGE_NONE);
  /* asked for by number it is the same fit */
  assert_int_equal(gm_component_regression_fit(&config, model.components, area, &view, y, &same, &err),
                   GM_OK);
  assert_memory_equal(model.coefficients, same.coefficients, p * sizeof *same.coefficients);
  gm_linear_regression_free(&model);
  gm_linear_regression_free(&same);
  free(X);
  free(y);
  free(area);
  free(b);
}

static void fits_equal_numpy_and_scikit_learn(void **state) {
  (void)state;
  struct json_object *root, *cases;
  assert_int_equal(gm_json_read("tests/fixtures/regression.json", &root, NULL), GM_OK);
  assert_true(json_object_object_get_ex(root, "components", &cases));
  assert_true(json_object_array_length(cases) > 0);
  for (size_t i = 0; i < json_object_array_length(cases); i++)
    check_case(json_object_array_get_idx(cases, i));
  json_object_put(root);
}

/* Three samples differ in two directions, and all patterns together are least squares. */
static void more_patterns_than_there_are_are_refused(void **state) {
  (void)state;
  const double X[] = {1, 2, 3, 4, 0, 5, 6, 1, 1}, y[] = {1, 2, 4};
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  const gm_predictors view = {.n = 3, .p = 3, .x = X};
  gm_linear_regression model;
  gm_error err = {0};
  assert_int_equal(gm_component_regression_fit(&config, 2, NULL, &view, y, &model, &err), GM_OK);
  assert_true(model.rss < 1e-20);
  gm_linear_regression_free(&model);
  assert_int_equal(gm_component_regression_fit(&config, 3, NULL, &view, y, &model, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "3 patterns: the training samples have 2"));
  assert_null(model.coefficients);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fits_equal_numpy_and_scikit_learn),
      cmocka_unit_test(more_patterns_than_there_are_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
