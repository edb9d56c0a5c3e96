/* SPDX-License-Identifier: MIT
 * Whether the runs of a row are what its name says, and differ in what tells the rows apart and in nothing
 * else: a mean over seeds is one of a single training, and a row stands beside the CNN's. What a run does not
 * record is not compared. */
#include "experiments/report/runs.h"

#include <math.h>
#include <string.h>

static const char *text_of(const gm_report_run *run, const char *key) {
  struct json_object *member = gm_report_run_member(run, key);
  return member != NULL ? json_object_get_string(member) : NULL;
}

/* The same in both, of those of `keys` that both record. */
static gm_status check_same(const gm_report_run *a, const gm_report_run *b, const char *const *keys, size_t n,
                            const char *why, gm_error *err) {
  for (size_t i = 0; i < n; i++) {
    const char *one = text_of(a, keys[i]), *other = text_of(b, keys[i]);
    if (one == NULL || other == NULL || strcmp(one, other) == 0) continue;
    return gm_fail(err, GM_BAD_INPUT, "%s/run.json: its \"%s\" is %.80s, that of %s is %.80s; %s",
                   b->directory, keys[i], other, a->directory, one, why);
  }
  return GM_OK;
}

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* ---- trainings -------------------------------------------------------------- */

/* What a row of trainings is named for, and must have asked for. */
static const char *own_option(gm_report_run_kind kind) {
  return kind == GM_RUN_CNN_PRUNED           ? "config.prune_unstructured"
         : kind == GM_RUN_CNN_STRUCTURED     ? "config.prune_structured"
         : kind == GM_RUN_CNN_EARLY_STOPPING ? "config.early_stopping"
                                             : NULL;
}

static gm_status check_seed(const gm_report_run *run, size_t seed, gm_error *err) {
  const double own = gm_report_run_number(run, "seed");
  if (isnan(own) || own == (double)seed) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s/run.json: its \"seed\" is %g, its directory's name says %zu",
                 run->directory, own, seed);
}

static gm_status check_training(const gm_report_runs *study, gm_report_run_kind kind, size_t seed,
                                gm_error *err) {
  static const char *const same_row[] = {"config.prune_unstructured", "config.prune_structured",
                                         "config.prune_after", "config.early_stopping", "config.min_delta"};
  static const char *const same_study[] = {"config.arch",     "config.optimizer",    "config.learning_rate",
                                           "config.momentum", "config.weight_decay", "config.batch_size",
                                           "config.epochs",   "config.shuffle",      "config.time_steps",
                                           "config.init"};
  const gm_report_run *run = &study->runs[kind][seed], *first = study->runs[kind],
                      *cnn = study->runs[GM_RUN_CNN];
  const char *own = own_option(kind);
  gm_status status = check_seed(run, seed, err);
  if (status == GM_OK)
    status = check_same(first, run, same_row, LENGTH(same_row), "the seeds of a row have the same", err);
  if (status == GM_OK)
    status =
        check_same(cnn, run, same_study, LENGTH(same_study), "the networks of one study have the same", err);
  if (status == GM_OK && own != NULL && gm_report_run_number(run, own) == 0)
    status = gm_fail(err, GM_BAD_INPUT, "%s/run.json: its \"%s\" is 0, so it is no run of \"%s\"",
                     run->directory, own, gm_report_run_kind_name(kind));
  return status;
}

/* What a mean over seeds is made of is known of every seed or of none. */
static gm_status check_known(const gm_report_runs *study, gm_report_run_kind kind, gm_error *err) {
  static const char *const keys[] = {
      "energy_kwh",         "duration_s",        "emissions_kg",   "epochs",
      "rmse_validation",    "rmse_test",         "all_energy_kwh", "all_duration_s",
      "process_energy_kwh", "process_duration_s"};
  const gm_report_run *runs = study->runs[kind];
  for (size_t k = 0; k < LENGTH(keys); k++)
    for (size_t seed = 1; seed < gm_report_repeats(study, kind); seed++) {
      const bool known = !isnan(gm_report_run_number(&runs[seed], keys[k]));
      if (known == !isnan(gm_report_run_number(&runs[0], keys[k]))) continue;
      return gm_fail(err, GM_BAD_INPUT,
                     "%s/run.json: \"%s\" is not known of this seed, and is of %s; no mean is made of fewer "
                     "seeds than it is said to be of, rerun it",
                     runs[known ? 0 : seed].directory, keys[k], runs[known ? seed : 0].directory);
    }
  return GM_OK;
}

/* ---- searches and forecasts ----------------------------------------------------- */

static gm_status check_searches(const gm_report_runs *study, gm_error *err) {
  static const char *const same[] = {"config.trials",     "config.epochs",  "config.arch",
                                     "config.batch_size", "config.sampler", "config.n_startup_trials"};
  const gm_report_run *without = study->runs[GM_RUN_TUNE], *with = study->runs[GM_RUN_TUNE_PRUNED];
  const char *none = text_of(without, "config.pruner"), *pruner = text_of(with, "config.pruner");
  if (none != NULL && strcmp(none, "none") != 0)
    return gm_fail(err, GM_BAD_INPUT, "%s/run.json: its \"config.pruner\" is %s; expected none",
                   without->directory, none);
  if (pruner != NULL && strcmp(pruner, "none") == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s/run.json: its \"config.pruner\" is none; expected one",
                   with->directory);
  return check_same(without, with, same, LENGTH(same), "the two searches have the same", err);
}

/* Forecasts are those of the study's model: the same error but for the last digits of single precision. */
static gm_status check_forecasts(const gm_report_run *model, const gm_report_run *inference, gm_error *err) {
  static const char *const same[] = {"parameters", "forecast_flop"};
  static const double rounding = 1e-4;
  const double trained = gm_report_run_number(model, "rmse_test"),
               forecast = gm_report_run_number(inference, "rmse_test");
  const gm_status status =
      check_same(model, inference, same, LENGTH(same), "expected forecasts of that model", err);
  if (status != GM_OK || !(fabs(trained - forecast) > rounding * trained)) return status;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: its \"rmse_test\" is %g, that of %s is %g; expected forecasts of that model",
                 inference->directory, forecast, model->directory, trained);
}

gm_status gm_report_rows_check(const gm_report_runs *study, gm_error *err) {
  gm_status status = GM_OK;
  for (gm_report_run_kind kind = GM_RUN_CNN; kind <= GM_RUN_CNN_EARLY_STOPPING; kind++) {
    for (size_t seed = 0; seed < study->n_seeds && status == GM_OK; seed++)
      status = check_training(study, kind, seed, err);
    for (size_t seed = 0; seed < study->n_seeds && status == GM_OK; seed++)
      status = gm_report_epochs_check(&study->runs[kind][seed], err);
    if (status == GM_OK) status = check_known(study, kind, err);
  }
  if (status == GM_OK) status = check_searches(study, err);
  if (status == GM_OK)
    status = check_forecasts(study->runs[GM_RUN_LINEAR_REGRESSION],
                             study->runs[GM_RUN_INFERENCE_LINEAR_REGRESSION], err);
  if (status == GM_OK)
    status = check_forecasts(study->runs[GM_RUN_CNN], study->runs[GM_RUN_INFERENCE_CNN], err);
  return status;
}
