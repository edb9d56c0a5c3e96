/* SPDX-License-Identifier: MIT
 * The last words of the bench: how it compares with the fastest peers in all, and what it cost. */
#include "experiments/bench/report.h"

#include "common/terminal.h"
#include "energy/meter.h"
#include "experiments/run/words.h"

#include <stdlib.h>

typedef struct {
  double ratio;
  const char *name;
} comparison;

static int by_ratio(const void *a, const void *b) {
  const double x = ((const comparison *)a)->ratio, y = ((const comparison *)b)->ratio;
  return (x > y) - (x < y);
}

/* Ratios of the cases that have one, ascending; returns how many, and in *n_noisy how many were refused. */
static size_t compare(const gm_bench *bench, comparison *found, size_t *n_noisy) {
  size_t n = 0;
  *n_noisy = 0;
  for (size_t i = 0; i < bench->n_cases; i++) {
    const gm_bench_case *c = &bench->cases[i];
    const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, 0);
    const gm_bench_side *peer = gm_bench_best(c, GM_SIDE_PEER, NULL, 0);
    if (ours == NULL || peer == NULL) continue;
    const gm_bench_ratio r = gm_bench_compare(peer, ours);
    if (r.noisy)
      ++*n_noisy;
    else
      found[n++] = (comparison){r.ratio, c->name};
  }
  qsort(found, n, sizeof *found, by_ratio);
  return n;
}

static void say_comparison(const gm_bench *bench, comparison *found, FILE *out) {
  size_t n_noisy, ahead = 0;
  const size_t n = compare(bench, found, &n_noisy);
  char noisy[64] = "";
  if (n + n_noisy == 0) {
    gm_say(out, "bench: no peer to compare with");
    return;
  }
  if (n_noisy > 0) snprintf(noisy, sizeof noisy, "%s%zu too noisy to tell", n > 0 ? "; " : "", n_noisy);
  if (n == 0) {
    gm_say(out, "bench: %s", noisy);
    return;
  }
  const comparison *least = &found[0], *most = &found[n - 1];
  const double median = (found[(n - 1) / 2].ratio + found[n / 2].ratio) / 2;
  for (size_t i = 0; i < n; i++) ahead += found[i].ratio > 1;
  gm_say(out,
         "bench: ahead of the fastest peer in %zu of %zu cases, %.3g times as fast in the median (from %.3g, "
         "%s, to %.3g, %s)%s",
         ahead, n, median, least->ratio, least->name, most->ratio, most->name, noisy);
}

void gm_bench_say_result(const gm_bench *bench, const char *where, FILE *out) {
  comparison *found = malloc((bench->n_cases + 1) * sizeof *found);
  const gm_energy *e = &bench->energy;
  char energy[GM_ENERGY_TEXT], low[GM_ENERGY_TEXT], high[GM_ENERGY_TEXT];
  if (found != NULL && !bench->quick) say_comparison(bench, found, out);
  free(found);
  gm_say(out,
         "bench: %zu cases timed%s; %s (%s to %s) for all sides together, %s, in %.3g s on %d threads; in %s",
         bench->n_cases, bench->quick ? ", too briefly to be results" : "",
         gm_energy_text(e->energy_j, energy), gm_energy_text(e->low_j, low), gm_energy_text(e->high_j, high),
         e->measured ? "measured" : "modelled", e->duration_s, bench->threads[bench->n_threads - 1], where);
}
