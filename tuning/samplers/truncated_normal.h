/* SPDX-License-Identifier: MIT
 * The standard normal distribution cut to an interval, in logarithms, so that
 * intervals far out in a tail keep their digits. phi is its density, Phi its
 * distribution function.
 *
 * The formulas are those of Optuna 5 (optuna.samplers._tpe._truncnorm, after SciPy).
 * Deviations, all towards the exact value: narrow intervals use the midpoint series
 * and intervals around 0 a difference of erf, where Optuna's 1 - Phi(a) - Phi(-b) and
 * Phi(b) - Phi(a) cancel; the quantile never leaves [a, b]. */
#ifndef TUNING_TRUNCATED_NORMAL_H
#define TUNING_TRUNCATED_NORMAL_H

/* ln Phi(x). */
double gm_log_ndtr(double x);

/* ln(Phi(b) - Phi(a)) for a < b; -inf where that is no double any more. */
double gm_log_normal_mass(double a, double b);

/* The q-quantile, q in [0, 1], of the standard normal cut to [a, b], a < b. */
double gm_truncated_normal_quantile(double q, double a, double b);

#endif
