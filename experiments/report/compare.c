/* SPDX-License-Identifier: MIT
 * One row per model and quantity, and above the table why two studies may not be compared, where they may
 * not. */
#include "experiments/report/compare.h"

#include "common/atomic_file.h"
#include "experiments/report/words.h"
#include "models/statistics/ratio_interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

extern const char gm_table_compare[], gm_table_style[]; /* compare.html and style.css */

static const gm_report_column columns[] = {
    {.key = "model", .head = "Model"},
    {.key = "quantity", .head = "Quantity"},
    {.key = "a",
     .head = "A",
     .format = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 4},
     .low = "a_low",
     .high = "a_high"},
    {.key = "b",
     .head = "B",
     .format = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 4},
     .low = "b_low",
     .high = "b_high"},
    {.key = "measure", .head = "Measure"},
    {.key = "value",
     .head = "Value",
     .format = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 3},
     .low = "low",
     .high = "high"},
    {.key = "verdict", .head = "Verdict"},
    {.key = "a_low"},
    {.key = "a_high"},
    {.key = "b_low"},
    {.key = "b_high"},
    {.key = "low"},
    {.key = "high"},
};

/* ---- what the two have in common ------------------------------------------------- */

/* Facts of a run that decide whether two numbers mean the same. */
static const struct {
  const char *key, *name;
  const char *apart; /* why nothing may be compared where it differs; NULL: it may */
} facts[] = {{"protocol", "protocol", "not comparable: another protocol"},
             {"dataset.name", "data", "not comparable: other data"},
             {"dataset.target", "target", "not comparable: another target"},
             {"dataset.unit", "unit", "not comparable: another unit"},
             {"dataset.lead", "lead", "not comparable: another lead"},
             {"dataset.train", "training months", "not comparable: other months"},
             {"dataset.validation", "validation months", "not comparable: other months"},
             {"dataset.test", "test months", "not comparable: other months"},
             {"dataset.base_period", "base period", NULL},
             {"dataset.detrend", "trend taken off", NULL},
             {"dataset.features", "features", NULL},
             {"config.arch", "network", NULL},
             {"config.epochs", "epochs", NULL},
             {"config.optimizer", "optimizer", NULL},
             {"config.learning_rate", "learning rate", NULL},
             {"config.batch_size", "batch", NULL},
             {"cpu_model", "processor", NULL},
             {"threads", "threads", NULL},
             {"blas", "BLAS", NULL},
             {"energy_measured", "energy measured", NULL},
             {"energy_scope", "what the energy covers", NULL},
             {"energy_sources", "where it comes from", NULL},
             {"country_iso_code", "country", NULL},
             {"carbon_intensity_g_per_kwh", "carbon intensity (g/kWh)", NULL},
             {"pue", "PUE", NULL},
             {"version", "version", NULL},
             {"git_commit", "commit", NULL}};

static const char *fact(const gm_report *report, const char *key) {
  struct json_object *member = gm_report_run_member(report->study->runs[GM_RUN_CNN], key);
  return member != NULL ? json_object_get_string(member) : "not stated";
}

/* Data are the same wherever they lie. */
static bool same(const gm_report *a, const gm_report *b, const char *key) {
  const char *one = fact(a, key), *other = fact(b, key);
  if (strcmp(key, "dataset.name") == 0) {
    one = strrchr(one, '/') != NULL ? strrchr(one, '/') + 1 : one;
    other = strrchr(other, '/') != NULL ? strrchr(other, '/') + 1 : other;
  }
  return strcmp(one, other) == 0;
}

/* Why no quantity of the two may be set against the other; NULL: they may. */
static const char *why_apart(const gm_report *a, const gm_report *b) {
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
    if (facts[i].apart != NULL && !same(a, b, facts[i].key)) return facts[i].apart;
  return NULL;
}

/* The same of an energy or a time, which others' work on the machine spoils too. */
static const char *why_energy_apart(const gm_report *a, const gm_report *b, gm_report_model m) {
  if (why_apart(a, b) != NULL) return why_apart(a, b);
  return a->models[m].flagged || b->models[m].flagged ? "not comparable: a machine was busy" : NULL;
}

static bool same_meter(const gm_report *a, const gm_report *b) {
  return same(a, b, "cpu_model") && same(a, b, "energy_measured") && same(a, b, "energy_sources") &&
         same(a, b, "energy_scope");
}

/* ---- rows ---------------------------------------------------------------------------- */

typedef struct {
  gm_report_table *table;
  size_t row;
  gm_status status;
  gm_error *err;
} rows;

static const char *verdict_of(const gm_interval *i, double neutral, const char *otherwise) {
  if (otherwise != NULL) return otherwise;
  if (isnan(i->low) || isnan(i->high)) return "no interval";
  if (i->value == neutral && i->low == neutral && i->high == neutral) return "identical";
  return i->low > neutral ? "B higher" : i->high < neutral ? "B lower" : "cannot be told apart";
}

/* One quantity of one model in both studies, and how they compare. */
typedef struct {
  const char *model, *quantity, *measure, *verdict;
  gm_interval a, b, value;
} comparison;

static bool is_apart(const char *verdict) {
  return strncmp(verdict, "not comparable", strlen("not comparable")) == 0;
}

static void put_row(rows *r, const comparison *c) {
  if (r->status != GM_OK) return;
  const gm_interval value = is_apart(c->verdict) ? (gm_interval){NAN, NAN, NAN} : c->value;
  const struct {
    const char *key;
    double number;
  } numbers[] = {{"a", c->a.value},      {"a_low", c->a.low}, {"a_high", c->a.high},
                 {"b", c->b.value},      {"b_low", c->b.low}, {"b_high", c->b.high},
                 {"value", value.value}, {"low", value.low},  {"high", value.high}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    gm_report_table_number(r->table, r->row, numbers[i].key, numbers[i].number);
  const char *const texts[][2] = {
      {"model", c->model}, {"quantity", c->quantity}, {"measure", c->measure}, {"verdict", c->verdict}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts && r->status == GM_OK; i++)
    r->status = gm_report_table_text(r->table, r->row, texts[i][0], texts[i][1], r->err);
  r->row++;
}

/* RMSE of both, and RMSE(B) − RMSE(A) where they forecast the same. */
static void put_rmse(rows *r, const gm_report *a, const gm_report *b, gm_report_model m, int split) {
  gm_report_forecasts ours = {0}, theirs = {0};
  gm_interval difference = {NAN, NAN, NAN};
  char quantity[64];
  const char *otherwise = why_apart(a, b);
  snprintf(quantity, sizeof quantity, "RMSE, %s%s%s", gm_report_splits[split], a->unit != NULL ? ", " : "",
           a->unit != NULL ? a->unit : "");
  if (r->status == GM_OK)
    r->status = gm_report_model_forecasts(a->study, m, gm_report_splits[split], &ours, r->err);
  if (r->status == GM_OK)
    r->status = gm_report_model_forecasts(b->study, m, gm_report_splits[split], &theirs, r->err);
  if (r->status == GM_OK && otherwise == NULL) {
    if (!gm_report_same_truth(&ours, &theirs))
      otherwise = "other months or another truth";
    else
      r->status = gm_report_rmse_difference(&theirs, &ours, &difference, r->err);
  }
  put_row(r, &(comparison){.model = a->models[m].name,
                           .quantity = quantity,
                           .measure = "B − A",
                           .verdict = verdict_of(&difference, 0.0, otherwise),
                           .a = a->models[m].rmse[split],
                           .b = b->models[m].rmse[split],
                           .value = difference});
  gm_report_forecasts_free(&ours);
  gm_report_forecasts_free(&theirs);
}

/* B / A, seed by seed where both have as many of several; otherwise the ratio of the means alone. */
static gm_interval ratio_of_seeds(const gm_report *a, const gm_report *b, gm_report_run_kind kind,
                                  const char *key) {
  const size_t n = gm_report_repeats(a->study, kind);
  const gm_interval alone = {.value = gm_report_mean(b->study, kind, NULL, key).mean /
                                      gm_report_mean(a->study, kind, NULL, key).mean,
                             .low = NAN,
                             .high = NAN};
  if (n < 2 || gm_report_repeats(b->study, kind) != n) return alone;
  double *values = calloc(2 * n, sizeof *values);
  if (values == NULL) return alone;
  for (size_t i = 0; i < n; i++) {
    values[i] = gm_report_run_number(&b->study->runs[kind][i], key);
    values[n + i] = gm_report_run_number(&a->study->runs[kind][i], key);
  }
  const gm_interval ratio = gm_ratio_interval(values, values + n, n);
  free(values);
  return ratio;
}

/* A value with an interval of its own on each side: in quadrature of the logarithms. */
static gm_interval ratio_apart(const gm_interval *a, const gm_interval *b) {
  const double value = b->value / a->value;
  return (gm_interval){.value = value,
                       .low = value / exp(hypot(log(b->value / b->low), log(a->high / a->value))),
                       .high = value * exp(hypot(log(b->high / b->value), log(a->value / a->low)))};
}

/* Mean over the runs, with the meter's interval: `key` is "energy_kwh" or "emissions_kg". */
static gm_interval metered(const gm_report *report, gm_report_run_kind kind, const char *key) {
  char low[32], high[32];
  const int unit = (int)(strrchr(key, '_') - key); /* energy_low_kwh */
  snprintf(low, sizeof low, "%.*s_low%s", unit, key, key + unit);
  snprintf(high, sizeof high, "%.*s_high%s", unit, key, key + unit);
  return (gm_interval){gm_report_mean(report->study, kind, NULL, key).mean,
                       gm_report_mean(report->study, kind, NULL, low).mean,
                       gm_report_mean(report->study, kind, NULL, high).mean};
}

/* The ratio of an energy or a time of model m. */
static void put_ratio(rows *r, const gm_report *a, const gm_report *b, gm_report_model m, comparison *c) {
  c->model = a->models[m].name;
  c->measure = "B / A";
  c->verdict = verdict_of(&c->value, 1.0, why_energy_apart(a, b, m));
  put_row(r, c);
}

static void put_metered(rows *r, const gm_report *a, const gm_report *b, gm_report_model m, const char *key,
                        const char *quantity, bool cancels) {
  const gm_report_run_kind kind = gm_report_model_run(m);
  const gm_interval ours = metered(a, kind, key), theirs = metered(b, kind, key);
  put_ratio(r, a, b, m,
            &(comparison){.quantity = quantity,
                          .a = ours,
                          .b = theirs,
                          .value = cancels ? ratio_of_seeds(a, b, kind, key) : ratio_apart(&ours, &theirs)});
}

static void put_time(rows *r, const gm_report *a, const gm_report *b, gm_report_model m) {
  const gm_report_run_kind kind = gm_report_model_run(m);
  put_ratio(r, a, b, m,
            &(comparison){.quantity = "time, s",
                          .a = {gm_report_mean(a->study, kind, NULL, "duration_s").mean, NAN, NAN},
                          .b = {gm_report_mean(b->study, kind, NULL, "duration_s").mean, NAN, NAN},
                          .value = ratio_of_seeds(a, b, kind, "duration_s")});
}

enum { QUANTITIES = 5 };

static bool in_both(const gm_report *a, const gm_report *b, gm_report_model m) {
  return a->models[m].present && b->models[m].present && gm_report_model_run(m) != GM_RUN_KINDS;
}

/* "A, B" of two numbers that differ; empty where they do not, or one is not known. */
static const char *apart_text(double a, double b, char text[64]) {
  text[0] = '\0';
  if (a < b || a > b) snprintf(text, 64, "%.6g, %.6g", a, b);
  return text[0] != '\0' ? text : NULL;
}

/* What energies and emissions are multiplied with, where it differs; else NULL. */
static gm_status put_factors(const gm_report *a, const gm_report *b, char **factors, gm_error *err) {
  const gm_report_run *one = a->study->runs[GM_RUN_CNN], *other = b->study->runs[GM_RUN_CNN];
  char pue[64], intensity[64];
  const gm_template_word values[] = {
      {.name = "pue",
       .text = apart_text(gm_report_run_number(one, "pue"), gm_report_run_number(other, "pue"), pue)},
      {.name = "intensity",
       .text = apart_text(gm_report_run_number(one, "carbon_intensity_g_per_kwh"),
                          gm_report_run_number(other, "carbon_intensity_g_per_kwh"), intensity)}};
  *factors = NULL;
  if (values[0].text == NULL && values[1].text == NULL) return GM_OK;
  return gm_report_sentence(NULL, "compare factors", values, sizeof values / sizeof *values, factors, err);
}

static gm_status put_notes(const gm_report *a, const gm_report *b, bool meter, char **notes, gm_error *err) {
  char seeds[64], *factors;
  gm_status status = put_factors(a, b, &factors, err);
  const gm_template_word values[] = {
      {.name = "one-meter", .text = meter ? "yes" : NULL},
      {.name = "factors", .text = factors},
      {.name = "seeds", .text = apart_text((double)a->study->n_seeds, (double)b->study->n_seeds, seeds)}};
  if (status == GM_OK)
    status = gm_report_sentence(NULL, "compare notes", values, sizeof values / sizeof *values, notes, err);
  free(factors);
  return status;
}

static gm_status make_table(const gm_report *a, const gm_report *b, gm_report_table *table, gm_error *err) {
  size_t n = 0;
  for (gm_report_model m = 0; m < GM_MODELS; m++) n += in_both(a, b, m) ? QUANTITIES : 0;
  gm_status status =
      gm_report_table_init(table, "compare", columns, sizeof columns / sizeof *columns, n, err);
  if (status != GM_OK) return status;
  const bool meter = same_meter(a, b), carbon = meter && same(a, b, "carbon_intensity_g_per_kwh");
  table->placement = GM_TABLE_ACROSS_PAGE;
  if (asprintf(&table->caption, "A: %s; B: %s%s", a->study->results, b->study->results,
               a->quick || b->quick ? " (quick protocol)" : "") < 0)
    table->caption = NULL;
  status = put_notes(a, b, meter, &table->notes, err);
  if (status != GM_OK) return status;
  if (table->caption == NULL) return gm_fail_memory(err, "compare");
  rows r = {.table = table, .status = GM_OK, .err = err};
  for (gm_report_model m = 0; m < GM_MODELS; m++) {
    if (!in_both(a, b, m)) continue;
    for (int split = 0; split < GM_REPORT_SPLITS; split++) put_rmse(&r, a, b, m, split);
    put_metered(&r, a, b, m, "energy_kwh", "energy, kWh", meter);
    put_metered(&r, a, b, m, "emissions_kg", "emissions, kg CO₂eq", carbon);
    put_time(&r, a, b, m);
  }
  return r.status;
}

/* ---- the page ------------------------------------------------------------------------- */

typedef struct {
  const gm_report *a, *b;
  const gm_report_table *table;
} page;

static bool is_quick(const void *context, const char *argument) {
  (void)argument;
  const page *p = context;
  return p->a->quick || p->b->quick;
}

static gm_status put_facts(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const page *p = context;
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    fprintf(out, "<tr><th scope=\"row\">%s</th><td>", facts[i].name);
    gm_escape_html(out, fact(p->a, facts[i].key));
    fputs("</td><td>", out);
    gm_escape_html(out, fact(p->b, facts[i].key));
    fprintf(out, "</td><td>%s</td></tr>\n",
            same(p->a, p->b, facts[i].key) ? "same" : "<strong>differs</strong>");
  }
  return GM_OK;
}

static gm_status put_name(const void *context, const char *which, FILE *out, gm_error *err) {
  (void)err;
  const page *p = context;
  fputs(which[0] == 'a' ? p->a->study->results : p->b->study->results, out);
  return GM_OK;
}

/* How many of the quantities, of which n differ, were not compared, and why the first was not. */
static gm_status put_rest(const gm_report_table *table, size_t n, FILE *out, gm_error *err) {
  const char *why = NULL;
  size_t apart = 0;
  for (size_t r = 0; r < table->n_rows; r++) {
    const char *verdict = gm_report_table_cell(table, r, "verdict")->text;
    if (!is_apart(verdict)) continue;
    if (why == NULL) why = verdict + strlen("not comparable: ");
    apart++;
  }
  if (n > 0 && apart == 0) return GM_OK;
  char count[24], all[24], *text = NULL;
  snprintf(count, sizeof count, "%zu", apart);
  snprintf(all, sizeof all, "%zu", table->n_rows);
  const gm_template_word values[] = {{.name = "nothing", .text = n == 0 && apart == 0 ? "yes" : NULL},
                                     {.name = "none-compared", .text = apart == table->n_rows ? "yes" : NULL},
                                     {.name = "why", .text = why},
                                     {.name = "count", .text = count},
                                     {.name = "all", .text = all}};
  const gm_status status =
      gm_report_sentence(NULL, "compare rest", values, sizeof values / sizeof *values, &text, err);
  if (status == GM_OK) {
    fputs(apart > 0 ? "<li class=\"marked\">" : "<li>", out);
    gm_escape_html(out, text);
    fputs("</li>\n", out);
  }
  free(text);
  return status;
}

/* "3 of 35 quantities differ beyond their interval": and those, one by one, behind what they may come from.
 */
static gm_status put_apart(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  const page *p = context;
  const gm_report_table *table = p->table;
  size_t n = 0;
  char *factors;
  const gm_status status = put_factors(p->a, p->b, &factors, err);
  if (status != GM_OK) return status;
  if (factors != NULL) {
    fputs("<li class=\"marked\">", out);
    gm_escape_html(out, factors);
    fputs("</li>\n", out);
    free(factors);
  }
  for (size_t r = 0; r < table->n_rows; r++) {
    const char *verdict = gm_report_table_cell(table, r, "verdict")->text;
    if (strncmp(verdict, "B ", 2) != 0) continue;
    char value[GM_NUMBER_TEXT], interval[GM_NUMBER_TEXT];
    const gm_number_format three = {.kind = GM_NUMBER_SIGNIFICANT, .digits = 3};
    const double number = gm_report_table_cell(table, r, "value")->number;
    gm_number_text(three, number, value);
    gm_interval_text(three, number, gm_report_table_cell(table, r, "low")->number,
                     gm_report_table_cell(table, r, "high")->number, interval);
    fputs("<li>", out);
    gm_escape_html(out, gm_report_table_cell(table, r, "model")->text);
    fputs(", ", out);
    gm_escape_html(out, gm_report_table_cell(table, r, "quantity")->text);
    fprintf(out, ": %s, %s = %s (%s)</li>\n", verdict, gm_report_table_cell(table, r, "measure")->text, value,
            interval);
    n++;
  }
  return put_rest(table, n, out, err);
}

static gm_status put_table(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_table_html(((const page *)context)->table, out);
  return GM_OK;
}

static const gm_template_word words[] = {
    {.name = "quick", .holds = is_quick},
    {.name = "name", .put = put_name},
    {.name = "style", .text = gm_table_style, .markup = true},
    {.name = "facts", .put = put_facts, .markup = true},
    {.name = "apart", .put = put_apart, .markup = true},
    {.name = "table", .put = put_table, .markup = true},
};

gm_status gm_report_compare(const gm_report *a, const gm_report *b, const char *directory, gm_error *err) {
  gm_report_table table = {0};
  const page context = {a, b, &table};
  const gm_template_words list = {words, sizeof words / sizeof *words};
  const gm_template_filler with = {
      .lists = &list, .n_lists = 1, .context = &context, .escape = gm_escape_html};
  gm_status status = gm_make_directories(directory, err);
  if (status == GM_OK) status = make_table(a, b, &table, err);
  if (status == GM_OK) status = gm_report_table_write(&table, directory, err);
  if (status == GM_OK) status = gm_template_write(directory, "compare.html", gm_table_compare, &with, err);
  gm_report_table_free(&table);
  return status;
}
