/* SPDX-License-Identifier: MIT
 * The words of page.html: what the program knows. How the page reads and looks is in page.html and
 * style.css. */
#include "experiments/report/page.h"

#include "common/atomic_file.h"
#include "experiments/report/disclosure.h"
#include "experiments/report/findings.h"
#include "experiments/report/phrases.h"
#include "experiments/report/provenance.h"
#include "experiments/report/svg.h"
#include "experiments/report/template.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const char gm_table_page[], gm_table_style[]; /* page.html and style.css */
extern const size_t gm_table_page_size, gm_table_style_size;

typedef struct {
  const gm_report *report;
  const gm_disclosure *disclosure;
  const char *results;
} page;

/* ---- which parts there are -------------------------------------------------- */

static const gm_report *report_of(const void *context) {
  return ((const page *)context)->report;
}

static bool is_quick(const void *context) {
  return report_of(context)->quick;
}

static bool is_measured(const void *context) {
  return json_object_get_boolean(
      gm_report_run_member(report_of(context)->study->runs[GM_RUN_CNN], "energy_measured"));
}

/* The energies of the two models can be set against each other. */
static bool is_comparable(const void *context) {
  return !report_of(context)->ratios[GM_RATIO_CNN_LR].flagged;
}

static bool has_skill(const void *context) {
  return report_of(context)->tables[GM_TABLE_SKILL].n_rows > 0;
}

static bool has_skill_months(const void *context) {
  return report_of(context)->tables[GM_TABLE_SKILL_MONTHS].n_rows > 0;
}

/* The runs and the figure that `make scaling` draws from them. */
static bool has_scaling(const void *context) {
  const page *p = context;
  char *path = gm_path_join(p->results, "figures/scaling.svg");
  const bool drawn = path != NULL && access(path, R_OK) == 0;
  free(path);
  return drawn && p->report->tables[GM_TABLE_SCALING].n_rows > 0;
}

static bool is_map(const void *context) {
  return gm_report_is_map(report_of(context)->study);
}

static bool has_maps(const void *context) {
  return has_skill(context) || is_map(context);
}

static bool has_stacks(const void *context) {
  return report_of(context)->tables[GM_TABLE_STACKS].notes != NULL;
}

/* ---- numbers of the first screen ---------------------------------------------- */

static void put_number(FILE *out, gm_number_kind kind, int digits, double value) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = kind, .digits = digits}, value, text);
  fputs(text[0] != '\0' ? text : "–", out);
}

/* A ratio with the digits its interval carries, or why there is none. */
static void put_times(FILE *out, const gm_ratio *ratio) {
  fputs(ratio->flagged ? "not comparable" : gm_phrase_factor(ratio).text, out);
}

static const char *unit_of(const gm_report *report) {
  return report->unit != NULL ? report->unit : "";
}

static gm_status put_answer(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_answer(report_of(context), out);
  return GM_OK;
}

static gm_status put_rmse(const void *context, const char *key, FILE *out, gm_error *err) {
  const gm_report *report = report_of(context);
  for (size_t m = 0; m < GM_MODELS; m++) {
    if (strcmp(report->models[m].key, key) != 0) continue;
    put_number(out, GM_NUMBER_FIXED, 3, report->models[m].rmse_validation.mean);
    fprintf(out, " %s", unit_of(report));
    return GM_OK;
  }
  return gm_fail(err, GM_FAILED, "template: no model \"%s\"", key);
}

static gm_status put_difference(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report *report = report_of(context);
  const gm_report_row *cnn = &report->models[GM_MODEL_CNN];
  char interval[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3}, 0.0, cnn->difference_low,
                   cnn->difference_high, interval);
  if (interval[0] != '\0')
    fprintf(out, "CNN minus regression: %s %s (95 %% interval)", interval, unit_of(report));
  else
    fputs("the difference has no interval", out);
  return GM_OK;
}

static gm_status put_energy_ratio(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  put_times(out, &report_of(context)->ratios[GM_RATIO_CNN_LR]);
  return GM_OK;
}

static gm_status put_program_ratio(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  put_times(out, &report_of(context)->ratios[GM_RATIO_CNN_LR_PROCESS]);
  return GM_OK;
}

static gm_status put_study_kwh(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  put_number(out, GM_NUMBER_SIGNIFICANT, 2, report_of(context)->total.energy_kwh);
  return GM_OK;
}

static gm_status put_study_kg(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  put_number(out, GM_NUMBER_SIGNIFICANT, 2, report_of(context)->total.emissions_kg);
  return GM_OK;
}

static gm_status put_study_kg_interval(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report_total *total = &report_of(context)->total;
  char text[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 2}, total->emissions_kg,
                   total->emissions_low_kg, total->emissions_high_kg, text);
  fputs(text[0] != '\0' ? text : "no interval", out);
  if (text[0] != '\0') fputs(" kg", out);
  return GM_OK;
}

/* The comparison needs no source: 1 kWh is 100 hours of 10 W. */
static gm_status put_study_lamp(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const double lamp_w = 10.0, hours = report_of(context)->total.energy_kwh * 1000.0 / lamp_w;
  if (hours >= 48.0) {
    put_number(out, GM_NUMBER_SIGNIFICANT, 2, hours / 24.0);
    fputs(" days", out);
  } else if (hours >= 2.0) {
    put_number(out, GM_NUMBER_SIGNIFICANT, 2, hours);
    fputs(" hours", out);
  } else {
    put_number(out, GM_NUMBER_SIGNIFICANT, 2, hours * 60.0);
    fputs(" minutes", out);
  }
  return GM_OK;
}

static gm_status put_warning_count(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  char *text = NULL;
  size_t size = 0;
  FILE *unread = open_memstream(&text, &size);
  if (unread == NULL) return gm_fail_memory(err, "warnings");
  const size_t n = gm_report_warnings(report_of(context)->study, unread);
  fclose(unread);
  free(text);
  if (n == 0)
    fputs("No warnings", out);
  else
    fprintf(out, "%zu warning%s", n, n == 1 ? "" : "s");
  return GM_OK;
}

/* ---- words and members --------------------------------------------------------- */

static gm_status put_style(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)context, (void)argument, (void)err;
  fwrite(gm_table_style, 1, gm_table_style_size, out);
  return GM_OK;
}

static gm_status put_quick_mark(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  if (is_quick(context)) fputs(" (quick protocol)", out);
  return GM_OK;
}

static gm_status put_member(const gm_report_run *run, const char *key, FILE *out) {
  struct json_object *member = gm_report_run_member(run, key);
  gm_escape_html(out, member != NULL ? json_object_get_string(member) : "not stated");
  return GM_OK;
}

static gm_status put_lr_member(const void *context, const char *key, FILE *out, gm_error *err) {
  (void)err;
  return put_member(report_of(context)->study->runs[GM_RUN_LINEAR_REGRESSION], key, out);
}

static gm_status put_cnn_member(const void *context, const char *key, FILE *out, gm_error *err) {
  (void)err;
  return put_member(report_of(context)->study->runs[GM_RUN_CNN], key, out);
}

static gm_status put_target(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report_run *run = report_of(context)->study->runs[GM_RUN_LINEAR_REGRESSION];
  if (gm_report_run_member(run, "dataset.description") != NULL)
    return put_member(run, "dataset.description", out);
  put_member(run, "dataset.target", out);
  fputs(" of ", out);
  return put_member(run, "dataset.name", out);
}

static gm_status put_seeds(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  fprintf(out, "%zu", report_of(context)->study->n_seeds);
  return GM_OK;
}

static gm_status put_lead(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  fprintf(out, "%zu", report_of(context)->study->lead);
  return GM_OK;
}

/* "the index nino34 in °C, forecast from 2,261 points of FILE.nc". */
static gm_status put_map(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report *report = report_of(context);
  const gm_report_run *run = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  const char *target = gm_report_run_text(run, "dataset.target"),
             *name = gm_report_run_text(run, "dataset.name");
  const char *file = name != NULL ? strrchr(name, '/') : NULL;
  char points[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = GM_NUMBER_COUNT, .digits = 0},
                 gm_report_run_number(run, "dataset.points"), points);
  fputs("the index ", out);
  gm_escape_html(out, target != NULL ? target : "of the map");
  if (report->unit != NULL) fputs(" in ", out);
  gm_escape_html(out, unit_of(report));
  fprintf(out, ", forecast from %s points of ", points[0] != '\0' ? points : "the");
  gm_escape_html(out, file != NULL ? file + 1 : name != NULL ? name : "the data");
  return GM_OK;
}

/* A row of a definition list, "KEY TERM …", unless there is nothing to say. */
static gm_status put_definition(const void *context, const char *argument, FILE *out, gm_error *err) {
  char key[64];
  const size_t n = strcspn(argument, " ");
  snprintf(key, sizeof key, "%.*s", (int)n, argument);
  struct json_object *member = gm_report_run_member(report_of(context)->study->runs[GM_RUN_CNN], key);
  if (member == NULL) return GM_OK;
  char *text = NULL;
  size_t size = 0;
  FILE *words = open_memstream(&text, &size);
  if (words == NULL) return gm_fail_memory(err, key);
  gm_json_words(words, member);
  if (fclose(words) == 0) {
    fprintf(out, "<dt>%s</dt><dd>", argument + n + (argument[n] == ' '));
    gm_escape_html(out, text);
    fputs("</dd>\n", out);
  }
  free(text);
  return GM_OK;
}

static gm_status put_how_measured(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  struct json_object *measured =
      gm_report_run_member(report_of(context)->study->runs[GM_RUN_CNN], "energy_measured");
  fputs(measured == NULL       ? "obtained in a way the runs do not state"
        : is_measured(context) ? "measured by counters"
                               : "modelled, not measured",
        out);
  return GM_OK;
}

/* ---- figures, tables, lists ------------------------------------------------------- */

static gm_status put_svg(const void *context, const char *name, FILE *out, gm_error *err) {
  char *path = NULL, prefix[32], label[32];
  if (asprintf(&path, "%s/figures/%s.svg", ((const page *)context)->results, name) < 0)
    return gm_fail_memory(err, "figure");
  snprintf(prefix, sizeof prefix, "%s-", name);
  snprintf(label, sizeof label, "%s-caption", name);
  const gm_status status = gm_report_inline_svg(out, path, prefix, label, err);
  fputc('\n', out);
  free(path);
  return status;
}

/* "linear regression, CNN, …": the rows that figure 6 draws. */
static gm_status put_models_shown(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report *report = report_of(context);
  bool first = true;
  for (size_t m = 0; m < GM_MODELS; m++) {
    if (!report->models[m].present || report->models[m].n_runs == 0) continue; /* no emissions: a line */
    if (!first) fputs(", ", out);
    gm_escape_html(out, report->models[m].name);
    first = false;
  }
  return GM_OK;
}

static gm_status put_findings(const void *context, const char *group, FILE *out, gm_error *err) {
  static const char *const names[] = {[GM_FINDINGS_SKILL] = "skill",
                                      [GM_FINDINGS_PRICE] = "price",
                                      [GM_FINDINGS_SLASHING] = "slashing",
                                      [GM_FINDINGS_SEARCH] = "search"};
  for (size_t i = 0; i < GM_FINDINGS; i++)
    if (strcmp(group, names[i]) == 0) {
      gm_report_findings(report_of(context), (gm_findings)i, out);
      return GM_OK;
    }
  return gm_fail(err, GM_FAILED, "template: no group of findings \"%s\"", group);
}

static gm_status put_tables(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  for (size_t t = 0; t <= GM_TABLE_RATIOS; t++) gm_report_table_html(&report_of(context)->tables[t], out);
  return GM_OK;
}

static gm_status put_table(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_report_table *table = gm_report_table_named(report_of(context), name);
  if (table == NULL) return gm_fail(err, GM_FAILED, "template: no table \"%s\"", name);
  gm_report_table_html(table, out);
  return GM_OK;
}

static gm_status put_stacks(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report_table *table = &report_of(context)->tables[GM_TABLE_STACKS];
  if (table->n_rows > 0) {
    gm_report_table_html(table, out);
  } else {
    fputs("<p>", out);
    gm_escape_html(out, table->notes);
    fputs("</p>\n", out);
  }
  return GM_OK;
}

static gm_status put_disclosure(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_disclosure *disclosure = ((const page *)context)->disclosure;
  fputs("<p>", out);
  gm_escape_html(out, disclosure->paragraph);
  fputs("</p>\n", out);
  gm_report_table_html(&disclosure->table, out);
  return GM_OK;
}

static gm_status put_provenance(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_provenance(report_of(context)->study, out);
  return GM_OK;
}

static gm_status put_warnings(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  if (gm_report_warnings(report_of(context)->study, out) == 0) fputs("<li>None.</li>\n", out);
  return GM_OK;
}

/* ---- the whole ---------------------------------------------------------------------- */

static const gm_template_word words[] = {
    {.name = "quick", .holds = is_quick},
    {.name = "measured", .holds = is_measured},
    {.name = "comparable", .holds = is_comparable},
    {.name = "maps", .holds = has_maps},
    {.name = "map-data", .holds = is_map},
    {.name = "skill", .holds = has_skill},
    {.name = "skill-months", .holds = has_skill_months},
    {.name = "scaling", .holds = has_scaling},
    {.name = "stacks", .holds = has_stacks},
    {.name = "style", .put = put_style},
    {.name = "quick-mark", .put = put_quick_mark},
    {.name = "answer", .put = put_answer},
    {.name = "rmse", .put = put_rmse},
    {.name = "difference", .put = put_difference},
    {.name = "energy-ratio", .put = put_energy_ratio},
    {.name = "program-ratio", .put = put_program_ratio},
    {.name = "study-kwh", .put = put_study_kwh},
    {.name = "study-kg", .put = put_study_kg},
    {.name = "study-kg-interval", .put = put_study_kg_interval},
    {.name = "study-lamp", .put = put_study_lamp},
    {.name = "warning-count", .put = put_warning_count},
    {.name = "svg", .put = put_svg},
    {.name = "models-shown", .put = put_models_shown},
    {.name = "findings", .put = put_findings},
    {.name = "target", .put = put_target},
    {.name = "lr", .put = put_lr_member},
    {.name = "cnn", .put = put_cnn_member},
    {.name = "seeds", .put = put_seeds},
    {.name = "lead", .put = put_lead},
    {.name = "map", .put = put_map},
    {.name = "tables", .put = put_tables},
    {.name = "table", .put = put_table},
    {.name = "two-stacks", .put = put_stacks},
    {.name = "how-measured", .put = put_how_measured},
    {.name = "definition", .put = put_definition},
    {.name = "disclosure", .put = put_disclosure},
    {.name = "provenance", .put = put_provenance},
    {.name = "warnings", .put = put_warnings},
};

gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err) {
  gm_disclosure disclosure = {0};
  const page context = {.report = report, .disclosure = &disclosure, .results = results};
  gm_status status = gm_disclosure_make(&disclosure, report, err);
  if (status == GM_OK) status = gm_disclosure_write(&disclosure, results, err);
  if (status == GM_OK)
    status = gm_template_write(results, "report.html", gm_table_page, gm_table_page_size, words,
                               sizeof words / sizeof *words, &context, err);
  gm_disclosure_free(&disclosure);
  return status;
}
