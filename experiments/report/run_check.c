/* SPDX-License-Identifier: MIT
 * What a run.json must hold for its numbers to be shown. What is unknown is null and shown as such; what
 * cannot be is refused. */
#include "experiments/report/runs.h"

#include <math.h>
#include <string.h>

/* ---- one run ---------------------------------------------------------- */

/* Null or absent, or a finite number that is not negative. */
gm_status gm_report_number_check(const gm_report_run *run, const char *key, gm_error *err) {
  struct json_object *value = gm_report_run_member(run, key);
  const double number = gm_report_run_number(run, key);
  if (value == NULL || (isfinite(number) && number >= 0)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %.40s; expected a finite number that is not negative, or null",
                 run->directory, key, json_object_get_string(value));
}

/* low <= value <= high, where all three are known. */
gm_status gm_report_interval_check(const gm_report_run *run, const char *low, const char *value,
                                   const char *high, gm_error *err) {
  const double rounding = 1e-9;
  const double l = gm_report_run_number(run, low), v = gm_report_run_number(run, value),
               h = gm_report_run_number(run, high);
  if (!(l > v * (1 + rounding)) && !(v > h * (1 + rounding))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s/run.json: \"%s\" %g is not between \"%s\" %g and \"%s\" %g",
                 run->directory, value, v, low, l, high, h);
}

gm_status gm_report_run_check(const gm_report_run *run, gm_error *err) {
  static const char *const numbers[] = {"rmse_validation",
                                        "rmse_test",
                                        "duration_s",
                                        "all_duration_s",
                                        "energy_kwh",
                                        "energy_low_kwh",
                                        "energy_high_kwh",
                                        "all_energy_kwh",
                                        "process_energy_kwh",
                                        "earlier_energy_kwh",
                                        "emissions_kg",
                                        "emissions_low_kg",
                                        "emissions_high_kg",
                                        "carbon_intensity_g_per_kwh",
                                        "pue",
                                        "energy_per_forecast_j",
                                        "parameters",
                                        "epochs"};
  const char *protocol = gm_report_run_text(run, "protocol");
  if (protocol == NULL || (strcmp(protocol, "full") != 0 && strcmp(protocol, "quick") != 0))
    return gm_fail(err, GM_BAD_INPUT, "%s/run.json: expected \"protocol\", \"full\" or \"quick\"",
                   run->directory);
  const char *state = gm_report_run_text(run, "state");
  if (state != NULL && strcmp(state, "complete") != 0)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s/run.json: the run is not complete (\"state\": \"%s\"); make reproduce goes on",
                   run->directory, state);
  gm_status status = GM_OK;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == GM_OK; i++)
    status = gm_report_number_check(run, numbers[i], err);
  if (status == GM_OK)
    status = gm_report_interval_check(run, "energy_low_kwh", "energy_kwh", "energy_high_kwh", err);
  return status == GM_OK
             ? gm_report_interval_check(run, "emissions_low_kg", "emissions_kg", "emissions_high_kg", err)
             : status;
}

/* ---- all of them ------------------------------------------------------ */

/* A fact as text, files without their folders: data that have been moved are the same. */
static const char *fact(const gm_report_run *run, const char *key) {
  struct json_object *member = gm_report_run_member(run, key);
  const char *text = member != NULL ? json_object_get_string(member) : "null";
  const char *slash = strcmp(key, "dataset.name") == 0 ? strrchr(text, '/') : NULL;
  return slash != NULL ? slash + 1 : text;
}

gm_status gm_report_data_check(const gm_report_run *a, const gm_report_run *b, gm_report_freedom free,
                               gm_error *err) {
  static const struct {
    const char *key;
    gm_report_freedom free;
  } facts[] = {{"dataset.name", GM_FREE_NOTHING},       {"dataset.target", GM_FREE_NOTHING},
               {"dataset.unit", GM_FREE_NOTHING},       {"dataset.train", GM_FREE_TRAINING},
               {"dataset.validation", GM_FREE_NOTHING}, {"dataset.test", GM_FREE_NOTHING},
               {"dataset.lead", GM_FREE_LEAD},          {"dataset.base_period", GM_FREE_NOTHING},
               {"dataset.detrend", GM_FREE_NOTHING},    {"dataset.features", GM_FREE_NOTHING}};
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    const char *key = facts[i].key;
    if (facts[i].free != GM_FREE_NOTHING && facts[i].free == free) continue;
    if (strcmp(fact(a, key), fact(b, key)) != 0)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s/run.json: its \"%s\" is %s, that of %s is %s; runs of one study have the same",
                     b->directory, key, fact(b, key), a->directory, fact(a, key));
  }
  return GM_OK;
}

/* Kilograms and kWh of one table are on one basis. */
static gm_status check_basis(const gm_report_run *a, const gm_report_run *b, gm_error *err) {
  static const struct {
    const char *key, *hint;
  } members[] = {{"pue", ""},
                 {"carbon_intensity_g_per_kwh", "; --country ISO3 works all of them out anew"},
                 {"carbon_intensity_year", "; --country ISO3 works all of them out anew"}};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    const double one = gm_report_run_number(a, members[i].key),
                 other = gm_report_run_number(b, members[i].key);
    if (isnan(one) || isnan(other) || one == other) continue;
    return gm_fail(err, GM_BAD_INPUT,
                   "%s/run.json: its \"%s\" is %g, that of %s is %g; runs of one study have the "
                   "same%s",
                   b->directory, members[i].key, other, a->directory, one, members[i].hint);
  }
  return GM_OK;
}

gm_status gm_report_runs_check(const gm_report_runs *study, gm_error *err) {
  const gm_report_run *first = study->runs[GM_RUN_LINEAR_REGRESSION];
  gm_status status = GM_OK;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++) {
    const bool any_lead = kind == GM_RUN_LINEAR_REGRESSION_LEADS || kind == GM_RUN_CNN_LEADS ||
                          kind == GM_RUN_EOF_REGRESSION_LEADS; /* each is checked by the skill curve */
    for (size_t i = 0; i < gm_report_repeats(study, kind) && status == GM_OK; i++) {
      status = gm_report_run_check(&study->runs[kind][i], err);
      if (status == GM_OK && kind != GM_RUN_OTHERS) /* those stand beside nothing */
        status = gm_report_data_check(first, &study->runs[kind][i], any_lead ? GM_FREE_LEAD : GM_FREE_NOTHING,
                                      err);
      if (status == GM_OK && kind != GM_RUN_OTHERS) status = check_basis(first, &study->runs[kind][i], err);
      if (status == GM_OK) status = gm_report_metered_check(&study->runs[kind][i], err);
      if (status == GM_OK) status = gm_report_derived_check(&study->runs[kind][i], err);
      const bool searched = kind == GM_RUN_TUNE || kind == GM_RUN_TUNE_PRUNED;
      if (status == GM_OK && searched)
        status = gm_report_search_check(&study->runs[kind][i], study->results, err);
    }
  }
  return status == GM_OK ? gm_report_rows_check(study, err) : status;
}
