/* SPDX-License-Identifier: MIT
 * What changes a study without training: trials for its queue, and the end of trials whose workers have told
 * nothing for too long. */
#include "experiments/tune/program.h"
#include "tuning/journal/journal_distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The value that `text` gives a parameter of the search, as Python sees it; NULL: none that is possible. */
static struct json_object *value_of(const gm_parameter *parameter, const char *text) {
  const gm_distribution *d = &parameter->distribution;
  struct json_object *external = NULL;
  double number, internal;
  int64_t whole;
  if (d->kind == GM_CATEGORICAL)
    external = json_object_new_string(text);
  else if (d->kind == GM_INT && gm_parse_integer(text, &whole))
    external = json_object_new_int64(whole);
  else if (d->kind == GM_FLOAT && gm_parse_double(text, &number))
    external = gm_journal_float(number);
  if (external != NULL && gm_journal_internal_value(d, parameter->name, external, &internal, NULL) == GM_OK &&
      gm_distribution_contains(d, internal))
    return external;
  json_object_put(external);
  return NULL;
}

/* NAME=VALUE[,NAME=VALUE…] as an object; parameters that are left out will be drawn. */
static gm_status parse_fixed(const gm_tune *t, struct json_object *fixed, gm_error *err) {
  char *text = strdup(t->enqueue), *rest = NULL;
  gm_status status = text == NULL ? gm_fail_memory(err, "a list") : GM_OK;
  for (char *item = text != NULL ? strtok_r(text, ",", &rest) : NULL; status == GM_OK && item != NULL;
       item = strtok_r(NULL, ",", &rest)) {
    char *equals = strchr(item, '=');
    const gm_parameter *parameter = NULL;
    if (equals != NULL) *equals = '\0';
    for (size_t i = 0; equals != NULL && i < t->n_space && parameter == NULL; i++)
      if (strcmp(t->space[i].name, item) == 0) parameter = &t->space[i];
    struct json_object *value = parameter != NULL ? value_of(parameter, equals + 1) : NULL;
    if (value != NULL)
      json_object_object_add(fixed, item, value);
    else
      status = gm_fail(err, GM_BAD_INPUT,
                       "--enqueue: %s%s%s: expected NAME=VALUE of a parameter that is searched, in its range",
                       item, equals != NULL ? "=" : "", equals != NULL ? equals + 1 : "");
  }
  free(text);
  return status;
}

static gm_status enqueue(gm_tune *t, FILE *out, gm_error *err) {
  struct json_object *fixed = json_object_new_object();
  gm_status status = parse_fixed(t, fixed, err);
  if (status == GM_OK) status = gm_study_enqueue(t->study, json_object_get(fixed), err);
  if (status == GM_OK) fprintf(out, "%s\n", json_object_to_json_string_ext(fixed, JSON_C_TO_STRING_PLAIN));
  json_object_put(fixed);
  return status;
}

gm_status gm_tune_change(gm_tune *t, FILE *out, gm_error *err) {
  if (t->journal_location == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--enqueue and --bury-older-than need --journal");
  gm_status status = gm_tune_open_journal(t, false, err);
  if (status == GM_OK) status = gm_journal_sync(t->journal, err);
  if (status == GM_OK) gm_tune_adopt_objectives(t);
  if (status == GM_OK) status = gm_study_open(&t->study_config, t->journal, t->study_name, &t->study, err);
  if (status == GM_OK && t->enqueue != NULL) status = enqueue(t, out, err);
  if (status == GM_OK && !isnan(t->bury_older_s)) {
    size_t n;
    status = gm_study_bury(t->study, t->bury_older_s, &n, err);
    if (status == GM_OK) fprintf(out, "%zu\n", n);
  }
  if (status == GM_OK && (fflush(out) != 0 || ferror(out) != 0))
    status = gm_fail(err, GM_IO_ERROR, "cannot write the answer");
  return status;
}
