/* SPDX-License-Identifier: MIT
 * processes.csv: rows of earlier processes read once, this one's written again and again, the whole file each
 * time. */
#include "experiments/run/spent.h"

#include "common/clock.h"
#include "common/csv.h"
#include "energy/energy_sum.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char header[] = "run_id,started_at,duration_s,energy_kwh";
static const double interval_s = 1;

enum { RUN_ID, STARTED_AT, DURATION_S, ENERGY_KWH, COLUMNS };

struct gm_spent {
  char *path;
  gm_csv_table earlier;
  double earlier_kwh;
  double written_s; /* monotonic */
};

static gm_status read_earlier(gm_spent *spent, gm_error *err) {
  if (access(spent->path, F_OK) != 0) return GM_OK;
  gm_status status = gm_csv_read(spent->path, &spent->earlier, err);
  if (status == GM_OK && spent->earlier.n_columns != COLUMNS)
    status =
        gm_fail(err, GM_BAD_INPUT, "%s: expected the columns %s; remove it to forget what earlier runs drew",
                spent->path, header);
  for (size_t r = 0; r < spent->earlier.n_rows && status == GM_OK; r++) {
    double kwh = 0;
    status = gm_csv_number(&spent->earlier, r, ENERGY_KWH, &kwh, err);
    spent->earlier_kwh += kwh;
  }
  return status;
}

static gm_status write_rows(const gm_experiment *e, gm_error *err) {
  const gm_spent *spent = e->spent;
  gm_reading now;
  gm_energy energy;
  gm_csv_writer csv;
  gm_status status = gm_csv_open(&csv, spent->path, header, err);
  if (status != GM_OK) return status;
  for (size_t r = 0; r < spent->earlier.n_rows; r++) {
    for (size_t c = 0; c < COLUMNS; c++) gm_csv_put_text(&csv, gm_csv_field(&spent->earlier, r, c));
    gm_csv_end_row(&csv);
  }
  char started[32];
  struct tm utc;
  gmtime_r(&e->started_at, &utc);
  strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
  gm_meter_read(e->meter, &now);
  gm_meter_between(e->meter, &e->opened, &now, NULL, &energy);
  gm_csv_put_text(&csv, e->run_id);
  gm_csv_put_text(&csv, started);
  gm_csv_put_number(&csv, energy.duration_s);
  gm_csv_put_number(&csv, gm_kwh(energy.energy_j));
  gm_csv_end_row(&csv);
  return gm_csv_commit(&csv, err);
}

void gm_spent_note(gm_experiment *e, bool now) {
  if (e->spent == NULL || (!now && gm_monotonic_s() - e->spent->written_s < interval_s)) return;
  gm_error unsaid;
  write_rows(e, &unsaid);
  e->spent->written_s = gm_monotonic_s();
}

static void close_spent(gm_experiment *e) {
  if (e->spent == NULL) return;
  gm_spent_note(e, true);
  gm_csv_free(&e->spent->earlier);
  free(e->spent->path);
  free(e->spent);
  e->spent = NULL;
}

gm_status gm_spent_open(gm_experiment *e, gm_error *err) {
  if (e->spent != NULL) return GM_OK;
  e->on_close = close_spent;
  e->spent = calloc(1, sizeof *e->spent);
  if (e->spent == NULL) return gm_fail_memory(err, "processes.csv");
  e->spent->path = gm_experiment_path(e, "processes.csv");
  gm_status status =
      e->spent->path != NULL ? read_earlier(e->spent, err) : gm_fail_memory(err, "processes.csv");
  if (status == GM_OK) status = write_rows(e, err);
  if (status != GM_OK) {
    gm_csv_free(&e->spent->earlier);
    free(e->spent->path);
    free(e->spent);
    e->spent = NULL;
    return status;
  }
  e->spent->written_s = gm_monotonic_s();
  return GM_OK;
}

void gm_spent_add(struct json_object *run, const gm_experiment *e) {
  gm_json_add_number(run, "earlier_energy_kwh", e->spent != NULL ? e->spent->earlier_kwh : 0);
  gm_json_add_integer(run, "earlier_processes", e->spent != NULL ? (int64_t)e->spent->earlier.n_rows : 0);
}
