/* SPDX-License-Identifier: MIT
 * A report: all numbers of a study and its tables. */
#include "common/atomic_file.h"
#include "experiments/report/tables_rows.h"

#include <stdlib.h>
#include <string.h>

static bool is_marked(const gm_report_table *table) {
  for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
    if (table->cells[i].marked) return true;
  return false;
}

/* The notes, and what a mark means. */
static gm_status set_notes(const gm_report *report, gm_report_table *table, const char *name,
                           const gm_template_word *values, size_t n, gm_error *err) {
  size_t size = 0;
  FILE *out = open_memstream(&table->notes, &size);
  if (out == NULL) return gm_fail_memory(err, table->name);
  gm_status status = gm_report_put_sentence(report, name, values, n, out, err);
  if (status == GM_OK && is_marked(table)) {
    fputc(' ', out);
    status = gm_report_put_sentence(report, "busy mark", NULL, 0, out, err);
  }
  if (fclose(out) != 0 && status == GM_OK) status = gm_fail_memory(err, table->name);
  return status;
}

gm_status gm_report_set_texts(const gm_report *report, gm_report_table *table, const gm_template_word *values,
                              size_t n, gm_error *err) {
  char name[64], *caption = NULL;
  snprintf(name, sizeof name, "%s caption", table->name);
  gm_status status = gm_report_sentence(report, name, values, n, &caption, err);
  if (status == GM_OK &&
      asprintf(&table->caption, "%s%s", caption, report->quick ? " (quick protocol)" : "") < 0) {
    table->caption = NULL;
    status = gm_fail_memory(err, table->name);
  }
  free(caption);
  snprintf(name, sizeof name, "%s notes", table->name);
  if (status == GM_OK) status = set_notes(report, table, name, values, n, err);
  for (size_t r = 0;
       status == GM_OK && r < table->n_rows && gm_report_table_cell(table, r, "protocol") != NULL; r++)
    status = gm_report_table_text(table, r, "protocol", report->quick ? "quick" : "full", err);
  return status;
}

void gm_report_mark_busy(gm_report_table *table, size_t row) {
  static const char *const begin[] = {"energy", "emissions", "duration", "latency", "process_"};
  for (size_t c = 0; c < table->n_columns; c++)
    for (size_t i = 0; i < COUNT(begin); i++)
      if (strncmp(table->columns[c].key, begin[i], strlen(begin[i])) == 0)
        table->cells[row * table->n_columns + c].marked = true;
}

void gm_report_fill_from_runs(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                              gm_report_table *table, size_t row) {
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->from == GM_FROM_HAND) continue;
    const char *member = column->member != NULL ? column->member : column->key;
    const gm_mean_sd value = gm_report_mean(study, kind, inside, member);
    table->cells[row * table->n_columns + c].number = column->from == GM_FROM_SD ? value.sd : value.mean;
  }
  for (size_t i = 0; i < gm_report_repeats(study, kind); i++) /* references compute nothing */
    if (inside == NULL && gm_report_is_flagged(&study->runs[kind][i])) gm_report_mark_busy(table, row);
}

gm_status gm_report_make(gm_report *report, const gm_report_runs *study, gm_error *err) {
#define MAKER(kind, name) [GM_TABLE_##kind] = gm_report_make_##name,
  static gm_report_make_table *const makers[GM_TABLES] = {GM_REPORT_TABLES(MAKER)};
#undef MAKER
  *report = (gm_report){.study = study, .quick = gm_report_is_quick(study), .unit = gm_report_unit(study)};
  gm_status status = gm_report_runs_check(study, err);
  if (status != GM_OK) return status;
  report->contract_g_per_kwh = gm_report_run_number(study->runs[GM_RUN_CNN], "contract_intensity_g_per_kwh");
  gm_report_ratios(study, report->ratios);
  report->total = gm_report_sum(study);
  status = gm_report_models(study, report->models, err);
  report->error_scale = report->models[GM_MODEL_PERSISTENCE].rmse_validation.mean;
  if (!(report->error_scale > 0))
    report->error_scale = report->models[GM_MODEL_LINEAR_REGRESSION].rmse_validation.mean;
  for (size_t t = 0; t < GM_TABLES && status == GM_OK; t++) {
    status = makers[t](report, &report->tables[t], err);
    if (status == GM_OK) status = gm_report_table_check(&report->tables[t], err);
  }
  if (status != GM_OK) gm_report_free(report);
  return status;
}

void gm_report_free(gm_report *report) {
  for (size_t t = 0; t < GM_TABLES; t++) gm_report_table_free(&report->tables[t]);
  *report = (gm_report){0};
}

const gm_report_table *gm_report_table_named(const gm_report *report, const char *name) {
  for (size_t t = 0; t < GM_TABLES; t++)
    if (report->tables[t].n_rows > 0 && strcmp(report->tables[t].name, name) == 0) return &report->tables[t];
  return NULL;
}

/* ---- writing ---------------------------------------------------------------- */

static gm_status put_document(const gm_report *report, FILE *out, gm_error *err) {
  gm_status status = GM_OK;
  fputs("% Written by report of greenmile: all tables in one document, as an example of their use.\n"
        "% Compile it where it is (pdflatex all.tex); booktabs is all they need, in one column or two.\n"
        "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n",
        out);
  if (report->quick) status = gm_report_put_sentence(NULL, "tables, quick protocol", NULL, 0, out, err);
  fputc('\n', out);
  for (size_t t = 0; t < GM_TABLES; t++)
    if (report->tables[t].n_rows > 0) fprintf(out, "\\input{%s}\n", report->tables[t].name);
  fputs("\\end{document}\n", out);
  return status;
}

static gm_status write_document(const gm_report *report, const char *directory, gm_error *err) {
  gm_atomic_file file = {0};
  const gm_status status = gm_atomic_file_open_in(&file, directory, "all.tex", err);
  return status == GM_OK ? gm_atomic_file_close(&file, put_document(report, file.stream, err), err) : status;
}

gm_status gm_report_write_tables(const gm_report *report, const char *directory, gm_error *err) {
  gm_status status = GM_OK;
  for (size_t t = 0; t < GM_TABLES && status == GM_OK; t++)
    if (report->tables[t].name != NULL) status = gm_report_table_write(&report->tables[t], directory, err);
  return status == GM_OK ? write_document(report, directory, err) : status;
}
