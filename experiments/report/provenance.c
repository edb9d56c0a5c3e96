/* SPDX-License-Identifier: MIT
 * Provenance and warnings of the page. */
#include "experiments/report/provenance.h"

#include "experiments/report/text.h"

#include <stdlib.h>
#include <string.h>

/* The runs in one sequence: those of kinds before `end`. */
static size_t count_kinds(const gm_report_runs *study, gm_report_run_kind end) {
  size_t n = 0;
  for (gm_report_run_kind kind = 0; kind < end; kind++) n += gm_report_repeats(study, kind);
  return n;
}

static size_t count_runs(const gm_report_runs *study) {
  return count_kinds(study, GM_RUN_KINDS);
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
  fputs("<div class=\"scroll\" tabindex=\"0\">\n<table id=\"runs\">\n<caption>The runs behind this "
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

/* What must be the same everywhere for the rows to be comparable. */
static size_t differences(const gm_report_runs *study, FILE *out) {
  static const char *const same[] = {"protocol",      "cpu_model",          "threads",
                                     "git_commit",    "country_iso_code",   "carbon_intensity_g_per_kwh",
                                     "pue",           "energy_scope",       "dataset.name",
                                     "dataset.train", "dataset.validation", "dataset.test",
                                     "dataset.lead"};
  const size_t last = sizeof same / sizeof *same - 1; /* the lead, which a skill curve varies */
  size_t count = 0;
  const gm_report_run *first = run_at(study, 0);
  for (size_t k = 0; k < sizeof same / sizeof *same; k++)
    for (size_t i = 1;
         i < (k < last ? count_runs(study) : count_kinds(study, GM_RUN_LINEAR_REGRESSION_LEADS)); i++) {
      const gm_report_run *run = run_at(study, i);
      if (strcmp(member_text(first, same[k]), member_text(run, same[k])) == 0) continue;
      fprintf(out, "<li>The runs differ in <code>%s</code>: ", same[k]);
      gm_escape_html(out, member_text(first, same[k]));
      fprintf(out, " (%s), ", run_name(first));
      gm_escape_html(out, member_text(run, same[k]));
      fprintf(out, " (%s). Their rows are not strictly comparable.</li>\n", run_name(run));
      count++;
      break;
    }
  return count;
}

static size_t recomputed(const gm_report_runs *study, FILE *out) {
  if (study->n_recomputed == 0) return 0;
  fputs("<li>The emissions are those of ", out);
  gm_escape_html(out, study->country.country);
  fputs(", multiplied from the energy that the runs have recorded; the files in <code>runs/</code> keep the "
        "place they were made for.</li>\n",
        out);
  return 1;
}

/* A number that nobody can trace to its sources is no result. */
static size_t untraceable(const gm_report_runs *study, FILE *out) {
  for (size_t i = 0; i < count_runs(study); i++) {
    const gm_report_run *run = run_at(study, i);
    const char *commit = member_text(run, "git_commit");
    const char *why =
        commit[0] == '\0' || strcmp(commit, "unknown") == 0 ? "nothing says which commit the sources were"
        : strstr(commit, "-dirty") != NULL     ? "the sources had been changed since their commit"
        : strstr(commit, "-unchecked") != NULL ? "nobody could tell whether the sources were changed"
                                               : NULL;
    if (why == NULL) continue;
    fprintf(out, "<li>Provenance is incomplete: %s (first in %s).</li>\n", why, run_name(run));
    return 1;
  }
  return 0;
}

size_t gm_report_warnings(const gm_report_runs *study, FILE *out) {
  const size_t count = untraceable(study, out) + recomputed(study, out) + differences(study, out);
  return count + warnings_of_runs(study, out);
}
