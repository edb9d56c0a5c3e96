/* SPDX-License-Identifier: MIT
 * How far the mean of a series of dependent values may be off: n · Var(mean), estimated from the series
 * itself.
 *
 *   cosines  Ω = 1/B · Σ_{j=1…B} L_j²,  L_j = √(2/n) · Σ_t z_t cos(π j (t − ½)/n): equally weighted
 *            cosines; (mean − expectation)/√(Ω/n) has Student's t distribution with B degrees of
 *            freedom for large n and fixed B (Lazarus, Lewis, Stock & Watson, J. Bus. Econ. Stat. 36, 2018)
 *
 * Letters: z (n) the series in order of time. */
#ifndef MODELS_LONG_RUN_VARIANCE_H
#define MODELS_LONG_RUN_VARIANCE_H

#include <stddef.h>

typedef struct {
  double variance; /* Ω, of one value; the mean's is Ω/n */
  double degrees;  /* of freedom */
} gm_long_run_variance;

/* n >= 2, 1 <= cosines < n. */
gm_long_run_variance gm_variance_by_cosines(const double *z, size_t n, size_t cosines);

/* How many cosines: ⌊0.4 n^⅔⌋ (Lazarus et al.), at least 2. */
size_t gm_cosines_of_length(size_t n);

/* And fewer where z is persistent, for cosines tell the variance at frequency 0 only as far as the spectrum
 * is flat. That of an autoregression with coefficient φ has fallen to half at (1 − φ)/√φ, and B cosines reach
 * up to π B/n: B = ⌊0.35 n (1 − φ)/(π √φ)⌋, between 2 and the number above, φ the lag-1 autocorrelation with
 * Kendall's correction for short series, φ + (1 + 3φ)/n (Biometrika 41, 1954). The factor was chosen by
 * coverage: docs/statistics.md. */
size_t gm_cosines_of_series(const double *z, size_t n);

#endif
