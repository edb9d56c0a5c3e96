/* SPDX-License-Identifier: MIT
 * Samples of the adaptive Parzen estimator, driven by uniforms. */
#include "tuning/samplers/parzen_estimator.h"

#include "tuning/samplers/truncated_normal.h"

#include <math.h>

double gm_parzen_category_probability(const gm_parzen_estimator *e, size_t d, size_t k, size_t category) {
  const gm_parzen_dimension *dim = &e->dimensions[d];
  if (k + 1 == e->n_components) return dim->prior;
  return dim->group[k] == category ? dim->hit : dim->miss;
}

/* Number of normalised cumulative weights that are <= u. */
static uint32_t choose_component(const gm_parzen_estimator *e, double total, double u) {
  double sum = 0.0;
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
  const double mu = dim->kernels[k].mu, sigma = dim->kernels[k].sigma;
  const double t = gm_truncated_normal_quantile(u, (dim->lower - mu) / sigma, (dim->upper - mu) / sigma);
  const double z = mu + sigma * t;
  return gm_distribution_snap(&dim->distribution, dim->distribution.log ? exp(z) : z);
}

void gm_parzen_sample(const gm_parzen_estimator *e, size_t n, const double *u_component,
                      const double *u_value, uint32_t *component, double *x) {
  double total = 0.0;
  for (size_t k = 0; k < e->n_components; k++) total += e->weights[k];
  for (size_t i = 0; i < n; i++) {
    const uint32_t k = choose_component(e, total, u_component[i]);
    if (component != NULL) component[i] = k;
    for (size_t d = 0; d < e->n_dimensions; d++) {
      const gm_parzen_dimension *dim = &e->dimensions[d];
      const double u = u_value[d * n + i];
      x[d * n + i] =
          dim->distribution.kind == GM_CATEGORICAL ? sample_category(e, d, k, u) : sample_numeric(dim, k, u);
    }
  }
}
