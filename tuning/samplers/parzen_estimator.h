/* SPDX-License-Identifier: MIT
 * The adaptive Parzen estimator of TPE: a mixture with one component per observation
 * and one for the prior, each a product over the parameters.
 *
 * Sources: Bergstra et al., Algorithms for Hyper-Parameter Optimization, NIPS 2011,
 * section 4 (bandwidths); Watanabe, arXiv:2304.11127 (weights "old decay", bandwidths
 * "hyperopt" with magic clipping, Aitchison-Aitken kernel). The details are those of
 * Optuna 5, with prior weight 1, magic clipping on, endpoints off; the bandwidth sort
 * is stable (numpy's default argsort, which Optuna uses, is not beyond 16 elements).
 *
 * From one suggestion to the next few observations come and go. What depends on one
 * observation and its neighbours alone (its place in the sorted order, its bandwidth, the
 * mass and the logarithms that go with it) is kept for the others.
 *
 * Letters: N observations, N + 1 components, the prior last; d dimensions; n queries. */
#ifndef TUNING_PARZEN_ESTIMATOR_H
#define TUNING_PARZEN_ESTIMATOR_H

#include "common/status.h"
#include "tuning/samplers/mixture.h"
#include "tuning/samplers/stable_order.h"
#include "tuning/search_space.h"

#include <stddef.h>
#include <stdint.h>

/* What the kernel of one observation is worked out to, numeric kinds. */
typedef struct {
  double mu, sigma, inverse_sigma;
  double log_mass;  /* ln of the normal mass inside [L, U] */
  double log_scale; /* continuous kinds: ln of 1 / (sigma · √(2π) · mass) */
} gm_parzen_kernel;

/* One dimension of all components. */
typedef struct {
  gm_distribution distribution; /* choices borrowed */
  double lower, upper;          /* domain [L, U] in z, numeric kinds */
  gm_parzen_kernel *kernels;    /* (N + 1) numeric kinds */
  gm_parzen_kernel prior_kernel;
  uint32_t *order; /* (N) observations by ascending mu, numeric kinds */
  uint32_t *group; /* (N) the category; on a grid which of n_groups different kernels, by ascending mu */
  gm_parzen_kernel *groups; /* (n_groups) on a grid */
  size_t n_groups;
  /* Categorical: probability of the observed category, of each other one, and of any under the prior. */
  double hit, miss, prior, log_hit, log_miss, log_prior;
  /* How the components stand in the sum of the density. */
  size_t factor;                        /* its place among the factors of the sum */
  double *term_mu, *term_inverse_sigma; /* (n_terms) continuous kinds; term_mu: the category */
  uint32_t *term_group;                 /* (n_terms) on a grid */
  /* On a grid: ln of the probability of a cell under each group, and under the prior behind them. Those of
   * the cells that were asked last are kept as long as the groups stay. */
  double *table; /* (n_groups + 1) where there are too many groups for that */
  double *rows;  /* (GM_PARZEN_ROWS, row_stride) */
  int64_t *cells;
  size_t row_stride;
} gm_parzen_dimension;

/* Kept for at most so many cells of a grid, and for at most so many groups. */
enum { GM_PARZEN_ROWS = 32, GM_PARZEN_ROW_GROUPS = 256 };

typedef struct {
  size_t n_components; /* N + 1 */
  size_t n_dimensions;
  gm_parzen_dimension *dimensions; /* (d) */
  double *weights;                 /* (N + 1) sum to 1 */
  size_t n_weighted;               /* the number of components for which they are set */
  bool uniform;                    /* set by the caller before the first build: equal weights whatever N */
  /* the observations */
  bool known;             /* those below are those of the components */
  uint32_t *ids;          /* (N) ascending */
  uint32_t *from, *to;    /* scratch (N): where an observation was before, and is now */
  gm_order_item *scratch; /* (2 N) of the sort; also room to move kernels */
  /* the sum of the density, in the order of the first continuous dimension */
  bool prepared;
  size_t n_terms; /* N; fewer in one dimension without a density, where equal components are one */
  double *term_weight, *term_scale; /* (n_terms, padded) */
  gm_mixture_block *blocks;
  gm_mixture_factor *factors; /* (d) */
  double largest_scale;       /* of term_scale */
  void *block;                /* where the arrays above live */
  size_t capacity, dimension_capacity;
} gm_parzen_estimator;

/* What the mixture is built on, oldest first. */
typedef struct {
  size_t n;             /* N */
  const uint32_t *ids;  /* (N) ascending; those of one set of distributions keep their values */
  const double *values; /* internal: values[d · stride + id] */
  size_t stride;
} gm_parzen_observations;

/* Builds the estimator, a zeroed one too, in the memory that it has. Where the last call had the same
 * distributions, what has the same id is not read again. Only GM_NO_MEMORY can happen. */
gm_status gm_parzen_update(gm_parzen_estimator *estimator, size_t n_dimensions,
                           const gm_distribution *const *distributions,
                           const gm_parzen_observations *observations, gm_error *err);

/* Makes the next update read everything. */
void gm_parzen_forget(gm_parzen_estimator *estimator);

/* Frees everything; accepts a zeroed object. */
void gm_parzen_free(gm_parzen_estimator *estimator);

/* log_density[i] = ln density (continuous, per z) times probability (discrete) of query i.
 * x: (d, n) internal values, row-major. Outside a continuous range: -inf. */
void gm_parzen_log_density(gm_parzen_estimator *estimator, size_t n, const double *x, double *log_density);

/* n samples driven by uniforms on [0, 1): u_component (n) choose the components,
 * u_value (d, n) the values. component (n) may be NULL; x: (d, n) internal values. */
void gm_parzen_sample(const gm_parzen_estimator *estimator, size_t n, const double *u_component,
                      const double *u_value, uint32_t *component, double *x);

/* Probability of `category` in dimension d of component k, categorical kind. */
double gm_parzen_category_probability(const gm_parzen_estimator *estimator, size_t d, size_t k,
                                      size_t category);

/* weights[0 … N-1], oldest first, neither normalised nor with the prior: 1 for the newest
 * 25, and a ramp from 1/N to 1 over those before. */
void gm_parzen_weights(size_t n_observations, double *weights);

#endif
