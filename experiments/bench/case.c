/* SPDX-License-Identifier: MIT
 * Running one case with its peers and its floor, and reading it afterwards. */
#include "experiments/bench/case.h"

#include "common/terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const gm_bench_group gm_bench_groups[] = {
    {"floor", "The machine", gm_bench_machine_floors},
    {"step", "One training step", gm_bench_steps},
    {"forecast", "One forecast", gm_bench_forecast},
    {"evaluation", "Evaluation", gm_bench_evaluation},
    {"regression", "Fit of the linear regression", gm_bench_regression},
    {"tpe", "TPE suggestion", gm_bench_search},
    {"csv", "Loading a CSV file", gm_bench_csv},
    {"meter", "The energy meter", gm_bench_meter},
    {"growth", "Growth", gm_bench_growth},
};
const size_t gm_bench_n_groups = sizeof gm_bench_groups / sizeof *gm_bench_groups;

/* ---- names -------------------------------------------------------------------------- */

/* Whether `prefix` is `name` or the part of it before some dot. */
static bool heads(const char *prefix, size_t length, const char *name) {
  return strncmp(prefix, name, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

bool gm_bench_wanted(const gm_bench *bench, const char *name) {
  if (bench->only == NULL) return true;
  for (const char *item = bench->only; item != NULL; item = strchr(item, ',')) {
    item += *item == ',';
    const size_t length = strcspn(item, ",");
    char one[GM_BENCH_NAME];
    snprintf(one, sizeof one, "%.*s", (int)length, item);
    if (heads(one, strlen(one), name) || heads(name, strlen(name), one)) return true;
  }
  return false;
}

void gm_bench_note(gm_bench *bench, const char *format, ...) {
  char text[GM_ERROR_LENGTH];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  json_object_array_add(bench->notes, json_object_new_string(text));
}

/* ---- sides ---------------------------------------------------------------------------- */

void gm_bench_add_ours(gm_bench_case *c, int threads, gm_bench_call call, void *context, int64_t max_calls) {
  c->sides[c->n_sides++] = (gm_bench_side){.role = GM_SIDE_OURS,
                                           .label = "greenmile",
                                           .threads = threads,
                                           .call = call,
                                           .context = context,
                                           .max_calls = max_calls};
}

/* A side for each number of threads on which the peer can do it; a variant whose first call fails is left
 * out, with a note. */
static void add_variant(gm_bench *bench, gm_bench_case *c, const struct json_object *variant) {
  const char *label = gm_json_text(variant, "label"), *threads = gm_json_text(variant, "threads");
  const bool all = threads != NULL && strcmp(threads, "all") == 0;
  const bool each = threads != NULL && strcmp(threads, "each") == 0;
  const int64_t id = (int64_t)gm_json_number(variant, "id");
  const int first = all ? bench->n_threads - 1 : 0, last = all || each ? bench->n_threads - 1 : 0;
  gm_error err;
  double seconds;
  if (gm_bench_peer_run(&bench->peer, id, 0, 1, bench->threads[first], &seconds, &err) != GM_OK) {
    gm_bench_note(bench, "%s: %s", c->name, err.message);
    return;
  }
  for (int t = first; t <= last && c->n_sides < GM_BENCH_SIDES; t++) {
    gm_bench_side *side = &c->sides[c->n_sides++];
    *side = (gm_bench_side){.role = GM_SIDE_PEER, .threads = bench->threads[t], .remote = id};
    snprintf(side->label, sizeof side->label, "%s", label != NULL ? label : "peer");
  }
}

/* A peer that cannot do one case is left out of it, with a note. */
static void add_peers(gm_bench *bench, gm_bench_case *c, struct json_object *request) {
  struct json_object *reply = NULL, *list;
  gm_error err;
  gm_json_add_text(request, "op", "prepare");
  if (gm_bench_peer_ask(&bench->peer, request, &reply, &err) != GM_OK) {
    gm_bench_note(bench, "%s: %s", c->name, err.message);
    return;
  }
  if (json_object_object_get_ex(reply, "variants", &list))
    for (size_t i = 0; i < json_object_array_length(list); i++)
      add_variant(bench, c, json_object_array_get_idx(list, i));
  if (json_object_object_get_ex(reply, "notes", &list))
    for (size_t i = 0; i < json_object_array_length(list); i++)
      gm_bench_note(bench, "%s: %s", c->name, json_object_get_string(json_object_array_get_idx(list, i)));
  json_object_put(reply);
}

static void add_floors(const gm_bench *bench, gm_bench_case *c, gm_stream *stream,
                       gm_stream_call calls[GM_BENCH_THREADS]) {
  for (int t = 0; t < bench->n_threads && c->n_sides < GM_BENCH_SIDES; t++) {
    calls[t] = (gm_stream_call){stream, bench->threads[t]};
    c->sides[c->n_sides++] = (gm_bench_side){.role = GM_SIDE_FLOOR,
                                             .label = "memory floor",
                                             .threads = bench->threads[t],
                                             .call = gm_stream_floor,
                                             .context = &calls[t],
                                             .amount = (double)(c->read_bytes + c->update_bytes)};
  }
}

gm_status gm_bench_run(gm_bench *bench, gm_bench_case *c, struct json_object *request, gm_error *err) {
  gm_stream stream = {0};
  gm_stream_call calls[GM_BENCH_THREADS];
  gm_status status = GM_OK;
  gm_say(stderr, "bench: %s", c->name);
  if (request != NULL && bench->peer.hello != NULL)
    add_peers(bench, c, request);
  else
    json_object_put(request);
  if (c->read_bytes + c->update_bytes > 0) {
    /* an update reads and writes each element: 8 bytes */
    status =
        gm_stream_create(&stream, c->read_bytes / sizeof(float), c->update_bytes / (2 * sizeof(float)), err);
    if (status == GM_OK) add_floors(bench, c, &stream, calls);
  }
  if (status == GM_OK) status = gm_bench_measure(c->sides, c->n_sides, &bench->plan, &bench->peer, err);
  gm_stream_free(&stream);
  if (bench->whole != NULL) { /* so that no counter wraps unseen */
    gm_reading unused;
    gm_meter_read(bench->whole, &unused);
  }
  if (bench->peer.hello != NULL && status == GM_OK) {
    struct json_object *drop = json_object_new_object(), *reply = NULL;
    gm_json_add_text(drop, "op", "drop");
    status = gm_bench_peer_ask(&bench->peer, drop, &reply, err);
    json_object_put(reply);
  }
  if (status != GM_OK) {
    gm_error_prefix(err, c->name);
    return status;
  }
  gm_bench_case *cases = realloc(bench->cases, (bench->n_cases + 1) * sizeof *cases);
  if (cases == NULL) return gm_fail_memory(err, "the cases of the bench");
  bench->cases = cases;
  bench->cases[bench->n_cases++] = *c;
  return GM_OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

const gm_bench_side *gm_bench_best(const gm_bench_case *c, gm_side_role role, const char *label,
                                   int threads) {
  const gm_bench_side *best = NULL;
  for (size_t i = 0; i < c->n_sides; i++) {
    const gm_bench_side *side = &c->sides[i];
    if (side->role != role || (label != NULL && strcmp(side->label, label) != 0)) continue;
    if (threads > 0 && side->threads != threads) continue;
    if (best == NULL || side->spread.median_s < best->spread.median_s) best = side;
  }
  return best;
}

/* Those of two times that are numbers, together; NAN without any. */
static double together(gm_bound_kind kind, double a, double b) {
  return isnan(a) || isnan(b) || kind == GM_BOUND_LONGER ? fmax(a, b) : a + b; /* fmax ignores a NAN */
}

static const gm_bench_side *memory_floor(const gm_bench_case *c, int threads) {
  const gm_bench_side *side = gm_bench_best(c, GM_SIDE_FLOOR, NULL, threads);
  return side != NULL && side->call == gm_stream_floor ? side : NULL;
}

gm_bench_bound gm_bench_bound_of(const gm_bench *bench, const gm_bench_case *c, int t) {
  const gm_bench_side *memory = memory_floor(c, bench->threads[t]);
  if (memory == NULL) return (gm_bench_bound){NAN, NAN, NAN, NAN};
  gm_bench_bound b = {.memory_s = memory->spread.median_s, .arithmetic_s = NAN};
  if (c->flops + c->double_flops > 0)
    b.arithmetic_s = (c->flops > 0 ? c->flops / bench->single_flops_per_s[t] : 0) +
                     (c->double_flops > 0 ? c->double_flops / bench->double_flops_per_s[t] : 0);
  b.longer_s = together(GM_BOUND_LONGER, b.memory_s, b.arithmetic_s);
  b.sum_s = together(GM_BOUND_SUM, b.memory_s, b.arithmetic_s);
  return b;
}

static gm_bench_ratio over(gm_bound_kind kind, const gm_bench_side *ours, const gm_bench_side *memory,
                           double arithmetic_s) {
  gm_bench_side floor = *memory;
  for (size_t i = 0; i < floor.n; i++) floor.sample_s[i] = together(kind, floor.sample_s[i], arithmetic_s);
  gm_bench_summarise(&floor);
  return gm_bench_compare(ours, &floor);
}

gm_bench_ratio gm_bench_over_bound(const gm_bench *bench, const gm_bench_case *c, const gm_bench_side *ours,
                                   int t, gm_bound_kind kind) {
  const gm_bench_side *memory = memory_floor(c, bench->threads[t]);
  const double arithmetic_s = gm_bench_bound_of(bench, c, t).arithmetic_s;
  const gm_bench_ratio longer = over(GM_BOUND_LONGER, ours, memory, arithmetic_s);
  gm_bench_ratio r = over(kind, ours, memory, arithmetic_s);
  r.below_floor = longer.high < 1 && !c->leaves_zeros_out; /* false of a noisy one */
  if (r.below_floor) r.ratio = r.low = r.high = NAN;
  return r;
}

int gm_bench_least_bound(const gm_bench *bench, const gm_bench_case *c) {
  int least = 0;
  for (int t = 1; t < bench->n_threads; t++)
    if (gm_bench_bound_of(bench, c, t).longer_s < gm_bench_bound_of(bench, c, least).longer_s) least = t;
  return least;
}

void gm_bench_free(gm_bench *bench) {
  gm_bench_peer_stop(&bench->peer);
  gm_meter_close(bench->whole);
  free(bench->cases);
  json_object_put(bench->notes);
  json_object_put(bench->meter);
  *bench = (gm_bench){0};
}
