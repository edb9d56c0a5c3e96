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
 *   gcv               ridge with the λ of GM_RIDGE_GRID_SIZE log-spaced values that has the least
 *                     leave-one-out error (closed form: Allen's PRESS; Golub, Heath & Wahba 1979),
 *                     from one factorisation; the same choice as scikit-learn's RidgeCV
 *
 * Letters: n samples, p predictors. */
#ifndef MODELS_LINEAR_REGRESSION_H
#define MODELS_LINEAR_REGRESSION_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/predictors.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- configuration ---------------------------------------------------- */

typedef enum {
  GM_RIDGE_AUTO,  /* none where p < n, gcv otherwise */
  GM_RIDGE_NONE,  /* least squares */
  GM_RIDGE_FIXED, /* penalty `lambda` */
  GM_RIDGE_GCV,   /* penalty chosen by leave-one-out */
} gm_ridge;

#define GM_RIDGE_GRID_SIZE 41 /* λ = 1e-4 … 1e6, four per decade */

typedef struct {
  gm_ridge ridge; /* default GM_RIDGE_AUTO */
  double lambda;  /* of GM_RIDGE_FIXED, > 0 */
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

/* "gcv", "none" or a positive number, as --ridge takes it. */
gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err);

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
  double loo_rmse;              /* leave-one-out RMSE at λ (gcv), NaN otherwise */
  bool rank_deficient;          /* rank below what n and p allow */
  bool ill_conditioned;         /* without ridge: condition > 1/√data_epsilon, half the digits are lost */
  bool lambda_at_grid_end;      /* gcv chose the least or the greatest λ: the optimum may lie outside */
} gm_linear_regression;

/* Fits; y: (n). GM_BAD_INPUT for a configuration or size that makes no sense, and for NaN or Inf in
 * X or y; GM_FAILED for a singular system with p < n, no ridge and no explicit rcond. */
gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err);

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

#endif
