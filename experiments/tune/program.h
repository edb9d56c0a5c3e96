/* SPDX-License-Identifier: MIT
 * The parts of the program tune: the search (search.c), its files (record.c, tables.c) and
 * questions to a finished study (inspect.c). */
#ifndef EXPERIMENTS_TUNE_PROGRAM_H
#define EXPERIMENTS_TUNE_PROGRAM_H

#include "common/csv.h"
#include "experiments/run/training.h"
#include "tuning/budget.h"
#include "tuning/journal/journal.h"
#include "tuning/study.h"

enum { GM_TUNE_TIME_STEPS = 12, GM_TUNE_PARAMETERS = 3 };

/* The energy record of a trial, whole, as the text of a JSON object (energy/energy_sum.h). */
#define GM_TUNE_ENERGY_RECORD "energy_record"

typedef struct {
  /* the command line */
  gm_experiment experiment;
  gm_training_config config;
  gm_study_config study_config;
  const char *sampler, *pruner;
  bool univariate;
  int64_t trials, n_startup_trials, pruner_startup_trials;
  const char *journal_location, *study_name;             /* NULL: not given */
  double lock_grace_s, budget_kg, budget_kwh, timeout_s; /* limits NaN: none */
  const char *objectives;                                /* "rmse", or "rmse,energy" */
  bool best, importance;
  const char *plots;      /* the directory of --plots; NULL: not asked for */
  const char *space_file; /* NULL: the poster's space */
  gm_parameter *space;    /* (n_space) */
  size_t n_space;
  void **space_labels;            /* of choices, (n_space); NULL: static */
  struct json_object *space_json; /* what space_file holds */
  bool studies;
  const char *export_format, *explain, *replay; /* NULL: not asked for */
  const char *enqueue;                          /* likewise */
  double bury_older_s;                          /* NaN: likewise */
  /* the search */
  int rank;                  /* of a launcher's process; -1: none */
  const char *rank_variable; /* where the rank comes from */
  gm_journal *journal;       /* NULL: in memory */
  gm_study *study;
  bool adopted;                           /* another program made it, and finished trials in it */
  gm_samples samples[GM_TUNE_TIME_STEPS]; /* [T − 1], cut on first use */
  const char *stop_reason;
  struct json_object *search_notes; /* sentences on settings that have no effect; owned */
  gm_energy parts;                  /* drawn up to part_started (own_energy.c) */
  gm_reading part_started;          /* since then the machine is shared or not */
  double looked_s;                  /* when somebody last looked */
  bool shared, was_shared;          /* with other workers of the study: now, and ever */
  double *validation, *test;        /* forecasts of trial `forecast_of` */
  const gm_trial *forecast_of;
  gm_progress progress;
} gm_tune;

/* What is searched, in the order of suggestion: the poster's space, or that of --space. */
gm_status gm_tune_open_space(gm_tune *t, gm_error *err);
void gm_tune_close_space(gm_tune *t);

/* Whether the energy of a trial is its second objective. */
bool gm_tune_counts_energy(const gm_tune *t);
/* The best trial so far: with two objectives that on the front whose RMSE is least. NULL: none. */
const gm_trial *gm_tune_best(const gm_tune *t);
/* A trial's RMSE; NaN where it has none. */
double gm_tune_rmse(const gm_trial *trial);

/* What a parameter was set to, of choices the number that was chosen; NaN for a word, or where there is none.
 */
double gm_tune_number_of(const gm_trial *trial, const char *name);
/* The optimiser of a trial, NULL where it has none. */
const char *gm_tune_optimizer_of(const gm_trial *trial);

/* The training that a trial's parameters describe. GM_FAILED: the trial, of another program or enqueued,
 * lacks one that is searched, or has what cannot be trained. config->arch lives as long as the study. */
gm_status gm_tune_configure_trial(const gm_tune *t, const gm_trial *trial, gm_training_config *config,
                                  size_t *time_steps, gm_error *err);

/* Opens the journal. A Redis URL may leave its password to REDIS_PASSWORD, and "@FILE" is the location in the
 * first line of FILE, so that no secret stands on a command line. t->journal_location becomes what may be
 * shown, and lives as long as the journal. */
gm_status gm_tune_open_journal(gm_tune *t, bool read_only, gm_error *err);

/* Opens journal (where one is asked for) and study; refuses a study that another program line made. */
gm_status gm_tune_open_study(gm_tune *t, gm_error *err);

/* What the objectives of a study with two are called for all who open it. */
extern const char *const gm_tune_metrics[2];

/* Refuses a study that has other objectives than this run (conditions.c); the journal has been read. */
gm_status gm_tune_check_objectives(const gm_tune *t, gm_error *err);
/* Takes the objectives that the study has, for what only adds to it. */
void gm_tune_adopt_objectives(gm_tune *t);

/* Refuses a study whose trials mean something else; one without settings gets this run's (conditions.c). */
gm_status gm_tune_check_settings(gm_tune *t, gm_error *err);
/* Says what cannot be done with the study as it is. */
void gm_tune_warn_of_study(gm_tune *t);
/* Says which of its settings have no effect: a pruner that can stop no trial, a sampler that never starts. */
void gm_tune_note_idle_settings(gm_tune *t);
bool gm_tune_has_pruned(const gm_tune *t);

/* Creates --out and takes from it what an earlier, other run has left in emissions.csv: rows of processes
 * that worked on this study stay, so that they add up to the study's energy. */
gm_status gm_tune_create_out(gm_tune *t, gm_error *err);

/* ---- what this process has drawn (own_energy.c) */

/* From the start of the metered interval. */
void gm_tune_energy_start(gm_tune *t);
/* Looks who else works on this machine, `now` or when it is time again. */
void gm_tune_energy_look(gm_tune *t, bool now);
gm_energy gm_tune_energy_until(const gm_tune *t, const gm_reading *reading);
gm_energy gm_tune_energy_so_far(const gm_tune *t);
/* Of the energy of a part of the search, what is this process's. */
void gm_tune_take_share(const gm_tune *t, gm_energy *energy);

/* Trains trials until there are enough, a budget is spent or nothing completes; t->stop_reason says which.
 * Ends with the forecasts of the best trial in t->validation and t->test, except for ranks above 0. */
gm_status gm_tune_search(gm_tune *t, gm_error *err);

/* What makes two trials comparable: a fresh object, NULL and *err on an error. */
struct json_object *gm_tune_settings(const gm_tune *t, gm_error *err);

/* Leaves what this process has drawn: in the study, for all who open it, and as its row in emissions.csv.
 * Also of a search that has failed or was interrupted. */
gm_status gm_tune_leave_energy(gm_tune *t, gm_error *err);

/* Writes trials.csv, curves.csv, pareto.csv, replay.csv (of an unpruned study that is not too large),
 * predictions.csv and run.json, after gm_tune_leave_energy. */
gm_status gm_tune_record(gm_tune *t, gm_error *err);

/* Its parts in tables.c. */
gm_status gm_tune_write_trials(const gm_tune *t, gm_error *err);
gm_status gm_tune_write_pareto(const gm_tune *t, gm_error *err);
gm_status gm_tune_write_replay(gm_tune *t, gm_error *err);

/* Answers --best, --export, --explain and --replay from the journal, to `out`. */
gm_status gm_tune_inspect(gm_tune *t, FILE *out, gm_error *err);

/* Carries out --enqueue and --bury-older-than. */
gm_status gm_tune_change(gm_tune *t, FILE *out, gm_error *err);

/* The feasible trials that no other one beats in every objective, by number, as a list of objects. NULL and
 * *err on an error. */
struct json_object *gm_tune_front(const gm_study_record *study, gm_error *err);

/* Parts of the answers (export.c): an object, which is put; a trial's parameters as Python sees them; a study
 * in the format csv or json; the studies of a journal. */
void gm_tune_print(FILE *out, struct json_object *object);
struct json_object *gm_tune_parameters(const gm_trial *trial);
void gm_tune_export(const gm_study_record *study, const char *format, FILE *out);
gm_status gm_tune_print_best(const gm_study_record *study, FILE *out, gm_error *err);
/* Draws a study into the directory t->plots and prints the names of the files. */
gm_status gm_tune_plot(gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err);
void gm_tune_list_studies(const gm_journal_replay *contents, FILE *out);

/* One row under GM_TUNE_REPLAY_HEADER for each pruner of a list such as "percentile:5,10,25,hyperband". */
#define GM_TUNE_REPLAY_HEADER                                                                                \
  "percentile,trials_pruned,epochs_saved,energy_saved_j,emissions_saved_kg,best_lost,pruner,"                \
  "warmup_epochs,startup_trials,regret"
gm_status gm_tune_put_replay(const gm_pruner_config *pruner, const gm_history *history, const char *list,
                             gm_csv_writer *csv, gm_error *err);

/* Many pruners and settings; on_frontier: no other one saves more epochs with less regret. */
#define GM_TUNE_SWEEP_HEADER GM_TUNE_REPLAY_HEADER ",epochs,energy_saved_kwh,on_frontier"
gm_status gm_tune_put_sweep(const gm_pruner_config *pruner, const gm_history *history, gm_csv_writer *csv,
                            gm_error *err);

#endif
