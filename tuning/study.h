/* SPDX-License-Identifier: MIT
 * A study: ask for a trial, suggest its parameters, report intermediate values, prune,
 * tell the outcome. One objective. The history lives in memory; every operation may
 * fail and takes an error, so that a shared journal can stand behind the same calls.
 *
 * A study and its trials belong to one thread. Pointers to trials stay valid until
 * gm_study_free; callers read them and change them only through this header. */
#ifndef TUNING_STUDY_H
#define TUNING_STUDY_H

#include "common/status.h"
#include "tuning/pruner.h"
#include "tuning/sampler.h"
#include "tuning/search_space.h"
#include "tuning/trial.h"

#include <stddef.h>
#include <stdint.h>

/* ---- life cycle ---------------------------------------------------------- */

typedef struct gm_study gm_study;

typedef struct {
  gm_direction direction; /* GM_MINIMIZE */
  gm_sampler_config sampler;
  gm_pruner_config pruner;
} gm_study_config;

gm_study_config gm_study_config_default(void);
gm_status gm_study_config_check(const gm_study_config *config, gm_error *err);

gm_status gm_study_create(const gm_study_config *config, gm_study **study, gm_error *err);
/* Accepts NULL. */
void gm_study_free(gm_study *study);

/* ---- one trial ------------------------------------------------------------ */

/* Starts a trial, state RUNNING. Several may run at once. */
gm_status gm_study_ask(gm_study *study, gm_trial **trial, gm_error *err);

/* The trial's value of parameter `name`, drawn on first request and the same ever after.
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
gm_status gm_study_should_prune(gm_study *study, const gm_trial *trial, _Bool *prune, gm_error *err);

/* Ends the trial. GM_TRIAL_COMPLETE: `value` is the objective; infinities are legal, NaN makes the
 * trial FAIL. GM_TRIAL_PRUNED and GM_TRIAL_FAIL ignore `value`: a pruned trial's value is that of its
 * last report, a failed one has none. GM_BAD_INPUT when it has ended already. */
gm_status gm_study_tell(gm_study *study, gm_trial *trial, gm_trial_state state, double value, gm_error *err);

/* ---- results --------------------------------------------------------------- */

const gm_history *gm_study_history(const gm_study *study);

/* The feasible complete trial with the best value, the earliest of equals; NULL without any. */
const gm_trial *gm_study_best(const gm_study *study);

#endif
