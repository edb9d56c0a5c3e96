/* SPDX-License-Identifier: MIT
 * Linear regression: centred least squares with intercept, optionally with a ridge
 * penalty, for any number of predictors.
 *
 *   minimise ‖y − b0 − X b‖² + λ‖b‖²,  intercept b0 free, X not scaled
 *
 * Every fit goes through the singular values s_j of the centred X (svd.h):
 *   none, full rank   columns scaled to unit length first, so that badly scaled but
 *                     independent predictors keep their digits (van der Sluis 1969)
 *   none, rank-aware  b = Σ_{s_j > cut} v_j (u_jᵀy) / s_j, minimum norm, as numpy.linalg.lstsq
 *   ridge             b = Σ_j v_j (u_jᵀy) s_j / (s_j² + λ)
 *   blocks, loo       ridge with the λ of GM_RIDGE_GRID_SIZE log-spaced values that has the least error on
 *                     samples left out (cross_validation.h): whole blocks with a gap on either side, or
 *                     one at a time, which is scikit-learn's RidgeCV
 *
 * With more predictors than samples, fixed penalties, loo and well-conditioned least squares do without the
 * vectors: they solve the same equations through the samples' products (dual.h).
 *
 * Blocks are what a time series asks for. On maps of the tropical Pacific (187 months, leads 1 to 12) one at
 * a time chose penalties 3 to 1e7 times smaller, and the mean validation RMSE was 0.825 against 0.648 °C;
 * h-block errors with h = lead + 12, the other form of the same idea, gave 0.666: at lead 3 they miss (0.649
 * against 0.504), and take a system per sample where blocks take one per block. Blocks of 12 months: 0.666,
 * of 36: 0.644.
 *
 * Letters: n samples, p predictors. */
#ifndef MODELS_LINEAR_REGRESSION_H
#define MODELS_LINEAR_REGRESSION_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/cross_validation.h"
#include "models/regression/predictors.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- configuration ---------------------------------------------------- */

typedef enum {
  GM_RIDGE_AUTO,   /* none where p <= n/3 and the predictors are independent, or where rcond is given; else
                      blocks */
  GM_RIDGE_NONE,   /* least squares */
  GM_RIDGE_FIXED,  /* penalty `lambda` */
  GM_RIDGE_BLOCKS, /* penalty chosen by leaving out blocks */
  GM_RIDGE_LOO,    /* penalty chosen by leaving out one sample at a time */
} gm_ridge;

#define GM_RIDGE_GRID_SIZE 49 /* λ = 1e-4 … 1e8, four per decade */
enum { GM_RIDGE_BLOCK = 24 }; /* time steps: two years of months */

typedef struct {
  gm_ridge ridge; /* default GM_RIDGE_AUTO */
  double lambda;  /* of GM_RIDGE_FIXED, > 0 */
  size_t block; /* of GM_RIDGE_BLOCKS: time steps left out together; 0 (default) = GM_RIDGE_BLOCK, fewer where
                   there are fewer than four such blocks */
  size_t gap;   /* and time steps left out with them on either side: lead + T − 1 share data; default 0 */
  const int64_t *time; /* (n) of the samples, ascending, borrowed; NULL (default): consecutive */
  double rcond;   /* singular values <= rcond · largest count as zero; 0 = max(n, p) · data_epsilon. Given
                     explicitly it asks for the minimum-norm solution of X as it is (not scaled) */
  bool intercept; /* default true; false: through the origin, nothing centred */
  double data_epsilon; /* relative spacing of the data's own type, default DBL_EPSILON */
  gm_parallel *pool;   /* for many predictors; borrowed, NULL (default) runs on one thread; the result is
                          the same on any */
} gm_linear_regression_config;

gm_linear_regression_config gm_linear_regression_config_default(void);

/* NULL, or a sentence naming the field and what was expected. */
const char *gm_linear_regression_config_check(const gm_linear_regression_config *config);

/* "blocks", "blocks:N", "loo" (also under its older name "gcv"), "none" or a positive number, as --ridge
 * takes it. */
gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err);

/* "auto", "none", "fixed", "blocks" or "loo". */
const char *gm_ridge_text(gm_ridge ridge);

/* ---- model ------------------------------------------------------------ */

typedef struct {
  size_t p;
  double *coefficients;         /* (p), owned */
  double intercept;             /* b0; 0 without intercept */
  gm_ridge ridge;               /* what was done: never GM_RIDGE_AUTO */
  double lambda;                /* λ, 0 without ridge */
  size_t rank;                  /* singular values above the cut-off */
  double singular_value_cutoff; /* relative to the largest one */
  double condition;             /* largest / smallest singular value above the cut-off */
  double rss;                   /* ‖y − b0 − X b‖² on the training samples */
  size_t components;       /* of a regression on so many patterns (component_regression.h), otherwise 0 */
  size_t block, gap;       /* what was left out to choose λ or components; 0 where nothing was chosen */
  double cv_rmse;          /* RMSE of the samples left out, at λ (blocks, loo), NaN otherwise */
  bool rank_deficient;     /* rank below what n and p allow */
  bool singular;           /* GM_RIDGE_AUTO chose a penalty because least squares is singular */
  bool ill_conditioned;    /* without ridge: condition > 1/√data_epsilon, half the digits are lost */
  bool lambda_at_grid_end; /* the least or the greatest λ was chosen: the optimum may lie outside */
} gm_linear_regression;

/* Fits; y: (n). GM_BAD_INPUT for a configuration or size that makes no sense (blocks that leave no samples
 * too), and for NaN or Inf in X or y; GM_FAILED for a singular system with p < n, GM_RIDGE_NONE and no
 * explicit rcond. */
gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err);

/* The part of its refusals that is about configuration, sizes and numbers. */
gm_status gm_linear_regression_check(const gm_linear_regression_config *config, const gm_predictors *X,
                                     const double *y, gm_error *err);

/* What a fit of n samples leaves out to choose: config's blocks, or what stands in their place by default. */
gm_folds gm_linear_regression_folds(const gm_linear_regression_config *config, size_t n);

/* prediction_i = b0 + x_i · b, (n). X->p must be model->p. */
void gm_linear_regression_predict(const gm_linear_regression *model, const gm_predictors *X,
                                  double *prediction);

/* What a reader of the result must know (regularised or not, rank, condition), one or more sentences;
 * false and "" when there is nothing to say. */
bool gm_linear_regression_warning(const gm_linear_regression *model, char *text, size_t size);

/* Accepts a zeroed model. */
void gm_linear_regression_free(gm_linear_regression *model);

/* ---- linear.json ------------------------------------------------------ */

/* Writes the model; `input` (may be NULL, stays the caller's) is what the caller needs to
 * rebuild X: channels, time_steps, dataset …, stored under the key "input". */
gm_status gm_linear_regression_write(const char *path, const gm_linear_regression *model,
                                     struct json_object *input, gm_error *err);

/* Reads it back; *input (may be NULL) gets a reference the caller puts, NULL where the file has none.
 * rss, condition and the flags come back as written. GM_BAD_INPUT names the file and the member. */
gm_status gm_linear_regression_read(const char *path, gm_linear_regression *model, struct json_object **input,
                                    gm_error *err);

/* ---- counting ------------------------------------------------------------ */

/* Floating-point operations, a multiplication and an addition per product: of one forecast, and of the sums
 * of products that every fit needs (the lesser of XᵀX and XXᵀ, one triangle). A search of the penalty comes
 * on top. */
double gm_linear_regression_forecast_flop(size_t p);
double gm_linear_regression_fit_flop(size_t n, size_t p);

#endif
