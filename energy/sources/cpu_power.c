/* SPDX-License-Identifier: MIT
 * Looking up the power limit of the CPUs: the user's, the kernel's, the table's, in this order. */
#include "energy/sources/cpu_power.h"

#include "common/csv.h"
#include "energy/sources/powercap_zones.h"
#include "energy/sources/small_file.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern const char gm_table_cpu_power[];

/* Firmware that sets no limit publishes absurd ones; no package is designed for more. */
static const double largest_limit_w = 600.0;

/* How far a desktop or mobile part goes above its design power where no limit is known to hold it: an
 * i9-13900K is designed for 125 W and may draw 253 W for as long as it is cooled. */
static const double boost = 2.0;

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
  char text[64];
  uint64_t uw;
  if (!gm_small_text(directory, name, text, sizeof text) || !gm_small_parse(text, &uw)) return NAN;
  const double watts = (double)uw * 1e-6;
  return watts >= 1 && watts <= largest_limit_w ? watts : NAN;
}

/* Sums the limits of the packages. On Intel constraint 0 is the long-term limit (PL1), its max_power the
 * design power (TDP); constraint 1 is the short-term limit (PL2), which boards of desktops let stand for
 * hours. */
static gm_status from_powercap(const gm_source_setup *setup, bool server, gm_cpu_power *power,
                               gm_error *err) {
  gm_powercap_list list;
  double watts = 0;
  int packages = 0;
  bool unlimited = false;
  const gm_status status = gm_powercap_list_read(setup->sysfs_root, &list, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < list.n; i++) {
    const gm_powercap_zone *zone = &list.zones[i];
    if (zone->kind != GM_ZONE_PACKAGE || strcmp(zone->type, list.zones[0].type) != 0) continue;
    const double design = limit_w(zone->path, "constraint_0_max_power_uw");
    const double pl1 = limit_w(zone->path, "constraint_0_power_limit_uw");
    const double pl2 = server ? NAN : limit_w(zone->path, "constraint_1_power_limit_uw");
    const double limit = fmax(pl1, pl2); /* of a missing one the other */
    unlimited = unlimited || (!server && (isnan(pl1) || isnan(pl2)));
    watts += isnan(limit) ? design : limit; /* NAN, where a package says nothing, makes all of it unusable */
    packages++;
  }
  gm_powercap_list_free(&list);
  if (packages == 0 || isnan(watts)) return GM_OK;
  *power = (gm_cpu_power){.watts = watts, .above = unlimited ? boost : 1, .basis = GM_POWER_POWERCAP};
  snprintf(power->text, sizeof power->text, "%.4g W limit of %d package%s", watts, packages,
           packages == 1 ? "" : "s");
  return GM_OK;
}

/* ---- the table -------------------------------------------------------- */

/* The row of exactly this name, times the sockets. */
static gm_status from_table(const gm_host *host, bool server, gm_cpu_power *power, gm_error *err) {
  gm_csv_table table;
  char normal[GM_HOST_TEXT];
  size_t name, watts;
  double package_w;
  gm_cpu_name_normalise(host->cpu_model, normal, sizeof normal);
  gm_status status =
      gm_csv_parse(gm_table_cpu_power, strlen(gm_table_cpu_power), "cpu_power.csv", &table, err);
  if (status != GM_OK) return status;
  status = gm_csv_column(&table, "name", &name, err);
  if (status == GM_OK) status = gm_csv_column(&table, "watts", &watts, err);
  for (size_t row = 0; status == GM_OK && row < table.n_rows; row++) {
    if (strcmp(gm_csv_field(&table, row, name), normal) != 0) continue;
    status = gm_csv_number(&table, row, watts, &package_w, err);
    if (status != GM_OK) break;
    *power = (gm_cpu_power){
        .watts = package_w * host->sockets, .above = server ? 1 : boost, .basis = GM_POWER_SKU};
    snprintf(power->text, sizeof power->text, "%d x %.4g W, %.44s", host->sockets, package_w, normal);
    break;
  }
  gm_csv_free(&table);
  return status;
}

gm_status gm_cpu_power_find(const gm_source_setup *setup, bool server, gm_cpu_power *power, gm_error *err) {
  const gm_host *host = setup->host;
  *power = (gm_cpu_power){.watts = NAN, .above = 1, .basis = GM_POWER_UNKNOWN};
  if (!isnan(setup->cpu_power_w)) {
    *power = (gm_cpu_power){.watts = setup->cpu_power_w, .above = 1, .basis = GM_POWER_USER};
    snprintf(power->text, sizeof power->text, "%.4g W as stated", power->watts);
    return GM_OK;
  }
  if (host->virtualised) return GM_OK; /* how much of a package the guest has is not known */
  gm_status status = from_powercap(setup, server, power, err);
  if (status == GM_OK && power->basis == GM_POWER_UNKNOWN) status = from_table(host, server, power, err);
  return status;
}
