/* SPDX-License-Identifier: MIT
 * Whether peers/stacks.json is what study.py writes: every row that the table has, and in it numbers that can
 * be. What is not known of an error is null and shown as such; a time or an energy without one is no row. */
#include "experiments/report/stacks.h"

#include <math.h>
#include <string.h>

static const char stacks_schema[] = "greenmile-stacks-5";
/* In 1 and 2 Python's searches tried other trials, in 1 to 3 our runs were those of the study; 4 does not say
 * of which build, machine and threads they are. */
static const char *const earlier_schemas[] = {"greenmile-stacks-1", "greenmile-stacks-2",
                                              "greenmile-stacks-3", "greenmile-stacks-4"};

bool gm_stacks_is_earlier(const gm_report_run *stacks) {
  const char *schema = gm_report_run_text(stacks, "schema");
  for (size_t i = 0; i < COUNT(earlier_schemas); i++)
    if (schema != NULL && strcmp(schema, earlier_schemas[i]) == 0) return true;
  return false;
}

/* ---- members ----------------------------------------------------------------- */

/* An object of the file, and what its members' names begin with in a message. */
typedef struct {
  const char *path, *prefix;
  gm_report_run run;
} part;

static gm_status refuse(const part *p, const char *key, const char *expected, gm_error *err) {
  struct json_object *value = gm_report_run_member(&p->run, key);
  return gm_fail(err, GM_BAD_INPUT, "%s: \"%s%s\" is %.40s; expected %s", p->path, p->prefix, key,
                 value != NULL ? json_object_get_string(value) : "null or missing", expected);
}

static gm_status check_positive(const part *p, const char *key, gm_error *err) {
  const double number = gm_report_run_number(&p->run, key);
  return isfinite(number) && number > 0 ? GM_OK : refuse(p, key, "a positive number", err);
}

static gm_status check_not_negative(const part *p, const char *key, gm_error *err) {
  const double number = gm_report_run_number(&p->run, key);
  if (gm_report_run_member(&p->run, key) == NULL || (isfinite(number) && number >= 0)) return GM_OK;
  return refuse(p, key, "a finite number that is not negative, or null", err);
}

static gm_status check_energy(const part *p, gm_error *err) {
  const double rounding = 1e-9, low = gm_report_run_number(&p->run, "process_energy_low_kwh"),
               value = gm_report_run_number(&p->run, "process_energy_kwh"),
               high = gm_report_run_number(&p->run, "process_energy_high_kwh");
  if (low <= value * (1 + rounding) && value <= high * (1 + rounding)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: \"%sprocess_energy_kwh\" is %g, which is not between its bounds \"_low\" %g and "
                 "\"_high\" %g",
                 p->path, p->prefix, value, low, high);
}

/* Null, which must be there, where the load of the machine could not be known. */
static gm_status check_busy(const part *p, gm_error *err) {
  struct json_object *busy = NULL;
  if (json_object_object_get_ex(p->run.json, "machine_busy", &busy) &&
      (busy == NULL || json_object_is_type(busy, json_type_boolean)))
    return GM_OK;
  return refuse(p, "machine_busy", "true or false, or null where the load was not known", err);
}

/* ---- rows ---------------------------------------------------------------------- */

/* A whole program, theirs or ours. */
static gm_status check_program(const part *p, gm_error *err) {
  static const char *const positive[] = {"process_duration_s", "process_cpu_s", "process_energy_low_kwh",
                                         "process_energy_kwh", "process_energy_high_kwh"};
  static const char *const not_negative[] = {"duration_s", "epochs", "rmse_validation", "rmse_test"};
  gm_status status = GM_OK;
  for (size_t i = 0; i < COUNT(positive) && status == GM_OK; i++)
    status = check_positive(p, positive[i], err);
  for (size_t i = 0; i < COUNT(not_negative) && status == GM_OK; i++)
    status = check_not_negative(p, not_negative[i], err);
  if (status == GM_OK) status = check_energy(p, err);
  return status == GM_OK ? check_busy(p, err) : status;
}

/* A row of a model with our run before it, and of a search the trials in it. */
static gm_status check_row(const char *path, const char *key, const gm_report_run *row, bool is_search,
                           gm_error *err) {
  const gm_report_run turn = gm_stacks_turn(row);
  char theirs[80], ours[80];
  snprintf(theirs, sizeof theirs, "%s.", key);
  snprintf(ours, sizeof ours, "%s.greenmile.", key);
  if (!json_object_is_type(row->json, json_type_object) || !json_object_is_type(turn.json, json_type_object))
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: expected \"%s\" as an object, with \"greenmile\", its run just before, as another",
                   path, key);
  gm_status status = check_program(&(part){path, theirs, *row}, err);
  if (status == GM_OK) status = check_program(&(part){path, ours, turn}, err);
  if (status == GM_OK && is_search &&
      (!json_object_is_type(gm_report_run_member(row, "trials"), json_type_array) ||
       !isfinite(gm_report_run_number(row, "epochs"))))
    return gm_fail(err, GM_BAD_INPUT, "%s: expected \"%s\" with \"trials\" and their \"epochs\"", path, key);
  return status;
}

gm_status gm_stacks_check(const char *path, const gm_report_run *stacks, gm_error *err) {
  const char *schema = gm_report_run_text(stacks, "schema");
  if (gm_stacks_is_earlier(stacks)) return GM_OK;
  if (schema == NULL || strcmp(schema, stacks_schema) != 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected \"schema\": \"%s\"; scripts/peers/study.py writes it",
                   path, stacks_schema);
  const part whole = {path, "", *stacks};
  gm_status status = check_positive(&whole, "threads", err);
  if (status == GM_OK) status = check_positive(&whole, "best.threads", err);
  if (status == GM_OK &&
      !json_object_is_type(gm_report_run_member(stacks, "energy_measured"), json_type_boolean))
    status = refuse(&whole, "energy_measured", "true or false", err);
  for (size_t i = 1; i < GM_STACKS_SIDES; i++)
    for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODEL_CLIMATOLOGY && status == GM_OK; m++) {
      const gm_report_run_kind kind = gm_report_model_run(m);
      char key[64];
      const gm_report_run row = gm_stacks_row(stacks, i, kind, key);
      if (kind == GM_RUN_CNN_STRUCTURED) continue;
      status = check_row(path, key, &row, kind == GM_RUN_TUNE || kind == GM_RUN_TUNE_PRUNED, err);
    }
  return status;
}
