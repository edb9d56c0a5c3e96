/* SPDX-License-Identifier: MIT
 * The machine's own figures: bandwidth of the three streams at the size of the network
 * and at four times the last-level cache, peak rate of multiply-adds. */
#include "experiments/bench/case.h"
#include "experiments/bench/network.h"
#include "experiments/bench/peak.h"

#include <math.h>

/* The large size: past the caches, yet within reason on machines whose cache is shared by many. */
static const size_t largest_bytes = (size_t)1 << 30, largest_quick_bytes = (size_t)1 << 28;
enum { TIMES_LAST_CACHE = 4, SHARE_OF_MEMORY = 2 };

static size_t large_size(gm_bench *bench, size_t working_set) {
  const size_t wanted = TIMES_LAST_CACHE * bench->machine.last_cache;
  const size_t most = bench->quick ? largest_quick_bytes : largest_bytes;
  const size_t had = bench->machine.available / SHARE_OF_MEMORY;
  size_t size = wanted < most ? wanted : most;
  if (had > 0 && had < size) size = had;
  if (size < wanted)
    gm_bench_note(
        bench,
        "floor: four times the last-level cache would be %zu MiB; the large streams use %zu MiB, so "
        "caches may still help them",
        wanted >> 20, size >> 20);
  return size > working_set ? size : working_set;
}

static double rate(const gm_bench_side *side) {
  return side->amount / side->spread.median_s;
}

static gm_status streams(gm_bench *bench, const char *name, size_t bytes, gm_bench_case *c, gm_error *err) {
  static const struct {
    const char *label;
    gm_bench_call call;
    double bytes_per_float;
  } kinds[] = {{"read", gm_stream_read, 4}, {"triad", gm_stream_triad, 4}, {"update", gm_stream_update, 8}};
  gm_stream stream;
  gm_stream_call calls[GM_BENCH_THREADS];
  gm_status status = gm_stream_create(&stream, bytes / sizeof(float), 0, err);
  if (status != GM_OK) return status;
  snprintf(c->name, sizeof c->name, "%s", name);
  snprintf(c->what, sizeof c->what, "streams over %.0f MB", (double)bytes / 1e6);
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    for (int t = 0; t < bench->n_threads; t++) {
      calls[t] = (gm_stream_call){&stream, bench->threads[t]};
      gm_bench_side *side = &c->sides[c->n_sides++];
      *side = (gm_bench_side){.role = GM_SIDE_FLOOR,
                              .threads = bench->threads[t],
                              .call = kinds[k].call,
                              .context = &calls[t],
                              .amount = kinds[k].bytes_per_float * (double)stream.n};
      snprintf(side->label, sizeof side->label, "%s", kinds[k].label);
    }
  status = gm_bench_run(bench, c, NULL, err);
  gm_stream_free(&stream);
  return status;
}

/* So much less than as many times the rate of one thread is not the machine's doing alone. */
static const double least_scaling = 0.75;

/* Every loop of one precision on every number of threads; the best rate on threads[t] into rates[t], by its
 * fastest round, for what disturbs a round can only make it slower. */
static gm_status peaks(gm_bench *bench, const char *name, bool full, double rates[GM_BENCH_THREADS],
                       gm_error *err) {
  gm_bench_case c = {0};
  gm_peak_call calls[GM_BENCH_SIDES];
  const gm_peak *peak;
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "multiply-adds in registers, %s precision", full ? "double" : "single");
  for (size_t i = 0; (peak = gm_peak_at(i)) != NULL; i++)
    for (int t = 0; t < bench->n_threads && peak->full == full && c.n_sides < GM_BENCH_SIDES; t++) {
      gm_peak_call *call = &calls[c.n_sides];
      gm_bench_side *side = &c.sides[c.n_sides++];
      *call = (gm_peak_call){.peak = peak, .threads = bench->threads[t]};
      *side = (gm_bench_side){.role = GM_SIDE_FLOOR,
                              .threads = bench->threads[t],
                              .call = gm_peak_run,
                              .context = call,
                              .amount = peak->flops * bench->threads[t]};
      snprintf(side->label, sizeof side->label, "%s", peak->isa);
    }
  const gm_status status = gm_bench_run(bench, &c, NULL, err);
  for (int t = 0; t < bench->n_threads; t++) rates[t] = 0;
  for (size_t i = 0; i < c.n_sides; i++) {
    gm_parallel_free(calls[i].pool);
    for (int t = 0; t < bench->n_threads && status == GM_OK; t++)
      if (c.sides[i].threads == bench->threads[t])
        rates[t] = fmax(rates[t], c.sides[i].amount / c.sides[i].spread.min_s);
  }
  for (int t = 1; t < bench->n_threads && status == GM_OK; t++)
    if (rates[t] < least_scaling * bench->threads[t] * rates[0])
      gm_bench_note(
          bench,
          "%s: %d threads multiply and add %.2f times as fast as one: something else was running, or they "
          "share a core; the arithmetic floor is too high where the work itself was not disturbed",
          name, bench->threads[t], rates[t] / rates[0]);
  return status;
}

gm_status gm_bench_machine_floors(gm_bench *bench, gm_error *err) {
  gm_bench_case network_size = {0}, large = {0};
  gm_architecture a;
  gm_status status = gm_architecture_parse(gm_bench_index.arch, gm_bench_index.input, &a, err);
  if (status != GM_OK) return status;
  const size_t bytes = a.n_parameters * sizeof(float);
  gm_architecture_free(&a);
  bench->large_bytes = large_size(bench, bytes);
  status = peaks(bench, "floor.single", false, bench->single_flops_per_s, err);
  if (status == GM_OK) status = peaks(bench, "floor.double", true, bench->double_flops_per_s, err);
  if (status == GM_OK) status = streams(bench, "floor.network", bytes, &network_size, err);
  if (status == GM_OK) status = streams(bench, "floor.large", bench->large_bytes, &large, err);
  for (int t = 0; t < bench->n_threads && status == GM_OK; t++) {
    bench->large_read[t] = rate(gm_bench_best(&large, GM_SIDE_FLOOR, "read", bench->threads[t]));
    bench->large_update[t] = rate(gm_bench_best(&large, GM_SIDE_FLOOR, "update", bench->threads[t]));
  }
  return status;
}
