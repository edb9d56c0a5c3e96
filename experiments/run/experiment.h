/* SPDX-License-Identifier: MIT
 * What all programs of the study share: the options (run_options.c), the data and samples (data.c), the meter
 * and its interval (experiment.c). What a run leaves is in forecast.h and run_directory.h. Composition
 * only: the mathematics is in the libraries. */
#ifndef EXPERIMENTS_EXPERIMENT_H
#define EXPERIMENTS_EXPERIMENT_H

#include "common/json.h"
#include "common/options.h"
#include "common/status.h"
#include "datasets/embedded.h"
#include "datasets/samples.h"
#include "datasets/series.h"
#include "energy/carbon/carbon_intensity.h"
#include "energy/carbon/emissions.h"
#include "energy/carbon/emissions_csv.h"
#include "energy/meter.h"
#include "energy/record/idle_baseline.h"
#include "experiments/run/map_data.h"
#include "models/compute.h"
#include "models/network/trainer.h"

#include <time.h>

/* ---- options -------------------------------------------------------------------- */

typedef struct {
  const char *dataset, *csv, *date_column, *target, *features, *base_period, *missing, *layout;
  bool describe, detrend;
  gm_map_options map;                    /* --sst and what belongs to it */
  const char *train, *validation, *test; /* NULL: the dataset's own */
  int64_t lead, time_steps;
  int64_t seed, threads; /* threads 0: all processors */
  const char *out, *protocol;
  const char *country;       /* ISO 3166 alpha-3 or WLD; NULL: emissions stay empty */
  double carbon_intensity;   /* g/kWh; NAN: the country's */
  double contract_intensity; /* NAN: none stated */
  double pue;
} gm_experiment_options;

enum { GM_EXPERIMENT_DATA_OPTIONS = 15 + GM_MAP_OPTIONS, GM_EXPERIMENT_RUN_OPTIONS = 8 };

/* ---- a run ------------------------------------------------------------------------ */

/* What a program adds to the command line; the options are borrowed. */
typedef struct {
  const char *description, *epilogue; /* of --help */
  const gm_option *own;               /* (n_own) */
  size_t n_own;
} gm_experiment_usage;

typedef struct gm_experiment {
  const char *program;
  gm_experiment_options options;
  gm_option data_options[GM_EXPERIMENT_DATA_OPTIONS], run_options[GM_EXPERIMENT_RUN_OPTIONS];
  char dataset_help[512]; /* of --dataset: the list of embedded.h */
  gm_experiment_usage usage;
  int argc;
  char **argv;     /* borrowed, for run.json; secrets are overwritten (common/secrets.h) */
  int out_lock;    /* descriptor that holds --out, -1: none */
  char **own_argv; /* the copy that options point into, owned */
  const gm_embedded_dataset *embedded; /* the one that is used; NULL: data of a file */
  gm_series series;                    /* anomalies; empty with --sst */
  gm_map_data map;                     /* of --sst */
  gm_samples_config sampling;
  bool no_network; /* set by programs that train none: the samples do without its blocks */
  gm_samples samples;
  gm_compute compute;
  gm_carbon_intensity carbon;
  gm_meter *meter;
  gm_reading opened;           /* program start */
  gm_reading started, stopped; /* the metered interval */
  gm_idle_baseline baseline;   /* of the idle machine, as `track idle` left it */
  bool has_baseline;
  char no_baseline[256];                              /* why not */
  void (*on_close)(struct gm_experiment *experiment); /* set by spent.h; may be NULL */
  struct gm_spent *spent;                             /* processes.csv (spent.h); NULL: this run keeps none */
  time_t started_at;
  char run_id[GM_UUID_LENGTH];  /* of this process's row in emissions.csv */
  struct json_object *warnings; /* array of sentences */
} gm_experiment;

/* Fills options with their defaults. */
void gm_experiment_init(gm_experiment *experiment, const char *program);

/* Parses the command line: the program's own options first, then the shared ones.
 * When --help or --version was asked for, prints it and sets *done. */
gm_status gm_experiment_parse(gm_experiment *experiment, const gm_experiment_usage *usage, int argc,
                              char **argv, bool *done, gm_error *err);

/* Adds the values of the program's own options as members of run.json's `config`, "batch-size" as batch_size,
 * but for those named in `except` (ends with NULL): an option that is added to a program is recorded, and is
 * part of what a checkpoint must have been made with, unless it is named there. */
void gm_config_add_options(struct json_object *config, const gm_experiment *experiment,
                           const char *const *except);

/* Opens the meter and watches for Ctrl-C; the energy of the process counts from here. */
gm_status gm_experiment_begin(gm_experiment *experiment, gm_error *err);

/* Loads the data and cuts the samples. */
gm_status gm_experiment_load(gm_experiment *experiment, gm_error *err);

/* Both: for programs that need nothing in between. */
gm_status gm_experiment_open(gm_experiment *experiment, gm_error *err);

/* Reads the data and prints what was found in it (--describe). */
gm_status gm_experiment_describe(gm_experiment *experiment, gm_error *err);

void gm_experiment_close(gm_experiment *experiment);

/* Prints the error, if any, as "program: sentence" and returns the exit code, which is
 * not 0 when standard output (--help, --summary) could not be written. */
int gm_experiment_exit(const gm_experiment *experiment, gm_status status, const gm_error *err);

/* Samples of another number of time steps from the same data (for the tuner). */
gm_status gm_experiment_samples(const gm_experiment *experiment, size_t time_steps, gm_samples *samples,
                                gm_error *err);

/* The three parts as the trainer takes them. */
void gm_experiment_examples(const gm_samples *samples, gm_examples parts[GM_N_PARTS]);

/* Whether the inputs are the points or patterns of a map: --sst without --features. */
bool gm_experiment_has_map(const gm_experiment *experiment);

/* The network that is trained without --arch. */
const char *gm_experiment_default_arch(const gm_experiment *experiment);

/* The shape of one sample. */
gm_shape gm_experiment_shape(const gm_samples *samples);

/* The data as run.json's `dataset`. */
struct json_object *gm_experiment_dataset(const gm_experiment *experiment);

/* The data's name: nino12, or a file's. And their unit, NULL where none is stated. */
const char *gm_experiment_source(const gm_experiment *experiment);
const char *gm_experiment_unit(const gm_experiment *experiment);

/* NAME below --out, in fresh memory. */
char *gm_experiment_path(const gm_experiment *experiment, const char *name);

/* Adds a sentence to run.json's warnings and prints it to stderr. */
void gm_experiment_warn(gm_experiment *experiment, const char *sentence);

/* ---- the metered interval ----------------------------------------------------------- */

void gm_experiment_start(gm_experiment *experiment);
void gm_experiment_stop(gm_experiment *experiment);

/* From the start of the metered interval until now, in joules: for progress lines. */
double gm_experiment_energy_so_far(gm_experiment *experiment);

#endif
