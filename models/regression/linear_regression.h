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

#include "common/status.h"
#include "models/regression/linear_model.h"
#include "models/regression/predictors.h"

#include <json-c/json.h>
#include <stddef.h>

/* ---- fit and forecasts ------------------------------------------------- */

/* Fits; y: (n). GM_BAD_INPUT for a configuration or size that makes no sense (blocks that leave no samples
 * too), and for NaN or Inf in X or y; GM_FAILED for a singular system with p < n, GM_RIDGE_NONE and no
 * explicit rcond. */
gm_status gm_linear_regression_fit(const gm_linear_regression_config *config, const gm_predictors *X,
                                   const double *y, gm_linear_regression *model, gm_error *err);

/* The part of its refusals that is about configuration, sizes and numbers. */
gm_status gm_linear_regression_check(const gm_linear_regression_config *config, const gm_predictors *X,
                                     const double *y, gm_error *err);

/* prediction_i = b0 + x_i · b, (n). X->p must be model->p. */
void gm_linear_regression_predict(const gm_linear_regression *model, const gm_predictors *X,
                                  double *prediction);

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
