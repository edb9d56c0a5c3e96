/* SPDX-License-Identifier: MIT
 * The findings of the page. */
#include "experiments/report/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

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

const char *gm_report_where_better(double a_validation, double b_validation, double a_test, double b_test) {
  const bool validation = a_validation < b_validation, test = a_test < b_test;
  if (validation && test) return "on validation and test";
  if (validation) return "on validation, but not on test";
  if (test) return "on test, but not on validation";
  return "neither on validation nor on test";
}

void gm_report_beside_poster(const gm_ratio *ratio, char text[GM_NUMBER_TEXT]) {
  const double close =
      1.25; /* within a quarter: the poster's own rounding of the linear regression is ±17 % */
  const double times = ratio->ours / ratio->poster;
  char poster[GM_NUMBER_TEXT], factor[GM_NUMBER_TEXT];
  text[0] = '\0';
  if (isnan(times)) return;
  gm_number_text((gm_number_format){GM_NUMBER_SIGNIFICANT, 3}, ratio->poster, poster);
  gm_number_text((gm_number_format){GM_NUMBER_SIGNIFICANT, 2}, times, factor);
  if (times < close && times > 1.0 / close)
    snprintf(text, GM_NUMBER_TEXT, "close to the poster's %.20s", poster);
  else
    snprintf(text, GM_NUMBER_TEXT, "%.30s times the poster's %.20s", factor, poster);
}

typedef struct {
  char text[4 * GM_NUMBER_TEXT];
} phrase;

/* A ratio, what it is of, and in brackets its interval and the poster's:
 * "1.06 of the CNN's energy (1.02 to 1.11; close to the poster's 1.04)". */
static phrase ratio_phrase(const gm_ratio *ratio, const char *of) {
  const gm_number_format three = {GM_NUMBER_SIGNIFICANT, 3};
  char ours[GM_NUMBER_TEXT], interval[GM_NUMBER_TEXT], poster[GM_NUMBER_TEXT];
  phrase p;
  gm_number_text(three, ratio->ours, ours);
  gm_interval_text(three, ratio->ours, ratio->low, ratio->high, interval);
  gm_report_beside_poster(ratio, poster);
  const bool both = interval[0] != '\0' && poster[0] != '\0', any = interval[0] != '\0' || poster[0] != '\0';
  snprintf(p.text, sizeof p.text, "%s %s%s%s%s%s%s", ours, of, any ? " (" : "", interval, both ? "; " : "",
           poster, any ? ")" : "");
  return p;
}

static phrase number_phrase(gm_number_kind kind, int digits, double value) {
  phrase p;
  gm_number_text((gm_number_format){kind, digits}, value, p.text);
  return p;
}

#define RMSE(value) number_phrase(GM_NUMBER_FIXED, 4, value).text
#define RATIO(kind, of) ratio_phrase(&report->ratios[kind], of).text

/* ---- findings --------------------------------------------------------- */

static void about_skill(const gm_report *report, FILE *out) {
  const char *unit = report->unit != NULL ? report->unit : "in units of the target";
  const gm_report_row *persistence = &report->models[GM_MODEL_PERSISTENCE];
  const gm_report_row *lr = &report->models[GM_MODEL_LINEAR_REGRESSION];
  const gm_report_row *cnn = &report->models[GM_MODEL_CNN];
  finding(out,
          "Skill of the cheap models: persistence, the forecast that nothing changes, has a validation "
          "RMSE of %s %s (test %s). The linear regression has %s (test %s): it beats persistence %s.",
          RMSE(persistence->rmse_validation.mean), unit, RMSE(persistence->rmse_test.mean),
          RMSE(lr->rmse_validation.mean), RMSE(lr->rmse_test.mean),
          gm_report_where_better(lr->rmse_validation.mean, persistence->rmse_validation.mean,
                                 lr->rmse_test.mean, persistence->rmse_test.mean));
  finding(
      out,
      "Skill of the CNN: its %s parameters bring %s (test %s). It beats the linear regression %s, and "
      "persistence %s.",
      number_phrase(GM_NUMBER_COUNT, 0, gm_report_run_number(report->study->runs[GM_RUN_CNN], "parameters"))
          .text,
      RMSE(cnn->rmse_validation.mean), RMSE(cnn->rmse_test.mean),
      gm_report_where_better(cnn->rmse_validation.mean, lr->rmse_validation.mean, cnn->rmse_test.mean,
                             lr->rmse_test.mean),
      gm_report_where_better(cnn->rmse_validation.mean, persistence->rmse_validation.mean,
                             cnn->rmse_test.mean, persistence->rmse_test.mean));
  if (isnan(cnn->difference_low)) return;
  const bool apart = cnn->difference_low > 0.0 || cnn->difference_high < 0.0;
  finding(out,
          "By more than chance? The 95 %% bootstrap interval of the CNN's validation RMSE minus the "
          "linear regression's is %s to %s %s: it %s zero, so on these months the two %s.",
          RMSE(cnn->difference_low), RMSE(cnn->difference_high), unit, apart ? "excludes" : "includes",
          apart ? "can be told apart" : "cannot be told apart");
}

static void about_price(const gm_report *report, FILE *out) {
  finding(
      out,
      "Price of the CNN: training it took %s. Counted as whole programs, from start to last "
      "file, as a tracker around a script sees them, it took %s. The poster does not say what it metered.",
      RATIO(GM_RATIO_CNN_LR, "times the energy of one fit of the linear regression"),
      RATIO(GM_RATIO_CNN_LR_PROCESS, "times the energy"));
  finding(out, "One forecast with the CNN takes %s.",
          RATIO(GM_RATIO_INFERENCE, "times the energy of one with the linear regression"));
}

static const char *saving(double ratio) {
  return ratio < 0.95 ? "saved energy" : ratio > 1.05 ? "cost more energy" : "changed little";
}

static void about_variants(const gm_report *report, FILE *out) {
  const gm_ratio *ratios = report->ratios;
  const char *of = "of the CNN's energy";
  finding(out, "Pruning half of the weights by a mask %s: %s.", saving(ratios[GM_RATIO_PRUNED].ours),
          RATIO(GM_RATIO_PRUNED, of));
  finding(out, "Removing half of the channels and units for real, which the poster does not try, %s: %s.",
          saving(ratios[GM_RATIO_STRUCTURED].ours), RATIO(GM_RATIO_STRUCTURED, of));
  finding(
      out,
      "Early stopping %s: %s. Its validation RMSE is %s against the CNN's %s, its test RMSE %s against %s.",
      saving(ratios[GM_RATIO_EARLY_STOPPING].ours), RATIO(GM_RATIO_EARLY_STOPPING, of),
      RMSE(report->models[GM_MODEL_CNN_EARLY_STOPPING].rmse_validation.mean),
      RMSE(report->models[GM_MODEL_CNN].rmse_validation.mean),
      RMSE(report->models[GM_MODEL_CNN_EARLY_STOPPING].rmse_test.mean),
      RMSE(report->models[GM_MODEL_CNN].rmse_test.mean));
}

static void about_search(const gm_report *report, FILE *out) {
  const gm_report_row *cnn = &report->models[GM_MODEL_CNN], *tuned = &report->models[GM_MODEL_TUNE];
  const gm_report_row *pruned = &report->models[GM_MODEL_TUNE_PRUNED];
  finding(out,
          "The search took %s. Its best trial has a validation RMSE of %s (test %s), the default CNN %s "
          "(test %s): it is better %s. Validation chose the trial, so only the test months judge it "
          "fairly.",
          RATIO(GM_RATIO_TUNING, "times the energy of one CNN"), RMSE(tuned->rmse_validation.mean),
          RMSE(tuned->rmse_test.mean), RMSE(cnn->rmse_validation.mean), RMSE(cnn->rmse_test.mean),
          gm_report_where_better(tuned->rmse_validation.mean, cnn->rmse_validation.mean,
                                 tuned->rmse_test.mean, cnn->rmse_test.mean));
  finding(out,
          "With the percentile pruner the search took %s and ended at a validation RMSE of %s instead of %s.",
          RATIO(GM_RATIO_TUNING_PRUNED, "of the energy of the search without it"),
          RMSE(pruned->rmse_validation.mean), RMSE(tuned->rmse_validation.mean));
}

static void about_total(const gm_report *report, FILE *out) {
  const gm_report_total *total = &report->total;
  const gm_number_format three = {GM_NUMBER_SIGNIFICANT, 3};
  char interval[GM_NUMBER_TEXT];
  gm_interval_text(three, total->emissions_kg, total->emissions_low_kg, total->emissions_high_kg, interval);
  finding(out, "The whole study, %zu programs from start to end, drew %s kWh: %s kg CO₂eq (%s).",
          total->n_runs, number_phrase(GM_NUMBER_SIGNIFICANT, 3, total->energy_kwh).text,
          number_phrase(GM_NUMBER_SIGNIFICANT, 3, total->emissions_kg).text, interval);
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

void gm_report_answer(const gm_report *report, FILE *out) {
  const gm_report_row *cnn = &report->models[GM_MODEL_CNN];
  const phrase times = number_phrase(GM_NUMBER_SIGNIFICANT, 1, report->ratios[GM_RATIO_CNN_LR].ours);
  const char *protocol = report->quick ? "In shortened runs (no result): " : "";
  if (isnan(cnn->difference_low))
    fprintf(out, "%sNot known: the difference of the two errors has no interval.", protocol);
  else if (cnn->difference_low > 0.0)
    fprintf(
        out,
        "%sNo: on these months the CNN’s error is higher than the linear regression’s, and training it takes "
        "about %s times the energy.",
        protocol, times.text);
  else if (cnn->difference_high < 0.0)
    fprintf(
        out,
        "%sIt is the better one: on these months the CNN’s error is lower than the linear regression’s, for "
        "about %s times the energy of training.",
        protocol, times.text);
  else
    fprintf(out,
            "%sNo: on these months the CNN’s error cannot be told apart from the linear regression’s, and "
            "training "
            "it takes about %s times the energy.",
            protocol, times.text);
}
