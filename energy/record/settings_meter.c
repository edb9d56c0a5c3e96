/* SPDX-License-Identifier: MIT
 * From settings to the meter's configuration and the carbon intensity: names become structs, and nothing is
 * opened. */
#include "energy/record/settings_meter.h"

#include <math.h>
#include <string.h>

static const double longest_sampling_s = 10;

gm_status gm_settings_carbon(const gm_settings *s, gm_carbon_intensity *carbon, gm_error *err) {
  const char *country = gm_settings_text(s, GM_SET_COUNTRY), *origin = s->origin[GM_SET_COUNTRY];
  const double stated = gm_settings_number(s, GM_SET_CARBON_INTENSITY);
  if (country == NULL && gm_settings_flag(s, GM_SET_WORLD) && isnan(stated)) country = "WLD";
  const gm_status status =
      gm_carbon_intensity_choose(country, gm_settings_text(s, GM_SET_CARBON_TABLE), stated, carbon, err);
  if (status != GM_OK && country != NULL) gm_error_prefix(err, origin != NULL ? origin : "--world");
  if (status != GM_OK) return status;
  return gm_carbon_intensity_contract(gm_settings_number(s, GM_SET_CONTRACT_INTENSITY), carbon, err);
}

gm_meter_config gm_settings_meter_config(const gm_settings *s) {
  gm_meter_config config = gm_meter_config_default();
  gm_meter_config_environment(&config);
  config.sampling_interval_s = fmin(gm_settings_number(s, GM_SET_INTERVAL), longest_sampling_s);
  config.cpu_power_w = gm_settings_number(s, GM_SET_CPU_POWER);
  config.cpu_idle_w = gm_settings_number(s, GM_SET_CPU_IDLE_POWER);
  config.ram_power_w = gm_settings_number(s, GM_SET_RAM_POWER);
  config.use_psys = gm_settings_flag(s, GM_SET_PSYS);
  const char *source = gm_settings_text(s, GM_SET_SOURCE);
  config.model_only = gm_settings_flag(s, GM_SET_MODEL_ONLY) || strcmp(source, "model") == 0;
  if (strcmp(source, "auto") != 0 && strcmp(source, "model") != 0) config.cpu_source = source;
  const char *gpus = gm_settings_text(s, GM_SET_GPUS);
  if (gpus != NULL) config.gpus = gpus;
  config.wall_file = gm_settings_text(s, GM_SET_WALL_FILE);
  config.wall_command = gm_settings_text(s, GM_SET_WALL_COMMAND);
  config.pue = gm_settings_number(s, GM_SET_PUE);
  config.priors = gm_settings_text(s, GM_SET_PRIORS);
  const char *idle_share = gm_settings_text(s, GM_SET_IDLE_SHARE);
  config.idle_billing = strcmp(idle_share, "cpu") == 0     ? GM_IDLE_BY_CPU_TIME
                        : strcmp(idle_share, "cores") == 0 ? GM_IDLE_BY_CORES
                                                           : GM_IDLE_TO_NOBODY;
  return config;
}
