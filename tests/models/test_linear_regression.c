/* SPDX-License-Identifier: MIT
 * Linear regression: exact small cases, numpy and scikit-learn (tests/fixtures/regression.json),
 * leave-one-out against explicit refits, scaling, refusals. Run from the root. */
#include "common/json.h"
#include "common/rng.h"
#include "models/regression/linear_regression.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double exact = 1e-14;   /* a few roundings of numbers near 1 */
static const double peers = 1e-8;    /* relative to the norm of the coefficients: what the study promises */
static const double refitted = 1e-9; /* two different factorisations, conditions below 1e3 */

static double uniform(gm_rng *rng) {
  return 2 * gm_rng_double(rng) - 1;
}

/* ---- exact small cases ------------------------------------------------ */

static void a_line_through_three_points_is_exact(void **state) {
  (void)state;
  const double x[] = {0, 1, 2}, y[] = {1, 3, 5};
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 3, .p = 1, .x = x}, y, &model, NULL), GM_OK);
  assert_true(fabs(model.coefficients[0] - 2) < exact && fabs(model.intercept - 1) < exact);
  assert_true(model.rss < exact && model.rank == 1 && model.ridge == GM_RIDGE_NONE && model.lambda == 0);
  char text[200];
  assert_false(gm_linear_regression_warning(&model, text, sizeof text));
  double forecast;
  gm_linear_regression_predict(&model, &(gm_predictors){.n = 1, .p = 1, .x = (double[]){10}}, &forecast);
  assert_true(fabs(forecast - 21) < 10 * exact);
  gm_linear_regression_free(&model);
}

/* Centred x = −1, 0, 1 and y = −1, 0, 1: b = Σxy / (Σx² + λ) = 2/(2 + 2). */
static void a_ridge_penalty_shrinks_the_slope_by_the_formula(void **state) {
  (void)state;
  const double x[] = {4, 5, 6}, y[] = {6, 7, 8};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  assert_int_equal(gm_ridge_parse("2", &config, NULL), GM_OK);
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 3, .p = 1, .x = x}, y, &model, NULL), GM_OK);
  assert_true(fabs(model.coefficients[0] - 0.5) < exact);
  assert_true(fabs(model.intercept - (7 - 0.5 * 5)) < 10 * exact);
  assert_true(fabs(model.rss - 0.5) < 10 * exact); /* residuals ∓0.5, 0 */
  gm_linear_regression_free(&model);
}

/* One equation b1 + 2 b2 + 2 b3 = 9 (after centring: of two points): b = 9 (1, 2, 2) / 9. */
static void too_few_samples_give_the_shortest_solution(void **state) {
  (void)state;
  const double x[] = {0.5, 1, 1, -0.5, -1, -1}, y[] = {4.5, -4.5};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_NONE;
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 2, .p = 3, .x = x}, y, &model, NULL), GM_OK);
  assert_true(fabs(model.coefficients[0] - 1) < exact && fabs(model.coefficients[1] - 2) < exact &&
              fabs(model.coefficients[2] - 2) < exact);
  assert_int_equal(model.rank, 1);
  assert_false(model.rank_deficient);
  gm_linear_regression_free(&model);
}

/* Six predictors of four samples, two along each of three orthogonal directions: the singular values are
 * known.
 */
static void rank_and_condition_are_those_of_known_singular_values(void **state) {
  (void)state;
  static const double along[4][3] = {{0.5, 0.5, 0.5},
                                     {0.5, -0.5, -0.5},
                                     {-0.5, 0.5, -0.5},
                                     {-0.5, -0.5, 0.5}},
                      values[2][3] = {{8, 4, 0.5}, {8, 4, 0}}, y[4] = {1, 3, -2, 5};
  static const struct {
    size_t rank;
    double condition;
  } expected[] = {{3, 16}, {2, 2}};
  static const char *const penalties[] = {"none", "1", "loo", "blocks:1"};
  for (size_t v = 0; v < 2; v++)
    for (size_t r = 0; r < sizeof penalties / sizeof *penalties; r++) {
      double x[4][6];
      for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 6; j++) x[i][j] = 3 + along[i][j % 3] * values[v][j % 3] / sqrt(2);
      gm_linear_regression_config config = gm_linear_regression_config_default();
      gm_linear_regression model;
      assert_int_equal(gm_ridge_parse(penalties[r], &config, NULL), GM_OK);
      assert_int_equal(
          gm_linear_regression_fit(&config, &(gm_predictors){.n = 4, .p = 6, .x = x[0]}, y, &model, NULL),
          GM_OK);
      assert_int_equal(model.rank, expected[v].rank);
      assert_true(fabs(model.condition - expected[v].condition) < 1e-6);
      assert_true(model.rank_deficient == (v == 1));
      gm_linear_regression_free(&model);
    }
}

static void without_intercept_the_line_goes_through_the_origin(void **state) {
  (void)state;
  const double x[] = {1, 2}, y[] = {3, 1}; /* b = (3 + 2) / 5 */
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_NONE;
  config.intercept = false;
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 2, .p = 1, .x = x}, y, &model, NULL), GM_OK);
  assert_true(fabs(model.coefficients[0] - 1) < exact && model.intercept == 0);
  gm_linear_regression_free(&model);
}

/* ---- other implementations -------------------------------------------- */

static void read_numbers(struct json_object *obj, const char *key, size_t count, double *out) {
  struct json_object *list;
  assert_true(json_object_object_get_ex(obj, key, &list));
  assert_int_equal(json_object_array_length(list), count);
  for (size_t i = 0; i < count; i++) out[i] = json_object_get_double(json_object_array_get_idx(list, i));
}

static void check_case(struct json_object *c) {
  const char *name = gm_json_text(c, "name");
  const size_t n = (size_t)gm_json_number(c, "n"), p = (size_t)gm_json_number(c, "p");
  double *X = malloc(n * p * sizeof *X), *y = malloc(n * sizeof *y), *b = malloc(p * sizeof *b);
  float *single = malloc(n * p * sizeof *single);
  const float **rows = malloc(n * sizeof *rows);
  read_numbers(c, "X", n * p, X);
  read_numbers(c, "y", n, y);
  read_numbers(c, "coefficients", p, b);
  gm_predictors predictors = {.n = n, .p = p, .x = X};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  assert_int_equal(gm_ridge_parse(gm_json_text(c, "ridge"), &config, NULL), GM_OK);
  config.intercept = !json_object_object_get_ex(c, "no_intercept", NULL);
  if (json_object_object_get_ex(c, "rcond", NULL)) config.rcond = gm_json_number(c, "rcond");
  if (json_object_object_get_ex(c, "single", NULL)) {
    for (size_t i = 0; i < n * p; i++) single[i] = (float)X[i];
    for (size_t i = 0; i < n; i++) rows[i] = single + i * p;
    predictors = (gm_predictors){.n = n, .p = p, .rows = rows};
    config.data_epsilon = FLT_EPSILON;
  }
  if (json_object_object_get_ex(c, "gap", NULL)) config.gap = (size_t)gm_json_number(c, "gap");
  gm_error err = {0};
  gm_linear_regression model;
  assert_int_equal(gm_linear_regression_fit(&config, &predictors, y, &model, &err), GM_OK);
  double difference = 0, norm = 0;
  for (size_t j = 0; j < p; j++) {
    difference += (model.coefficients[j] - b[j]) * (model.coefficients[j] - b[j]);
    norm += b[j] * b[j];
  }
  const double relative = sqrt(difference / norm);
  print_message("%s: %.1e\n", name, relative);
  assert_true(relative < peers);
  assert_true(fabs(model.intercept - gm_json_number(c, "intercept")) <= peers * (1 + fabs(model.intercept)));
  if (json_object_object_get_ex(c, "rank", NULL))
    assert_int_equal(model.rank, (size_t)gm_json_number(c, "rank"));
  if (json_object_object_get_ex(c, "lambda", NULL)) {
    assert_true(fabs(model.lambda / gm_json_number(c, "lambda") - 1) < exact);
    assert_true(fabs(model.cv_rmse / gm_json_number(c, "cross_validation_rmse") - 1) < peers);
  }
  gm_linear_regression_free(&model);
  free(X);
  free(y);
  free(b);
  free(single);
  free(rows);
}

static void coefficients_equal_numpy_and_scikit_learn(void **state) {
  (void)state;
  gm_error err = {0};
  struct json_object *root, *cases;
  assert_int_equal(gm_json_read("tests/fixtures/regression.json", &root, &err), GM_OK);
  assert_true(json_object_object_get_ex(root, "cases", &cases));
  const size_t count = json_object_array_length(cases);
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) check_case(json_object_array_get_idx(cases, i));
  json_object_put(root);
}

/* ---- leave-one-out ---------------------------------------------------- */

enum { LOO_N = 14, LOO_MAX_P = 30 };

/* The λ and error that n refits per λ choose. */
static void refit_each(const double *X, const double *y, size_t p, bool intercept, double *lambda,
                       double *rmse) {
  double rest[(LOO_N - 1) * LOO_MAX_P], rest_y[LOO_N - 1];
  *rmse = INFINITY;
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++) {
    gm_linear_regression_config config = gm_linear_regression_config_default();
    config.ridge = GM_RIDGE_FIXED;
    config.lambda = pow(10, -4 + g / 4.0);
    config.intercept = intercept;
    double sum = 0;
    for (size_t out = 0; out < LOO_N; out++) {
      memcpy(rest, X, out * p * sizeof *X);
      memcpy(rest + out * p, X + (out + 1) * p, (LOO_N - 1 - out) * p * sizeof *X);
      memcpy(rest_y, y, out * sizeof *y);
      memcpy(rest_y + out, y + out + 1, (LOO_N - 1 - out) * sizeof *y);
      gm_linear_regression model;
      double forecast;
      assert_int_equal(gm_linear_regression_fit(&config, &(gm_predictors){.n = LOO_N - 1, .p = p, .x = rest},
                                                rest_y, &model, NULL),
                       GM_OK);
      gm_linear_regression_predict(&model, &(gm_predictors){.n = 1, .p = p, .x = X + out * p}, &forecast);
      sum += (forecast - y[out]) * (forecast - y[out]);
      gm_linear_regression_free(&model);
    }
    if (sqrt(sum / LOO_N) < *rmse) {
      *rmse = sqrt(sum / LOO_N);
      *lambda = config.lambda;
    }
  }
}

static void check_leave_one_out(size_t p, bool intercept, double noise) {
  gm_rng rng;
  double X[LOO_N * LOO_MAX_P], y[LOO_N], lambda = 0, rmse;
  gm_rng_seed(&rng, 7);
  for (size_t i = 0; i < LOO_N; i++) {
    y[i] = 5 + noise * uniform(&rng);
    for (size_t j = 0; j < p; j++) {
      X[i * p + j] = 3 + uniform(&rng) + (j > 0 ? X[i * p + j - 1] / 2 : 0);
      y[i] += j % 3 == 0 ? X[i * p + j] : 0;
    }
  }
  refit_each(X, y, p, intercept, &lambda, &rmse);
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_LOO;
  config.intercept = intercept;
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = LOO_N, .p = p, .x = X}, y, &model, NULL),
      GM_OK);
  assert_true(model.lambda == lambda);
  assert_true(fabs(model.cv_rmse / rmse - 1) < refitted);
  gm_linear_regression_free(&model);
}

static void closed_form_leave_one_out_equals_refitting(void **state) {
  (void)state;
  check_leave_one_out(4, true, 1);
  check_leave_one_out(4, false, 1);
  check_leave_one_out(LOO_N, true, 3);
  check_leave_one_out(LOO_MAX_P, true, 3);
  check_leave_one_out(LOO_MAX_P, false, 3);
}

/* ---- identities ------------------------------------------------------- */

/* Residuals are orthogonal to every predictor and sum to zero. */
static void least_squares_residuals_are_orthogonal_to_the_predictors(void **state) {
  (void)state;
  enum { N = 40, P = 6 };
  gm_rng rng;
  double X[N * P], y[N], forecast[N];
  gm_rng_seed(&rng, 1);
  for (size_t i = 0; i < N * P; i++) X[i] = uniform(&rng) + 10;
  for (size_t i = 0; i < N; i++) y[i] = uniform(&rng);
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  const gm_predictors view = {.n = N, .p = P, .x = X};
  gm_linear_regression model;
  assert_int_equal(gm_linear_regression_fit(&config, &view, y, &model, NULL), GM_OK);
  gm_linear_regression_predict(&model, &view, forecast);
  double sum = 0;
  for (size_t i = 0; i < N; i++) sum += y[i] - forecast[i];
  assert_true(fabs(sum) < 1e3 * exact);
  for (size_t j = 0; j < P; j++) {
    double product = 0;
    for (size_t i = 0; i < N; i++) product += (y[i] - forecast[i]) * X[i * P + j];
    assert_true(fabs(product) < 1e3 * exact); /* sums of 40 numbers near 10 */
  }
  gm_linear_regression_free(&model);
}

static void units_of_the_predictors_do_not_change_the_forecasts(void **state) {
  (void)state;
  enum { N = 30, P = 3 };
  static const double unit[P] = {1e-12, 1, 1e12};
  gm_rng rng;
  double X[N * P], scaled[N * P], y[N];
  gm_rng_seed(&rng, 2);
  for (size_t i = 0; i < N * P; i++) {
    X[i] = uniform(&rng);
    scaled[i] = X[i] * unit[i % P];
  }
  for (size_t i = 0; i < N; i++) y[i] = uniform(&rng);
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  gm_linear_regression a, b;
  assert_int_equal(gm_linear_regression_fit(&config, &(gm_predictors){.n = N, .p = P, .x = X}, y, &a, NULL),
                   GM_OK);
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = N, .p = P, .x = scaled}, y, &b, NULL), GM_OK);
  for (size_t j = 0; j < P; j++)
    assert_true(fabs(b.coefficients[j] * unit[j] / a.coefficients[j] - 1) < 100 * exact);
  gm_linear_regression_free(&a);
  gm_linear_regression_free(&b);
}

/* The Gram matrix and the direct decomposition are two ways to the same ridge solution; n = p + … decides.
 * Here the identity b = Xcᵀ (Xc Xcᵀ + λ)⁻¹ yc is checked through the normal equations (XcᵀXc + λ) b = Xcᵀ yc.
 */
static void a_wide_ridge_solution_satisfies_the_normal_equations(void **state) {
  (void)state;
  enum { N = 20, P = 1100 }; /* more than two blocks of columns of the Gram matrix */
  gm_rng rng;
  float *X = malloc(N * P * sizeof *X);
  const float *rows[N];
  double y[N], residual[N], gradient, mean;
  gm_rng_seed(&rng, 3);
  for (size_t i = 0; i < N * P; i++) X[i] = (float)(uniform(&rng) + 2);
  for (size_t i = 0; i < N; i++) {
    rows[i] = X + i * P;
    y[i] = uniform(&rng);
  }
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_FIXED;
  config.lambda = 30;
  config.data_epsilon = FLT_EPSILON;
  const gm_predictors view = {.n = N, .p = P, .rows = rows};
  gm_linear_regression model;
  assert_int_equal(gm_linear_regression_fit(&config, &view, y, &model, NULL), GM_OK);
  gm_linear_regression_predict(&model, &view, residual);
  for (size_t i = 0; i < N; i++) residual[i] = y[i] - residual[i];
  for (size_t j = 0; j < P; j++) { /* Xcᵀ (y − ŷ) = λ b */
    mean = 0;
    for (size_t i = 0; i < N; i++) mean += (double)rows[i][j] / N;
    gradient = 0;
    for (size_t i = 0; i < N; i++) gradient += ((double)rows[i][j] - mean) * residual[i];
    assert_true(fabs(gradient - config.lambda * model.coefficients[j]) <
                1e-12); /* terms near 1, 20 of them */
  }
  gm_linear_regression_free(&model);
  free(X);
}

/* ---- policy ----------------------------------------------------------- */

static gm_linear_regression fitted(const gm_linear_regression_config *config, size_t n, size_t p,
                                   const double *X, const double *y) {
  gm_linear_regression model;
  gm_error err = {0};
  if (gm_linear_regression_fit(config, &(gm_predictors){.n = n, .p = p, .x = X}, y, &model, &err) != GM_OK)
    fail_msg("%s", err.message);
  return model;
}

static void auto_means_none_up_to_a_third_of_the_samples_and_blocks_above(void **state) {
  (void)state;
  const double X[] = {1, 2, 4, 3, 9, 5, 8, 6, 7, 0, 3, 8}, y[] = {1, 2, 4, 3, 6, 5};
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  char text[400];
  gm_linear_regression model = fitted(&config, 6, 2, X, y);
  assert_int_equal(model.ridge, GM_RIDGE_NONE);
  assert_false(gm_linear_regression_warning(&model, text, sizeof text));
  gm_linear_regression_free(&model);
  model = fitted(&config, 4, 3, X, y);
  assert_int_equal(model.ridge, GM_RIDGE_BLOCKS);
  assert_true(model.lambda > 0 && model.block == 1 && model.gap == 0);
  assert_true(gm_linear_regression_warning(&model, text, sizeof text));
  assert_non_null(strstr(text, "regularised"));
  assert_non_null(strstr(text, "blocks of 1 time steps"));
  gm_linear_regression_free(&model);
  for (size_t n = 2; n <= 5; n++) { /* as small as a problem gets */
    model = fitted(&config, n, 2, X, y);
    assert_int_equal(model.ridge, GM_RIDGE_BLOCKS);
    gm_linear_regression_free(&model);
  }
}

/* A predictor twice: least squares does not know which to weigh, so nobody is left without an answer. */
static void auto_chooses_a_penalty_where_least_squares_is_singular(void **state) {
  (void)state;
  enum { N = 48, P = 2 };
  gm_rng rng;
  double X[N * P], y[N];
  char text[600];
  gm_rng_seed(&rng, 5);
  for (size_t i = 0; i < N; i++) {
    X[i * P] = X[i * P + 1] = uniform(&rng);
    y[i] = X[i * P] + uniform(&rng) / 10;
  }
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.gap = 1;
  gm_linear_regression model = fitted(&config, N, P, X, y);
  assert_int_equal(model.ridge, GM_RIDGE_BLOCKS);
  assert_true(model.lambda > 0 && model.rank == 1 && model.block == 12 && model.gap == 1);
  assert_true(fabs(model.coefficients[0] - model.coefficients[1]) < 100 * exact); /* ridge shares evenly */
  assert_true(gm_linear_regression_warning(&model, text, sizeof text));
  assert_non_null(strstr(text, "rank 1 of 2"));
  gm_linear_regression_free(&model);
}

/* With pure noise no weight is the best weight, and the person is told that the grid ends there. */
static void a_penalty_at_the_end_of_the_grid_is_said(void **state) {
  (void)state;
  enum { N = 40, P = 30 };
  gm_rng rng;
  double X[N * P], y[N];
  char text[600];
  gm_rng_seed(&rng, 9);
  for (size_t i = 0; i < N * P; i++) X[i] = uniform(&rng);
  for (size_t i = 0; i < N; i++) y[i] = i % 2 == 0 ? 1 : -1;
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  gm_linear_regression model = fitted(&config, N, P, X, y);
  assert_true(model.lambda == 1e8 && model.lambda_at_grid_end);
  assert_true(gm_linear_regression_warning(&model, text, sizeof text));
  assert_non_null(strstr(text, "upper end of the grid"));
  gm_linear_regression_free(&model);
}

/* Months 0 to 9 and 100 to 109: blocks are of time, not of rows, so each stretch is a block of its own
 * however its months are counted. */
static void blocks_are_counted_in_time(void **state) {
  (void)state;
  enum { N = 20, P = 3 };
  gm_rng rng;
  double X[N * P], y[N];
  int64_t time[N], shifted[N];
  gm_rng_seed(&rng, 6);
  for (size_t i = 0; i < N * P; i++) X[i] = uniform(&rng);
  for (size_t i = 0; i < N; i++) {
    y[i] = X[i * P] + uniform(&rng);
    time[i] = (int64_t)(i < N / 2 ? i : 90 + i);
    shifted[i] = time[i] + 12345;
  }
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_BLOCKS;
  config.block = 10;
  gm_linear_regression rows = fitted(&config, N, P, X, y);
  config.time = time;
  config.gap = 5; /* reaches no sample across the pause */
  gm_linear_regression times = fitted(&config, N, P, X, y);
  config.time = shifted;
  gm_linear_regression moved = fitted(&config, N, P, X, y);
  assert_true(rows.lambda == times.lambda && rows.cv_rmse == times.cv_rmse);
  assert_true(moved.lambda == times.lambda && moved.cv_rmse == times.cv_rmse);
  gm_linear_regression_free(&rows);
  gm_linear_regression_free(&times);
  gm_linear_regression_free(&moved);
}

static void an_ill_conditioned_plain_fit_is_flagged(void **state) {
  (void)state;
  enum { N = 6, P = 8 };
  gm_rng rng;
  double X[N * P], y[N];
  gm_rng_seed(&rng, 4);
  for (size_t i = 0; i < N; i++) { /* two directions, the rest 1e-10 of them */
    const double a = uniform(&rng), b = uniform(&rng);
    y[i] = uniform(&rng);
    for (size_t j = 0; j < P; j++) X[i * P + j] = a + (double)j * b + 1e-10 * uniform(&rng);
  }
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_NONE;
  gm_linear_regression model;
  char text[300];
  const gm_predictors view = {.n = N, .p = P, .x = X};
  assert_int_equal(gm_linear_regression_fit(&config, &view, y, &model, NULL), GM_OK);
  assert_true(model.ill_conditioned && gm_linear_regression_warning(&model, text, sizeof text));
  assert_non_null(strstr(text, "ill-conditioned"));
  assert_non_null(strstr(text, "rank 5 of 8"));
  gm_linear_regression_free(&model);
  config.rcond = 1e-6;
  assert_int_equal(gm_linear_regression_fit(&config, &view, y, &model, NULL), GM_OK);
  assert_true(!model.ill_conditioned && model.rank == 2 && model.rank_deficient);
  gm_linear_regression_free(&model);
}

static void refuse(const gm_linear_regression_config *config, const gm_predictors *X, const double *y,
                   gm_status expected, const char *words) {
  gm_linear_regression model;
  gm_error err = {0};
  assert_int_equal(gm_linear_regression_fit(config, X, y, &model, &err), expected);
  if (strstr(err.message, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.message, words);
  assert_null(model.coefficients);
}

static void singular_and_broken_problems_are_refused(void **state) {
  (void)state;
  const double twins[] = {1, 1, 2, 2, 4, 4, 7, 7}, constant[] = {0.1, 1, 0.1, 2, 0.1, 4, 0.1, 7},
               y[] = {1, 2, 3, 5};
  const double nan_x[] = {1, 2, 3, NAN}, inf_y[] = {1, INFINITY, 2, 3}, one[] = {1};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_NONE;
  refuse(&config, &(gm_predictors){.n = 4, .p = 2, .x = twins}, y, GM_FAILED,
         "singular, 2 predictors of rank 1");
  refuse(&config, &(gm_predictors){.n = 4, .p = 2, .x = constant}, y, GM_FAILED,
         "singular, 2 predictors of rank 1");
  refuse(&config, &(gm_predictors){.n = 4, .p = 1, .x = nan_x}, y, GM_BAD_INPUT, "predictor 1 of sample 4");
  refuse(&config, &(gm_predictors){.n = 4, .p = 1, .x = y}, inf_y, GM_BAD_INPUT, "target of sample 2");
  refuse(&config, &(gm_predictors){.n = 1, .p = 1, .x = one}, y, GM_BAD_INPUT, "1 samples");
  config.ridge = GM_RIDGE_BLOCKS;
  config.block = 5;
  refuse(&config, &(gm_predictors){.n = 4, .p = 1, .x = y}, y, GM_BAD_INPUT,
         "blocks of 5 time steps: expected 1 to 4");
  config.block = 2;
  config.gap = 2;
  refuse(&config, &(gm_predictors){.n = 4, .p = 1, .x = y}, y, GM_BAD_INPUT,
         "leave none of the 4 training samples");
  config.rcond = -1;
  refuse(&config, &(gm_predictors){.n = 4, .p = 1, .x = y}, y, GM_BAD_INPUT, "rcond");
}

/* A constant column has no information; with a penalty it gets none of the weight. */
static void a_constant_column_has_no_weight_in_a_ridge_fit(void **state) {
  (void)state;
  const double X[] = {0.1, 1, 0.1, 2, 0.1, 4, 0.1, 7}, y[] = {1, 2, 3, 5};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_LOO;
  gm_linear_regression model;
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 4, .p = 2, .x = X}, y, &model, NULL), GM_OK);
  assert_true(model.coefficients[0] == 0 && model.coefficients[1] > 0);
  gm_linear_regression_free(&model);
}

static void ridge_options_parse_as_documented(void **state) {
  (void)state;
  static const char *const bad[] = {"",           "0",         "-1",       "gcv ",     "nan",
                                    "inf",        "1e999",     "auto",     "blocks:",  "blocks:0",
                                    "blocks:1.5", "blocks:-2", "blocks:x", "blocks24", "blocks:1e9"};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  gm_error err = {0};
  assert_int_equal(gm_ridge_parse("none", &config, &err), GM_OK);
  assert_int_equal(config.ridge, GM_RIDGE_NONE);
  assert_int_equal(gm_ridge_parse("loo", &config, &err), GM_OK);
  assert_int_equal(config.ridge, GM_RIDGE_LOO);
  assert_int_equal(gm_ridge_parse("gcv", &config, &err), GM_OK);
  assert_int_equal(config.ridge, GM_RIDGE_LOO);
  assert_int_equal(gm_ridge_parse("blocks:36", &config, &err), GM_OK);
  assert_true(config.ridge == GM_RIDGE_BLOCKS && config.block == 36);
  assert_int_equal(gm_ridge_parse("blocks", &config, &err), GM_OK);
  assert_true(config.ridge == GM_RIDGE_BLOCKS && config.block == 0);
  assert_int_equal(gm_ridge_parse("1e3", &config, &err), GM_OK);
  assert_true(config.ridge == GM_RIDGE_FIXED && config.lambda == 1000);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(gm_ridge_parse(bad[i], &config, &err), GM_BAD_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_through_three_points_is_exact),
      cmocka_unit_test(a_ridge_penalty_shrinks_the_slope_by_the_formula),
      cmocka_unit_test(too_few_samples_give_the_shortest_solution),
      cmocka_unit_test(rank_and_condition_are_those_of_known_singular_values),
      cmocka_unit_test(without_intercept_the_line_goes_through_the_origin),
      cmocka_unit_test(coefficients_equal_numpy_and_scikit_learn),
      cmocka_unit_test(closed_form_leave_one_out_equals_refitting),
      cmocka_unit_test(least_squares_residuals_are_orthogonal_to_the_predictors),
      cmocka_unit_test(units_of_the_predictors_do_not_change_the_forecasts),
      cmocka_unit_test(a_wide_ridge_solution_satisfies_the_normal_equations),
      cmocka_unit_test(auto_means_none_up_to_a_third_of_the_samples_and_blocks_above),
      cmocka_unit_test(auto_chooses_a_penalty_where_least_squares_is_singular),
      cmocka_unit_test(a_penalty_at_the_end_of_the_grid_is_said),
      cmocka_unit_test(blocks_are_counted_in_time),
      cmocka_unit_test(an_ill_conditioned_plain_fit_is_flagged),
      cmocka_unit_test(singular_and_broken_problems_are_refused),
      cmocka_unit_test(a_constant_column_has_no_weight_in_a_ridge_fit),
      cmocka_unit_test(ridge_options_parse_as_documented),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
