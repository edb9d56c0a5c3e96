/* SPDX-License-Identifier: MIT
 * The configuration of samples, and their end; series_samples.c and map_samples.c make them. */
#include "datasets/samples.h"

#include <stdlib.h>

const char *gm_split_text(gm_split_name split) {
  switch (split) {
  case GM_TRAIN:
    return "train";
  case GM_VALIDATION:
    return "validation";
  case GM_TEST:
    return "test";
  case GM_N_SPLITS:
    break;
  }
  return "";
}

gm_samples_config gm_samples_config_default(void) {
  return (gm_samples_config){.time_steps = 1, .max_time_steps = 12, .lead = 1};
}

const char *gm_samples_config_check(const gm_samples_config *config) {
  if (config->max_time_steps < 1) return "max_time_steps: expected at least 1";
  if (config->time_steps < 1 || config->time_steps > config->max_time_steps)
    return "time_steps: expected a number from 1 to the window of the dataset (12 on index series, 6 on "
           "maps)";
  if (config->lead < 1) return "lead: expected at least 1 step ahead";
  if (config->period[GM_TRAIN] == NULL) return "train: expected a period of last input dates \"A:B\"";
  if (config->period[GM_VALIDATION] == NULL)
    return "validation: expected a period of last input dates \"A:B\"";
  if (config->period[GM_TEST] == NULL) return "test: expected a period of last input dates \"A:B\" or \"A:\"";
  return NULL;
}

void gm_samples_free(gm_samples *samples) {
  free(samples->doubles);
  free(samples->floats);
  free(samples->times);
  free(samples->blocks);
  *samples = (gm_samples){0};
}
