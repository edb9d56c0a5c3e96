/* SPDX-License-Identifier: MIT
 * Provenance and warnings of the page: the runs one by one, and what a reader must know of them. */
#include "experiments/report/provenance.h"

#include "experiments/report/words.h"

#include <stdlib.h>
#include <string.h>

/* The runs in one sequence. */
static size_t count_runs(const gm_report_runs *study) {
  size_t n = 0;
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++) n += gm_report_repeats(study, kind);
  return n;
}

static const gm_report_run *run_at(const gm_report_runs *study, size_t index) {
  gm_report_run_kind kind = 0;
  while (index >= gm_report_repeats(study, kind)) index -= gm_report_repeats(study, kind++);
  return &study->runs[kind][index];
}

static const char *run_name(const gm_report_run *run) {
  return strrchr(run->directory, '/') + 1;
}

/* A member as text; "" where absent. */
static const char *member_text(const gm_report_run *run, const char *key) {
  struct json_object *member = gm_report_run_member(run, key);
  return member != NULL ? json_object_get_string(member) : "";
}

static void put_number(FILE *out, gm_number_kind kind, int digits, double value) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = kind, .digits = digits}, value, text);
  fprintf(out, "<td class=\"number\">%s</td>", text);
}

void gm_report_provenance(const gm_report_runs *study, FILE *out) {
  static const char *const texts[] = {"started_at", "seed", "git_commit"};
  fputs("<div class=\"scroll\" role=\"region\" aria-label=\"The runs behind this page\" "
        "tabindex=\"0\">\n<table id=\"runs\">\n<caption>The runs behind this "
        "page</caption>\n"
        "<thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Started (UTC)</th><th scope=\"col\">Seed</th>"
        "<th scope=\"col\">Commit</th><th scope=\"col\" class=\"number\">Whole program <span "
        "class=\"unit\">s</span></th>"
        "<th scope=\"col\" class=\"number\">Whole program <span "
        "class=\"unit\">kWh</span></th></tr></thead>\n<tbody>\n",
        out);
  for (size_t i = 0; i < count_runs(study); i++) {
    const gm_report_run *run = run_at(study, i);
    fputs("<tr><th scope=\"row\">", out);
    gm_escape_html(out, run_name(run));
    fputs("</th>", out);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
      fputs("<td>", out);
      gm_escape_html(out, member_text(run, texts[t]));
      fputs("</td>", out);
    }
    put_number(out, GM_NUMBER_SIGNIFICANT, 3, gm_report_run_number(run, "all_duration_s"));
    put_number(out, GM_NUMBER_SCIENTIFIC, 3, gm_report_run_number(run, "all_energy_kwh"));
    fputs("</tr>\n", out);
  }
  fputs("</tbody>\n</table>\n</div>\n", out);
}

/* ---- warnings --------------------------------------------------------- */

/* True if an earlier run, or an earlier warning of this run, says the same. */
static bool said_before(const gm_report_runs *study, size_t index, size_t warning, const char *text) {
  for (size_t i = 0; i <= index; i++) {
    struct json_object *warnings = gm_report_run_member(run_at(study, i), "warnings");
    if (!json_object_is_type(warnings, json_type_array)) continue;
    const size_t n = i < index ? json_object_array_length(warnings) : warning;
    for (size_t w = 0; w < n; w++)
      if (strcmp(json_object_get_string(json_object_array_get_idx(warnings, w)), text) == 0) return true;
  }
  return false;
}

static size_t warnings_of_runs(const gm_report_runs *study, FILE *out) {
  size_t count = 0;
  for (size_t i = 0; i < count_runs(study); i++) {
    struct json_object *warnings = gm_report_run_member(run_at(study, i), "warnings");
    if (!json_object_is_type(warnings, json_type_array)) continue;
    for (size_t w = 0; w < json_object_array_length(warnings); w++) {
      const char *text = json_object_get_string(json_object_array_get_idx(warnings, w));
      if (text == NULL || said_before(study, i, w, text)) continue;
      fputs("<li>", out);
      gm_escape_html(out, text);
      fprintf(out, " <span class=\"unit\">(first in %s)</span></li>\n", run_name(run_at(study, i)));
      count++;
    }
  }
  return count;
}

/* One <li> of a sentence. */
static gm_status put_warning(const char *name, const gm_template_word *values, size_t n, FILE *out,
                             size_t *count, gm_error *err) {
  char *text = NULL;
  const gm_status status = gm_report_sentence(NULL, name, values, n, &text, err);
  if (status == GM_OK) {
    fputs("<li>", out);
    gm_escape_html(out, text);
    fputs("</li>\n", out);
    ++*count;
  }
  free(text);
  return status;
}

/* What must be the same everywhere for the rows to be comparable. Data and months are (run_check.c). */
static gm_status differences(const gm_report_runs *study, FILE *out, size_t *count, gm_error *err) {
  static const char *const same[] = {"protocol",   "cpu_model",        "threads",
                                     "git_commit", "country_iso_code", "carbon_intensity_g_per_kwh",
                                     "pue",        "energy_scope",     "energy_measured"};
  const gm_report_run *first = run_at(study, 0);
  gm_status status = GM_OK;
  for (size_t k = 0; k < sizeof same / sizeof *same; k++)
    for (size_t i = 1; i < count_runs(study) && status == GM_OK; i++) {
      const gm_report_run *run = run_at(study, i);
      if (strcmp(member_text(first, same[k]), member_text(run, same[k])) == 0) continue;
      const gm_template_word values[] = {{.name = "what", .text = same[k]},
                                         {.name = "one", .text = member_text(first, same[k])},
                                         {.name = "first", .text = run_name(first)},
                                         {.name = "other", .text = member_text(run, same[k])},
                                         {.name = "second", .text = run_name(run)}};
      status = put_warning("warning: differs", values, sizeof values / sizeof *values, out, count, err);
      break;
    }
  return status;
}

static gm_status recomputed(const gm_report_runs *study, FILE *out, size_t *count, gm_error *err) {
  if (study->n_recomputed == 0) return GM_OK;
  const gm_template_word country = {.name = "country", .text = study->country.country};
  return put_warning("warning: another place", &country, 1, out, count, err);
}

/* A meter that is there and reads nothing is no meter. */
static gm_status without_energy(const gm_report *report, FILE *out, size_t *count, gm_error *err) {
  if (report->total.n_unknown == 0) return GM_OK;
  size_t i = 0;
  while (i + 1 < count_runs(report->study) &&
         gm_report_run_number(run_at(report->study, i), "all_energy_kwh") > 0)
    i++;
  char unknown[24], runs[24];
  snprintf(unknown, sizeof unknown, "%zu", report->total.n_unknown);
  snprintf(runs, sizeof runs, "%zu", report->total.n_runs);
  const gm_template_word values[] = {{.name = "count", .text = unknown},
                                     {.name = "runs", .text = runs},
                                     {.name = "first", .text = run_name(run_at(report->study, i))}};
  return put_warning("warning: no energy", values, sizeof values / sizeof *values, out, count, err);
}

/* A number that nobody can trace to its sources is no result. */
static gm_status untraceable(const gm_report_runs *study, FILE *out, size_t *count, gm_error *err) {
  for (size_t i = 0; i < count_runs(study); i++) {
    const gm_report_run *run = run_at(study, i);
    const char *commit = member_text(run, "git_commit");
    const char *none = commit[0] == '\0' || strcmp(commit, "unknown") == 0 ? "yes" : NULL,
               *dirty = strstr(commit, "-dirty"), *unchecked = strstr(commit, "-unchecked");
    if (none == NULL && dirty == NULL && unchecked == NULL) continue;
    const gm_template_word values[] = {{.name = "no-commit", .text = none},
                                       {.name = "dirty", .text = dirty},
                                       {.name = "unchecked", .text = dirty == NULL ? unchecked : NULL},
                                       {.name = "first", .text = run_name(run)}};
    return put_warning("warning: provenance", values, sizeof values / sizeof *values, out, count, err);
  }
  return GM_OK;
}

gm_status gm_report_warnings(const gm_report *report, FILE *out, size_t *n, gm_error *err) {
  *n = 0;
  gm_status status = untraceable(report->study, out, n, err);
  if (status == GM_OK) status = without_energy(report, out, n, err);
  if (status == GM_OK) status = recomputed(report->study, out, n, err);
  if (status == GM_OK) status = differences(report->study, out, n, err);
  *n += warnings_of_runs(report->study, out);
  return status;
}
