/* SPDX-License-Identifier: MIT
 * The values of settings: checked, kept with where they come from, given out. */
#include "energy/record/settings.h"

#include "common/csv.h"
#include "common/suggestion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- one value ------------------------------------------------------------- */

/* 1, true, yes, on and their opposites, any case; −1 for anything else. */
static int parse_bool(const char *text) {
  static const char *const words[2][4] = {{"0", "false", "no", "off"}, {"1", "true", "yes", "on"}};
  for (int value = 0; value < 2; value++)
    for (int i = 0; i < 4; i++)
      if (strcasecmp(text, words[value][i]) == 0) return value;
  return -1;
}

static bool is_choice(const char *choices, const char *text) {
  const size_t length = strlen(text);
  for (const char *p = choices; *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
    if (strcspn(p, "|") == length && strncmp(p, text, length) == 0) return true;
  return false;
}

/* A file and line does not say which setting it is about, a variable or flag does. */
static gm_status refuse(const gm_setting *s, const char *value, const char *origin, const char *expected,
                        gm_error *err) {
  const bool file = strchr(origin, ':') != NULL;
  return gm_fail(err, GM_BAD_INPUT, "%s%s%s: expected %s, got \"%s\"", origin, file ? ": " : "",
                 file ? s->key : "", expected, value);
}

static gm_status check(const gm_setting *s, const char *value, const char *origin, gm_error *err) {
  char expected[96];
  double number;
  switch (s->kind) {
  case GM_SETTING_TEXT:
    break;
  case GM_SETTING_NUMBER:
    if (gm_parse_double(value, &number) && number >= s->min && number <= s->max &&
        !(s->exclusive && number <= s->min))
      break;
    snprintf(expected, sizeof expected, "a number %s %g and at most %g",
             s->exclusive ? "above" : "of at least", s->min, s->max);
    return refuse(s, value, origin, expected, err);
  case GM_SETTING_BOOL:
    if (parse_bool(value) >= 0) break;
    return refuse(s, value, origin, "1, true, yes, on, 0, false, no or off", err);
  case GM_SETTING_CHOICE:
    if (is_choice(s->choices, value)) break;
    snprintf(expected, sizeof expected, "one of %s", s->choices);
    refuse(s, value, origin, expected, err);
    return gm_suggest(err, value, strlen(value), s->choices);
  }
  return GM_OK;
}

gm_status gm_settings_set(gm_settings *settings, gm_setting_id id, const char *value, const char *origin,
                          gm_error *err) {
  const gm_status status = check(&gm_setting_table()[id], value, origin, err);
  if (status != GM_OK) return status;
  char *new_value = strdup(value), *new_origin = strdup(origin);
  if (new_value == NULL || new_origin == NULL) {
    free(new_value);
    free(new_origin);
    return gm_fail_memory(err, "a setting");
  }
  free(settings->value[id]);
  free(settings->origin[id]);
  settings->value[id] = new_value;
  settings->origin[id] = new_origin;
  return GM_OK;
}

const char *gm_settings_text(const gm_settings *settings, gm_setting_id id) {
  return settings->value[id];
}

double gm_settings_number(const gm_settings *settings, gm_setting_id id) {
  double number = NAN;
  return settings->value[id] != NULL && gm_parse_double(settings->value[id], &number) ? number : NAN;
}

bool gm_settings_flag(const gm_settings *settings, gm_setting_id id) {
  return settings->value[id] != NULL && parse_bool(settings->value[id]) == 1;
}

/* ---- life cycle -------------------------------------------------------------- */

gm_status gm_settings_open(gm_settings *settings, gm_error *err) {
  *settings = (gm_settings){0};
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const char *initial = gm_setting_table()[i].initial;
    if (initial == NULL) continue;
    const gm_status status = gm_settings_set(settings, (gm_setting_id)i, initial, "built-in", err);
    if (status != GM_OK) {
      gm_settings_close(settings);
      return status;
    }
  }
  return GM_OK;
}

void gm_settings_close(gm_settings *settings) {
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    free(settings->value[i]);
    free(settings->origin[i]);
  }
  for (size_t i = 0; i < settings->n_notices; i++) free(settings->notices[i]);
  free(settings->notices);
  *settings = (gm_settings){0};
}

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
