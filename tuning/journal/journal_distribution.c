/* SPDX-License-Identifier: MIT
 * Distributions of journal records: JSON to gm_distribution and back, in all spellings of Optuna's versions.
 */
#include "tuning/journal/journal_distribution.h"

#include "common/csv.h"
#include "common/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* No int64_t reaches this. */
static const double largest_integer = 0x1p63;

/* ---- reading --------------------------------------------------------------- */

/* The classes of Optuna; step is the member's name where a step is taken. */
typedef struct {
  const char *name, *step;
  gm_parameter_kind kind;
  enum { LOG_MEMBER, LINEAR, LOGARITHMIC } scale; /* the member "log", or what the class says */
  bool legacy;
} class;

static const class classes[] = {
    {"FloatDistribution", "step", GM_FLOAT, LOG_MEMBER, 0},
    {"IntDistribution", "step", GM_INT, LOG_MEMBER, 0},
    {"CategoricalDistribution", NULL, GM_CATEGORICAL, LINEAR, 0},
    {"UniformDistribution", NULL, GM_FLOAT, LINEAR, 1},
    {"LogUniformDistribution", NULL, GM_FLOAT, LOGARITHMIC, 1},
    {"DiscreteUniformDistribution", "q", GM_FLOAT, LINEAR, 1},
    {"IntUniformDistribution", "step", GM_INT, LINEAR, 1},
    {"IntLogUniformDistribution", "step", GM_INT, LOGARITHMIC, 1},
    {"float", "step", GM_FLOAT, LOG_MEMBER, 0},
    {"int", "step", GM_INT, LOG_MEMBER, 0},
    {"categorical", NULL, GM_CATEGORICAL, LINEAR, 0},
};
enum { N_CLASSES = sizeof classes / sizeof *classes, FIRST_SHORT = 8 };

/* A choice as a label, in fresh memory; NULL for what can be none. */
static char *label_of(struct json_object *choice) {
  const enum json_type type = json_object_get_type(choice);
  if (type == json_type_array || type == json_type_object) return NULL;
  if (type == json_type_string) return strdup(json_object_get_string(choice));
  const char *text = json_object_to_json_string_ext(choice, JSON_C_TO_STRING_PLAIN);
  char *label = malloc(strlen(text) + 2);
  if (label == NULL) return NULL;
  label[0] = GM_JSON_LABEL;
  strcpy(label + 1, text);
  return label;
}

/* One block: the pointers, then the texts. */
static gm_status parse_choices(struct json_object *members, const char *name, gm_distribution *d,
                               void **labels, gm_error *err) {
  struct json_object *choices;
  if (!json_object_object_get_ex(members, "choices", &choices) ||
      !json_object_is_type(choices, json_type_array))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': its distribution has no list of choices", name);
  const size_t n = json_object_array_length(choices);
  size_t size = n * sizeof(char *);
  for (size_t i = 0; i < n; i++) {
    char *label = label_of(json_object_array_get_idx(choices, i));
    if (label == NULL)
      return gm_fail(err, GM_BAD_INPUT, "parameter '%s': choice %zu is no text, number, truth value or null",
                     name, i);
    size += strlen(label) + 1;
    free(label);
  }
  const char **pointers = malloc(size > 0 ? size : 1);
  if (pointers == NULL) return gm_fail_memory(err, "the choices of a parameter");
  char *text = (char *)(pointers + n);
  for (size_t i = 0; i < n; i++) {
    char *label = label_of(json_object_array_get_idx(choices, i));
    pointers[i] = text;
    if (label != NULL) text = stpcpy(text, label) + 1;
    free(label);
  }
  *labels = pointers;
  *d = gm_choice(n, pointers);
  return GM_OK;
}

/* A member that is a number; a truth value counts as one, as in Python. */
static bool get_number(struct json_object *members, const char *key, double *number) {
  struct json_object *member;
  if (!json_object_object_get_ex(members, key, &member)) return false;
  const enum json_type type = json_object_get_type(member);
  if (type != json_type_int && type != json_type_double && type != json_type_boolean) return false;
  *number = json_object_get_double(member);
  return true;
}

static gm_status parse_range(const class *c, struct json_object *members, const char *name,
                             gm_distribution *d, gm_error *err) {
  struct json_object *member;
  *d = (gm_distribution){.kind = c->kind, .legacy = c->legacy, .step = c->kind == GM_INT ? 1.0 : 0.0};
  if (!get_number(members, "low", &d->low) || !get_number(members, "high", &d->high))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': its distribution has no numbers low and high", name);
  d->log = c->scale == LOGARITHMIC;
  if (c->scale == LOG_MEMBER && json_object_object_get_ex(members, "log", &member))
    d->log = json_object_get_boolean(member) != 0;
  if (c->step == NULL || !json_object_object_get_ex(members, c->step, &member) || member == NULL)
    return GM_OK;
  if (!get_number(members, c->step, &d->step) || !(d->step > 0.0))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': expected a step above 0 or null", name);
  return GM_OK;
}

static gm_status parse_object(struct json_object *root, const char *name, gm_distribution *d, void **labels,
                              gm_error *err) {
  const char *class_name = gm_json_text(root, "name"), *type = gm_json_text(root, "type");
  const class *c = NULL;
  struct json_object *members = root;
  for (size_t i = 0; i < N_CLASSES && c == NULL; i++) {
    const char *wanted = i < FIRST_SHORT ? class_name : class_name == NULL ? type : NULL;
    if (wanted != NULL && strcmp(wanted, classes[i].name) == 0) c = &classes[i];
  }
  if (c == NULL)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': unknown distribution '%s'", name,
                   class_name != NULL ? class_name
                   : type != NULL     ? type
                                      : "");
  if (class_name != NULL && (!json_object_object_get_ex(root, "attributes", &members) ||
                             !json_object_is_type(members, json_type_object)))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': its distribution has no attributes", name);
  if (c->kind == GM_CATEGORICAL) return parse_choices(members, name, d, labels, err);
  return parse_range(c, members, name, d, err);
}

gm_status gm_journal_distribution_parse(const char *text, const char *name, gm_distribution *distribution,
                                        void **labels, gm_error *err) {
  *labels = NULL;
  struct json_object *root = json_tokener_parse(text);
  gm_status status = GM_OK;
  if (!json_object_is_type(root, json_type_object))
    status = gm_fail(err, GM_BAD_INPUT, "parameter '%s': its distribution is no JSON object", name);
  if (status == GM_OK) status = parse_object(root, name, distribution, labels, err);
  if (status == GM_OK) status = gm_distribution_check(distribution, name, err);
  json_object_put(root);
  if (status == GM_OK) return GM_OK;
  free(*labels);
  *labels = NULL;
  return status;
}

/* ---- writing --------------------------------------------------------------- */

struct json_object *gm_journal_float(double value) {
  char text[GM_DOUBLE_TEXT + 2];
  if (!isfinite(value)) return json_object_new_double(value);
  gm_format_double(value, text);
  if (strpbrk(text, ".e") == NULL) strcat(text, ".0");
  return json_object_new_double_s(value, text);
}

static struct json_object *choice_of(const char *label) {
  return label[0] == GM_JSON_LABEL ? json_tokener_parse(label + 1) : json_object_new_string(label);
}

static struct json_object *range_attributes(const gm_distribution *d) {
  struct json_object *a = json_object_new_object();
  const bool is_float = d->kind == GM_FLOAT;
  struct json_object *step = is_float ? NULL : json_object_new_int64((int64_t)d->step);
  if (is_float && d->step != 0.0) step = gm_journal_float(d->step);
  json_object_object_add(a, "log", json_object_new_boolean(d->log));
  json_object_object_add(a, "step", step);
  json_object_object_add(a, "low",
                         is_float ? gm_journal_float(d->low) : json_object_new_int64((int64_t)d->low));
  json_object_object_add(a, "high",
                         is_float ? gm_journal_float(d->high) : json_object_new_int64((int64_t)d->high));
  return a;
}

static struct json_object *choice_attributes(const gm_distribution *d) {
  struct json_object *a = json_object_new_object(), *choices = json_object_new_array();
  for (size_t i = 0; i < d->n_choices; i++)
    json_object_array_add(choices,
                          d->choices != NULL ? choice_of(d->choices[i]) : json_object_new_int64((int64_t)i));
  json_object_object_add(a, "choices", choices);
  return a;
}

char *gm_journal_distribution_text(const gm_distribution *d) {
  static const char *const names[] = {[GM_FLOAT] = "FloatDistribution",
                                      [GM_INT] = "IntDistribution",
                                      [GM_CATEGORICAL] = "CategoricalDistribution"};
  struct json_object *root = json_object_new_object();
  if (root == NULL) return NULL;
  gm_json_add_text(root, "name", names[d->kind]);
  json_object_object_add(root, "attributes",
                         d->kind == GM_CATEGORICAL ? choice_attributes(d) : range_attributes(d));
  char *text = strdup(json_object_to_json_string_ext(root, JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(root);
  return text;
}

/* ---- values ---------------------------------------------------------------- */

gm_status gm_journal_internal_value(const gm_distribution *d, const char *name, struct json_object *external,
                                    double *value, gm_error *err) {
  const enum json_type type = json_object_get_type(external);
  if (d->kind != GM_CATEGORICAL) {
    *value = type == json_type_int || type == json_type_double || type == json_type_boolean
                 ? json_object_get_double(external)
                 : NAN;
    if (d->kind == GM_INT) *value = fabs(*value) < largest_integer ? trunc(*value) : NAN;
    if (isfinite(*value) && (!d->log || *value > 0.0)) return GM_OK;
  } else {
    char *label = label_of(external);
    for (size_t i = 0; label != NULL && d->choices != NULL && i < d->n_choices; i++) {
      const gm_distribution one = gm_choice(1, &d->choices[i]);
      const gm_distribution other = gm_choice(1, (const char *const *)&label);
      if (!gm_distribution_compatible(&one, &other)) continue;
      free(label);
      *value = (double)i;
      return GM_OK;
    }
    free(label);
  }
  return gm_fail(err, GM_BAD_INPUT, "parameter '%s': the value %s is not possible", name,
                 json_object_to_json_string_ext(external, JSON_C_TO_STRING_PLAIN));
}

struct json_object *gm_journal_external_value(const gm_distribution *d, double value) {
  if (d->kind == GM_FLOAT) return gm_journal_float(value);
  if (d->kind == GM_INT) return json_object_new_int64((int64_t)value);
  return d->choices != NULL ? choice_of(d->choices[(size_t)value]) : json_object_new_int64((int64_t)value);
}
