/* SPDX-License-Identifier: MIT
 * EOF regression: least squares on the leading empirical orthogonal functions of the training samples
 * (principal component regression; Massy, J. Am. Stat. Assoc. 60, 1965; on sea-surface temperature: Barnett &
 * Preisendorfer, J. Atmos. Sci. 35, 1978), the simple reference of a map's forecasts.
 *
 *   Y_ij = w_j (x_ij − m_j) = Σ_c s_c u_ic v_cj, w_j² = area_j / Σ area
 *   b_j  = w_j Σ_{c < k} v_cj (u_cᵀ y) / s_c,   b0 = ȳ − Σ_j b_j m_j
 *
 * so the fit is a linear regression on the points themselves, and is kept as one. The number k of
 * patterns is chosen by leaving out blocks, as a penalty is (cross_validation.h): the patterns are those of
 * all training samples, their coefficients fitted without the block. */
#ifndef MODELS_COMPONENT_REGRESSION_H
#define MODELS_COMPONENT_REGRESSION_H

#include "models/regression/linear_regression.h"

enum { GM_MAX_COMPONENTS = 40 }; /* tried when the number is chosen, at most a third of the samples */

/* components 0: chosen with config's block, gap and time; otherwise that many. area (X->p) > 0, or NULL: all
 * alike. Of config only those, data_epsilon and pool count; there is always an intercept. model->ridge is
 * GM_RIDGE_NONE, model->components and rank k. GM_BAD_INPUT as gm_linear_regression_fit, and for more
 * components than the samples have. */
gm_status gm_component_regression_fit(const gm_linear_regression_config *config, size_t components,
                                      const double *area, const gm_predictors *X, const double *y,
                                      gm_linear_regression *model, gm_error *err);

#endif
