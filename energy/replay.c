/* SPDX-License-Identifier: MIT
 * Reading a log of readings back. */
#include "common/csv.h"
#include "common/json.h"
#include "energy/counter.h"
#include "energy/meter_state.h"
#include "energy/readings_log.h"

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
  if (schema != NULL && strcmp(schema, "greenmile-readings-1") == 0) return GM_OK;
  json_object_put(c->zones);
  c->zones = NULL;
  return gm_fail(err, GM_BAD_INPUT, "%s: expected a log written by track --readings (greenmile-readings-1)",
                 path);
}

/* ---- the meter ------------------------------------------------------------------------ */

static gm_status bad_log(const char *path, const char *what, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT, "%s: line 1: %s", path, what);
}

/* A whole number in [0, most], else −1. */
static int64_t whole(const struct json_object *object, const char *key, double most) {
  const double value = gm_json_number(object, key);
  return value >= 0 && value <= most && value == floor(value) ? (int64_t)value : -1;
}

static bool read_zone(const struct json_object *z, gm_zone *zone) {
  const char *name = gm_json_text(z, "name");
  const int64_t component = whole(z, "component", GM_N_COMPONENTS - 1);
  const int64_t utilisation = whole(z, "utilisation", GM_PROCESS_CPU);
  const int64_t mirror = whole(z, "mirror_group", 1e6), range = whole(z, "range_uj", 9e18);
  if (name == NULL || component < 0 || utilisation < 0 || mirror < 0 || range < 0) return false;
  *zone = (gm_zone){.component = (gm_component)component,
                    .measured = json_object_get_boolean(json_object_object_get(z, "measured")),
                    .utilisation = (gm_utilisation)utilisation,
                    .mirror_group = (int)mirror,
                    .tick_s = gm_json_number(z, "tick_s"),
                    .max_power_w = gm_json_number(z, "max_power_w"),
                    .max_gap_s = INFINITY,
                    .sensor_relative = gm_json_number(z, "sensor_relative"),
                    .counter = json_object_get_boolean(json_object_object_get(z, "counter")),
                    .range_uj = (uint64_t)range,
                    .low_factor = gm_json_number(z, "low_factor"),
                    .high_factor = gm_json_number(z, "high_factor")};
  snprintf(zone->name, sizeof zone->name, "%s", name);
  return isfinite(zone->tick_s + zone->max_power_w + zone->sensor_relative + zone->low_factor +
                  zone->high_factor);
}

static bool read_source(const struct json_object *s, const gm_meter *m, gm_open_source *source) {
  const char *name = gm_json_text(s, "name"), *note = gm_json_text(s, "note");
  const int64_t first = whole(s, "first", (double)m->n_zones), n = whole(s, "n", (double)m->n_zones);
  const int64_t reasons = whole(s, "reasons", UINT32_MAX);
  *source = (gm_open_source){.source = name != NULL ? gm_meter_known_source(name) : NULL,
                             .first = (size_t)first,
                             .n = (size_t)n,
                             .reasons = (gm_reasons)reasons};
  if (note != NULL) snprintf(source->note, sizeof source->note, "%s", note);
  return source->source != NULL && first >= 0 && n >= 0 && reasons >= 0 && (size_t)(first + n) <= m->n_zones;
}

static void read_host(const struct json_object *root, gm_host *host) {
  const char *boot = gm_json_text(root, "boot_id"), *cpu = gm_json_text(root, "cpu_model");
  const char *os = gm_json_text(root, "os");
  *host = (gm_host){.logical_cpus = (int)whole(root, "logical_cpus", 1e6),
                    .sockets = (int)whole(root, "sockets", 1e6),
                    .ram_gib = gm_json_number(root, "ram_gib")};
  snprintf(host->boot_id, sizeof host->boot_id, "%s", boot != NULL ? boot : "");
  snprintf(host->cpu_model, sizeof host->cpu_model, "%s", cpu != NULL ? cpu : "");
  snprintf(host->os, sizeof host->os, "%s", os != NULL ? os : "");
}

static gm_status rebuild(const char *path, const struct json_object *root, double pue, gm_meter *m,
                         gm_error *err) {
  struct json_object *zones = json_object_object_get(root, "zones");
  struct json_object *sources = json_object_object_get(root, "sources");
  const double logged_pue = gm_json_number(root, "pue");
  m->pue = isnan(pue) ? logged_pue : pue;
  m->idle = gm_idle_power_unknown();
  m->stat.fd = -1;
  read_host(root, &m->host);
  if (!(m->pue >= 1) || !json_object_is_type(zones, json_type_array) ||
      !json_object_is_type(sources, json_type_array) || json_object_array_length(zones) > GM_MAX_ZONES ||
      json_object_array_length(sources) > GM_MAX_SOURCES)
    return bad_log(path, "expected pue, zones and sources", err);
  m->n_zones = json_object_array_length(zones);
  for (size_t i = 0; i < m->n_zones; i++)
    if (!read_zone(json_object_array_get_idx(zones, i), &m->zones[i]))
      return bad_log(path, "a zone is incomplete", err);
  m->n_sources = json_object_array_length(sources);
  for (size_t i = 0; i < m->n_sources; i++)
    if (!read_source(json_object_array_get_idx(sources, i), m, &m->sources[i])) {
      m->n_sources = i;
      return bad_log(path, "a source is incomplete or unknown", err);
    }
  for (size_t i = 0, covered = 0; i <= m->n_sources; i++) { /* every zone is of one source */
    if (i == m->n_sources && covered != m->n_zones) return bad_log(path, "zones without a source", err);
    if (i < m->n_sources && m->sources[i].n > 0 && m->sources[i].first != covered)
      return bad_log(path, "sources overlap", err);
    if (i < m->n_sources) covered += m->sources[i].n;
  }
  return GM_OK;
}

/* ---- the readings ------------------------------------------------------------------------ */

typedef struct {
  const gm_csv_table *table;
  size_t index[N_COLUMNS];
} log_table;

static gm_status find_columns(log_table *t, gm_error *err) {
  static const char *const names[N_COLUMNS] = {
      "time_ns", "width_ns", "busy_ns",   "process_cpu_ns", "online_cpus", "stat_valid", "suspends",
      "zone",    "raw_uj",   "energy_uj", "missing_uj",     "doubtful_uj", "stale_ns",   "wraps",
      "resets",  "gaps",     "ambiguous", "errors",         "gone"};
  gm_status status = GM_OK;
  for (int c = 0; c < N_COLUMNS && status == GM_OK; c++)
    status = gm_csv_column(t->table, names[c], &t->index[c], err);
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
                         .gone = (uint32_t)v[GONE]};
  return GM_OK;
}

/* Counters again from their raw values; the first reading is the baseline, as logged. */
static void recompute(gm_replay *replay, size_t zone_index) {
  const gm_zone *zone = gm_meter_zone(replay->meter, zone_index);
  gm_counter counter = gm_counter_open(zone->range_uj, zone->max_power_w, replay->readings[0].time_ns);
  gm_zone_reading sum = replay->readings[0].zones[zone_index];
  gm_zone_reading first = {0};
  if (sum.raw_valid) {
    gm_counter_step(&counter, sum.raw_uj, replay->readings[0].time_ns - replay->readings[0].width_ns / 2,
                    false, &first);
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
    sum.errors = logged->errors, sum.gone = logged->gone; /* not the counter's to know */
    if (sum.energy_uj != logged->energy_uj) replay->differences++;
    *logged = sum;
  }
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
    r->n_zones = (uint32_t)n_zones;
    for (size_t z = 0; z < n_zones; z++) {
      int64_t zone;
      const size_t row = i * n_zones + z;
      status = read_row(&t, row, r, &r->zones[z], err);
      if (status == GM_OK) status = integer(&t, row, ZONE, &zone, err);
      if (status == GM_OK && zone != (int64_t)z)
        status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected zone %zu, got %" PRId64, table->name,
                         table->line[row], z, zone);
      if (status != GM_OK) return status;
    }
    if (i > 0 && r->time_ns < replay->readings[i - 1].time_ns)
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: time runs backwards", table->name, table->line[i * n_zones]);
    if (r->time_ns == c->start_ns) replay->start = i;
    if (r->time_ns == c->stop_ns) replay->stop = i;
  }
  for (size_t z = 0; z < n_zones; z++)
    if (gm_meter_zone(replay->meter, z)->counter) recompute(replay, z);
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
  if (status == GM_OK) status = rebuild(path, c.zones, pue, replay->meter, err);
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
