/* SPDX-License-Identifier: MIT
 * The errors of a regression at each sample, fitted without it, for a penalty after another (dual.h). */
#ifndef MODELS_DUAL_LEFT_OUT_H
#define MODELS_DUAL_LEFT_OUT_H

#include "models/regression/dual.h"

/* mean_square[g] of the n errors left out at lambda[g]; +Inf where T + λI is not positive to rounding.
 * `pool` may be NULL; the result is the same on any. */
gm_status gm_dual_leave_one_out(gm_dual *dual, const double *y, const double *lambda, size_t n_lambda,
                                gm_parallel *pool, double *mean_square, gm_error *err);

#endif
