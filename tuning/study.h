/* SPDX-License-Identifier: MIT
 * A study: ask for a trial, suggest its parameters, report intermediate values, prune,
 * tell the outcome. One objective or two. The study lives in memory or in a journal, which
 * other workers, also Python ones, may share at the same time (tuning/journal/journal.h).
 *
 * A study and its trials belong to one thread. Pointers to trials stay valid until
 * gm_study_free; callers read them and change them only through this header. */
#ifndef TUNING_STUDY_H
#define TUNING_STUDY_H

#include "common/status.h"
#include "tuning/journal/journal.h"
#include "tuning/pruners/pruner.h"
#include "tuning/samplers/sampler.h"
#include "tuning/search_space.h"
#include "tuning/study_record.h"
#include "tuning/trial.h"

#include <stddef.h>
#include <stdint.h>

/* ---- life cycle ---------------------------------------------------------- */

typedef struct gm_study gm_study;

typedef struct {
  gm_direction direction;        /* GM_MINIMIZE; with two objectives that of the first */
  size_t n_objectives;           /* 1; 2: trials are told by gm_study_tell_values */
  gm_direction second_direction; /* GM_MINIMIZE; of the second objective */
  gm_sampler_config sampler;     /* two objectives: multivariate is ignored, as by Optuna's default */
  gm_pruner_config pruner;       /* two objectives: gm_no_pruner */
  size_t max_trials;    /* no trial starts while so many are finished or known to run on this machine; 0: any
                           number. Exact in memory and in a file; in Redis workers can overtake each other */
  int64_t max_restarts; /* a trial whose worker has died goes back to the queue so often (20), see
                           gm_study_bury */
  int64_t max_retries; /* >= 0: it fails instead, and so many new trials repeat it one after the other (-1) */
} gm_study_config;

gm_study_config gm_study_config_default(void);
gm_status gm_study_config_check(const gm_study_config *config, gm_error *err);

gm_status gm_study_create(const gm_study_config *config, gm_study **study, gm_error *err);
/* The study called `name` (borrowed, like `journal`), created where there is none. RUNNING trials of
 * workers that have died on this machine go back to the queue as gm_study_bury says.
 * GM_BAD_INPUT: it has another number of objectives or other directions than config says. */
gm_status gm_study_open(const gm_study_config *config, gm_journal *journal, const char *name,
                        gm_study **study, gm_error *err);
/* Accepts NULL. */
void gm_study_free(gm_study *study);

/* Takes in what other workers have written. Operations below do so themselves. */
gm_status gm_study_sync(gm_study *study, gm_error *err);

/* ---- one trial ------------------------------------------------------------ */

/* Starts a trial, state RUNNING; *trial is NULL when config.max_trials forbids it. It is the first one that
 * waits in the journal's queue (Study.enqueue_trial, or one that was interrupted), else a new one. Several
 * may run at once.
 *
 * Draws: where no other worker's trial runs when this worker asks for its first one, it goes on with the
 * draws of the configured seed behind those of all trials that the study has, so that one worker, however
 * often interrupted, makes the trials of an uninterrupted search. For a trial of a worker that joins while
 * others run, and whenever another worker's trial has come since this one's last, it draws from a seed mixed
 * of the configured one and the trial's number: workers never repeat each other's draws, but which trials
 * several of them make depends on who is faster. */
gm_status gm_study_ask(gm_study *study, gm_trial **trial, gm_error *err);

/* The same for n parameters that are known beforehand. In a journal the trial and its parameters are
 * one write, drawn while no other worker can ask, so that every sampler has seen all that run. A
 * waiting trial whose fixed parameters are impossible is ended as FAIL and the next one is taken. */
gm_status gm_study_ask_with(gm_study *study, size_t n, const gm_parameter parameters[], gm_trial **trial,
                            gm_error *err);

/* The trial's value of parameter `name`, drawn on first request and the same ever after. A value fixed
 * when the trial was enqueued is taken as it is, even out of range.
 * `range` may differ from trial to trial, its kind, scale and labels may not.
 * GM_BAD_INPUT: illegal range, another kind than before, or a trial that has ended. */
gm_status gm_study_suggest_float(gm_study *study, gm_trial *trial, const char *name, gm_distribution range,
                                 double *value, gm_error *err);
gm_status gm_study_suggest_int(gm_study *study, gm_trial *trial, const char *name, gm_distribution range,
                               int64_t *value, gm_error *err);
/* *index is that of the chosen label. */
gm_status gm_study_suggest_categorical(gm_study *study, gm_trial *trial, const char *name,
                                       gm_distribution choice, size_t *index, gm_error *err);

/* Records an intermediate value (NaN allowed) at a step >= 0; a second one for a step is ignored. */
gm_status gm_study_report(gm_study *study, gm_trial *trial, int64_t step, double value, gm_error *err);

/* Whether the pruner would stop the trial now; the caller then tells GM_TRIAL_PRUNED. */
gm_status gm_study_should_prune(gm_study *study, gm_trial *trial, bool *prune, gm_error *err);

/* Ends the trial. GM_TRIAL_COMPLETE: `value` is the objective; infinities are legal, NaN makes the
 * trial FAIL. GM_TRIAL_PRUNED and GM_TRIAL_FAIL ignore `value`: a pruned trial's value is that of its
 * last report, a failed one has none. GM_BAD_INPUT when it has ended already. */
gm_status gm_study_tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value, gm_error *err);
/* The same with two objectives: the trial is complete, or FAIL where one of its values is NaN. */
gm_status gm_study_tell_values(gm_study *study, gm_trial *trial, const double values[2], gm_error *err);

/* Sets a user attribute of a running trial; `value` is taken over. In a journal it is written with the
 * next report or the end of the trial. */
gm_status gm_study_note(gm_study *study, gm_trial *trial, const char *key, struct json_object *value,
                        gm_error *err);

/* The trial cannot go on now: whoever asks next does, with its number, parameters and reports. */
gm_status gm_study_requeue(gm_study *study, gm_trial *trial, gm_error *err);

/* Ends the trial as FAIL, with the reason as its user attribute "fail_reason". */
gm_status gm_study_fail(gm_study *study, gm_trial *trial, const char *reason, gm_error *err);

/* ---- the study as a whole ---------------------------------------------------- */

/* Sets a user attribute of the study; `value` is taken over. */
gm_status gm_study_set_attribute(gm_study *study, const char *key, struct json_object *value, gm_error *err);

/* The same where the study has none called `key`, else nothing: of workers that start in the same instant
 * exactly one sets it (*set), and the others have read its value when this returns. */
gm_status gm_study_set_attribute_once(gm_study *study, const char *key, struct json_object *value, bool *set,
                                      gm_error *err);

/* What readers of the journal know the objectives by, (n_objectives); in memory, or where they have names,
 * nothing happens. */
gm_status gm_study_set_metric_names(gm_study *study, const char *const names[], gm_error *err);

/* Takes every RUNNING trial whose worker is known to be dead (tuning/worker.h) from it: it waits in the queue
 * as it is, number and parameters kept, for whoever asks next. One that has been there config.max_restarts
 * times already, or all of them with config.max_retries, ends as FAIL with a reason; with max_retries a new
 * trial with its parameters is enqueued (optuna.storages.RetryFailedTrialCallback). silence_s (NaN: none):
 * trials of workers of which nothing is known, those of other machines and programs, end as FAIL when they
 * have told nothing for so long. *n (may be NULL) is how many in all. */
gm_status gm_study_bury(gm_study *study, double silence_s, size_t *n, gm_error *err);

/* Enqueues a trial with these values, as Python sees them; `fixed` (an object) is taken over. GM_BAD_INPUT
 * in memory: there is no queue. */
gm_status gm_study_enqueue(gm_study *study, struct json_object *fixed, gm_error *err);

/* RUNNING trials of other workers on this machine that are known to be alive; 0 in memory. */
size_t gm_study_count_alive(const gm_study *study);

/* ---- results --------------------------------------------------------------- */

const gm_history *gm_study_history(const gm_study *study);
const gm_study_record *gm_study_facts(const gm_study *study);

/* The feasible complete trial with the best value, the earliest of equals; NULL without any, or with several
 * objectives. */
const gm_trial *gm_study_best(const gm_study *study);
const gm_trial *gm_history_best(const gm_history *history);
/* The same of objective k of several; where values are equal the other objectives decide. It is on the front.
 */
const gm_trial *gm_history_best_in(const gm_history *history, size_t k);

/* With several objectives GM_BAD_INPUT where a complete trial has not one value per objective. */
gm_status gm_history_check_values(const gm_history *history, gm_error *err);

/* With several objectives: the feasible complete trials that no other one dominates (tuning/domination.h),
 * by number; Study.best_trials. One with a NaN is off. front: room for history->n_trials; *n: how many.
 * GM_BAD_INPUT as above. */
gm_status gm_history_front(const gm_history *history, const gm_trial **front, size_t *n, gm_error *err);

#endif
