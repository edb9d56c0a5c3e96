/* SPDX-License-Identifier: MIT
 * Settings from where users put them, in layers; each one that says something replaces what
 * the layers below said (docs/energy-model.md, Settings):
 *   built-in < ~/.codecarbon.config < ./.codecarbon.config < CODECARBON_* < GREENMILE_* < flags
 * CodeCarbon's names are understood where they mean something here; what concerns its
 * network services is accepted and ignored, with one notice. Parsing is strict: a bad value is
 * one sentence that names the file and line, the variable or the flag; an unknown name is
 * a notice with the nearest known one. Nothing is read but what the caller passes in. */
#ifndef ENERGY_SETTINGS_H
#define ENERGY_SETTINGS_H

#include "common/status.h"
#include "energy/carbon/carbon_intensity.h"
#include "energy/meter.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- what can be set ------------------------------------------------------ */

typedef enum {
  GM_SET_INTERVAL,
  GM_SET_OUTPUT_DIR,
  GM_SET_OUTPUT,
  GM_SET_SAVE_CSV,
  GM_SET_RECORD,
  GM_SET_READINGS,
  GM_SET_PROJECT,
  GM_SET_EXPERIMENT,
  GM_SET_COUNTRY,
  GM_SET_REGION,
  GM_SET_CLOUD_PROVIDER,
  GM_SET_CLOUD_REGION,
  GM_SET_WORLD,
  GM_SET_CARBON_INTENSITY,
  GM_SET_CONTRACT_INTENSITY,
  GM_SET_CARBON_TABLE,
  GM_SET_PUE,
  GM_SET_WUE,
  GM_SET_TRACKING_MODE,
  GM_SET_SOURCE,
  GM_SET_PSYS,
  GM_SET_MODEL_ONLY,
  GM_SET_CPU_POWER,
  GM_SET_CPU_IDLE_POWER,
  GM_SET_RAM_POWER,
  GM_SET_GPUS,
  GM_SET_WALL_FILE,
  GM_SET_WALL_COMMAND,
  GM_SET_WALL_CALIBRATION,
  GM_SET_CACHE_DIR,
  GM_SET_IDLE_WINDOWS,
  GM_SET_IDLE_SHARE,
  GM_SET_CHECKPOINT,
  GM_SET_PRIORS,
  GM_SET_STRICT,
  GM_SET_WAIT,
  GM_SET_QUIET,
  GM_SET_NO_ARGV,
  GM_N_SETTINGS
} gm_setting_id;

typedef enum { GM_SETTING_TEXT, GM_SETTING_NUMBER, GM_SETTING_BOOL, GM_SETTING_CHOICE } gm_setting_kind;

typedef struct {
  const char *key;        /* "carbon_intensity": GREENMILE_CARBON_INTENSITY, --carbon-intensity */
  const char *codecarbon; /* CodeCarbon's name for it, NULL: has none */
  gm_setting_kind kind;
  const char *argument; /* in --help: "G_PER_KWH"; NULL for a bool */
  const char *initial;  /* built-in value, NULL: not set */
  double min, max;      /* of a number */
  bool exclusive;       /* min itself is not allowed */
  const char *choices;  /* "machine|process" */
  const char *help;
} gm_setting;

/* The table, GM_N_SETTINGS long, in the order of gm_setting_id. */
const gm_setting *gm_setting_table(void);

/* ---- what is set ------------------------------------------------------------ */

typedef struct {
  char *value[GM_N_SETTINGS];  /* as text, NULL: not set */
  char *origin[GM_N_SETTINGS]; /* "built-in", "/home/a/.codecarbon.config:3", "CODECARBON_PUE", "--pue" */
  char **notices;              /* sentences for the user: unknown names, what is ignored */
  size_t n_notices;
  bool said_network; /* the notice on network settings is there */
} gm_settings;

/* The built-in values. */
gm_status gm_settings_open(gm_settings *settings, gm_error *err);
void gm_settings_close(gm_settings *settings); /* accepts a zeroed object */

/* Section [codecarbon] of an INI file; one that does not exist says nothing. */
gm_status gm_settings_read_file(gm_settings *settings, const char *path, gm_error *err);

/* A sentence for the user. */
__attribute__((format(printf, 3, 4))) gm_status gm_settings_notice(gm_settings *settings, gm_error *err,
                                                                   const char *format, ...);

/* CODECARBON_* (any case), then GREENMILE_*, of a list like environ. */
gm_status gm_settings_read_environment(gm_settings *settings, char *const environment[], gm_error *err);

/* One value with its origin, checked. */
gm_status gm_settings_set(gm_settings *settings, gm_setting_id id, const char *value, const char *origin,
                          gm_error *err);

const char *gm_settings_text(const gm_settings *settings, gm_setting_id id); /* NULL: not set */
double gm_settings_number(const gm_settings *settings, gm_setting_id id);    /* NAN: not set */
bool gm_settings_flag(const gm_settings *settings, gm_setting_id id);

/* Its texts are the settings' and the environment's. */
gm_meter_config gm_settings_meter_config(const gm_settings *settings);

/* The carbon intensity the settings ask for; not set where they ask for none. */
gm_status gm_settings_carbon(const gm_settings *settings, gm_carbon_intensity *carbon, gm_error *err);

#endif
