/* SPDX-License-Identifier: MIT
 * Errors of left-out blocks in closed form, at every penalty of the grid, against scikit-learn fitted anew
 * without each block (tests/fixtures/regression_reference.py). Run from the root. */
#include "common/json.h"
#include "models/regression/cross_validation.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const double refitted = 1e-8; /* relative; what the closed form promises against brute force */

enum { GRID = 49 };

static double *numbers(struct json_object *obj, const char *key, size_t count) {
  struct json_object *list;
  double *out = malloc(count * sizeof *out);
  assert_true(json_object_object_get_ex(obj, key, &list));
  assert_int_equal(json_object_array_length(list), count);
  for (size_t i = 0; i < count; i++) out[i] = json_object_get_double(json_object_array_get_idx(list, i));
  return out;
}

/* The largest relative difference over the grid. */
static double worst(const gm_svd *svd, const double *y, bool intercept, const gm_folds *folds,
                    const double *expected) {
  double lambda[GRID], mean_square[GRID], largest = 0;
  for (int g = 0; g < GRID; g++) lambda[g] = pow(10, -4 + g / 4.0);
  const gm_whole_fit whole = {svd, y, intercept, folds, NULL};
  assert_int_equal(gm_ridge_cross_validate(&whole, lambda, GRID, mean_square, NULL), GM_OK);
  for (int g = 0; g < GRID; g++) largest = fmax(largest, fabs(sqrt(mean_square[g]) / expected[g] - 1));
  return largest;
}

static void check_case(struct json_object *c) {
  const size_t n = (size_t)gm_json_number(c, "n"), p = (size_t)gm_json_number(c, "p");
  const gm_folds folds = {.block = (size_t)gm_json_number(c, "block"),
                          .gap = (size_t)gm_json_number(c, "gap")};
  const bool intercept = !json_object_object_get_ex(c, "no_intercept", NULL);
  double *X = numbers(c, "X", n * p), *y = numbers(c, "y", n), mean = 0;
  double *expected = numbers(c, "cross_validation_rmse_of_each", GRID);
  const gm_predictors predictors = {.n = n, .p = p, .x = X};
  for (size_t i = 0; intercept && i < n; i++) mean += y[i] / (double)n;
  for (size_t i = 0; i < n; i++) y[i] -= mean;
  gm_svd svd;
  assert_int_equal(gm_svd_direct(&predictors, intercept, false, DBL_EPSILON, NULL, &svd, NULL), GM_OK);
  const double direct = worst(&svd, y, intercept, &folds, expected);
  gm_svd_free(&svd);
  print_message("%s: %.1e\n", gm_json_text(c, "name"), direct);
  assert_true(direct < refitted);
  if (p > n) { /* the other way to the same singular values */
    assert_int_equal(gm_svd_gram(&predictors, intercept, NULL, &svd, NULL), GM_OK);
    assert_true(worst(&svd, y, intercept, &folds, expected) < refitted);
    gm_svd_free(&svd);
  }
  free(X);
  free(y);
  free(expected);
}

static void every_penalty_has_the_error_of_fits_without_each_block(void **state) {
  (void)state;
  struct json_object *root, *cases;
  size_t checked = 0;
  assert_int_equal(gm_json_read("tests/fixtures/regression.json", &root, NULL), GM_OK);
  assert_true(json_object_object_get_ex(root, "cases", &cases));
  for (size_t i = 0; i < json_object_array_length(cases); i++) {
    struct json_object *c = json_object_array_get_idx(cases, i);
    if (!json_object_object_get_ex(c, "cross_validation_rmse_of_each", NULL)) continue;
    check_case(c);
    checked++;
  }
  assert_true(checked >= 10);
  json_object_put(root);
}

/* Two samples that are all there are of their block, one of the other: y = 0, 2, 10 without predictors' help
 * (λ so large that b = 0) is forecast by the mean of the rest. */
static void an_endless_penalty_forecasts_the_mean_of_the_rest(void **state) {
  (void)state;
  const double X[] = {1, 2, 4}, y[] = {0 - 4, 2 - 4, 10 - 4}, lambda = 1e15;
  const gm_predictors predictors = {.n = 3, .p = 1, .x = X};
  const gm_folds folds = {.block = 2};
  double mean_square;
  gm_svd svd;
  assert_int_equal(gm_svd_direct(&predictors, true, false, DBL_EPSILON, NULL, &svd, NULL), GM_OK);
  const gm_whole_fit whole = {&svd, y, true, &folds, NULL};
  assert_int_equal(gm_ridge_cross_validate(&whole, &lambda, 1, &mean_square, NULL), GM_OK);
  const double expected = (10 * 10 + 8 * 8 + 9 * 9) / 3.0; /* 0 and 2 from 10; 10 from 1 */
  assert_true(fabs(mean_square / expected - 1) < 1e-12);   /* λ is not endless */
  gm_svd_free(&svd);
}

static void blocks_that_leave_nothing_are_refused(void **state) {
  (void)state;
  gm_error err = {0};
  const int64_t time[] = {0, 1, 2, 50, 51, 52};
  assert_int_equal(gm_folds_check(&(gm_folds){.block = 3, .gap = 2}, 6, &err), GM_OK);
  assert_int_equal(gm_folds_check(&(gm_folds){.block = 3, .gap = 3}, 6, &err), GM_BAD_INPUT);
  assert_int_equal(gm_folds_check(&(gm_folds){.block = 3, .gap = 20, .time = time}, 6, &err), GM_OK);
  assert_int_equal(gm_folds_check(&(gm_folds){.block = 0}, 6, &err), GM_BAD_INPUT);
  assert_int_equal(gm_folds_check(&(gm_folds){.block = 7}, 6, &err), GM_BAD_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_penalty_has_the_error_of_fits_without_each_block),
      cmocka_unit_test(an_endless_penalty_forecasts_the_mean_of_the_rest),
      cmocka_unit_test(blocks_that_leave_nothing_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
