/* SPDX-License-Identifier: MIT
 * Settings from files and environment: names to settings, notices on those that are none. */
#include "energy/record/settings.h"

#include "common/edit_distance.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* CodeCarbon's other names: its network services, its logger, its Python process. They change
 * nothing that is measured here. */
static const char *const ignored[] = {"api_call_interval",
                                      "api_endpoint",
                                      "api_key",
                                      "electricitymaps_api_token",
                                      "emissions_endpoint",
                                      "experiment_name",
                                      "co2_signal_api_token",
                                      "save_to_api",
                                      "save_to_logger",
                                      "save_to_prometheus",
                                      "save_to_logfire",
                                      "logging_logger",
                                      "prometheus_url",
                                      "output_handlers",
                                      "output_methods",
                                      "log_level",
                                      "logger_preamble",
                                      "allow_multiple_runs",
                                      "rapl_include_dram",
                                      "country_2letter_iso_code",
                                      "on_csv_write",
                                      "tracking_pids",
                                      "organization_id",
                                      "project_id"};

/* Variables of the suite that are no settings of the tracker. */
static const char *const other_variables[] = {"sysfs_root", "proc_root", "nvml", "isa"};

gm_status gm_settings_notice(gm_settings *settings, gm_error *err, const char *format, ...) {
  char *text = NULL;
  va_list args;
  va_start(args, format);
  const int length = vasprintf(&text, format, args);
  va_end(args);
  char **longer = length >= 0 ? realloc(settings->notices, (settings->n_notices + 1) * sizeof *longer) : NULL;
  if (longer == NULL) {
    if (length >= 0) free(text);
    return gm_fail_memory(err, "a notice");
  }
  settings->notices = longer;
  settings->notices[settings->n_notices++] = text;
  return GM_OK;
}

/* ---- names ----------------------------------------------------------------------- */

static bool is_in(const char *name, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcasecmp(name, list[i]) == 0) return true;
  return false;
}

static const char *nearest(const char *name, bool codecarbon) {
  const char *best = NULL;
  int least = INT_MAX;
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const gm_setting *s = &gm_setting_table()[i];
    const char *candidate = codecarbon && s->codecarbon != NULL ? s->codecarbon : s->key;
    const int distance = gm_edit_distance(name, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/* "FILE:3" and "FILE:7" are of one file. */
static bool same_file(const char *a, const char *b) {
  const char *end_a = a != NULL ? strrchr(a, ':') : NULL, *end_b = strrchr(b, ':');
  return end_a != NULL && end_b != NULL && end_a - a == end_b - b && strncmp(a, b, (size_t)(end_a - a)) == 0;
}

static gm_status set_once(gm_settings *settings, gm_setting_id id, const char *name, const char *value,
                          const char *origin, gm_error *err) {
  gm_status status = GM_OK;
  if (same_file(settings->origin[id], origin))
    status = gm_settings_notice(settings, err, "%s: %s prevails over that of %s", origin, name,
                                settings->origin[id]);
  return status == GM_OK ? gm_settings_set(settings, id, value, origin, err) : status;
}

/* Sets what `name` stands for. CodeCarbon's names come from its files and variables, ours from both. */
static gm_status set_by_name(gm_settings *settings, const char *name, const char *value, const char *origin,
                             bool codecarbon, gm_error *err) {
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const gm_setting *s = &gm_setting_table()[i];
    const bool theirs = codecarbon && s->codecarbon != NULL && strcasecmp(name, s->codecarbon) == 0;
    if (theirs || strcasecmp(name, s->key) == 0)
      return set_once(settings, (gm_setting_id)i, name, value, origin, err);
  }
  if (codecarbon && is_in(name, ignored, sizeof ignored / sizeof *ignored)) {
    if (settings->said_network) return GM_OK;
    settings->said_network = true;
    return gm_settings_notice(
        settings, err,
        "%s: %s and other settings of CodeCarbon's network, logging and storage are ignored: nothing "
        "here uses a network",
        origin, name);
  }
  return gm_settings_notice(settings, err, "%s: %s is no setting; the nearest is %s", origin, name,
                            nearest(name, codecarbon));
}

/* ---- files ------------------------------------------------------------------------ */

static char *trim(char *text) {
  while (isspace((unsigned char)*text)) text++;
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1])) n--;
  text[n] = '\0';
  return text;
}

typedef enum { NO_SECTION, OURS, OTHERS } section;

/* Settings that stand in no section, or below "[CodeCarbon]", are not read, as CodeCarbon does not. */
static gm_status begin_section(gm_settings *settings, const char *text, const char *origin, section *in,
                               gm_error *err) {
  static const char ours[] = "[codecarbon]";
  enum { SLIPS = 2 };
  *in = strcmp(text, ours) == 0 ? OURS : OTHERS;
  if (*in == OURS || gm_edit_distance(text, ours) > SLIPS) return GM_OK;
  return gm_settings_notice(settings, err, "%s: the section %s is not read; expected %s", origin, text, ours);
}

static gm_status read_line(gm_settings *settings, char *line, const char *origin, section *in,
                           gm_error *err) {
  const bool indented = isblank((unsigned char)line[0]);
  char *text = trim(line);
  if (text[0] == '\0' || text[0] == '#' || text[0] == ';') return GM_OK;
  if (text[0] == '[') return begin_section(settings, text, origin, in, err);
  if (*in == OTHERS) return GM_OK;
  if (*in == NO_SECTION)
    return gm_settings_notice(settings, err,
                              "%s: \"%.40s\" stands in no section and is not read; expected it below "
                              "[codecarbon]",
                              origin, text);
  const size_t name_length = strcspn(text, "=:");
  if (indented || text[name_length] == '\0' || name_length == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected \"name = value\", got \"%s\"", origin, text);
  char *value = trim(text + name_length + 1);
  text[name_length] = '\0';
  return set_by_name(settings, trim(text), value, origin, true, err);
}

/* That Windows programs put before UTF-8. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

gm_status gm_settings_read_file(gm_settings *settings, const char *path, gm_error *err) {
  FILE *file = fopen(path, "re");
  if (file == NULL) {
    if (errno == ENOENT || errno == ENOTDIR) return GM_OK;
    return gm_fail(err, GM_BAD_INPUT, "%s: cannot read it: %s", path, strerror(errno));
  }
  const size_t size = strlen(path) + 24;
  char *line = NULL, *origin = malloc(size);
  size_t capacity = 0, number = 0;
  section in = NO_SECTION;
  gm_status status = origin != NULL ? GM_OK : gm_fail_memory(err, path);
  while (status == GM_OK && getline(&line, &capacity, file) > 0) {
    const size_t mark = number == 0 && strncmp(line, byte_order_mark, strlen(byte_order_mark)) == 0
                            ? strlen(byte_order_mark)
                            : 0;
    snprintf(origin, size, "%s:%zu", path, ++number);
    status = read_line(settings, line + mark, origin, &in, err);
  }
  if (status == GM_OK && ferror(file))
    status = gm_fail(err, GM_BAD_INPUT, "%s: cannot read it: %s", path, strerror(errno));
  fclose(file);
  free(origin);
  free(line);
  return status;
}

/* ---- environment --------------------------------------------------------------------- */

gm_status gm_settings_read_environment(gm_settings *settings, char *const environment[], gm_error *err) {
  static const char *const prefixes[] = {"CODECARBON_", "GREENMILE_"};
  for (int layer = 0; layer < 2; layer++) {
    const size_t prefix = strlen(prefixes[layer]);
    for (char *const *entry = environment; *entry != NULL; entry++) {
      const size_t length = strcspn(*entry, "=");
      /* CodeCarbon folds case, ours are as written */
      const bool matches = layer == 0 ? strncasecmp(*entry, prefixes[layer], prefix) == 0
                                      : strncmp(*entry, prefixes[layer], prefix) == 0;
      if (!matches || (*entry)[length] == '\0') continue;
      char *name = strndup(*entry, length);
      if (name == NULL) return gm_fail_memory(err, "a setting");
      const bool other = layer == 1 && is_in(name + prefix, other_variables,
                                             sizeof other_variables / sizeof *other_variables);
      const gm_status status =
          other ? GM_OK : set_by_name(settings, name + prefix, *entry + length + 1, name, layer == 0, err);
      free(name);
      if (status != GM_OK) return status;
    }
  }
  return GM_OK;
}
