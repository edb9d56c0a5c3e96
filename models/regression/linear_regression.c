/* SPDX-License-Identifier: MIT
 * Linear regression as filters on the singular values: every estimate is
 * b = Σ_j f(s_j) c_j v_j with c_j = u_jᵀ y. Files are linear_regression_json.c's. */
#include "models/regression/linear_regression.h"

#include "common/csv.h"
#include "common/suggestion.h"
#include "models/regression/dual.h"
#include "models/regression/svd.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where s_j² + λ falls below this fraction of s_0² it comes within DBL_EPSILON / 1e-6 = 2e-10 (relative) of
 * the rounding of the Gram matrix; then the fit does without it. */
static const double gram_floor = 1e-6;

/* ---- configuration ---------------------------------------------------- */

gm_linear_regression_config gm_linear_regression_config_default(void) {
  return (gm_linear_regression_config){
      .ridge = GM_RIDGE_AUTO, .intercept = true, .data_epsilon = DBL_EPSILON};
}

const char *gm_linear_regression_config_check(const gm_linear_regression_config *config) {
  if (config->ridge == GM_RIDGE_FIXED && !(config->lambda > 0 && isfinite(config->lambda)))
    return "ridge: expected a positive number, blocks, loo or none";
  if (!(config->rcond >= 0 && config->rcond < 1))
    return "rcond: expected a relative cut-off of at least 0 and below 1";
  if (!(config->data_epsilon > 0 && config->data_epsilon < 1))
    return "data_epsilon: expected a relative spacing between 0 and 1";
  return NULL;
}

const char *gm_ridge_text(gm_ridge ridge) {
  static const char *const text[] = {[GM_RIDGE_AUTO] = "auto",
                                     [GM_RIDGE_NONE] = "none",
                                     [GM_RIDGE_FIXED] = "fixed",
                                     [GM_RIDGE_BLOCKS] = "blocks",
                                     [GM_RIDGE_LOO] = "loo"};
  return text[ridge];
}

/* "blocks" or "blocks:N". */
static bool parse_blocks(const char *text, size_t *block) {
  static const char word[] = "blocks";
  const size_t length = sizeof word - 1;
  *block = 0;
  if (strncmp(text, word, length) != 0) return false;
  if (text[length] == '\0') return true;
  double steps;
  const double most = 1e6;
  if (text[length] != ':' || !gm_parse_double(text + length + 1, &steps)) return false;
  if (!(steps >= 1 && steps <= most) || steps != floor(steps)) return false;
  *block = (size_t)steps;
  return true;
}

gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err) {
  config->lambda = 0;
  if (strcmp(text, "none") == 0)
    config->ridge = GM_RIDGE_NONE;
  else if (strcmp(text, "loo") == 0 || strcmp(text, "gcv") == 0)
    config->ridge = GM_RIDGE_LOO;
  else if (parse_blocks(text, &config->block))
    config->ridge = GM_RIDGE_BLOCKS;
  else if (gm_parse_double(text, &config->lambda) && config->lambda > 0 && isfinite(config->lambda))
    config->ridge = GM_RIDGE_FIXED;
  else {
    gm_fail(err, GM_BAD_INPUT,
            "ridge: expected a positive number, blocks[:TIME_STEPS], loo or none, got \"%s\"", text);
    return gm_suggest(err, text, strcspn(text, ":"), "blocks, loo or none");
  }
  return GM_OK;
}

/* ---- fitting ---------------------------------------------------------- */

/* What one fit works on. */
typedef struct {
  const gm_linear_regression_config *config;
  const gm_predictors *X;
  double *y; /* (n) centred */
  double *c; /* (k) u_jᵀ y */
  double *w; /* (k) f(s_j) c_j */
  double y_mean;
  gm_ridge ridge; /* what is done: never GM_RIDGE_AUTO */
  double cutoff;  /* relative to s_0 */
  gm_svd svd;     /* one of both is built in the end */
  gm_dual dual;
} fit;

static void fit_free(fit *f) {
  gm_svd_free(&f->svd);
  gm_dual_free(&f->dual);
  free(f->y);
  free(f->c);
  free(f->w);
}

gm_status gm_linear_regression_check(const gm_linear_regression_config *config, const gm_predictors *X,
                                     const double *y, gm_error *err) {
  const char *complaint = gm_linear_regression_config_check(config);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s", complaint);
  if (X->p == 0 || X->n < (config->intercept ? 2u : 1u))
    return gm_fail(err, GM_BAD_INPUT,
                   "linear regression on %zu samples of %zu predictors: expected at least %u and 1", X->n,
                   X->p, config->intercept ? 2u : 1u);
  size_t row, column;
  if (gm_predictors_not_finite(X, config->pool, &row, &column))
    return gm_fail(err, GM_BAD_INPUT, "linear regression: predictor %zu of sample %zu is not a finite number",
                   column + 1, row + 1);
  for (size_t i = 0; i < X->n; i++)
    if (!isfinite(y[i]))
      return gm_fail(err, GM_BAD_INPUT, "linear regression: the target of sample %zu is not a finite number",
                     i + 1);
  return GM_OK;
}

/* Centres y. */
static gm_status prepare(fit *f, const double *y, gm_error *err) {
  const gm_linear_regression_config *config = f->config;
  const gm_predictors *X = f->X;
  const gm_status status = gm_linear_regression_check(config, X, y, err);
  if (status != GM_OK) return status;
  const size_t k = X->n < X->p ? X->n : X->p;
  f->y = malloc(X->n * sizeof *f->y);
  f->c = malloc(k * sizeof *f->c);
  f->w = malloc(k * sizeof *f->w);
  if (f->y == NULL || f->c == NULL || f->w == NULL) return gm_fail_memory(err, "the regression");
  if (config->intercept) {
    for (size_t i = 0; i < X->n; i++) f->y_mean += y[i];
    f->y_mean /= (double)X->n;
  }
  for (size_t i = 0; i < X->n; i++) f->y[i] = y[i] - f->y_mean;
  const double larger = (double)(X->n > X->p ? X->n : X->p);
  f->cutoff = config->rcond > 0 ? config->rcond : larger * config->data_epsilon;
  return GM_OK;
}

/* Rank and condition at the cut-off, of k singular values. */
static void count_rank(const fit *f, size_t k, const double *s, gm_linear_regression *model) {
  const size_t n = f->X->n, p = f->X->p;
  const size_t most = f->config->intercept && n <= p ? n - 1 : n < p ? n : p; /* centring costs a row */
  model->singular_value_cutoff = f->cutoff;
  for (size_t j = 0; j < k && s[j] > f->cutoff * s[0]; j++) {
    model->rank = j + 1;
    model->condition = s[0] / s[j];
  }
  model->rank_deficient = model->rank < most;
}

/* ---- more predictors than samples: through their products ---------------- */

/* The outermost singular values tell all unless some are cut off. */
static gm_status count_rank_of_products(fit *f, gm_linear_regression *model, gm_error *err) {
  gm_dual *dual = &f->dual;
  if (dual->least > f->cutoff * dual->greatest) {
    model->singular_value_cutoff = f->cutoff;
    model->rank = dual->k;
    model->condition = dual->greatest / dual->least;
    return GM_OK;
  }
  double *s = malloc(dual->k * sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "the regression");
  const gm_status status = gm_dual_singular_values(dual, s, err);
  if (status == GM_OK) count_rank(f, dual->k, s, model);
  free(s);
  return status;
}

/* b = Xcᵀ a */
static gm_status set_coefficients(const fit *f, const double *a, gm_linear_regression *model, gm_error *err) {
  gm_predictors_combine(f->X, a, f->dual.mean, f->config->pool, model->coefficients);
  for (size_t j = 0; j < f->X->p; j++)
    if (!isfinite(model->coefficients[j]))
      return gm_fail(err, GM_FAILED, "the coefficient of predictor %zu is not finite", j + 1);
  return GM_OK;
}

/* Whether every column varies by more than the rounding of its data: svd.h counts those that do not as zero.
 */
static bool all_vary(const fit *f, double *row, double *squares) {
  const gm_predictors *X = f->X;
  memset(squares, 0, X->p * sizeof *squares);
  for (size_t i = 0; i < X->n; i++) {
    gm_predictors_copy(X, i, 0, X->p, f->dual.mean, row);
#pragma omp simd
    for (size_t j = 0; j < X->p; j++) squares[j] += row[j] * row[j];
  }
  const double rounding = sqrt((double)X->n) * f->config->data_epsilon;
  for (size_t j = 0; j < X->p; j++)
    if (sqrt(squares[j]) <= rounding * fabs(f->dual.mean[j])) return false;
  return true;
}

/* Least squares of minimum norm where all singular values count and K resolves them: then one correction by
 * the residual of X itself gives the digits of a factorisation of X (Björck, Linear Algebra Appl. 88, 31
 * (1987): corrected seminormal equations). *done: whether it was so. */
static gm_status least_squares_by_products(fit *f, gm_linear_regression *model, bool *done, gm_error *err) {
  const gm_predictors *X = f->X;
  gm_status status = gm_dual_build(X, f->config->intercept, f->config->pool, &f->dual, err);
  if (status != GM_OK) return status;
  const double least = f->dual.least / f->dual.greatest;
  double *row = malloc(X->p * sizeof *row), *a = malloc(X->n * sizeof *a),
         *residual = malloc(X->n * sizeof *a);
  if (row == NULL || a == NULL || residual == NULL) status = gm_fail_memory(err, "the regression");
  memset(model->coefficients, 0, X->p * sizeof *model->coefficients);
  *done = status == GM_OK && least * least >= gram_floor && least > f->cutoff &&
          all_vary(f, row, model->coefficients) && gm_dual_solve(&f->dual, f->y, 0, a);
  if (*done) {
    memset(model->coefficients, 0, X->p * sizeof *model->coefficients);
    status = set_coefficients(f, a, model, err);
    double offset = 0;
    for (size_t j = 0; j < X->p; j++) offset += f->dual.mean[j] * model->coefficients[j];
    gm_predictors_multiply(X, model->coefficients, f->config->pool, residual);
    for (size_t i = 0; i < X->n; i++) residual[i] = f->y[i] - (residual[i] - offset);
    if (status == GM_OK && gm_dual_solve(&f->dual, residual, 0, a))
      status = set_coefficients(f, a, model, err);
    if (status == GM_OK) status = count_rank_of_products(f, model, err);
    model->ill_conditioned = model->condition > 1 / sqrt(f->config->data_epsilon);
  }
  free(row);
  free(a);
  free(residual);
  return status;
}

/* ---- least squares ---------------------------------------------------------- */

/* b = Σ_{j < rank} v_j c_j / s_j */
static gm_status solve_least_squares(fit *f, gm_linear_regression *model, gm_error *err) {
  const size_t determined = f->X->n - (f->config->intercept ? 1 : 0);
  const bool unique = f->X->p <= determined && f->config->rcond <= 0; /* expected to be */
  bool done = false;
  gm_status status = f->X->p > f->X->n ? least_squares_by_products(f, model, &done, err) : GM_OK;
  if (status != GM_OK || done) return status;
  gm_dual_free(&f->dual);
  status = gm_svd_direct(f->X, f->config->intercept, unique, f->config->data_epsilon, f->config->pool,
                         &f->svd, err);
  if (status != GM_OK) return status;
  count_rank(f, f->svd.k, f->svd.s, model);
  if (unique && model->rank_deficient)
    return gm_fail(
        err, GM_FAILED,
        "linear regression: the system is singular, %zu predictors of rank %zu; drop those that repeat "
        "others or do not vary, use a ridge penalty, or give a rank cut-off",
        f->X->p, model->rank);
  model->ill_conditioned = model->condition > 1 / sqrt(f->config->data_epsilon);
  gm_svd_project(&f->svd, f->y, f->c);
  for (size_t j = 0; j < f->svd.k; j++) f->w[j] = j < model->rank ? f->c[j] / f->svd.s[j] : 0;
  return gm_svd_combine(&f->svd, f->X, f->w, model->coefficients, err);
}

/* A block of its own accord is never more than a quarter of the samples, nor its gap more than leaves a few
 * of them. */
gm_folds gm_linear_regression_folds(const gm_linear_regression_config *config, size_t n) {
  const size_t quarter = n < 4 ? 1 : n / 4;
  gm_folds folds = {.block = config->block, .gap = config->gap, .time = config->time};
  if (folds.block > 0) return folds;
  folds.block = quarter < GM_RIDGE_BLOCK ? quarter : GM_RIDGE_BLOCK;
  if (2 * folds.gap + folds.block >= n) folds.gap = (n - 1 - folds.block) / 2;
  return folds;
}

/* λ = 1e-4 … 1e8 */
static void set_grid(double *lambda) {
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++) lambda[g] = pow(10, -4 + g / 4.0);
}

/* Sets λ to the grid value of the least error on samples left out; of equal ones the smallest. */
static gm_status take_best(const double *lambda, const double *error, const gm_folds *folds,
                           gm_linear_regression *model, gm_error *err) {
  double best = INFINITY;
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++)
    if (error[g] < best) { /* false for NaN */
      best = error[g];
      model->lambda = lambda[g];
      model->cv_rmse = sqrt(error[g]);
      model->lambda_at_grid_end = g == 0 || g == GM_RIDGE_GRID_SIZE - 1;
    }
  model->block = folds->block;
  model->gap = folds->gap;
  if (best < INFINITY) return GM_OK;
  return gm_fail(err, GM_FAILED,
                 "linear regression: no ridge penalty has a finite error on samples left out");
}

static gm_status choose_lambda(const fit *f, gm_linear_regression *model, gm_error *err) {
  double lambda[GM_RIDGE_GRID_SIZE], error[GM_RIDGE_GRID_SIZE];
  const gm_folds folds =
      f->ridge == GM_RIDGE_LOO ? (gm_folds){.block = 1} : gm_linear_regression_folds(f->config, f->X->n);
  set_grid(lambda);
  const gm_whole_fit whole = {&f->svd, f->y, f->config->intercept, &folds, f->config->pool};
  const gm_status status = gm_ridge_cross_validate(&whole, lambda, GM_RIDGE_GRID_SIZE, error, err);
  return status == GM_OK ? take_best(lambda, error, &folds, model, err) : status;
}

/* A penalty that is given or chosen by leaving out one sample at a time, where K resolves s² + λ for the
 * least λ of interest. *done: whether it was so. */
static gm_status ridge_by_products(fit *f, gm_linear_regression *model, bool *done, gm_error *err) {
  static const double resolved = 1e3; /* times the rounding of K: three digits of the least eigenvalue */
  const gm_folds folds = {.block = 1};
  double lambda[GM_RIDGE_GRID_SIZE], error[GM_RIDGE_GRID_SIZE];
  gm_status status = gm_dual_build(f->X, f->config->intercept, f->config->pool, &f->dual, err);
  if (status != GM_OK) return status;
  const double least = f->dual.least, most = f->dual.greatest * f->dual.greatest;
  set_grid(lambda);
  model->lambda = f->ridge == GM_RIDGE_FIXED ? f->config->lambda : lambda[0];
  if (least * least + model->lambda < resolved * (double)f->X->n * DBL_EPSILON * most) return GM_OK;
  if (f->ridge == GM_RIDGE_LOO) {
    status = gm_dual_leave_one_out(&f->dual, f->y, lambda, GM_RIDGE_GRID_SIZE, f->config->pool, error, err);
    if (status == GM_OK) status = take_best(lambda, error, &folds, model, err);
  }
  double *a = malloc(f->X->n * sizeof *a);
  if (status == GM_OK && a == NULL) status = gm_fail_memory(err, "the regression");
  *done = status == GM_OK && least * least + model->lambda >= gram_floor * most &&
          gm_dual_solve(&f->dual, f->y, model->lambda, a);
  if (*done) {
    f->cutoff = fmax(f->cutoff, sqrt((double)f->X->n * DBL_EPSILON)); /* smaller ones are not resolved */
    memset(model->coefficients, 0, f->X->p * sizeof *model->coefficients);
    status = set_coefficients(f, a, model, err);
    if (status == GM_OK) status = count_rank_of_products(f, model, err);
  }
  free(a);
  return status;
}

static gm_status factorise(fit *f, bool gram, gm_error *err) {
  gm_svd_free(&f->svd);
  const gm_status status = gram ? gm_svd_gram(f->X, f->config->intercept, f->config->pool, &f->svd, err)
                                : gm_svd_direct(f->X, f->config->intercept, false, f->config->data_epsilon,
                                                f->config->pool, &f->svd, err);
  if (status == GM_OK) gm_svd_project(&f->svd, f->y, f->c);
  return status;
}

/* b = Σ_j v_j c_j s_j / (s_j² + λ). λ is chosen once, from the first factorisation; where it is too small for
 * the Gram matrix's digits, the coefficients come from X itself. */
static gm_status solve_ridge(fit *f, gm_linear_regression *model, gm_error *err) {
  const bool wide = f->X->p > f->X->n;
  bool done = false;
  gm_status status = GM_OK;
  if (wide && f->ridge != GM_RIDGE_BLOCKS) status = ridge_by_products(f, model, &done, err);
  if (status != GM_OK || done) return status;
  gm_dual_free(&f->dual);
  status = factorise(f, wide, err);
  if (status == GM_OK && f->ridge != GM_RIDGE_FIXED) status = choose_lambda(f, model, err);
  if (status == GM_OK && f->ridge == GM_RIDGE_FIXED) model->lambda = f->config->lambda;
  if (status != GM_OK) return status;
  /* Of p >= n singular values centring makes the last one 0, and so is its term in every sum. */
  const double least = f->svd.s[f->svd.k - (f->config->intercept && f->svd.k > 1 ? 2 : 1)];
  if (wide && least * least + model->lambda < gram_floor * f->svd.s[0] * f->svd.s[0]) {
    status = factorise(f, false, err);
    if (status != GM_OK) return status;
  } else if (wide) { /* smaller singular values are not resolved */
    f->cutoff = fmax(f->cutoff, sqrt((double)f->svd.n * DBL_EPSILON));
  }
  count_rank(f, f->svd.k, f->svd.s, model);
  for (size_t j = 0; j < f->svd.k; j++)
    f->w[j] = f->c[j] * f->svd.s[j] / (f->svd.s[j] * f->svd.s[j] + model->lambda);
  return gm_svd_combine(&f->svd, f->X, f->w, model->coefficients, err);
}

/* GM_RIDGE_AUTO's own choice; of least squares it turns to blocks where the system turns out to be singular.
 */
static gm_status solve(fit *f, gm_linear_regression *model, gm_error *err) {
  const bool automatic = f->config->ridge == GM_RIDGE_AUTO, few = f->X->p <= f->X->n / 3;
  f->ridge = !automatic ? f->config->ridge : few || f->config->rcond > 0 ? GM_RIDGE_NONE : GM_RIDGE_BLOCKS;
  gm_status status = GM_OK;
  if (f->ridge == GM_RIDGE_NONE) {
    status = solve_least_squares(f, model, err);
    if (status != GM_FAILED || !automatic || !model->rank_deficient) return status;
    f->ridge = GM_RIDGE_BLOCKS;
    *model = (gm_linear_regression){
        .p = model->p, .coefficients = model->coefficients, .cv_rmse = NAN, .singular = true};
  }
  model->ridge = f->ridge;
  return solve_ridge(f, model, err);
}

gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err) {
  fit f = {.config = config, .X = X};
  *model = (gm_linear_regression){.p = X->p, .ridge = GM_RIDGE_NONE, .cv_rmse = NAN};
  gm_status status = prepare(&f, y, err);
  if (status == GM_OK) {
    model->coefficients = malloc(X->p * sizeof *model->coefficients);
    if (model->coefficients == NULL) status = gm_fail_memory(err, "the coefficients");
  }
  if (status == GM_OK) status = solve(&f, model, err);
  if (status == GM_OK) {
    const double *mean = f.dual.mean != NULL ? f.dual.mean : f.svd.mean;
    model->intercept = f.y_mean;
    for (size_t j = 0; j < X->p; j++) model->intercept -= mean[j] * model->coefficients[j];
    gm_predictors_multiply(X, model->coefficients, config->pool, f.y);
    for (size_t i = 0; i < X->n; i++) {
      const double residual = y[i] - model->intercept - f.y[i];
      model->rss += residual * residual;
    }
  } else {
    gm_linear_regression_free(model);
  }
  fit_free(&f);
  return status;
}

/* ---- use -------------------------------------------------------------- */

void gm_linear_regression_predict(const gm_linear_regression *model, const gm_predictors *X,
                                  double *prediction) {
  gm_predictors_multiply(X, model->coefficients, NULL, prediction);
  for (size_t i = 0; i < X->n; i++) prediction[i] = model->intercept + prediction[i];
}

/* Sentence number `part`; empty when there is nothing to say. */
static void warning_part(const gm_linear_regression *m, int part, char *text, size_t size) {
  char choice[128] = "";
  text[0] = '\0';
  if (m->ridge == GM_RIDGE_BLOCKS)
    snprintf(choice, sizeof choice,
             ", chosen by leaving out blocks of %zu time steps with %zu on either side", m->block, m->gap);
  if (m->ridge == GM_RIDGE_LOO)
    snprintf(choice, sizeof choice,
             ", chosen by leaving out one sample at a time (loo, gcv): too small "
             "where neighbouring samples are alike");
  if (part == 0 && m->ridge != GM_RIDGE_NONE)
    snprintf(text, size, "The regression is regularised: ridge penalty %g%s.", m->lambda, choice);
  if (part == 1 && m->singular)
    snprintf(text, size,
             "Least squares is singular here, as the predictors repeat one another or do not vary: rank %zu "
             "of %zu.",
             m->rank, m->p);
  if (part == 2 && m->lambda_at_grid_end)
    snprintf(text, size, "The chosen penalty is at the %s end of the grid, %s; the best may lie outside.",
             m->lambda > 1 ? "upper" : "lower",
             m->lambda > 1 ? "where the forecast is close to the training mean" : "almost none");
  if (part == 3 && m->ridge == GM_RIDGE_NONE && m->rank < m->p && m->components == 0)
    snprintf(text, size,
             "The predictors have rank %zu of %zu at a relative cut-off of %g: minimum-norm solution.",
             m->rank, m->p, m->singular_value_cutoff);
  if (part == 4 && m->ill_conditioned)
    snprintf(text, size,
             "The least-squares problem is ill-conditioned (%.2g): forecasts may be far off, as fewer than "
             "half of the data's digits reach the coefficients.",
             m->condition);
}

bool gm_linear_regression_warning(const gm_linear_regression *model, char *text, size_t size) {
  enum { PARTS = 5 };
  size_t used = 0;
  text[0] = '\0';
  for (int part = 0; part < PARTS && used < size; part++) {
    char sentence[256];
    warning_part(model, part, sentence, sizeof sentence);
    if (sentence[0] == '\0') continue;
    const int n = snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", sentence);
    used += n > 0 ? (size_t)n : 0;
  }
  return used > 0;
}

void gm_linear_regression_free(gm_linear_regression *model) {
  free(model->coefficients);
  *model = (gm_linear_regression){0};
}

/* ---- counting ------------------------------------------------------------ */

double gm_linear_regression_forecast_flop(size_t p) {
  return 2.0 * (double)p;
}

double gm_linear_regression_fit_flop(size_t n, size_t p) {
  const double least = (double)(p < n ? p : n), most = (double)(p < n ? n : p);
  return most * least * (least + 1); /* least · (least + 1) / 2 sums of `most` products */
}
