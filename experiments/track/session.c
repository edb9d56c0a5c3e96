/* SPDX-License-Identifier: MIT
 * Settings and meter of the commands of `track`. */
#include "experiments/track/session.h"

#include "energy/record/settings.h"

#include "common/atomic_file.h"
#include "common/terminal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char config_name[] = ".codecarbon.config";

/* ---- settings ------------------------------------------------------------------- */

static void describe_options(gm_track *t) {
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const gm_setting *s = &gm_setting_table()[i];
    const bool flag = s->kind == GM_SETTING_BOOL;
    snprintf(t->names[i], sizeof t->names[i], "%s", s->key);
    for (char *p = t->names[i]; *p != '\0'; p++)
      if (*p == '_') *p = '-';
    t->given[i] = s->initial;
    t->options[i] = (gm_option){.name = t->names[i],
                                .argument = s->argument,
                                .help = s->help,
                                .kind = flag ? GM_OPTION_FLAG : GM_OPTION_TEXT,
                                .target = flag ? (void *)&t->flags[i] : (void *)&t->given[i]};
  }
}

static gm_status read_files(gm_track *t, gm_error *err) {
  const char *home = getenv("HOME");
  struct stat in_home, here;
  gm_status status = GM_OK;
  if (home != NULL && home[0] != '\0') {
    char *path = gm_path_join(home, config_name);
    if (path == NULL) return gm_fail_memory(err, "a file name");
    const bool same = stat(path, &in_home) == 0 && stat(config_name, &here) == 0 &&
                      in_home.st_dev == here.st_dev && in_home.st_ino == here.st_ino;
    if (access(path, R_OK) != 0 && errno != ENOENT &&
        errno != ENOTDIR) /* other users' homes, sudo, containers */
      status = gm_settings_notice(&t->settings, err, "%s: cannot read it: %s; its settings do not count",
                                  path, strerror(errno));
    else if (!same)
      status = gm_settings_read_file(&t->settings, path, err);
    free(path);
  }
  return status == GM_OK ? gm_settings_read_file(&t->settings, config_name, err) : status;
}

static gm_status apply_flags(gm_track *t, gm_error *err) {
  gm_status status = GM_OK;
  for (int i = 0; i < GM_N_SETTINGS && status == GM_OK; i++) {
    char origin[GM_TRACK_NAME + 2];
    snprintf(origin, sizeof origin, "--%s", t->names[i]);
    const char *value = t->flags[i] ? "true" : t->given[i];
    const bool is_flag = gm_setting_table()[i].kind == GM_SETTING_BOOL;
    if (is_flag ? t->flags[i] : t->given[i] != gm_setting_table()[i].initial)
      status = gm_settings_set(&t->settings, (gm_setting_id)i, value, origin, err);
  }
  return status;
}

gm_status gm_track_open(gm_track *t, const gm_track_usage *usage, int argc, char **argv, bool *done,
                        int *first, gm_error *err) {
  *t = (gm_track){.carbon = gm_carbon_intensity_unset()};
  describe_options(t);
  const gm_option_group groups[] = {
      {"Of this command", usage->own, usage->n_own},
      {"Settings (also GREENMILE_NAME, CODECARBON_NAME, .codecarbon.config)", t->options, GM_N_SETTINGS}};
  const size_t skip = usage->n_own == 0 ? 1 : 0;
  const gm_program program = {.name = usage->name,
                              .usage = usage->usage,
                              .description = usage->description,
                              .epilogue = usage->epilogue,
                              .groups = groups + skip,
                              .n_groups = 2 - skip};
  gm_options_action action;
  gm_status status = gm_options_parse(&program, argc, argv, &action, first, err);
  *done = status == GM_OK && gm_options_answer(&program, action);
  if (status != GM_OK || *done) return status;
  status = gm_settings_open(&t->settings, err);
  if (status == GM_OK) status = read_files(t, err);
  if (status == GM_OK) status = gm_settings_read_environment(&t->settings, environ, err);
  if (status == GM_OK) status = apply_flags(t, err);
  return status;
}

void gm_track_close(gm_track *t) {
  gm_settings_close(&t->settings);
}

void gm_track_print_notices(const gm_track *t) {
  for (size_t i = 0; i < t->settings.n_notices; i++)
    gm_say(stderr, "track: warning: %s", t->settings.notices[i]);
}

int gm_track_exit(gm_status status, const gm_error *err) {
  if (status != GM_OK) gm_say(stderr, "track: %s", err->message);
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return gm_exit_code(status);
  gm_say(stderr, "track: standard output: %s", strerror(errno));
  return gm_exit_code(GM_IO_ERROR);
}

/* ---- what follows from them -------------------------------------------------------- */

gm_status gm_track_carbon(gm_track *t, gm_error *err) {
  return gm_settings_carbon(&t->settings, &t->carbon, err);
}

gm_meter_config gm_track_meter_config(const gm_track *t) {
  return gm_settings_meter_config(&t->settings);
}

gm_status gm_track_use_baseline(const gm_track *t, gm_meter *meter, gm_idle_baseline *baseline, bool *found,
                                char *why, size_t size, gm_error *err) {
  const char *directory = gm_settings_text(&t->settings, GM_SET_CACHE_DIR);
  return gm_idle_baseline_use(directory, meter, baseline, found, why, size, err);
}

int gm_track_main(const gm_track_usage *usage, int argc, char **argv, gm_track_work *work, void *context) {
  gm_track track;
  gm_error err = {0};
  bool done;
  int first = argc;
  gm_status status =
      gm_track_open(&track, usage, argc, argv, &done, usage->operand != NULL ? &first : NULL, &err);
  if (status == GM_OK && !done) {
    gm_track_print_notices(&track);
    if (usage->operand != NULL && first + 1 != argc)
      status =
          gm_fail(&err, GM_BAD_INPUT, "expected one %s: %s %s", usage->operand, usage->name, usage->usage);
    else
      status = work(&track, usage->operand != NULL ? argv[first] : NULL, context, &err);
  }
  gm_track_close(&track);
  return gm_track_exit(status, &err);
}
