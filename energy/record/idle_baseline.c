/* SPDX-License-Identifier: MIT
 * Measuring, combining, keeping and finding idle baselines. */
#include "energy/record/idle_baseline.h"

#include "common/atomic_file.h"
#include "common/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char schema[] = "greenmile-idle-1";
static const double busiest = 0.05;         /* of the CPU time (docs/energy-model.md, Idle baseline) */
static const double lifetime_s = 24 * 3600; /* likewise */
static const double largest_drift = 0.10;   /* likewise */
static const int shortest_s = 2;

/* The source set: every zone the meter has open, counted or not. */
static void describe_sources(const gm_meter *meter, char *text, size_t size) {
  const gm_basis all = {.zones = UINT64_MAX};
  gm_meter_sources(meter, &all, text, size);
}

/* ---- measuring ------------------------------------------------------------- */

gm_status gm_idle_baseline_measure(gm_meter *meter, int seconds,
                                   bool (*sleep_s)(void *context, double seconds), void *context,
                                   gm_idle_baseline *baseline, gm_error *err) {
  *baseline = (gm_idle_baseline){
      .power = gm_idle_power_unknown(), .measured_at = time(NULL), .load = NAN, .drift = NAN};
  if (seconds < shortest_s)
    return gm_fail(err, GM_BAD_INPUT, "idle baseline: expected at least %d seconds, got %d", shortest_s,
                   seconds);
  const size_t n = (size_t)seconds;
  gm_reading *at = malloc((n + 1) * sizeof *at);
  gm_status status = at != NULL ? GM_OK : gm_fail_memory(err, "the idle readings");
  if (status == GM_OK) gm_meter_read(meter, &at[0]);
  for (size_t i = 1; i <= n && status == GM_OK; i++) {
    if (!sleep_s(context, 1)) status = gm_fail(err, GM_INTERRUPTED, "interrupted: no idle baseline");
    gm_meter_read(meter, &at[i]);
  }
  if (status != GM_OK) goto done;
  const gm_basis basis = gm_meter_basis(meter, &at[0], &at[n]);
  gm_energy whole, one;
  gm_meter_between(meter, &at[0], &at[n], &basis, &whole);
  baseline->seconds = whole.duration_s;
  baseline->utilisation = whole.utilisation;
  (void)getloadavg(&baseline->load, 1);
  describe_sources(meter, baseline->sources, sizeof baseline->sources);
  snprintf(baseline->boot_id, sizeof baseline->boot_id, "%s", gm_meter_host(meter)->boot_id);
  snprintf(baseline->host, sizeof baseline->host, "%s", gm_meter_host(meter)->name);
  if (whole.utilisation > busiest) {
    status =
        gm_fail(err, GM_FAILED,
                "the machine is busy (%.1f %% of its CPU time, at most %.0f %% is idle): no idle baseline",
                100 * whole.utilisation, 100 * busiest);
    goto done;
  }
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    if (isnan(whole.component_j[c])) continue;
    const double mean_w = whole.component_j[c] / whole.pue / whole.duration_s;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
      gm_meter_between(meter, &at[i], &at[i + 1], &basis, &one);
      const double off_w = one.component_j[c] / one.pue / one.duration_s - mean_w;
      squares += off_w * off_w;
    }
    baseline->power.power_w[c] = mean_w;
    baseline->power.sd_w[c] = sqrt(squares / (double)(n - 1));
  }
done:
  free(at);
  return status;
}

/* ---- before and after a run ------------------------------------------------- */

gm_idle_baseline gm_idle_baseline_around(const gm_idle_baseline *before, const gm_idle_baseline *after) {
  gm_idle_baseline around = *after;
  around.seconds = before->seconds + after->seconds;
  around.utilisation = 0.5 * (before->utilisation + after->utilisation);
  around.drift = NAN;
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    const double a_w = before->power.power_w[c], b_w = after->power.power_w[c];
    const double mean_w = 0.5 * (a_w + b_w); /* NAN where one of them does not know */
    const double drift = mean_w > 0 ? fabs(b_w - a_w) / mean_w : NAN;
    around.power.power_w[c] = mean_w;
    around.power.sd_w[c] =
        hypot(hypot(before->power.sd_w[c], after->power.sd_w[c]) / sqrt(2), 0.5 * (b_w - a_w));
    around.drift = fmax(around.drift, drift); /* drops a NAN */
  }
  return around;
}

bool gm_idle_baseline_is_drifting(const gm_idle_baseline *b) {
  return b->drift > largest_drift;
}

/* ---- keeping ------------------------------------------------------------------ */

/* "DIR/idle-HASH.json", FNV-1a over host, boot and sources; what it really belongs to is written inside. */
static char *path_of(const char *directory, const char *host, const char *boot_id, const char *sources) {
  char name[40];
  uint64_t hash = 14695981039346656037u;
  const char *const texts[] = {host, boot_id, sources};
  for (int t = 0; t < 3; t++)
    for (const char *p = texts[t]; *p != '\0'; p++) hash = (hash ^ (unsigned char)*p) * 1099511628211u;
  snprintf(name, sizeof name, "idle-%016" PRIx64 ".json", hash);
  return gm_path_join(directory, name);
}

gm_status gm_idle_baseline_save(const char *directory, const gm_idle_baseline *b, gm_error *err) {
  gm_status status = gm_make_directories(directory, err);
  if (status != GM_OK) return status;
  char *path = path_of(directory, b->host, b->boot_id, b->sources);
  if (path == NULL) return gm_fail_memory(err, "a file name");
  struct json_object *root = json_object_new_object(), *power = json_object_new_object();
  gm_json_add_text(root, "schema", schema);
  gm_json_add_text(root, "host", b->host);
  gm_json_add_text(root, "boot_id", b->boot_id);
  gm_json_add_text(root, "sources", b->sources);
  gm_json_add_integer(root, "measured_at_unix_s", (int64_t)b->measured_at);
  gm_json_add_number(root, "duration_s", b->seconds);
  gm_json_add_number(root, "utilisation", b->utilisation);
  gm_json_add_number(root, "load_1min", b->load);
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    if (isnan(b->power.power_w[c])) continue;
    struct json_object *one = json_object_new_object();
    gm_json_add_number(one, "power_w", b->power.power_w[c]);
    gm_json_add_number(one, "sd_w", b->power.sd_w[c]);
    json_object_object_add(power, gm_component_name((gm_component)c), one);
  }
  json_object_object_add(root, "components", power);
  status = gm_json_write(path, root, err);
  json_object_put(root);
  free(path);
  return status;
}

static void read_baseline(const struct json_object *root, gm_idle_baseline *b) {
  struct json_object *power = json_object_object_get(root, "components");
  const char *host = gm_json_text(root, "host"), *boot = gm_json_text(root, "boot_id");
  const char *sources = gm_json_text(root, "sources");
  *b = (gm_idle_baseline){.power = gm_idle_power_unknown(),
                          .seconds = gm_json_number(root, "duration_s"),
                          .utilisation = gm_json_number(root, "utilisation"),
                          .load = gm_json_number(root, "load_1min"),
                          .drift = NAN};
  const double at = gm_json_number(root, "measured_at_unix_s");
  b->measured_at = isnan(at) ? 0 : (time_t)at;
  snprintf(b->host, sizeof b->host, "%s", host != NULL ? host : "");
  snprintf(b->boot_id, sizeof b->boot_id, "%s", boot != NULL ? boot : "");
  snprintf(b->sources, sizeof b->sources, "%s", sources != NULL ? sources : "");
  for (int c = 0; c < GM_N_COMPONENTS; c++) {
    struct json_object *one = json_object_object_get(power, gm_component_name((gm_component)c));
    if (one == NULL) continue;
    b->power.power_w[c] = gm_json_number(one, "power_w");
    b->power.sd_w[c] = gm_json_number(one, "sd_w");
  }
}

gm_status gm_idle_baseline_load(const char *directory, const gm_meter *meter, time_t now, gm_idle_baseline *b,
                                bool *found, char *why, size_t size, gm_error *err) {
  char sources[sizeof b->sources];
  const char *host = gm_meter_host(meter)->name, *boot_id = gm_meter_host(meter)->boot_id;
  struct json_object *root = NULL;
  *found = false;
  describe_sources(meter, sources, sizeof sources);
  char *path = path_of(directory, host, boot_id, sources);
  if (path == NULL) return gm_fail_memory(err, "a file name");
  if (access(path, F_OK) != 0)
    snprintf(why, size, "no idle baseline of this boot and these sources is in %s (see track idle)",
             directory);
  else if (gm_json_read(path, &root, err) != GM_OK) {
    free(path);
    return err != NULL ? err->status : GM_BAD_INPUT;
  }
  if (root != NULL) {
    read_baseline(root, b);
    const char *written = gm_json_text(root, "schema");
    const double age_s = difftime(now, b->measured_at);
    if (written == NULL || strcmp(written, schema) != 0 || strcmp(b->host, host) != 0 ||
        strcmp(b->boot_id, boot_id) != 0 || strcmp(b->sources, sources) != 0)
      snprintf(why, size, "%s is of another host, boot or other sources", path);
    else if (!(age_s >= 0 && age_s <= lifetime_s))
      snprintf(why, size, "%s is %.1f hours old, more than 24 (see track idle)", path, age_s / 3600);
    else
      *found = true;
    json_object_put(root);
  }
  free(path);
  return GM_OK;
}

/* ---- where they are kept --------------------------------------------------------- */

char *gm_idle_baseline_directory(const char *given) {
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (given != NULL) return strdup(given);
  if (cache != NULL && cache[0] == '/') return gm_path_join(cache, "greenmile");
  return home != NULL && home[0] == '/' ? gm_path_join(home, ".cache/greenmile") : NULL;
}

gm_status gm_idle_baseline_use(const char *given, gm_meter *meter, gm_idle_baseline *baseline, bool *found,
                               char *why, size_t size, gm_error *err) {
  char *directory = gm_idle_baseline_directory(given);
  *found = false;
  if (directory == NULL) {
    snprintf(why, size,
             "no directory for idle baselines: neither --cache-dir, XDG_CACHE_HOME nor HOME is set");
    return GM_OK;
  }
  const gm_status status =
      gm_idle_baseline_load(directory, meter, time(NULL), baseline, found, why, size, err);
  free(directory);
  if (status == GM_OK && *found) gm_meter_set_idle(meter, &baseline->power);
  return status;
}
