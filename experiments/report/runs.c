/* SPDX-License-Identifier: MIT
 * DIR/runs of a study: which runs there must be, their run.json, members by path. */
#include "experiments/report/runs.h"

#include "common/atomic_file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the runs of the study -------------------------------------------- */

typedef enum { ONCE, PER_SEED, PER_LEAD, UNNAMED } repetition;

static const struct {
  const char *name; /* directory, "-seedS" or "-leadN" appended where repeated */
  repetition repeated;
  const char *program; /* that makes it */
} kinds[GM_RUN_KINDS] = {
    [GM_RUN_LINEAR_REGRESSION] = {"linear_regression", ONCE, "linear_regression"},
    [GM_RUN_CNN] = {"cnn", PER_SEED, "cnn"},
    [GM_RUN_CNN_PRUNED] = {"cnn_pruned", PER_SEED, "cnn --prune-unstructured"},
    [GM_RUN_CNN_STRUCTURED] = {"cnn_structured", PER_SEED, "cnn --prune-structured"},
    [GM_RUN_CNN_EARLY_STOPPING] = {"cnn_early_stopping", PER_SEED, "cnn --early-stopping"},
    [GM_RUN_TUNE] = {"tune", ONCE, "tune"},
    [GM_RUN_TUNE_PRUNED] = {"tune_pruned", ONCE, "tune --pruner percentile:10"},
    [GM_RUN_INFERENCE_LINEAR_REGRESSION] = {"inference_linear_regression", ONCE, "inference"},
    [GM_RUN_INFERENCE_CNN] = {"inference_cnn", ONCE, "inference"},
    [GM_RUN_LINEAR_REGRESSION_LEADS] = {"linear_regression", PER_LEAD, "linear_regression --lead"},
    [GM_RUN_CNN_LEADS] = {"cnn", PER_LEAD, "cnn --lead"},
    [GM_RUN_EOF_REGRESSION] = {"eof_regression", ONCE, "linear_regression --components blocks"},
    [GM_RUN_EOF_REGRESSION_LEADS] = {"eof_regression", PER_LEAD,
                                     "linear_regression --components blocks --lead"},
    [GM_RUN_OTHERS] = {"", UNNAMED, ""},
};

const char *gm_report_run_kind_name(gm_report_run_kind kind) {
  return kinds[kind].name;
}

size_t gm_report_repeats(const gm_report_runs *study, gm_report_run_kind kind) {
  const bool eof = kind == GM_RUN_EOF_REGRESSION || kind == GM_RUN_EOF_REGRESSION_LEADS;
  if (eof && !study->has_eof_regression) return 0;
  if (kind == GM_RUN_OTHERS) return study->n_others;
  if (kinds[kind].repeated == PER_LEAD)
    return study->n_leads - (study->n_leads >= study->lead && study->n_leads > 0);
  return kinds[kind].repeated == PER_SEED ? study->n_seeds : 1;
}

const gm_report_run *gm_report_run_at_lead(const gm_report_runs *study, gm_report_run_kind kind,
                                           size_t lead) {
  if (lead == study->lead) return study->runs[kind];
  const gm_report_run_kind others = kind == GM_RUN_CNN              ? GM_RUN_CNN_LEADS
                                    : kind == GM_RUN_EOF_REGRESSION ? GM_RUN_EOF_REGRESSION_LEADS
                                                                    : GM_RUN_LINEAR_REGRESSION_LEADS;
  return &study->runs[others][lead - 1 - (lead > study->lead)];
}

/* ---- life cycle ------------------------------------------------------- */

/* Of repetition i: a seed from 0, or a lead from 1 that leaves out the study's own. */
static char *run_directory(const gm_report_runs *study, gm_report_run_kind kind, size_t i) {
  char *directory = NULL, suffix[32] = "";
  if (kinds[kind].repeated == PER_SEED) snprintf(suffix, sizeof suffix, "-seed%zu", i);
  if (kinds[kind].repeated == PER_LEAD)
    snprintf(suffix, sizeof suffix, "-lead%zu", i + 1 < study->lead ? i + 1 : i + 2);
  const int n = asprintf(&directory, "%s/runs/%s%s", study->results, kinds[kind].name, suffix);
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

/* A search that several processes worked on counts whole: run.json tells what the one that wrote it drew, and
 * the sum over all of them apart. */
static gm_status count_whole_search(const gm_report_run *at, gm_error *err) {
  struct json_object *run = at->json;
  static const double rounding = 1e-9; /* of sums of the same numbers */
  static const char *const keys[] = {"energy_kwh",   "energy_low_kwh",   "energy_high_kwh",
                                     "emissions_kg", "emissions_low_kg", "emissions_high_kg",
                                     "duration_s"};
  const double energy_kwh = gm_json_number(run, "energy_kwh"), duration_s = gm_json_number(run, "duration_s");
  const double all_kwh = gm_json_number(run, "all_energy_kwh"), all_s = gm_json_number(run, "all_duration_s");
  if (isnan(gm_json_number(run, "study_energy_kwh"))) return GM_OK;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    char key[64];
    snprintf(key, sizeof key, "study_%s", keys[i]);
    const double own = gm_json_number(run, keys[i]), whole = gm_json_number(run, key);
    if (gm_json_number(run, "study_processes") == 1 && fabs(own - whole) > rounding * whole)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s/run.json: \"%s\" is %g and \"%s\" %g, of a search by one process; one of them was "
                     "changed, rerun it",
                     at->directory, keys[i], own, key, whole);
    gm_json_add_number(run, keys[i], whole);
  }
  gm_json_add_number(run, "all_energy_kwh", all_kwh - energy_kwh + gm_json_number(run, "energy_kwh"));
  gm_json_add_number(run, "all_duration_s", all_s - duration_s + gm_json_number(run, "duration_s"));
  return GM_OK;
}

static gm_status load_run(gm_report_run_kind kind, gm_report_run *run, gm_error *err) {
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
  if (status == GM_OK) status = count_whole_search(run, err);
  free(path);
  return status;
}

/* ---- other runs ------------------------------------------------------------ */

/* "cnn-seed7" is a CNN's, whether this study takes that seed or not. */
static bool is_of_a_kind(const char *name) {
  for (gm_report_run_kind kind = 0; kind < GM_RUN_OTHERS; kind++) {
    const size_t n = strlen(kinds[kind].name);
    if (strncmp(name, kinds[kind].name, n) != 0) continue;
    const bool repeated = strncmp(name + n, "-seed", 5) == 0 || strncmp(name + n, "-lead", 5) == 0;
    if (name[n] == '\0' || (repeated && name[n + 5 + strspn(name + n + 5, "0123456789")] == '\0'))
      return true;
  }
  return false;
}

static int is_other(const struct dirent *entry) {
  return entry->d_name[0] != '.' && !is_of_a_kind(entry->d_name);
}

static gm_status add_other(gm_report_runs *study, const char *name, gm_error *err) {
  char *directory = NULL, *path = NULL;
  gm_status status = GM_OK;
  if (asprintf(&directory, "%s/runs/%s", study->results, name) < 0) return gm_fail_memory(err, "runs");
  if ((path = gm_path_join(directory, "run.json")) == NULL) status = gm_fail_memory(err, "runs");
  if (status == GM_OK && access(path, R_OK) == 0) {
    gm_report_run *run = &study->runs[GM_RUN_OTHERS][study->n_others++];
    run->directory = directory;
    directory = NULL;
    status = load_run(GM_RUN_OTHERS, run, err);
  }
  free(directory);
  free(path);
  return status;
}

static gm_status load_others(gm_report_runs *study, gm_error *err) {
  struct dirent **entries = NULL;
  char *runs = gm_path_join(study->results, "runs");
  if (runs == NULL) return gm_fail_memory(err, "runs");
  const int n = scandir(runs, &entries, is_other, alphasort);
  gm_status status = GM_OK;
  study->runs[GM_RUN_OTHERS] = calloc((size_t)(n > 0 ? n : 0) + 1, sizeof *study->runs[GM_RUN_OTHERS]);
  if (study->runs[GM_RUN_OTHERS] == NULL) status = gm_fail_memory(err, "runs");
  for (int i = 0; i < n; i++) {
    if (status == GM_OK) status = add_other(study, entries[i]->d_name, err);
    free(entries[i]);
  }
  free(entries);
  free(runs);
  return status;
}

/* ---- all runs ---------------------------------------------------------------- */

static bool has_run(const gm_report_runs *study, gm_report_run_kind kind) {
  char *path = NULL;
  if (asprintf(&path, "%s/runs/%s/run.json", study->results, kinds[kind].name) < 0) return false;
  const bool found = access(path, R_OK) == 0;
  free(path);
  return found;
}

gm_status gm_report_runs_load(gm_report_runs *study, const char *results, size_t n_seeds, size_t n_leads,
                              gm_error *err) {
  *study = (gm_report_runs){.results = results,
                            .n_seeds = n_seeds > 0 ? n_seeds : count_seeds(results),
                            .lead = 1,
                            .n_leads = n_leads};
  if (study->n_seeds == 0) study->n_seeds = 1; /* so that the message below names cnn-seed0 */
  gm_status status = GM_OK;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_OTHERS && status == GM_OK; kind++) {
    const size_t repeats = gm_report_repeats(study, kind);
    study->runs[kind] = calloc(repeats + 1, sizeof *study->runs[kind]);
    if (study->runs[kind] == NULL) status = gm_fail_memory(err, "runs");
    for (size_t i = 0; i < repeats && status == GM_OK; i++) {
      study->runs[kind][i].directory = run_directory(study, kind, i);
      status = load_run(kind, &study->runs[kind][i], err);
    }
    if (kind != GM_RUN_LINEAR_REGRESSION || status != GM_OK) continue;
    study->has_eof_regression = gm_report_is_map(study) && has_run(study, GM_RUN_EOF_REGRESSION);
    const double lead = gm_report_run_number(study->runs[kind], "dataset.lead");
    if (lead >= 1) study->lead = (size_t)lead;
  }
  if (status == GM_OK) status = load_others(study, err);
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

bool gm_report_is_flagged(const gm_report_run *run) {
  return json_object_get_boolean(gm_report_run_member(run, "machine_busy"));
}

bool gm_report_is_quick(const gm_report_runs *study) {
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(study, kind); i++) {
      const char *protocol = gm_report_run_text(&study->runs[kind][i], "protocol");
      if (protocol != NULL && strcmp(protocol, "quick") == 0) return true;
    }
  return false;
}

bool gm_report_is_map(const gm_report_runs *study) {
  return !isnan(gm_report_run_number(study->runs[GM_RUN_LINEAR_REGRESSION], "dataset.points"));
}

const char *gm_report_unit(const gm_report_runs *study) {
  return gm_report_run_text(study->runs[GM_RUN_LINEAR_REGRESSION], "dataset.unit");
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
