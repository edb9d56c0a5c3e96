/* SPDX-License-Identifier: MIT
 * How often does a 95 % interval of an RMSE difference hold the truth? `make coverage`: pairs of error
 * series with known RMSEs, autoregressive with coefficient φ and correlated between the models as forecasts
 * of the same months are, and the candidates' intervals of each pair. Prints the table of docs/statistics.md
 * as Markdown: the share that holds the truth and, in brackets, the median width. */
#include "common/ascending.h"
#include "common/rng.h"
#include "common/student_t.h"
#include "models/statistics/long_run_variance.h"
#include "models/statistics/rmse_interval.h"
#include "tests/bootstrap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_N = 120, PAIRS = 2000, BLOCK = 12, REPLICATES = 500, WARM_UP = 200 };
static const double correlation = 0.9; /* between the errors of the two models */

typedef struct {
  size_t n;
  double truth[MAX_N], a[MAX_N], b[MAX_N], z[MAX_N]; /* the truth is 0, so forecasts are errors */
  double difference;
} pair;

/* ---- series ------------------------------------------------------------ */

/* Box & Muller. */
static double normal(gm_rng *rng) {
  const double u = 1 - gm_rng_double(rng), v = gm_rng_double(rng);
  return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

static double rmse(const double *e, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += e[i] * e[i];
  return sqrt(sum / (double)n);
}

/* Standard deviations 1 and sd_b. */
static void draw(pair *p, size_t n, double phi, double sd_b, gm_rng *rng) {
  double a = normal(rng), b = normal(rng);
  const double shock = sqrt(1 - phi * phi), own = sqrt(1 - correlation * correlation);
  *p = (pair){.n = n};
  for (size_t i = 0; i < n + WARM_UP; i++) {
    a = phi * a + shock * normal(rng);
    b = phi * b + shock * normal(rng);
    if (i < WARM_UP) continue;
    p->a[i - WARM_UP] = a;
    p->b[i - WARM_UP] = sd_b * (correlation * a + own * b);
  }
  const double rmse_a = rmse(p->a, n), rmse_b = rmse(p->b, n);
  p->difference = rmse_a - rmse_b;
  for (size_t i = 0; i < n; i++)
    p->z[i] = p->a[i] * p->a[i] / (2 * rmse_a) - p->b[i] * p->b[i] / (2 * rmse_b);
}

/* ---- candidates -------------------------------------------------------- */

typedef gm_interval candidate(const pair *p, uint32_t seed);

static gm_interval around(const pair *p, double half) {
  return (gm_interval){p->difference, p->difference - half, p->difference + half};
}

static gm_interval by_variance(const pair *p, gm_long_run_variance v) {
  return around(p, v.variance > 0 ? gm_student_t(v.degrees) * sqrt(v.variance / (double)p->n) : 0);
}

static gm_interval percentile(const pair *p, uint32_t seed) {
  return moving_blocks(p->a, p->b, p->n, BLOCK, REPLICATES, seed);
}

/* Blocks that may run over the end to the beginning; ± t of the number of blocks less one times the
 * replicates' standard deviation. */
static gm_interval circular(const pair *p, uint32_t seed) {
  gm_rng rng;
  double sum = 0, squares = 0;
  gm_rng_seed(&rng, seed);
  for (int r = 0; r < REPLICATES; r++) {
    double a = 0, b = 0;
    for (size_t drawn = 0; drawn < p->n; drawn += BLOCK) {
      const size_t start = (size_t)(gm_rng_double(&rng) * (double)p->n);
      for (size_t k = 0; k < BLOCK && drawn + k < p->n; k++) {
        const size_t i = (start + k) % p->n;
        a += p->a[i] * p->a[i];
        b += p->b[i] * p->b[i];
      }
    }
    const double d = sqrt(a / (double)p->n) - sqrt(b / (double)p->n);
    sum += d;
    squares += d * d;
  }
  const double mean = sum / REPLICATES, variance = squares / REPLICATES - mean * mean;
  return around(p, gm_student_t((double)p->n / BLOCK - 1) * sqrt(variance));
}

/* Ω = γ_0 + 2 Σ_{k=1…h−1} γ_k times n + 1 − 2h + h(h − 1)/n over n, with t of n − 1 degrees (Diebold &
 * Mariano, J. Bus. Econ. Stat. 13, 1995, for forecasts h steps ahead, with the correction of Harvey,
 * Leybourne & Newbold, Int. J. Forecasting 13, 1997); may be negative. */
static gm_interval by_lags(const pair *p, size_t h) {
  const double n = (double)p->n, steps = (double)h;
  double mean = 0, sum = 0;
  for (size_t t = 0; t < p->n; t++) mean += p->z[t] / n;
  for (size_t k = 0; k < h; k++)
    for (size_t t = k; t < p->n; t++) sum += (k == 0 ? 1 : 2) * (p->z[t] - mean) * (p->z[t - k] - mean) / n;
  const double correction = (n + 1 - 2 * steps + steps * (steps - 1) / n) / n;
  return by_variance(p, (gm_long_run_variance){sum / correction, n - 1});
}

static gm_interval hln_1(const pair *p, uint32_t seed) {
  (void)seed;
  return by_lags(p, 1);
}

static gm_interval hln_12(const pair *p, uint32_t seed) {
  (void)seed;
  return by_lags(p, 12);
}

static gm_interval cosines(const pair *p, uint32_t seed) {
  (void)seed;
  return by_variance(p, gm_variance_by_cosines(p->z, p->n, gm_cosines_of_length(p->n)));
}

static gm_interval ours(const pair *p, uint32_t seed) {
  (void)seed;
  gm_interval interval;
  const double *a = p->a, *b = p->b;
  if (gm_rmse_difference(p->truth, &(gm_forecasts){&a, 1}, &(gm_forecasts){&b, 1}, p->n, &interval, NULL) !=
      GM_OK)
    exit(1);
  return interval;
}

static const struct {
  const char *name;
  candidate *interval;
} candidates[] = {{"moving blocks, percentile", percentile},
                  {"circular blocks, sd and t", circular},
                  {"DM–HLN, h = 1", hln_1},
                  {"DM–HLN, h = 12", hln_12},
                  {"cosines, ⌊0.4 n^⅔⌋", cosines},
                  {"**cosines, fewer where persistent**", ours}};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

/* ---- the table --------------------------------------------------------- */

static void put_row(size_t n, double phi, double sd_b) {
  static double width[CANDIDATES][PAIRS];
  int holds[CANDIDATES] = {0};
  gm_rng rng;
  gm_rng_seed(&rng, 0);
  for (int r = 0; r < PAIRS; r++) {
    pair p;
    draw(&p, n, phi, sd_b, &rng);
    for (int c = 0; c < CANDIDATES; c++) {
      const gm_interval i = candidates[c].interval(&p, (uint32_t)r);
      holds[c] += i.low <= 1 - sd_b && 1 - sd_b <= i.high;
      width[c][r] = i.high - i.low;
    }
  }
  printf("| %zu | %.2f | %.1f |", n, phi, 1 - sd_b);
  for (int c = 0; c < CANDIDATES; c++) {
    qsort(width[c], PAIRS, sizeof(double), gm_ascending);
    printf(" %.3f (%.2f) |", (double)holds[c] / PAIRS, width[c][PAIRS / 2]);
  }
  printf("\n");
  fflush(stdout);
}

int main(void) {
  static const size_t lengths[] = {47, 120};
  static const double coefficients[] = {0, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.95}, sds[] = {1, 0.8};
  printf("| n | φ | true difference |");
  for (int c = 0; c < CANDIDATES; c++) printf(" %s |", candidates[c].name);
  printf("\n|---:|---:|---:|");
  for (int c = 0; c < CANDIDATES; c++) printf("---:|");
  printf("\n");
  for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
    for (size_t s = 0; s < sizeof sds / sizeof *sds; s++)
      for (size_t f = 0; f < sizeof coefficients / sizeof *coefficients; f++)
        put_row(lengths[l], coefficients[f], sds[s]);
  printf("\n%d pairs a row, errors of the two models correlated by %.1f; half-width of the share: %.3f.\n",
         PAIRS, correlation, 2 * sqrt(0.95 * 0.05 / PAIRS));
  return ferror(stdout) ? 1 : 0;
}
