/* SPDX-License-Identifier: MIT
 * Density of the adaptive Parzen estimator. This is where a suggestion spends its time:
 * candidates × components × parameters. No allocation; erfc only where it can matter. */
#include "tuning/samplers/parzen_estimator.h"

#include "tuning/samplers/truncated_normal.h"

#include <math.h>
#include <string.h>

/* A component below another by more than this many nats adds less than 1e-21 of it, which
 * no sum of doubles can notice, not even over 10^5 such components. */
static const double negligible_nats = 50.0;

static bool has_grid(const gm_parzen_dimension *dim) {
  return dim->groups != NULL;
}

/* ---- the components side by side --------------------------------------------- */

/* The first dimension with a density; its order puts components of like mu into the same block, so that most
 * blocks are too far away to count. NULL: there is none. */
static const gm_parzen_dimension *leading(const gm_parzen_estimator *e) {
  for (size_t d = 0; d < e->n_dimensions; d++)
    if (gm_distribution_continuous(&e->dimensions[d].distribution)) return &e->dimensions[d];
  return NULL;
}

/* In one dimension without a density, equal components become one with the sum of their weights. */
static void merge_terms(gm_parzen_estimator *e) {
  gm_parzen_dimension *dim = &e->dimensions[0];
  const size_t n = e->n_components - 1;
  e->n_terms = dim->n_groups;
  memset(e->term_weight, 0, e->n_terms * sizeof *e->term_weight);
  for (size_t k = 0; k < n; k++) e->term_weight[dim->group[k]] += e->weights[k];
  for (size_t g = 0; g < e->n_terms; g++) {
    e->term_scale[g] = 0.0;
    if (has_grid(dim))
      dim->term_group[g] = (uint32_t)g;
    else
      dim->term_mu[g] = (double)g;
  }
}

static void copy_terms(gm_parzen_estimator *e) {
  const gm_parzen_dimension *lead = leading(e);
  e->n_terms = e->n_components - 1;
  for (size_t i = 0; i < e->n_terms; i++) {
    const size_t k = lead != NULL ? lead->order[i] : i;
    double scale = 0.0;
    for (size_t d = 0; d < e->n_dimensions; d++) {
      gm_parzen_dimension *dim = &e->dimensions[d];
      if (has_grid(dim)) {
        dim->term_group[i] = dim->group[k];
      } else if (dim->kernels == NULL) {
        dim->term_mu[i] = (double)dim->group[k];
      } else {
        dim->term_mu[i] = dim->kernels[k].mu;
        dim->term_inverse_sigma[i] = dim->kernels[k].inverse_sigma;
        scale += dim->kernels[k].log_scale;
      }
    }
    e->term_weight[i] = e->weights[k];
    e->term_scale[i] = scale;
  }
}

/* Fills up the last block with what adds nothing. */
static void pad_terms(gm_parzen_estimator *e) {
  for (size_t i = e->n_terms; i % GM_MIXTURE_BLOCK != 0; i++) {
    e->term_weight[i] = 0.0;
    e->term_scale[i] = -INFINITY;
    for (size_t d = 0; d < e->n_dimensions; d++) {
      gm_parzen_dimension *dim = &e->dimensions[d];
      if (dim->term_mu != NULL) dim->term_mu[i] = 0.0;
      if (dim->term_inverse_sigma != NULL) dim->term_inverse_sigma[i] = 0.0;
      if (dim->term_group != NULL) dim->term_group[i] = 0;
    }
  }
}

static void bound_blocks(gm_parzen_estimator *e) {
  const gm_parzen_dimension *lead = leading(e);
  e->largest_scale = -INFINITY;
  for (size_t start = 0; start < e->n_terms; start += GM_MIXTURE_BLOCK) {
    const size_t end = e->n_terms - start < GM_MIXTURE_BLOCK ? e->n_terms : start + GM_MIXTURE_BLOCK;
    gm_mixture_block block = {.least_inverse_sigma = INFINITY, .largest_scale = -INFINITY};
    if (lead != NULL) {
      block.lowest_mu = lead->term_mu[start];
      block.highest_mu = lead->term_mu[end - 1];
    }
    for (size_t i = start; i < end; i++) {
      if (e->term_scale[i] > block.largest_scale) block.largest_scale = e->term_scale[i];
      if (lead != NULL && lead->term_inverse_sigma[i] < block.least_inverse_sigma)
        block.least_inverse_sigma = lead->term_inverse_sigma[i];
    }
    if (block.largest_scale > e->largest_scale) e->largest_scale = block.largest_scale;
    e->blocks[start / GM_MIXTURE_BLOCK] = block;
  }
}

/* The kind, and where a factor's arrays are: normal ones first. */
static void list_factors(gm_parzen_estimator *e) {
  size_t n = 0;
  for (int normal = 1; normal >= 0; normal--) {
    for (size_t d = 0; d < e->n_dimensions; d++) {
      gm_parzen_dimension *dim = &e->dimensions[d];
      if ((dim->term_inverse_sigma != NULL) != normal) continue;
      dim->factor = n;
      e->factors[n++] = (gm_mixture_factor){
          .kind = normal          ? GM_FACTOR_NORMAL
                  : has_grid(dim) ? GM_FACTOR_TABLE
                                  : GM_FACTOR_CHOICE,
          .mu = dim->term_mu,
          .inverse_sigma = dim->term_inverse_sigma,
          .category = dim->term_mu,
          .hit = dim->log_hit,
          .miss = dim->log_miss,
          .group = dim->term_group,
      };
    }
  }
}

static void prepare(gm_parzen_estimator *e) {
  if (e->prepared) return;
  if (e->n_dimensions == 1 && leading(e) == NULL && e->dimensions[0].n_groups < e->n_components)
    merge_terms(e);
  else
    copy_terms(e);
  pad_terms(e);
  bound_blocks(e);
  list_factors(e);
  e->prepared = true;
}

/* ---- grids ------------------------------------------------------------------- */

/* The cell of the grid around x, in z. */
typedef struct {
  double left, right;
} grid_cell;

static grid_cell cell_of(const gm_parzen_dimension *dim, double x) {
  const double half = 0.5 * dim->distribution.step;
  return (grid_cell){gm_distribution_z(&dim->distribution, x - half),
                     gm_distribution_z(&dim->distribution, x + half)};
}

/* ln of the probability of a cell under a kernel. */
static double log_cell(const gm_parzen_kernel *kernel, grid_cell cell) {
  const double a = (cell.left - kernel->mu) / kernel->sigma;
  const double b = (cell.right - kernel->mu) / kernel->sigma;
  return gm_log_normal_mass(a, b) - kernel->log_mass;
}

/* An upper bound of it: the mass beyond t sigmas is at most exp(-t²/2). */
static double log_cell_bound(const gm_parzen_kernel *kernel, grid_cell cell) {
  const double t = fmax(0.0, fmax(cell.left - kernel->mu, kernel->mu - cell.right)) * kernel->inverse_sigma;
  return -0.5 * t * t - kernel->log_mass;
}

/* table[g] = ln of the probability of the cell under a component of group g; groups that end up
 * below `least` whatever the other dimensions add are dropped before their mass is worked out. */
static void tabulate(const gm_parzen_dimension *dim, grid_cell cell, double least, double *table) {
  for (size_t g = 0; g < dim->n_groups; g++) {
    const gm_parzen_kernel *group = &dim->groups[g];
    table[g] = log_cell_bound(group, cell) < least ? -INFINITY : log_cell(group, cell);
  }
}

/* The probabilities of the cell of x, the prior's last: kept from before, or worked out. */
static const double *row_of(gm_parzen_dimension *dim, double x) {
  const gm_distribution *range = &dim->distribution;
  const double cell = rint((x - range->low) / range->step);
  double *row = dim->table;
  if (cell >= 0 && x <= range->high && range->low + cell * range->step == x) {
    const size_t place = (size_t)cell % GM_PARZEN_ROWS;
    row = dim->rows + place * dim->row_stride;
    if (dim->cells[place] == (int64_t)cell) return row;
    dim->cells[place] = (int64_t)cell;
  }
  tabulate(dim, cell_of(dim, x), -INFINITY, row);
  row[dim->n_groups] = log_cell(&dim->prior_kernel, cell_of(dim, x));
  return row;
}

/* ---- the density ---------------------------------------------------------------- */

/* Σ_k over all components but the prior, whose exponent and weight are given, and the prior. */
static double log_sum(const gm_parzen_estimator *e, double prior) {
  static const double huge = 1e280; /* below what 709 nats above the prior come to */
  const gm_mixture mixture = {.n_blocks = (e->n_terms + GM_MIXTURE_BLOCK - 1) / GM_MIXTURE_BLOCK,
                              .weight = e->term_weight,
                              .scale = e->term_scale,
                              .blocks = e->blocks,
                              .n_factors = e->n_dimensions,
                              .factors = e->factors};
  const double weight = e->weights[e->n_components - 1];
  const double sum = gm_mixture_sum(&mixture, prior);
  if (sum < huge) return prior + log(sum + weight);
  const double largest = gm_mixture_largest(&mixture);
  if (largest == -INFINITY) return largest;
  return largest + log(gm_mixture_sum(&mixture, largest) + weight * exp(prior - largest));
}

/* x: (d) with the given stride. */
static double log_density_at(gm_parzen_estimator *e, const double *x, size_t stride) {
  double prior = 0.0; /* its exponent */
  for (size_t d = 0; d < e->n_dimensions; d++) {
    gm_parzen_dimension *dim = &e->dimensions[d];
    gm_mixture_factor *factor = &e->factors[dim->factor];
    const double value = x[d * stride];
    if (dim->kernels == NULL) {
      factor->x = value;
      prior += dim->log_prior;
      continue;
    }
    const gm_parzen_kernel *kernel = &dim->prior_kernel;
    if (has_grid(dim)) {
      factor->table = NULL;
      if (dim->n_groups <= GM_PARZEN_ROW_GROUPS) factor->table = row_of(dim, value);
      prior += factor->table != NULL ? factor->table[dim->n_groups] : log_cell(kernel, cell_of(dim, value));
      continue;
    }
    const double z = gm_distribution_z(&dim->distribution, value),
                 t = (z - kernel->mu) * kernel->inverse_sigma;
    if (!(dim->lower <= z && z <= dim->upper)) return -INFINITY;
    factor->x = z;
    prior += kernel->log_scale - 0.5 * t * t;
  }
  /* Large tables last: by now the prior's exponent is complete. The others are at most their scale, as no
   * dimension adds a positive number. */
  const double least = prior - negligible_nats - e->largest_scale;
  for (size_t d = 0; d < e->n_dimensions; d++) {
    gm_parzen_dimension *dim = &e->dimensions[d];
    if (!has_grid(dim) || dim->n_groups <= GM_PARZEN_ROW_GROUPS) continue;
    tabulate(dim, cell_of(dim, x[d * stride]), least, dim->table);
    e->factors[dim->factor].table = dim->table;
  }
  return log_sum(e, prior);
}

void gm_parzen_log_density(gm_parzen_estimator *e, size_t n, const double *x, double *log_density) {
  prepare(e);
  for (size_t i = 0; i < n; i++) log_density[i] = log_density_at(e, x + i, n);
}
