/* SPDX-License-Identifier: MIT
 * Density of the adaptive Parzen estimator. This is where a suggestion spends its time:
 * candidates × components × parameters. No allocation; erfc only where it can matter. */
#include "tuning/samplers/parzen_estimator.h"

#include "tuning/samplers/mixture.h"
#include "tuning/samplers/truncated_normal.h"

#include <math.h>

/* A component below another by more than this many nats adds less than 1e-21 of it, which
 * no sum of doubles can notice, not even over 10^5 such components. */
static const double negligible_nats = 50.0;

static bool has_grid(const gm_parzen_dimension *dim) {
  return dim->distribution.kind != GM_CATEGORICAL && !gm_distribution_continuous(&dim->distribution);
}

/* table[g] = ln of the probability of category x under a component of group g. */
static void tabulate_categories(const gm_parzen_dimension *dim, double x, double *table) {
  const double log_miss = log(dim->miss);
  for (size_t category = 0; category < dim->n_groups; category++) table[category] = log_miss;
  table[(size_t)x] = log(dim->hit);
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

/* table[g] = ln of the probability of the cell under a component of group g; groups that end up
 * below `least` whatever the other dimensions add are dropped before their mass is worked out. */
static void tabulate_grid(const gm_parzen_dimension *dim, grid_cell cell, double least, double *table) {
  for (size_t g = 0; g < dim->n_groups; g++) {
    const size_t k = dim->first[g];
    table[g] = log_cell_bound(dim, k, cell) < least ? -INFINITY : log_cell(dim, k, cell);
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
      tabulate_categories(dim, value, e->table);
      gm_mixture_add_table(n, dim->group, e->table, terms);
      terms[n] += log(dim->prior);
    } else if (gm_distribution_continuous(&dim->distribution)) {
      const double z = gm_distribution_z(&dim->distribution, value);
      if (!(dim->lower <= z && z <= dim->upper)) return -INFINITY;
      gm_mixture_add_normal(e->n_terms, z, dim->mu, dim->inverse_sigma, terms);
    } else {
      terms[n] += log_cell(dim, n, cell_of(dim, value));
    }
  }
  /* Grids last: by now the prior's term is complete. The others are at most log_scale, as no
   * dimension adds a positive number. */
  const double least = terms[n] - negligible_nats - e->largest_scale;
  for (size_t d = 0; d < e->n_dimensions; d++) {
    const gm_parzen_dimension *dim = &e->dimensions[d];
    if (!has_grid(dim)) continue;
    tabulate_grid(dim, cell_of(dim, x[d * stride]), least, e->table);
    gm_mixture_add_table(n, dim->group, e->table, terms);
  }
  return gm_mixture_log_sum(e->n_terms, terms);
}

void gm_parzen_log_density(gm_parzen_estimator *e, size_t n, const double *x, double *log_density) {
  for (size_t i = 0; i < n; i++) log_density[i] = log_density_at(e, x + i, n);
}
