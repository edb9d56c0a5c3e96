/* SPDX-License-Identifier: MIT
 * The tables as rows of named values, the total, the runs and what they ran on. Numbers are those of
 * the CSVs, at full precision; what is not known is null. */
#include "experiments/report/publication.h"

#include "common/atomic_file.h"
#include "common/json.h"
#include "experiments/report/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ----------------------------------------------------------------- */

static struct json_object *columns_of(const gm_report_table *table) {
  struct json_object *columns = json_object_new_array();
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    struct json_object *object = json_object_new_object();
    gm_json_add_text(object, "key", column->key);
    gm_json_add_text(object, "head", column->head);
    gm_json_add_text(object, "unit", column->unit);
    gm_json_add_text(object, "low", column->low);
    gm_json_add_text(object, "high", column->high);
    gm_json_add_text(object, "sd", column->sd);
    json_object_array_add(columns, object);
  }
  return columns;
}

static struct json_object *rows_of(const gm_report_table *table) {
  struct json_object *rows = json_object_new_array();
  for (size_t r = 0; r < table->n_rows; r++) {
    struct json_object *row = json_object_new_object();
    for (size_t c = 0; c < table->n_columns; c++) {
      const gm_report_cell *cell = &table->cells[r * table->n_columns + c];
      if (cell->text != NULL)
        gm_json_add_text(row, table->columns[c].key, cell->text);
      else
        gm_json_add_number(row, table->columns[c].key, cell->number);
    }
    json_object_array_add(rows, row);
  }
  return rows;
}

static struct json_object *tables_of(const gm_report *report) {
  struct json_object *tables = json_object_new_object();
  for (size_t t = 0; t < GM_TABLES; t++) {
    const gm_report_table *table = &report->tables[t];
    if (table->n_rows == 0) continue;
    struct json_object *object = json_object_new_object();
    gm_json_add_text(object, "caption", table->caption);
    gm_json_add_text(object, "notes", table->notes);
    json_object_object_add(object, "columns", columns_of(table));
    json_object_object_add(object, "rows", rows_of(table));
    json_object_object_add(tables, table->name, object);
  }
  return tables;
}

/* ---- total and runs ------------------------------------------------------------ */

static struct json_object *total_of(const gm_report *report) {
  const gm_report_total *total = &report->total;
  struct json_object *object = json_object_new_object();
  gm_json_add_integer(object, "runs", (int64_t)total->n_runs);
  gm_json_add_integer(object, "runs_measured", (int64_t)total->n_measured);
  gm_json_add_integer(object, "runs_busy", (int64_t)total->n_busy);
  gm_json_add_integer(object, "runs_without_energy", (int64_t)total->n_unknown);
  gm_json_add_number(object, "energy_kwh", total->energy_kwh);
  gm_json_add_number(object, "energy_low_kwh", total->energy_low_kwh);
  gm_json_add_number(object, "energy_high_kwh", total->energy_high_kwh);
  gm_json_add_number(object, "emissions_kg", total->emissions_kg);
  gm_json_add_number(object, "emissions_low_kg", total->emissions_low_kg);
  gm_json_add_number(object, "emissions_high_kg", total->emissions_high_kg);
  gm_json_add_number(object, "duration_s", total->duration_s);
  return object;
}

/* The members of its run.json that are facts about a run: what a reader needs to compare two studies. */
static struct json_object *run_object(const gm_report_run *run) {
  static const char *const members[] = {"program",
                                        "version",
                                        "git_commit",
                                        "protocol",
                                        "started_at",
                                        "seed",
                                        "threads",
                                        "dataset",
                                        "config",
                                        "parameters",
                                        "epochs",
                                        "stop_reason",
                                        "rmse_validation",
                                        "rmse_test",
                                        "duration_s",
                                        "energy_kwh",
                                        "energy_low_kwh",
                                        "energy_high_kwh",
                                        "energy_measured",
                                        "energy_scope",
                                        "energy_sources",
                                        "machine_busy",
                                        "emissions_kg",
                                        "emissions_low_kg",
                                        "emissions_high_kg",
                                        "all_energy_kwh",
                                        "all_duration_s",
                                        "country_iso_code",
                                        "carbon_intensity_g_per_kwh",
                                        "pue",
                                        "cpu_model",
                                        "blas",
                                        "warnings"};
  struct json_object *object = json_object_new_object();
  gm_json_add_text(object, "name", strrchr(run->directory, '/') + 1);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    json_object_object_add(object, members[i], json_object_get(gm_report_run_member(run, members[i])));
  return object;
}

static struct json_object *runs_of(const gm_report *report) {
  struct json_object *runs = json_object_new_array();
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(report->study, kind); i++)
      json_object_array_add(runs, run_object(&report->study->runs[kind][i]));
  return runs;
}

static gm_status add_answer(struct json_object *root, const gm_report *report, gm_error *err) {
  char *text = NULL;
  const gm_status status = gm_report_sentence(report, "answer", NULL, 0, &text, err);
  if (status == GM_OK) gm_json_add_text(root, "answer", text);
  free(text);
  return status;
}

gm_status gm_report_write_study_json(const gm_report *report, const char *results, gm_error *err) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  struct json_object *root = json_object_new_object();
  gm_json_add_text(root, "schema", "greenmile-study-1");
  gm_json_add_text(root, "protocol", report->quick ? "quick" : "full");
  gm_json_add_text(root, "unit", report->unit);
  gm_json_add_integer(root, "seeds", (int64_t)report->study->n_seeds);
  gm_status status = add_answer(root, report, err);
  if (status == GM_OK) {
    json_object_object_add(root, "total", total_of(report));
    json_object_object_add(root, "tables", tables_of(report));
    json_object_object_add(root, "host", json_object_get(gm_report_run_member(run, "host")));
    json_object_object_add(root, "runs", runs_of(report));
    status = gm_json_write_in(results, "study.json", root, err);
  }
  json_object_put(root);
  return status;
}
