/* SPDX-License-Identifier: MIT
 * report: from the run directories of a study to its tables, the data of its
 * figures and, once the figures are drawn, the page and the disclosure. */
#include "common/interrupt.h"
#include "common/options.h"
#include "common/terminal.h"
#include "experiments/report/compare.h"
#include "experiments/report/country.h"
#include "experiments/report/figures.h"
#include "experiments/report/publication.h"
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

/* ---- the command line ------------------------------------------------------------- */

typedef struct {
  const char *results, *country, *other; /* other: of --compare; NULL: not asked for, like country */
  int64_t n_seeds, n_leads;
  double contract; /* NaN: as the runs state it */
  bool page, scaling, no_embodied;
} request;

static gm_status run_scaling(const request *r, gm_error *err) {
  const gm_status status = write_scaling(r->results, err);
  if (status == GM_OK) gm_say(stderr, "report: the scaling of networks; in %s/tables/scaling.md", r->results);
  return status;
}

static void say_tables(const gm_report *report, const char *results) {
  const gm_report_table *stacks = &report->tables[GM_TABLE_STACKS];
  if (stacks->n_rows == 0 && stacks->notes != NULL)
    gm_say(stderr, "report: %s/peers/stacks.json: %s", results, stacks->notes);
  gm_say(stderr, "report: tables and data of the figures of %zu runs; in %s", report->total.n_runs, results);
}

static gm_status run(const request *r, gm_error *err) {
  gm_report_runs study = {0};
  gm_report report = {0};
  gm_carbon_intensity contract = gm_carbon_intensity_unset();
  gm_status status = gm_carbon_intensity_contract(r->contract, &contract, err);
  if (status == GM_OK)
    status = gm_report_runs_load(&study, r->results, (size_t)r->n_seeds, (size_t)r->n_leads, err);
  if (status == GM_OK && r->country != NULL) status = set_country(&study, r->country, err);
  if (status == GM_OK) status = gm_report_make(&report, &study, err);
  report.no_embodied = r->no_embodied;
  if (!isnan(r->contract)) report.contract_g_per_kwh = r->contract;
  if (status == GM_OK)
    status = r->other != NULL ? write_comparison(&report, r->other, r->country, r->results, err)
             : r->page        ? write_page(&report, r->results, err)
                              : write_tables_and_data(&report, &study, r->results, err);
  if (status == GM_OK && r->other != NULL)
    gm_say(stderr, "report: %s beside %s; in %s/compare/compare.html", r->results, r->other, r->results);
  else if (status == GM_OK && r->page)
    say_study(&report, r->results);
  else if (status == GM_OK)
    say_tables(&report, r->results);
  gm_report_free(&report);
  gm_report_runs_free(&study);
  return status;
}

int main(int argc, char **argv) {
  request r = {.results = "results", .contract = NAN};
  const gm_option options[] = {
      {"results", "DIR", "directory of the study", GM_OPTION_TEXT, &r.results, 0, 0, false},
      {"seeds", "N", "use the CNN runs of seeds 0 … N−1; 0: of all seeds that are there", GM_OPTION_INTEGER,
       &r.n_seeds, 0, 10000, false},
      {"leads", "N", "a skill curve of leads 1 … N from the runs NAME-leadN; 0: none", GM_OPTION_INTEGER,
       &r.n_leads, 0, 1000, false},
      {"scaling", NULL, "write only tables/scaling and figures/scaling.csv, of what `make scaling` has run",
       GM_OPTION_FLAG, &r.scaling, 0, 0, false},
      {"country", "ISO3",
       "emissions for this country, from the energy that the runs have recorded; without it as recorded",
       GM_OPTION_TEXT, &r.country, 0, 0, false},
      {"contract-intensity", "G_PER_KWH",
       "factor of your electricity contract, g CO2eq per kWh: the disclosure has market-based kg beside the "
       "others; without it as the runs state it",
       GM_OPTION_NUMBER, &r.contract, 0, 3000, false},
      {"page", NULL,
       "write report.html, disclosure.{md,tex,json}, study.json, README.md and ro-crate-metadata.json "
       "instead "
       "(needs the figures as SVG)",
       GM_OPTION_FLAG, &r.page, 0, 0, false},
      {"no-embodied", NULL,
       "leave the making of the hardware, which is quoted and not measured, out of the disclosure",
       GM_OPTION_FLAG, &r.no_embodied, 0, 0, false},
      {"compare", "DIR",
       "write DIR/compare of --results instead: that study (A) beside the one in this DIR (B)",
       GM_OPTION_TEXT, &r.other, 0, 0, false},
  };
  const gm_option_group groups[] = {{"Options", options, sizeof options / sizeof *options}};
  const gm_program program = {
      .name = "report",
      .usage = "[--results DIR] [--seeds N] [--leads N] [--country ISO3] [--contract-intensity G_PER_KWH] "
               "[--no-embodied] [--page | --scaling | --compare DIR]",
      .description =
          "Reads DIR/runs and writes DIR/tables/{table1 … table4,inference,ratios}.{csv,md,tex} and\n"
          "the data of the figures, DIR/figures/*.csv, for scripts/figures/*.gp to draw; with --leads also\n"
          "tables/skill, and tables/stacks where `make two-stacks` has left DIR/peers/stacks.json.",
      .groups = groups,
      .n_groups = 1,
  };
  gm_error err = {0};
  gm_options_action action = GM_OPTIONS_RUN;
  gm_file_limit_fails();
  gm_status status = gm_options_parse(&program, argc, argv, &action, NULL, &err);
  if (status == GM_OK && !gm_options_answer(&program, action))
    status = r.scaling ? run_scaling(&r, &err) : run(&r, &err);
  if (status != GM_OK) gm_say(stderr, "report: %s", err.message);
  return gm_exit_code(status);
}
