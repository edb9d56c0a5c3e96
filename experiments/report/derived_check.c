/* SPDX-License-Identifier: MIT
 * Whether figures of a run.json that follow from others do: bounds of emissions, the making of the hardware,
 * what is called measured, a busy machine, operations, threads and what earlier processes drew. What a run
 * does not record is not compared. */
#include "common/atomic_file.h"
#include "common/csv.h"
#include "energy/carbon/embodied.h"
#include "energy/carbon/emissions.h"
#include "energy/meter.h"
#include "experiments/report/runs.h"
#include "experiments/run/foreign_load.h"
#include "models/network/architecture.h"
#include "models/regression/linear_regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Of numbers that were written with all their digits, and of a product of such. */
static const double rounding = 1e-9;

/* `key` is what follows from the others, or one of the two is not known. */
static gm_status check(const gm_report_run *run, const char *key, double follows, const char *from,
                       gm_error *err) {
  const double stated = gm_report_run_number(run, key);
  if (!(fabs(stated - follows) > rounding * fmax(fabs(stated), fabs(follows)))) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %.10g, by %s it is %.10g; one of them was changed, rerun it",
                 run->directory, key, stated, from, follows);
}

/* Both known and not the same. */
static gm_status check_flag(const gm_report_run *run, const char *key, bool follows, const char *from,
                            gm_error *err) {
  struct json_object *stated = gm_report_run_member(run, key);
  if (!json_object_is_type(stated, json_type_boolean) || json_object_get_boolean(stated) == follows)
    return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"%s\" is %s, by %s it is %s; one of them was changed, rerun it",
                 run->directory, key, follows ? "false" : "true", from, follows ? "true" : "false");
}

/* ---- emissions and the making of the hardware ---------------------------------- */

static gm_status check_emissions(const gm_report_run *run, gm_error *err) {
  static const struct {
    double unit_j;
    const char *energy, *energy_low, *energy_high, *low_kg, *high_kg;
  } costs[] = {{GM_J_PER_KWH, "energy_kwh", "energy_low_kwh", "energy_high_kwh", "emissions_low_kg",
                "emissions_high_kg"},
               {1, "energy_per_forecast_j", "energy_per_forecast_low_j", "energy_per_forecast_high_j",
                "emissions_per_forecast_low_kg", "emissions_per_forecast_high_kg"}};
  static const char from[] = "the intervals of energy and intensity";
  const gm_carbon_intensity intensity = {
      .g_per_kwh = gm_report_run_number(run, "carbon_intensity_g_per_kwh"),
      .low_g_per_kwh = gm_report_run_number(run, "carbon_intensity_low_g_per_kwh"),
      .high_g_per_kwh = gm_report_run_number(run, "carbon_intensity_high_g_per_kwh")};
  gm_status status = GM_OK;
  for (size_t i = 0; i < LENGTH(costs) && status == GM_OK; i++) {
    const gm_emissions e =
        gm_emissions_of(gm_report_run_number(run, costs[i].energy) * costs[i].unit_j,
                        gm_report_run_number(run, costs[i].energy_low) * costs[i].unit_j,
                        gm_report_run_number(run, costs[i].energy_high) * costs[i].unit_j, &intensity);
    status = check(run, costs[i].low_kg, e.low_kg, from, err);
    if (status == GM_OK) status = check(run, costs[i].high_kg, e.high_kg, from, err);
  }
  return status;
}

static gm_status check_embodied(const gm_report_run *run, gm_error *err) {
  static const char *const products[][3] = {
      {"embodied.kg_per_h", "embodied.making_kg", "embodied.share"},
      {"embodied.low_kg_per_h", "embodied.making_low_kg", "embodied.share_low"},
      {"embodied.high_kg_per_h", "embodied.making_high_kg", "embodied.share_high"}};
  gm_status status = GM_OK;
  for (size_t i = 0; i < LENGTH(products) && status == GM_OK; i++)
    status = check(run, products[i][0],
                   gm_report_run_number(run, products[i][1]) * gm_report_run_number(run, products[i][2]) /
                       gm_report_run_number(run, "embodied.life_h"),
                   "making, share and life", err);
  return status;
}

/* ---- what it was metered with ----------------------------------------------------- */

static gm_status check_flags(const gm_report_run *run, gm_error *err) {
  const double measured = gm_report_run_number(run, "energy_measured_share"),
               share = gm_report_run_number(run, "foreign_cpu_share"),
               foreign_s = gm_report_run_number(run, "foreign_cpu_s");
  gm_status status = GM_OK;
  if (!isnan(measured))
    status = check_flag(run, "energy_measured",
                        gm_energy_is_measured(&(gm_energy){.energy_j = 1, .measured_j = measured}),
                        "\"energy_measured_share\"", err);
  if (status == GM_OK && !isnan(share) && !isnan(foreign_s))
    status = check_flag(run, "machine_busy", gm_foreign_load_is_busy(share, foreign_s),
                        "\"foreign_cpu_share\" and \"foreign_cpu_s\"", err);
  return status;
}

/* The number behind an option of the command line; NaN where it does not have it. */
static double option(const gm_report_run *run, const char *name) {
  struct json_object *argv = gm_report_run_member(run, "argv");
  const size_t n = json_object_is_type(argv, json_type_array) ? json_object_array_length(argv) : 0,
               length = strlen(name);
  double value = NAN;
  for (size_t i = 0; i < n; i++) {
    const char *word = json_object_get_string(json_object_array_get_idx(argv, i)), *number = NULL;
    if (word == NULL || strncmp(word, name, length) != 0) continue;
    if (word[length] == '=') number = word + length + 1;
    if (word[length] == '\0' && i + 1 < n)
      number = json_object_get_string(json_object_array_get_idx(argv, i + 1)); /* NULL of a null */
    if (number != NULL) (void)gm_parse_double(number, &value);
  }
  return value;
}

/* As many as were asked for. Without that nothing binds them: a container may show fewer processors than it
 * lets a program use. */
static gm_status check_threads(const gm_report_run *run, gm_error *err) {
  const double asked = option(run, "--threads");
  return asked > 0 ? check(run, "threads", asked, "--threads of \"argv\"", err) : GM_OK;
}

static gm_status check_processor(const gm_report_run *run, gm_error *err) {
  const char *own = gm_report_run_text(run, "cpu_model"), *host = gm_report_run_text(run, "host.cpu_model");
  if (own == NULL || host == NULL || strcmp(own, host) == 0) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"cpu_model\" is %.80s, \"host.cpu_model\" %.80s; one of them was changed, "
                 "rerun it",
                 run->directory, own, host);
}

/* ---- operations -------------------------------------------------------------------- */

/* By its layers: each channel that comes out has a bias beside its weights. NaN without layers. */
static gm_flop flop_of(const gm_report_run *run) {
  struct json_object *layers = gm_report_run_member(run, "layers");
  gm_flop flop = {0};
  if (!json_object_is_type(layers, json_type_array)) return (gm_flop){NAN, NAN};
  for (size_t i = 0; i < json_object_array_length(layers); i++) {
    struct json_object *layer = json_object_array_get_idx(layers, i);
    const double parameters = gm_json_number(layer, "parameters");
    if (parameters > 0)
      gm_flop_add_layer(&flop, parameters - gm_json_number(layer, "channels"),
                        gm_json_number(layer, "length"));
  }
  return flop;
}

/* A coefficient per predictor and the constant; on components of the predictors there are fewer. */
static gm_status check_regression(const gm_report_run *run, double train, gm_error *err) {
  const double parameters = gm_report_run_number(run, "parameters"),
               p = gm_report_run_number(run, "forecast_flop") / gm_linear_regression_forecast_flop(1);
  const bool on_components = gm_report_run_member(run, "config.components") != NULL;
  if (!(p >= 1 && parameters >= 1)) return GM_OK;
  const gm_status status =
      on_components ? GM_OK
                    : check(run, "forecast_flop", gm_linear_regression_forecast_flop((size_t)parameters - 1),
                            "\"parameters\"", err);
  return status != GM_OK
             ? status
             : check(run, "training_flop", gm_linear_regression_fit_flop((size_t)train, (size_t)p),
                     "\"forecast_flop\" and samples", err);
}

static gm_status check_operations(const gm_report_run *run, gm_error *err) {
  const char *program = gm_report_run_text(run, "program");
  const double train = gm_report_run_number(run, "dataset.n_train"),
               judge = gm_report_run_number(run, "dataset.n_validation") +
                       gm_report_run_number(run, "dataset.n_test"),
               epochs = gm_report_run_number(run, "epochs");
  const bool was_another = gm_report_run_number(run, "config.prune_structured") > 0; /* until then */
  if (program == NULL || isnan(train)) return GM_OK;
  if (strcmp(program, "cnn") == 0) {
    const gm_flop flop = flop_of(run);
    const gm_status status = check(run, "forecast_flop", flop.forward, "\"layers\"", err);
    return status != GM_OK || was_another
               ? status
               : check(run, "training_flop", gm_flop_training(&flop, epochs * train, epochs * judge),
                       "\"layers\", epochs and samples", err);
  }
  return strcmp(program, "linear_regression") == 0 ? check_regression(run, train, err) : GM_OK;
}

/* ---- what the whole of it drew ----------------------------------------------------- */

/* processes.csv beside it has a row of every process; that of this run is written last, a little later. */
static gm_status check_rows(const gm_report_run *run, const gm_csv_table *rows, gm_error *err) {
  const char *id = gm_report_run_text(run, "run_id");
  size_t ids, energies;
  double earlier_kwh = 0, kwh = NAN;
  gm_status status = gm_csv_column(rows, "run_id", &ids, err);
  if (status == GM_OK) status = gm_csv_column(rows, "energy_kwh", &energies, err);
  size_t row = 0;
  for (; status == GM_OK && row < rows->n_rows; row++) {
    status = gm_csv_number(rows, row, energies, &kwh, err);
    if (id != NULL && strcmp(gm_csv_field(rows, row, ids), id) == 0) break;
    earlier_kwh += kwh;
  }
  if (status != GM_OK || row == rows->n_rows) return status;
  status = check(run, "earlier_energy_kwh", earlier_kwh, "processes.csv beside it", err);
  const double all_kwh = gm_report_run_number(run, "all_energy_kwh");
  if (status != GM_OK || !(all_kwh > kwh * (1 + rounding))) return status;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s/run.json: \"all_energy_kwh\" is %g, more than the %g of the same run in processes.csv "
                 "beside it; one of them was changed, rerun it",
                 run->directory, all_kwh, kwh);
}

static gm_status check_processes(const gm_report_run *run, gm_error *err) {
  if (gm_report_run_number(run, "earlier_processes") == 0) {
    const gm_status status = check(run, "earlier_energy_kwh", 0, "\"earlier_processes\"", err);
    if (status != GM_OK) return status;
  }
  gm_csv_table rows = {0};
  char *path = gm_path_join(run->directory, "processes.csv");
  if (path == NULL) return gm_fail_memory(err, "processes.csv");
  const bool there = access(path, F_OK) == 0;
  gm_status status = there ? gm_csv_read(path, &rows, err) : GM_OK;
  if (status == GM_OK && there) status = check_rows(run, &rows, err);
  gm_csv_free(&rows);
  free(path);
  return status;
}

gm_status gm_report_derived_check(const gm_report_run *run, gm_error *err) {
  gm_status status = check_emissions(run, err);
  if (status == GM_OK) status = check_embodied(run, err);
  if (status == GM_OK) status = check_flags(run, err);
  if (status == GM_OK) status = check_threads(run, err);
  if (status == GM_OK) status = check_processor(run, err);
  if (status == GM_OK) status = check_operations(run, err);
  return status == GM_OK ? check_processes(run, err) : status;
}
