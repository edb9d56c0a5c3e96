/* SPDX-License-Identifier: MIT
 * A machine that runs on its batteries: they measure all of it, and every user may read them
 * (Documentation/ABI/testing/sysfs-class-power in the kernel's tree: power_now in µW, else current_now in µA
 * times voltage_now in µV, else differences of energy_now in µWh or of charge_now in µAh times voltage_now).
 * It stands in where nothing measures the CPU.
 *
 * What goes wrong with them, and what is done: on mains or while charging they tell the charger's power (not
 * read); drivers show a discharge as negative (its absolute value) or 0 (a failed read: no machine draws
 * nothing); of two batteries one rests (those that discharge are added); mice and pens have batteries too
 * (scope Device); values are refreshed every few seconds only (the tick); the losses of the charger are not
 * in it (its own scope). */
#include "energy/sources/battery.h"

#include "common/atomic_file.h"
#include "energy/sources/power_integral.h"
#include "energy/sources/small_file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_supplies = 8 };
static const double refresh_s = 5;
static const double most_w = 400; /* beyond any portable machine's supply */
static const double step_j = 36;  /* 10 mWh, the usual step of energy_now */
static const double j_per_uwh = 3.6e-3, w_per_uw = 1e-6, w_per_ua_uv = 1e-12;

typedef struct {
  char *batteries[most_supplies], *supplies[most_supplies]; /* directories */
  size_t n_batteries, n_supplies;
  bool by_power;
  double left_j; /* by energy: at the last good reading, NAN before it */
  double used_j;
  int64_t seen_ns;
  gm_power_integral integral;
  gm_zone_reading reading;
} battery;

/* ---- one supply --------------------------------------------------------- */

/* A whole number of any sign, without it; NAN where there is none. */
static double magnitude(const char *directory, const char *file) {
  char text[32];
  uint64_t value;
  if (!gm_small_text(directory, file, text, sizeof text)) return NAN;
  return gm_small_parse(text + (text[0] == '-'), &value) ? (double)value : NAN;
}

static bool says(const char *directory, const char *file, const char *word) {
  char text[32];
  return gm_small_text(directory, file, text, sizeof text) && strcmp(text, word) == 0;
}

static double power_w(const char *directory) {
  const double power_uw = magnitude(directory, "power_now");
  if (power_uw > 0) return power_uw * w_per_uw;
  return magnitude(directory, "current_now") * magnitude(directory, "voltage_now") * w_per_ua_uv;
}

static double energy_left_j(const char *directory) {
  const double uwh = magnitude(directory, "energy_now");
  if (!isnan(uwh)) return uwh * j_per_uwh;
  return magnitude(directory, "charge_now") * magnitude(directory, "voltage_now") * 1e-6 * j_per_uwh;
}

/* ---- all of them ---------------------------------------------------------- */

static bool is_on_battery(const battery *b) {
  bool discharging = false;
  for (size_t i = 0; i < b->n_supplies; i++)
    if (magnitude(b->supplies[i], "online") > 0) return false;
  for (size_t i = 0; i < b->n_batteries; i++) {
    if (says(b->batteries[i], "status", "Charging")) return false;
    discharging = discharging || says(b->batteries[i], "status", "Discharging");
  }
  return discharging;
}

/* Over the batteries that discharge; NAN where one of them does not tell. */
static double sum(const battery *b, double (*value)(const char *directory)) {
  double total = 0;
  for (size_t i = 0; i < b->n_batteries; i++)
    if (says(b->batteries[i], "status", "Discharging")) total += value(b->batteries[i]);
  return total;
}

static void battery_close(void *state) {
  battery *b = state;
  if (b == NULL) return;
  for (size_t i = 0; i < b->n_batteries; i++) free(b->batteries[i]);
  for (size_t i = 0; i < b->n_supplies; i++) free(b->supplies[i]);
  free(b);
}

static void find_supplies(const char *sysfs_root, battery *b) {
  char *root = gm_path_join(sysfs_root, "class/power_supply");
  DIR *listing = root != NULL ? opendir(root) : NULL;
  for (const struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    char *directory = gm_path_join(root, entry->d_name);
    if (directory == NULL) break;
    const bool is_battery = says(directory, "type", "Battery") && !says(directory, "scope", "Device") &&
                            !says(directory, "present", "0");
    const bool is_supply = !says(directory, "type", "Battery") && !isnan(magnitude(directory, "online"));
    if (is_battery && b->n_batteries < most_supplies)
      b->batteries[b->n_batteries++] = directory;
    else if (is_supply && b->n_supplies < most_supplies)
      b->supplies[b->n_supplies++] = directory;
    else
      free(directory);
  }
  if (listing != NULL) closedir(listing);
  free(root);
}

bool gm_battery_present(const char *sysfs_root) {
  battery *b = calloc(1, sizeof *b);
  if (b == NULL) return false;
  find_supplies(sysfs_root, b);
  const bool present = b->n_batteries > 0;
  battery_close(b);
  return present;
}

static gm_status battery_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  if (opening->capacity < 1) return GM_OK;
  battery *b = calloc(1, sizeof *b);
  if (b == NULL) return gm_fail_memory(err, "the batteries");
  find_supplies(setup->sysfs_root, b);
  const char *plural = b->n_batteries == 1 ? "y" : "ies";
  const double now_w = sum(b, power_w);
  b->by_power = gm_power_is_plausible(now_w, most_w) && now_w > 0;
  b->left_j = NAN;
  b->integral.max_power_w = most_w;
  if (b->n_batteries == 0)
    snprintf(opening->note, sizeof opening->note, "no battery of its own");
  else if (!is_on_battery(b))
    snprintf(opening->note, sizeof opening->note,
             "%zu batter%s, not counted on mains: unplugged, they measure the whole machine", b->n_batteries,
             plural);
  else if (!b->by_power && !(sum(b, energy_left_j) > 0))
    snprintf(opening->note, sizeof opening->note, "%zu batter%s that tell neither power nor energy",
             b->n_batteries, plural);
  else
    opening->n_zones = 1;
  if (opening->n_zones == 0) {
    battery_close(b);
    return GM_OK;
  }
  gm_zone *zone = &opening->zones[0];
  *zone = (gm_zone){.component = GM_WALL,
                    .measured = true,
                    .stand_in = !setup->use_psys,
                    .tick_s = refresh_s,
                    .max_power_w = most_w,
                    .max_gap_s = b->by_power ? GM_POWER_MAX_GAP_S : INFINITY,
                    .resolution_uj = b->by_power ? 0 : (uint64_t)(step_j * 1e6),
                    .sensor_relative = setup->priors.value[GM_PRIOR_PLATFORM],
                    .low_factor = 1,
                    .high_factor = 1};
  snprintf(zone->name, sizeof zone->name, "%zu batter%s by %s", b->n_batteries, plural,
           b->by_power ? "power" : "what is left");
  opening->state = b;
  return GM_OK;
}

/* ---- reading ------------------------------------------------------------------ */

static void miss(battery *b, const gm_tick *tick) {
  b->reading.errors++;
  if (b->by_power)
    gm_power_integral_miss(&b->integral, tick->time_ns, &b->reading);
  else
    b->reading.stale_ns = b->seen_ns > 0 ? tick->time_ns - b->seen_ns : 0;
}

/* What is left falls; where it rises (another battery, a new estimate) what was used is not known. */
static void step_energy(battery *b, const gm_tick *tick, double left_j) {
  const double used_j = b->left_j - left_j; /* NAN at first */
  if (used_j > 0) b->used_j += used_j;
  if (used_j < 0) b->reading.resets++;
  b->left_j = left_j;
  b->seen_ns = tick->time_ns;
  b->reading.energy_uj = (uint64_t)(b->used_j * 1e6 + 0.5);
  b->reading.stale_ns = 0;
}

static void battery_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  battery *b = state;
  const double value = !is_on_battery(b) ? NAN : sum(b, b->by_power ? power_w : energy_left_j);
  if (!(value > 0))
    miss(b, tick);
  else if (b->by_power)
    gm_power_integral_step(&b->integral, value, tick->time_ns, tick->suspended, &b->reading);
  else
    step_energy(b, tick, value);
  readings[0] = b->reading;
}

const gm_source gm_battery_source = {.open = battery_open, .read = battery_read, .close = battery_close};
