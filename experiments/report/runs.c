/* SPDX-License-Identifier: MIT
 * Reading DIR/runs. */
#include "experiments/report/runs.h"

#include "common/atomic_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the runs of the study -------------------------------------------- */

static const struct {
  const char *name; /* directory, "-seedS" appended where repeated */
  bool per_seed;
  const char *program; /* that makes it */
} kinds[GM_RUN_KINDS] = {
    [GM_RUN_LINEAR_REGRESSION] = {"linear_regression", false, "linear_regression"},
    [GM_RUN_CNN] = {"cnn", true, "cnn"},
    [GM_RUN_CNN_PRUNED] = {"cnn_pruned", true, "cnn --prune-unstructured"},
    [GM_RUN_CNN_STRUCTURED] = {"cnn_structured", true, "cnn --prune-structured"},
    [GM_RUN_CNN_EARLY_STOPPING] = {"cnn_early_stopping", true, "cnn --early-stopping"},
    [GM_RUN_TUNE] = {"tune", false, "tune"},
    [GM_RUN_TUNE_PRUNED] = {"tune_pruned", false, "tune --pruner percentile:10"},
    [GM_RUN_INFERENCE_LINEAR_REGRESSION] = {"inference_linear_regression", false, "inference"},
    [GM_RUN_INFERENCE_CNN] = {"inference_cnn", false, "inference"},
};

const char *gm_report_run_kind_name(gm_report_run_kind kind) {
  return kinds[kind].name;
}

size_t gm_report_repeats(const gm_report_runs *study, gm_report_run_kind kind) {
  return kinds[kind].per_seed ? study->n_seeds : 1;
}

/* ---- life cycle ------------------------------------------------------- */

static char *run_directory(const char *results, gm_report_run_kind kind, size_t seed) {
  char *directory = NULL;
  const int n = kinds[kind].per_seed
                    ? asprintf(&directory, "%s/runs/%s-seed%zu", results, kinds[kind].name, seed)
                    : asprintf(&directory, "%s/runs/%s", results, kinds[kind].name);
  return n < 0 ? NULL : directory;
}

/* How many of cnn-seed0, cnn-seed1, … have a run.json. */
static size_t count_seeds(const char *results) {
  for (size_t seed = 0;; seed++) {
    char *path = NULL;
    if (asprintf(&path, "%s/runs/cnn-seed%zu/run.json", results, seed) < 0) return seed;
    const bool found = access(path, R_OK) == 0;
    free(path);
    if (!found) return seed;
  }
}

static gm_status load_run(const gm_report_runs *study, gm_report_run_kind kind, size_t seed,
                          gm_report_run *run, gm_error *err) {
  run->directory = run_directory(study->results, kind, seed);
  char *path = run->directory != NULL ? gm_path_join(run->directory, "run.json") : NULL;
  if (path == NULL) return gm_fail_memory(err, "run directory");
  gm_status status = GM_OK;
  if (access(path, F_OK) != 0)
    status =
        gm_fail(err, GM_BAD_INPUT, "%s: not there; `%s --out %s` makes it, and `make reproduce` makes all",
                path, kinds[kind].program, run->directory);
  else if ((status = gm_json_read(path, &run->json, err)) == GM_OK &&
           !json_object_is_type(run->json, json_type_object))
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected a JSON object", path);
  free(path);
  return status;
}

gm_status gm_report_runs_load(gm_report_runs *study, const char *results, size_t n_seeds, gm_error *err) {
  *study = (gm_report_runs){.results = results, .n_seeds = n_seeds > 0 ? n_seeds : count_seeds(results)};
  if (study->n_seeds == 0) study->n_seeds = 1; /* so that the message below names cnn-seed0 */
  gm_status status = GM_OK;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS && status == GM_OK; kind++) {
    const size_t repeats = gm_report_repeats(study, kind);
    study->runs[kind] = calloc(repeats, sizeof *study->runs[kind]);
    if (study->runs[kind] == NULL) status = gm_fail_memory(err, "runs");
    for (size_t seed = 0; seed < repeats && status == GM_OK; seed++)
      status = load_run(study, kind, seed, &study->runs[kind][seed], err);
  }
  if (status != GM_OK) gm_report_runs_free(study);
  return status;
}

void gm_report_runs_free(gm_report_runs *study) {
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++) {
    for (size_t i = 0; study->runs[kind] != NULL && i < gm_report_repeats(study, kind); i++) {
      json_object_put(study->runs[kind][i].json);
      free(study->runs[kind][i].directory);
    }
    free(study->runs[kind]);
  }
  *study = (gm_report_runs){0};
}

/* ---- questions -------------------------------------------------------- */

struct json_object *gm_report_run_member(const gm_report_run *run, const char *key) {
  struct json_object *value = run->json;
  char part[64];
  while (*key != '\0') {
    const size_t n = strcspn(key, ".");
    snprintf(part, sizeof part, "%.*s", (int)n, key);
    if (!json_object_is_type(value, json_type_object)) return NULL;
    value = json_object_object_get(value, part);
    key += key[n] == '.' ? n + 1 : n;
  }
  return value;
}

double gm_report_run_number(const gm_report_run *run, const char *key) {
  struct json_object *value = gm_report_run_member(run, key);
  const bool number =
      json_object_is_type(value, json_type_double) || json_object_is_type(value, json_type_int);
  return number ? json_object_get_double(value) : NAN;
}

const char *gm_report_run_text(const gm_report_run *run, const char *key) {
  struct json_object *value = gm_report_run_member(run, key);
  return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

bool gm_report_is_quick(const gm_report_runs *study) {
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(study, kind); i++) {
      const char *protocol = gm_report_run_text(&study->runs[kind][i], "protocol");
      if (protocol != NULL && strcmp(protocol, "quick") == 0) return true;
    }
  return false;
}

const char *gm_report_unit(const gm_report_runs *study) {
  const gm_report_run *run = study->runs[GM_RUN_LINEAR_REGRESSION];
  const char *unit = gm_report_run_text(run, "dataset.unit");
  const char *name = gm_report_run_text(run, "dataset.name");
  if (unit != NULL) return unit;
  return name != NULL && strncmp(name, "nino", 4) == 0 ? "°C" : NULL;
}

void gm_json_words(FILE *out, struct json_object *value) {
  bool first = true;
  if (json_object_is_type(value, json_type_array)) {
    for (size_t i = 0; i < json_object_array_length(value); i++) {
      if (!first) fputs("; ", out);
      gm_json_words(out, json_object_array_get_idx(value, i));
      first = false;
    }
  } else if (json_object_is_type(value, json_type_object)) {
    json_object_object_foreach(value, key, member) {
      if (member == NULL) continue;
      fprintf(out, "%s%s: ", first ? "" : "; ", key);
      gm_json_words(out, member);
      first = false;
    }
  } else if (value != NULL) {
    fputs(json_object_get_string(value), out);
  }
}
