/* SPDX-License-Identifier: MIT
 * Questions to a study in a journal, which is only read: why TPE likes or dislikes some parameters, which
 * ones matter, what pruners would have saved; the rest is in export.c. */
#include "experiments/tune/program.h"

#include "common/suggestion.h"
#include "tuning/importance.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/samplers/tpe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- --explain ------------------------------------------------------------------------ */

enum { LARGEST_EXPLAINED = 32 };

typedef struct {
  size_t n;
  const gm_parameter *parameters[LARGEST_EXPLAINED];
  double values[LARGEST_EXPLAINED]; /* internal */
} point;

/* The parameter as the last trial that has it knows it. */
static const gm_parameter *find_parameter(const gm_study_record *study, const char *name) {
  const char *shared = gm_search_space_name(&study->space, name);
  for (size_t i = study->history.n_trials; shared != NULL && i > 0; i--) {
    const gm_assignment *found = gm_assignments_find(&study->history.trials[i - 1]->parameters, shared);
    if (found != NULL) return found->parameter;
  }
  return NULL;
}

/* A value as the user writes it: a number, or one of the choices. */
static gm_status parse_value(const gm_parameter *parameter, const char *text, double *value, gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  struct json_object *external = d->kind == GM_CATEGORICAL ? json_object_new_string(text) : NULL;
  double number;
  const bool whole = external == NULL && gm_parse_double(text, &number) &&
                     (d->kind != GM_INT || number == trunc(number)); /* 1.5 is no integer, and not 1 */
  if (whole) external = json_object_new_double(number);
  gm_status status = gm_journal_internal_value(d, parameter->name, external, value, NULL);
  json_object_put(external);
  if (status != GM_OK && d->kind == GM_CATEGORICAL) { /* a choice that is a number or a truth value */
    external = json_tokener_parse(text);
    status = gm_journal_internal_value(d, parameter->name, external, value, NULL);
    json_object_put(external);
  }
  if (status == GM_OK && gm_distribution_contains(d, *value)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "--explain: %s=%s is not in the range of that parameter", parameter->name,
                 text);
}

static gm_status parse_point(const gm_study_record *study, char *text, point *p, gm_error *err) {
  char *rest = NULL;
  p->n = 0;
  for (char *item = strtok_r(text, ",", &rest); item != NULL; item = strtok_r(NULL, ",", &rest)) {
    char *equals = strchr(item, '=');
    if (equals == NULL || p->n == LARGEST_EXPLAINED)
      return gm_fail(err, GM_BAD_INPUT, "--explain: expected NAME=VALUE[,NAME=VALUE…], got \"%s\"", item);
    *equals = '\0';
    p->parameters[p->n] = find_parameter(study, item);
    if (p->parameters[p->n] == NULL)
      return gm_fail(err, GM_BAD_INPUT, "--explain: no trial of study '%s' has a parameter '%s'", study->name,
                     item);
    const gm_status status = parse_value(p->parameters[p->n], equals + 1, &p->values[p->n], err);
    if (status != GM_OK) return status;
    p->n++;
  }
  return p->n > 0 ? GM_OK : gm_fail(err, GM_BAD_INPUT, "--explain: expected NAME=VALUE[,NAME=VALUE…]");
}

static struct json_object *numbers_of(const gm_history *history, size_t n, const uint32_t *places) {
  struct json_object *list = json_object_new_array();
  for (size_t i = 0; i < n; i++)
    json_object_array_add(list, json_object_new_int64(history->trials[places[i]]->number));
  return list;
}

static void print_explanation(const gm_study_record *study, const point *p, gm_tpe_model *model, FILE *out) {
  struct json_object *object = json_object_new_object(), *values = json_object_new_object();
  double log_l, log_g;
  gm_parzen_log_density(&model->below, 1, p->values, &log_l);
  gm_parzen_log_density(&model->above, 1, p->values, &log_g);
  for (size_t i = 0; i < p->n; i++)
    json_object_object_add(values, p->parameters[i]->name,
                           gm_journal_external_value(&p->parameters[i]->distribution, p->values[i]));
  gm_json_add_text(object, "study", study->name);
  json_object_object_add(object, "parameters", values);
  gm_json_add_number(object, "log_l", log_l);
  gm_json_add_number(object, "log_g", log_g);
  gm_json_add_number(object, "score", log_l - log_g);
  gm_json_add_integer(object, "n_finished", (int64_t)gm_history_count_finished(&study->history));
  gm_json_add_integer(object, "n_below", (int64_t)model->groups.n_below);
  gm_json_add_integer(object, "n_above", (int64_t)model->groups.n_above);
  json_object_object_add(object, "below",
                         numbers_of(&study->history, model->groups.n_below, model->groups.below));
  json_object_object_add(object, "above",
                         numbers_of(&study->history, model->groups.n_above, model->groups.above));
  gm_tune_print(out, object);
}

/* The densities of the parameters that are given, jointly, as the next trial's sampler would have them. */
static gm_status explain(const gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err) {
  point p;
  char *text = strdup(t->explain);
  gm_status status = text == NULL ? gm_fail_memory(err, "a list") : parse_point(study, text, &p, err);
  free(text);
  if (status != GM_OK) return status;
  gm_tpe_model model = {0};
  status = gm_tpe_model_build(&model, &study->history, NULL, t->study_config.sampler.constant_liar, p.n,
                              p.parameters, err);
  if (status == GM_OK) print_explanation(study, &p, &model, out);
  gm_tpe_model_free(&model);
  return status;
}

/* ---- --replay ---------------------------------------------------------------------------- */

/* Nothing is printed when one of the pruners is wrong. */
static gm_status print_replay(const gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err) {
  char *text = NULL;
  size_t size = 0;
  gm_csv_writer csv = {.file = {.stream = open_memstream(&text, &size)}};
  if (csv.file.stream == NULL) return gm_fail_memory(err, "the replay");
  const bool sweep = strcmp(t->replay, "sweep") == 0;
  gm_pruner_config pruner = t->study_config.pruner;
  pruner.study_name = t->study_name;
  gm_status status = sweep ? gm_tune_put_sweep(&pruner, &study->history, &csv, err)
                           : gm_tune_put_replay(&pruner, &study->history, t->replay, &csv, err);
  if (fclose(csv.file.stream) != 0 && status == GM_OK) status = gm_fail_memory(err, "the replay");
  if (status == GM_OK) fprintf(out, "%s\n%s", sweep ? GM_TUNE_SWEEP_HEADER : GM_TUNE_REPLAY_HEADER, text);
  free(text);
  return status;
}

/* ---- --importance ------------------------------------------------------------------------- */

/* Fewer of the best say little (optuna.importance.PedAnovaImportanceEvaluator's own advice). */
enum { FEW = 5 };

static gm_status print_importance(gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err) {
  gm_importances found;
  gm_status status = gm_study_importances(study, &found, err);
  if (status != GM_OK) return status;
  if (found.n_best < FEW) {
    char text[160];
    snprintf(
        text, sizeof text,
        "importance: only %zu of %zu complete trials are in the best tenth: with fewer than %d it is a guess",
        found.n_best, found.n_trials, FEW);
    gm_experiment_warn(&t->experiment, text);
  }
  gm_csv_writer csv = {.file = {.stream = out}};
  fputs("parameter,importance,divergence,trials\n", out);
  for (size_t i = 0; i < found.n; i++) {
    gm_csv_put_text(&csv, found.of[i].name);
    gm_csv_put_number(&csv, found.of[i].importance);
    gm_csv_put_number(&csv, found.of[i].divergence);
    gm_csv_put_integer(&csv, (int64_t)found.of[i].n_trials);
    gm_csv_end_row(&csv);
  }
  gm_importances_free(&found);
  return GM_OK;
}

/* ---- all of them -------------------------------------------------------------------------- */

static gm_status find_study(const gm_tune *t, const gm_study_record **study, gm_error *err) {
  const gm_journal_replay *contents = gm_journal_contents(t->journal);
  char names[256] = "";
  *study = gm_journal_find_study(contents, t->study_name);
  if (*study != NULL) return GM_OK;
  for (size_t i = 0; i < contents->n_studies; i++) {
    const size_t n = strlen(names);
    if (!contents->studies[i]->deleted)
      snprintf(names + n, sizeof names - n, "%s'%s'", n > 0 ? ", " : "", contents->studies[i]->name);
  }
  return gm_fail(err, GM_BAD_INPUT, "%s: no study '%s' in it; it has %s", t->journal_location, t->study_name,
                 names[0] != '\0' ? names : "none");
}

/* Questions that one objective, or at most two, can answer. */
static gm_status check_objectives(const gm_tune *t, const gm_study_record *study, gm_error *err) {
  const size_t n = study->history.n_objectives;
  const char *question = n != 1 && t->replay != NULL   ? "--replay compares trials by one objective"
                         : n > 2 && t->explain != NULL ? "--explain splits trials by one objective or two"
                         : n == 0                      ? "expected at least one"
                                                       : NULL;
  const bool judges = t->importance || t->plots != NULL || t->explain != NULL;
  if (question == NULL) return judges ? gm_history_check_values(&study->history, err) : GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: study '%s' has %zu objectives: %s", t->journal_location, study->name,
                 n, question);
}

static gm_status answer(gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err) {
  gm_status status = check_objectives(t, study, err);
  if (status == GM_OK && t->best) status = gm_tune_print_best(study, out, err);
  if (status == GM_OK && t->export_format != NULL) gm_tune_export(study, t->export_format, out);
  if (status == GM_OK && t->importance) status = print_importance(t, study, out, err);
  if (status == GM_OK && t->plots != NULL) status = gm_tune_plot(t, study, out, err);
  if (status == GM_OK && t->explain != NULL) status = explain(t, study, out, err);
  if (status == GM_OK && t->replay != NULL) status = print_replay(t, study, out, err);
  if (status == GM_OK && (fflush(out) != 0 || ferror(out) != 0))
    status = gm_fail(err, GM_IO_ERROR, "cannot write the answer");
  return status;
}

gm_status gm_tune_inspect(gm_tune *t, FILE *out, gm_error *err) {
  const gm_study_record *study;
  if (t->journal_location == NULL)
    return gm_fail(
        err, GM_BAD_INPUT,
        "--best, --export, --explain, --importance, --plots, --replay and --studies need --journal");
  if (t->export_format != NULL && strcmp(t->export_format, "csv") != 0 &&
      strcmp(t->export_format, "json") != 0) {
    gm_fail(err, GM_BAD_INPUT, "--export: expected csv or json, got \"%s\"", t->export_format);
    return gm_suggest(err, t->export_format, strlen(t->export_format), "csv or json");
  }
  gm_status status = gm_tune_open_journal(t, true, err);
  if (status != GM_OK) return status;
  gm_error damage = {GM_OK, ""};
  const gm_status read = gm_journal_sync(t->journal, &damage); /* what came before a damage is answered for */
  if (t->studies) gm_tune_list_studies(gm_journal_contents(t->journal), out);
  const bool more = t->best || t->importance || t->plots != NULL || t->export_format != NULL ||
                    t->explain != NULL || t->replay != NULL;
  if (more) status = find_study(t, &study, err);
  if (more && status == GM_OK) status = answer(t, study, out, err);
  if (read == GM_OK) return status;
  *err = damage;
  return read;
}
