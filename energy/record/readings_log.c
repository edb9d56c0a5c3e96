/* SPDX-License-Identifier: MIT
 * The log of a meter's raw readings: one line of JSON that describes the meter, then CSV. replay.c reads it.
 */
#include "energy/record/readings_log.h"

#include "common/atomic_file.h"
#include "common/json.h"
#include "energy/meter_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gm_readings_log {
  FILE *file;
  char *path;
  const gm_meter *meter; /* NULL before _begin */
};

static const char columns[] =
    "time_ns,width_ns,busy_ns,process_cpu_ns,online_cpus,stat_valid,suspends,zone,raw_uj,"
    "energy_uj,missing_uj,doubtful_uj,stale_ns,wraps,resets,gaps,ambiguous,errors,gone,implausible,stalls,"
    "unmoved_ns";

gm_status gm_readings_log_create(gm_readings_log **log, const char *path, gm_error *err) {
  gm_readings_log *l = *log = calloc(1, sizeof *l);
  if (l == NULL || (l->path = strdup(path)) == NULL) {
    free(l);
    *log = NULL;
    return gm_fail_memory(err, path);
  }
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, GM_FILE_MODE);
  l->file = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (l->file != NULL) return GM_OK;
  gm_fail(err, GM_IO_ERROR, "%s: cannot create it: %s", path, strerror(errno));
  free(l->path);
  free(l);
  *log = NULL;
  return GM_IO_ERROR;
}

/* One reading per write, so that a log cut short ends with a whole line. */
static void write_reading(void *context, const gm_reading *r) {
  gm_readings_log *l = context;
  if (l->meter == NULL) return;
  for (uint32_t i = 0; i < r->n_zones; i++) {
    const gm_zone_reading *z = &r->zones[i];
    char raw[24] = "";
    if (z->raw_valid) snprintf(raw, sizeof raw, "%" PRIu64, z->raw_uj);
    fprintf(l->file,
            "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId32 ",%d,%" PRIu32 ",%" PRIu32
            ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRId64 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32
            ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRId64 "\n",
            r->time_ns, r->width_ns, r->busy_ns, r->process_cpu_ns, r->online_cpus, r->stat_valid,
            r->suspends, i, raw, z->energy_uj, z->missing_uj, z->doubtful_uj, z->stale_ns, z->wraps,
            z->resets, z->gaps, z->ambiguous, z->errors, z->gone, z->implausible, z->stalls, z->unmoved_ns);
  }
  fflush(l->file);
}

gm_observer gm_readings_log_observer(gm_readings_log *log) {
  return (gm_observer){.reading = write_reading, .context = log};
}

static struct json_object *zone_object(const gm_meter *m, size_t i) {
  const gm_zone *zone = &m->zones[i];
  struct json_object *z = json_object_new_object();
  gm_json_add_text(z, "name", zone->name);
  gm_json_add_integer(z, "component", zone->component);
  gm_json_add_bool(z, "measured", zone->measured);
  gm_json_add_integer(z, "mirror_group", zone->mirror_group);
  gm_json_add_number(z, "mirror_relative", zone->mirror_relative);
  gm_json_add_integer(z, "device", zone->device);
  gm_json_add_bool(z, "stand_in", zone->stand_in);
  gm_json_add_number(z, "slack_s", zone->slack_s);
  gm_json_add_integer(z, "resolution_uj", (int64_t)zone->resolution_uj);
  gm_json_add_number(z, "tick_s", zone->tick_s);
  gm_json_add_number(z, "max_power_w", zone->max_power_w);
  gm_json_add_number(z, "sensor_relative", zone->sensor_relative);
  gm_json_add_bool(z, "counter", zone->counter);
  gm_json_add_integer(z, "range_uj", (int64_t)zone->range_uj);
  gm_json_add_number(z, "low_factor", zone->low_factor);
  gm_json_add_number(z, "high_factor", zone->high_factor);
  return z;
}

void gm_readings_log_begin(gm_readings_log *l, gm_meter *m) {
  struct json_object *root = json_object_new_object();
  struct json_object *zones = json_object_new_array(), *sources = json_object_new_array();
  gm_json_add_text(root, "schema", "greenmile-readings-2");
  gm_json_add_number(root, "pue", m->pue);
  gm_json_add_text(root, "boot_id", m->host.boot_id);
  gm_json_add_text(root, "cpu_model", m->host.cpu_model);
  gm_json_add_text(root, "os", m->host.os);
  gm_json_add_integer(root, "logical_cpus", m->host.logical_cpus);
  gm_json_add_integer(root, "sockets", m->host.sockets);
  gm_json_add_number(root, "ram_gib", m->host.ram_gib);
  if (m->power_lines.own_time) gm_json_add_number(root, "own_cpus", m->power_lines.cpus);
  for (size_t i = 0; i < m->n_zones; i++) json_object_array_add(zones, zone_object(m, i));
  for (size_t i = 0; i < m->n_sources; i++) {
    const gm_open_source *s = &m->sources[i];
    struct json_object *source = json_object_new_object();
    gm_json_add_text(source, "name", s->source->name);
    gm_json_add_integer(source, "first", (int64_t)s->first);
    gm_json_add_integer(source, "n", (int64_t)s->n);
    gm_json_add_integer(source, "reasons", s->reasons);
    gm_json_add_text(source, "note", s->note);
    json_object_array_add(sources, source);
  }
  json_object_object_add(root, "zones", zones);
  json_object_object_add(root, "sources", sources);
  pthread_mutex_lock(&m->lock); /* the background thread may be reading */
  fprintf(l->file, "# %s\n%s\n", json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN), columns);
  l->meter = m;
  pthread_mutex_unlock(&m->lock);
  json_object_put(root);
}

void gm_readings_log_mark(gm_readings_log *l, const gm_reading *start, const gm_reading *stop) {
  fprintf(l->file, "# start %" PRId64 "\n# stop %" PRId64 "\n", start->time_ns, stop->time_ns);
}

gm_status gm_readings_log_close(gm_readings_log *l, gm_error *err) {
  if (l == NULL) return GM_OK;
  gm_status status = GM_OK;
  const bool failed = ferror(l->file) != 0;
  if (fclose(l->file) != 0 || failed)
    status = gm_fail(err, GM_IO_ERROR, "%s: cannot write it: %s", l->path, strerror(errno));
  free(l->path);
  free(l);
  return status;
}
