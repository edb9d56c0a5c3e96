/* SPDX-License-Identifier: MIT
 * The list of what a model's input is made from. */
#include "experiments/run/model_input.h"

#include "common/csv.h"
#include "experiments/run/samples_checksum.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum { TEXT, INTEGER, FLAG } kind;

typedef enum {
  INPUT,  /* must be the model's */
  SOURCE, /* must be of the model's kind, but a file may have moved: its content is checked */
  PERIOD, /* what is forecast; free */
} role;

typedef struct {
  const char *key, *option; /* in the model's file, on the command line */
  kind kind;
  role role;
  size_t offset; /* in gm_experiment_options */
} field;

#define AT(member) offsetof(gm_experiment_options, member)

static const field fields[] = {
    {"dataset", "dataset", TEXT, SOURCE, AT(dataset)},
    {"csv", "csv", TEXT, SOURCE, AT(csv)},
    {"sst", "sst", TEXT, SOURCE, AT(map.sst)},
    {"date_column", "date-column", TEXT, INPUT, AT(date_column)},
    {"target", "target", TEXT, INPUT, AT(target)},
    {"features", "features", TEXT, INPUT, AT(features)},
    {"missing", "missing", TEXT, INPUT, AT(missing)},
    {"layout", "layout", TEXT, INPUT, AT(layout)},
    {"base_period", "base-period", TEXT, INPUT, AT(base_period)},
    {"detrend", "detrend", FLAG, INPUT, AT(detrend)},
    {"monthly_mean", "monthly-mean", FLAG, INPUT, AT(map.monthly_mean)},
    {"variable", "variable", TEXT, INPUT, AT(map.variable)},
    {"box", "box", TEXT, INPUT, AT(map.box)},
    {"index", "index", TEXT, INPUT, AT(map.index)},
    {"eof", "eof", INTEGER, INPUT, AT(map.eof)},
    {"three_month_mean", "three-month-mean", FLAG, INPUT, AT(map.three_month_mean)},
    {"lead", "lead", INTEGER, INPUT, AT(lead)},
    {"time_steps", "time-steps", INTEGER, INPUT, AT(time_steps)},
    {"train", "train", TEXT, INPUT, AT(train)},
    {"validation", "validation", TEXT, PERIOD, AT(validation)},
    {"test", "test", TEXT, PERIOD, AT(test)},
};
enum { N_FIELDS = sizeof fields / sizeof *fields, NUMBER_TEXT = 24 };

static const char checksum_key[] = "training_samples", unit_key[] = "unit";

bool gm_model_input_knows(const char *option) {
  for (size_t i = 0; i < N_FIELDS; i++)
    if (strcmp(fields[i].option, option) == 0) return true;
  return false;
}

/* The option's value as text, NULL where it is not set. */
static const char *value_of(const gm_experiment_options *o, const field *f, char number[NUMBER_TEXT]) {
  const char *member = (const char *)o + f->offset;
  if (f->kind == TEXT) return *(const char *const *)member;
  if (f->kind == FLAG) return *(const bool *)member ? "true" : NULL;
  snprintf(number, NUMBER_TEXT, "%" PRId64, *(const int64_t *)member);
  return number;
}

/* ---- writing ----------------------------------------------------------------------- */

static void add_options(const gm_experiment *e, bool places, struct json_object *object) {
  for (size_t i = 0; i < N_FIELDS; i++) {
    char number[NUMBER_TEXT];
    const bool is_place = fields[i].role == SOURCE && fields[i].offset != AT(dataset);
    const char *value = is_place && !places ? NULL : value_of(&e->options, &fields[i], number);
    if (value != NULL) gm_json_add_text(object, fields[i].key, value);
  }
  const char *unit = gm_experiment_unit(e);
  if (unit != NULL) gm_json_add_text(object, unit_key, unit);
}

gm_status gm_data_identity(const gm_experiment *e, const gm_samples *samples, struct json_object *object,
                           gm_error *err) {
  add_options(e, false, object);
  for (int s = 0; s < GM_N_SPLITS; s++) {
    char key[32], digits[GM_CHECKSUM_TEXT];
    const gm_status status = gm_samples_checksum(samples, (gm_split_name)s, digits, err);
    if (status != GM_OK) return status;
    snprintf(key, sizeof key, "%s_samples", gm_split_text((gm_split_name)s));
    gm_json_add_text(object, key, digits);
  }
  return GM_OK;
}

/* Of the training samples; where patterns have been learned, of the maps they were learned on, whose
 * values do not depend on a library's rounding. */
static gm_status training_checksum(const gm_experiment *e, const gm_samples *samples,
                                   char digits[GM_CHECKSUM_TEXT], gm_error *err) {
  if (e->map.training_maps[0] == '\0') return gm_samples_checksum(samples, GM_TRAIN, digits, err);
  strcpy(digits, e->map.training_maps);
  return GM_OK;
}

struct json_object *gm_model_input(const gm_experiment *e, const gm_samples *samples, gm_error *err) {
  char digits[GM_CHECKSUM_TEXT], number[NUMBER_TEXT];
  if (training_checksum(e, samples, digits, err) != GM_OK) return NULL;
  struct json_object *input = json_object_new_object();
  add_options(e, true, input);
  snprintf(number, sizeof number, "%zu", samples->time_steps); /* of a search: the best trial's */
  gm_json_add_text(input, "time_steps", number);
  gm_json_add_text(input, checksum_key, digits);
  gm_json_add_text(input, "written_by", "greenmile");
  gm_json_add_text(input, "version", gm_version());
  return input;
}

/* ---- reading ------------------------------------------------------------------------- */

/* Whether the command line sets an option whose default cannot be told from a value. */
static bool on_command_line(const gm_experiment *e, const char *option) {
  const size_t n = strlen(option);
  for (int i = 1; i < e->argc; i++) {
    const char *argument = e->own_argv[i];
    if (strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, option, n) == 0 &&
        (argument[2 + n] == '\0' || argument[2 + n] == '='))
      return true;
  }
  return false;
}

/* "--csv a.csv", from the model's file. */
static void source_of(const struct json_object *input, char *text, size_t size) {
  snprintf(text, size, "no data it names");
  for (size_t i = 0; i < N_FIELDS; i++) {
    const char *value = fields[i].role == SOURCE ? gm_json_text(input, fields[i].key) : NULL;
    if (value != NULL) snprintf(text, size, "--%s %s", fields[i].option, value);
  }
}

static gm_status contradicts(const field *f, const char *model, const char *given,
                             const struct json_object *input, gm_error *err) {
  char of_model[256];
  const char *value = gm_json_text(input, f->key);
  if (f->role == SOURCE)
    source_of(input, of_model, sizeof of_model);
  else if (value == NULL)
    snprintf(of_model, sizeof of_model, "none");
  else
    snprintf(of_model, sizeof of_model, "%s", value);
  if (f->kind == FLAG) return gm_fail(err, GM_BAD_INPUT, "--%s: %s was made without it", f->option, model);
  return gm_fail(err, GM_BAD_INPUT, "--%s %s: %s was made with %s", f->option, given, model, of_model);
}

/* Puts the model's value into the option. */
static gm_status set(gm_experiment_options *o, const field *f, const char *model, const char *value,
                     gm_error *err) {
  char *member = (char *)o + f->offset;
  int64_t number;
  if (f->kind == TEXT) {
    *(const char **)member = value;
  } else if (f->kind == FLAG) {
    *(bool *)member = strcmp(value, "true") == 0;
  } else if (gm_parse_integer(value, &number) && number >= (f->offset == AT(map.eof) ? 0 : 1)) {
    *(int64_t *)member = number;
  } else {
    return gm_fail(err, GM_BAD_INPUT, "%s: \"%s\": expected a whole number of at least 1, got \"%.40s\"",
                   model, f->key, value);
  }
  return GM_OK;
}

/* Whether an option of the command line says what the model's file says. */
static bool agrees(const field *f, const char *given, const char *value, const struct json_object *input) {
  if (f->role == PERIOD) return true;
  if (f->role == SOURCE) return value != NULL && (f->offset != AT(dataset) || strcmp(given, value) == 0);
  if (value == NULL && f->offset == AT(features)) value = gm_json_text(input, "target"); /* its default */
  return value != NULL && strcmp(given, value) == 0;
}

gm_status gm_model_input_take(gm_experiment *e, const char *model, const struct json_object *input,
                              gm_error *err) {
  char number[NUMBER_TEXT], sentence[GM_ERROR_LENGTH];
  const bool ours = input != NULL && gm_json_text(input, "written_by") != NULL;
  gm_status status = GM_OK;
  bool source_given = false;
  for (size_t i = 0; i < N_FIELDS; i++)
    source_given |= fields[i].role == SOURCE && value_of(&e->options, &fields[i], number) != NULL;
  for (size_t i = 0; input != NULL && status == GM_OK && i < N_FIELDS; i++) {
    const field *f = &fields[i];
    const char *value = gm_json_text(input, f->key), *given = value_of(&e->options, f, number);
    if (f->kind == INTEGER && !on_command_line(e, f->option)) given = NULL;
    if (given != NULL && !agrees(f, given, value, input) && (ours || value != NULL))
      status = contradicts(f, model, given, input, err);
    else if (given == NULL && value != NULL && !(f->role == SOURCE && source_given))
      status = set(&e->options, f, model, value, err);
  }
  if (status == GM_OK && (input == NULL || gm_json_text(input, checksum_key) == NULL)) {
    snprintf(sentence, sizeof sentence,
             "%s does not say which data it was made from: features, anomalies and units are those of the "
             "command line, unchecked.",
             model);
    gm_experiment_warn(e, sentence);
  }
  return status;
}

/* ---- checking ------------------------------------------------------------------------- */

gm_status gm_model_input_check(const gm_experiment *e, const char *model, const struct json_object *input,
                               gm_error *err) {
  const char *digits = input != NULL ? gm_json_text(input, checksum_key) : NULL;
  char now[GM_CHECKSUM_TEXT], source[256];
  if (digits == NULL) return GM_OK;
  const char *unit = gm_experiment_unit(e), *made_in = gm_json_text(input, unit_key);
  if ((unit == NULL) != (made_in == NULL) || (unit != NULL && strcmp(unit, made_in) != 0))
    return gm_fail(err, GM_BAD_INPUT, "%s: made from data in %s, these are in %s", model,
                   made_in != NULL ? made_in : "no stated unit", unit != NULL ? unit : "no stated unit");
  const gm_status status = training_checksum(e, &e->samples, now, err);
  if (status != GM_OK || strcmp(now, digits) == 0) return status;
  source_of(input, source, sizeof source);
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: made from other data: the training samples of %s had the checksum %s, those of %s have %s", model,
      source, digits, gm_experiment_source(e), now);
}
