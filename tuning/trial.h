/* SPDX-License-Identifier: MIT
 * The record of one trial and of all trials of a study: what samplers and pruners
 * read. Records only hold facts; the rules of who may change them when are in study.h,
 * so that any store (memory, a journal) can fill the same records. */
#ifndef TUNING_TRIAL_H
#define TUNING_TRIAL_H

#include "common/status.h"
#include "tuning/search_space.h"

#include <json-c/json_types.h>

#include <stddef.h>
#include <stdint.h>

/* ---- one trial ---------------------------------------------------------- */

/* Numbered as in Optuna's storages. Finished: complete, pruned or failed. */
typedef enum {
  GM_TRIAL_RUNNING = 0,
  GM_TRIAL_COMPLETE = 1,
  GM_TRIAL_PRUNED = 2,
  GM_TRIAL_FAIL = 3,
  GM_TRIAL_WAITING = 4,
} gm_trial_state;

/* A parameter and its internal value. */
typedef struct {
  const gm_parameter *parameter;
  double value;
} gm_assignment;

typedef struct {
  size_t n, capacity;
  gm_assignment *items;
} gm_assignments;

/* An intermediate value. */
typedef struct {
  int64_t step; /* >= 0 */
  double value; /* may be NaN or infinite */
} gm_intermediate;

typedef struct {
  int64_t number; /* from 0, by order of creation */
  gm_trial_state state;
  double value;                /* the objective; NaN: none, or several */
  double *values;              /* (n_objectives) where there are several, owned; NULL: none */
  double constraint_violation; /* sum of the positive constraint values; 0: feasible */
  gm_assignments parameters;   /* as suggested, in that order */
  gm_assignments proposed;     /* drawn jointly when the trial started; suggest may use them */
  size_t n_reports, report_capacity;
  gm_intermediate *reports; /* by ascending step */
  /* beside the search itself */
  int64_t id;                /* in a journal, over all its studies; in memory the number */
  double started_s, ended_s; /* seconds since 1970; NaN: not known */
  char *worker;              /* worker id of who started it; NULL: nobody, or in memory; owned */
  struct json_object *user_attributes, *system_attributes; /* objects, owned; NULL: none */
} gm_trial;

/* A running trial without parameters, or NULL. */
gm_trial *gm_trial_new(int64_t number);
/* Accepts NULL. */
void gm_trial_free(gm_trial *trial);

bool gm_trial_finished(const gm_trial *trial);

/* Sets or replaces the value of a parameter of that name. */
gm_status gm_assignments_set(gm_assignments *list, const gm_parameter *parameter, double value,
                             gm_error *err);

/* The assignment of that name (a name shared with the same gm_search_space), or NULL. */
const gm_assignment *gm_assignments_find(const gm_assignments *list, const char *shared_name);

/* The trial's internal value of the parameter called `name`, NaN where it has none. */
double gm_trial_parameter(const gm_trial *trial, const char *name);

/* User attributes that the search itself sets, as the dashboard shows them: what a trial has cost, what its
 * process had drawn in all when it last told (J), how often it went back to the queue because its worker
 * died, and why it failed. */
#define GM_ENERGY_ATTRIBUTE "energy_j"
#define GM_EMISSIONS_ATTRIBUTE "emissions_kg"
#define GM_DURATION_ATTRIBUTE "duration_s"
#define GM_PROCESS_ENERGY_ATTRIBUTE "process_energy_j"
#define GM_RESTARTS "restarts"
#define GM_FAIL_REASON "fail_reason"

/* System attribute of a running trial: when it last told something, seconds since 1970. */
#define GM_HEARTBEAT "heartbeat"

/* System attributes of a trial that repeats a failed one (optuna.storages.RetryFailedTrialCallback): the
 * number of the first, and the numbers of all before it. */
#define GM_FAILED_TRIAL "failed_trial"
#define GM_RETRY_HISTORY "retry_history"

/* The value, as Python sees it, that the trial was enqueued with for the parameter called `name`. */
bool gm_trial_fixed(const gm_trial *trial, const char *name, struct json_object **value);

/* The user attribute `key` as a number, NaN where there is none. */
double gm_trial_attribute(const gm_trial *trial, const char *key);

/* Copies the values of several objectives. */
gm_status gm_trial_set_values(gm_trial *trial, size_t n, const double values[], gm_error *err);

/* Adds a report; one for a step that already has one is ignored (Trial.report). */
gm_status gm_trial_add_report(gm_trial *trial, int64_t step, double value, gm_error *err);

/* The same, but replaces it. */
gm_status gm_trial_set_report(gm_trial *trial, int64_t step, double value, gm_error *err);

/* The report at exactly that step, or NULL. */
const gm_intermediate *gm_trial_report_at(const gm_trial *trial, int64_t step);

/* The report with the largest step, or NULL. */
const gm_intermediate *gm_trial_last_report(const gm_trial *trial);

/* ---- all trials of a study ---------------------------------------------- */

typedef enum { GM_MINIMIZE, GM_MAXIMIZE } gm_direction;

typedef struct {
  gm_direction direction;   /* of the first objective */
  size_t n_objectives;      /* 0 and 1: one */
  gm_direction *directions; /* (n_objectives) where there are several, owned; else NULL */
  size_t n_trials, capacity;
  gm_trial **trials; /* (n_trials) by number; owned, and never moved */
} gm_history;

/* Whether trials have several values instead of one. */
bool gm_history_has_several(const gm_history *history);

/* Several objectives (n >= 2) or one, with these directions; before the first trial. */
gm_status gm_history_direct(gm_history *history, size_t n, const gm_direction directions[], gm_error *err);

/* The trial's value of objective k as a loss, less is better; NaN where it has none. */
double gm_history_loss(const gm_history *history, const gm_trial *trial, size_t k);

/* Appends a running trial whose number is the count before it. */
gm_status gm_history_add(gm_history *history, gm_trial **trial, gm_error *err);

/* Trials that are complete or pruned, the only ones that samplers count. */
size_t gm_history_count_finished(const gm_history *history);

/* Frees all trials; accepts a zeroed object. */
void gm_history_free(gm_history *history);

/* ---- names --------------------------------------------------------------- */

/* "RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING"; "minimize", "maximize". */
const char *gm_trial_state_name(gm_trial_state state);
const char *gm_direction_name(gm_direction direction);
gm_status gm_direction_parse(const char *text, gm_direction *direction, gm_error *err);

#endif
