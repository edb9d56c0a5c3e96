/* SPDX-License-Identifier: MIT
 * Adaptive Parzen estimator: weights, bandwidths, and what stays of them when observations come and go. Its
 * density: parzen_density.c; samples from it: parzen_sample.c. */
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
/* More new observations than this are sorted with all others, fewer are inserted among them. */
enum { MOST_INSERTED = 16 };
static const uint32_t none = UINT32_MAX;

/* ---- memory ------------------------------------------------------------ */

static bool is_numeric(const gm_distribution *d) {
  return d->kind != GM_CATEGORICAL;
}

static bool has_grid(const gm_distribution *d) {
  return is_numeric(d) && !gm_distribution_continuous(d);
}

enum { ALIGNMENT = 64 }; /* a cache line */

/* The next `size` bytes, for any type; with *next NULL they are only counted. */
static void *take(char **next, size_t *total, size_t size) {
  void *taken = *next;
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  *total += size;
  if (*next != NULL) *next += size;
  return taken;
}

/* Makes all arrays views into the block at `next`, with room for `capacity` components. Returns its size. */
static size_t lay_out(gm_parzen_estimator *e, size_t capacity, char *next) {
  const size_t number = capacity * sizeof(double), index = capacity * sizeof(uint32_t);
  const size_t kernels = capacity * sizeof(gm_parzen_kernel);
  size_t total = 0;
  e->weights = take(&next, &total, number);
  e->ids = take(&next, &total, index);
  e->from = take(&next, &total, index);
  e->to = take(&next, &total, index);
  e->scratch = take(&next, &total, 2 * kernels);
  e->term_weight = take(&next, &total, number);
  e->term_scale = take(&next, &total, number);
  e->blocks = take(&next, &total, capacity / GM_MIXTURE_BLOCK * sizeof *e->blocks);
  e->factors = take(&next, &total, e->n_dimensions * sizeof *e->factors);
  for (size_t d = 0; d < e->n_dimensions; d++) {
    gm_parzen_dimension *dim = &e->dimensions[d];
    const bool numeric = is_numeric(&dim->distribution), grid = has_grid(&dim->distribution);
    dim->kernels = numeric ? take(&next, &total, kernels) : NULL;
    dim->order = numeric ? take(&next, &total, index) : NULL;
    dim->group = grid || !numeric ? take(&next, &total, index) : NULL;
    dim->groups = grid ? take(&next, &total, kernels) : NULL;
    dim->term_mu = grid ? NULL : take(&next, &total, number);
    dim->term_inverse_sigma = grid || !numeric ? NULL : take(&next, &total, number);
    dim->term_group = grid ? take(&next, &total, index) : NULL;
    dim->table = grid ? take(&next, &total, number) : NULL;
    dim->row_stride = capacity < GM_PARZEN_ROW_GROUPS + 1 ? capacity : GM_PARZEN_ROW_GROUPS + 1;
    dim->rows = grid ? take(&next, &total, GM_PARZEN_ROWS * dim->row_stride * sizeof *dim->rows) : NULL;
    dim->cells = grid ? take(&next, &total, GM_PARZEN_ROWS * sizeof *dim->cells) : NULL;
  }
  return total;
}

/* Whether the dimensions are those of the last call. */
static bool same_dimensions(const gm_parzen_estimator *e, size_t n_dimensions,
                            const gm_distribution *const *distributions) {
  if (!e->known || n_dimensions != e->n_dimensions) return false;
  for (size_t d = 0; d < n_dimensions; d++) {
    const gm_distribution *a = &e->dimensions[d].distribution, *b = distributions[d];
    if (a->kind != b->kind || a->log != b->log || a->low != b->low || a->high != b->high ||
        a->step != b->step || a->n_choices != b->n_choices)
      return false;
  }
  return true;
}

static gm_status set_dimensions(gm_parzen_estimator *e, size_t n_dimensions,
                                const gm_distribution *const *distributions, gm_error *err) {
  if (n_dimensions > e->dimension_capacity) {
    gm_parzen_dimension *dimensions = realloc(e->dimensions, n_dimensions * sizeof *dimensions);
    if (dimensions == NULL) return gm_fail_memory(err, "the TPE density");
    e->dimensions = dimensions;
    e->dimension_capacity = n_dimensions;
  }
  e->n_dimensions = n_dimensions;
  for (size_t d = 0; d < n_dimensions; d++)
    e->dimensions[d] = (gm_parzen_dimension){.distribution = *distributions[d]};
  return GM_OK;
}

static void start(gm_parzen_dimension *dim);

/* Room for n observations of these distributions; nothing is known in memory that is new. */
static gm_status reserve(gm_parzen_estimator *e, size_t n_dimensions,
                         const gm_distribution *const *distributions, size_t n, gm_error *err) {
  const bool same = same_dimensions(e, n_dimensions, distributions);
  if (same && n < e->capacity) return GM_OK;
  gm_parzen_forget(e);
  if (!same) {
    const gm_status status = set_dimensions(e, n_dimensions, distributions, err);
    if (status != GM_OK) return status;
  }
  const size_t wanted = n + n / 2 + 1;
  e->capacity = (wanted + GM_MIXTURE_BLOCK - 1) / GM_MIXTURE_BLOCK * GM_MIXTURE_BLOCK;
  free(e->block);
  e->block = aligned_alloc(ALIGNMENT, lay_out(e, e->capacity, NULL));
  if (e->block == NULL) {
    e->capacity = 0;
    return gm_fail_memory(err, "the TPE density");
  }
  lay_out(e, e->capacity, e->block);
  for (size_t d = 0; d < n_dimensions; d++) start(&e->dimensions[d]);
  return GM_OK;
}

void gm_parzen_forget(gm_parzen_estimator *e) {
  e->known = e->prepared = false;
  e->n_components = 1;
  e->n_weighted = 0;
}

void gm_parzen_free(gm_parzen_estimator *e) {
  free(e->dimensions);
  free(e->block);
  *e = (gm_parzen_estimator){0};
}

/* ---- weights ----------------------------------------------------------- */

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

/* They depend on the number of observations alone. */
static void set_weights(gm_parzen_estimator *e) {
  if (e->n_weighted == e->n_components) return;
  e->n_weighted = e->n_components;
  const size_t n = e->n_components - 1;
  if (e->uniform)
    for (size_t k = 0; k < n; k++) e->weights[k] = 1.0;
  else
    gm_parzen_weights(n, e->weights);
  e->weights[n] = prior_weight;
  double sum = 0.0;
  for (size_t k = 0; k <= n; k++) sum += e->weights[k];
  for (size_t k = 0; k <= n; k++) e->weights[k] /= sum;
}

/* ---- who came and who went ---------------------------------------------- */

/* from[k] is where new observation k was among the old ones, to[k] where old one k is now; none: nowhere.
 * Returns whether the old ones all stay in their places. */
static bool align(gm_parzen_estimator *e, size_t n_old, size_t n, const uint32_t *ids) {
  size_t old = 0, n_in_place = 0;
  for (size_t k = 0; k < n; k++) {
    for (; old < n_old && e->ids[old] < ids[k]; old++) e->to[old] = none;
    const bool known = old < n_old && e->ids[old] == ids[k];
    e->from[k] = known ? (uint32_t)old : none;
    n_in_place += known && old == k;
    if (known) e->to[old++] = (uint32_t)k;
  }
  for (; old < n_old; old++) e->to[old] = none;
  return n_in_place == n_old;
}

/* Moves what is known of the observations to their new places. */
static void move(const gm_parzen_estimator *e, gm_parzen_dimension *dim, size_t n) {
  if (dim->kernels != NULL) {
    gm_parzen_kernel *moved = (gm_parzen_kernel *)e->scratch;
    for (size_t k = 0; k < n; k++)
      if (e->from[k] != none) moved[k] = dim->kernels[e->from[k]];
    memcpy(dim->kernels, moved, n * sizeof *moved);
  } else {
    uint32_t *moved = (uint32_t *)e->scratch;
    for (size_t k = 0; k < n; k++)
      if (e->from[k] != none) moved[k] = dim->group[e->from[k]];
    memcpy(dim->group, moved, n * sizeof *moved);
  }
}

/* ---- order ---------------------------------------------------------------- */

/* Of equal values the older one comes first. */
static void insert(const gm_parzen_dimension *dim, size_t n, uint32_t k) {
  size_t low = 0, high = n;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const uint32_t other = dim->order[middle];
    const double difference = dim->kernels[other].mu - dim->kernels[k].mu;
    if (difference < 0 || (difference == 0 && other < k))
      low = middle + 1;
    else
      high = middle;
  }
  memmove(dim->order + low + 1, dim->order + low, (n - low) * sizeof *dim->order);
  dim->order[low] = k;
}

/* Those that stay keep their order, the new ones come in between. */
static void set_order(const gm_parzen_estimator *e, gm_parzen_dimension *dim, size_t n_old, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n_old; i++) {
    dim->order[kept] = e->to[dim->order[i]];
    kept += dim->order[kept] != none;
  }
  if (n - kept > MOST_INSERTED) {
    double *mu = e->term_scale; /* not in use before the density is asked for */
    for (size_t k = 0; k < n; k++) mu[k] = dim->kernels[k].mu;
    gm_stable_order(n, mu, dim->order, e->scratch);
    return;
  }
  for (size_t k = 0; k < n && kept < n; k++)
    if (e->from[k] == none) insert(dim, kept++, (uint32_t)k);
}

/* ---- kernels -------------------------------------------------------------- */

/* ln M((L - mu) / sigma, (U - mu) / sigma). */
static double log_mass_inside(const gm_parzen_dimension *dim, const gm_parzen_kernel *kernel) {
  const double a = (dim->lower - kernel->mu) / kernel->sigma;
  const double b = (dim->upper - kernel->mu) / kernel->sigma;
  if (a < -far_in_sigmas) return b > far_in_sigmas ? 0.0 : gm_log_ndtr(b);
  return b > far_in_sigmas ? gm_log_ndtr(-a) : gm_log_normal_mass(a, b);
}

/* Works the kernel out for a bandwidth. Most of them have the narrowest: its logarithm is that of `like`. */
static void set_sigma(const gm_parzen_dimension *dim, double sigma, const gm_parzen_kernel *like,
                      gm_parzen_kernel *kernel) {
  kernel->sigma = sigma;
  if (like != NULL && like->mu == kernel->mu && like->sigma == sigma) {
    *kernel = *like;
    return;
  }
  kernel->inverse_sigma = 1.0 / sigma;
  kernel->log_mass = log_mass_inside(dim, kernel);
  kernel->log_scale = 0.0;
  if (gm_distribution_continuous(&dim->distribution))
    kernel->log_scale = log(kernel->inverse_sigma) - kernel->log_mass - log_sqrt_2pi;
}

/* sigma = larger gap to a neighbour in sorted order, where L and U are neighbours too, except
 * that with two observations or more the outermost ones look inwards only. */
static void set_bandwidths(gm_parzen_dimension *dim, size_t n) {
  const double range = dim->upper - dim->lower;
  const double narrowest = range / fmin(max_divisions, (double)n + 2.0);
  double left = dim->lower;
  for (size_t i = 0; i < n; i++) {
    gm_parzen_kernel *kernel = &dim->kernels[dim->order[i]];
    const double mu = kernel->mu, right = i + 1 < n ? dim->kernels[dim->order[i + 1]].mu : dim->upper;
    double sigma = mu - left > right - mu ? mu - left : right - mu;
    if (n >= 2 && i == 0) sigma = right - mu;
    if (n >= 2 && i + 1 == n) sigma = mu - left;
    sigma = sigma > narrowest ? sigma : narrowest;
    sigma = sigma < range ? sigma : range;
    if (sigma != kernel->sigma)
      set_sigma(dim, sigma, i > 0 ? &dim->kernels[dim->order[i - 1]] : NULL, kernel);
    left = mu;
  }
}

/* The different kernels on a grid: sorted order puts equal ones side by side. */
static void set_groups(gm_parzen_dimension *dim, size_t n) {
  const size_t n_before = dim->n_groups;
  bool same = true;
  dim->n_groups = 0;
  for (size_t i = 0; i < n; i++) {
    const gm_parzen_kernel *kernel = &dim->kernels[dim->order[i]];
    gm_parzen_kernel *group = dim->n_groups > 0 ? &dim->groups[dim->n_groups - 1] : NULL;
    if (group == NULL || kernel->mu != group->mu || kernel->sigma != group->sigma) {
      group = &dim->groups[dim->n_groups++];
      same = same && dim->n_groups <= n_before && group->mu == kernel->mu && group->sigma == kernel->sigma;
      *group = *kernel;
    }
    dim->group[dim->order[i]] = (uint32_t)(dim->n_groups - 1);
  }
  if (!same || dim->n_groups != n_before)
    for (int row = 0; row < GM_PARZEN_ROWS; row++) dim->cells[row] = -1;
}

/* The prior, and no observation yet. */
static void start(gm_parzen_dimension *dim) {
  dim->n_groups = 0;
  for (int row = 0; row < GM_PARZEN_ROWS && dim->cells != NULL; row++) dim->cells[row] = -1;
  if (!is_numeric(&dim->distribution)) {
    dim->prior = 1.0 / (double)dim->distribution.n_choices;
    dim->log_prior = log(dim->prior);
    return;
  }
  gm_distribution_domain(&dim->distribution, &dim->lower, &dim->upper);
  dim->prior_kernel.mu = 0.5 * (dim->lower + dim->upper);
  set_sigma(dim, dim->upper - dim->lower, NULL, &dim->prior_kernel);
}

static void update_categorical(const gm_parzen_estimator *e, gm_parzen_dimension *dim, size_t n,
                               const uint32_t *ids, const double *values) {
  const double n_choices = (double)dim->distribution.n_choices;
  const double share = prior_weight / (double)(n + 1); /* of each category, before an observation adds 1 */
  const double sum = n_choices * share + 1.0;
  dim->miss = share / sum;
  dim->hit = (share + 1.0) / sum;
  dim->log_miss = log(dim->miss);
  dim->log_hit = log(dim->hit);
  dim->n_groups = dim->distribution.n_choices;
  for (size_t k = 0; k < n; k++)
    if (e->from[k] == none) dim->group[k] = (uint32_t)values[ids[k]];
}

static void update_numeric(const gm_parzen_estimator *e, gm_parzen_dimension *dim, size_t n_old, size_t n,
                           const uint32_t *ids, const double *values) {
  for (size_t k = 0; k < n; k++) {
    if (e->from[k] != none) continue;
    dim->kernels[k].mu = gm_distribution_z(&dim->distribution, values[ids[k]]);
    dim->kernels[k].sigma = NAN; /* not worked out */
  }
  set_order(e, dim, n_old, n);
  set_bandwidths(dim, n);
  if (has_grid(&dim->distribution)) set_groups(dim, n);
}

gm_status gm_parzen_update(gm_parzen_estimator *e, size_t n_dimensions,
                           const gm_distribution *const *distributions,
                           const gm_parzen_observations *observations, gm_error *err) {
  const size_t n = observations->n;
  const uint32_t *ids = observations->ids;
  const gm_status status = reserve(e, n_dimensions, distributions, n, err);
  if (status != GM_OK) return status;
  const size_t n_old = e->n_components - 1;
  if (e->known && n == n_old && (n == 0 || memcmp(e->ids, ids, n * sizeof *ids) == 0)) return GM_OK;
  const bool in_place = align(e, n_old, n, ids);
  for (size_t d = 0; d < n_dimensions; d++) {
    gm_parzen_dimension *dim = &e->dimensions[d];
    const bool numeric = is_numeric(&dim->distribution);
    const double *values = observations->values + d * observations->stride;
    if (!in_place) move(e, dim, n);
    if (numeric)
      update_numeric(e, dim, n_old, n, ids, values);
    else
      update_categorical(e, dim, n, ids, values);
    if (numeric) dim->kernels[n] = dim->prior_kernel;
  }
  if (n > 0) memcpy(e->ids, ids, n * sizeof *ids);
  e->n_components = n + 1;
  set_weights(e);
  e->known = true;
  e->prepared = false;
  return GM_OK;
}
