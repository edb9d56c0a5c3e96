/* SPDX-License-Identifier: MIT
 * A log of raw readings back into a meter that reads nothing, so that a run can be worked out again. */
#include "common/csv.h"
#include "common/json.h"
#include "energy/record/readings_log.h"
#include "energy/record/replay_meter.h"
#include "energy/record/replay_models.h"
#include "energy/record/replay_order.h"
#include "energy/sources/counter.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
  TIME,
  WIDTH,
  BUSY,
  PROCESS_CPU,
  ONLINE,
  STAT_VALID,
  SUSPENDS,
  ZONE,
  RAW,
  ENERGY,
  MISSING,
  DOUBTFUL,
  STALE,
  WRAPS,
  RESETS,
  GAPS,
  AMBIGUOUS,
  ERRORS,
  GONE,
  IMPLAUSIBLE,
  STALLS,
  UNMOVED,
  N_COLUMNS
};

/* ---- the comment lines ------------------------------------------------------------- */

typedef struct {
  struct json_object *zones; /* the first line; owned */
  int64_t start_ns, stop_ns; /* −1: not marked */
} comments;

static gm_status read_comments(const char *path, comments *c, gm_error *err) {
  char *line = NULL;
  size_t size = 0;
  *c = (comments){.start_ns = -1, .stop_ns = -1};
  FILE *file = fopen(path, "re");
  if (file == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it", path);
  while (getline(&line, &size, file) > 0) {
    if (line[0] != '#') continue;
    if (strncmp(line, "# {", 3) == 0 && c->zones == NULL)
      c->zones = json_tokener_parse(line + 2);
    else if (sscanf(line, "# start %" SCNd64, &c->start_ns) != 1)
      (void)sscanf(line, "# stop %" SCNd64, &c->stop_ns);
  }
  free(line);
  fclose(file);
  const char *schema = c->zones != NULL ? gm_json_text(c->zones, "schema") : NULL;
  if (schema != NULL && strcmp(schema, "greenmile-readings-2") == 0) return GM_OK;
  json_object_put(c->zones);
  c->zones = NULL;
  return gm_fail(err, GM_BAD_INPUT, "%s: expected a log written by track --readings (greenmile-readings-2)",
                 path);
}

/* ---- the readings ------------------------------------------------------------------------ */

typedef struct {
  const gm_csv_table *table;
  size_t index[N_COLUMNS];
} log_table;

static gm_status find_columns(log_table *t, gm_error *err) {
  static const char *const names[N_COLUMNS] = {
      "time_ns",  "width_ns",    "busy_ns", "process_cpu_ns", "online_cpus", "stat_valid",
      "suspends", "zone",        "raw_uj",  "energy_uj",      "missing_uj",  "doubtful_uj",
      "stale_ns", "wraps",       "resets",  "gaps",           "ambiguous",   "errors",
      "gone",     "implausible", "stalls",  "unmoved_ns"};
  gm_status status = GM_OK;
  for (int c = 0; c < UNMOVED && status == GM_OK; c++)
    status = gm_csv_column(t->table, names[c], &t->index[c], err);
  t->index[UNMOVED] = t->index[STALE]; /* what logs of versions without the column know of it */
  (void)gm_csv_column(t->table, names[UNMOVED], &t->index[UNMOVED], NULL);
  return status;
}

static gm_status integer(const log_table *t, size_t row, enum column c, int64_t *value, gm_error *err) {
  const char *text = gm_csv_field(t->table, row, t->index[c]);
  if (gm_parse_integer(text, value) && *value >= 0) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a whole number in %s, got \"%s\"", t->table->name,
                 t->table->line[row], t->table->header[t->index[c]], text);
}

static gm_status read_row(const log_table *t, size_t row, gm_reading *r, gm_zone_reading *z, gm_error *err) {
  int64_t v[N_COLUMNS] = {0};
  const char *raw = gm_csv_field(t->table, row, t->index[RAW]);
  gm_status status = GM_OK;
  for (int c = 0; c < N_COLUMNS && status == GM_OK; c++)
    if (c != RAW || raw[0] != '\0') status = integer(t, row, (enum column)c, &v[c], err);
  if (status != GM_OK) return status;
  r->time_ns = v[TIME], r->width_ns = v[WIDTH], r->busy_ns = v[BUSY], r->process_cpu_ns = v[PROCESS_CPU];
  r->online_cpus = (int32_t)v[ONLINE], r->stat_valid = v[STAT_VALID] != 0,
  r->suspends = (uint32_t)v[SUSPENDS];
  *z = (gm_zone_reading){.energy_uj = (uint64_t)v[ENERGY],
                         .missing_uj = (uint64_t)v[MISSING],
                         .doubtful_uj = (uint64_t)v[DOUBTFUL],
                         .raw_uj = (uint64_t)v[RAW],
                         .raw_valid = raw[0] != '\0',
                         .stale_ns = v[STALE],
                         .wraps = (uint32_t)v[WRAPS],
                         .resets = (uint32_t)v[RESETS],
                         .gaps = (uint32_t)v[GAPS],
                         .ambiguous = (uint32_t)v[AMBIGUOUS],
                         .errors = (uint32_t)v[ERRORS],
                         .gone = (uint32_t)v[GONE],
                         .implausible = (uint32_t)v[IMPLAUSIBLE],
                         .stalls = (uint32_t)v[STALLS],
                         .unmoved_ns = v[UNMOVED]};
  return GM_OK;
}

/* Counters again from their raw values; the first reading is the baseline, as logged, and how long the
 * counter had stood still by then. */
static void recompute(gm_replay *replay, size_t zone_index) {
  const gm_zone *zone = gm_meter_zone(replay->meter, zone_index);
  gm_counter counter = gm_counter_of(zone, replay->readings[0].time_ns);
  gm_zone_reading sum = replay->readings[0].zones[zone_index];
  gm_zone_reading first = {0};
  if (sum.raw_valid) {
    gm_counter_step(&counter, sum.raw_uj, replay->readings[0].time_ns - replay->readings[0].width_ns / 2,
                    false, &first);
    counter.moved_ns -= sum.unmoved_ns;
    sum.still = sum.stale_ns > 0;
  }
  for (size_t i = 1; i < replay->n; i++) {
    const gm_reading *before = &replay->readings[i - 1];
    gm_reading *r = &replay->readings[i];
    gm_zone_reading *logged = &r->zones[zone_index];
    const bool suspended = r->suspends != before->suspends;
    const int64_t tick_ns = r->time_ns - r->width_ns / 2;
    if (logged->raw_valid)
      gm_counter_step(&counter, logged->raw_uj, tick_ns, suspended, &sum);
    else
      gm_counter_miss(&counter, tick_ns, suspended, &sum);
    sum.errors = logged->errors, sum.gone = logged->gone,
    sum.implausible = logged->implausible; /* not the counter's to know */
    if (sum.energy_uj != logged->energy_uj) replay->differences++;
    *logged = sum;
  }
}

/* One reading: a line of each zone, which say the same of all but the zone. */
static gm_status read_reading(const log_table *t, size_t i, size_t n_zones, gm_reading *r, gm_error *err) {
  for (size_t z = 0; z < n_zones; z++) {
    int64_t zone;
    const size_t row = i * n_zones + z;
    gm_reading line = {0};
    gm_status status = read_row(t, row, &line, &r->zones[z], err);
    if (status == GM_OK) status = integer(t, row, ZONE, &zone, err);
    if (status == GM_OK && zone != (int64_t)z)
      status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected zone %zu, got %" PRId64, t->table->name,
                       t->table->line[row], z, zone);
    if (status == GM_OK && z > 0 && !gm_replay_same_reading(&line, r))
      status = gm_fail(err, GM_BAD_INPUT,
                       "%s:%zu: expected the time, busy time and CPUs of the line before it: one reading",
                       t->table->name, t->table->line[row]);
    if (status != GM_OK) return status;
    r->time_ns = line.time_ns, r->width_ns = line.width_ns, r->busy_ns = line.busy_ns;
    r->process_cpu_ns = line.process_cpu_ns, r->online_cpus = line.online_cpus;
    r->stat_valid = line.stat_valid, r->suspends = line.suspends;
  }
  r->n_zones = (uint32_t)n_zones;
  return GM_OK;
}

/* The readings that the marks name; without marks, of a killed run, the first and the last. */
static gm_status find_marks(gm_replay *replay, const comments *c, const char *path, gm_error *err) {
  bool has_start = c->start_ns < 0, has_stop = c->stop_ns < 0;
  for (size_t i = 0; i < replay->n; i++) {
    const int64_t time_ns = replay->readings[i].time_ns;
    if (time_ns == c->start_ns) replay->start = i, has_start = true;
    if (time_ns == c->stop_ns) replay->stop = i, has_stop = true;
  }
  if (has_start && has_stop && replay->start < replay->stop) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: expected its marks \"# start\" and \"# stop\" to name the times of two of its readings, "
      "one after the other",
      path);
}

static gm_status read_readings(gm_replay *replay, const gm_csv_table *table, const comments *c,
                               gm_error *err) {
  log_table t = {.table = table};
  const size_t n_zones = replay->meter->n_zones;
  gm_status status = find_columns(&t, err);
  if (status != GM_OK) return status;
  replay->n = n_zones > 0 ? table->n_rows / n_zones : 0; /* a reading cut short is left out */
  if (replay->n < 2)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected at least two readings, got %zu", table->name, replay->n);
  replay->readings = calloc(replay->n, sizeof *replay->readings);
  if (replay->readings == NULL) return gm_fail_memory(err, table->name);
  replay->stop = replay->n - 1;
  for (size_t i = 0; i < replay->n; i++) {
    gm_reading *r = &replay->readings[i];
    status = read_reading(&t, i, n_zones, r, err);
    if (status == GM_OK && i > 0)
      status = gm_replay_check_order(&replay->readings[0], r - 1, r, replay->meter->zones, table->name,
                                     table->line[i * n_zones], err);
    if (status != GM_OK) return status;
  }
  status = find_marks(replay, c, table->name, err);
  if (status != GM_OK) return status;
  for (size_t z = 0; z < n_zones; z++)
    if (gm_meter_zone(replay->meter, z)->counter) recompute(replay, z);
  gm_replay_models(replay, gm_json_number(c->zones, "own_cpus"));
  return GM_OK;
}

gm_status gm_replay_open(gm_replay *replay, const char *path, double pue, gm_error *err) {
  gm_csv_table table = {0};
  comments c = {0};
  *replay = (gm_replay){0};
  gm_status status = read_comments(path, &c, err);
  if (status != GM_OK) return status;
  replay->meter = calloc(1, sizeof *replay->meter);
  if (replay->meter == NULL) status = gm_fail_memory(err, "the meter of a log");
  if (status == GM_OK) status = gm_rebuild_meter(path, c.zones, pue, replay->meter, err);
  if (status == GM_OK) status = gm_csv_read(path, &table, err);
  if (status == GM_OK) status = read_readings(replay, &table, &c, err);
  gm_csv_free(&table);
  json_object_put(c.zones);
  if (status != GM_OK) gm_replay_close(replay);
  return status;
}

void gm_replay_close(gm_replay *replay) {
  free(replay->meter); /* it holds nothing that is open */
  free(replay->readings);
  *replay = (gm_replay){0};
}
