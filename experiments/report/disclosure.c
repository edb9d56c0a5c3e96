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
  const gm_number_format three = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 3};
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

/* ---- sentences --------------------------------------------------------- */

/* Texts of a disclosure, in fresh memory. */
enum {
  HOST,
  SOURCES,
  BASIS,
  INTENSITY,
  YEAR,
  PUE,
  THREADS,
  SEEDS,
  MODEL,
  PLACE,
  PUE_SOURCE,
  MAKING,
  n_texts
};

static void free_texts(char *texts[n_texts]) {
  for (int i = 0; i < n_texts; i++) free(texts[i]);
}

__attribute__((format(printf, 1, 2))) static char *printed(const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&text, format, arguments) < 0) text = NULL;
  va_end(arguments);
  return text;
}

static double number(const gm_report_run *run, const char *key) {
  return gm_report_run_number(run, key);
}

/* What the model knew of the machine and how often its bands held. */
static char *model_text(const gm_report_run *run) {
  if (gm_report_run_member(run, "power_model") == NULL) return printed("none");
  const char *tier = gm_json_text(gm_report_run_member(run, "power_model"), "tier");
  const char *rests_on = gm_json_text(gm_report_run_member(run, "power_model"), "rests_on");
  return printed(
      "tier %s (%s): %.3g W idle, %.3g W at full load; the 95 %% interval covers %.0f to %.0f %% of "
      "published servers whose CPU models were not used for it, by load (%.0f models, "
      "SPECpower_ssj2008)",
      tier != NULL ? tier : "not stated", rests_on != NULL ? rests_on : "not stated",
      number(run, "power_model.idle_w"), number(run, "power_model.full_w"),
      number(run, "power_model.coverage_low_percent"), number(run, "power_model.coverage_high_percent"),
      number(run, "power_model.cpu_models"));
}

static bool is_world(const gm_report_run *run) {
  return strcmp(text_or(run, "country_iso_code", ""), "WLD") == 0;
}

static char *pue_source(const gm_report_run *run) {
  return number(run, "pue") > 1
             ? printed("as stated for the runs")
             : printed("none was stated; data centres report 1.54 on average (Uptime Institute 2025), which "
                       "multiplies energy and emissions");
}

static char *making_text(const gm_report_scores *s) {
  const quantity kg = quantity_of(s->making.kg, s->making.low_kg, s->making.high_kg);
  const gm_embodied *e = &s->embodied;
  return printed(
      "%s kg CO₂eq [%s], quoted and not measured: makers state %.0f kg (%.0f to %.0f) of such a machine, "
      "over a life of %.0f h, of which %.3g (%.3g to %.3g) is ours by threads; not in the emissions",
      kg.value, kg.interval, e->making_kg, e->making_low_kg, e->making_high_kg, GM_EMBODIED_LIFE_H, e->share,
      e->share_low, e->share_high);
}

static gm_status make_texts(char *t[n_texts], const gm_report *report, const gm_report_scores *s,
                            gm_error *err) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  t[HOST] = words(run, "host");
  t[SOURCES] = words(run, "energy_sources");
  t[BASIS] = words(run, "energy_basis");
  t[INTENSITY] = words(run, "carbon_intensity_g_per_kwh");
  t[YEAR] = words(run, "carbon_intensity_year");
  t[PUE] = words(run, "pue");
  t[THREADS] = words(run, "threads");
  t[SEEDS] = report->study->n_seeds > 1 ? printed("0 to %zu", report->study->n_seeds - 1) : printed("0");
  t[MODEL] = model_text(run);
  t[PLACE] = printed("%s", is_world(run) ? "WLD: the world's mean, so kilograms per world-average kWh and no "
                                           "estimate for the place of the run"
                                         : text_or(run, "country_iso_code", "country not stated"));
  t[PUE_SOURCE] = pue_source(run);
  t[MAKING] = s->has_embodied ? making_text(s) : printed("left out");
  for (int i = 0; i < n_texts; i++)
    if (t[i] == NULL) return gm_fail_memory(err, "disclosure");
  return GM_OK;
}

/* "O 1.2 × 10⁻⁵ (…), M 3.4 × 10⁻⁶ (…), together 1.5 × 10⁻⁵ (…) kg CO₂eq per training". */
static void add_score(facts *f, const gm_report_score *score) {
  const gm_emissions *o = &score->sci.operation, *m = &score->sci.making, *both = &score->sci.sum;
  const quantity operation = quantity_of(o->kg, o->low_kg, o->high_kg),
                 making = quantity_of(m->kg, m->low_kg, m->high_kg),
                 sum = quantity_of(both->kg, both->low_kg, both->high_kg);
  char item[128];
  snprintf(item, sizeof item, "SCI: %s", score->what);
  if (isnan(m->kg))
    fact(f, item, "operation alone, O = %s [%s] kg CO₂eq per %s", operation.value, operation.interval,
         score->per);
  else
    fact(f, item, "O = %s [%s] and M = %s [%s], together %s [%s] kg CO₂eq per %s", operation.value,
         operation.interval, making.value, making.interval, sum.value, sum.interval, score->per);
}

static void add_operations(facts *f, const gm_report_scores *s) {
  quantity q[GM_SCORES];
  for (int i = 0; i < GM_SCORES; i++) q[i] = quantity_of(s->score[i].flop, NAN, NAN);
  fact(f, "Operations",
       "training: %s FLOP (linear regression, at least) and %s FLOP (CNN); one forecast: %s and %s FLOP. A "
       "multiplication and an addition per use of a weight; a training step three times",
       q[0].value, q[1].value, q[3].value, q[4].value);
}

static void add_facts(facts *f, const gm_report *report, const gm_report_scores *s, char *t[n_texts]) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const gm_report_total *total = &report->total;
  const double kwh_per_mwh = 1000;
  const quantity energy = quantity_of(total->energy_kwh, total->energy_low_kwh, total->energy_high_kwh),
                 mwh = quantity_of(total->energy_kwh / kwh_per_mwh, NAN, NAN),
                 emissions =
                     quantity_of(total->emissions_kg, total->emissions_low_kg, total->emissions_high_kg),
                 duration = quantity_of(total->duration_s / 3600.0, NAN, NAN);
  fact(f, "Hardware", "%s, %s threads used", text_or(run, "cpu_model", "a CPU of unknown model"), t[THREADS]);
  fact(f, "Host", "%s", t[HOST]);
  fact(f, "Energy source", "%s; scope: %s", how_obtained(run), text_or(run, "energy_scope", "not stated"));
  fact(f, "Power model", "%s", t[MODEL]);
  fact(f, "Components", "%s", t[SOURCES]);
  fact(f, "Energy, whole study", "%s kWh [%s], that is %s MWh", energy.value, energy.interval, mwh.value);
  fact(f, "Emissions, whole study", "%s kg CO₂eq [%s]", emissions.value, emissions.interval);
  if (s->has_embodied) fact(f, "Making of the hardware, whole study", "%s", t[MAKING]);
  for (int i = 0; i < GM_SCORES; i++) add_score(f, &s->score[i]);
  add_operations(f, s);
  fact(f, "Basis of the interval", "%s", t[BASIS]);
  fact(f, "Carbon intensity", "%s g CO₂eq/kWh, %s, %s (%s); %s, %s", t[INTENSITY], t[PLACE], t[YEAR],
       text_or(run, "carbon_intensity_source", "source not stated"),
       text_or(run, "carbon_intensity_basis", "basis not stated"),
       text_or(run, "carbon_intensity_method", "method not stated"));
  fact(f, "Not in the interval", "the hour of the run: the mean over an hour is %.2f to %.2f of the year's",
       GM_HOUR_FACTOR_LOW, GM_HOUR_FACTOR_HIGH);
  fact(f, "PUE", "%s, %s", t[PUE], t[PUE_SOURCE]);
  fact(f, "Running time", "%s h in %zu programs", duration.value, total->n_runs);
  fact(f, "Seeds", "%s", t[SEEDS]);
  fact(f, "Software", "greenmile %s, commit %s, %s", text_or(run, "version", "unknown version"),
       text_or(run, "git_commit", "unknown"), text_or(run, "blas", "BLAS not stated"));
  fact(f, "Protocol", "%s", report->quick ? "quick protocol: a shortened run, not the study" : "full");
}

static char *paragraph_of(const gm_report *report, char *t[n_texts]) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const gm_report_total *total = &report->total;
  const quantity energy = quantity_of(total->energy_kwh, total->energy_low_kwh, total->energy_high_kwh),
                 emissions =
                     quantity_of(total->emissions_kg, total->emissions_low_kg, total->emissions_high_kg);
  const bool model = gm_report_run_member(run, "power_model") != NULL;
  return printed(
      "%sAll %zu training, search and inference runs of this study ran on %s (%s threads). Their energy was "
      "%s "
      "(scope: %s); %s: %s. In total they drew %s kWh [%s] with a PUE of %s, which at %s g CO₂eq/kWh (%s, "
      "%s, %s; "
      "%s, %s) amounts to %s kg CO₂eq [%s]; in brackets are 95 %% intervals, energy and intensity combined "
      "in the "
      "logarithm, the hour of the run not in them. Making of the hardware: %s. Seeds: %s. Software: "
      "greenmile %s (commit %s). Not included: development and failed runs, and what lies outside the scope.",
      report->quick ? "Quick protocol: a shortened run, not the study. " : "", total->n_runs,
      text_or(run, "cpu_model", "a CPU of unknown model"), t[THREADS], how_obtained(run),
      text_or(run, "energy_scope", "not stated"), model ? "power model" : "its interval rests on",
      model                 ? t[MODEL]
      : t[BASIS][0] != '\0' ? t[BASIS]
                            : "nothing stated",
      energy.value, energy.interval, t[PUE], t[INTENSITY], t[PLACE], t[YEAR],
      text_or(run, "carbon_intensity_source", "source not stated"),
      text_or(run, "carbon_intensity_basis", "basis not stated"),
      text_or(run, "carbon_intensity_method", "method not stated"), emissions.value, emissions.interval,
      t[MAKING], t[SEEDS], text_or(run, "version", "unknown version"), text_or(run, "git_commit", "unknown"));
}

gm_status gm_disclosure_make(gm_disclosure *disclosure, const gm_report *report, gm_error *err) {
  enum { FACTS = 21 };
  const gm_report_scores scores = gm_report_scores_of(report, !report->no_embodied);
  char *texts[n_texts] = {NULL};
  *disclosure = (gm_disclosure){0};
  gm_status status = make_texts(texts, report, &scores, err);
  if (status == GM_OK)
    status = gm_report_table_init(&disclosure->table, "disclosure-items", columns,
                                  sizeof columns / sizeof *columns, FACTS + scores.has_embodied, err);
  if (status == GM_OK) {
    facts f = {.table = &disclosure->table, .err = err};
    disclosure->table.placement = GM_TABLE_ACROSS_PAGE;
    disclosure->table.caption = strdup("Energy and carbon disclosure, item by item");
    add_facts(&f, report, &scores, texts);
    disclosure->paragraph = paragraph_of(report, texts);
    status = f.status;
  }
  if (status == GM_OK && (disclosure->paragraph == NULL || disclosure->table.caption == NULL))
    status = gm_fail_memory(err, "disclosure");
  if (status == GM_OK) disclosure->json = gm_disclosure_json(disclosure, report, &scores);
  if (status != GM_OK) gm_disclosure_free(disclosure);
  free_texts(texts);
  return status;
}

void gm_disclosure_free(gm_disclosure *disclosure) {
  free(disclosure->paragraph);
  json_object_put(disclosure->json);
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
  status = gm_atomic_file_commit(&file, err);
  char *path = gm_path_join(results, "disclosure.json");
  if (status == GM_OK)
    status =
        path != NULL ? gm_json_write(path, disclosure->json, err) : gm_fail_memory(err, "disclosure.json");
  free(path);
  return status;
}
