/* SPDX-License-Identifier: MIT
 * The directory a run writes (--out): emissions.csv and run.json. */
#ifndef EXPERIMENTS_RUN_DIRECTORY_H
#define EXPERIMENTS_RUN_DIRECTORY_H

#include "experiments/run/forecast.h"

/* GM_BAD_INPUT where the run would replace a file that its options name: one in --out under the name of a
 * result, or one that --save or --step-log names too (file_options.c). */
gm_status gm_experiment_check_files(const gm_experiment *experiment, gm_error *err);

/* After that check creates the output directory and holds it: a second run into it is GM_BAD_INPUT. What an
 * earlier run has left there is removed, and what killed ones left half-written, so that a run which fails or
 * is interrupted leaves nothing that could pass for its results. emissions.csv and a checkpoint stay. */
gm_status gm_experiment_create_out(gm_experiment *experiment, gm_error *err);

/* What a run adds to run.json beyond the shared members. */
typedef struct {
  struct json_object *config; /* taken over */
  int64_t parameters;         /* of the model */
  int64_t epochs;             /* -1: has none */
  const char *stop_reason;
  gm_scores scores;
  bool repeated;    /* the metered interval repeated one call many times */
  bool recorded;    /* emissions.csv has been written already */
  bool shared;      /* others of the same run work on this machine: what lies outside the interval
                       counts by this process's share of the busy CPU time */
  gm_energy energy; /* of what the tables show: the interval, or one call of a repetition */
} gm_run_result;

/* Writes this process's row into DIR/emissions.csv, alone or behind those of earlier processes. */
gm_status gm_experiment_write_emissions(const gm_experiment *experiment, const gm_energy *energy,
                                        bool continued, gm_error *err);

/* Writes DIR/emissions.csv and then DIR/run.json, which marks the run as complete.
 * `extra` (may be NULL, taken over) is an object whose members are added. */
gm_status gm_experiment_record(gm_experiment *experiment, const gm_run_result *result,
                               struct json_object *extra, gm_error *err);

/* GM_BAD_INPUT where a file option (one whose argument is a FILE) names the file `name` in --out, by whatever
 * path or link; whether that file exists or not. */
gm_status gm_file_options_keep_off(const gm_experiment *experiment, const char *name, gm_error *err);

/* GM_BAD_INPUT where --save or --step-log would be written over a file that another option names. */
gm_status gm_file_options_check(const gm_experiment *experiment, gm_error *err);

#endif
