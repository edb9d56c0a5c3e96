/* SPDX-License-Identifier: MIT
 * What the commands of `track` share: the settings from all their layers, the carbon
 * intensity, the meter's configuration and the idle baseline. */
#ifndef EXPERIMENTS_TRACK_SESSION_H
#define EXPERIMENTS_TRACK_SESSION_H

#include "common/options.h"
#include "energy/carbon/carbon_intensity.h"
#include "energy/meter.h"
#include "energy/record/idle_baseline.h"
#include "energy/record/settings.h"

enum { GM_TRACK_NAME = 32 };

typedef struct {
  gm_settings settings;
  gm_carbon_intensity carbon;

  /* The command line, one option per setting. */
  gm_option options[GM_N_SETTINGS];
  char names[GM_N_SETTINGS][GM_TRACK_NAME];
  const char *given[GM_N_SETTINGS];
  bool flags[GM_N_SETTINGS];
} gm_track;

/* What a command of track is called and which options it has beside the settings. */
typedef struct {
  const char *name, *usage, *description, *epilogue;
  const gm_option *own;
  size_t n_own;
  const char *operand; /* of gm_track_main: what the one argument is, "record"; NULL: there is none */
} gm_track_usage;

/* Reads settings (files, environment, command line); argv[0] is the command's name. *done when help or
 * the version was printed. *first is the index of the first argument that is no option. */
gm_status gm_track_open(gm_track *track, const gm_track_usage *usage, int argc, char **argv, bool *done,
                        int *first, gm_error *err);
void gm_track_close(gm_track *track);

/* The carbon intensity the settings ask for; not set where they ask for none. */
gm_status gm_track_carbon(gm_track *track, gm_error *err);

/* The meter's configuration; its texts are the settings' and the environment's. */
gm_meter_config gm_track_meter_config(const gm_track *track);

/* Finds the baseline of this meter and gives it to it. *found false: *why (of `size`) says so. */
gm_status gm_track_use_baseline(const gm_track *track, gm_meter *meter, gm_idle_baseline *baseline,
                                bool *found, char *why, size_t size, gm_error *err);

/* Prints "track: warning: sentence" for every notice of the settings. */
void gm_track_print_notices(const gm_track *track);

/* Prints the error, if any; the exit code. */
int gm_track_exit(gm_status status, const gm_error *err);

/* A command from its settings to its exit status: says the notices and does the work, on `operand` where the
 * usage has one. */
typedef gm_status gm_track_work(gm_track *track, const char *operand, void *context, gm_error *err);
int gm_track_main(const gm_track_usage *usage, int argc, char **argv, gm_track_work *work, void *context);

#endif
