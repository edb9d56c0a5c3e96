/* SPDX-License-Identifier: MIT
 * Checks of --space that take the file as written, beside those of ranges and values. */
#include "experiments/tune/space_checks.h"

#include "common/suggestion.h"

#include <stdio.h>
#include <string.h>

static gm_status check_members(const gm_tune *t, const gm_parameter *parameter, struct json_object *range,
                               gm_error *err) {
  static const char *const of_choices[] = {"type", "choices", NULL}, *const of_numbers[] = {"type", "low",
                                                                                            "high", "log",
                                                                                            "step", NULL};
  const bool choice = parameter->distribution.kind == GM_CATEGORICAL;
  const char *const *known = choice ? of_choices : of_numbers;
  const char *expected = choice ? "type and choices" : "type, low, high, log and step";
  if (gm_json_text(range, "name") != NULL) return GM_OK; /* as a journal has it */
  json_object_object_foreach(range, member, value) {
    size_t i = 0;
    while (known[i] != NULL && strcmp(member, known[i]) != 0) i++;
    if (known[i] == NULL) {
      gm_fail(err, GM_BAD_INPUT, "--space %s: %s: unknown member \"%s\": expected %s", t->space_file,
              parameter->name, member, expected);
      return gm_suggest(err, member, strlen(member), expected);
    }
    if (strcmp(member, "log") == 0 && !json_object_is_type(value, json_type_boolean))
      return gm_fail(err, GM_BAD_INPUT, "--space %s: %s: log: expected true or false, got %s", t->space_file,
                     parameter->name, json_object_to_json_string(value));
  }
  return GM_OK;
}

gm_status gm_space_check_parameter(const gm_tune *t, const gm_parameter *parameter, struct json_object *range,
                                   bool whole, gm_error *err) {
  const gm_distribution *d = &parameter->distribution;
  if (whole && d->kind == GM_FLOAT)
    return gm_fail(err, GM_BAD_INPUT, "--space %s: %s is a whole number: expected \"type\": \"int\"",
                   t->space_file, parameter->name);
  for (size_t i = 0; d->kind == GM_CATEGORICAL && i < d->n_choices; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(d->choices[i], d->choices[k]) == 0)
        return gm_fail(err, GM_BAD_INPUT, "--space %s: %s: choice %zu is choice %zu once more", t->space_file,
                       parameter->name, i + 1, k + 1);
  return check_members(t, parameter, range, err);
}

static const gm_distribution *find(const gm_tune *t, const char *name) {
  for (size_t i = 0; i < t->n_space; i++)
    if (strcmp(t->space[i].name, name) == 0) return &t->space[i].distribution;
  return NULL;
}

/* A parameter without effect would be searched like the others, and be given a best value. */
gm_status gm_space_check_effects(const gm_tune *t, gm_error *err) {
  const gm_distribution *optimizer = find(t, "optimizer");
  bool sgd = false;
  for (size_t i = 0; optimizer != NULL && i < optimizer->n_choices; i++)
    sgd = sgd || strcmp(optimizer->choices[i], gm_optimizer_name(GM_OPTIMIZER_SGD)) == 0;
  if (find(t, "momentum") != NULL && !sgd)
    return gm_fail(
        err, GM_BAD_INPUT,
        "--space %s: momentum belongs to SGD: expected optimizer beside it, with \"sgd\" among its "
        "choices",
        t->space_file);
  if (find(t, "min_delta") != NULL && find(t, "early_stopping") == NULL)
    return gm_fail(err, GM_BAD_INPUT,
                   "--space %s: min_delta belongs to early stopping: expected early_stopping beside it",
                   t->space_file);
  return GM_OK;
}

void gm_space_warn_of_options(gm_tune *t) {
  const struct {
    const char *option, *parameter;
    bool given;
  } options[] = {
      {"time-steps", "num_input_time_steps", t->experiment.options.time_steps != 1},
      {"batch-size", "batch_size", t->config.trainer.batch_size != gm_trainer_config_default().batch_size},
      {"arch", "arch", t->config.arch != NULL}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    char text[GM_ERROR_LENGTH];
    if (!options[i].given || find(t, options[i].parameter) == NULL) continue;
    snprintf(text, sizeof text, "--%s is not used: %s is searched.", options[i].option, options[i].parameter);
    gm_experiment_warn(&t->experiment, text);
  }
}
