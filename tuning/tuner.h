/* SPDX-License-Identifier: MIT
 * A search without structs, for other languages and for short programs: handles, numbers
 * and texts only (tuning/study.h has everything). A call that fails returns what its
 * comment says, and gm_tuner_error the reason as a sentence.
 *
 *   gm_tuner *t = gm_tuner_new();
 *   gm_tuner_set(t, "trials", "50");  gm_tuner_set(t, "journal", "study.log");
 *   while ((n = gm_tuner_ask(t)) >= 0) {
 *     double x = gm_tuner_float(t, "x", -10, 10, 0, 0);
 *     for (step …) { gm_tuner_report(t, step, value);  if (gm_tuner_should_prune(t)) break; }
 *     gm_tuner_tell(t, value);
 *   }
 *   gm_tuner_best_value(t);  gm_tuner_best_number(t, "x");  gm_tuner_free(t);
 *
 * One trial at a time; a tuner belongs to one thread. Other processes, also Python's
 * Optuna, join by the same journal. */
#ifndef TUNING_TUNER_H
#define TUNING_TUNER_H

#include <stdint.h>

typedef struct gm_tuner gm_tuner;

/* NULL: no memory. */
gm_tuner *gm_tuner_new(void);
/* Accepts NULL. A trial that was not told goes back to the queue of its journal. */
void gm_tuner_free(gm_tuner *tuner);

/* The reason of the last call that failed; "" before any. */
const char *gm_tuner_error(const gm_tuner *tuner);

/* Before the first trial. Names and their defaults: direction minimize (or maximize); sampler tpe (random);
 * seed 0; trials 0, any number; startup_trials 10, random ones at the start; pruner none
 * (tuning/pruners/pruner.h has the names); pruner_startup_trials 5; pruner_warmup_steps 0; journal none, a
 * file or redis://HOST…; study "study". 0, or −1: unknown name or bad value. */
int gm_tuner_set(gm_tuner *tuner, const char *name, const char *value);

/* Starts a trial and returns its number; −1: there are enough; −2: it failed. A trial that was not told ends
 * as failed. */
int64_t gm_tuner_ask(gm_tuner *tuner);

/* The trial's value of a parameter; asked again, the same. NaN, INT64_MIN or −1: it failed. step 0: none for
 * floats, 1 for integers. `choices`: labels between bars, "adam|sgd"; the answer is an index from 0. */
double gm_tuner_float(gm_tuner *tuner, const char *name, double low, double high, double step, int log);
int64_t gm_tuner_int(gm_tuner *tuner, const char *name, int64_t low, int64_t high, int64_t step, int log);
int gm_tuner_choice(gm_tuner *tuner, const char *name, const char *choices);

/* An intermediate value at a step >= 0. 0, or −1: it failed. */
int gm_tuner_report(gm_tuner *tuner, int64_t step, double value);
/* 1: the pruner would stop the trial now; gm_tuner_tell then records it as pruned. 0: not; −1: it failed. */
int gm_tuner_should_prune(gm_tuner *tuner);

/* Ends the trial with its value; NaN: as failed. 0, or −1: it failed. */
int gm_tuner_tell(gm_tuner *tuner, double value);

/* Of the best complete trial: its value and number (NaN, −1 without any), its value of a parameter (an index
 * of choices; NaN: it has none of that name). */
double gm_tuner_best_value(const gm_tuner *tuner);
int64_t gm_tuner_best_trial(const gm_tuner *tuner);
double gm_tuner_best_number(const gm_tuner *tuner, const char *name);

/* Trials that are complete or pruned, by all workers as far as this one has read. */
int64_t gm_tuner_finished(const gm_tuner *tuner);

#endif
