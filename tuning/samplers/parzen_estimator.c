/* SPDX-License-Identifier: MIT
 * Adaptive Parzen estimator: weights, bandwidths, sampling. Its density: parzen_density.c. */
#include "tuning/samplers/parzen_estimator.h"

#include "tuning/samplers/truncated_normal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Observations of full weight (Bergstra et al. 2013, hyperopt). */
enum { N_FULL_WEIGHT = 25 };
static const double prior_weight = 1.0;
/* Magic clipping: no bandwidth below the range over this (or over N + 2). */
static const double max_divisions = 100.0;
static const double log_sqrt_2pi = 0.91893853320467274178;
/* Phi(-9) = 1e-19: an end of the range further away than that does not cut anything off. */
static const double far_in_sigmas = 9.0;

/* ---- memory ------------------------------------------------------------ */

/* Makes all arrays views into one block, grown by at least half when too small. */
static gm_status reserve(gm_parzen_estimator *e, size_t n_dimensions, size_t n_observations,
                         size_t most_choices, gm_error *err) {
  const size_t n = n_observations + 1, table = n > most_choices ? n : most_choices;
  if (n_dimensions > e->dimension_capacity) {
    gm_parzen_dimension *dimensions = realloc(e->dimensions, n_dimensions * sizeof *dimensions);
    if (dimensions == NULL) return gm_fail_memory(err, "the TPE density");
    e->dimensions = dimensions;
    e->dimension_capacity = n_dimensions;
  }
  const size_t doubles = 4 * n + table + n_dimensions * 4 * n;
  const size_t size =
      doubles * sizeof(double) + 2 * n * sizeof(gm_order_item) + 2 * n_dimensions * n * sizeof(uint32_t);
  if (size > e->block_size) {
    free(e->block);
    e->n_components = e->n_terms = 0;
    e->block_size = size + size / 2;
    e->block = malloc(e->block_size);
    if (e->block == NULL) {
      e->block_size = 0;
      return gm_fail_memory(err, "the TPE density");
    }
  }
  if (n != e->n_components) e->weighted = false;
  e->n_components = e->n_terms = n;
  e->n_dimensions = n_dimensions;
  e->weights = e->block;
  e->log_weight = e->weights + n;
  e->log_scale = e->log_weight + n;
  e->terms = e->log_scale + n;
  e->table = e->terms + n;
  double *next = e->table + table;
  e->sort_scratch = (gm_order_item *)(next + n_dimensions * 4 * n);
  uint32_t *indexes = (uint32_t *)(e->sort_scratch + 2 * n);
  for (size_t d = 0; d < n_dimensions; d++, next += 4 * n, indexes += 2 * n) {
    e->dimensions[d] = (gm_parzen_dimension){
        .mu = next,
        .sigma = next + n,
        .inverse_sigma = next + 2 * n,
        .log_mass = next + 3 * n,
        .group = indexes,
        .first = indexes + n,
    };
  }
  return GM_OK;
}

void gm_parzen_free(gm_parzen_estimator *e) {
  free(e->dimensions);
  free(e->block);
  *e = (gm_parzen_estimator){0};
}

/* ---- building ---------------------------------------------------------- */

void gm_parzen_weights(size_t n, double *weights) {
  const size_t n_ramp = n > N_FULL_WEIGHT ? n - N_FULL_WEIGHT : 0;
  const double first = 1.0 / (double)n;
  for (size_t i = 0; i < n; i++) {
    if (i >= n_ramp)
      weights[i] = 1.0;
    else if (n_ramp == 1)
      weights[i] = first;
    else
      weights[i] = first + (1.0 - first) * (double)i / (double)(n_ramp - 1);
  }
}

/* They depend on the number of observations alone: kept from one parameter to the next. */
static void set_weights(gm_parzen_estimator *e) {
  if (e->weighted) return;
  e->weighted = true;
  const size_t n = e->n_components - 1;
  if (e->uniform)
    for (size_t k = 0; k < n; k++) e->weights[k] = 1.0;
  else
    gm_parzen_weights(n, e->weights);
  e->weights[n] = prior_weight;
  double sum = 0.0;
  for (size_t k = 0; k <= n; k++) sum += e->weights[k];
  for (size_t k = 0; k <= n; k++) {
    e->weights[k] /= sum;
    e->log_weight[k] = log(e->weights[k]);
  }
}

static void build_categorical(gm_parzen_dimension *dim, size_t n, const double *observations) {
  const double n_choices = (double)dim->distribution.n_choices;
  const double share = prior_weight / (double)(n + 1); /* of each category, before an observation adds 1 */
  const double sum = n_choices * share + 1.0;
  dim->miss = share / sum;
  dim->hit = (share + 1.0) / sum;
  dim->prior = 1.0 / n_choices;
  dim->n_groups = dim->distribution.n_choices;
  for (size_t k = 0; k < n; k++) dim->group[k] = (uint32_t)observations[k];
}

/* sigma = larger gap to a neighbour in sorted order, where L and U are neighbours too, except
 * that with two observations or more the outermost ones look inwards only. */
static void set_bandwidths(gm_parzen_dimension *dim, size_t n, const uint32_t *order) {
  const double range = dim->upper - dim->lower;
  const double narrowest = range / fmin(max_divisions, (double)n + 2.0);
  for (size_t i = 0; i < n; i++) {
    const double mu = dim->mu[order[i]];
    const double left = mu - (i > 0 ? dim->mu[order[i - 1]] : dim->lower);
    const double right = (i + 1 < n ? dim->mu[order[i + 1]] : dim->upper) - mu;
    double sigma = left > right ? left : right;
    if (n >= 2 && i == 0) sigma = right;
    if (n >= 2 && i + 1 == n) sigma = left;
    dim->sigma[order[i]] = fmin(fmax(sigma, narrowest), range);
  }
}

/* ln M((L - mu) / sigma, (U - mu) / sigma). */
static double log_mass_inside(const gm_parzen_dimension *dim, size_t k) {
  const double a = (dim->lower - dim->mu[k]) / dim->sigma[k];
  const double b = (dim->upper - dim->mu[k]) / dim->sigma[k];
  if (a < -far_in_sigmas) return b > far_in_sigmas ? 0.0 : gm_log_ndtr(b);
  return b > far_in_sigmas ? gm_log_ndtr(-a) : gm_log_normal_mass(a, b);
}

static void build_numeric(gm_parzen_dimension *dim, size_t n, const double *observations,
                          gm_order_item *scratch) {
  gm_distribution_domain(&dim->distribution, &dim->lower, &dim->upper);
  for (size_t k = 0; k < n; k++) dim->mu[k] = gm_distribution_z(&dim->distribution, observations[k]);
  uint32_t *order = dim->first; /* of all at first, of one in each group in the end */
  gm_stable_order(n, dim->mu, order, scratch);
  set_bandwidths(dim, n, order);
  dim->mu[n] = 0.5 * (dim->lower + dim->upper);
  dim->sigma[n] = dim->upper - dim->lower;
  /* Sorted order puts equal components side by side. */
  dim->n_groups = 0;
  size_t previous = n;
  for (size_t i = 0; i < n; i++) {
    const size_t k = order[i];
    const bool same = i > 0 && dim->mu[k] == dim->mu[previous] && dim->sigma[k] == dim->sigma[previous];
    dim->inverse_sigma[k] = 1.0 / dim->sigma[k];
    dim->log_mass[k] = same ? dim->log_mass[previous] : log_mass_inside(dim, k);
    if (!same) dim->first[dim->n_groups++] = (uint32_t)k;
    dim->group[k] = (uint32_t)(dim->n_groups - 1);
    previous = k;
  }
  dim->inverse_sigma[n] = 1.0 / dim->sigma[n];
  dim->log_mass[n] = log_mass_inside(dim, n);
}

static void find_largest_scale(gm_parzen_estimator *e) {
  e->largest_scale = -INFINITY;
  for (size_t k = 0; k < e->n_terms; k++) e->largest_scale = fmax(e->largest_scale, e->log_scale[k]);
}

gm_status gm_parzen_build(gm_parzen_estimator *e, size_t n_dimensions,
                          const gm_distribution *const *distributions, size_t n, const double *observations,
                          size_t stride, gm_error *err) {
  size_t most_choices = 0;
  for (size_t d = 0; d < n_dimensions; d++)
    if (distributions[d]->kind == GM_CATEGORICAL && distributions[d]->n_choices > most_choices)
      most_choices = distributions[d]->n_choices;
  const gm_status status = reserve(e, n_dimensions, n, most_choices, err);
  if (status != GM_OK) return status;
  set_weights(e);
  memcpy(e->log_scale, e->log_weight, e->n_components * sizeof *e->log_scale);
  for (size_t d = 0; d < n_dimensions; d++) {
    gm_parzen_dimension *dim = &e->dimensions[d];
    dim->distribution = *distributions[d];
    if (dim->distribution.kind == GM_CATEGORICAL)
      build_categorical(dim, n, observations + d * stride);
    else
      build_numeric(dim, n, observations + d * stride, e->sort_scratch);
    if (!gm_distribution_continuous(&dim->distribution)) continue;
    double inverse_sigma = 1.0, log_inverse_sigma = 0.0; /* most observations share the narrowest */
    for (size_t k = 0; k <= n; k++) {
      if (dim->inverse_sigma[k] != inverse_sigma) {
        inverse_sigma = dim->inverse_sigma[k];
        log_inverse_sigma = log(inverse_sigma);
      }
      e->log_scale[k] += log_inverse_sigma - dim->log_mass[k] - log_sqrt_2pi;
    }
  }
  find_largest_scale(e);
  return GM_OK;
}

/* ---- merging ----------------------------------------------------------- */

/* values[j] <- values[from[j]] for j < n, and behind them the prior's. */
static void gather(size_t n, const uint32_t *from, size_t prior, double *values, double *scratch) {
  for (size_t j = 0; j < n; j++) scratch[j] = values[from[j]];
  scratch[n] = values[prior];
  memcpy(values, scratch, (n + 1) * sizeof *values);
}

/* One component per group, in the order of the groups; `weight` (n_groups). */
static void merge_numeric(gm_parzen_estimator *e, gm_parzen_dimension *dim, const double *weight) {
  const size_t n = dim->n_groups, prior = e->n_components - 1;
  for (size_t g = 0; g < n; g++) {
    const size_t k = dim->first[g];
    if (weight[g] != e->weights[k]) e->log_scale[k] += log(weight[g]) - e->log_weight[k];
  }
  double *const arrays[] = {dim->mu, dim->sigma, dim->inverse_sigma, dim->log_mass, e->log_scale};
  for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++)
    gather(n, dim->first, prior, arrays[a], e->terms);
  for (size_t g = 0; g < n; g++) dim->group[g] = dim->first[g] = (uint32_t)g;
  e->n_terms = n + 1;
}

static void merge_categorical(gm_parzen_estimator *e, gm_parzen_dimension *dim, const double *weight) {
  const size_t prior = e->n_components - 1;
  size_t n = 0;
  for (uint32_t category = 0; category < dim->n_groups; category++) {
    if (weight[category] == 0.0) continue; /* not observed */
    dim->group[n] = category;
    e->log_scale[n++] = log(weight[category]);
  }
  e->log_scale[n] = e->log_weight[prior];
  e->n_terms = n + 1;
}

void gm_parzen_merge(gm_parzen_estimator *e) {
  if (e->n_dimensions != 1) return;
  gm_parzen_dimension *dim = &e->dimensions[0];
  double *weight = e->table;
  memset(weight, 0, dim->n_groups * sizeof *weight);
  for (size_t k = 0; k + 1 < e->n_components; k++) weight[dim->group[k]] += e->weights[k];
  if (dim->distribution.kind == GM_CATEGORICAL)
    merge_categorical(e, dim, weight);
  else
    merge_numeric(e, dim, weight);
  find_largest_scale(e);
}

/* ---- sampling ---------------------------------------------------------- */

double gm_parzen_category_probability(const gm_parzen_estimator *e, size_t d, size_t k, size_t category) {
  const gm_parzen_dimension *dim = &e->dimensions[d];
  if (k + 1 == e->n_components) return dim->prior;
  return dim->group[k] == category ? dim->hit : dim->miss;
}

/* Number of normalised cumulative weights that are <= u. */
static uint32_t choose_component(const gm_parzen_estimator *e, double u) {
  double total = 0.0, sum = 0.0;
  for (size_t k = 0; k < e->n_components; k++) total += e->weights[k];
  uint32_t k = 0;
  for (; k + 1 < e->n_components; k++) {
    sum += e->weights[k];
    if (sum / total > u) break;
  }
  return k;
}

/* Number of cumulative probabilities below u, the last taken as 1. */
static double sample_category(const gm_parzen_estimator *e, size_t d, size_t k, double u) {
  const size_t last = e->dimensions[d].distribution.n_choices - 1;
  double sum = 0.0;
  for (size_t category = 0; category < last; category++) {
    sum += gm_parzen_category_probability(e, d, k, category);
    if (!(sum < u)) return (double)category;
  }
  return (double)last;
}

static double sample_numeric(const gm_parzen_dimension *dim, size_t k, double u) {
  const double mu = dim->mu[k], sigma = dim->sigma[k];
  const double t = gm_truncated_normal_quantile(u, (dim->lower - mu) / sigma, (dim->upper - mu) / sigma);
  const double z = mu + sigma * t;
  return gm_distribution_snap(&dim->distribution, dim->distribution.log ? exp(z) : z);
}

void gm_parzen_sample(const gm_parzen_estimator *e, size_t n, const double *u_component,
                      const double *u_value, uint32_t *component, double *x) {
  for (size_t i = 0; i < n; i++) {
    const uint32_t k = choose_component(e, u_component[i]);
    if (component != NULL) component[i] = k;
    for (size_t d = 0; d < e->n_dimensions; d++) {
      const gm_parzen_dimension *dim = &e->dimensions[d];
      const double u = u_value[d * n + i];
      x[d * n + i] =
          dim->distribution.kind == GM_CATEGORICAL ? sample_category(e, d, k, u) : sample_numeric(dim, k, u);
    }
  }
}
