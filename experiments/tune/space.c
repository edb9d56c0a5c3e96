/* SPDX-License-Identifier: MIT
 * What is searched: the poster's three parameters, or those of --space, and what a trial's values of them
 * mean for its training. */
#include "experiments/tune/space_checks.h"

#include "common/suggestion.h"
#include "tuning/journal/journal_distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const optimizers[] = {"adam", "sgd"};

/* Options of network and optimiser that can be searched; what is not has its value of the command line. */
typedef enum {
  TIME_STEPS,
  LEARNING_RATE,
  OPTIMIZER,
  ARCH,
  BATCH_SIZE,
  MOMENTUM,
  WEIGHT_DECAY,
  EARLY_STOPPING,
  MIN_DELTA,
  N_SETTINGS
} setting;

static const struct {
  const char *name;
  bool text, whole;
} settings[N_SETTINGS] = {
    [TIME_STEPS] = {"num_input_time_steps", false, true},
    [LEARNING_RATE] = {"learning_rate", false, false},
    [OPTIMIZER] = {"optimizer", true, false},
    [ARCH] = {"arch", true, false},
    [BATCH_SIZE] = {"batch_size", false, true},
    [MOMENTUM] = {"momentum", false, false},
    [WEIGHT_DECAY] = {"weight_decay", false, false},
    [EARLY_STOPPING] = {"early_stopping", false, true},
    [MIN_DELTA] = {"min_delta", false, false},
};

/* ---- a trial's values ------------------------------------------------------------------- */

static const gm_assignment *find(const gm_trial *trial, const char *name) {
  for (size_t i = 0; i < trial->parameters.n; i++)
    if (strcmp(trial->parameters.items[i].parameter->name, name) == 0) return &trial->parameters.items[i];
  return NULL;
}

/* The label of a choice; NULL for what is none. */
static const char *label_of(const gm_assignment *a) {
  if (a == NULL) return NULL;
  const gm_distribution *d = &a->parameter->distribution;
  const bool known =
      d->kind == GM_CATEGORICAL && d->choices != NULL && a->value >= 0.0 && a->value < (double)d->n_choices;
  return known ? d->choices[(size_t)a->value] : NULL;
}

/* A number, also one among choices; NaN for what is none. */
static double number_of(const gm_assignment *a) {
  const char *label = label_of(a);
  double number = NAN;
  if (label == NULL) return a != NULL && a->parameter->distribution.kind != GM_CATEGORICAL ? a->value : NAN;
  return label[0] == GM_JSON_LABEL && gm_parse_double(label + 1, &number) ? number : NAN;
}

double gm_tune_number_of(const gm_trial *trial, const char *name) {
  return number_of(find(trial, name));
}

const char *gm_tune_optimizer_of(const gm_trial *trial) {
  const char *label = label_of(find(trial, settings[OPTIMIZER].name));
  return label != NULL && label[0] != GM_JSON_LABEL ? label : NULL;
}

/* Puts one value into the configuration. False: it is not possible. */
static bool put(setting s, const gm_assignment *a, gm_training_config *config, int64_t *time_steps) {
  gm_trainer_config *c = &config->trainer;
  const double number = number_of(a);
  const char *label = label_of(a);
  if (settings[s].text && (label == NULL || label[0] == GM_JSON_LABEL)) return false;
  if (!settings[s].text && !(fabs(number) < 1e9)) return false;
  if (settings[s].whole && number != trunc(number)) return false;
  switch (s) {
  case TIME_STEPS:
    *time_steps = (int64_t)number;
    break;
  case LEARNING_RATE:
    c->optimizer.learning_rate = number;
    break;
  case OPTIMIZER:
    return gm_optimizer_from_name(label, &c->optimizer.kind, NULL) == GM_OK;
  case ARCH:
    config->arch = label;
    break;
  case BATCH_SIZE:
    c->batch_size = (int64_t)number;
    break;
  case MOMENTUM:
    c->optimizer.momentum = number;
    break;
  case WEIGHT_DECAY:
    c->optimizer.weight_decay = number;
    break;
  case EARLY_STOPPING:
    c->early_stopping = (int64_t)number;
    break;
  case MIN_DELTA:
    c->min_delta = number;
    break;
  case N_SETTINGS:
    break;
  }
  return true;
}

gm_status gm_tune_configure_trial(const gm_tune *t, const gm_trial *trial, gm_training_config *config,
                                  size_t *time_steps, gm_error *err) {
  const int64_t longest = (int64_t)t->experiment.sampling.max_time_steps;
  int64_t steps = t->experiment.options.time_steps;
  gm_error reason = {GM_OK, ""};
  *config = t->config;
  for (size_t i = 0; i < t->n_space; i++) {
    setting s = 0;
    while (s < N_SETTINGS - 1 && strcmp(settings[s].name, t->space[i].name) != 0) s++;
    const gm_assignment *a = find(trial, t->space[i].name);
    if (a == NULL)
      return gm_fail(err, GM_FAILED, "trial %lld: it has no parameter %s", (long long)trial->number,
                     t->space[i].name);
    if (!put(s, a, config, &steps))
      return gm_fail(err, GM_FAILED, "trial %lld: its %s is not possible", (long long)trial->number,
                     t->space[i].name);
  }
  if (steps < 1 || steps > longest)
    return gm_fail(err, GM_FAILED, "trial %lld: expected 1 … %lld input time steps, it has %lld",
                   (long long)trial->number, (long long)longest, (long long)steps);
  if (config->trainer.optimizer.kind == GM_OPTIMIZER_ADAM)
    config->trainer.optimizer.momentum = 0; /* it belongs to SGD: a trial with Adam has its own moments */
  if (gm_trainer_config_check(&config->trainer, &reason) != GM_OK)
    return gm_fail(err, GM_FAILED, "trial %lld: %s", (long long)trial->number, reason.message);
  *time_steps = (size_t)steps;
  return GM_OK;
}

/* ---- the space ----------------------------------------------------------------------------- */

static gm_status poster_space(gm_tune *t, gm_error *err) {
  t->space = calloc(GM_TUNE_PARAMETERS, sizeof *t->space);
  if (t->space == NULL) return gm_fail_memory(err, "the search space");
  t->n_space = GM_TUNE_PARAMETERS;
  t->space[0] = (gm_parameter){settings[TIME_STEPS].name,
                               gm_int_range(1, (int64_t)t->experiment.sampling.max_time_steps)};
  t->space[1] = (gm_parameter){settings[LEARNING_RATE].name, gm_float_log_range(1e-5, 1e-1)};
  t->space[2] = (gm_parameter){settings[OPTIMIZER].name, gm_choice(2, optimizers)};
  return GM_OK;
}

/* Whether both ends of the range, or all choices, are possible. */
static gm_status check_ends(const gm_tune *t, const gm_parameter *parameter, setting s, gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  const bool choice = d->kind == GM_CATEGORICAL;
  const int64_t longest = (int64_t)t->experiment.sampling.max_time_steps;
  for (size_t i = 0; i < (choice ? d->n_choices : 2); i++) {
    const gm_assignment a = {parameter, choice ? (double)i : i == 0 ? d->low : d->high};
    gm_training_config config = t->config;
    gm_architecture network = {0};
    int64_t steps = 1;
    gm_error reason = {GM_OK, ""};
    if (s == MOMENTUM) config.trainer.optimizer.kind = GM_OPTIMIZER_SGD;
    bool ok = put(s, &a, &config, &steps) && steps >= 1 && steps <= longest &&
              gm_trainer_config_check(&config.trainer, &reason) == GM_OK;
    if (ok && s == ARCH)
      ok = gm_architecture_parse(config.arch, gm_experiment_shape(&t->experiment.samples), &network,
                                 &reason) == GM_OK;
    gm_architecture_free(&network);
    if (ok) continue;
    struct json_object *value = gm_journal_external_value(d, a.value);
    gm_status status =
        gm_fail(err, GM_BAD_INPUT, "--space %s: %s: %s is not possible%s%s", t->space_file, parameter->name,
                json_object_to_json_string(value), reason.message[0] != '\0' ? ": " : "", reason.message);
    json_object_put(value);
    return status;
  }
  return GM_OK;
}

static gm_status add_parameter(gm_tune *t, const char *name, struct json_object *range, gm_error *err) {
  gm_parameter *parameter = &t->space[t->n_space];
  setting s = 0;
  while (s < N_SETTINGS && strcmp(settings[s].name, name) != 0) s++;
  if (s == N_SETTINGS && (strcmp(name, "ridge") == 0 || strcmp(name, "lambda") == 0))
    return gm_fail(
        err, GM_BAD_INPUT,
        "--space %s: \"%s\" is no parameter of the network: linear_regression --ridge blocks finds the "
        "regression's penalty in closed form",
        t->space_file, name);
  if (s == N_SETTINGS) {
    static const char names[] = "num_input_time_steps, learning_rate, optimizer, arch, batch_size, momentum, "
                                "weight_decay, early_stopping or min_delta";
    gm_fail(err, GM_BAD_INPUT, "--space %s: unknown parameter \"%s\": expected %s", t->space_file, name,
            names);
    return gm_suggest(err, name, strlen(name), names);
  }
  gm_status status =
      gm_journal_distribution_parse(json_object_to_json_string_ext(range, JSON_C_TO_STRING_PLAIN), name,
                                    &parameter->distribution, &t->space_labels[t->n_space], err);
  if (status != GM_OK) {
    gm_error_prefix(err, t->space_file);
    gm_error_prefix(err, "--space");
    return status;
  }
  parameter->name = name;
  t->n_space++;
  status = gm_space_check_parameter(t, parameter, range, settings[s].whole, err);
  return status == GM_OK ? check_ends(t, parameter, s, err) : status;
}

static gm_status load_space(gm_tune *t, gm_error *err) {
  gm_status status = gm_json_read(t->space_file, &t->space_json, err);
  if (status != GM_OK) {
    gm_error_prefix(err, "--space");
    return status;
  }
  const size_t n = json_object_is_type(t->space_json, json_type_object)
                       ? (size_t)json_object_object_length(t->space_json)
                       : 0;
  if (n == 0)
    return gm_fail(
        err, GM_BAD_INPUT,
        "--space %s: expected an object such as {\"learning_rate\": {\"type\": \"float\", \"low\": 1e-5, "
        "\"high\": 0.1, \"log\": true}}",
        t->space_file);
  t->space = calloc(n, sizeof *t->space);
  t->space_labels = calloc(n, sizeof *t->space_labels);
  if (t->space == NULL || t->space_labels == NULL) return gm_fail_memory(err, "the search space");
  json_object_object_foreach(t->space_json, name, range) {
    status = add_parameter(t, name, range, err);
    if (status != GM_OK) return status;
  }
  return gm_space_check_effects(t, err);
}

gm_status gm_tune_open_space(gm_tune *t, gm_error *err) {
  return t->space_file == NULL ? poster_space(t, err) : load_space(t, err);
}

void gm_tune_close_space(gm_tune *t) {
  for (size_t i = 0; i < t->n_space && t->space_labels != NULL; i++) free(t->space_labels[i]);
  free(t->space_labels);
  free(t->space);
  json_object_put(t->space_json);
}
