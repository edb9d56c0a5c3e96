/* SPDX-License-Identifier: MIT
 * The lines of the wall model: which row of the embedded tables (lines.csv, bands.csv) this machine gets, and
 * the share of it that is this program's. The integral over time is power_model.c's. */
#include "energy/sources/power_lines.h"

#include "common/csv.h"
#include "energy/sources/battery.h"
#include "energy/sources/cpu_generation.h"
#include "energy/sources/cpu_power.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

extern const char gm_table_lines[], gm_table_bands[];

/* A share of a host that is loaded otherwise than its guest. */
static const double share_low = 0.9, share_high = 1.1;

/* Of the fit's servers with 16 cores a socket and more, the median CPU model: what a share that states
 * nothing but watts is a share of. */
static const double usual_socket_w = 205, usual_sockets = 2;

/* Idle is at most this much of full load, as in the fit. */
static const double most_idle = 0.9;

const char *gm_power_tier_name(gm_power_tier tier) {
  static const char *const names[] = {"user", "powercap", "sku", "generation", "vendor", "threads"};
  return names[tier];
}

/* ---- the tables --------------------------------------------------------- */

/* Numbers of the row of `csv` that is called `name` in its first column, by column name. */
static gm_status read_row(const char *text, const char *table, const char *name, const char *const *columns,
                          size_t n, double *values, gm_error *err) {
  gm_csv_table csv;
  size_t row = 0, column;
  gm_status status = gm_csv_parse(text, strlen(text), table, &csv, err);
  if (status != GM_OK) return status;
  while (row < csv.n_rows && strcmp(gm_csv_field(&csv, row, 0), name) != 0) row++;
  if (row == csv.n_rows) status = gm_fail(err, GM_BAD_INPUT, "%s: no row is called \"%s\"", table, name);
  for (size_t i = 0; i < n && status == GM_OK; i++) {
    status = gm_csv_column(&csv, columns[i], &column, err);
    if (status == GM_OK) status = gm_csv_number(&csv, row, column, &values[i], err);
  }
  gm_csv_free(&csv);
  return status;
}

typedef struct {
  double constant, per_limit_w, per_gib, per_socket;
} line;

static gm_status read_line(const char *name, line *l, gm_error *err) {
  static const char *const columns[] = {"constant_w", "w_per_limit_w", "w_per_gib", "w_per_socket"};
  double v[4] = {0};
  const gm_status status = read_row(gm_table_lines, "lines.csv", name, columns, 4, v, err);
  *l = (line){v[0], v[1], v[2], v[3]};
  return status;
}

static gm_status read_band(const char *tier, gm_power_lines *lines, gm_error *err) {
  static const char *const columns[] = {"l0",         "h0",           "l1",           "h1",
                                        "cpu_models", "coverage_low", "coverage_high"};
  double v[7] = {0};
  const gm_status status = read_row(gm_table_bands, "bands.csv", tier, columns, 7, v, err);
  const double low = lines->share ? share_low : 1, high = lines->share ? share_high : 1;
  lines->low_idle = v[0] * low;
  lines->high_idle = v[1] * high;
  lines->low_full = v[2] * low;
  lines->high_full = v[3] * high;
  lines->models = (int)v[4];
  lines->coverage_low = v[5];
  lines->coverage_high = v[6];
  return status;
}

/* ---- by what is known ----------------------------------------------------- */

/* Sockets and machines, whole or in parts, of what is billed. */
typedef struct {
  double sockets, machines;
} hardware;

static hardware billed_hardware(const gm_host *host, const gm_cpu_power *power, const gm_power_lines *lines) {
  if (host->virtualised) { /* watts as stated: as many sockets as usually draw them */
    const double sockets = power->watts / usual_socket_w;
    return (hardware){sockets, sockets / usual_sockets};
  }
  const double part = lines->cpus / host->logical_cpus;
  return (hardware){host->sockets * part, part};
}

static void by_limit(const gm_source_setup *setup, const gm_cpu_power *power, const gm_cpu_generation *g,
                     const line *full, const line *idle, gm_power_lines *lines) {
  static const gm_power_tier tiers[] = {
      [GM_POWER_USER] = GM_TIER_USER, [GM_POWER_POWERCAP] = GM_TIER_POWERCAP, [GM_POWER_SKU] = GM_TIER_SKU};
  const gm_host *host = setup->host;
  const hardware h = billed_hardware(host, power, lines);
  const bool part = lines->own_time && power->basis != GM_POWER_USER; /* the user's are those of the share */
  const double limit_w = part ? power->watts * lines->cpus / host->logical_cpus : power->watts;
  const double cpu_idle_w =
      isnan(setup->cpu_idle_w) ? g->idle_factor * idle->per_limit_w * limit_w : setup->cpu_idle_w;
  lines->tier = tiers[power->basis];
  lines->full_w = full->constant * h.machines + full->per_limit_w * limit_w + full->per_socket * h.sockets;
  lines->idle_w = cpu_idle_w + g->idle_factor * (idle->constant * h.machines + idle->per_socket * h.sockets);
  lines->ram_idle_w = g->idle_factor * idle->per_gib * lines->ram_gib;
  snprintf(lines->text, sizeof lines->text, "%.79s", power->text);
}

static void by_threads(const gm_source_setup *setup, const gm_cpu_generation *g, const line *idle,
                       gm_power_lines *lines) {
  static const gm_power_tier tiers[] = {
      [GM_BY_CPUID] = GM_TIER_GENERATION, [GM_BY_VENDOR] = GM_TIER_VENDOR, [GM_BY_NOTHING] = GM_TIER_THREADS};
  lines->tier = tiers[g->match];
  lines->full_w = g->full_w_per_thread * lines->cpus;
  lines->idle_w = isnan(setup->cpu_idle_w) ? g->idle_w_per_thread * lines->cpus : setup->cpu_idle_w;
  lines->ram_idle_w = idle->per_gib * lines->ram_gib;
  const char *article = strchr("aeiou", g->name[0]) != NULL ? "an " : "a "; /* "an emeraldrapids host" */
  snprintf(lines->text, sizeof lines->text, "%.4g threads of %s%s %s%s", lines->cpus,
           g->match == GM_BY_CPUID ? article : "", g->match == GM_BY_NOTHING ? "any" : g->name,
           lines->share ? "host" : "machine", g->match == GM_BY_CPUID ? " by CPUID" : "");
}

static const char *band_name(const gm_power_lines *lines, const gm_cpu_generation *g) {
  switch (lines->tier) {
  case GM_TIER_GENERATION:
    return lines->share ? "share by generation" : "generation";
  case GM_TIER_VENDOR:
    return lines->share ? "share by vendor" : "vendor";
  case GM_TIER_THREADS:
    return lines->share ? "share by threads" : "threads";
  default:
    return g->match == GM_BY_CPUID ? "limit and generation" : "limit";
  }
}

/* What of the machine is this program's. */
static void set_share(const gm_source_setup *setup, gm_power_lines *lines) {
  const gm_host *host = setup->host;
  const double allocated = setup->allocated_cpus;
  lines->own_time = allocated > 0 && allocated < host->logical_cpus;
  lines->share = host->virtualised || lines->own_time;
  lines->cpus = lines->own_time ? allocated : host->logical_cpus;
  if (isnan(host->ram_gib)) return;
  lines->ram_gib = host->ram_gib * lines->cpus / host->logical_cpus;
  if (setup->allocated_ram_gib > 0) lines->ram_gib = fmin(setup->allocated_ram_gib, host->ram_gib);
  if (setup->ram_limit_gib > 0) lines->ram_gib = fmin(lines->ram_gib, setup->ram_limit_gib);
}

gm_status gm_power_lines_find(const gm_source_setup *setup, gm_power_lines *lines, gm_error *err) {
  gm_cpu_generation generation;
  gm_cpu_power power;
  line full, idle;
  *lines = (gm_power_lines){0};
  set_share(setup, lines);
  gm_status status = gm_cpu_generation_find(setup->host, &generation, err);
  lines->server = status == GM_OK && generation.match == GM_BY_CPUID;
  lines->portable = !setup->host->virtualised && gm_battery_present(setup->sysfs_root);
  if (status == GM_OK) status = gm_cpu_power_find(setup, lines->server, &power, err);
  if (status == GM_OK) status = read_line("full", &full, err);
  if (status == GM_OK) status = read_line("idle", &idle, err);
  if (status != GM_OK) return status;
  if (power.basis != GM_POWER_UNKNOWN)
    by_limit(setup, &power, &generation, &full, &idle, lines);
  else
    by_threads(setup, &generation, &idle, lines);
  lines->ram_full_w = full.per_gib * lines->ram_gib;
  if (!isnan(setup->ram_power_w)) lines->ram_idle_w = lines->ram_full_w = setup->ram_power_w;
  lines->full_w += lines->ram_full_w;
  lines->idle_w = fmin(lines->idle_w + lines->ram_idle_w, most_idle * lines->full_w);
  lines->ram_idle_w = fmin(lines->ram_idle_w, lines->idle_w);
  status = read_band(band_name(lines, &generation), lines, err);
  lines->high_full *= power.above;
  return status;
}

double gm_power_lines_least_w(const gm_power_lines *l) {
  return fmin(l->low_idle * l->idle_w, l->low_full * l->full_w);
}

void gm_power_lines_describe(const gm_power_lines *l, char *text, size_t size) {
  snprintf(
      text, size,
      "wall power by model, tier %s (%s%s): idle %.3g W, full load %.3g W, 95 %% %.2f to %.2f of the idle "
      "part and %.2f to %.2f of the load part, which cover %.0f to %.0f %% of published servers by load "
      "whose CPU models were not used for them (%d models, SPECpower_ssj2008)%s%s; the split into CPU and "
      "RAM is a convention",
      gm_power_tier_name(l->tier), l->text, l->tier <= GM_TIER_SKU && l->share ? ", a share" : "", l->idle_w,
      l->full_w, l->low_idle, l->high_idle, l->low_full, l->high_full, l->coverage_low, l->coverage_high,
      l->models, l->share ? "; billed as a share of a host loaded alike, by convention" : "",
      l->portable ? "; of servers: no public data cover machines with a battery" : "");
}
