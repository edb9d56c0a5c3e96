/* SPDX-License-Identifier: MIT
 * The runs of a study as the other programs left them under DIR/runs: which
 * there must be, where they are, and how to get a number out of one. */
#ifndef EXPERIMENTS_REPORT_RUNS_H
#define EXPERIMENTS_REPORT_RUNS_H

#include "common/json.h"
#include "common/status.h"
#include "energy/carbon/carbon_intensity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ---- types ------------------------------------------------------------ */

typedef enum {
  GM_RUN_LINEAR_REGRESSION,
  GM_RUN_CNN,
  GM_RUN_CNN_PRUNED,
  GM_RUN_CNN_STRUCTURED,
  GM_RUN_CNN_EARLY_STOPPING,
  GM_RUN_TUNE,
  GM_RUN_TUNE_PRUNED,
  GM_RUN_INFERENCE_LINEAR_REGRESSION,
  GM_RUN_INFERENCE_CNN,
  GM_RUN_LINEAR_REGRESSION_LEADS, /* of a skill curve: the other leads, in order */
  GM_RUN_CNN_LEADS,
  GM_RUN_EOF_REGRESSION, /* of maps that have it */
  GM_RUN_EOF_REGRESSION_LEADS,
  GM_RUN_OTHERS, /* whatever else has a run.json: in no table, but its energy is the study's */
  GM_RUN_KINDS
} gm_report_run_kind;

typedef struct {
  char *directory;          /* DIR/runs/NAME, owned */
  struct json_object *json; /* its run.json, owned */
  bool recomputed;          /* its emissions are of another intensity than it was made with */
} gm_report_run;

typedef struct {
  const char *results;               /* DIR, the caller's */
  size_t n_seeds;                    /* runs of each kind that is repeated over seeds */
  size_t lead;                       /* of all runs but the GM_RUN_…_LEADS */
  bool has_eof_regression;           /* of a map, and there */
  size_t n_leads;                    /* of the skill curve, 1 … n_leads; 0: the study has none */
  size_t n_others;                   /* runs of GM_RUN_OTHERS, by name */
  gm_carbon_intensity country;       /* that the emissions were computed for anew; iso3 "": as recorded */
  size_t n_recomputed;               /* runs that were made for another one */
  gm_report_run *runs[GM_RUN_KINDS]; /* gm_report_repeats(kind) of each kind, by seed or lead */
} gm_report_runs;

/* ---- life cycle ------------------------------------------------------- */

/* Reads every run.json. n_seeds 0 takes the seeds 0, 1, … for which there is a
 * CNN run; n_leads 0 looks for no skill curve. A missing run is GM_BAD_INPUT naming the file and the command
 * that makes it. */
gm_status gm_report_runs_load(gm_report_runs *study, const char *results, size_t n_seeds, size_t n_leads,
                              gm_error *err);
void gm_report_runs_free(gm_report_runs *study);

/* ---- questions -------------------------------------------------------- */

/* Directory name without the seed or lead ("cnn_pruned") of a kind of run. */
const char *gm_report_run_kind_name(gm_report_run_kind kind);

/* n_seeds for the CNN and its variants, n_others for the others, the other leads of the curve for
 * GM_RUN_…_LEADS, otherwise 1. */
size_t gm_report_repeats(const gm_report_runs *study, gm_report_run_kind kind);

/* The run of GM_RUN_LINEAR_REGRESSION, GM_RUN_EOF_REGRESSION or GM_RUN_CNN (seed 0) at a lead of 1 … n_leads
 * or the study's own. */
const gm_report_run *gm_report_run_at_lead(const gm_report_runs *study, gm_report_run_kind kind, size_t lead);

/* True if the predictors are the points of a map. */
bool gm_report_is_map(const gm_report_runs *study);

/* A member of run.json, NaN where absent or null; key may be a path of two ("best.value"). */
double gm_report_run_number(const gm_report_run *run, const char *key);
/* NULL where absent or null. */
const char *gm_report_run_text(const gm_report_run *run, const char *key);
/* The member itself, NULL where absent or null. */
struct json_object *gm_report_run_member(const gm_report_run *run, const char *key);

/* True of a run whose energy is not its own: the machine was busy with others' work ("machine_busy"). */
bool gm_report_is_flagged(const gm_report_run *run);

/* True if any run followed the shortened protocol. */
bool gm_report_is_quick(const gm_report_runs *study);

/* Unit of the target as its file has it, or NULL. */
const char *gm_report_unit(const gm_report_runs *study);

/* Writes what an array of texts, an object or one value says, "; " between the parts. */
void gm_json_words(FILE *out, struct json_object *value);

/* Whether the numbers can be stood behind, before anything is made of them (run_check.c). Each run.json is
 * complete and has a protocol, its members are null or numbers that can be (no negative energy, no value
 * outside its interval), and all are of the same data, target and periods. GM_BAD_INPUT names the file and
 * the member. */
gm_status gm_report_runs_check(const gm_report_runs *study, gm_error *err);

/* Part of it: whether the runs of each row are of one kind and of the kind its name says (row_check.c). */
gm_status gm_report_rows_check(const gm_report_runs *study, gm_error *err);

/* One run of it: what its members must be (run_check.c); figures which were metered agree with one another
 * and with emissions.csv beside it (metered_check.c). */
gm_status gm_report_run_check(const gm_report_run *run, gm_error *err);
gm_status gm_report_metered_check(const gm_report_run *run, gm_error *err);

/* Figures that follow from others of the same run do (derived_check.c). */
gm_status gm_report_derived_check(const gm_report_run *run, gm_error *err);

/* The epochs.csv beside a training (metered_check.c); after the rows, for a run of another seed is told by
 * them. */
gm_status gm_report_epochs_check(const gm_report_run *run, gm_error *err);

/* The files of a search agree with one another, and with its journal where that is in `results`
 * (search_check.c). */
gm_status gm_report_search_check(const gm_report_run *run, const char *results, gm_error *err);

/* Null or absent, or a finite number that is not negative. */
gm_status gm_report_number_check(const gm_report_run *run, const char *key, gm_error *err);
/* low <= value <= high, where they are known. */
gm_status gm_report_interval_check(const gm_report_run *run, const char *low, const char *value,
                                   const char *high, gm_error *err);

/* What runs of one study may differ in, of the data. */
typedef enum { GM_FREE_NOTHING, GM_FREE_LEAD, GM_FREE_TRAINING } gm_report_freedom;

/* Both are of the same data, target and periods but for that. */
gm_status gm_report_data_check(const gm_report_run *a, const gm_report_run *b, gm_report_freedom free,
                               gm_error *err);

#endif
