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
 * Letters: N observations, N + 1 components, the prior last; d dimensions; n queries. */
#ifndef TUNING_PARZEN_ESTIMATOR_H
#define TUNING_PARZEN_ESTIMATOR_H

#include "common/status.h"
#include "tuning/samplers/stable_order.h"
#include "tuning/search_space.h"

#include <stddef.h>
#include <stdint.h>

/* One dimension of all components. */
typedef struct {
  gm_distribution distribution; /* choices borrowed */
  double lower, upper;          /* domain [L, U] in z, numeric kinds */
  double *mu, *sigma;           /* (N + 1) means and bandwidths in z, numeric kinds */
  double *inverse_sigma;        /* (N + 1) */
  double *log_mass;             /* (N + 1) ln of the normal mass inside [L, U] */
  uint32_t *group; /* (N) which of n_groups different kernels: the category, or equal mu and sigma */
  uint32_t *first; /* (n_groups) an observation of each group by ascending mu, numeric kinds */
  size_t n_groups;
  /* Categorical: probability of the observed category, of each other one, and of any under the prior. */
  double hit, miss, prior;
} gm_parzen_dimension;

typedef struct {
  size_t n_components; /* N + 1 */
  size_t n_terms;      /* of the density's sum: N + 1, fewer after gm_parzen_merge */
  size_t n_dimensions;
  gm_parzen_dimension *dimensions; /* (d) */
  double *weights;                 /* (N + 1) sum to 1 */
  double *log_weight;              /* (N + 1) */
  bool weighted;                   /* both are set for this N */
  bool uniform;                    /* set by the caller before the first build: equal weights whatever N */
  double *log_scale;               /* (N + 1) ln of weight times constant factors of continuous densities */
  double *terms;                   /* (N + 1) scratch of a query */
  double *table;                   /* (most groups of a dimension, N + 1) scratch */
  double largest_scale;            /* of log_scale */
  gm_order_item *sort_scratch;     /* (2 N) */
  void *block;                     /* where the arrays above live */
  size_t block_size, dimension_capacity;
} gm_parzen_estimator;

/* Builds the estimator of N observations, oldest first. observations: (d, N) internal
 * values, row-major with `stride` >= N. A zeroed estimator is a fine start; a built one
 * is rebuilt in its memory. Only GM_NO_MEMORY can happen. */
gm_status gm_parzen_build(gm_parzen_estimator *estimator, size_t n_dimensions,
                          const gm_distribution *const *distributions, size_t n_observations,
                          const double *observations, size_t stride, gm_error *err);

/* For one dimension: components that are equal become one with the sum of their weights, in
 * ascending order. The density is the same, and cheap where few values are possible or far ones
 * do not count; the estimator cannot be sampled from any more. With more dimensions: nothing. */
void gm_parzen_merge(gm_parzen_estimator *estimator);

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
