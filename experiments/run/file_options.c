/* SPDX-License-Identifier: MIT
 * Files that the command line names. */
#include "experiments/run/run_directory.h"

#include "common/atomic_file.h"

#include <stdlib.h>
#include <string.h>

/* ---- which options ------------------------------------------------------------------------ */

/* The n-th file option that is set and its path; false when there are no more. */
static bool file_option(const gm_experiment *e, size_t n, const gm_option **option, const char **path) {
  const struct {
    const gm_option *options;
    size_t n;
  } groups[] = {{e->usage.own, e->usage.n_own}, {e->data_options, GM_EXPERIMENT_DATA_OPTIONS}};
  for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
    for (size_t i = 0; i < groups[g].n; i++) {
      const gm_option *o = &groups[g].options[i];
      if (o->kind != GM_OPTION_TEXT || o->argument == NULL || strncmp(o->argument, "FILE", 4) != 0) continue;
      const char *value = *(const char *const *)o->target;
      if (value == NULL || n-- > 0) continue;
      *option = o;
      *path = value[0] == '@' ? value + 1 : value; /* --journal @FILE */
      return true;
    }
  return false;
}

static bool is_written(const gm_option *option) {
  return strcmp(option->name, "save") == 0 || strcmp(option->name, "step-log") == 0;
}

/* ---- checks --------------------------------------------------------------------------------------- */

gm_status gm_file_options_keep_off(const gm_experiment *e, const char *name, gm_error *err) {
  char *result = gm_experiment_path(e, name);
  const gm_option *option;
  const char *path;
  gm_status status = result != NULL ? GM_OK : gm_fail_memory(err, "a file name");
  for (size_t n = 0; status == GM_OK && file_option(e, n, &option, &path); n++)
    if (gm_same_file(path, result))
      status =
          gm_fail(err, GM_BAD_INPUT, "--%s %s: a run replaces this file in its --out; choose another --out",
                  option->name, path);
  free(result);
  return status;
}

gm_status gm_file_options_check(const gm_experiment *e, gm_error *err) {
  const gm_option *written, *other;
  const char *path, *other_path;
  for (size_t n = 0; file_option(e, n, &written, &path); n++)
    for (size_t m = 0; is_written(written) && file_option(e, m, &other, &other_path); m++)
      if (m != n && gm_same_file(path, other_path))
        return gm_fail(err, GM_BAD_INPUT, "--%s %s: that is the file of --%s; expected another",
                       written->name, path, other->name);
  return GM_OK;
}
