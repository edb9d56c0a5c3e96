/* SPDX-License-Identifier: MIT
 * The findings of the page. */
#include "experiments/report/findings.h"

#include "experiments/report/phrases.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static void finding(FILE *out, const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int n = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (n < 0) return;
  fputs("<li>", out);
  gm_escape_html(out, text);
  fputs("</li>\n", out);
  free(text);
}

static gm_phrase number_phrase(gm_number_kind kind, int digits, double value) {
  gm_phrase p;
  gm_number_text((gm_number_format){.kind = kind, .digits = digits}, value, p.text);
  return p;
}

/* "0.487 °C (test 0.470)": three decimals, as the intervals have them. */
static gm_phrase errors_phrase(const gm_report *report, const gm_report_row *row) {
  gm_phrase p;
  snprintf(p.text, sizeof p.text, "%.90s%s%.90s (test %.90s)",
           number_phrase(GM_NUMBER_FIXED, 3, row->rmse_validation.mean).text, report->unit != NULL ? " " : "",
           report->unit != NULL ? report->unit : "",
           number_phrase(GM_NUMBER_FIXED, 3, row->rmse_test.mean).text);
  return p;
}

#define ERRORS(model) errors_phrase(report, &report->models[model]).text
#define COMPARED(model, reference)                                                                           \
  gm_phrase_compared(report->models[model].over[reference], report->unit).text

/* What may be said of a ratio: nothing where the machine was busy with others' work. */
static gm_phrase price_phrase(const gm_ratio *ratio, const char *of) {
  gm_phrase p = gm_phrase_ratio(ratio, of);
  if (ratio->flagged)
    snprintf(
        p.text, sizeof p.text,
        "energy that is not comparable here (the machine was busy with other programs; repeat those runs)");
  else if (ratio->attributed)
    strncat(p.text, ", by this study's share of the CPU time", sizeof p.text - strlen(p.text) - 1);
  return p;
}

#define PRICE(kind, of) price_phrase(&report->ratios[kind], of).text

/* ---- findings --------------------------------------------------------- */

/* Names of the rows with this skill on a split, ", " between; empty for none. */
static gm_phrase rows_with(const gm_report *report, gm_report_skill skill, int split) {
  gm_phrase p = {""};
  gm_report_model order[GM_MODELS];
  const size_t n = gm_report_row_order(report->models, order);
  for (size_t i = 0; i < n; i++) {
    const gm_report_row *row = &report->models[order[i]];
    if (row->n_runs == 0 || gm_report_skill_of(row, split) != skill) continue;
    const size_t used = strlen(p.text);
    snprintf(p.text + used, sizeof p.text - used, "%s%s", used > 0 ? ", " : "", row->name);
  }
  return p;
}

static void about_references(const gm_report *report, FILE *out) {
  for (int split = 0; split < GM_REPORT_SPLITS; split++) {
    const gm_phrase skill = rows_with(report, GM_SKILL, split), none = rows_with(report, GM_NO_SKILL, split);
    const gm_phrase open = rows_with(report, GM_SKILL_NOT_SHOWN, split);
    finding(out,
            "Skill on %s, an error below both persistence's and climatology's by more than chance: %s. Not "
            "shown, lower "
            "but the interval includes zero: %s. No skill, not below both: %s.",
            gm_report_splits[split], skill.text[0] != '\0' ? skill.text : "none",
            open.text[0] != '\0' ? open.text : "none", none.text[0] != '\0' ? none.text : "none");
  }
}

static void about_skill(const gm_report *report, FILE *out) {
  finding(out,
          "Skill of the cheap models: persistence, the forecast that nothing changes, has a validation RMSE "
          "of %s, the "
          "linear regression %s. Against persistence's its error %s.",
          ERRORS(GM_MODEL_PERSISTENCE), ERRORS(GM_MODEL_LINEAR_REGRESSION),
          COMPARED(GM_MODEL_LINEAR_REGRESSION, GM_OVER_PERSISTENCE));
  if (report->models[GM_MODEL_EOF_REGRESSION].present)
    finding(out,
            "Least squares on the leading patterns of the map, their number chosen as the penalty is: %s. "
            "Against "
            "the linear regression's its error %s.",
            ERRORS(GM_MODEL_EOF_REGRESSION), COMPARED(GM_MODEL_EOF_REGRESSION, GM_OVER_LINEAR_REGRESSION));
  finding(
      out,
      "Skill of the CNN: its %s parameters bring %s. Against the linear regression's its error %s; against "
      "persistence's it %s.",
      number_phrase(GM_NUMBER_COUNT, 0, gm_report_run_number(report->study->runs[GM_RUN_CNN], "parameters"))
          .text,
      ERRORS(GM_MODEL_CNN), COMPARED(GM_MODEL_CNN, GM_OVER_LINEAR_REGRESSION),
      COMPARED(GM_MODEL_CNN, GM_OVER_PERSISTENCE));
  about_references(report, out);
}

static void about_price(const gm_report *report, FILE *out) {
  const gm_ratio *fit = &report->ratios[GM_RATIO_CNN_LR];
  const double far = 10;
  finding(out,
          "Price of the CNN: training it took %s. Counted as whole programs, from start to last "
          "file, as a tracker around a script sees them, it took %s.%s",
          PRICE(GM_RATIO_CNN_LR, "times the energy of one fit of the linear regression"),
          PRICE(GM_RATIO_CNN_LR_PROCESS, "times the energy"),
          !fit->flagged && fit->ours / fit->poster > far
              ? " The poster does not say what it metered; its ratio cannot have been of a bare fit."
              : " The poster does not say what it metered.");
  finding(out, "One forecast with the CNN takes %s.",
          PRICE(GM_RATIO_INFERENCE, "times the energy of one with the linear regression"));
}

static void about_variant(const gm_report *report, FILE *out, const char *what, gm_ratio_kind kind,
                          gm_report_model model) {
  const gm_ratio *ratio = &report->ratios[kind];
  finding(out, "%s %s: %s. Its validation RMSE is %s; against the CNN's its error %s.", what,
          ratio->flagged ? "took" : gm_phrase_saving(ratio), PRICE(kind, "of the CNN's energy"),
          ERRORS(model), COMPARED(model, GM_OVER_CNN));
}

static void about_variants(const gm_report *report, FILE *out) {
  about_variant(report, out, "Pruning half of the weights by a mask", GM_RATIO_PRUNED, GM_MODEL_CNN_PRUNED);
  about_variant(report, out,
                "Removing half of the channels and units for real, which the poster does not try,",
                GM_RATIO_STRUCTURED, GM_MODEL_CNN_STRUCTURED);
  about_variant(report, out, "Early stopping", GM_RATIO_EARLY_STOPPING, GM_MODEL_CNN_EARLY_STOPPING);
}

static void about_search(const gm_report *report, FILE *out) {
  finding(out,
          "The search took %s. Its best trial has a validation RMSE of %s, the default CNN %s; against the "
          "CNN's its "
          "error %s. Validation chose the trial, so only the test months judge it fairly, and one seed was "
          "searched, "
          "so the interval is of that model.",
          PRICE(GM_RATIO_TUNING, "times the energy of one CNN"), ERRORS(GM_MODEL_TUNE), ERRORS(GM_MODEL_CNN),
          COMPARED(GM_MODEL_TUNE, GM_OVER_CNN));
  finding(out,
          "With the percentile pruner the search took %s and ended at %s; against the search without it the "
          "error %s.",
          PRICE(GM_RATIO_TUNING_PRUNED, "of the energy of the search without it"),
          ERRORS(GM_MODEL_TUNE_PRUNED), COMPARED(GM_MODEL_TUNE_PRUNED, GM_OVER_TUNE));
}

static void about_total(const gm_report *report, FILE *out) {
  const gm_report_total *total = &report->total;
  const gm_number_format two = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 2};
  char interval[GM_NUMBER_TEXT], again[160] = "";
  gm_interval_text(two, total->emissions_kg, total->emissions_low_kg, total->emissions_high_kg, interval);
  if (total->earlier_kwh > 0)
    snprintf(again, sizeof again,
             ", %.90s kWh of it by %zu earlier processes that were interrupted or repeated",
             number_phrase(GM_NUMBER_SIGNIFICANT, 2, total->earlier_kwh).text, total->n_earlier);
  finding(out,
          "The whole study, %zu runs with every process that worked on them, drew %s kWh: %s kg CO₂eq, %s%s.",
          total->n_runs, number_phrase(GM_NUMBER_SIGNIFICANT, 2, total->energy_kwh).text,
          number_phrase(GM_NUMBER_SIGNIFICANT, 2, total->emissions_kg).text, interval, again);
}

void gm_report_findings(const gm_report *report, gm_findings group, FILE *out) {
  switch (group) {
  case GM_FINDINGS_SKILL:
    about_skill(report, out);
    break;
  case GM_FINDINGS_PRICE:
    about_price(report, out), about_total(report, out);
    break;
  case GM_FINDINGS_SLASHING:
    about_variants(report, out);
    break;
  case GM_FINDINGS_SEARCH:
    about_search(report, out);
    break;
  case GM_FINDINGS:
    break;
  }
}

/* ---- the answer ---------------------------------------------------------- */

/* "about 10⁶ times", or why that is not said. */
static gm_phrase times_phrase(const gm_ratio *ratio) {
  gm_phrase p = gm_phrase_factor(ratio);
  if (ratio->flagged)
    snprintf(p.text, sizeof p.text, "an energy that is not comparable here, as the machine was busy");
  else
    strncat(p.text, " times the energy", sizeof p.text - strlen(p.text) - 1);
  return p;
}

void gm_report_answer(const gm_report *report, FILE *out) {
  const gm_interval *over = report->models[GM_MODEL_CNN].over[GM_OVER_LINEAR_REGRESSION];
  const gm_verdict validation = gm_interval_verdict(&over[0]), test = gm_interval_verdict(&over[1]);
  const gm_phrase difference = gm_phrase_compared(over, report->unit);
  const char *answer = isnan(over[0].low)                           ? "Not known"
                       : validation == GM_BELOW && test == GM_BELOW ? "It is the better one"
                       : validation == GM_BELOW || test == GM_BELOW ? "Not shown on all months"
                                                                    : "No";
  fprintf(out, "%s%s: against the linear regression’s the CNN’s error %s, and training it takes %s.",
          report->quick ? "In shortened runs (no result): " : "", answer, difference.text,
          times_phrase(&report->ratios[GM_RATIO_CNN_LR]).text);
}
