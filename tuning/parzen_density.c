/* SPDX-License-Identifier: MIT
 * Density of the adaptive Parzen estimator. This is where a suggestion spends its time:
 * candidates × components × parameters. No allocation; erfc only where it can matter. */
#include "tuning/parzen_estimator.h"

#include "tuning/mixture.h"
#include "tuning/truncated_normal.h"

#include <math.h>

/* A component below another by more than this many nats adds less than 1e-21 of it, which
 * no sum of doubles can notice, not even over 10^5 such components. */
static const double negligible_nats = 50.0;

static _Bool has_grid(const gm_parzen_dimension *dim) {
  return dim->distribution.kind != GM_CATEGORICAL && !gm_distribution_continuous(&dim->distribution);
}

static void add_categorical(const gm_parzen_dimension *dim, size_t n_components, double x, double *terms) {
  const size_t n = n_components - 1;
  const uint32_t category = (uint32_t)x;
  const double log_hit = log(dim->hit), log_miss = log(dim->miss);
  for (size_t k = 0; k < n; k++) terms[k] += dim->category[k] == category ? log_hit : log_miss;
  terms[n] += log(dim->prior);
}

/* The cell of the grid around x, in z. */
typedef struct {
  double left, right;
} grid_cell;

static grid_cell cell_of(const gm_parzen_dimension *dim, double x) {
  const double half = 0.5 * dim->distribution.step;
  return (grid_cell){gm_distribution_z(&dim->distribution, x - half),
                     gm_distribution_z(&dim->distribution, x + half)};
}

/* ln of the probability of a cell under component k. */
static double log_cell(const gm_parzen_dimension *dim, size_t k, grid_cell cell) {
  const double a = (cell.left - dim->mu[k]) / dim->sigma[k];
  const double b = (cell.right - dim->mu[k]) / dim->sigma[k];
  return gm_log_normal_mass(a, b) - dim->log_mass[k];
}

/* An upper bound of it: the mass beyond t sigmas is at most exp(-t²/2). */
static double log_cell_bound(const gm_parzen_dimension *dim, size_t k, grid_cell cell) {
  const double t = fmax(0.0, fmax(cell.left - dim->mu[k], dim->mu[k] - cell.right)) * dim->inverse_sigma[k];
  return -0.5 * t * t - dim->log_mass[k];
}

/* terms[k] += ln of the probability of the cell, for the observations; components that
 * end up far below `least` are dropped before their mass is worked out. */
static void add_grid(const gm_parzen_dimension *dim, size_t n, grid_cell cell, double least, double *terms) {
  size_t previous = n;
  double bound = 0.0, exact = NAN; /* of the component `previous` and its equals; NAN: not needed so far */
  for (size_t i = 0; i < n; i++) {
    const size_t k = dim->order[i];
    if (previous == n || dim->mu[k] != dim->mu[previous] || dim->sigma[k] != dim->sigma[previous]) {
      bound = log_cell_bound(dim, k, cell);
      exact = NAN;
      previous = k;
    }
    if (terms[k] + bound < least) {
      terms[k] = -INFINITY;
      continue;
    }
    if (isnan(exact)) exact = log_cell(dim, k, cell);
    terms[k] += exact;
  }
}

/* x: (d) with the given stride. */
static double log_density_at(gm_parzen_estimator *e, const double *x, size_t stride) {
  const size_t n = e->n_terms - 1;
  double *terms = e->terms;
  for (size_t k = 0; k <= n; k++) terms[k] = e->log_scale[k];
  for (size_t d = 0; d < e->n_dimensions; d++) {
    const gm_parzen_dimension *dim = &e->dimensions[d];
    const double value = x[d * stride];
    if (dim->distribution.kind == GM_CATEGORICAL) {
      add_categorical(dim, e->n_terms, value, terms);
    } else if (gm_distribution_continuous(&dim->distribution)) {
      const double z = gm_distribution_z(&dim->distribution, value);
      if (!(dim->lower <= z && z <= dim->upper)) return -INFINITY;
      gm_mixture_add_normal(e->n_terms, z, dim->mu, dim->inverse_sigma, terms);
    } else {
      terms[n] += log_cell(dim, n, cell_of(dim, value));
    }
  }
  /* Grids last: by now the prior's term is complete and tells which others can matter. */
  const double least = terms[n] - negligible_nats;
  for (size_t d = 0; d < e->n_dimensions; d++) {
    const gm_parzen_dimension *dim = &e->dimensions[d];
    if (has_grid(dim)) add_grid(dim, n, cell_of(dim, x[d * stride]), least, terms);
  }
  return gm_mixture_log_sum(e->n_terms, terms);
}

void gm_parzen_log_density(gm_parzen_estimator *e, size_t n, const double *x, double *log_density) {
  for (size_t i = 0; i < n; i++) log_density[i] = log_density_at(e, x + i, n);
}
