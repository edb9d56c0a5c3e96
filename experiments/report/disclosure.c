/* SPDX-License-Identifier: MIT
 * The disclosure statement: facts by name from the runs, filled into sentences.txt, written as Markdown,
 * LaTeX and JSON. No formula is here: energy/carbon/ has them. */
#include "experiments/report/disclosure.h"

#include "common/atomic_file.h"
#include "experiments/report/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const gm_report_column columns[] = {{.key = "item", .head = "Item"},
                                           {.key = "value", .head = "Value", .tex = "p{0.68\\linewidth}"}};

/* ---- what the sentences may use ----------------------------------------- */

/* The values of a disclosure's sentences: names are literals, texts owned. */
enum { MOST_FACTS = 48 };
typedef struct {
  gm_template_word words[MOST_FACTS];
  char *owned[MOST_FACTS];
  size_t n;
  gm_status status;
  gm_error *err;
} facts;

static void facts_free(facts *f) {
  for (size_t i = 0; i < f->n; i++) free(f->owned[i]);
  f->n = 0;
}

/* `text` is the fact's from now on; NULL means that memory is out. */
static void give(facts *f, const char *name, char *text) {
  if (text == NULL && f->status == GM_OK) f->status = gm_fail_memory(f->err, "disclosure");
  if (f->n == MOST_FACTS && f->status == GM_OK)
    f->status = gm_fail(f->err, GM_FAILED, "disclosure: too many facts");
  if (f->status != GM_OK) {
    free(text);
    return;
  }
  f->owned[f->n] = text;
  f->words[f->n++] = (gm_template_word){.name = name, .text = text};
}

__attribute__((format(printf, 3, 4))) static void put(facts *f, const char *name, const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int n = vasprintf(&text, format, arguments);
  va_end(arguments);
  give(f, name, n < 0 ? NULL : text);
}

/* Line ends of a name would end an item. */
static void put_text(facts *f, const char *name, const char *text) {
  char *copy = strdup(text);
  for (char *c = copy; c != NULL && *c != '\0'; c++)
    if (*c == '\n') *c = ' ';
  give(f, name, copy);
}

static const char *text_or(const gm_report_run *run, const char *key, const char *otherwise) {
  const char *text = gm_report_run_text(run, key);
  return text != NULL ? text : otherwise;
}

/* What member `key` of run says, as words; `otherwise` where it says nothing. */
static void put_member(facts *f, const char *name, const gm_report_run *run, const char *key,
                       const char *otherwise) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out != NULL) gm_json_words(out, gm_report_run_member(run, key));
  if (out == NULL || fclose(out) != 0)
    give(f, name, NULL);
  else
    put_text(f, name, size > 0 ? text : otherwise);
  free(text);
}

static void put_number(facts *f, const char *name, gm_number_kind kind, int digits, double value) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = kind, .digits = digits}, value, text);
  put(f, name, "%s", text[0] != '\0' ? text : "an unknown number of");
}

/* NAME and NAME-interval. */
static void put_quantity(facts *f, const char *name, const char *name_of_interval, double value, double low,
                         double high) {
  char interval[GM_NUMBER_TEXT];
  put_number(f, name, GM_NUMBER_SIGNIFICANT, 3, value);
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 3}, value, low, high,
                   interval);
  put(f, name_of_interval, "%s", interval[0] != '\0' ? interval : "no interval");
}

static void put_emissions(facts *f, const char *name, const char *name_of_interval, const gm_emissions *e) {
  put_quantity(f, name, name_of_interval, e->kg, e->low_kg, e->high_kg);
}

/* The sentence `name`, filled from `from`, as a fact of f. */
static void put_filled(facts *f, const char *as, const char *name, facts *from, const gm_report *report) {
  char *text = NULL;
  if (f->status == GM_OK) f->status = from->status;
  if (f->status == GM_OK) f->status = gm_report_sentence(report, name, from->words, from->n, &text, f->err);
  if (f->status == GM_OK) give(f, as, text);
  facts_free(from);
}

/* ---- the facts ----------------------------------------------------------- */

static double number(const gm_report_run *run, const char *key) {
  return gm_report_run_number(run, key);
}

/* What the model knew of the machine and how often its bands held; none for a measured run. */
static void put_model(facts *f, const gm_report_run *run) {
  const bool there = gm_report_run_member(run, "power_model") != NULL;
  put(f, "has-model", "%s", there ? "yes" : "");
  if (!there) {
    put(f, "model", "none");
    return;
  }
  facts own = {.err = f->err};
  put_text(&own, "tier", text_or(run, "power_model.tier", "not stated"));
  put_text(&own, "rests-on", text_or(run, "power_model.rests_on", "not stated"));
  put_number(&own, "idle", GM_NUMBER_SIGNIFICANT, 3, number(run, "power_model.idle_w"));
  put_number(&own, "full", GM_NUMBER_SIGNIFICANT, 3, number(run, "power_model.full_w"));
  put_number(&own, "coverage-low", GM_NUMBER_COUNT, 0, number(run, "power_model.coverage_low_percent"));
  put_number(&own, "coverage-high", GM_NUMBER_COUNT, 0, number(run, "power_model.coverage_high_percent"));
  put_number(&own, "cpu-models", GM_NUMBER_COUNT, 0, number(run, "power_model.cpu_models"));
  put_filled(f, "model", "disclosure model", &own, NULL);
}

static void put_place(facts *f, const gm_report_run *run) {
  const char *country = text_or(run, "country_iso_code", "country not stated");
  facts none = {.err = f->err};
  if (strcmp(country, "WLD") == 0)
    put_filled(f, "place", "disclosure world", &none, NULL);
  else
    put_text(f, "place", country);
  put_member(f, "intensity", run, "carbon_intensity_g_per_kwh", "an unknown number of");
  put_member(f, "year", run, "carbon_intensity_year", "year not stated");
  put_text(f, "intensity-source", text_or(run, "carbon_intensity_source", "source not stated"));
  put_text(f, "intensity-basis", text_or(run, "carbon_intensity_basis", "basis not stated"));
  put_text(f, "intensity-method", text_or(run, "carbon_intensity_method", "method not stated"));
  put_member(f, "pue", run, "pue", "not known");
  put(f, "pue-stated", "%s", number(run, "pue") > 1 ? "yes" : "");
}

static void put_making(facts *f, const gm_report_scores *s) {
  put(f, "has-making", "%s", s->has_embodied ? "yes" : "");
  if (!s->has_embodied) {
    put(f, "making", "left out");
    return;
  }
  const gm_embodied *e = &s->embodied;
  facts own = {.err = f->err};
  put_emissions(&own, "kg", "interval", &s->making);
  put_number(&own, "made", GM_NUMBER_COUNT, 0, e->making_kg);
  put_number(&own, "made-low", GM_NUMBER_COUNT, 0, e->making_low_kg);
  put_number(&own, "made-high", GM_NUMBER_COUNT, 0, e->making_high_kg);
  put_number(&own, "life", GM_NUMBER_COUNT, 0, GM_EMBODIED_LIFE_H);
  put_number(&own, "share", GM_NUMBER_SIGNIFICANT, 3, e->share);
  put_number(&own, "share-low", GM_NUMBER_SIGNIFICANT, 3, e->share_low);
  put_number(&own, "share-high", GM_NUMBER_SIGNIFICANT, 3, e->share_high);
  put_filled(f, "making", "disclosure making", &own, NULL);
}

/* "O = 1.2 × 10⁻⁵ […] and M = 3.4 × 10⁻⁶ […], together …", an item each. */
static void put_scores(facts *f, const gm_report_scores *s) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) {
    give(f, "scores", NULL);
    return;
  }
  for (int i = 0; i < GM_SCORES && f->status == GM_OK; i++) {
    const gm_report_score *score = &s->score[i];
    facts own = {.err = f->err};
    put_text(&own, "what", score->what);
    put_text(&own, "per", score->per);
    put_emissions(&own, "operation", "operation-interval", &score->sci.operation);
    if (isnan(score->sci.making.kg))
      put(&own, "making", "%s", "");
    else
      put_emissions(&own, "making", "making-interval", &score->sci.making);
    put_emissions(&own, "sum", "sum-interval", &score->sci.sum);
    if (isnan(score->sci.making.kg)) put(&own, "making-interval", "%s", "");
    f->status = own.status;
    if (f->status == GM_OK)
      f->status = gm_report_put_sentence(NULL, "disclosure score", own.words, own.n, out, f->err);
    fputs("\n\n", out);
    facts_free(&own);
  }
  give(f, "scores", fclose(out) == 0 ? text : NULL);
  put_number(f, "flop-training-lr", GM_NUMBER_SIGNIFICANT, 3, s->score[0].flop);
  put_number(f, "flop-training-cnn", GM_NUMBER_SIGNIFICANT, 3, s->score[1].flop);
  put_number(f, "flop-training-search", GM_NUMBER_SIGNIFICANT, 3, s->score[2].flop);
  put(f, "has-flop-search", "%s", isnan(s->score[2].flop) ? "" : "yes");
  put_number(f, "flop-forecast-lr", GM_NUMBER_SIGNIFICANT, 3, s->score[3].flop);
  put_number(f, "flop-forecast-cnn", GM_NUMBER_SIGNIFICANT, 3, s->score[4].flop);
}

static void put_total(facts *f, const gm_report *report) {
  const gm_report_total *t = &report->total;
  const double kwh_per_mwh = 1000, s_per_h = 3600;
  put_quantity(f, "energy", "energy-interval", t->energy_kwh, t->energy_low_kwh, t->energy_high_kwh);
  put_number(f, "energy-mwh", GM_NUMBER_SIGNIFICANT, 3, t->energy_kwh / kwh_per_mwh);
  put_quantity(f, "emissions", "emissions-interval", t->emissions_kg, t->emissions_low_kg,
               t->emissions_high_kg);
  const gm_emissions market = gm_report_market_emissions(report);
  put(f, "has-contract", "%s", isnan(market.kg) ? "" : "yes");
  put_emissions(f, "market", "market-interval", &market);
  put_number(f, "contract", GM_NUMBER_SIGNIFICANT, 4, report->contract_g_per_kwh);
  put_number(f, "hours", GM_NUMBER_SIGNIFICANT, 3, t->duration_s / s_per_h);
}

static void put_all(facts *f, const gm_report *report, const gm_report_scores *s) {
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  put_text(f, "hardware", text_or(run, "cpu_model", "a CPU of unknown model"));
  put_member(f, "threads", run, "threads", "an unknown number of");
  put_member(f, "host", run, "host", "not known");
  put_text(f, "scope", text_or(run, "energy_scope", "not stated"));
  put_member(f, "sources", run, "energy_sources", "not known");
  put_member(f, "basis", run, "energy_basis", "nothing stated");
  put_text(f, "version", text_or(run, "version", "unknown version"));
  put_text(f, "commit", text_or(run, "git_commit", "unknown"));
  put_text(f, "blas", text_or(run, "blas", "BLAS not stated"));
  put(f, "hour-low", "%.2f", GM_HOUR_FACTOR_LOW);
  put(f, "hour-high", "%.2f", GM_HOUR_FACTOR_HIGH);
  if (report->study->n_seeds > 1)
    put(f, "seed-list", "0 to %zu", report->study->n_seeds - 1);
  else
    put(f, "seed-list", "0");
  put_model(f, run);
  put_place(f, run);
  put_total(f, report);
  put_making(f, s);
  put_scores(f, s);
}

/* ---- the table ------------------------------------------------------------ */

/* "ITEM | VALUE", one per line. */
static gm_status set_items(gm_report_table *table, char *items, gm_error *err) {
  size_t n = 1;
  for (const char *c = items; *c != '\0'; c++) n += *c == '\n';
  gm_status status =
      gm_report_table_init(table, "disclosure-items", columns, sizeof columns / sizeof *columns, n, err);
  char *rest = items;
  for (size_t row = 0; row < n && status == GM_OK; row++) {
    char *item = strsep(&rest, "\n"), *bar = strchr(item, '|');
    if (bar == NULL)
      return gm_fail(err, GM_FAILED,
                     "sentences.txt, disclosure items: expected \"item | value\", not \"%.40s\"", item);
    const char *value = bar + 1 + strspn(bar + 1, " ");
    while (bar > item && bar[-1] == ' ') bar--;
    *bar = '\0';
    status = gm_report_table_text(table, row, "item", item, err);
    if (status == GM_OK)
      status = gm_report_table_text(table, row, "value", *value != '\0' ? value : "not known", err);
  }
  return status;
}

gm_status gm_disclosure_make(gm_disclosure *disclosure, const gm_report *report, gm_error *err) {
  const gm_report_scores scores = gm_report_scores_of(report, !report->no_embodied);
  facts f = {.err = err};
  char *items = NULL;
  *disclosure = (gm_disclosure){0};
  put_all(&f, report, &scores);
  gm_status status = f.status;
  if (status == GM_OK)
    status = gm_report_sentence(report, "disclosure", f.words, f.n, &disclosure->paragraph, err);
  if (status == GM_OK) status = gm_report_sentence(report, "disclosure items", f.words, f.n, &items, err);
  if (status == GM_OK) status = set_items(&disclosure->table, items, err);
  if (status == GM_OK)
    status = gm_report_sentence(report, "disclosure caption", NULL, 0, &disclosure->table.caption, err);
  disclosure->table.placement = GM_TABLE_ACROSS_PAGE;
  if (status == GM_OK) disclosure->json = gm_disclosure_json(disclosure, report, &scores);
  if (status != GM_OK) gm_disclosure_free(disclosure);
  free(items);
  facts_free(&f);
  return status;
}

void gm_disclosure_free(gm_disclosure *disclosure) {
  free(disclosure->paragraph);
  json_object_put(disclosure->json);
  gm_report_table_free(&disclosure->table);
  *disclosure = (gm_disclosure){0};
}

/* ---- writing ---------------------------------------------------------- */

gm_status gm_disclosure_write(const gm_disclosure *disclosure, const char *results, gm_error *err) {
  gm_atomic_file file = {0};
  gm_status status = gm_atomic_file_open_in(&file, results, "disclosure.md", err);
  if (status != GM_OK) return status;
  fputs("# Energy and carbon disclosure\n\n", file.stream);
  gm_escape_markdown(file.stream, disclosure->paragraph);
  fputs("\n\n", file.stream);
  gm_report_table_markdown(&disclosure->table, file.stream);
  status = gm_atomic_file_commit(&file, err);
  if (status == GM_OK) status = gm_atomic_file_open_in(&file, results, "disclosure.tex", err);
  if (status != GM_OK) return status;
  fputs("% Written by report of greenmile: a statement to paste, and its facts item by item.\n"
        "\\paragraph{Energy and carbon disclosure.}\n",
        file.stream);
  gm_escape_tex(file.stream, disclosure->paragraph);
  fputs("\n\n", file.stream);
  gm_report_table_tex(&disclosure->table, file.stream);
  status = gm_atomic_file_commit(&file, err);
  return status == GM_OK ? gm_json_write_in(results, "disclosure.json", disclosure->json, err) : status;
}
