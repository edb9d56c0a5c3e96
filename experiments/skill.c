/* SPDX-License-Identifier: MIT
 * Program: the skill curve. Gathers finished runs of linear_regression and cnn at
 * several leads into one table for scripts/figures/skill.gp; it computes nothing. */
#include "common/csv.h"
#include "common/json.h"
#include "common/options.h"

#include <stdlib.h>
#include <string.h>

/* The three curves; the order of the rows. */
typedef enum { PERSISTENCE, LINEAR_REGRESSION, CNN, N_MODELS } model;
static const char *const model_names[N_MODELS] = {"persistence", "linear_regression", "cnn"};

enum { LARGEST_LEAD = 120 }; /* steps; a curve that runs further shows nothing */

/* run.json (or its member "persistence") by model and lead, NULL where there is none. */
typedef struct {
  struct json_object *root[N_MODELS][LARGEST_LEAD + 1]; /* owned; persistence stays NULL */
} runs;

static gm_status take_run(runs *all, const char *directory, gm_error *err) {
  char *path = gm_path_join(directory, "run.json");
  struct json_object *root = NULL, *dataset = NULL;
  gm_status status = path == NULL ? gm_fail_memory(err, "a file name") : gm_json_read(path, &root, err);
  const char *program = status == GM_OK ? gm_json_text(root, "program") : NULL;
  const double lead = status == GM_OK && json_object_object_get_ex(root, "dataset", &dataset)
                          ? gm_json_number(dataset, "lead")
                          : 0;
  int m = CNN;
  while (program != NULL && m > PERSISTENCE && strcmp(program, model_names[m]) != 0) m--;
  if (status == GM_OK && (program == NULL || m == PERSISTENCE || !(lead >= 1 && lead <= LARGEST_LEAD)))
    status =
        gm_fail(err, GM_BAD_INPUT, "%s: expected a run of linear_regression or cnn with a lead of 1 to %d",
                path, LARGEST_LEAD);
  else if (status == GM_OK && all->root[m][(size_t)lead] != NULL)
    status = gm_fail(err, GM_BAD_INPUT, "%s: a second run of %s with lead %.0f", path, program, lead);
  if (status == GM_OK)
    all->root[m][(size_t)lead] = root;
  else
    json_object_put(root);
  free(path);
  return status;
}

static void put_rows(gm_csv_writer *csv, const struct json_object *scores, const struct json_object *run,
                     int m, int64_t lead) {
  static const char *const splits[] = {"validation", "test"};
  for (size_t s = 0; s < sizeof splits / sizeof *splits; s++) {
    char key[32];
    gm_csv_put_integer(csv, lead);
    gm_csv_put_text(csv, model_names[m]);
    gm_csv_put_text(csv, splits[s]);
    snprintf(key, sizeof key, "rmse_%s", splits[s]);
    gm_csv_put_number(csv, gm_json_number(scores, key));
    snprintf(key, sizeof key, "correlation_%s", splits[s]);
    gm_csv_put_number(csv, gm_json_number(scores, key));
    gm_csv_put_text(csv, gm_json_text(run, "protocol"));
    gm_csv_end_row(csv);
  }
}

static gm_status write_table(const runs *all, const char *path, gm_error *err) {
  gm_csv_writer csv;
  const gm_status status = gm_csv_open(&csv, path, "lead,model,split,rmse,correlation,protocol", err);
  if (status != GM_OK) return status;
  for (int m = 0; m < N_MODELS; m++)
    for (int64_t lead = 1; lead <= LARGEST_LEAD; lead++) {
      struct json_object *run = all->root[m == PERSISTENCE ? LINEAR_REGRESSION : m][lead], *scores = run;
      if (run == NULL) continue;
      if (m == PERSISTENCE && !json_object_object_get_ex(run, "persistence", &scores)) continue;
      put_rows(&csv, scores, run, m, lead);
    }
  return gm_csv_commit(&csv, err);
}

int main(int argc, char **argv) {
  const char *out = "results/figures/skill.csv";
  const gm_option options[] = {
      {"out", "FILE.csv", "table to write", GM_OPTION_TEXT, &out, 0, 0, false},
  };
  const gm_option_group groups[] = {{"Options", options, 1}};
  const gm_program program = {
      .name = "skill",
      .usage = "[--out FILE.csv] RUN_DIR …",
      .description =
          "Gathers RMSE and correlation of finished linear_regression and cnn runs, one per lead, into\n"
          "a table of lead, model, split; persistence comes from the regression's runs.",
      .groups = groups,
      .n_groups = 1,
  };
  gm_error err = {GM_OK, ""};
  gm_options_action action = GM_OPTIONS_RUN;
  int first = argc;
  runs all = {{{NULL}}};
  gm_status status = gm_options_parse(&program, argc, argv, &action, &first, &err);
  if (status == GM_OK && action == GM_OPTIONS_HELP) gm_options_print_help(&program, stdout);
  if (status == GM_OK && action == GM_OPTIONS_VERSION) gm_print_version(&program, stdout);
  if (status == GM_OK && action == GM_OPTIONS_RUN) {
    if (first >= argc) status = gm_fail(&err, GM_BAD_INPUT, "which runs? expected run directories");
    for (int i = first; status == GM_OK && i < argc; i++) status = take_run(&all, argv[i], &err);
    if (status == GM_OK) status = write_table(&all, out, &err);
  }
  if (status != GM_OK) fprintf(stderr, "skill: %s\n", err.message);
  for (int m = 0; m < N_MODELS; m++)
    for (int lead = 0; lead <= LARGEST_LEAD; lead++) json_object_put(all.root[m][lead]);
  return gm_exit_code(status);
}
