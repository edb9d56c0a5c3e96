/* SPDX-License-Identifier: MIT
 * What all programs of the study share: the options of data, run and energy, the
 * samples, the meter, and the run directory with run.json, predictions.csv and
 * emissions.csv. Composition only: the mathematics is in the libraries. */
#ifndef EXPERIMENTS_EXPERIMENT_H
#define EXPERIMENTS_EXPERIMENT_H

#include "common/json.h"
#include "common/options.h"
#include "common/status.h"
#include "datasets/samples.h"
#include "datasets/series.h"
#include "energy/carbon/carbon_intensity.h"
#include "energy/carbon/emissions.h"
#include "energy/carbon/emissions_csv.h"
#include "energy/meter.h"
#include "experiments/run/map_data.h"
#include "models/compute.h"
#include "models/network/trainer.h"

#include <time.h>

/* ---- options -------------------------------------------------------------------- */

typedef struct {
  const char *dataset, *csv, *date_column, *target, *features, *base_period;
  gm_map_options map;                    /* --sst and what belongs to it */
  const char *train, *validation, *test; /* NULL: the dataset's own */
  int64_t lead, time_steps;
  int64_t seed, threads; /* threads 0: all processors */
  const char *out, *protocol;
  const char *country;     /* ISO 3166 alpha-3 or WLD; NULL: emissions stay empty */
  double carbon_intensity; /* g/kWh; NAN: the country's */
  double pue;
} gm_experiment_options;

enum { GM_EXPERIMENT_DATA_OPTIONS = 11 + GM_MAP_OPTIONS, GM_EXPERIMENT_RUN_OPTIONS = 7 };

/* ---- a run ------------------------------------------------------------------------ */

typedef struct {
  const char *program;
  gm_experiment_options options;
  gm_option data_options[GM_EXPERIMENT_DATA_OPTIONS], run_options[GM_EXPERIMENT_RUN_OPTIONS];
  int argc;
  char **argv;      /* borrowed, for run.json; secrets are overwritten (common/secrets.h) */
  char **own_argv;  /* the copy that options point into, owned */
  gm_series series; /* anomalies; empty with --sst */
  gm_map_data map;  /* of --sst */
  gm_samples_config sampling;
  gm_samples samples;
  gm_compute compute;
  gm_carbon_intensity carbon;
  gm_meter *meter;
  gm_reading opened;           /* program start */
  gm_reading started, stopped; /* the metered interval */
  struct timespec started_at;
  char run_id[GM_UUID_LENGTH];  /* of this process's row in emissions.csv */
  struct json_object *warnings; /* array of sentences */
} gm_experiment;

/* Fills options with their defaults. */
void gm_experiment_init(gm_experiment *experiment, const char *program);

/* Parses the command line: the program's own options first, then the shared ones.
 * When --help or --version was asked for, prints it and sets *done. */
gm_status gm_experiment_parse(gm_experiment *experiment, const char *description, const char *epilogue,
                              const gm_option *own, size_t n_own, int argc, char **argv, bool *done,
                              gm_error *err);

/* Opens the meter and watches for Ctrl-C; the energy of the process counts from here. */
gm_status gm_experiment_begin(gm_experiment *experiment, gm_error *err);

/* Loads the data and cuts the samples. */
gm_status gm_experiment_load(gm_experiment *experiment, gm_error *err);

/* Both: for programs that need nothing in between. */
gm_status gm_experiment_open(gm_experiment *experiment, gm_error *err);

/* Creates the output directory; a run.json of an earlier run in it is removed, so
 * that it cannot pass for this run's while this one is unfinished. */
gm_status gm_experiment_create_out(const gm_experiment *experiment, gm_error *err);

void gm_experiment_close(gm_experiment *experiment);

/* Prints the error, if any, as "program: sentence" and returns the exit code, which is
 * not 0 when standard output (--help, --summary) could not be written. */
int gm_experiment_exit(const gm_experiment *experiment, gm_status status, const gm_error *err);

/* Samples of another number of time steps from the same data (for the tuner). */
gm_status gm_experiment_samples(const gm_experiment *experiment, size_t time_steps, gm_samples *samples,
                                gm_error *err);

/* The three parts as the trainer takes them. */
void gm_experiment_examples(const gm_samples *samples, gm_examples parts[GM_N_PARTS]);

/* What the samples forecast: the series, or the index of the map. */
const gm_series *gm_experiment_series(const gm_experiment *experiment);

/* The network that is trained without --arch. */
const char *gm_experiment_default_arch(const gm_experiment *experiment);

/* The shape of one sample. */
gm_shape gm_experiment_shape(const gm_samples *samples);

/* Adds a sentence to run.json's warnings and prints it to stderr. */
void gm_experiment_warn(gm_experiment *experiment, const char *sentence);

/* ---- the metered interval ----------------------------------------------------------- */

void gm_experiment_start(gm_experiment *experiment);
void gm_experiment_stop(gm_experiment *experiment);

/* "12.3 J" so far, for progress lines. */
void gm_experiment_energy_note(gm_experiment *experiment, char *text, size_t size);

/* ---- results ------------------------------------------------------------------------- */

typedef struct {
  double rmse_validation, rmse_test, correlation_validation, correlation_test;
} gm_scores;

gm_status gm_experiment_scores(const gm_samples *samples, const double *validation, const double *test,
                               gm_scores *scores, gm_error *err);
void gm_scores_add(struct json_object *object, const gm_scores *scores);

/* Fills prediction (n of the split) with a model's forecasts. */
typedef void gm_forecaster(void *context, gm_split_name split, double *prediction);

/* Scores the forecasts of the validation and test months and, if `write`, leaves them in predictions.csv. */
gm_status gm_experiment_forecast(const gm_experiment *experiment, gm_forecaster *forecaster, void *context,
                                 bool write, gm_scores *scores, gm_error *err);

/* DIR/predictions.csv: split,month,truth,prediction. */
gm_status gm_experiment_write_predictions(const gm_experiment *experiment, const gm_samples *samples,
                                          const double *validation, const double *test, gm_error *err);

/* DIR/NAME in fresh memory. */
char *gm_experiment_path(const gm_experiment *experiment, const char *name);

/* Metadata of the data, as text members, for model files. */
struct json_object *gm_experiment_input_metadata(const gm_experiment *experiment, const gm_samples *samples);

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

/* Energy of the metered interval. */
gm_energy gm_experiment_energy(const gm_experiment *experiment);

/* Writes this process's row into DIR/emissions.csv, alone or behind those of earlier processes. */
gm_status gm_experiment_write_emissions(const gm_experiment *experiment, const gm_energy *energy,
                                        bool continued, gm_error *err);

/* Writes DIR/emissions.csv and then DIR/run.json, which marks the run as complete.
 * `extra` (may be NULL, taken over) is an object whose members are added. */
gm_status gm_experiment_record(gm_experiment *experiment, const gm_run_result *result,
                               struct json_object *extra, gm_error *err);

#endif
