/* SPDX-License-Identifier: MIT
 * The last words of the bench: how it compares with the fastest peers in all, and what it cost. */
#include "experiments/bench/report.h"

#include "common/ascending.h"
#include "common/terminal.h"
#include "energy/meter.h"
#include "experiments/run/words.h"
#include "tuning/pruners/percentile_pruner.h"

#include <stdlib.h>

/* The cases that have a peer. */
typedef struct {
  double *ratios; /* of those that are not refused, ascending */
  size_t n, n_noisy, n_ahead;
  const char *least, *most; /* the cases of the first and the last ratio */
} comparison;

static comparison compare(const gm_bench *bench, double *ratios) {
  comparison all = {.ratios = ratios};
  double least = 0, most = 0;
  for (size_t i = 0; i < bench->n_cases; i++) {
    const gm_bench_case *c = &bench->cases[i];
    const gm_bench_side *ours = gm_bench_best(c, GM_SIDE_OURS, NULL, 0);
    const gm_bench_side *peer = gm_bench_best(c, GM_SIDE_PEER, NULL, 0);
    if (ours == NULL || peer == NULL) continue;
    const gm_bench_ratio r = gm_bench_compare(peer, ours);
    all.n_noisy += r.noisy;
    if (r.noisy) continue;
    if (all.n == 0 || r.ratio < least) least = r.ratio, all.least = c->name;
    if (all.n == 0 || r.ratio > most) most = r.ratio, all.most = c->name;
    all.n_ahead += r.ratio > 1;
    ratios[all.n++] = r.ratio;
  }
  qsort(ratios, all.n, sizeof *ratios, gm_ascending);
  return all;
}

static void say_comparison(const comparison *all, FILE *out) {
  char noisy[64] = "";
  if (all->n + all->n_noisy == 0) {
    gm_say(out, "bench: no peer to compare with");
    return;
  }
  if (all->n_noisy > 0)
    snprintf(noisy, sizeof noisy, "%s%zu too noisy to tell", all->n > 0 ? "; " : "", all->n_noisy);
  if (all->n == 0) {
    gm_say(out, "bench: %s", noisy);
    return;
  }
  gm_say(out,
         "bench: ahead of the fastest peer in %zu of %zu cases, %.3g times as fast in the median (from %.3g, "
         "%s, to %.3g, %s)%s",
         all->n_ahead, all->n, gm_percentile(all->n, all->ratios, 50), all->ratios[0], all->least,
         all->ratios[all->n - 1], all->most, noisy);
}

void gm_bench_say_result(const gm_bench *bench, const char *where, FILE *out) {
  double *ratios = malloc((bench->n_cases + 1) * sizeof *ratios);
  const gm_energy *e = &bench->energy;
  char energy[GM_ENERGY_TEXT], low[GM_ENERGY_TEXT], high[GM_ENERGY_TEXT];
  if (ratios != NULL && !bench->quick) {
    const comparison all = compare(bench, ratios);
    say_comparison(&all, out);
  }
  free(ratios);
  gm_say(out,
         "bench: %zu cases timed%s; %s (%s to %s) for all sides together, %s, in %.3g s on %d threads; in %s",
         bench->n_cases, bench->quick ? ", too briefly to be results" : "",
         gm_energy_text(e->energy_j, energy), gm_energy_text(e->low_j, low), gm_energy_text(e->high_j, high),
         e->measured ? "measured" : "modelled", e->duration_s, bench->threads[bench->n_threads - 1], where);
}
