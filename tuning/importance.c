/* SPDX-License-Identifier: MIT
 * Parameter importance by Pearson divergences on a grid. */
#include "tuning/importance.h"

#include "common/ascending.h"
#include "tuning/hypervolume.h"
#include "tuning/samplers/truncated_normal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t one_in = 10; /* the best tenth counts */
enum { MOST_STEPS = 50, LEAST_IN_REGIME = 2 };
static const double prior_weight = 1.0;
/* No kernel is so narrow that 90 % of it lies within its grid point. */
static const double narrowest = 0.5 / 1.64;
/* Keeps a density of 0 from dividing. */
static const double floor_density = 1e-12;

/* The trials that count, and which of them are among the best. */
typedef struct {
  size_t n, n_best;
  const gm_trial **trials; /* (n) */
  bool *best;              /* (n) */
  double *losses;          /* (n, n_objectives) */
} chosen;

static void release(chosen *c) {
  free(c->trials);
  free(c->best);
  free(c->losses);
}

/* ---- the best tenth ---------------------------------------------------------------------- */

/* All that are as good as the last of the best tenth. */
static gm_status choose_by_value(chosen *c, size_t n_wanted, gm_error *err) {
  double *sorted = malloc(c->n * sizeof *sorted);
  if (sorted == NULL) return gm_fail_memory(err, "the importances");
  memcpy(sorted, c->losses, c->n * sizeof *sorted);
  qsort(sorted, c->n, sizeof *sorted, gm_ascending);
  for (size_t i = 0; i < c->n; i++) c->best[i] = c->losses[i] <= sorted[n_wanted - 1];
  free(sorted);
  return GM_OK;
}

static gm_status choose(const gm_history *history, chosen *c, gm_error *err) {
  const size_t k = gm_history_has_several(history) ? history->n_objectives : 1;
  const size_t room = history->n_trials + 1;
  c->trials = malloc(room * sizeof *c->trials);
  c->best = calloc(room, sizeof *c->best);
  c->losses = malloc(room * k * sizeof *c->losses);
  if (c->trials == NULL || c->best == NULL || c->losses == NULL)
    return gm_fail_memory(err, "the importances");
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    bool counts = trial->state == GM_TRIAL_COMPLETE;
    for (size_t j = 0; j < k && counts; j++) {
      c->losses[c->n * k + j] = gm_history_loss(history, trial, j);
      counts = isfinite(c->losses[c->n * k + j]);
    }
    if (counts) c->trials[c->n++] = trial;
  }
  if (c->n < 2)
    return gm_fail(err, GM_FAILED,
                   "importance: expected at least two complete trials with finite values, there are %zu",
                   c->n);
  const size_t n_wanted = (c->n + one_in - 1) / one_in;
  const gm_status status = k == 1 ? choose_by_value(c, n_wanted, err)
                                  : gm_choose_by_hypervolume(c->n, c->losses, n_wanted, c->best, err);
  for (size_t i = 0; i < c->n && status == GM_OK; i++) c->n_best += c->best[i];
  if (status == GM_OK && c->n_best == c->n)
    return gm_fail(err, GM_FAILED, "importance: all %zu complete trials are equally good", c->n);
  return status;
}

/* ---- densities on a grid --------------------------------------------------------------------- */

static size_t grid_size(const gm_distribution *d) {
  if (d->kind == GM_CATEGORICAL) return d->n_choices;
  if (d->kind == GM_INT && d->log) {
    const double sizes = ceil(log(d->high - d->low + 1.0) / log(2.0)) + 1.0;
    return sizes < MOST_STEPS ? (size_t)sizes : MOST_STEPS;
  }
  if (d->step == 0.0) return MOST_STEPS;
  const double points = rint((d->high - d->low) / d->step) + 1.0;
  return points < MOST_STEPS ? (size_t)points : MOST_STEPS;
}

/* The grid point nearest to a value, the lower one of two. */
static size_t grid_index(const gm_distribution *d, size_t n, double value) {
  if (d->kind == GM_CATEGORICAL) return (size_t)value;
  const double low = d->log ? log(d->low) : d->low, high = d->log ? log(d->high) : d->high;
  const double step = (high - low) / (double)(n - 1);
  const double index = ceil(((d->log ? log(value) : value) - low) / step - 0.5);
  return index > 0.0 ? (size_t)fmin(index, (double)(n - 1)) : 0;
}

/* Scott's bandwidth of the observations on the grid. */
static double bandwidth(size_t n, const double *counts, double total) {
  const double first_quarter = floor(total / 4.0), third_quarter = floor(total * 3.0 / 4.0);
  double mean = 0.0, variance = 0.0, sum = 0.0;
  size_t q1 = n, q3 = n, last = 0;
  for (size_t g = 0; g < n; g++) mean += (double)g * counts[g];
  mean /= total;
  for (size_t g = 0; g < n; g++) {
    if (counts[g] == 0.0) continue;
    variance += ((double)g - mean) * ((double)g - mean) * counts[g];
    sum += counts[g];
    if (q1 == n && sum >= first_quarter) q1 = g;
    if (q3 == n && sum > third_quarter) q3 = g;
    last = g;
  }
  if (q3 == n) q3 = last;
  const double deviation = sqrt(variance / fmax(1.0, total - 1.0));
  const double quartiles = (double)q3 - (double)q1;
  return fmax(1.059 * fmin(quartiles / 1.34, deviation) * pow(total, -0.2), narrowest);
}

/* Mass at grid point g of a normal kernel cut to the grid, half a point beyond its ends. */
static double kernel(size_t n, double g, double mu, double sigma) {
  const double inside = gm_log_normal_mass((g - 0.5 - mu) / sigma, (g + 0.5 - mu) / sigma);
  return exp(inside - gm_log_normal_mass((-0.5 - mu) / sigma, ((double)n - 0.5 - mu) / sigma));
}

/* density (n) of the counted observations, each grid point that has any a kernel of that weight. */
static void numeric_density(size_t n, const double *counts, double total, double *density) {
  const double sigma = bandwidth(n, counts, total), prior_mu = (double)(n - 1) / 2.0;
  for (size_t g = 0; g < n; g++) {
    double sum = prior_weight * kernel(n, (double)g, prior_mu, (double)n);
    for (size_t k = 0; k < n; k++)
      if (counts[k] > 0.0) sum += counts[k] * kernel(n, (double)g, (double)k, sigma);
    density[g] = sum / (total + prior_weight);
  }
}

/* Of choices: every one that was seen is a kernel, which leaves some of its weight to the others. */
static void categorical_density(size_t n, const double *counts, double total, double *density) {
  size_t n_seen = 0;
  for (size_t c = 0; c < n; c++) n_seen += counts[c] > 0.0;
  const double share = prior_weight / (double)(n_seen + 1), row = share * (double)n + 1.0;
  for (size_t g = 0; g < n; g++)
    density[g] = (prior_weight / (double)n + total * share / row + counts[g] / row) / (total + prior_weight);
}

static void density_of(const gm_distribution *d, size_t n, const double *counts, double *density) {
  double total = 0.0;
  for (size_t g = 0; g < n; g++) total += counts[g];
  if (d->kind == GM_CATEGORICAL)
    categorical_density(n, counts, total, density);
  else
    numeric_density(n, counts, total, density);
  for (size_t g = 0; g < n; g++) density[g] += floor_density;
}

/* ---- one parameter ------------------------------------------------------------------------------ */

/* Counts on the grid of one range: of all trials that have it, and of the best. */
typedef struct {
  size_t n_trials, n_best;
  double *all, *best, *density_all, *density_best; /* (grid), one block */
} regime;

static void count(const chosen *c, const gm_parameter *parameter, size_t n, regime *r) {
  for (size_t i = 0; i < c->n; i++) {
    const gm_assignment *a = gm_assignments_find(&c->trials[i]->parameters, parameter->name);
    if (a == NULL || a->parameter != parameter) continue;
    const size_t g = grid_index(&parameter->distribution, n, a->value);
    r->all[g] += 1.0;
    r->best[g] += c->best[i];
    r->n_trials++;
    r->n_best += c->best[i];
  }
}

/* What the trials with this range add to the divergence: alpha^2 / beta times that of their densities. */
static gm_status regime_divergence(const chosen *c, const gm_parameter *parameter, double *sum,
                                   gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  if (gm_distribution_single(d)) return GM_OK;
  const size_t n = grid_size(d);
  regime r = {.all = calloc(4 * n, sizeof(double))};
  if (r.all == NULL) return gm_fail_memory(err, "the importances");
  r.best = r.all + n;
  r.density_all = r.best + n;
  r.density_best = r.density_all + n;
  count(c, parameter, n, &r);
  if (r.n_trials >= LEAST_IN_REGIME && r.n_best > 0) {
    const double alpha = (double)r.n_best / (double)c->n_best, beta = (double)r.n_trials / (double)c->n;
    double divergence = 0.0;
    density_of(d, n, r.all, r.density_all);
    density_of(d, n, r.best, r.density_best);
    for (size_t g = 0; g < n; g++) {
      const double ratio = r.density_best[g] / r.density_all[g] - 1.0;
      divergence += r.density_all[g] * ratio * ratio;
    }
    *sum += alpha * alpha / beta * divergence;
  }
  free(r.all);
  return GM_OK;
}

static size_t count_having(const gm_history *history, const char *shared_name) {
  size_t n = 0;
  for (size_t i = 0; i < history->n_trials; i++)
    n += history->trials[i]->state == GM_TRIAL_COMPLETE &&
         gm_assignments_find(&history->trials[i]->parameters, shared_name) != NULL;
  return n;
}

static gm_status assess(const gm_study_record *study, const chosen *c, gm_importances *found, gm_error *err) {
  const double share = (double)c->n_best / (double)c->n;
  for (size_t i = 0; i < study->space.n_names; i++) {
    gm_importance *of = &found->of[found->n];
    *of = (gm_importance){.name = study->space.names[i]};
    of->n_trials = count_having(&study->history, of->name);
    if (of->n_trials == 0) continue;
    for (size_t j = 0; j < study->space.n_parameters; j++) {
      const gm_parameter *parameter = study->space.parameters[j];
      if (parameter->name != of->name) continue;
      const gm_status status = regime_divergence(c, parameter, &of->divergence, err);
      if (status != GM_OK) return status;
    }
    of->divergence *= share * share;
    found->n++;
  }
  return GM_OK;
}

static int most_important_first(const void *a, const void *b) {
  const gm_importance *left = a, *right = b;
  if (left->divergence != right->divergence) return left->divergence > right->divergence ? -1 : 1;
  return strcmp(left->name, right->name);
}

static gm_status normalise(gm_importances *found, gm_error *err) {
  double sum = 0.0;
  for (size_t i = 0; i < found->n; i++) sum += found->of[i].divergence;
  if (found->n == 0) return gm_fail(err, GM_FAILED, "importance: no complete trial has a parameter");
  if (!(sum > 0.0))
    return gm_fail(err, GM_FAILED,
                   "importance: no parameter distinguishes the best %zu of %zu complete trials",
                   found->n_best, found->n_trials);
  for (size_t i = 0; i < found->n; i++) found->of[i].importance = found->of[i].divergence / sum;
  qsort(found->of, found->n, sizeof *found->of, most_important_first);
  return GM_OK;
}

gm_status gm_study_importances(const gm_study_record *study, gm_importances *importances, gm_error *err) {
  chosen c = {0};
  *importances = (gm_importances){0};
  if (study->history.n_objectives > 2)
    return gm_fail(err, GM_BAD_INPUT, "importance: expected one objective or two, the study has %zu",
                   study->history.n_objectives);
  gm_status status = choose(&study->history, &c, err);
  if (status == GM_OK) {
    importances->n_trials = c.n;
    importances->n_best = c.n_best;
    importances->of = calloc(study->space.n_names + 1, sizeof *importances->of);
    status = importances->of == NULL ? gm_fail_memory(err, "the importances")
                                     : assess(study, &c, importances, err);
  }
  if (status == GM_OK) status = normalise(importances, err);
  release(&c);
  if (status != GM_OK) gm_importances_free(importances);
  return status;
}

void gm_importances_free(gm_importances *importances) {
  free(importances->of);
  *importances = (gm_importances){0};
}
