/* SPDX-License-Identifier: MIT
 * The graph: descriptor, root, programs, data, actions, and one entity per file. */
#include "experiments/report/publication.h"

#include "common/atomic_file.h"
#include "common/json.h"
#include "experiments/report/words.h"

#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PROFILE "https://w3id.org/ro/wfrun/process/0.5"
#define RO_CRATE "https://w3id.org/ro/crate/1.1"

static struct json_object *entity(struct json_object *graph, const char *id, const char *type,
                                  const char *name) {
  struct json_object *object = json_object_new_object();
  gm_json_add_text(object, "@id", id);
  gm_json_add_text(object, "@type", type);
  if (name != NULL) gm_json_add_text(object, "name", name);
  json_object_array_add(graph, object);
  return object;
}

static struct json_object *reference(const char *id) {
  struct json_object *object = json_object_new_object();
  gm_json_add_text(object, "@id", id);
  return object;
}

/* Appends a reference to the list owner[key]. */
static void refer(struct json_object *owner, const char *key, const char *id) {
  struct json_object *list = NULL;
  if (!json_object_object_get_ex(owner, key, &list)) {
    list = json_object_new_array();
    json_object_object_add(owner, key, list);
  }
  json_object_array_add(list, reference(id));
}

/* ---- files ------------------------------------------------------------------ */

static const char *media_type(const char *name) {
  static const struct {
    const char *ending, *type;
  } types[] = {{".csv", "text/csv"},          {".json", "application/json"}, {".md", "text/markdown"},
               {".tex", "application/x-tex"}, {".html", "text/html"},        {".svg", "image/svg+xml"},
               {".png", "image/png"},         {".pdf", "application/pdf"},   {".log", "text/plain"}};
  const char *ending = strrchr(name, '.');
  for (size_t i = 0; ending != NULL && i < sizeof types / sizeof *types; i++)
    if (strcmp(ending, types[i].ending) == 0) return types[i].type;
  return "application/octet-stream";
}

static int is_listed(const struct dirent *entry) {
  return entry->d_name[0] != '.' && strcmp(entry->d_name, "ro-crate-metadata.json") != 0;
}

/* An entity for every regular file in results/folder ("" or "figures/"), and a reference to it in
 * owner's `key` list. */
static gm_status add_files(struct json_object *graph, struct json_object *owner, const char *key,
                           const char *results, const char *folder, gm_error *err) {
  struct dirent **entries = NULL;
  char *path = gm_path_join(results, folder);
  if (path == NULL) return gm_fail_memory(err, folder);
  const int n = scandir(path, &entries, is_listed, alphasort);
  free(path);
  gm_status status = GM_OK;
  for (int i = 0; i < n; i++) {
    char *id = NULL, *file = NULL;
    struct stat info;
    if (asprintf(&id, "%s%s", folder, entries[i]->d_name) < 0 || (file = gm_path_join(results, id)) == NULL)
      status = gm_fail_memory(err, entries[i]->d_name);
    else if (stat(file, &info) == 0 && S_ISREG(info.st_mode)) {
      struct json_object *object = entity(graph, id, "File", entries[i]->d_name);
      gm_json_add_text(object, "encodingFormat", media_type(entries[i]->d_name));
      gm_json_add_integer(object, "contentSize", info.st_size);
      refer(owner, key, id);
    }
    free(id);
    free(file);
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* ---- programs ------------------------------------------------------------------ */

static bool has_entity(struct json_object *graph, const char *id) {
  for (size_t i = 0; i < json_object_array_length(graph); i++)
    if (strcmp(gm_json_text(json_object_array_get_idx(graph, i), "@id"), id) == 0) return true;
  return false;
}

/* action's instrument is the program, which is described once. */
static gm_status add_instrument(struct json_object *graph, struct json_object *action,
                                const gm_report_run *run, const char *program, gm_error *err) {
  const char *version = gm_report_run_text(run, "version"), *commit = gm_report_run_text(run, "git_commit");
  char *id = NULL, *name = NULL, *words = NULL;
  gm_status status = GM_OK;
  if (asprintf(&id, "#%s", program) < 0 || asprintf(&name, "%s of greenmile", program) < 0 ||
      asprintf(&words, "%s (commit %s)", version != NULL ? version : "unknown",
               commit != NULL ? commit : "unknown") < 0)
    status = gm_fail_memory(err, program);
  if (status == GM_OK && !has_entity(graph, id))
    gm_json_add_text(entity(graph, id, "SoftwareApplication", name), "softwareVersion", words);
  if (status == GM_OK) json_object_object_add(action, "instrument", reference(id));
  free(id);
  free(name);
  free(words);
  return status;
}

/* ---- actions ------------------------------------------------------------------ */

/* started_at plus the seconds the whole program took, in ISO 8601; NULL where either is not known. */
static const char *end_time(const gm_report_run *run, char text[32]) {
  const char *started = gm_report_run_text(run, "started_at");
  const double seconds = gm_report_run_number(run, "process_duration_s");
  struct tm tm = {0};
  if (started == NULL || isnan(seconds) || strptime(started, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL) return NULL;
  const time_t end = timegm(&tm) + (time_t)ceil(seconds);
  return gmtime_r(&end, &tm) != NULL && strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0 ? text : NULL;
}

/* The command line in one text, fresh memory or NULL. */
static char *command_of(const gm_report_run *run) {
  struct json_object *argv = gm_report_run_member(run, "argv");
  char *text = NULL;
  size_t size = 0;
  FILE *out = json_object_is_type(argv, json_type_array) ? open_memstream(&text, &size) : NULL;
  if (out == NULL) return NULL;
  for (size_t i = 0; i < json_object_array_length(argv); i++)
    fprintf(out, "%s%s", i > 0 ? " " : "", json_object_get_string(json_object_array_get_idx(argv, i)));
  fclose(out);
  return text;
}

/* What inference read, where its --model lies in the directory of another run. */
static void refer_to_model(struct json_object *action, const gm_report_run *run, const char *results) {
  struct json_object *argv = gm_report_run_member(run, "argv");
  if (!json_object_is_type(argv, json_type_array)) return;
  for (size_t i = 1; i < json_object_array_length(argv); i++) {
    const char *option = json_object_get_string(json_object_array_get_idx(argv, i - 1));
    const char *model = NULL, *next = json_object_get_string(json_object_array_get_idx(argv, i));
    if (strcmp(option, "--model") != 0) continue;
    while ((next = strstr(next, "runs/")) != NULL) model = next++;
    char *path = model != NULL ? gm_path_join(results, model) : NULL;
    if (path != NULL && access(path, F_OK) == 0) refer(action, "object", model);
    free(path);
  }
}

static gm_status add_action(struct json_object *graph, struct json_object *root, const gm_report_run *run,
                            const char *results, gm_error *err) {
  const char *name = strrchr(run->directory, '/') + 1, *program = gm_report_run_text(run, "program");
  char *id = NULL, *folder = NULL, *command = command_of(run), end[32];
  gm_status status = GM_OK;
  if (asprintf(&id, "#run-%s", name) < 0 || asprintf(&folder, "runs/%s/", name) < 0) {
    status = gm_fail_memory(err, name);
  } else {
    struct json_object *action = entity(graph, id, "CreateAction", name);
    if (command != NULL) gm_json_add_text(action, "description", command);
    if (gm_report_run_text(run, "started_at") != NULL)
      gm_json_add_text(action, "startTime", gm_report_run_text(run, "started_at"));
    if (end_time(run, end) != NULL) gm_json_add_text(action, "endTime", end);
    status = add_instrument(graph, action, run, program != NULL ? program : "program", err);
    refer(action, "object", "#data");
    refer_to_model(action, run, results);
    refer(action, "result", folder);
    refer(root, "mentions", id);
    refer(root, "hasPart", folder);
    struct json_object *directory = entity(graph, folder, "Dataset", name);
    if (status == GM_OK) status = add_files(graph, directory, "hasPart", results, folder, err);
  }
  free(id);
  free(folder);
  free(command);
  return status;
}

static gm_status add_actions(struct json_object *graph, struct json_object *root, const gm_report *report,
                             const char *results, gm_error *err) {
  gm_status status = GM_OK;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(report->study, kind) && status == GM_OK; i++)
      status = add_action(graph, root, &report->study->runs[kind][i], results, err);
  return status;
}

/* ---- what everything rests on ----------------------------------------------------- */

static void add_data(struct json_object *graph, const gm_report *report) {
  const gm_report_run *run = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  const char *name = gm_report_run_text(run, "dataset.name"),
             *slash = name != NULL ? strrchr(name, '/') : NULL;
  const char *description = gm_report_run_text(run, "dataset.description"),
             *source = gm_report_run_text(run, "dataset.source");
  struct json_object *data = entity(graph, "#data", "CreativeWork",
                                    slash != NULL  ? slash + 1
                                    : name != NULL ? name
                                                   : "the data");
  if (description != NULL) gm_json_add_text(data, "description", description);
  if (source != NULL) gm_json_add_text(data, "creditText", source);
}

/* The day of the last run: what is here was there by then. */
static void add_date(struct json_object *root, const gm_report *report) {
  char last[11] = "";
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(report->study, kind); i++) {
      const char *started = gm_report_run_text(&report->study->runs[kind][i], "started_at");
      if (started != NULL && strncmp(started, last, sizeof last - 1) > 0)
        snprintf(last, sizeof last, "%.10s", started);
    }
  gm_json_add_text(root, "datePublished", last[0] != '\0' ? last : "unknown");
}

static gm_status add_sentence(struct json_object *object, const char *key, const char *name,
                              const gm_report *report, gm_error *err) {
  char *text = NULL;
  const gm_status status = gm_report_sentence(report, name, NULL, 0, &text, err);
  if (status == GM_OK) gm_json_add_text(object, key, text);
  free(text);
  return status;
}

static gm_status fill_graph(struct json_object *graph, const gm_report *report, const char *results,
                            gm_error *err) {
  static const char *const folders[] = {"", "tables/", "figures/"};
  struct json_object *descriptor = entity(graph, "ro-crate-metadata.json", "CreativeWork", NULL);
  json_object_object_add(descriptor, "conformsTo", reference(RO_CRATE));
  json_object_object_add(descriptor, "about", reference("./"));
  struct json_object *root = entity(graph, "./", "Dataset", "The Green Mile, reproduced");
  gm_status status = add_sentence(root, "description", "crate", report, err);
  add_date(root, report);
  if (status == GM_OK) status = add_sentence(root, "license", "crate licence", report, err);
  json_object_object_add(root, "conformsTo", reference(PROFILE));
  gm_json_add_text(entity(graph, PROFILE, "CreativeWork", "Process Run Crate"), "version", "0.5");
  add_data(graph, report);
  if (status == GM_OK) status = add_actions(graph, root, report, results, err);
  struct json_object *made = entity(graph, "#report-made", "CreateAction", "tables, figures and report");
  if (status == GM_OK) status = add_instrument(graph, made, report->study->runs[GM_RUN_CNN], "report", err);
  refer(root, "mentions", "#report-made");
  for (size_t i = 0; i < sizeof folders / sizeof *folders && status == GM_OK; i++) {
    struct json_object *owner = root;
    if (i > 0) {
      refer(root, "hasPart", folders[i]);
      owner = entity(graph, folders[i], "Dataset", folders[i]);
      refer(made, "result", folders[i]);
    }
    status = add_files(graph, owner, "hasPart", results, folders[i], err);
  }
  refer(made, "result", "report.html");
  return status;
}

gm_status gm_report_write_crate(const gm_report *report, const char *results, gm_error *err) {
  struct json_object *root = json_object_new_object(), *graph = json_object_new_array();
  struct json_object *context = json_object_new_array();
  json_object_array_add(context, gm_json_string(RO_CRATE "/context"));
  json_object_array_add(context, gm_json_string("https://w3id.org/ro/terms/workflow-run/context"));
  json_object_object_add(root, "@context", context);
  json_object_object_add(root, "@graph", graph);
  gm_status status = fill_graph(graph, report, results, err);
  if (status == GM_OK) status = gm_json_write_in(results, "ro-crate-metadata.json", root, err);
  json_object_put(root);
  return status;
}
