/* SPDX-License-Identifier: MIT
 * The page. */
#include "experiments/report/page.h"

#include "common/atomic_file.h"
#include "experiments/report/disclosure.h"
#include "experiments/report/findings.h"
#include "experiments/report/page_style.h"
#include "experiments/report/provenance.h"
#include "experiments/report/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- sections not every study has --------------------------------------- */

static bool has_skill(const gm_report *report) {
  return report->tables[GM_TABLE_SKILL].n_rows > 0;
}

static bool has_maps(const gm_report *report) {
  return has_skill(report) || gm_report_is_map(report->study);
}

static bool has_stacks(const gm_report *report) {
  return report->tables[GM_TABLE_STACKS].notes != NULL;
}

/* ---- the beginning ---------------------------------------------------- */

static void put_head(const gm_report *report, FILE *out) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>The Green Mile, reproduced</title>\n<style>\n" GM_REPORT_PAGE_STYLE
        "</style>\n</head>\n<body>\n"
        "<header>\n<h1>The Green Mile, reproduced</h1>\n"
        "<p>What a forecast costs in energy and carbon: a linear regression, a 1-D CNN and a "
        "hyperparameter search on the same climate series, every run metered.</p>\n",
        out);
  if (report->quick)
    fputs("<p class=\"quick\" role=\"note\">Quick protocol: shortened runs that show the suite at work. "
          "None of these numbers is a result of the study.</p>\n",
          out);
  fputs("<nav aria-label=\"Sections\"><ul>\n<li><a href=\"#question\">Question</a></li>\n"
        "<li><a href=\"#findings\">Findings</a></li>\n<li><a href=\"#tables\">Tables</a></li>\n"
        "<li><a href=\"#figures\">Figures</a></li>\n",
        out);
  if (has_maps(report)) fputs("<li><a href=\"#maps\">Maps</a></li>\n", out);
  if (has_stacks(report)) fputs("<li><a href=\"#two-stacks\">Two stacks</a></li>\n", out);
  fputs("<li><a href=\"#measured\">How measured</a></li>\n"
        "<li><a href=\"#disclosure\">Disclosure</a></li>\n<li><a "
        "href=\"#provenance\">Provenance</a></li>\n"
        "<li><a href=\"#warnings\">Warnings</a></li>\n</ul></nav>\n</header>\n<main>\n",
        out);
}

static void put_member(FILE *out, const gm_report_run *run, const char *key, const char *otherwise) {
  struct json_object *member = gm_report_run_member(run, key);
  gm_escape_html(out, member != NULL ? json_object_get_string(member) : otherwise);
}

static void put_question(const gm_report *report, FILE *out) {
  const gm_report_run *run = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  fputs("<section aria-labelledby=\"question\">\n<h2 id=\"question\">What the question is</h2>\n"
        "<p>The poster <cite>The Green Mile: A Multi-Layered Quest to Reveal, Measure, and Slash Carbon "
        "Emissions in AI Training &amp; Inference</cite> (S. Sahoo, S. Singh, J. Jojo) trains a linear "
        "regression and a CNN of 6.99 million parameters on the same forecasting task and asks what "
        "accuracy costs in carbon. This page is the same study run on the machine named below. The task: "
        "forecast ",
        out);
  if (gm_report_run_member(run, "dataset.description") != NULL) {
    put_member(out, run, "dataset.description", "");
  } else {
    put_member(out, run, "dataset.target", "the target");
    fputs(" of ", out);
    put_member(out, run, "dataset.name", "a series");
  }
  fputs(", lead ", out);
  put_member(out, run, "dataset.lead", "not stated");
  fputs(" (source: ", out);
  put_member(out, run, "dataset.source", "not stated");
  fputs("). Training ", out);
  put_member(out, run, "dataset.train", "?");
  fputs(", validation ", out);
  put_member(out, run, "dataset.validation", "?");
  fputs(", test ", out);
  put_member(out, run, "dataset.test", "?");
  fputs(" (last input months; an open end is that of the data); ", out);
  put_member(out, run, "dataset.n_train", "?");
  fputs(", ", out);
  put_member(out, run, "dataset.n_validation", "?");
  fputs(" and ", out);
  put_member(out, run, "dataset.n_test", "?");
  fputs(" samples, ", out);
  put_member(out, run, "dataset.samples_dropped", "?");
  fputs(" dropped.</p>\n"
        "<p>Kilograms depend on the machine and the grid, so this study and the poster are compared by "
        "ratios. The poster does not name its data; its RMSE names no split and may be a mean squared "
        "error, so it stands beside ours and is never subtracted from it.</p>\n"
        "<p>What the poster claims, in its own frame:</p>\n<blockquote><p>Neural scaling laws make "
        "models better while higher energy demands of training raise power usage and carbon emissions; "
        "the ICT industry accounts for 1.4 % of global greenhouse gas emissions. Recommendation: work on "
        "open problems, and a socio-technical approach before a techno-solutionist one. Conclusion: "
        "&#8220;What if it were a standard procedure for all research papers to disclose "
        "emissions!!!&#8221;</p></blockquote>\n</section>\n",
        out);
}

/* ---- figures ---------------------------------------------------------- */

/* Inlines figures/NAME.svg under the id; what stands before the caption is "Figure N" or what else it is. */
static gm_status put_figure(const gm_report *report, const char *results, const char *name, const char *id,
                            const char *title, const char *caption, FILE *out, gm_error *err) {
  char *path = NULL, prefix[16];
  if (asprintf(&path, "%s/figures/%s.svg", results, name) < 0) return gm_fail_memory(err, "figure");
  snprintf(prefix, sizeof prefix, "%s-", name);
  fprintf(out, "<figure id=\"%s\">\n", id);
  const gm_status status = gm_report_inline_svg(out, path, prefix, caption, err);
  fprintf(out, "<figcaption><strong>%s%s.</strong> ", title, report->quick ? " (quick protocol)" : "");
  gm_escape_html(out, caption);
  fputs("</figcaption>\n</figure>\n", out);
  free(path);
  return status;
}

static gm_status put_figures(const gm_report *report, const char *results, FILE *out, gm_error *err) {
  static const char *const captions[] = {
      "Three levels of impact (after Kaack et al., Nature Climate Change 12, 518, 2022) and the poster's "
      "equation (1), with what this study metered.",
      "The CNN: every layer with its output shape and trainable parameters.",
      "Linear regression: forecast and truth on the validation and the test months.",
      "CNN, seed 0: forecast and truth on the validation and the test months.",
      "Linear regression against CNN: emissions of training and RMSE. Horizontal bars are the interval "
      "of the meter, whose causes both points share; vertical bars are one standard deviation over the "
      "seeds, where there are several.",
      "The CNN variants, as in figure 5, with the Pareto front: no variant is both cheaper and better "
      "than those on it.",
      "The search without pruner: learning curves of all trials above, value of each trial and best so "
      "far below.",
      "The search with the percentile pruner, as in figure 7; a cross marks where a trial was pruned.",
  };
  gm_status status = GM_OK;
  fputs("<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">Figures</h2>\n<div class=\"figures\">\n",
        out);
  for (int i = 0; i < 8 && status == GM_OK; i++) {
    char name[16], title[32];
    snprintf(name, sizeof name, "fig%d", i + 1);
    snprintf(title, sizeof title, "Figure %d", i + 1);
    status = put_figure(report, results, name, name, title, captions[i], out, err);
  }
  fputs("</div>\n</section>\n", out);
  return status;
}

/* ---- maps --------------------------------------------------------------- */

/* "the index nino34 in °C, forecast from 2,261 points of FILE.nc": in both captions. */
static char *map_words(const gm_report *report) {
  const gm_report_run *run = report->study->runs[GM_RUN_LINEAR_REGRESSION];
  const char *target = gm_report_run_text(run, "dataset.target"),
             *name = gm_report_run_text(run, "dataset.name");
  const char *file = name != NULL ? strrchr(name, '/') : NULL;
  char points[GM_NUMBER_TEXT], *text = NULL;
  gm_number_text((gm_number_format){GM_NUMBER_COUNT, 0}, gm_report_run_number(run, "dataset.points"), points);
  const int n = asprintf(&text, "the index %s%s%s, forecast from %s points of %s",
                         target != NULL ? target : "of the map", report->unit != NULL ? " in " : "",
                         report->unit != NULL ? report->unit : "", points[0] != '\0' ? points : "the",
                         file != NULL   ? file + 1
                         : name != NULL ? name
                                        : "the data");
  return n < 0 ? NULL : text;
}

static gm_status put_skill(const gm_report *report, const char *results, const char *what, FILE *out,
                           gm_error *err) {
  char *caption = NULL;
  if (asprintf(&caption,
               "RMSE and correlation against lead, in months, of %s: validation months (solid, with "
               "markers) and test months (dashed).",
               what) < 0)
    return gm_fail_memory(err, "caption");
  const gm_status status =
      put_figure(report, results, "skill", "fig-skill", "Skill against lead", caption, out, err);
  free(caption);
  return status;
}

static gm_status put_influence(const gm_report *report, const char *results, const char *what, FILE *out,
                               gm_error *err) {
  char *caption = NULL;
  if (asprintf(&caption,
               "Where the forecast comes from: %s, lead %zu. Coefficients of the linear regression, and "
               "gradients of the CNN (seed 0) by its inputs, averaged over the validation months; both of "
               "the last "
               "input month, as change of the forecast per change of one point. Each map has its own scale, "
               "symmetric about zero; land is grey.",
               what, report->study->lead) < 0)
    return gm_fail_memory(err, "caption");
  const gm_status status =
      put_figure(report, results, "maps", "fig-maps", "Influence maps", caption, out, err);
  free(caption);
  return status;
}

static gm_status put_maps(const gm_report *report, const char *results, FILE *out, gm_error *err) {
  char *what = map_words(report);
  if (what == NULL) return gm_fail_memory(err, "caption");
  gm_status status = GM_OK;
  fputs("<section aria-labelledby=\"maps\">\n<h2 id=\"maps\">Maps and lead</h2>\n<div class=\"figures\">\n",
        out);
  if (has_skill(report)) status = put_skill(report, results, what, out, err);
  if (status == GM_OK && gm_report_is_map(report->study))
    status = put_influence(report, results, what, out, err);
  fputs("</div>\n", out);
  if (has_skill(report)) gm_report_table_html(&report->tables[GM_TABLE_SKILL], out);
  fputs("</section>\n", out);
  free(what);
  return status;
}

/* ---- two stacks ----------------------------------------------------------- */

static void put_stacks(const gm_report *report, FILE *out) {
  const gm_report_table *table = &report->tables[GM_TABLE_STACKS];
  fputs("<section aria-labelledby=\"two-stacks\">\n<h2 id=\"two-stacks\">The same study, two stacks</h2>\n",
        out);
  if (table->n_rows > 0) {
    gm_report_table_html(table, out);
  } else {
    fputs("<p>", out);
    gm_escape_html(out, table->notes);
    fputs("</p>\n", out);
  }
  fputs("</section>\n", out);
}

/* ---- how measured ----------------------------------------------------- */

/* A row of a definition list, unless there is nothing to say. */
static void put_definition(FILE *out, const gm_report_run *run, const char *term, const char *key) {
  struct json_object *member = gm_report_run_member(run, key);
  if (member == NULL) return;
  char *text = NULL;
  size_t size = 0;
  FILE *words = open_memstream(&text, &size);
  if (words == NULL) return;
  gm_json_words(words, member);
  if (fclose(words) == 0) {
    fprintf(out, "<dt>%s</dt><dd>", term);
    gm_escape_html(out, text);
    fputs("</dd>\n", out);
  }
  free(text);
}

static void put_measured(const gm_report *report, FILE *out) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  struct json_object *measured = gm_report_run_member(run, "energy_measured");
  fprintf(out,
          "<section aria-labelledby=\"measured\">\n<h2 id=\"measured\">How it was measured</h2>\n"
          "<p>Energy is the sum of power over time of processor, memory and graphics card, times the "
          "PUE; emissions are energy times the carbon intensity of electricity: E [kWh] = &Sigma; P [W] "
          "&middot; t [h] / 1000, emissions [g] = E &middot; intensity [g/kWh]. On this machine the "
          "energy was <strong>%s</strong>.</p>\n<dl>\n",
          measured == NULL                    ? "obtained in a way the runs do not state"
          : json_object_get_boolean(measured) ? "measured by counters"
                                              : "modelled, not measured");
  put_definition(out, run, "Scope", "energy_scope");
  put_definition(out, run, "Components", "energy_sources");
  put_definition(out, run, "Interval rests on", "energy_basis");
  put_definition(out, run, "Carbon intensity (g/kWh)", "carbon_intensity_g_per_kwh");
  put_definition(out, run, "Country", "country_iso_code");
  put_definition(out, run, "Year", "carbon_intensity_year");
  put_definition(out, run, "Source", "carbon_intensity_source");
  put_definition(out, run, "PUE", "pue");
  fputs("</dl>\n<ul>\n"
        "<li>A training row covers the first to the end of the last epoch with the evaluation of each "
        "epoch; no loading, initialisation or writing. The linear regression is one fit, by repetition, "
        "since a single one is too short for any meter. Tuning rows cover all trials and the "
        "sampler.</li>\n"
        "<li>The interval of energy comes from the classes of the sources: judgements anchored on "
        "published comparisons with wall meters, not a statistical sample. The interval of emissions "
        "adds that of the carbon intensity: low times low, high times high. Both are common to all rows, "
        "so they cancel in ratios, whose interval comes from repeats only.</li>\n"
        "<li>Not included: the making of the hardware, what the computer draws outside the scope, "
        "development runs.</li>\n"
        "</ul>\n</section>\n",
        out);
}

/* ---- the whole -------------------------------------------------------- */

static void put_tables(const gm_report *report, FILE *out) {
  fputs("<section aria-labelledby=\"tables\">\n<h2 id=\"tables\">Tables</h2>\n", out);
  for (size_t t = 0; t <= GM_TABLE_RATIOS; t++) gm_report_table_html(&report->tables[t], out);
  fputs("</section>\n", out);
}

static void put_end(const gm_report *report, const gm_disclosure *disclosure, FILE *out) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  fputs("<section aria-labelledby=\"disclosure\">\n<h2 id=\"disclosure\">Disclosure</h2>\n<p>", out);
  gm_escape_html(out, disclosure->paragraph);
  fputs("</p>\n", out);
  gm_report_table_html(&disclosure->table, out);
  fputs("</section>\n<section aria-labelledby=\"provenance\">\n<h2 "
        "id=\"provenance\">Provenance</h2>\n<p>greenmile ",
        out);
  put_member(out, run, "version", "of unknown version");
  fputs(", commit ", out);
  put_member(out, run, "git_commit", "unknown");
  fputs(", ", out);
  put_member(out, run, "blas", "BLAS not stated");
  fprintf(out, ", on ");
  put_member(out, run, "cpu_model", "a CPU of unknown model");
  fprintf(out, "; %zu seed%s.</p>\n", report->study->n_seeds, report->study->n_seeds == 1 ? "" : "s");
  gm_report_provenance(report->study, out);
  fputs("</section>\n<section aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Warnings</h2>\n<ul>\n", out);
  if (gm_report_warnings(report->study, out) == 0) fputs("<li>None.</li>\n", out);
  fputs("</ul>\n</section>\n</main>\n</body>\n</html>\n", out);
}

gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err) {
  gm_disclosure disclosure = {0};
  gm_atomic_file file = {0};
  char *path = gm_path_join(results, "report.html");
  gm_status status = path != NULL ? GM_OK : gm_fail_memory(err, "report.html");
  if (status == GM_OK) status = gm_disclosure_make(&disclosure, report, err);
  if (status == GM_OK) status = gm_disclosure_write(&disclosure, results, err);
  if (status == GM_OK) status = gm_atomic_file_open(&file, path, err);
  if (status == GM_OK) {
    put_head(report, file.stream);
    put_question(report, file.stream);
    fputs("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n<ul>\n", file.stream);
    gm_report_findings(report, file.stream);
    fputs("</ul>\n</section>\n", file.stream);
    put_tables(report, file.stream);
    status = put_figures(report, results, file.stream, err);
    if (status == GM_OK && has_maps(report)) status = put_maps(report, results, file.stream, err);
    if (has_stacks(report)) put_stacks(report, file.stream);
    put_measured(report, file.stream);
    put_end(report, &disclosure, file.stream);
    if (status == GM_OK)
      status = gm_atomic_file_commit(&file, err);
    else
      gm_atomic_file_abort(&file);
  }
  gm_disclosure_free(&disclosure);
  free(path);
  return status;
}
