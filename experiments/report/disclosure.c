/* SPDX-License-Identifier: MIT
 * The disclosure statement. */
#include "experiments/report/disclosure.h"

#include "common/atomic_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const gm_report_column columns[] = {{.key = "item", .head = "Item"},
                                           {.key = "value", .head = "Value", .tex = "p{0.68\\linewidth}"}};

/* ---- one row per fact ------------------------------------------------- */

typedef struct {
  gm_report_table *table;
  size_t row;
  gm_status status;
  gm_error *err;
} facts;

/* The next row; an empty value is "not known". */
__attribute__((format(printf, 3, 4))) static void fact(facts *f, const char *item, const char *format, ...) {
  char *value = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int n = vasprintf(&value, format, arguments);
  va_end(arguments);
  if (n < 0) {
    f->status = gm_fail_memory(f->err, item);
    return;
  }
  if (f->status == GM_OK) f->status = gm_report_table_text(f->table, f->row, "item", item, f->err);
  if (f->status == GM_OK)
    f->status = gm_report_table_text(f->table, f->row, "value", n > 0 ? value : "not known", f->err);
  f->row++;
  free(value);
}

/* What member `key` of run says, as words in fresh memory; never NULL unless memory is out. */
static char *words(const gm_report_run *run, const char *key) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return NULL;
  gm_json_words(out, gm_report_run_member(run, key));
  if (fclose(out) == 0) return text;
  free(text);
  return NULL;
}

static const char *text_or(const gm_report_run *run, const char *key, const char *otherwise) {
  const char *text = gm_report_run_text(run, key);
  return text != NULL ? text : otherwise;
}

typedef struct {
  char value[GM_NUMBER_TEXT], interval[GM_NUMBER_TEXT];
} quantity;

static quantity quantity_of(double value, double low, double high) {
  const gm_number_format three = {GM_NUMBER_SIGNIFICANT, 3};
  quantity q;
  gm_number_text(three, value, q.value);
  gm_interval_text(three, value, low, high, q.interval);
  if (q.value[0] == '\0') strcpy(q.value, "an unknown number of");
  if (q.interval[0] == '\0') strcpy(q.interval, "no interval");
  return q;
}

static const char *how_obtained(const gm_report_run *run) {
  struct json_object *measured = gm_report_run_member(run, "energy_measured");
  if (measured == NULL) return "obtained in a way the runs do not state";
  return json_object_get_boolean(measured) ? "measured by energy counters" : "modelled, not measured";
}

gm_status gm_disclosure_make(gm_disclosure *disclosure, const gm_report *report, gm_error *err) {
  enum { FACTS = 13 };
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const gm_report_total *total = &report->total;
  const quantity energy = quantity_of(total->energy_kwh, total->energy_low_kwh, total->energy_high_kwh);
  const quantity emissions =
      quantity_of(total->emissions_kg, total->emissions_low_kg, total->emissions_high_kg);
  const quantity duration = quantity_of(total->duration_s / 3600.0, NAN, NAN);
  char *host = words(run, "host"), *sources = words(run, "energy_sources"),
       *basis = words(run, "energy_basis");
  char *intensity = words(run, "carbon_intensity_g_per_kwh"), *year = words(run, "carbon_intensity_year");
  char *pue = words(run, "pue"), *threads = words(run, "threads"), *seeds = NULL;
  *disclosure = (gm_disclosure){0};
  gm_status status = gm_report_table_init(&disclosure->table, "disclosure-items", columns,
                                          sizeof columns / sizeof *columns, FACTS, err);
  if (status != GM_OK) goto done;
  disclosure->table.placement = GM_TABLE_ACROSS_PAGE;
  disclosure->table.caption = strdup("Energy and carbon disclosure, item by item");
  if (asprintf(&seeds, report->study->n_seeds > 1 ? "0 to %zu" : "%zu", report->study->n_seeds - 1) < 0)
    seeds = NULL;
  if (host == NULL || sources == NULL || basis == NULL || intensity == NULL || year == NULL || pue == NULL ||
      threads == NULL || seeds == NULL || disclosure->table.caption == NULL) {
    status = gm_fail_memory(err, "disclosure");
    goto done;
  }
  const char *cpu = text_or(run, "cpu_model", "a CPU of unknown model");
  const char *scope = text_or(run, "energy_scope", "not stated");
  const char *country = text_or(run, "country_iso_code", "country not stated");
  const char *source = text_or(run, "carbon_intensity_source", "source not stated");
  const char *version = text_or(run, "version", "unknown version");
  const char *commit = text_or(run, "git_commit", "unknown");

  facts f = {.table = &disclosure->table, .err = err};
  fact(&f, "Hardware", "%s, %s threads used", cpu, threads);
  fact(&f, "Host", "%s", host);
  fact(&f, "Energy source", "%s; scope: %s", how_obtained(run), scope);
  fact(&f, "Components", "%s", sources);
  fact(&f, "Energy, whole study", "%s kWh (%s)", energy.value, energy.interval);
  fact(&f, "Emissions, whole study", "%s kg CO₂eq (%s)", emissions.value, emissions.interval);
  fact(&f, "Basis of the interval", "%s", basis);
  fact(&f, "Carbon intensity", "%s g CO₂eq/kWh, %s, %s (%s)", intensity, country, year, source);
  fact(&f, "PUE", "%s", pue);
  fact(&f, "Running time", "%s h in %zu programs", duration.value, total->n_runs);
  fact(&f, "Seeds", "%s", seeds);
  fact(&f, "Software", "greenmile %s, commit %s, %s", version, commit,
       text_or(run, "blas", "BLAS not stated"));
  fact(&f, "Protocol", "%s", report->quick ? "quick protocol: a shortened run, not the study" : "full");
  status = f.status;
  if (status == GM_OK &&
      asprintf(&disclosure->paragraph,
               "%sAll %zu training, search and inference runs of this study ran on %s (%s threads). "
               "Their energy was %s (scope: %s). In total they drew %s kWh (%s) with a PUE of %s, which "
               "at %s g CO₂eq/kWh (%s, %s, %s) amounts to %s kg CO₂eq (%s). The intervals rest on: %s; "
               "they state judgements about sources, not a statistical sample. Seeds: %s. Software: "
               "greenmile %s (commit %s). Not included: the making of the hardware, the rest of the "
               "computer outside the scope, development and failed runs.",
               report->quick ? "Quick protocol: a shortened run, not the study. " : "", total->n_runs, cpu,
               threads, how_obtained(run), scope, energy.value, energy.interval, pue, intensity, country,
               year, source, emissions.value, emissions.interval, basis[0] != '\0' ? basis : "nothing stated",
               seeds, version, commit) < 0) {
    disclosure->paragraph = NULL;
    status = gm_fail_memory(err, "disclosure");
  }
done:
  if (status != GM_OK) gm_disclosure_free(disclosure);
  free(host);
  free(sources);
  free(basis);
  free(intensity);
  free(year);
  free(pue);
  free(threads);
  free(seeds);
  return status;
}

void gm_disclosure_free(gm_disclosure *disclosure) {
  free(disclosure->paragraph);
  gm_report_table_free(&disclosure->table);
  *disclosure = (gm_disclosure){0};
}

/* ---- writing ---------------------------------------------------------- */

static gm_status open_in(gm_atomic_file *file, const char *results, const char *name, gm_error *err) {
  char *path = gm_path_join(results, name);
  if (path == NULL) return gm_fail_memory(err, name);
  const gm_status status = gm_atomic_file_open(file, path, err);
  free(path);
  return status;
}

gm_status gm_disclosure_write(const gm_disclosure *disclosure, const char *results, gm_error *err) {
  gm_atomic_file file = {0};
  gm_status status = open_in(&file, results, "disclosure.md", err);
  if (status != GM_OK) return status;
  fputs("# Energy and carbon disclosure\n\n", file.stream);
  gm_escape_markdown(file.stream, disclosure->paragraph);
  fputs("\n\n", file.stream);
  gm_report_table_markdown(&disclosure->table, file.stream);
  status = gm_atomic_file_commit(&file, err);
  if (status == GM_OK) status = open_in(&file, results, "disclosure.tex", err);
  if (status != GM_OK) return status;
  fputs("% Written by report of greenmile: a statement to paste, and its facts item by item.\n"
        "\\paragraph{Energy and carbon disclosure.}\n",
        file.stream);
  gm_escape_tex(file.stream, disclosure->paragraph);
  fputs("\n\n", file.stream);
  gm_report_table_tex(&disclosure->table, file.stream);
  return gm_atomic_file_commit(&file, err);
}
