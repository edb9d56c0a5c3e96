/* SPDX-License-Identifier: MIT
 * Linear regression as filters on the singular values: every estimate is
 * b = Σ_j f(s_j) c_j v_j with c_j = u_jᵀ y. Files are linear_regression_json.c's. */
#include "models/regression/linear_regression.h"

#include "common/csv.h"
#include "models/regression/svd.h"

#include <cblas.h>
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
    return "ridge: expected a positive number, gcv or none";
  if (!(config->rcond >= 0 && config->rcond < 1))
    return "rcond: expected a relative cut-off of at least 0 and below 1";
  if (!(config->data_epsilon > 0 && config->data_epsilon < 1))
    return "data_epsilon: expected a relative spacing between 0 and 1";
  return NULL;
}

gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err) {
  config->lambda = 0;
  if (strcmp(text, "none") == 0)
    config->ridge = GM_RIDGE_NONE;
  else if (strcmp(text, "gcv") == 0)
    config->ridge = GM_RIDGE_GCV;
  else if (gm_parse_double(text, &config->lambda) && config->lambda > 0 && isfinite(config->lambda))
    config->ridge = GM_RIDGE_FIXED;
  else
    return gm_fail(err, GM_BAD_INPUT, "ridge: expected a positive number, gcv or none, got \"%s\"", text);
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
  double cutoff; /* relative to s_0 */
  gm_svd svd;
} fit;

static void fit_free(fit *f) {
  gm_svd_free(&f->svd);
  free(f->y);
  free(f->c);
  free(f->w);
}

/* Centres y and refuses what no fit can use. */
static gm_status prepare(fit *f, const double *y, gm_error *err) {
  const gm_linear_regression_config *config = f->config;
  const gm_predictors *X = f->X;
  const char *complaint = gm_linear_regression_config_check(config);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s", complaint);
  if (X->p == 0 || X->n < (config->intercept ? 2u : 1u))
    return gm_fail(err, GM_BAD_INPUT,
                   "linear regression on %zu samples of %zu predictors: expected at least %u and 1", X->n,
                   X->p, config->intercept ? 2u : 1u);
  size_t row, column;
  if (gm_predictors_not_finite(X, &row, &column))
    return gm_fail(err, GM_BAD_INPUT, "linear regression: predictor %zu of sample %zu is not a finite number",
                   column + 1, row + 1);
  for (size_t i = 0; i < X->n; i++)
    if (!isfinite(y[i]))
      return gm_fail(err, GM_BAD_INPUT, "linear regression: the target of sample %zu is not a finite number",
                     i + 1);
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

/* Rank and condition at the cut-off. */
static void count_rank(const fit *f, gm_linear_regression *model) {
  const gm_svd *svd = &f->svd;
  const size_t most =
      f->config->intercept && svd->n <= svd->p ? svd->n - 1 : svd->k; /* centring costs a row */
  model->singular_value_cutoff = f->cutoff;
  for (size_t j = 0; j < svd->k && svd->s[j] > f->cutoff * svd->s[0]; j++) {
    model->rank = j + 1;
    model->condition = svd->s[0] / svd->s[j];
  }
  model->rank_deficient = model->rank < most;
}

/* b = Σ_{j < rank} v_j c_j / s_j */
static gm_status solve_least_squares(fit *f, gm_linear_regression *model, gm_error *err) {
  const size_t determined = f->X->n - (f->config->intercept ? 1 : 0);
  const bool unique = f->X->p <= determined && f->config->rcond <= 0; /* expected to be */
  gm_status status = gm_svd_direct(f->X, f->config->intercept, unique, f->config->data_epsilon,
                                   f->config->pool, &f->svd, err);
  if (status != GM_OK) return status;
  count_rank(f, model);
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

/* λ_g of the grid. */
static double grid_lambda(int g) {
  return pow(10, -4 + 10.0 * g / (GM_RIDGE_GRID_SIZE - 1));
}

/* Leave-one-out errors for all λ at once, from the hat matrix H = 11ᵀ/n + Σ_j u_j u_jᵀ s_j²/(s_j² + λ):
 * e_i = (y_i − ŷ_i) / (1 − h_ii). With r_jg = λ_g/(s_j² + λ_g) both parts lose no digits where s_j² ≫ λ:
 *   y_i − ŷ_i = (y_i − Σ_j u_ij c_j)           + Σ_j (u_ij c_j) r_jg
 *   1 − h_ii  = (1 − 1/n [intercept] − Σ_j u_ij²) + Σ_j u_ij² r_jg
 * The first brackets belong to what X cannot reach; for p >= n, where it reaches
 * everything, they are 0 and −1/n. The sums are products of (n, k) and (k, grid) matrices. */
static gm_status leave_one_out(const fit *f, double mean_square[GM_RIDGE_GRID_SIZE], gm_error *err) {
  enum { G = GM_RIDGE_GRID_SIZE };
  const gm_svd *svd = &f->svd;
  const size_t n = svd->n, k = svd->k;
  const bool everything = k == n;
  double *r = calloc(k * G, sizeof *r);
  double *products = calloc(2 * n * k, sizeof *products), *sums = calloc(2 * n * G, sizeof *sums);
  gm_status status = GM_OK;
  if (r == NULL || products == NULL || sums == NULL) {
    status = gm_fail_memory(err, "the leave-one-out errors");
  } else {
    double *uc = products, *uu = products + n * k;
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < k; j++) {
        const double u = svd->u[i * k + j];
        uc[i * k + j] = u * f->c[j];
        uu[i * k + j] = u * u;
      }
    for (size_t j = 0; j < k; j++)
      for (int g = 0; g < G; g++) {
        const double lambda = grid_lambda(g), square = svd->s[j] * svd->s[j];
        r[j * G + (size_t)g] = everything ? lambda / (square + lambda) : -square / (square + lambda);
      }
    /* the products of uc and uu with r, one under the other */
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(2 * n), G, (int)k, 1, products, (int)k, r, G,
                0, sums, G);
    for (int g = 0; g < G; g++) mean_square[g] = 0;
    for (size_t i = 0; i < n; i++)
      for (int g = 0; g < G; g++) {
        const double residual = (everything ? 0 : f->y[i]) + sums[i * G + (size_t)g];
        const double leverage_left =
            (everything ? 0 : 1) - (f->config->intercept ? 1 / (double)n : 0) + sums[(n + i) * G + (size_t)g];
        const double e = residual / leverage_left;
        mean_square[g] += e * e / (double)n;
      }
  }
  free(r);
  free(products);
  free(sums);
  return status;
}

/* Sets λ to the grid value of the least leave-one-out error; of equal ones the smallest. */
static gm_status choose_lambda(const fit *f, gm_linear_regression *model, gm_error *err) {
  double error[GM_RIDGE_GRID_SIZE], best = INFINITY;
  const gm_status status = leave_one_out(f, error, err);
  if (status != GM_OK) return status;
  for (int g = 0; g < GM_RIDGE_GRID_SIZE; g++)
    if (error[g] < best) { /* false for NaN */
      best = error[g];
      model->lambda = grid_lambda(g);
      model->loo_rmse = sqrt(error[g]);
      model->lambda_at_grid_end = g == 0 || g == GM_RIDGE_GRID_SIZE - 1;
    }
  if (best < INFINITY) return GM_OK;
  return gm_fail(err, GM_FAILED, "linear regression: no ridge penalty has a finite leave-one-out error");
}

/* Factorise, project, choose λ if asked. */
static gm_status prepare_ridge(fit *f, bool gram, gm_linear_regression *model, gm_error *err) {
  gm_svd_free(&f->svd);
  const gm_status status = gram ? gm_svd_gram(f->X, f->config->intercept, f->config->pool, &f->svd, err)
                                : gm_svd_direct(f->X, f->config->intercept, false, f->config->data_epsilon,
                                                f->config->pool, &f->svd, err);
  if (status != GM_OK) return status;
  gm_svd_project(&f->svd, f->y, f->c);
  return model->ridge == GM_RIDGE_GCV ? choose_lambda(f, model, err) : GM_OK;
}

/* b = Σ_j v_j c_j s_j / (s_j² + λ) */
static gm_status solve_ridge(fit *f, gm_linear_regression *model, gm_error *err) {
  const bool wide = f->X->p > f->X->n;
  gm_status status = prepare_ridge(f, wide, model, err);
  if (status != GM_OK) return status;
  /* Of p >= n singular values centring makes the last one 0, and so is its term in every sum. */
  const double least = f->svd.s[f->svd.k - (f->config->intercept && f->svd.k > 1 ? 2 : 1)];
  if (wide && least * least + model->lambda < gram_floor * f->svd.s[0] * f->svd.s[0]) {
    status = prepare_ridge(f, false, model, err);
    if (status != GM_OK) return status;
  } else if (wide) { /* smaller singular values are not resolved */
    f->cutoff = fmax(f->cutoff, sqrt((double)f->svd.n * DBL_EPSILON));
  }
  count_rank(f, model);
  for (size_t j = 0; j < f->svd.k; j++)
    f->w[j] = f->c[j] * f->svd.s[j] / (f->svd.s[j] * f->svd.s[j] + model->lambda);
  return gm_svd_combine(&f->svd, f->X, f->w, model->coefficients, err);
}

gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err) {
  fit f = {.config = config, .X = X};
  *model = (gm_linear_regression){.p = X->p, .ridge = config->ridge, .loo_rmse = NAN};
  gm_status status = prepare(&f, y, err);
  if (status == GM_OK) {
    model->coefficients = malloc(X->p * sizeof *model->coefficients);
    if (model->coefficients == NULL) status = gm_fail_memory(err, "the coefficients");
  }
  if (model->ridge == GM_RIDGE_AUTO) model->ridge = X->p < X->n ? GM_RIDGE_NONE : GM_RIDGE_GCV;
  if (model->ridge == GM_RIDGE_FIXED) model->lambda = config->lambda;
  if (status == GM_OK)
    status =
        model->ridge == GM_RIDGE_NONE ? solve_least_squares(&f, model, err) : solve_ridge(&f, model, err);
  if (status == GM_OK) {
    model->intercept = f.y_mean;
    for (size_t j = 0; j < X->p; j++) model->intercept -= f.svd.mean[j] * model->coefficients[j];
    for (size_t i = 0; i < X->n; i++) {
      const double residual = y[i] - model->intercept - gm_predictors_dot(X, i, model->coefficients);
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
  for (size_t i = 0; i < X->n; i++)
    prediction[i] = model->intercept + gm_predictors_dot(X, i, model->coefficients);
}

bool gm_linear_regression_warning(const gm_linear_regression *model, char *text, size_t size) {
  const char *space = "";
  size_t used = 0;
  text[0] = '\0';
  for (int part = 0; part < 4; part++) {
    char sentence[256] = "";
    if (part == 0 && model->ridge != GM_RIDGE_NONE)
      snprintf(sentence, sizeof sentence, "The regression is regularised: ridge penalty %g%s.", model->lambda,
               model->ridge == GM_RIDGE_GCV ? ", chosen by leave-one-out" : "");
    if (part == 1 && model->lambda_at_grid_end)
      snprintf(sentence, sizeof sentence,
               "The chosen penalty is at an end of the grid; the best may lie outside.");
    if (part == 2 && model->ridge == GM_RIDGE_NONE && model->rank < model->p)
      snprintf(sentence, sizeof sentence,
               "The predictors have rank %zu of %zu at a relative cut-off of %g: minimum-norm solution.",
               model->rank, model->p, model->singular_value_cutoff);
    if (part == 3 && model->ill_conditioned)
      snprintf(sentence, sizeof sentence,
               "The least-squares problem is ill-conditioned (%.2g): forecasts may be far off, as fewer than "
               "half of the data's digits reach the coefficients.",
               model->condition);
    if (sentence[0] == '\0' || used >= size) continue;
    const int n = snprintf(text + used, size - used, "%s%s", space, sentence);
    used += n > 0 ? (size_t)n : 0;
    space = " ";
  }
  return used > 0;
}

void gm_linear_regression_free(gm_linear_regression *model) {
  free(model->coefficients);
  *model = (gm_linear_regression){0};
}
