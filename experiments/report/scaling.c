/* SPDX-License-Identifier: MIT
 * Is the bigger model worth it? What `make scaling` has left in DIR/runs/scaling: RMSE and energy of networks
 * of one kind by parameters and training months, beside the linear regression of the same months, as
 * tables/scaling and figures/scaling.csv (which scripts/figures/scaling.gp draws), and the sentences that
 * follow by rule. No rows where nothing has been run. */
#include "experiments/report/figures.h"
#include "experiments/report/phrases.h"
#include "experiments/report/tables_rows.h"
#include "models/statistics/power_law.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row: the runs of one size on so many months; size 0 is the linear regression. */
typedef struct {
  unsigned long wanted, months; /* of the directory's name */
  gm_report_run *runs;          /* by seed, owned */
  size_t n_runs;
} group;

typedef struct {
  group *groups;
  size_t n;
} scaling;

static void scaling_free(scaling *s) {
  for (size_t g = 0; g < s->n; g++) {
    for (size_t i = 0; i < s->groups[g].n_runs; i++) {
      json_object_put(s->groups[g].runs[i].json);
      free(s->groups[g].runs[i].directory);
    }
    free(s->groups[g].runs);
  }
  free(s->groups);
}

/* ---- reading ---------------------------------------------------------- */

/* "p3000-n48-s0" or "lr-n48". */
static bool parse_name(const char *name, unsigned long *wanted, unsigned long *months) {
  unsigned long seed;
  char end;
  *wanted = 0;
  return sscanf(name, "p%lu-n%lu-s%lu%c", wanted, months, &seed, &end) == 3 ||
         sscanf(name, "lr-n%lu%c", months, &end) == 1;
}

static group *group_of(scaling *s, unsigned long wanted, unsigned long months) {
  for (size_t g = 0; g < s->n; g++)
    if (s->groups[g].wanted == wanted && s->groups[g].months == months) return &s->groups[g];
  group *more = realloc(s->groups, (s->n + 1) * sizeof *more);
  if (more == NULL) return NULL;
  s->groups = more;
  more[s->n] = (group){.wanted = wanted, .months = months};
  return &more[s->n++];
}

static gm_status add_run(scaling *s, const char *directory, const char *name, gm_error *err) {
  unsigned long wanted, months;
  char *path = NULL, *file = NULL;
  if (!parse_name(name, &wanted, &months)) return GM_OK;
  if (asprintf(&path, "%s/%s", directory, name) < 0) return gm_fail_memory(err, name);
  gm_report_run run = {.directory = path};
  if (asprintf(&file, "%s/run.json", path) < 0) file = NULL;
  gm_status status = file == NULL ? gm_fail_memory(err, name) : GM_OK;
  FILE *there = file != NULL ? fopen(file, "r") : NULL; /* an unfinished run has none */
  if (there != NULL) {
    fclose(there);
    status = gm_json_read(file, &run.json, err);
    group *g = status == GM_OK ? group_of(s, wanted, months) : NULL;
    gm_report_run *more = g != NULL ? realloc(g->runs, (g->n_runs + 1) * sizeof *more) : NULL;
    if (status == GM_OK && more == NULL) status = gm_fail_memory(err, name);
    if (more != NULL) {
      g->runs = more;
      g->runs[g->n_runs++] = run;
      run = (gm_report_run){0};
    }
  }
  free(file);
  json_object_put(run.json);
  free(run.directory);
  return status;
}

static int by_months_and_size(const void *left, const void *right) {
  const group *a = left, *b = right;
  if (a->months != b->months) return a->months < b->months ? -1 : 1;
  return (a->wanted > b->wanted) - (a->wanted < b->wanted);
}

/* Each run can be stood behind, all are of the same months but for training, and the seeds of a group are of
 * one network. */
static gm_status check_all(const scaling *s, gm_error *err) {
  gm_status status = GM_OK;
  for (size_t g = 0; g < s->n; g++)
    for (size_t i = 0; i < s->groups[g].n_runs && status == GM_OK; i++) {
      const gm_report_run *run = &s->groups[g].runs[i], *first = s->groups[g].runs;
      const double own = gm_report_run_number(run, "parameters"),
                   of_first = gm_report_run_number(first, "parameters");
      status = gm_report_run_check(run, err);
      if (status == GM_OK) status = gm_report_metered_check(run, err);
      if (status == GM_OK) status = gm_report_derived_check(run, err);
      if (status == GM_OK) status = gm_report_data_check(s->groups[0].runs, run, GM_FREE_TRAINING, err);
      if (status == GM_OK) status = gm_report_data_check(first, run, GM_FREE_NOTHING, err);
      if (status == GM_OK && own != of_first)
        status = gm_fail(err, GM_BAD_INPUT,
                         "%s/run.json: its \"parameters\" are %g, those of %s %g; the seeds of a size have "
                         "the same",
                         run->directory, own, first->directory, of_first);
    }
  return status;
}

static gm_status read_all(const char *results, scaling *s, gm_error *err) {
  char *directory = gm_path_join(results, "runs/scaling");
  *s = (scaling){0};
  if (directory == NULL) return gm_fail_memory(err, "runs/scaling");
  DIR *entries = opendir(directory);
  gm_status status = GM_OK;
  for (struct dirent *e; entries != NULL && status == GM_OK && (e = readdir(entries)) != NULL;)
    status = add_run(s, directory, e->d_name, err);
  if (entries != NULL) closedir(entries);
  free(directory);
  if (s->n > 0) qsort(s->groups, s->n, sizeof *s->groups, by_months_and_size);
  if (status == GM_OK) status = check_all(s, err);
  if (status != GM_OK) {
    scaling_free(s);
    *s = (scaling){0};
  }
  return status;
}

/* ---- rows ------------------------------------------------------------- */

static double mean_of(const group *g, const char *key) {
  double sum = 0;
  for (size_t i = 0; i < g->n_runs; i++) sum += gm_report_run_number(&g->runs[i], key);
  return sum / (double)g->n_runs;
}

static bool is_flagged(const group *g) {
  for (size_t i = 0; i < g->n_runs; i++)
    if (gm_report_is_flagged(&g->runs[i])) return true;
  return false;
}

static gm_status forecasts_of(const group *g, int split, gm_report_forecasts *forecasts, gm_error *err) {
  const gm_report_forecasts_place place = {g->runs, g->n_runs, NULL, false};
  return gm_report_forecasts_read(&place, gm_report_splits[split], forecasts, err);
}

/* RMSE and the difference to the linear regression of the same months, both with their intervals. */
static gm_status set_errors(gm_report_table *table, size_t row, const group *g, const group *lr, int split,
                            gm_error *err) {
  gm_report_forecasts model = {0}, reference = {0};
  gm_interval rmse = {NAN, NAN, NAN}, difference = {NAN, NAN, NAN};
  gm_status status = forecasts_of(g, split, &model, err);
  if (status == GM_OK) status = gm_report_rmse(&model, &rmse, err);
  if (status == GM_OK && lr != NULL) status = forecasts_of(lr, split, &reference, err);
  if (status == GM_OK && lr != NULL) status = gm_report_rmse_difference(&model, &reference, &difference, err);
  gm_report_forecasts_free(&model);
  gm_report_forecasts_free(&reference);
  const struct {
    const char *key;
    double value;
  } cells[] = {{"rmse", rmse.value},
               {"rmse_low", rmse.low},
               {"rmse_high", rmse.high},
               {"difference_low", difference.low},
               {"difference_high", difference.high}};
  for (size_t i = 0; i < COUNT(cells); i++) {
    char key[64];
    snprintf(key, sizeof key, "%s_%s", cells[i].key, gm_report_splits[split]);
    gm_report_table_number(table, row, key, cells[i].value);
  }
  return status;
}

static const group *regression_of(const scaling *s, unsigned long months) {
  for (size_t g = 0; g < s->n; g++)
    if (s->groups[g].wanted == 0 && s->groups[g].months == months) return &s->groups[g];
  return NULL;
}

static gm_status set_row(gm_report_table *table, size_t row, const scaling *s, gm_error *err) {
  const group *g = &s->groups[row];
  gm_report_table_number(table, row, "training_months", (double)g->months);
  gm_report_table_number(table, row, "parameters", gm_report_run_number(&g->runs[0], "parameters"));
  gm_report_table_number(table, row, "seeds", g->wanted == 0 ? NAN : (double)g->n_runs);
  gm_report_table_number(table, row, "epochs", mean_of(g, "epochs"));
  gm_report_table_number(table, row, "energy_kwh", mean_of(g, "energy_kwh"));
  gm_report_table_number(table, row, "machine_busy", is_flagged(g));
  const group *lr = regression_of(s, g->months);
  gm_report_table_number(table, row, "persistence_rmse_test",
                         lr != NULL ? gm_report_run_number(&lr->runs[0], "persistence.rmse_test") : NAN);
  gm_status status =
      gm_report_table_text(table, row, "model", g->wanted == 0 ? "Linear Regression" : "CNN", err);
  for (int split = 0; split < GM_REPORT_SPLITS && status == GM_OK; split++)
    status = set_errors(table, row, g, g->wanted == 0 ? NULL : lr, split, err);
  return status;
}

/* ---- sentences -------------------------------------------------------- */

static double cell(const gm_report_table *table, size_t row, const char *key) {
  return gm_report_table_cell(table, row, key)->number;
}

static bool is_network(const gm_report_table *table, size_t row) {
  return strcmp(gm_report_table_cell(table, row, "model")->text, "CNN") == 0;
}

/* "Energy goes with parameters to the power of 0.7 (0.6 to 0.8)." or that it follows none. */
static gm_status put_law(const gm_report_table *table, double months, const char *key, FILE *out,
                         gm_error *err) {
  double x[64], y[64];
  size_t n = 0;
  for (size_t r = 0; r < table->n_rows && n < COUNT(x); r++)
    if (is_network(table, r) && cell(table, r, "training_months") == months && cell(table, r, key) > 0) {
      x[n] = cell(table, r, "parameters");
      y[n++] = cell(table, r, key);
    }
  const gm_power_law law = gm_power_law_fit(x, y, n);
  const gm_number_format two = FIXED(2);
  char exponent[GM_NUMBER_TEXT], interval[GM_NUMBER_TEXT], r2[GM_NUMBER_TEXT], count[GM_NUMBER_TEXT];
  gm_number_text(two, law.exponent, exponent);
  gm_interval_text(two, law.exponent, law.low, law.high, interval);
  gm_number_text(two, law.r2, r2);
  gm_number_text((gm_number_format)WHOLE, months, count);
  const gm_template_word values[] = {
      {.name = "of-error", .text = strcmp(key, "rmse_test") == 0 ? "yes" : NULL},
      {.name = "few", .text = isnan(law.exponent) ? "yes" : NULL},
      {.name = "holds", .text = !isnan(law.exponent) && law.holds ? "yes" : NULL},
      {.name = "breaks", .text = !isnan(law.exponent) && !law.holds ? "yes" : NULL},
      {.name = "months", .text = count},
      {.name = "exponent", .text = exponent},
      {.name = "interval", .text = interval},
      {.name = "r2", .text = r2}};
  return gm_report_put_sentence(NULL, "scaling law", values, COUNT(values), out, err);
}

static bool any_busy(const gm_report_table *table, double months) {
  for (size_t r = 0; r < table->n_rows; r++)
    if (cell(table, r, "training_months") == months && cell(table, r, "machine_busy") != 0) return true;
  return false;
}

/* The cheapest network of these months whose error is not above the regression's, and whether any is below.
 */
static gm_status put_worth(const gm_report_table *table, double months, FILE *out, gm_error *err) {
  double regression_kwh = NAN, regression_rmse = NAN, kwh = NAN, parameters = NAN;
  size_t better = 0, worse = 0, all = 0;
  for (size_t r = 0; r < table->n_rows; r++) {
    if (cell(table, r, "training_months") != months || is_network(table, r)) continue;
    regression_kwh = cell(table, r, "energy_kwh");
    regression_rmse = cell(table, r, "rmse_test");
  }
  for (size_t r = 0; r < table->n_rows; r++) {
    if (!is_network(table, r) || cell(table, r, "training_months") != months) continue;
    all++;
    better += cell(table, r, "difference_high_test") < 0;
    worse += cell(table, r, "difference_low_test") > 0;
    if (!(cell(table, r, "rmse_test") <= regression_rmse)) continue;
    if (isnan(kwh) || cell(table, r, "energy_kwh") < kwh) {
      kwh = cell(table, r, "energy_kwh");
      parameters = cell(table, r, "parameters");
    }
  }
  if (all == 0) return GM_OK;
  enum { MONTHS, BETTER, ALL, WORSE, PARAMETERS, N };
  const double counts[N] = {(double)months, (double)better, (double)all, (double)worse, parameters};
  char count[N][GM_NUMBER_TEXT], energy[GM_NUMBER_TEXT];
  for (int i = 0; i < N; i++) gm_number_text((gm_number_format)WHOLE, counts[i], count[i]);
  gm_number_text((gm_number_format)SIGNIFICANT(1), kwh, energy);
  const gm_ratio ratio = {.ours = kwh / regression_kwh, .low = NAN, .high = NAN, .poster = NAN};
  const gm_phrase times = gm_phrase_factor(&ratio);
  const gm_template_word values[] = {{.name = "months", .text = count[MONTHS]},
                                     {.name = "better", .text = count[BETTER]},
                                     {.name = "all", .text = count[ALL]},
                                     {.name = "worse", .text = count[WORSE]},
                                     {.name = "reaches", .text = energy},
                                     {.name = "parameters", .text = count[PARAMETERS]},
                                     {.name = "busy", .text = any_busy(table, months) ? "yes" : NULL},
                                     {.name = "energy", .text = energy},
                                     {.name = "times", .text = times.text}};
  return gm_report_put_sentence(NULL, "scaling worth", values, COUNT(values), out, err);
}

/* What was found, in fresh memory. */
static gm_status found_text(gm_report_table *table, char **found, gm_error *err) {
  size_t size = 0;
  FILE *out = open_memstream(found, &size);
  if (out == NULL) return gm_fail_memory(err, "notes");
  gm_status status = GM_OK;
  double months = 0;
  for (size_t r = 0; r < table->n_rows && status == GM_OK; r++) {
    if (cell(table, r, "training_months") == months) continue;
    months = cell(table, r, "training_months");
    status = put_worth(table, months, out, err);
    fputc(' ', out);
  }
  if (status == GM_OK) status = put_law(table, months, "rmse_test", out, err);
  fputc(' ', out);
  if (status == GM_OK)
    status = any_busy(table, months) ? gm_report_put_sentence(NULL, "scaling law, busy", NULL, 0, out, err)
                                     : put_law(table, months, "energy_kwh", out, err);
  return fclose(out) == 0 || status != GM_OK ? status : gm_fail_memory(err, "notes");
}

/* ---- table and data --------------------------------------------------- */

gm_status gm_report_make_scaling(gm_report *report, gm_report_table *table, gm_error *err) {
#define ERRORS_OF(split)                                                                                     \
  {.key = "rmse_" split,                                                                                     \
   .head = "RMSE " split,                                                                                    \
   .unit = report->unit,                                                                                     \
   .format = ERRORS(4),                                                                                      \
   .low = "rmse_low_" split,                                                                                 \
   .high = "rmse_high_" split},                                                                              \
      {.key = "rmse_low_" split}, {.key = "rmse_high_" split},                                               \
      {.key = "difference_low_" split,                                                                       \
       .head = "− LR's",                                                                                     \
       .unit = "95 %",                                                                                       \
       .format = ERRORS(3),                                                                                  \
       .low = "difference_low_" split,                                                                       \
       .high = "difference_high_" split,                                                                     \
       .only_interval = true},                                                                               \
  {                                                                                                          \
    .key = "difference_high_" split                                                                          \
  }
  const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "training_months", .head = "Training", .unit = "months", .format = WHOLE},
      {.key = "parameters", .head = "Parameters", .format = WHOLE},
      {.key = "seeds", .head = "Seeds", .format = WHOLE},
      ERRORS_OF("validation"),
      ERRORS_OF("test"),
      {.key = "epochs", .head = "Epochs", .format = SIGNIFICANT(3)},
      {.key = "energy_kwh", .head = "Energy", .unit = "kWh", .format = SCIENTIFIC(2)},
      {.key = "persistence_rmse_test"},
      {.key = "machine_busy"},
      {.key = "protocol"},
  };
#undef ERRORS_OF
  scaling s;
  memcpy(report->scaling_columns, columns, sizeof columns);
  gm_status status = read_all(report->study->results, &s, err);
  if (status != GM_OK) return status;
  status = gm_report_table_init(table, "scaling", report->scaling_columns, COUNT(columns), s.n, err);
  for (size_t r = 0; r < s.n && status == GM_OK; r++) status = set_row(table, r, &s, err);
  const bool quick = s.n > 0 && strcmp(gm_report_run_text(&s.groups[0].runs[0], "protocol") != NULL
                                           ? gm_report_run_text(&s.groups[0].runs[0], "protocol")
                                           : "",
                                       "quick") == 0;
  scaling_free(&s);
  if (status != GM_OK || table->n_rows == 0) return status;
  table->placement = GM_TABLE_ACROSS_PAGE;
  char *found = NULL;
  status = found_text(table, &found, err);
  gm_report own = *report; /* its protocol, not the study's */
  own.quick = report->quick || quick;
  if (status == GM_OK)
    status = gm_report_set_texts(&own, table, &(gm_template_word){.name = "found", .text = found}, 1, err);
  for (size_t r = 0; r < table->n_rows && status == GM_OK; r++)
    status = gm_report_table_text(table, r, "protocol", quick ? "quick" : "full", err);
  free(found);
  return status;
}

gm_status gm_report_write_scaling(const gm_report *report, const char *directory, gm_error *err) {
  static const char *const keys[] = {
      "training_months", "parameters", "rmse_validation",       "rmse_test",   "rmse_low_test",
      "rmse_high_test",  "energy_kwh", "persistence_rmse_test", "machine_busy"};
  const gm_report_table *table = &report->tables[GM_TABLE_SCALING];
  if (table->n_rows == 0) return GM_OK;
  gm_csv_writer csv = {0};
  const gm_status status = gm_csv_open_in(&csv, directory, "scaling.csv",
                                          "model,training_months,parameters,rmse_validation,rmse_test,"
                                          "rmse_low_test,rmse_high_test,energy_kwh,"
                                          "persistence_rmse_test,machine_busy",
                                          err);
  if (status != GM_OK) return status;
  for (size_t r = 0; r < table->n_rows; r++) {
    gm_csv_put_text(&csv, is_network(table, r) ? "cnn" : "linear_regression");
    for (size_t k = 0; k < COUNT(keys); k++) gm_csv_put_number(&csv, cell(table, r, keys[k]));
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}
