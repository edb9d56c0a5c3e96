/* SPDX-License-Identifier: MIT
 * Looking up the CPUs' power. */
#include "energy/sources/cpu_power.h"

#include "common/atomic_file.h"
#include "common/csv.h"
#include "energy/sources/powercap_zones.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern const char gm_table_cpu_power[];
extern const size_t gm_table_cpu_power_size;

/* CodeCarbon's last resort, per logical CPU and once, not times the sockets. */
static const double watts_per_thread = 4.0;

/* Firmware that sets no limit publishes absurd ones; no package is designed for more (7.1). */
static const double largest_design_w = 600.0;

const char *gm_power_basis_name(gm_power_basis basis) {
  static const char *const names[] = {"user", "powercap", "sku", "family", "per-thread"};
  return names[basis];
}

/* ---- names ------------------------------------------------------------ */

/* Words that carry no model: marks, "CPU", "Processor", "16-Core", "11th Gen". */
static bool is_filler(const char *word) {
  static const char *const fillers[] = {"cpu",     "processor", "gen",      "*-core",
                                        "*-cores", "[0-9]*th",  "[0-9]*nd", "[0-9]*rd"};
  for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
    if (fnmatch(fillers[i], word, 0) == 0) return true;
  return false;
}

void gm_cpu_name_normalise(const char *name, char *normal, size_t size) {
  char text[GM_HOST_TEXT], *rest = NULL;
  size_t n = 0;
  for (const char *p = name; *p != '\0' && n + 1 < sizeof text; p++) {
    if (strncasecmp(p, "(R)", 3) == 0)
      p += 2, text[n++] = ' ';
    else if (strncasecmp(p, "(TM)", 4) == 0)
      p += 3, text[n++] = ' ';
    else if (*p == '@')
      break;
    else
      text[n++] = (char)tolower((unsigned char)*p);
  }
  text[n] = '\0';
  size_t used = 0;
  normal[0] = '\0';
  for (char *word = strtok_r(text, " \t", &rest); word != NULL; word = strtok_r(NULL, " \t", &rest)) {
    if (strcmp(word, "with") == 0 || strcmp(word, "w/") == 0) break; /* … Radeon Graphics */
    if (is_filler(word)) continue;
    const int added = snprintf(normal + used, size - used, "%s%s", used > 0 ? " " : "", word);
    if (added < 0 || (size_t)added >= size - used) break;
    used += (size_t)added;
  }
}

/* ---- powercap limits -------------------------------------------------- */

/* Watts from a file in µW, NAN where it is missing or absurd. */
static double limit_w(const char *directory, const char *name) {
  char text[64] = "", *end;
  char *path = gm_path_join(directory, name);
  FILE *file = path != NULL ? fopen(path, "re") : NULL;
  free(path);
  if (file == NULL) return NAN;
  const bool got = fgets(text, sizeof text, file) != NULL;
  fclose(file);
  const double watts = strtod(text, &end) * 1e-6;
  return got && end != text && watts >= 1 && watts <= largest_design_w ? watts : NAN;
}

/* Sums the limits of the packages. On Intel constraint 0 is the long-term limit (PL1), its max_power
 * the design power (TDP); constraint 1 is the short-term limit (PL2). */
static gm_status from_powercap(const gm_source_setup *setup, gm_cpu_power *power, bool *found,
                               gm_error *err) {
  const double stated = 2 * setup->priors.value[GM_PRIOR_STATED], sku = setup->priors.value[GM_PRIOR_SKU];
  gm_powercap_list list;
  double watts = 0, low = 0, high = 0;
  int packages = 0;
  const gm_status status = gm_powercap_list_read(setup->sysfs_root, &list, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < list.n; i++) {
    const gm_powercap_zone *zone = &list.zones[i];
    if (zone->kind != GM_ZONE_PACKAGE || strcmp(zone->type, list.zones[0].type) != 0) continue;
    const double design = limit_w(zone->path, "constraint_0_max_power_uw");
    const double pl1 = limit_w(zone->path, "constraint_0_power_limit_uw");
    const double pl2 = limit_w(zone->path, "constraint_1_power_limit_uw");
    const double full = isnan(design) ? pl1 : design;
    watts += full; /* NAN, where a package says nothing, makes the whole of it unusable */
    low += fmin(isnan(pl1) ? full : pl1, full * (1 - stated));
    high += fmax(isnan(pl2) ? full * sku : pl2, full * (1 + stated));
    packages++;
  }
  gm_powercap_list_free(&list);
  *found = packages > 0 && !isnan(watts);
  if (!*found) return GM_OK;
  *power =
      (gm_cpu_power){.watts = watts, .low = low / watts, .high = high / watts, .basis = GM_POWER_POWERCAP};
  snprintf(power->text, sizeof power->text, "%.4g W design power of %d package%s", watts, packages,
           packages == 1 ? "" : "s");
  return GM_OK;
}

/* ---- the table -------------------------------------------------------- */

/* The row for `normal`; where a family pattern matches as well, the exact row wins. */
static gm_status from_table(const gm_source_setup *setup, gm_cpu_power *power, bool *found, gm_error *err) {
  const gm_host *host = setup->host;
  gm_csv_table table;
  char normal[GM_HOST_TEXT];
  size_t kind, name, watts, threads;
  *found = false;
  gm_cpu_name_normalise(host->cpu_model, normal, sizeof normal);
  gm_status status = gm_csv_parse(gm_table_cpu_power, gm_table_cpu_power_size, "cpu_power.csv", &table, err);
  if (status != GM_OK) return status;
  if ((status = gm_csv_column(&table, "kind", &kind, err)) != GM_OK ||
      (status = gm_csv_column(&table, "name", &name, err)) != GM_OK ||
      (status = gm_csv_column(&table, "watts", &watts, err)) != GM_OK ||
      (status = gm_csv_column(&table, "threads", &threads, err)) != GM_OK)
    goto done;
  for (size_t row = 0; row < table.n_rows; row++) {
    const bool sku = strcmp(gm_csv_field(&table, row, kind), "sku") == 0;
    const char *pattern = gm_csv_field(&table, row, name);
    double package_w, package_threads = NAN;
    if (sku ? strcmp(pattern, normal) != 0 : *found || fnmatch(pattern, normal, 0) != 0) continue;
    if (!sku && host->virtualised) continue; /* how much of the package a guest has is not known */
    if ((status = gm_csv_number(&table, row, watts, &package_w, err)) != GM_OK) goto done;
    if (sku && (status = gm_csv_number(&table, row, threads, &package_threads, err)) != GM_OK) goto done;
    const double band = setup->priors.value[sku ? GM_PRIOR_SKU : GM_PRIOR_FAMILY];
    /* A virtual machine is billed its share of the package by threads, at most all of it. */
    const double packages =
        host->virtualised ? fmin(host->sockets, host->logical_cpus / package_threads) : host->sockets;
    *power = (gm_cpu_power){.watts = package_w * packages,
                            .low = 1 / band,
                            .high = band,
                            .basis = sku ? GM_POWER_SKU : GM_POWER_FAMILY};
    snprintf(power->text, sizeof power->text, "%.3g x %.4g W, %.44s", packages, package_w, pattern);
    *found = true;
    if (sku) break;
  }
done:
  gm_csv_free(&table);
  return status;
}

gm_status gm_cpu_power_find(const gm_source_setup *setup, gm_cpu_power *power, gm_error *err) {
  if (!isnan(setup->cpu_power_w)) {
    const double band = 2 * setup->priors.value[GM_PRIOR_STATED];
    *power = (gm_cpu_power){
        .watts = setup->cpu_power_w, .low = 1 - band, .high = 1 + band, .basis = GM_POWER_USER};
    snprintf(power->text, sizeof power->text, "%.4g W as stated", power->watts);
    return GM_OK;
  }
  bool found;
  gm_status status = from_powercap(setup, power, &found, err);
  if (status == GM_OK && !found) status = from_table(setup, power, &found, err);
  if (status != GM_OK) return status;
  if (!found) {
    const int threads = setup->host->logical_cpus;
    const double band = setup->priors.value[GM_PRIOR_PER_THREAD];
    *power = (gm_cpu_power){
        .watts = watts_per_thread * threads, .low = 1 / band, .high = band, .basis = GM_POWER_PER_THREAD};
    snprintf(power->text, sizeof power->text, "%d x %.4g W per thread", threads, watts_per_thread);
  }
  return GM_OK;
}
