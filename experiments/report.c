/* SPDX-License-Identifier: MIT
 * report: from the run directories of a study to its tables, the data of its
 * figures and, once the figures are drawn, the page and the disclosure. */
#include "common/options.h"
#include "common/terminal.h"
#include "experiments/report/compare.h"
#include "experiments/report/country.h"
#include "experiments/report/crate.h"
#include "experiments/report/figures.h"
#include "experiments/report/page.h"
#include "experiments/report/readme.h"
#include "experiments/report/scaling.h"
#include "experiments/report/study_json.h"
#include "experiments/report/tables.h"
#include "experiments/report/words.h"

#include <math.h>
#include <stdlib.h>

/* DIR/name, created where missing. */
static gm_status make_directory(const char *results, const char *name, char **path, gm_error *err) {
  *path = gm_path_join(results, name);
  return *path != NULL ? gm_make_directories(*path, err) : gm_fail_memory(err, name);
}

static gm_status write_tables_and_data(const gm_report *report, const gm_report_runs *study,
                                       const char *results, gm_error *err) {
  char *tables = NULL, *figures = NULL;
  gm_status status = make_directory(results, "tables", &tables, err);
  if (status == GM_OK) status = make_directory(results, "figures", &figures, err);
  if (status == GM_OK) status = gm_report_write_tables(report, tables, err);
  if (status == GM_OK) status = gm_report_write_figure_data(report, figures, err);
  if (status == GM_OK) status = gm_report_write_emissions(study, results, err);
  free(tables);
  free(figures);
  return status;
}

static gm_status set_country(gm_report_runs *study, const char *iso3, gm_error *err) {
  gm_carbon_intensity carbon;
  const gm_status status = gm_carbon_intensity_find(iso3, NULL, &carbon, err);
  if (status == GM_OK) gm_report_set_country(study, &carbon);
  return status == GM_OK ? GM_OK : (gm_error_prefix(err, "--country"), status);
}

static gm_status write_page(const gm_report *report, const char *results, gm_error *err) {
  gm_status status = gm_report_write_page(report, results, err);
  if (status == GM_OK) status = gm_report_write_study_json(report, results, err);
  if (status == GM_OK) status = gm_report_write_readme(report, results, err);
  return status == GM_OK ? gm_report_write_crate(report, results, err) : status;
}

/* The study of `report` beside the one in `other` (for country, unless it is NULL), into results/compare. */
static gm_status write_comparison(const gm_report *report, const char *other, const char *country,
                                  const char *results, gm_error *err) {
  gm_report_runs study = {0};
  gm_report theirs = {0};
  char *directory = gm_path_join(results, "compare");
  gm_status status = directory != NULL ? GM_OK : gm_fail_memory(err, "compare");
  if (status == GM_OK) status = gm_report_runs_load(&study, other, 0, 0, err);
  if (status == GM_OK && country != NULL) status = set_country(&study, country, err);
  if (status == GM_OK) status = gm_report_make(&theirs, &study, err);
  if (status == GM_OK) status = gm_report_compare(report, &theirs, directory, err);
  gm_report_free(&theirs);
  gm_report_runs_free(&study);
  free(directory);
  return status;
}

/* Without the rest of the study, which need not have been run. */
static gm_status write_scaling(const char *results, gm_error *err) {
  const gm_report_runs study = {.results = results};
  gm_report report = {.study = &study, .unit = "°C"};
  char *tables = NULL, *figures = NULL;
  gm_report_table *table = &report.tables[GM_TABLE_SCALING];
  gm_status status = gm_report_make_scaling(&report, table, err);
  if (status == GM_OK && table->n_rows == 0)
    status = gm_fail(err, GM_BAD_INPUT, "%s/runs/scaling: no runs there; make scaling makes them", results);
  if (status == GM_OK) status = make_directory(results, "tables", &tables, err);
  if (status == GM_OK) status = make_directory(results, "figures", &figures, err);
  if (status == GM_OK) status = gm_report_table_write(table, tables, err);
  if (status == GM_OK) status = gm_report_write_scaling(&report, figures, err);
  free(tables);
  free(figures);
  gm_report_free(&report);
  return status;
}

/* ---- the last words -------------------------------------------------------------- */

/* What the study has found and cost, once the page is written. */
static void say_study(const gm_report *report, const char *results) {
  const gm_report_total *t = &report->total;
  char kg[96] = "", busy[80] = "", *answer = NULL, *meter = NULL;
  if (!isnan(t->emissions_kg))
    snprintf(kg, sizeof kg, ", %.2g kg CO2eq (%.2g to %.2g)", t->emissions_kg, t->emissions_low_kg,
             t->emissions_high_kg);
  if (gm_report_sentence(report, "answer", NULL, 0, &answer, NULL) == GM_OK)
    gm_say(stderr, "report: %s", answer);
  free(answer);
  if (t->n_busy > 0)
    snprintf(busy, sizeof busy, ", other programs' work during %zu of them included", t->n_busy);
  if (gm_report_sentence(report, "how measured", NULL, 0, &meter, NULL) != GM_OK) return;
  if (isnan(t->energy_kwh))
    gm_say(stderr, "report: %zu runs, their energy is not known: %zu have none; in %s/report.html", t->n_runs,
           t->n_unknown, results);
  else
    gm_say(stderr, "report: %zu runs, %.2g kWh (%.2g to %.2g)%s, %s%s; in %s/report.html", t->n_runs,
           t->energy_kwh, t->energy_low_kwh, t->energy_high_kwh, kg, meter, busy, results);
  free(meter);
}

int main(int argc, char **argv) {
  const char *results = "results", *country = NULL, *other = NULL;
  int64_t n_seeds = 0, n_leads = 0;
  double contract = NAN;
  bool page = false, scaling = false, no_embodied = false;
  const gm_option options[] = {
      {.name = "results",
       .argument = "DIR",
       .help = "directory of the study",
       .kind = GM_OPTION_TEXT,
       .target = &results},
      {.name = "seeds",
       .argument = "N",
       .help = "use the CNN runs of seeds 0 … N−1; 0: of all seeds that are there",
       .kind = GM_OPTION_INTEGER,
       .target = &n_seeds,
       .max = 10000},
      {.name = "leads",
       .argument = "N",
       .help = "a skill curve of leads 1 … N from the runs NAME-leadN; 0: none",
       .kind = GM_OPTION_INTEGER,
       .target = &n_leads,
       .max = 1000},
      {.name = "scaling",
       .help = "write only tables/scaling and figures/scaling.csv, of what `make scaling` has run",
       .kind = GM_OPTION_FLAG,
       .target = &scaling},
      {.name = "country",
       .argument = "ISO3",
       .help =
           "emissions for this country, from the energy that the runs have recorded; without it as recorded",
       .kind = GM_OPTION_TEXT,
       .target = &country},
      {.name = "contract-intensity",
       .argument = "G_PER_KWH",
       .help =
           "factor of your electricity contract, g CO2eq per kWh: the disclosure has market-based kg beside "
           "the others; without it as the runs state it",
       .kind = GM_OPTION_NUMBER,
       .target = &contract,
       .max = 3000},
      {.name = "page",
       .help =
           "write report.html, disclosure.{md,tex,json}, study.json, README.md and ro-crate-metadata.json "
           "instead (needs the figures as SVG)",
       .kind = GM_OPTION_FLAG,
       .target = &page},
      {.name = "no-embodied",
       .help = "leave the making of the hardware, which is quoted and not measured, out of the disclosure",
       .kind = GM_OPTION_FLAG,
       .target = &no_embodied},
      {.name = "compare",
       .argument = "DIR",
       .help = "write DIR/compare of --results instead: that study (A) beside the one in this DIR (B)",
       .kind = GM_OPTION_TEXT,
       .target = &other},
  };
  const gm_option_group groups[] = {{"Options", options, sizeof options / sizeof *options}};
  const gm_program program = {
      .name = "report",
      .usage = "[--results DIR] [--seeds N] [--leads N] [--country ISO3] [--contract-intensity G_PER_KWH] "
               "[--no-embodied] [--page | --scaling "
               "| --compare DIR]",
      .description =
          "Reads DIR/runs and writes DIR/tables/{table1 … table4,inference,ratios}.{csv,md,tex} and\n"
          "the data of the figures, DIR/figures/*.csv, for scripts/figures/*.gp to draw; with --leads also\n"
          "tables/skill, and tables/stacks where `make two-stacks` has left DIR/peers/stacks.json.",
      .groups = groups,
      .n_groups = 1,
  };
  gm_error err = {0};
  gm_options_action action = GM_OPTIONS_RUN;
  gm_status status = gm_options_parse(&program, argc, argv, &action, NULL, &err);
  if (status == GM_OK && action == GM_OPTIONS_HELP) gm_options_print_help(&program, stdout);
  if (status == GM_OK && action == GM_OPTIONS_VERSION) gm_print_version(&program, stdout);
  if (status == GM_OK && action == GM_OPTIONS_RUN && scaling) {
    status = write_scaling(results, &err);
    if (status == GM_OK) gm_say(stderr, "report: the scaling of networks; in %s/tables/scaling.md", results);
  }
  if (status == GM_OK && action == GM_OPTIONS_RUN && !scaling) {
    gm_report_runs study = {0};
    gm_report report = {0};
    status = gm_report_runs_load(&study, results, (size_t)n_seeds, (size_t)n_leads, &err);
    if (status == GM_OK && country != NULL) status = set_country(&study, country, &err);
    if (status == GM_OK) status = gm_report_make(&report, &study, &err);
    report.no_embodied = no_embodied;
    if (!isnan(contract)) report.contract_g_per_kwh = contract;
    if (status == GM_OK)
      status = other != NULL ? write_comparison(&report, other, country, results, &err)
               : page        ? write_page(&report, results, &err)
                             : write_tables_and_data(&report, &study, results, &err);
    if (status == GM_OK && other != NULL)
      gm_say(stderr, "report: %s beside %s; in %s/compare/compare.html", results, other, results);
    else if (status == GM_OK && page)
      say_study(&report, results);
    else if (status == GM_OK)
      gm_say(stderr, "report: tables and data of the figures of %zu runs; in %s", report.total.n_runs,
             results);
    gm_report_free(&report);
    gm_report_runs_free(&study);
  }
  if (status != GM_OK) gm_say(stderr, "report: %s", err.message);
  return gm_exit_code(status);
}
