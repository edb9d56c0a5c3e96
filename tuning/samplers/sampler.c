/* SPDX-License-Identifier: MIT
 * Samplers by name, and their settings. How they draw is in the files beside this one. */
#include "tuning/samplers/sampler.h"

#include "common/suggestion.h"

#include <json-c/json.h>
#include <string.h>

gm_sampler_config gm_sampler_config_default(void) {
  return (gm_sampler_config){
      .method = &gm_tpe_sampler,
      .n_startup_trials = 10,
      .n_ei_candidates = 24,
      .multivariate = true,
      .constant_liar = true,
  };
}

gm_status gm_sampler_config_check(const gm_sampler_config *config, gm_error *err) {
  if (config->method == NULL)
    return gm_fail(err, GM_BAD_INPUT, "sampler: expected a method, %s", GM_SAMPLER_NAMES);
  if (config->n_ei_candidates < 1)
    return gm_fail(err, GM_BAD_INPUT, "sampler: n_ei_candidates must be at least 1, not 0");
  return GM_OK;
}

gm_status gm_sampler_parse(const char *name, const gm_sampler **method, gm_error *err) {
#define ADDRESS(name) &gm_##name##_sampler,
  const gm_sampler *const samplers[] = {GM_SAMPLERS(ADDRESS)};
#undef ADDRESS
  for (size_t i = 0; i < sizeof samplers / sizeof samplers[0]; i++) {
    if (strcmp(name, samplers[i]->name) != 0) continue;
    *method = samplers[i];
    return GM_OK;
  }
  gm_fail(err, GM_BAD_INPUT, "unknown sampler '%s': expected %s", name, GM_SAMPLER_NAMES);
  return gm_suggest(err, name, strlen(name), GM_SAMPLER_NAMES);
}

bool gm_sampler_has_drawn(const gm_trial *trial) {
  return trial->worker != NULL;
}

bool gm_sampler_drew(const gm_trial *trial, const gm_parameter *parameter) {
  struct json_object *value;
  if (gm_distribution_single(&parameter->distribution) || gm_trial_fixed(trial, parameter->name, &value))
    return false;
  return trial->system_attributes == NULL ||
         !json_object_object_get_ex(trial->system_attributes, GM_FAILED_TRIAL, &value);
}
