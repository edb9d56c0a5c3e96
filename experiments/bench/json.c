/* SPDX-License-Identifier: MIT
 * The JSON of the bench: every sample of every side. The Markdown is report.c's, from the same numbers. */
#include "experiments/bench/report.h"

#include "common/clock.h"
#include "common/options.h"
#include "models/compute.h"

#include <math.h>
#include <string.h>
#include <time.h>

static struct json_object *machine_object(const gm_bench *bench) {
  const gm_bench_machine *m = &bench->machine;
  const gm_kernels *kernels = gm_kernels_select(bench->isa);
  struct json_object *o = json_object_new_object();
  gm_json_add_text(o, "cpu_model", m->host.cpu_model);
  gm_json_add_integer(o, "logical_cpus", m->host.logical_cpus);
  gm_json_add_bool(o, "virtualised", m->host.virtualised);
  gm_json_add_number(o, "ram_gib", m->host.ram_gib);
  gm_json_add_text(o, "os", m->host.os);
  gm_json_add_text(o, "caches", m->caches);
  gm_json_add_integer(o, "last_level_cache_bytes", (int64_t)m->last_cache);
  gm_json_add_text(o, "governor", m->governor[0] != '\0' ? m->governor : NULL);
  gm_json_add_number(o, "load_average", m->load);
  gm_json_add_text(o, "compiler", gm_bench_compiler());
  gm_json_add_text(o, "flags", gm_bench_flags());
  gm_json_add_text(o, "isa", kernels != NULL ? kernels->isa : NULL);
  gm_json_add_text(o, "blas", gm_blas_description());
  return o;
}

static struct json_object *side_object(const gm_bench_side *side) {
  struct json_object *o = json_object_new_object(), *samples = json_object_new_array();
  gm_json_add_text(o, "role", gm_side_role_name(side->role));
  gm_json_add_text(o, "label", side->label);
  gm_json_add_integer(o, "threads", side->threads);
  gm_json_add_integer(o, "calls_per_sample", side->calls);
  gm_json_add_number(o, "median_s", side->spread.median_s);
  gm_json_add_number(o, "quartile_low_s", side->spread.low_s);
  gm_json_add_number(o, "quartile_high_s", side->spread.high_s);
  gm_json_add_number(o, "min_s", side->spread.min_s);
  gm_json_add_number(o, "max_s", side->spread.max_s);
  if (side->amount > 0) gm_json_add_number(o, "per_second", side->amount / side->spread.median_s);
  for (size_t i = 0; i < side->n; i++)
    json_object_array_add(samples, json_object_new_double(side->sample_s[i]));
  json_object_object_add(o, "samples_s", samples);
  return o;
}

static struct json_object *ratio_object(const gm_bench_side *slow, const gm_bench_side *fast) {
  const gm_bench_ratio r = gm_bench_compare(slow, fast);
  struct json_object *o = json_object_new_object();
  gm_json_add_text(o, "of", slow->label);
  gm_json_add_integer(o, "of_threads", slow->threads);
  gm_json_add_text(o, "to", fast->label);
  gm_json_add_integer(o, "to_threads", fast->threads);
  gm_json_add_bool(o, "too_noisy", r.noisy);
  gm_json_add_number(o, "relative_quartile_range", r.noise);
  gm_json_add_number(o, "ratio", r.ratio);
  gm_json_add_number(o, "ratio_low", r.low);
  gm_json_add_number(o, "ratio_high", r.high);
  return o;
}

/* The floor on every number of threads, at this working set and out of the caches. */
static struct json_object *floors_array(const gm_bench *bench, const gm_bench_case *c) {
  struct json_object *array = json_object_new_array();
  for (int t = 0; t < bench->n_threads; t++) {
    const gm_bench_bound bound = gm_bench_bound_of(bench, c, t);
    const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, bench->threads[t]);
    if (isnan(bound.longer_s)) continue;
    struct json_object *o = json_object_new_object();
    gm_json_add_integer(o, "threads", bench->threads[t]);
    gm_json_add_number(o, "floor_s", bound.longer_s);
    gm_json_add_number(o, "sum_s", bound.sum_s);
    gm_json_add_number(o, "memory_s", bound.memory_s);
    gm_json_add_number(o, "memory_large_s",
                       (double)c->read_bytes / bench->large_read[t] +
                           (double)c->update_bytes / bench->large_update[t]);
    gm_json_add_number(o, "arithmetic_s", bound.arithmetic_s);
    if (ours != NULL) {
      const gm_bench_ratio r = gm_bench_over_bound(bench, c, ours, t, GM_BOUND_LONGER);
      const gm_bench_ratio sum = gm_bench_over_bound(bench, c, ours, t, GM_BOUND_SUM);
      gm_json_add_bool(o, "too_noisy", r.noisy);
      gm_json_add_bool(o, "floor_disturbed", r.below_floor);
      gm_json_add_number(o, "times_floor", r.ratio);
      gm_json_add_number(o, "times_floor_low", r.low);
      gm_json_add_number(o, "times_floor_high", r.high);
      gm_json_add_number(o, "times_sum", sum.ratio);
    }
    json_object_array_add(array, o);
  }
  return array;
}

static struct json_object *case_object(const gm_bench *bench, const gm_bench_case *c) {
  struct json_object *o = json_object_new_object(), *sides = json_object_new_array(),
                     *ratios = json_object_new_array();
  const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, 0);
  gm_json_add_text(o, "name", c->name);
  gm_json_add_text(o, "what", c->what);
  gm_json_add_integer(o, "read_bytes", (int64_t)c->read_bytes);
  gm_json_add_integer(o, "update_bytes", (int64_t)c->update_bytes);
  gm_json_add_number(o, "flops", c->flops);
  gm_json_add_number(o, "double_flops", c->double_flops);
  gm_json_add_bool(o, "leaves_zeros_out", c->leaves_zeros_out);
  if (c->parameters > 0) gm_json_add_integer(o, "parameters", (int64_t)c->parameters);
  if (c->samples > 0) gm_json_add_integer(o, "samples", (int64_t)c->samples);
  if (c->allocated_bytes > 0) gm_json_add_integer(o, "allocated_bytes", (int64_t)c->allocated_bytes);
  for (size_t i = 0; i < c->n_sides; i++) {
    const gm_bench_side *side = &c->sides[i];
    json_object_array_add(sides, side_object(side));
    /* each variant of the peer once, on its better number of threads */
    if (ours != NULL && side->role == GM_SIDE_PEER && gm_bench_best(c, GM_SIDE_PEER, side->label, 0) == side)
      json_object_array_add(ratios, ratio_object(side, ours));
  }
  json_object_object_add(o, "sides", sides);
  json_object_object_add(o, "floors", floors_array(bench, c));
  json_object_object_add(o, "ratios", ratios);
  return o;
}

gm_status gm_bench_write_json(const gm_bench *bench, const char *path, gm_error *err) {
  struct json_object *root = json_object_new_object(), *cases = json_object_new_array();
  char text[GM_UTC_TEXT];
  gm_json_add_text(root, "schema", "greenmile-bench-1");
  gm_json_add_text(root, "written_at", gm_utc_text(time(NULL), text));
  gm_json_add_text(root, "version", gm_version());
  gm_json_add_text(root, "git_commit", gm_git_commit());
  gm_json_add_bool(root, "quick", bench->quick);
  gm_json_add_number(root, "noise_limit", GM_BENCH_NOISE);
  json_object_object_add(root, "machine", machine_object(bench));
  gm_json_add_number(root, "duration_s", bench->energy.duration_s);
  gm_json_add_number(root, "energy_j", bench->energy.energy_j);
  gm_json_add_number(root, "energy_low_j", bench->energy.low_j);
  gm_json_add_number(root, "energy_high_j", bench->energy.high_j);
  gm_json_add_bool(root, "energy_measured", bench->energy.measured);
  json_object_object_add(root, "peers", json_object_get(bench->peer.hello));
  for (size_t i = 0; i < bench->n_cases; i++)
    json_object_array_add(cases, case_object(bench, &bench->cases[i]));
  json_object_object_add(root, "cases", cases);
  json_object_object_add(root, "meter", json_object_get(bench->meter));
  json_object_object_add(root, "notes", json_object_get(bench->notes));
  const gm_status status = gm_json_write(path, root, err);
  json_object_put(root);
  return status;
}
