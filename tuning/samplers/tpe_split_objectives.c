/* SPDX-License-Identifier: MIT
 * Good and bad trials where two objectives count (MOTPE: Ozaki et al., Multiobjective tree-structured Parzen
 * estimator, JAIR 73, 1209 (2022)). */
#include "tuning/hypervolume.h"
#include "tuning/samplers/tpe_split.h"

#include <math.h>
#include <stdlib.h>

size_t gm_tpe_gamma_objectives(size_t n) {
  return (n + 9) / 10; /* ceil(n / 10) */
}

static int by_standing(const void *a, const void *b) {
  return gm_tpe_is_better(a, b) ? -1 : 1; /* no two have one place */
}

/* Scratch of one split, each with room for all trials. */
typedef struct {
  double *losses;
  uint32_t *complete;
  bool *chosen;
  gm_tpe_standing *others; /* that are not complete and feasible */
} scratch;

static void release(scratch *s) {
  free(s->losses);
  free(s->complete);
  free(s->chosen);
  free(s->others);
}

static gm_status reserve(scratch *s, size_t n, gm_error *err) {
  *s = (scratch){malloc(2 * n * sizeof *s->losses), malloc(n * sizeof *s->complete),
                 malloc(n * sizeof *s->chosen), malloc(n * sizeof *s->others)};
  if (s->losses != NULL && s->complete != NULL && s->chosen != NULL && s->others != NULL) return GM_OK;
  release(s);
  return gm_fail_memory(err, "the TPE split");
}

static int by_place(const void *a, const void *b) {
  const uint32_t *left = a, *right = b;
  return (*left > *right) - (*left < *right);
}

/* The places of the good ones, ascending. */
static gm_status choose_below(const gm_history *history, const gm_trial *current, size_t n_below, scratch *s,
                              gm_tpe_groups *groups, gm_error *err) {
  uint32_t *below = groups->below;
  size_t n_complete = 0, n_others = 0, n = 0;
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    if (trial == current || !gm_tpe_is_finished(trial)) continue;
    if (trial->state != GM_TRIAL_COMPLETE || trial->constraint_violation > 0.0) {
      s->others[n_others++] = gm_tpe_standing_of(trial, history->direction, (uint32_t)i);
      continue;
    }
    for (size_t k = 0; k < 2; k++) s->losses[2 * n_complete + k] = gm_history_loss(history, trial, k);
    s->complete[n_complete++] = (uint32_t)i;
  }
  const size_t wanted = n_below < n_complete ? n_below : n_complete;
  const gm_status status = gm_choose_by_hypervolume(n_complete, s->losses, wanted, s->chosen, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < n_complete; i++)
    if (s->chosen[i]) below[n++] = s->complete[i];
  qsort(s->others, n_others, sizeof *s->others, by_standing);
  for (size_t i = 0; i < n_others && n < n_below; i++) below[n++] = s->others[i].place;
  qsort(below, n, sizeof *below, by_place);
  groups->n_below = n;
  return GM_OK;
}

gm_status gm_tpe_split_objectives(const gm_history *history, const gm_trial *current, bool constant_liar,
                                  size_t n_below, gm_tpe_groups *groups, gm_error *err) {
  scratch s;
  gm_status status = reserve(&s, history->n_trials + 1, err);
  if (status != GM_OK) return status;
  status = choose_below(history, current, n_below, &s, groups, err);
  release(&s);
  groups->n_above = 0;
  size_t next = 0; /* of below */
  for (size_t i = 0; i < history->n_trials && status == GM_OK; i++) {
    const gm_trial *trial = history->trials[i];
    if (next < groups->n_below && i == groups->below[next])
      next++;
    else if (trial != current &&
             (gm_tpe_is_finished(trial) || (constant_liar && trial->state == GM_TRIAL_RUNNING)))
      groups->above[groups->n_above++] = (uint32_t)i;
  }
  return status;
}
