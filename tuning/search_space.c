/* SPDX-License-Identifier: MIT
 * Distributions: checks, grid, domain; and the parameters of a study. */
#include "tuning/search_space.h"

#include "common/csv.h"
#include "tuning/decimal_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest magnitude up to which every integer is a double. */
static const double max_integer = 0x1p53;
/* How far off the grid, in steps, a float still counts as on it (optuna.distributions). */
static const double grid_tolerance = 1e-8;

/* ---- one distribution -------------------------------------------------- */

gm_distribution gm_float_range(double low, double high) {
  return (gm_distribution){.kind = GM_FLOAT, .low = low, .high = high};
}

gm_distribution gm_float_log_range(double low, double high) {
  return (gm_distribution){.kind = GM_FLOAT, .log = true, .low = low, .high = high};
}

gm_distribution gm_float_grid(double low, double high, double step) {
  /* A step of 0 would mean "no grid": keep it an error, as a NaN that the check names. */
  return (gm_distribution){.kind = GM_FLOAT, .low = low, .high = high, .step = step != 0.0 ? step : NAN};
}

gm_distribution gm_int_range(int64_t low, int64_t high) {
  return gm_int_grid(low, high, 1);
}

gm_distribution gm_int_log_range(int64_t low, int64_t high) {
  gm_distribution distribution = gm_int_grid(low, high, 1);
  distribution.log = true;
  return distribution;
}

gm_distribution gm_int_grid(int64_t low, int64_t high, int64_t step) {
  return (gm_distribution){.kind = GM_INT, .low = (double)low, .high = (double)high, .step = (double)step};
}

gm_distribution gm_choice(size_t n_choices, const char *const choices[]) {
  return (gm_distribution){.kind = GM_CATEGORICAL, .n_choices = n_choices, .choices = choices};
}

static bool is_integer(double x) {
  return fabs(x) <= max_integer && x == floor(x);
}

static gm_status check_integers(const gm_distribution *d, const char *name, gm_error *err) {
  if (!is_integer(d->low) || !is_integer(d->high) || !is_integer(d->step) || d->high - d->low > max_integer)
    return gm_fail(err, GM_BAD_INPUT,
                   "parameter '%s': low, high and step must be whole numbers within 2^53, not %g, %g and %g",
                   name, d->low, d->high, d->step);
  if (d->step < 1.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': step must be at least 1, not %g", name, d->step);
  if (d->log && d->low < 1.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': low must be at least 1 on a log scale, not %g", name,
                   d->low);
  if (d->log && d->step != 1.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': step must be 1 on a log scale, not %g", name, d->step);
  return GM_OK;
}

static gm_status check_floats(const gm_distribution *d, const char *name, gm_error *err) {
  if (d->log && d->low <= 0.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': low must be above 0 on a log scale, not %g", name,
                   d->low);
  if (d->log && d->step != 0.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': a log scale takes no step, but step is %g", name,
                   d->step);
  if (!isfinite(d->step) || d->step < 0.0)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': step must be above 0, not %g", name,
                   isnan(d->step) ? 0.0 : d->step);
  return GM_OK;
}

gm_status gm_distribution_check(gm_distribution *d, const char *name, gm_error *err) {
  if (d->kind == GM_CATEGORICAL) {
    if (d->n_choices > 0) return GM_OK;
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': expected at least one choice", name);
  }
  if (!isfinite(d->low) || !isfinite(d->high) || !isfinite(d->high - d->low))
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': low and high must be finite numbers, not %g and %g",
                   name, d->low, d->high);
  if (d->low > d->high)
    return gm_fail(err, GM_BAD_INPUT, "parameter '%s': low must not exceed high, but %g > %g", name, d->low,
                   d->high);
  const gm_status status = d->kind == GM_INT ? check_integers(d, name, err) : check_floats(d, name, err);
  if (status != GM_OK) return status;
  if (d->kind == GM_INT) {
    d->high = d->low + floor((d->high - d->low) / d->step) * d->step;
    return GM_OK;
  }
  if (d->step == 0.0 || gm_lower_to_grid(d->low, d->step, &d->high)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "parameter '%s': step %g is too small for the range %g to %g", name,
                 d->step, d->low, d->high);
}

bool gm_distribution_single(const gm_distribution *d) {
  return d->kind == GM_CATEGORICAL ? d->n_choices == 1 : d->low == d->high;
}

bool gm_distribution_continuous(const gm_distribution *d) {
  return d->kind == GM_FLOAT && d->step == 0.0;
}

bool gm_distribution_contains(const gm_distribution *d, double value) {
  if (d->kind == GM_CATEGORICAL) return value >= 0.0 && value < (double)d->n_choices && value == floor(value);
  if (!(d->low <= value && value <= d->high)) return false;
  if (d->step == 0.0) return true;
  const double k = (value - d->low) / d->step;
  return d->kind == GM_INT ? fmod(value - d->low, d->step) == 0.0 : fabs(k - rint(k)) < grid_tolerance;
}

/* The number that a JSON label is to Python, where true is 1; false when it is none. */
static bool label_number(const char *label, double *number) {
  if (label[0] != GM_JSON_LABEL) return false;
  *number = strcmp(label + 1, "true") == 0 ? 1.0 : 0.0;
  return *number == 1.0 || strcmp(label + 1, "false") == 0 || gm_parse_double(label + 1, number);
}

static bool same_label(const char *a, const char *b) {
  double x, y;
  if (strcmp(a, b) == 0) return true;
  return label_number(a, &x) && label_number(b, &y) && x == y;
}

static bool same_choices(const gm_distribution *a, const gm_distribution *b) {
  if (a->n_choices != b->n_choices || (a->choices == NULL) != (b->choices == NULL)) return false;
  if (a->choices == NULL) return true;
  for (size_t i = 0; i < a->n_choices; i++) {
    if (!same_label(a->choices[i], b->choices[i])) return false;
  }
  return true;
}

bool gm_distribution_compatible(const gm_distribution *a, const gm_distribution *b) {
  if (a->kind != b->kind || a->log != b->log || a->legacy != b->legacy) return false;
  if (a->legacy && a->kind == GM_FLOAT && (a->step == 0.0) != (b->step == 0.0)) return false;
  return a->kind != GM_CATEGORICAL || same_choices(a, b);
}

bool gm_distribution_equal(const gm_distribution *a, const gm_distribution *b) {
  return gm_distribution_compatible(a, b) && a->low == b->low && a->high == b->high && a->step == b->step;
}

void gm_distribution_domain(const gm_distribution *d, double *lower, double *upper) {
  *lower = gm_distribution_z(d, d->low - d->step / 2.0);
  *upper = gm_distribution_z(d, d->high + d->step / 2.0);
}

double gm_distribution_z(const gm_distribution *d, double value) {
  return d->log ? log(value) : value;
}

double gm_distribution_snap(const gm_distribution *d, double x) {
  const double on_grid = d->step == 0.0 ? x : d->low + rint((x - d->low) / d->step) * d->step;
  return fmin(fmax(on_grid, d->low), d->high);
}

/* ---- parameters of a study --------------------------------------------- */

const char *gm_search_space_name(const gm_search_space *space, const char *name) {
  for (size_t i = 0; i < space->n_names; i++) {
    if (strcmp(space->names[i], name) == 0) return space->names[i];
  }
  return NULL;
}

static void free_parameter(gm_parameter *parameter) {
  if (parameter == NULL) return;
  const gm_distribution *d = &parameter->distribution;
  free((void *)(uintptr_t)d->choices); /* the labels live in the same block */
  free(parameter);
}

/* A copy that owns its labels, which stand behind the array of pointers to them. */
static gm_parameter *copy_parameter(const char *name, const gm_distribution *distribution) {
  gm_parameter *copy = malloc(sizeof *copy);
  if (copy == NULL) return NULL;
  *copy = (gm_parameter){.name = name, .distribution = *distribution};
  if (distribution->choices == NULL) return copy;
  size_t size = distribution->n_choices * sizeof(char *);
  for (size_t i = 0; i < distribution->n_choices; i++) size += strlen(distribution->choices[i]) + 1;
  const char **labels = malloc(size);
  copy->distribution.choices = labels;
  if (labels == NULL) {
    free(copy);
    return NULL;
  }
  char *text = (char *)(labels + distribution->n_choices);
  for (size_t i = 0; i < distribution->n_choices; i++) {
    labels[i] = text;
    text = stpcpy(text, distribution->choices[i]) + 1;
  }
  return copy;
}

/* Room for one more name and one more parameter. */
static bool reserve(gm_search_space *space) {
  if (space->n_parameters < space->capacity) return true; /* n_names <= n_parameters */
  const size_t capacity = space->capacity == 0 ? 8 : 2 * space->capacity;
  char **names = realloc(space->names, capacity * sizeof *names);
  if (names != NULL) space->names = names;
  gm_parameter **parameters = realloc(space->parameters, capacity * sizeof *parameters);
  if (parameters != NULL) space->parameters = parameters;
  if (names == NULL || parameters == NULL) return false;
  space->capacity = capacity;
  return true;
}

gm_status gm_search_space_intern(gm_search_space *space, const char *name,
                                 const gm_distribution *distribution, const gm_parameter **parameter,
                                 gm_error *err) {
  const char *shared_name = gm_search_space_name(space, name);
  for (size_t i = 0; shared_name != NULL && i < space->n_parameters; i++) {
    const gm_parameter *known = space->parameters[i];
    if (known->name != shared_name || !gm_distribution_equal(&known->distribution, distribution)) continue;
    *parameter = known;
    return GM_OK;
  }
  if (!reserve(space)) return gm_fail_memory(err, "a parameter");
  if (shared_name == NULL) {
    char *copy = strdup(name);
    if (copy == NULL) return gm_fail_memory(err, "a parameter");
    space->names[space->n_names++] = copy;
    shared_name = copy;
  }
  gm_parameter *added = copy_parameter(shared_name, distribution);
  if (added == NULL) return gm_fail_memory(err, "a parameter");
  space->parameters[space->n_parameters++] = added;
  *parameter = added;
  return GM_OK;
}

gm_status gm_search_space_add(gm_search_space *space, const char *name, const gm_distribution *distribution,
                              const gm_parameter **parameter, gm_error *err) {
  const char *shared_name = gm_search_space_name(space, name);
  const gm_parameter *first = NULL;
  for (size_t i = 0; shared_name != NULL && first == NULL && i < space->n_parameters; i++) {
    if (space->parameters[i]->name == shared_name) first = space->parameters[i];
  }
  if (first != NULL && !gm_distribution_compatible(&first->distribution, distribution))
    return gm_fail(
        err, GM_BAD_INPUT,
        "parameter '%s': the study knows it with another kind, scale or list of choices; expected the same",
        name);
  return gm_search_space_intern(space, name, distribution, parameter, err);
}

void gm_search_space_free(gm_search_space *space) {
  for (size_t i = 0; i < space->n_parameters; i++) free_parameter(space->parameters[i]);
  for (size_t i = 0; i < space->n_names; i++) free(space->names[i]);
  free(space->parameters);
  free(space->names);
  *space = (gm_search_space){0};
}
