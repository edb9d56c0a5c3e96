/* SPDX-License-Identifier: MIT
 * Watts against time, one program after the other: where the energy of the study went. A run is cut into
 * its epochs or trials, each with the energy that the meter read at its end; what the program did
 * besides (loading, repeating a fit, writing) stands before them as one piece. A reading is of the whole
 * machine, so its parts are those of the run: processor, memory and graphics card share every piece of
 * a run alike. */
#include "experiments/report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  gm_csv_writer pieces, runs;
  double at_s; /* end of what has been written */
} timeline;

typedef struct {
  double cpu, memory, gpu; /* of the whole, sum 1; NaN where they are not known apart */
} shares;

static double or_zero(double value) {
  return isnan(value) ? 0.0 : value;
}

static shares shares_of(const gm_report_run *run) {
  const double cpu = or_zero(gm_report_run_number(run, "energy_cpu_kwh")),
               memory = or_zero(gm_report_run_number(run, "energy_ram_kwh")),
               gpu = or_zero(gm_report_run_number(run, "energy_gpu_kwh")), sum = cpu + memory + gpu;
  if (!(sum > 0.0)) return (shares){NAN, NAN, NAN};
  return (shares){cpu / sum, memory / sum, gpu / sum};
}

static void put_piece(timeline *t, const char *run, const char *phase, double duration_s, double energy_j,
                      shares s) {
  if (!(duration_s > 0.0) || !(energy_j >= 0.0)) return;
  const double power_w = energy_j / duration_s;
  gm_csv_put_text(&t->pieces, run);
  gm_csv_put_text(&t->pieces, phase);
  gm_csv_put_number(&t->pieces, t->at_s);
  t->at_s += duration_s;
  gm_csv_put_number(&t->pieces, t->at_s);
  gm_csv_put_number(&t->pieces, power_w);
  gm_csv_put_number(&t->pieces, power_w * s.cpu);
  gm_csv_put_number(&t->pieces, power_w * s.memory);
  gm_csv_put_number(&t->pieces, power_w * s.gpu);
  gm_csv_end_row(&t->pieces);
}

/* ---- the pieces of a run ------------------------------------------------------ */

/* Rows of epochs.csv or trials.csv with duration_s and energy_j; none is an empty table. */
typedef struct {
  gm_csv_table table;
  size_t duration, energy;
  double duration_s, energy_j; /* sums */
} readings;

static gm_status open_readings(const gm_report_run *run, const char *name, readings *r, gm_error *err) {
  gm_status status = gm_csv_read_in(run->directory, name, &r->table, err);
  if (status == GM_OK) status = gm_csv_column(&r->table, "duration_s", &r->duration, err);
  if (status == GM_OK) status = gm_csv_column(&r->table, "energy_j", &r->energy, err);
  return status;
}

/* Row `row`; what is empty or no number (a trial that failed) is NaN. */
static void reading(const readings *r, size_t row, double *duration_s, double *energy_j) {
  gm_error unread = {0};
  if (gm_csv_number(&r->table, row, r->duration, duration_s, &unread) != GM_OK) *duration_s = NAN;
  if (gm_csv_number(&r->table, row, r->energy, energy_j, &unread) != GM_OK) *energy_j = NAN;
}

static void sum_readings(readings *r) {
  for (size_t row = 0; row < r->table.n_rows; row++) {
    double duration_s = NAN, energy_j = NAN;
    reading(r, row, &duration_s, &energy_j);
    r->duration_s += or_zero(duration_s);
    r->energy_j += or_zero(energy_j);
  }
}

static gm_status put_run(timeline *t, const gm_report_run *run, const char *readings_name, const char *phase,
                         gm_error *err) {
  const double joules_per_kwh = 3.6e6;
  const char *name = strrchr(run->directory, '/') + 1;
  const shares s = shares_of(run);
  readings r = {0};
  gm_status status = readings_name != NULL ? open_readings(run, readings_name, &r, err) : GM_OK;
  if (status == GM_OK) {
    sum_readings(&r);
    put_piece(t, name, "rest", gm_report_run_number(run, "all_duration_s") - r.duration_s,
              fmax(gm_report_run_number(run, "all_energy_kwh") * joules_per_kwh - r.energy_j, 0.0), s);
  }
  for (size_t row = 0; status == GM_OK && row < r.table.n_rows; row++) {
    double duration_s = NAN, energy_j = NAN;
    reading(&r, row, &duration_s, &energy_j);
    put_piece(t, name, phase, duration_s, energy_j, s);
  }
  gm_csv_free(&r.table);
  return status;
}

/* ---- the study ------------------------------------------------------------------ */

static gm_status put_kind(timeline *t, const gm_report_runs *study, gm_report_run_kind kind, gm_error *err) {
  const bool trains = kind >= GM_RUN_CNN && kind <= GM_RUN_CNN_EARLY_STOPPING;
  const bool searches = kind == GM_RUN_TUNE || kind == GM_RUN_TUNE_PRUNED;
  const double from_s = t->at_s;
  bool busy = false;
  gm_status status = GM_OK;
  for (size_t i = 0; i < gm_report_repeats(study, kind) && status == GM_OK; i++)
    status = put_run(t, &study->runs[kind][i],
                     trains     ? "epochs.csv"
                     : searches ? "trials.csv"
                                : NULL,
                     trains ? "epoch" : "trial", err);
  gm_csv_put_text(&t->runs, gm_report_run_kind_name(kind));
  gm_csv_put_number(&t->runs, from_s);
  gm_csv_put_number(&t->runs, t->at_s);
  for (size_t i = 0; i < gm_report_repeats(study, kind); i++)
    busy = busy || gm_report_is_flagged(&study->runs[kind][i]);
  gm_csv_put_integer(&t->runs, busy);
  gm_csv_end_row(&t->runs);
  return status;
}

gm_status gm_report_write_power(const gm_report *report, const char *directory, gm_error *err) {
  timeline t = {0};
  gm_status status = gm_csv_open_in(&t.pieces, directory, "power.csv",
                                    "run,phase,start_s,end_s,power_w,cpu_w,memory_w,gpu_w", err);
  if (status == GM_OK)
    status = gm_csv_open_in(&t.runs, directory, "power_runs.csv", "kind,start_s,end_s,machine_busy", err);
  /* The runs of a skill curve are more of the same and would hide the rest. */
  for (gm_report_run_kind kind = 0; kind < GM_RUN_LINEAR_REGRESSION_LEADS && status == GM_OK; kind++)
    status = put_kind(&t, report->study, kind, err);
  status = gm_csv_close(&t.pieces, status, err);
  return gm_csv_close(&t.runs, status, err);
}
