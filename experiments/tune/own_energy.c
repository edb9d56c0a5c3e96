/* SPDX-License-Identifier: MIT
 * What this process has drawn for the search. Counters see the whole machine: while other workers of the
 * study live on it, this process's part is taken by its share of the busy CPU time, so that the parts of
 * all workers add up to what the machine drew. */
#include "common/clock.h"
#include "energy/energy_sum.h"
#include "experiments/tune/program.h"
#include "tuning/process_energy.h"
#include "tuning/worker.h"

#include <stdlib.h>
#include <string.h>

/* Between two looks at who lives: counters of CPU time advance in steps of 10 ms. */
static const double look_interval_s = 0.5;

/* Whether another worker of the study is known to be alive here, with a trial or between two. */
static bool others_live(const gm_tune *t) {
  gm_process_energy *processes;
  gm_error ignored;
  size_t n;
  if (t->journal == NULL) return false;
  bool found = gm_study_count_alive(t->study) > 0;
  if (found || gm_study_processes(gm_study_facts(t->study), &processes, &n, &ignored) != GM_OK) return found;
  for (size_t i = 0; i < n && !found; i++)
    found = processes[i].worker != NULL && processes[i].record == NULL &&
            strcmp(processes[i].worker, gm_journal_worker_id(t->journal)) != 0 &&
            gm_worker_fate_of(processes[i].worker) == GM_WORKER_ALIVE;
  free(processes);
  return found;
}

static void scale(gm_energy *energy, double share) {
  if (!(share < 1.0)) return; /* also where it is not known */
  energy->energy_j *= share;
  energy->low_j *= share;
  energy->high_j *= share;
  energy->power_w *= share;
  for (int c = 0; c < GM_N_COMPONENTS; c++) energy->component_j[c] *= share;
}

static gm_energy part(const gm_tune *t, const gm_reading *to) {
  gm_energy energy;
  gm_meter_between(t->experiment.meter, &t->part_started, to, NULL, &energy);
  if (t->shared) scale(&energy, energy.busy_share);
  return energy;
}

void gm_tune_energy_start(gm_tune *t) {
  t->part_started = t->experiment.started;
  t->looked_s = gm_monotonic_s();
  t->shared = others_live(t);
  t->was_shared |= t->shared;
}

/* A new part begins where others come or go. */
void gm_tune_energy_look(gm_tune *t, bool now) {
  const double time_s = gm_monotonic_s();
  if (!now && time_s - t->looked_s < look_interval_s) return;
  t->looked_s = time_s;
  const bool shared = others_live(t);
  if (shared == t->shared) return;
  gm_reading reading;
  gm_meter_read(t->experiment.meter, &reading);
  const gm_energy energy = part(t, &reading);
  gm_energy_add(&t->parts, &energy);
  t->part_started = reading;
  t->shared = shared;
  t->was_shared |= shared;
}

gm_energy gm_tune_energy_until(const gm_tune *t, const gm_reading *reading) {
  gm_energy whole = t->parts;
  const gm_energy energy = part(t, reading);
  gm_energy_add(&whole, &energy);
  return whole;
}

gm_energy gm_tune_energy_so_far(const gm_tune *t) {
  gm_reading now;
  gm_meter_read(t->experiment.meter, &now);
  return gm_tune_energy_until(t, &now);
}

void gm_tune_take_share(const gm_tune *t, gm_energy *energy) {
  if (t->shared) scale(energy, energy->busy_share);
}
