/* SPDX-License-Identifier: MIT
 * The Markdown tables: cells, rows, and the tables that have columns of their own. Nothing is measured here.
 */
#include "experiments/bench/report.h"

#include "common/options.h"
#include "experiments/bench/peak.h"
#include "models/compute.h"

#include <math.h>
#include <string.h>

enum { CELL = 160 };

/* ---- cells ------------------------------------------------------------------------- */

/* A time with three digits and its unit; `like` decides the unit. */
static void time_number(double s, double like, char *text, size_t size, const char **unit) {
  static const struct {
    double scale;
    const char *unit;
  } units[] = {{1, "s"}, {1e3, "ms"}, {1e6, "µs"}, {1e9, "ns"}};
  size_t u = 0;
  while (u + 1 < sizeof units / sizeof *units && like * units[u].scale < 1) u++;
  const double value = s * units[u].scale;
  *unit = units[u].unit;
  snprintf(text, size, "%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
}

/* "6.12 ms (6.05–6.20)" */
static void time_cell(const gm_bench_side *side, char cell[CELL]) {
  char median[24], low[24], high[24];
  const char *unit;
  cell[0] = '\0';
  if (side == NULL) return;
  const gm_spread *s = &side->spread;
  time_number(s->median_s, s->median_s, median, sizeof median, &unit);
  time_number(s->low_s, s->median_s, low, sizeof low, &unit);
  time_number(s->high_s, s->median_s, high, sizeof high, &unit);
  snprintf(cell, CELL, "%s %s (%s–%s)", median, unit, low, high);
}

static void ratio_cell(const gm_bench_ratio *r, const char *suffix, char cell[CELL]) {
  const int decimals = r->ratio < 10 ? 2 : 0;
  if (r->below_floor)
    snprintf(cell, CELL, "floor disturbed: the work was faster");
  else if (r->noisy)
    snprintf(cell, CELL, "too noisy to tell (quartiles %.0f %% apart)", 100 * r->noise);
  else
    snprintf(cell, CELL, "%.*f%s (%.*f–%.*f)", decimals, r->ratio, suffix, decimals, r->low, decimals,
             r->high);
}

/* The floor ("4.71 + 1.82 ms": memory and arithmetic), our best time over the longer of the two, which is
 * named, and over their sum; the better of the numbers of threads, for both. */
static void floor_cells(const gm_bench *bench, const gm_bench_case *c, const gm_bench_side *ours,
                        char floor[CELL], char longer[CELL], char sum[CELL]) {
  floor[0] = longer[0] = sum[0] = '\0';
  if (ours == NULL) return;
  const int t = gm_bench_least_bound(bench, c);
  const gm_bench_bound bound = gm_bench_bound_of(bench, c, t);
  if (isnan(bound.longer_s)) return;
  char memory[24], arithmetic[24];
  const char *unit;
  time_number(bound.memory_s, bound.longer_s, memory, sizeof memory, &unit);
  time_number(bound.arithmetic_s, bound.longer_s, arithmetic, sizeof arithmetic, &unit);
  const bool one = isnan(bound.arithmetic_s);
  snprintf(floor, CELL, "%s%s%s %s", memory, one ? "" : " + ", one ? "" : arithmetic, unit);
  gm_bench_ratio r = gm_bench_over_bound(bench, c, ours, t, GM_BOUND_LONGER);
  ratio_cell(&r, bound.longer_s == bound.memory_s ? " memory" : " arithmetic", longer);
  if (r.ratio < 1 && c->leaves_zeros_out)
    snprintf(longer + strlen(longer), CELL - strlen(longer), ", zeros left out");
  r = gm_bench_over_bound(bench, c, ours, t, GM_BOUND_SUM);
  ratio_cell(&r, "", sum);
}

/* ---- rows ---------------------------------------------------------------------------- */

/* The n-th fastest of the peer's variants, each on its better number of threads, or NULL. */
static const char *variant(const gm_bench_case *c, size_t n) {
  const gm_bench_side *best[GM_BENCH_SIDES];
  size_t found = 0;
  for (size_t i = 0; i < c->n_sides; i++) {
    const gm_bench_side *side = &c->sides[i];
    if (side->role != GM_SIDE_PEER || gm_bench_best(c, GM_SIDE_PEER, side->label, 0) != side) continue;
    size_t at = found++;
    for (; at > 0 && best[at - 1]->spread.median_s > side->spread.median_s; at--) best[at] = best[at - 1];
    best[at] = side;
  }
  return n < found ? best[n]->label : NULL;
}

static void peer_cells(const gm_bench_case *c, const char *label, char who[CELL], char time[CELL],
                       char faster[CELL]) {
  const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, 0);
  const gm_bench_side *peer = label != NULL ? gm_bench_best(c, GM_SIDE_PEER, label, 0) : NULL;
  who[0] = time[0] = faster[0] = '\0';
  if (ours == NULL || peer == NULL) return;
  const gm_bench_ratio r = gm_bench_compare(peer, ours);
  snprintf(who, CELL, "%s, %d thread%s", label, peer->threads, peer->threads > 1 ? "s" : "");
  time_cell(peer, time);
  ratio_cell(&r, " ×", faster);
}

static void print_case(const gm_bench *bench, const gm_bench_case *c, FILE *out) {
  char first[CELL], last[CELL], floor[CELL], longer[CELL], sum[CELL], who[CELL], time[CELL], faster[CELL];
  time_cell(gm_bench_best(c, GM_SIDE_OURS, NULL, bench->threads[0]), first);
  const int all = bench->threads[bench->n_threads - 1];
  time_cell(all > bench->threads[0] ? gm_bench_best(c, GM_SIDE_OURS, NULL, all) : NULL, last);
  floor_cells(bench, c, gm_bench_best(c, GM_SIDE_OURS, NULL, 0), floor, longer, sum);
  for (size_t v = 0; v == 0 || variant(c, v) != NULL; v++) {
    peer_cells(c, variant(c, v), who, time, faster);
    if (v == 0)
      fprintf(out, "| %s | %s | %s | %s | %s | %s |", c->what, first, last, floor, longer, sum);
    else
      fprintf(out, "| | | | | | |");
    fprintf(out, " %s | %s | %s |\n", who, time, faster);
  }
}

static void print_group(const gm_bench *bench, const gm_bench_group *group, FILE *out) {
  const size_t length = strlen(group->name);
  bool started = false;
  for (size_t i = 0; i < bench->n_cases; i++) {
    const gm_bench_case *c = &bench->cases[i];
    if (strncmp(c->name, group->name, length) != 0 || c->name[length] != '.' || c->samples > 0) continue;
    if (!started) {
      fprintf(out, "\n### %s\n\n| what | 1 thread | all threads (%d) ", group->title,
              bench->threads[bench->n_threads - 1]);
      fprintf(out, "| floor: memory + arithmetic | times the longer | times the sum | peer | its time | "
                   "faster by |\n");
      fprintf(out, "|---|---|---|---|---|---|---|---|---|\n");
    }
    started = true;
    print_case(bench, c, out);
  }
}

/* ---- tables of their own ------------------------------------------------------------------ */

static void print_floors(const gm_bench *bench, FILE *out) {
  fprintf(out,
          "\n### What the machine can do\n\n| measure | threads | rate | quartiles |\n|---|---|---|---|\n");
  for (size_t i = 0; i < bench->n_cases; i++) {
    const gm_bench_case *c = &bench->cases[i];
    if (strncmp(c->name, "floor.", strlen("floor.")) != 0) continue;
    for (size_t s = 0; s < c->n_sides; s++) {
      const gm_bench_side *side = &c->sides[s];
      const double giga = side->amount / 1e9;
      fprintf(out, "| %s, %s | %d | %.1f %s | %.1f–%.1f |\n", side->label, c->what, side->threads,
              giga / side->spread.median_s, side->call == gm_peak_run ? "GFLOP/s" : "GB/s",
              giga / side->spread.high_s, giga / side->spread.low_s);
    }
  }
}

static bool grows(const gm_bench_case *c) {
  return strncmp(c->name, "growth.", strlen("growth.")) == 0;
}

static void print_growth(const gm_bench *bench, FILE *out) {
  bool started = false;
  for (size_t i = 0; i < bench->n_cases; i++) {
    const gm_bench_case *c = &bench->cases[i];
    const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, 0);
    if (!grows(c) || ours == NULL) continue;
    const double units = (double)(c->samples > 0 ? c->samples : c->parameters);
    if (!started)
      fprintf(out, "\n### Growth, per parameter and per sample\n\n"
                   "| what | time | per parameter or sample | memory held |\n|---|---|---|---|\n");
    started = true;
    char time[CELL], each[24];
    const char *unit;
    time_cell(ours, time);
    time_number(ours->spread.median_s / units, ours->spread.median_s / units, each, sizeof each, &unit);
    fprintf(out, "| %s | %s | %s %s | %.1f MB |\n", c->what, time, each, unit,
            (double)c->allocated_bytes / 1e6);
  }
}

static void print_meter(const gm_bench *bench, FILE *out) {
  static const struct {
    const char *key, *text;
  } shares[] = {{"sampler_share_1_s", "read every second"},
                {"sampler_share_10_ms", "read every 10 ms"},
                {"sampler_share_1_s_stand_in", "read every second, stand-in files"},
                {"sampler_share_10_ms_stand_in", "read every 10 ms, stand-in files"}};
  if (bench->meter == NULL) return;
  fprintf(out, "\nThe meter rests on: %s. An open meter holds %.0f kB of memory more.\n",
          gm_json_text(bench->meter, "sources"), gm_json_number(bench->meter, "allocated_bytes") / 1e3);
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
    const double share = gm_json_number(bench->meter, shares[i].key);
    if (!isnan(share))
      fprintf(out, "- background thread, %s: %.4f %% of one core\n", shares[i].text, 100 * share);
  }
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void print_machine(const gm_bench *bench, FILE *out) {
  const gm_bench_machine *m = &bench->machine;
  const gm_kernels *kernels = gm_kernels_select(bench->isa);
  fprintf(out, "- processor: %s, %d processors%s; caches %s\n", m->host.cpu_model, m->host.logical_cpus,
          m->host.virtualised ? " (virtual machine)" : "", m->caches[0] != '\0' ? m->caches : "not shown");
  fprintf(out, "- frequency governor: %s; load average when it started: %.2f\n",
          m->governor[0] != '\0' ? m->governor : "not shown", m->load);
  fprintf(out, "- compiler: %s; flags: %s\n", gm_bench_compiler(), gm_bench_flags());
  fprintf(out, "- kernels: %s; BLAS: %s\n", kernels != NULL ? kernels->isa : "none", gm_blas_description());
  fprintf(out, "- greenmile %s, commit %s\n", gm_version(), gm_git_commit());
  struct json_object *versions;
  fprintf(out, "- peers: ");
  if (bench->peer.hello == NULL || !json_object_object_get_ex(bench->peer.hello, "versions", &versions)) {
    fprintf(out, "none\n");
    return;
  }
  fprintf(out, "Python %s", gm_json_text(bench->peer.hello, "python"));
  json_object_object_foreach(versions, name, version) {
    const char *text = json_object_get_string(version);
    fprintf(out, ", %s %s", name, text != NULL ? text : "not installed");
  }
  fprintf(out, "\n");
}

void gm_bench_print(const gm_bench *bench, FILE *out) {
  if (bench->quick)
    fprintf(out, "**Quick run: few samples, small sizes. It shows that the bench works, not how fast "
                 "anything is.**\n\n");
  print_machine(bench, out);
  fprintf(
      out,
      "\nTimes are medians with quartiles, sides timed in turn. \"Faster by\" is the peer's better number of "
      "threads over\ngreenmile's better one; the fastest peer stands first. Where the quartiles of a side "
      "are more than %.0f %% of its median apart, no ratio is given, nor where the work was faster than its "
      "floor,\nwhich must then have been timed while the machine did something else.\n",
      100 * GM_BENCH_NOISE);
  print_floors(bench, out);
  for (size_t g = 1; g < gm_bench_n_groups; g++) {
    print_group(bench, &gm_bench_groups[g], out);
    if (strcmp(gm_bench_groups[g].name, "meter") == 0) print_meter(bench, out);
  }
  print_growth(bench, out);
  if (json_object_array_length(bench->notes) > 0) fprintf(out, "\n### Notes\n\n");
  for (size_t i = 0; i < json_object_array_length(bench->notes); i++)
    fprintf(out, "- %s\n", json_object_get_string(json_object_array_get_idx(bench->notes, i)));
}
