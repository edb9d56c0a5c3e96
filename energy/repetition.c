/* SPDX-License-Identifier: MIT
 * Energy per call of something short: batches long enough for the counters' ticks, the spread over them with
 * Student's t (docs/energy-model.md, Ticks and edges). */
#include "energy/repetition.h"

#include "common/ascending.h"
#include "common/clock.h"
#include "common/student_t.h"

#include <math.h>
#include <stdlib.h>

/* A first guess at the time of a call is trusted once it took this share of a batch. */
static const double calibration_share = 0.1;

gm_repetition_config gm_repetition_config_default(void) {
  return (gm_repetition_config){.batch_s = 0.25,
                                .min_ticks = 200,
                                .precision = 0.01,
                                .batches = 5,
                                .max_batches = 20,
                                .warm_up_calls = 3,
                                .latency_s = 0.5,
                                .max_latency_calls = 1001,
                                .max_calls = 1000000000};
}

gm_status gm_repetition_config_check(const gm_repetition_config *c, gm_error *err) {
  if (!(c->batch_s > 0 && isfinite(c->batch_s)))
    return gm_fail(err, GM_BAD_INPUT, "batch_s: expected a positive time in seconds, got %g", c->batch_s);
  if (!(c->min_ticks > 0 && isfinite(c->min_ticks)))
    return gm_fail(err, GM_BAD_INPUT, "min_ticks: expected a positive number, got %g", c->min_ticks);
  if (!(c->precision > 0 && isfinite(c->precision)))
    return gm_fail(err, GM_BAD_INPUT, "precision: expected a positive share of the mean, got %g",
                   c->precision);
  if (c->max_batches < c->batches || c->max_batches > 1000)
    return gm_fail(err, GM_BAD_INPUT, "max_batches: expected %d, the least number, to 1000, got %d",
                   c->batches, c->max_batches);
  if (c->batches < 2 || c->batches > 1000)
    return gm_fail(err, GM_BAD_INPUT, "batches: expected 2 to 1000, got %d", c->batches);
  if (c->warm_up_calls < 1)
    return gm_fail(err, GM_BAD_INPUT, "warm_up_calls: expected at least 1, got %d", c->warm_up_calls);
  if (!(c->latency_s >= 0 && isfinite(c->latency_s)))
    return gm_fail(err, GM_BAD_INPUT, "latency_s: expected a time of at least 0 s, got %g", c->latency_s);
  if (c->max_latency_calls < 1 || c->max_latency_calls > 1000000)
    return gm_fail(err, GM_BAD_INPUT, "max_latency_calls: expected 1 to 1000000, got %d",
                   c->max_latency_calls);
  if (c->max_calls < 1)
    return gm_fail(err, GM_BAD_INPUT, "max_calls: expected at least 1, got %lld", (long long)c->max_calls);
  return GM_OK;
}

/* ---- statistics ------------------------------------------------------- */

/* Sorts `values`. */
static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, gm_ascending);
  return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* ---- phases ------------------------------------------------------------ */

typedef struct {
  const gm_clock *clock;
  gm_repeated call;
  void *context;
  gm_error *err;
} bench;

static int64_t now_ns(const bench *b) {
  return b->clock->now_ns(b->clock->context, CLOCK_MONOTONIC);
}

static gm_status call_times(const bench *b, int64_t n) {
  gm_status status = GM_OK;
  for (int64_t i = 0; i < n && status == GM_OK; i++) status = b->call(b->context, b->err);
  return status;
}

/* N so that N calls take batch_s: doubles until the guess is good. */
static gm_status find_count(const bench *b, double batch_s, int64_t max_calls, int64_t *calls) {
  for (int64_t n = 1;; n *= 2) {
    const int64_t start_ns = now_ns(b);
    const gm_status status = call_times(b, n);
    if (status != GM_OK) return status;
    const double took_ns = (double)(now_ns(b) - start_ns);
    if (took_ns < calibration_share * batch_s * 1e9 && n <= max_calls / 2) continue;
    const double wanted = took_ns > 0 ? ceil((double)n * batch_s * 1e9 / took_ns) : (double)max_calls;
    *calls = wanted < (double)max_calls ? (int64_t)wanted : max_calls;
    return GM_OK;
  }
}

static gm_status time_calls(const bench *b, const gm_repetition_config *config, double *seconds, int *n) {
  const int64_t start_ns = now_ns(b);
  *n = 0;
  do {
    const int64_t before_ns = now_ns(b);
    const gm_status status = b->call(b->context, b->err);
    if (status != GM_OK) return status;
    seconds[(*n)++] = gm_ns_to_s(now_ns(b) - before_ns);
  } while (*n < config->max_latency_calls && (double)(now_ns(b) - start_ns) < config->latency_s * 1e9);
  return GM_OK;
}

/* Of the 95 % t-interval of the mean of so many batches with the spread of those that there are. */
static double half_width(const gm_repetition *r, int batches) {
  return gm_student_t(batches - 1) * r->sd_j / sqrt(batches);
}

/* Per call: mean, sd, t-interval, the smallest batch. */
static void summarise(gm_repetition *r, const double *per_call_j) {
  const int k = r->batches;
  double sum = 0, squares = 0;
  r->min_j = per_call_j[0];
  for (int i = 0; i < k; i++) {
    sum += per_call_j[i];
    r->min_j = fmin(r->min_j, per_call_j[i]);
  }
  r->energy_j = sum / k;
  for (int i = 0; i < k; i++) squares += (per_call_j[i] - r->energy_j) * (per_call_j[i] - r->energy_j);
  r->sd_j = sqrt(squares / (k - 1));
  r->cv = r->energy_j > 0 ? r->sd_j / r->energy_j : NAN;
  const double half_j = half_width(r, r->batches);
  r->repeat_low_j = fmax(r->energy_j - half_j, 0);
  r->repeat_high_j = r->energy_j + half_j;
  /* The meter's relative band and the repeats' are independent. */
  const double relative = r->energy_j > 0 ? half_j / r->energy_j : 0;
  const double below = r->total.energy_j > 0 ? 1 - r->total.low_j / r->total.energy_j : 0;
  const double above = r->total.energy_j > 0 ? r->total.high_j / r->total.energy_j - 1 : 0;
  r->low_j = r->energy_j * fmax(1 - hypot(below, relative), 0);
  r->high_j = r->energy_j * (1 + hypot(above, relative));
}

/* The total and its spread over the batches so far, batch i between edges i and i + 1. */
static void evaluate(gm_meter *meter, const gm_reading *edges, double *per_call_j, gm_repetition *r) {
  const int k = r->batches;
  const gm_basis basis = gm_meter_basis(meter, &edges[0], &edges[k]);
  gm_meter_between(meter, &edges[0], &edges[k], &basis, &r->total);
  for (int i = 0; i < k; i++) {
    gm_energy batch;
    gm_meter_between(meter, &edges[i], &edges[i + 1], &basis, &batch);
    per_call_j[i] = batch.energy_j / (double)r->calls_per_batch;
  }
  summarise(r, per_call_j);
}

/* Precise enough, or so far from it after half of the batches that the other half would not do. */
static bool is_over(const gm_repetition_config *config, const gm_repetition *r) {
  const double wanted_j = config->precision * r->energy_j;
  if (r->batches < config->batches) return false;
  if (r->batches >= config->max_batches || !(half_width(r, r->batches) > wanted_j)) return true;
  return 2 * r->batches >= config->max_batches && half_width(r, config->max_batches) > wanted_j;
}

gm_status gm_energy_repeat(gm_meter *meter, gm_repeated call, void *context,
                           const gm_repetition_config *config, gm_repetition *result, gm_error *err) {
  const bench b = {.clock = gm_meter_clock(meter), .call = call, .context = context, .err = err};
  *result = (gm_repetition){.batches = 0};
  gm_status status = gm_repetition_config_check(config, err);
  if (status != GM_OK) return status;
  const size_t k = (size_t)config->max_batches;
  gm_reading *edges = malloc((k + 1) * sizeof *edges); /* batch i lies between edges i and i + 1 */
  double *per_call_j = malloc(k * sizeof *per_call_j);
  double *latencies_s = malloc((size_t)config->max_latency_calls * sizeof *latencies_s);
  if (edges == NULL || per_call_j == NULL || latencies_s == NULL) {
    status = gm_fail_memory(err, "the repetitions");
    goto done;
  }
  double batch_s = config->batch_s;
  for (size_t i = 0; i < gm_meter_n_zones(meter); i++) {
    const gm_zone *zone = gm_meter_zone(meter, i);
    if (zone->measured && !zone->frozen) /* one that stands still has no tick to outlast */
      batch_s = fmax(batch_s, config->min_ticks * zone->tick_s);
  }
  if ((status = call_times(&b, config->warm_up_calls)) != GM_OK ||
      (status = find_count(&b, batch_s, config->max_calls, &result->calls_per_batch)) != GM_OK ||
      (status = time_calls(&b, config, latencies_s, &result->latency_calls)) != GM_OK)
    goto done;
  gm_meter_read_aligned(meter, &edges[0]);
  do { /* what a look at the spread costs falls into the next batch: microseconds */
    if ((status = call_times(&b, result->calls_per_batch)) != GM_OK) goto done;
    gm_meter_read(meter, &edges[++result->batches]);
    if (result->batches > 1) evaluate(meter, edges, per_call_j, result);
  } while (!is_over(config, result));
  result->call_s = result->total.duration_s / (double)result->calls_per_batch / result->batches;
  result->latency_s = median(latencies_s, result->latency_calls);
done:
  free(edges);
  free(per_call_j);
  free(latencies_s);
  return status;
}

gm_energy gm_repetition_per_call(const gm_repetition *r) {
  gm_energy energy = r->total;
  const double calls = (double)r->calls_per_batch * r->batches;
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    energy.component_j[c] /= calls;
    energy.attributed_component_j[c] /= calls;
  }
  energy.measured_j = r->total.energy_j > 0 ? r->energy_j * (r->total.measured_j / r->total.energy_j) : 0;
  double *const shares[] = {&energy.above_idle_j, &energy.above_idle_low_j, &energy.above_idle_high_j,
                            &energy.attributed_j, &energy.attributed_low_j, &energy.attributed_high_j};
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) *shares[i] /= calls;
  energy.energy_j = r->energy_j;
  energy.low_j = r->low_j;
  energy.high_j = r->high_j;
  energy.duration_s = r->call_s;
  return energy;
}
