/* SPDX-License-Identifier: MIT
 * What the program knows, in words: a table of names that templates may use, with the function that says
 * each. */
#include "experiments/report/words.h"

#include "experiments/report/phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const gm_report *report_of(const void *context) {
  return ((const gm_report_view *)context)->report;
}

/* ---- what the study has -------------------------------------------------- */

#define HOLDS(name, expression)                                                                              \
  static bool name(const void *context, const char *argument) {                                              \
    (void)argument;                                                                                          \
    const gm_report *report = report_of(context);                                                            \
    return expression;                                                                                       \
  }

HOLDS(is_quick, report->quick)
HOLDS(is_measured, report->total.n_measured == report->total.n_runs)
HOLDS(is_mixed, report->total.n_measured > 0 && report->total.n_measured < report->total.n_runs)
HOLDS(is_meter_stated, gm_report_run_member(report->study->runs[GM_RUN_CNN], "energy_measured") != NULL)
HOLDS(is_map, gm_report_is_map(report->study))
HOLDS(has_skill, report->tables[GM_TABLE_SKILL].n_rows > 0)
HOLDS(has_maps, report->tables[GM_TABLE_SKILL].n_rows > 0 || gm_report_is_map(report->study))
HOLDS(has_skill_months, report->tables[GM_TABLE_SKILL_MONTHS].n_rows > 0)
HOLDS(has_stacks, report->tables[GM_TABLE_STACKS].notes != NULL)
HOLDS(has_several_seeds, report->study->n_seeds > 1)
HOLDS(is_total_known, isfinite(report->total.energy_kwh))
HOLDS(is_carbon_known, isfinite(report->total.emissions_kg))
HOLDS(is_some_busy, report->total.n_busy > 0)
HOLDS(has_earlier, report->total.earlier_kwh > 0)
HOLDS(is_difference_known, !isnan(report->models[GM_MODEL_CNN].difference_low))

static bool is_world(const void *context, const char *argument) {
  (void)argument;
  const char *country = gm_report_run_text(report_of(context)->study->runs[GM_RUN_CNN], "country_iso_code");
  return country != NULL && strcmp(country, "WLD") == 0;
}

/* ---- arguments ------------------------------------------------------------ */

/* The row of that key; NULL for none. */
static const gm_report_row *row_of(const gm_report *report, const char *key, size_t length) {
  for (size_t m = 0; m < GM_MODELS; m++)
    if (strlen(report->models[m].key) == length && strncmp(report->models[m].key, key, length) == 0)
      return &report->models[m];
  return NULL;
}

static const gm_ratio *ratio_of(const gm_report *report, const char *name, size_t length) {
  static const char *const names[GM_RATIOS] = {[GM_RATIO_CNN_LR] = "cnn_lr",
                                               [GM_RATIO_CNN_LR_PROCESS] = "cnn_lr_process",
                                               [GM_RATIO_PRUNED] = "pruned",
                                               [GM_RATIO_STRUCTURED] = "structured",
                                               [GM_RATIO_EARLY_STOPPING] = "early_stopping",
                                               [GM_RATIO_TUNING] = "tuning",
                                               [GM_RATIO_TUNING_PRUNED] = "tuning_pruned",
                                               [GM_RATIO_INFERENCE] = "inference"};
  for (size_t r = 0; r < GM_RATIOS; r++)
    if (strlen(names[r]) == length && strncmp(names[r], name, length) == 0) return &report->ratios[r];
  return NULL;
}

static gm_status no_such(const char *argument, gm_error *err) {
  return gm_fail(err, GM_FAILED, "template: \"%s\" is no model, ratio or split", argument);
}

/* ---- errors ---------------------------------------------------------------- */

static void put_error(const gm_report *report, double value, FILE *out) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3, .scale = report->error_scale},
                 value, text);
  fputs(text[0] != '\0' ? text : "not known", out);
}

static void put_unit(const gm_report *report, FILE *out) {
  if (report->unit != NULL) fprintf(out, " %s", report->unit);
}

static gm_status put_rmse(const void *context, const char *key, FILE *out, gm_error *err) {
  const gm_report_row *row = row_of(report_of(context), key, strlen(key));
  if (row == NULL) return no_such(key, err);
  put_error(report_of(context), row->rmse_validation.mean, out);
  if (!isnan(row->rmse_validation.mean)) put_unit(report_of(context), out);
  return GM_OK;
}

/* "0.487 °C (test 0.470)": as many decimals as the intervals have. */
static gm_status put_errors(const void *context, const char *key, FILE *out, gm_error *err) {
  const gm_report_row *row = row_of(report_of(context), key, strlen(key));
  const gm_status status = put_rmse(context, key, out, err);
  if (status != GM_OK) return status;
  fputs(" (test ", out);
  put_error(report_of(context), row->rmse_test.mean, out);
  fputc(')', out);
  return GM_OK;
}

/* "MODEL REFERENCE". */
static gm_status put_compared(const void *context, const char *argument, FILE *out, gm_error *err) {
  static const char *const names[GM_REFERENCES] = {[GM_OVER_PERSISTENCE] = "persistence",
                                                   [GM_OVER_CLIMATOLOGY] = "climatology",
                                                   [GM_OVER_LINEAR_REGRESSION] = "linear_regression",
                                                   [GM_OVER_CNN] = "cnn",
                                                   [GM_OVER_TUNE] = "tune"};
  const gm_report *report = report_of(context);
  const size_t length = strcspn(argument, " ");
  const gm_report_row *row = row_of(report, argument, length);
  for (size_t r = 0; row != NULL && argument[length] == ' ' && r < GM_REFERENCES; r++) {
    if (strcmp(argument + length + 1, names[r]) != 0) continue;
    fputs(gm_phrase_compared(row->over[r], report->unit, report->error_scale).text, out);
    return GM_OK;
  }
  return no_such(argument, err);
}

/* CNN minus regression. */
static gm_status put_difference(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report *report = report_of(context);
  const gm_report_row *cnn = &report->models[GM_MODEL_CNN];
  char interval[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3, .scale = report->error_scale},
                   0.0, cnn->difference_low, cnn->difference_high, interval);
  fputs(interval, out);
  put_unit(report, out);
  return GM_OK;
}

/* What the interval of the CNN's difference says: the answer. */
static bool is_worth(const void *context, const char *answer) {
  const gm_interval *over = report_of(context)->models[GM_MODEL_CNN].over[GM_OVER_LINEAR_REGRESSION];
  const bool validation = gm_interval_verdict(&over[0]) == GM_BELOW,
             test = gm_interval_verdict(&over[1]) == GM_BELOW;
  return strcmp(answer, isnan(over[0].low)   ? "unknown"
                        : validation && test ? "better"
                        : validation || test ? "partly"
                                             : "no") == 0;
}

static bool is_present(const void *context, const char *key) {
  const gm_report_row *row = row_of(report_of(context), key, strlen(key));
  return row != NULL && row->present;
}

/* Names of the rows with a skill on a split: "skill validation", "open test", "none test". */
static void list_rows(const gm_report *report, const char *argument, FILE *out) {
  static const char *const names[] = {
      [GM_SKILL] = "skill ", [GM_SKILL_NOT_SHOWN] = "open ", [GM_NO_SKILL] = "none "};
  gm_report_model order[GM_MODELS];
  const size_t n = gm_report_row_order(report->models, order);
  const char *before = "";
  for (int split = 0; split < GM_REPORT_SPLITS; split++)
    for (size_t skill = 0; skill < sizeof names / sizeof *names; skill++) {
      if (strncmp(argument, names[skill], strlen(names[skill])) != 0 ||
          strcmp(argument + strlen(names[skill]), gm_report_splits[split]) != 0)
        continue;
      for (size_t i = 0; i < n; i++) {
        const gm_report_row *row = &report->models[order[i]];
        if (row->n_runs == 0 || gm_report_skill_of(row, split) != (gm_report_skill)skill) continue;
        fprintf(out, "%s%s", before, row->name);
        before = ", ";
      }
    }
}

static gm_status put_rows(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)err;
  list_rows(report_of(context), argument, out);
  return GM_OK;
}

static bool has_rows(const void *context, const char *argument) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return false;
  list_rows(report_of(context), argument, out);
  const bool any = fclose(out) == 0 && size > 0;
  free(text);
  return any;
}

/* "Linear Regression, CNN, …": the rows that figure 6 draws. */
static gm_status put_models_shown(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report *report = report_of(context);
  const char *before = "";
  for (size_t m = 0; m < GM_MODELS; m++) {
    if (!report->models[m].present || report->models[m].n_runs == 0) continue; /* no emissions: a line */
    fprintf(out, "%s%s", before, report->models[m].name);
    before = ", ";
  }
  return GM_OK;
}

/* ---- energy ------------------------------------------------------------------ */

static bool is_comparable(const void *context, const char *name) {
  const gm_ratio *ratio = ratio_of(report_of(context), name, strlen(name));
  return ratio != NULL && ratio->apart == GM_COMPARABLE;
}

static const char *const why_not[] = {[GM_APART_BUSY] = "why not, busy",
                                      [GM_APART_METERS] = "why not, meters",
                                      [GM_APART_UNKNOWN] = "why not, unknown"};

static gm_status put_why_not(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_ratio *ratio = ratio_of(report_of(context), name, strlen(name));
  if (ratio == NULL) return no_such(name, err);
  if (ratio->apart == GM_COMPARABLE) return GM_OK;
  return gm_report_put_sentence(NULL, why_not[ratio->apart], NULL, 0, out, err);
}

/* With the digits its interval carries; "not comparable" where it is not. */
static gm_status put_factor(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_ratio *ratio = ratio_of(report_of(context), name, strlen(name));
  if (ratio == NULL) return no_such(name, err);
  fputs(ratio->apart != GM_COMPARABLE ? "not comparable" : gm_phrase_factor(ratio).text, out);
  return GM_OK;
}

/* "RATIO of the CNN's energy": the factor, these words, and in brackets its interval and the poster's;
 * nothing of it where it is not comparable. */
static gm_status put_price(const void *context, const char *argument, FILE *out, gm_error *err) {
  const size_t length = strcspn(argument, " ");
  const gm_ratio *ratio = ratio_of(report_of(context), argument, length);
  if (ratio == NULL) return no_such(argument, err);
  if (ratio->apart != GM_COMPARABLE) {
    char *why = NULL;
    gm_status status = gm_report_sentence(NULL, why_not[ratio->apart], NULL, 0, &why, err);
    if (status == GM_OK)
      status = gm_report_put_sentence(NULL, "price that is not comparable",
                                      &(gm_template_word){.name = "why", .text = why}, 1, out, err);
    free(why);
    return status;
  }
  const gm_phrase price = gm_phrase_ratio(ratio, argument + length + (argument[length] == ' '));
  if (!ratio->attributed) {
    fputs(price.text, out);
    return GM_OK;
  }
  return gm_report_put_sentence(NULL, "price by CPU time",
                                &(gm_template_word){.name = "price", .text = price.text}, 1, out, err);
}

static gm_status put_saving(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_ratio *ratio = ratio_of(report_of(context), name, strlen(name));
  if (ratio == NULL) return no_such(name, err);
  fputs(ratio->apart != GM_COMPARABLE ? "took" : gm_phrase_saving(ratio), out);
  return GM_OK;
}

/* The poster's ratio is far below ours, so that it cannot be of the same thing. */
static bool is_far_from_poster(const void *context, const char *name) {
  const double far = 10;
  const gm_ratio *ratio = ratio_of(report_of(context), name, strlen(name));
  return ratio != NULL && ratio->apart == GM_COMPARABLE && ratio->ours / ratio->poster > far;
}

static void put_known(gm_number_format format, double value, FILE *out) {
  char text[GM_NUMBER_TEXT];
  gm_number_text(format, value, text);
  fputs(text[0] != '\0' ? text : "an unknown number of", out);
}

static void put_two_digits(double value, FILE *out) {
  put_known((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 2}, value, out);
}

#define PUT_TOTAL(name, value)                                                                               \
  static gm_status name(const void *context, const char *argument, FILE *out, gm_error *err) {               \
    (void)argument, (void)err;                                                                               \
    put_two_digits(report_of(context)->total.value, out);                                                    \
    return GM_OK;                                                                                            \
  }

PUT_TOTAL(put_study_kwh, energy_kwh)
PUT_TOTAL(put_study_kg, emissions_kg)
PUT_TOTAL(put_earlier_kwh, earlier_kwh)

static gm_status put_study_kg_interval(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report_total *total = &report_of(context)->total;
  char text[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 2}, total->emissions_kg,
                   total->emissions_low_kg, total->emissions_high_kg, text);
  fprintf(out, "%s%s", text[0] != '\0' ? text : "no interval", text[0] != '\0' ? " kg" : "");
  return GM_OK;
}

/* The comparison needs no source: 1 kWh is 100 hours of 10 W. */
static gm_status put_study_lamp(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const double lamp_w = 10.0, hours = report_of(context)->total.energy_kwh * 1000.0 / lamp_w;
  const double days_from = 48.0, hours_from = 2.0, minutes_from = 2.0 / 60;
  const double value = hours >= days_from      ? hours / 24.0
                       : hours >= hours_from   ? hours
                       : hours >= minutes_from ? hours * 60.0
                                               : hours * 3600.0;
  put_two_digits(value, out);
  fputs(hours >= days_from      ? " days"
        : hours >= hours_from   ? " hours"
        : hours >= minutes_from ? " minutes"
                                : " seconds",
        out);
  return GM_OK;
}

/* ---- words and members --------------------------------------------------------- */

static gm_status put_answer(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  return gm_report_put_sentence(report_of(context), "answer", NULL, 0, out, err);
}

static gm_status put_quick_mark(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  if (report_of(context)->quick) fputs(" (quick protocol)", out);
  return GM_OK;
}

static gm_status put_member(const gm_report_run *run, const char *key, FILE *out) {
  struct json_object *member = gm_report_run_member(run, key);
  fputs(member != NULL ? json_object_get_string(member) : "not stated", out);
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

static void put_count(double value, FILE *out) {
  put_known((gm_number_format){.kind = GM_NUMBER_COUNT, .digits = 0}, value, out);
}

#define PUT_COUNT(name, value)                                                                               \
  static gm_status name(const void *context, const char *argument, FILE *out, gm_error *err) {               \
    (void)argument, (void)err;                                                                               \
    put_count((double)(value), out);                                                                         \
    return GM_OK;                                                                                            \
  }

PUT_COUNT(put_seeds, report_of(context)->study->n_seeds)
PUT_COUNT(put_lead, report_of(context)->study->lead)
PUT_COUNT(put_runs, report_of(context)->total.n_runs)
PUT_COUNT(put_busy_count, report_of(context)->total.n_busy)
PUT_COUNT(put_unknown_count, report_of(context)->total.n_unknown)
PUT_COUNT(put_measured_count, report_of(context)->total.n_measured)
PUT_COUNT(put_earlier_count, report_of(context)->total.n_earlier)
PUT_COUNT(put_parameters, gm_report_run_number(report_of(context)->study->runs[GM_RUN_CNN], "parameters"))

/* "the index nino34 in °C, forecast from 2,261 points of FILE.nc". */
static gm_status put_map(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  const gm_report *report = report_of(context);
  const gm_report_run *run = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  const char *name = gm_report_run_text(run, "dataset.name");
  const char *file = name != NULL ? strrchr(name, '/') : NULL;
  char points[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = GM_NUMBER_COUNT, .digits = 0},
                 gm_report_run_number(run, "dataset.points"), points);
  const gm_template_word values[] = {{.name = "target", .text = gm_report_run_text(run, "dataset.target")},
                                     {.name = "unit", .text = report->unit},
                                     {.name = "points", .text = points},
                                     {.name = "file",
                                      .text = file != NULL   ? file + 1
                                              : name != NULL ? name
                                                             : "the data"}};
  return gm_report_put_sentence(NULL, "map", values, sizeof values / sizeof *values, out, err);
}

static gm_status put_how_measured(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  return gm_report_put_sentence(report_of(context), "how measured", NULL, 0, out, err);
}

static gm_status put_disclosure(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  fputs(((const gm_report_view *)context)->disclosure, out);
  return GM_OK;
}

/* ---- the list ----------------------------------------------------------------------- */

static const gm_template_word words[] = {
    {.name = "quick", .holds = is_quick},
    {.name = "measured", .holds = is_measured},
    {.name = "mixed", .holds = is_mixed},
    {.name = "meter-stated", .holds = is_meter_stated},
    {.name = "map-data", .holds = is_map},
    {.name = "maps", .holds = has_maps},
    {.name = "skill", .holds = has_skill},
    {.name = "skill-months", .holds = has_skill_months},
    {.name = "stacks", .holds = has_stacks},
    {.name = "world", .holds = is_world},
    {.name = "several-seeds", .holds = has_several_seeds},
    {.name = "total-known", .holds = is_total_known},
    {.name = "carbon-known", .holds = is_carbon_known},
    {.name = "some-busy", .holds = is_some_busy},
    {.name = "earlier", .holds = has_earlier},
    {.name = "difference-known", .holds = is_difference_known},
    {.name = "present", .holds = is_present},
    {.name = "worth", .holds = is_worth},
    {.name = "comparable", .holds = is_comparable},
    {.name = "far-from-poster", .holds = is_far_from_poster},
    {.name = "some-rows", .holds = has_rows},
    {.name = "answer", .put = put_answer},
    {.name = "rmse", .put = put_rmse},
    {.name = "errors", .put = put_errors},
    {.name = "compared", .put = put_compared},
    {.name = "difference", .put = put_difference},
    {.name = "rows", .put = put_rows},
    {.name = "models-shown", .put = put_models_shown},
    {.name = "why-not", .put = put_why_not},
    {.name = "factor", .put = put_factor},
    {.name = "price", .put = put_price},
    {.name = "saving", .put = put_saving},
    {.name = "study-kwh", .put = put_study_kwh},
    {.name = "study-kg", .put = put_study_kg},
    {.name = "study-kg-interval", .put = put_study_kg_interval},
    {.name = "study-lamp", .put = put_study_lamp},
    {.name = "earlier-kwh", .put = put_earlier_kwh},
    {.name = "earlier-count", .put = put_earlier_count},
    {.name = "quick-mark", .put = put_quick_mark},
    {.name = "lr", .put = put_lr_member},
    {.name = "cnn", .put = put_cnn_member},
    {.name = "target", .put = put_target},
    {.name = "seeds", .put = put_seeds},
    {.name = "lead", .put = put_lead},
    {.name = "runs", .put = put_runs},
    {.name = "busy-count", .put = put_busy_count},
    {.name = "unknown-count", .put = put_unknown_count},
    {.name = "measured-count", .put = put_measured_count},
    {.name = "parameters", .put = put_parameters},
    {.name = "map", .put = put_map},
    {.name = "how-measured", .put = put_how_measured},
    {.name = "disclosure", .put = put_disclosure},
};

gm_template_words gm_report_words(void) {
  return (gm_template_words){words, sizeof words / sizeof *words};
}

/* ---- sentences ---------------------------------------------------------------------- */

gm_status gm_report_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                             size_t n, char **text, gm_error *err) {
  const gm_report_view view = {.report = report};
  const gm_template_words lists[] = {{values, n}, gm_report_words()};
  const gm_template_filler with = {.lists = lists, .n_lists = report != NULL ? 2 : 1, .context = &view};
  return gm_sentence_fill(name, &with, text, err);
}

gm_status gm_report_put_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                                 size_t n, FILE *out, gm_error *err) {
  char *text = NULL;
  const gm_status status = gm_report_sentence(report, name, values, n, &text, err);
  if (status == GM_OK) fputs(text, out);
  free(text);
  return status;
}
