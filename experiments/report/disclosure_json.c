/* SPDX-License-Identifier: MIT
 * disclosure.json: the numbers behind the statement, for programs. */
#include "experiments/report/disclosure.h"

#include <math.h>

static const double kwh_per_mwh = 1000;

static void add_emissions(struct json_object *to, const char *key, const gm_emissions *e) {
  struct json_object *o = json_object_new_object();
  gm_json_add_number(o, "kg", e->kg);
  gm_json_add_number(o, "low_kg", e->low_kg);
  gm_json_add_number(o, "high_kg", e->high_kg);
  json_object_object_add(to, key, o);
}

static void copy(struct json_object *to, const gm_report_run *run, const char *key) {
  json_object_object_add(to, key, json_object_get(gm_report_run_member(run, key)));
}

static struct json_object *scores_array(const gm_report_scores *s) {
  struct json_object *list = json_object_new_array();
  for (int i = 0; i < GM_SCORES; i++) {
    const gm_report_score *score = &s->score[i];
    struct json_object *o = json_object_new_object();
    gm_json_add_text(o, "what", score->what);
    gm_json_add_text(o, "per", score->per);
    add_emissions(o, "operation", &score->sci.operation);
    add_emissions(o, "making", &score->sci.making);
    add_emissions(o, "sci", &score->sci.sum);
    gm_json_add_number(o, "flop", score->flop);
    const gm_sci per_flop = gm_sci_times(&score->sci, 1 / score->flop);
    add_emissions(o, "sci_per_flop", &per_flop.sum);
    json_object_array_add(list, o);
  }
  return list;
}

static struct json_object *items_object(const gm_report_table *table) {
  struct json_object *o = json_object_new_object();
  for (size_t r = 0; r < table->n_rows; r++)
    gm_json_add_text(o, gm_report_table_cell(table, r, "item")->text,
                     gm_report_table_cell(table, r, "value")->text);
  return o;
}

struct json_object *gm_disclosure_json(const gm_disclosure *d, const gm_report *report,
                                       const gm_report_scores *s) {
  static const char *const copied[] = {"energy_scope",
                                       "energy_measured",
                                       "power_model",
                                       "energy_basis",
                                       "carbon_intensity_g_per_kwh",
                                       "carbon_intensity_low_g_per_kwh",
                                       "carbon_intensity_high_g_per_kwh",
                                       "carbon_intensity_year",
                                       "carbon_intensity_method",
                                       "carbon_intensity_basis",
                                       "carbon_intensity_source",
                                       "country_iso_code",
                                       "pue"};
  const gm_report_run *run = report->study->runs[GM_RUN_CNN];
  const gm_report_total *t = &report->total;
  struct json_object *o = json_object_new_object();
  gm_json_add_text(o, "schema", "greenmile-disclosure-1");
  gm_json_add_text(o, "protocol", report->quick ? "quick" : "full");
  gm_json_add_text(o, "statement", d->paragraph);
  gm_json_add_number(o, "energy_kwh", t->energy_kwh);
  gm_json_add_number(o, "energy_low_kwh", t->energy_low_kwh);
  gm_json_add_number(o, "energy_high_kwh", t->energy_high_kwh);
  gm_json_add_number(o, "energy_mwh", t->energy_kwh / kwh_per_mwh);
  const gm_emissions emissions = {t->emissions_kg, t->emissions_low_kg, t->emissions_high_kg};
  add_emissions(o, "emissions", &emissions);
  const gm_emissions market = gm_report_market_emissions(report);
  gm_json_add_number(o, "contract_intensity_g_per_kwh", report->contract_g_per_kwh);
  add_emissions(o, "market_emissions", &market);
  gm_json_add_number(o, "duration_s", t->duration_s);
  for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) copy(o, run, copied[i]);
  if (s->has_embodied) {
    copy(o, run, "embodied");
    add_emissions(o, "making", &s->making);
  }
  json_object_object_add(o, "scores", scores_array(s));
  json_object_object_add(o, "items", items_object(&d->table));
  return o;
}
