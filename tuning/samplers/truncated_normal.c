/* SPDX-License-Identifier: MIT
 * Log mass and quantile of the truncated standard normal distribution. */
#include "tuning/samplers/truncated_normal.h"

#include <float.h>
#include <math.h>

static const double sqrt_half = 0.70710678118654752440;
static const double log_half = -0.69314718055994530942;
static const double log_sqrt_2pi = 0.91893853320467274178;

/* Below this, ln Phi comes from the asymptotic series (erfc itself holds until -37). */
static const double series_from = -20.0;
/* Above this, 1 - Phi(x) is below 1e-9 and ln Phi(x) = -Phi(-x) to double precision. */
static const double upper_tail_from = 6.0;
/* erfc(x / sqrt 2) is a normal number for x below this. */
static const double erfc_until = 37.0;
/* The midpoint series below is used for (b - a) max(1, |m|) under this; its first
 * neglected term is then 0.05^6 / 322560 = 5e-14 of the mass. */
static const double narrow = 0.05;

static double ndtr(double x) {
  return 0.5 * erfc(-x * sqrt_half);
}

/* ln Phi(x) = -x²/2 - ln(-x) - ln(2π)/2 + ln(1 - 1/x² + 3/x⁴ - 15/x⁶ + …), x << 0. */
static double log_ndtr_series(double x) {
  const double inverse_square = 1.0 / (x * x);
  double term = 1.0, sum = 1.0;
  for (int i = 1; fabs(term) > DBL_EPSILON; i++) {
    term *= -(2 * i - 1) * inverse_square;
    sum += term;
  }
  return -0.5 * x * x - log(-x) - log_sqrt_2pi + log(sum);
}

double gm_log_ndtr(double x) {
  if (x > upper_tail_from) return -ndtr(-x);
  if (x > series_from) return log(ndtr(x));
  return log_ndtr_series(x);
}

/* h phi(m) (1 + (m² - 1) h²/24 + (m⁴ - 6m² + 3) h⁴/1920 + …), the even derivatives of phi at m. */
static double log_mass_narrow(double m, double h) {
  const double mm = m * m, hh = h * h;
  const double correction = hh * ((mm - 1.0) / 24.0 + hh * (mm * (mm - 6.0) + 3.0) / 1920.0);
  return log(h) - 0.5 * mm - log_sqrt_2pi + log1p(correction);
}

/* a < b <= 0. */
static double log_mass_left(double a, double b) {
  if (b > -erfc_until) return log(0.5 * (erfc(-b * sqrt_half) - erfc(-a * sqrt_half)));
  const double log_b = gm_log_ndtr(b);
  if (log_b == -INFINITY) return log_b;
  return log_b + log1p(-exp(gm_log_ndtr(a) - log_b));
}

/* a <= 0 < b. */
static double log_mass_central(double a, double b) {
  const double mass = 0.5 * (erf(b * sqrt_half) - erf(a * sqrt_half));
  return mass < 0.5 ? log(mass) : log1p(-ndtr(a) - ndtr(-b));
}

double gm_log_normal_mass(double a, double b) {
  const double width = b - a, middle = 0.5 * (a + b);
  if (width < narrow && width * fabs(middle) < narrow) return log_mass_narrow(middle, width);
  if (a > 0.0) return log_mass_left(-b, -a);
  return b <= 0.0 ? log_mass_left(a, b) : log_mass_central(a, b);
}

/* ln(e^p + e^q). */
static double log_add(double p, double q) {
  const double larger = fmax(p, q);
  return larger + log1p(exp(fmin(p, q) - larger));
}

/* x <= 0 with ln Phi(x) = y, for y <= ln 1/2. ln Phi is increasing and concave, so that
 * Newton's steps converge from anywhere, from below after the first. */
static double inverse_left(double y) {
  static const double logistic_slope =
      0.55132889542179204;              /* sqrt 3 / π: Phi(x) ≈ 1 / (1 + exp(-x / slope)) */
  static const double tail_from = -5.0; /* Phi(x) ≈ phi(x) beats it from here on */
  enum { MAX_STEPS = 100 };
  /* Steps at least square the relative error: 1e-8 leaves nothing to gain. Absolute, for x near 0. */
  static const double small_step = 1e-8, no_step = 1e-16;
  double x = y < tail_from ? -sqrt(-2.0 * (y + log_sqrt_2pi)) : -logistic_slope * log(expm1(-y));
  for (int i = 0; i < MAX_STEPS; i++) {
    const double log_cdf = gm_log_ndtr(x);
    const double step =
        (log_cdf - y) * exp(log_cdf + 0.5 * x * x + log_sqrt_2pi); /* f / f', f' = phi / Phi */
    x -= step;
    if (fabs(step) <= small_step * fabs(x) || fabs(step) <= no_step) break;
  }
  return x;
}

/* x with ln Phi(x) = y. */
static double inverse_log_ndtr(double y) {
  return y <= log_half ? inverse_left(y) : -inverse_left(log(-expm1(y)));
}

double gm_truncated_normal_quantile(double q, double a, double b) {
  if (q <= 0.0) return a;
  if (q >= 1.0) return b;
  const double log_mass = gm_log_normal_mass(a, b);
  const double x = a < 0.0 ? inverse_log_ndtr(log_add(gm_log_ndtr(a), log(q) + log_mass))
                           : -inverse_log_ndtr(log_add(gm_log_ndtr(-b), log1p(-q) + log_mass));
  return fmin(fmax(x, a), b); /* also where Phi(x) rounded to 1 and x is infinite */
}
