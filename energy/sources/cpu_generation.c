/* SPDX-License-Identifier: MIT
 * Looking up the processor's generation in the embedded table (generations.csv), by CPUID's numbers. */
#include "energy/sources/cpu_generation.h"

#include "common/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char gm_table_generations[];

enum { GENERATION, VENDOR, CPUID, STEPPING_LOW, STEPPING_HIGH, ONLY, IDLE_W, FULL_W, IDLE_FACTOR, n_columns };
static const char *const columns[n_columns] = {
    "generation",        "vendor",     "cpuid", "stepping_low", "stepping_high", "only", "idle_w_per_thread",
    "full_w_per_thread", "idle_factor"};

typedef struct {
  gm_csv_table csv;
  size_t column[n_columns];
} generations;

static const char *field(const generations *g, size_t row, int column) {
  return gm_csv_field(&g->csv, row, g->column[column]);
}

/* "25/17 25/160": family and model of one of the entries. */
static bool lists(const char *cpuid, int family, int model) {
  int listed_family, listed_model, used;
  for (; sscanf(cpuid, " %d/%d%n", &listed_family, &listed_model, &used) == 2; cpuid += used)
    if (listed_family == family && listed_model == model) return true;
  return false;
}

static bool is_generation(const generations *g, size_t row, const gm_host *host) {
  const char *low = field(g, row, STEPPING_LOW), *high = field(g, row, STEPPING_HIGH);
  if (strcmp(field(g, row, VENDOR), host->cpu_vendor) != 0) return false;
  if (!lists(field(g, row, CPUID), host->cpu_family, host->cpu_model_number)) return false;
  if (low[0] != '\0' && (host->cpu_stepping < atoi(low) || host->cpu_stepping > atoi(high))) return false;
  return host->virtualised || strcmp(field(g, row, ONLY), "virtual") != 0;
}

/* What QEMU shows unless it is told otherwise is the name of no silicon (family 15, model 107). */
static bool is_masked(const gm_host *host) {
  return host->virtualised && host->cpu_family == 15 && host->cpu_model_number == 107;
}

static bool is_vendor(const generations *g, size_t row, const gm_host *host) {
  const char *vendor = field(g, row, VENDOR);
  if (field(g, row, CPUID)[0] != '\0' || vendor[0] == '\0' || is_masked(host)) return false;
  return strcmp(vendor, host->cpu_vendor) == 0 || strcmp(vendor, host->architecture) == 0;
}

static gm_status read_row(const generations *g, size_t row, gm_cpu_generation *found, gm_error *err) {
  snprintf(found->name, sizeof found->name, "%s", field(g, row, GENERATION));
  found->idle_factor = 1;
  gm_status status = gm_csv_number(&g->csv, row, g->column[IDLE_W], &found->idle_w_per_thread, err);
  if (status == GM_OK)
    status = gm_csv_number(&g->csv, row, g->column[FULL_W], &found->full_w_per_thread, err);
  if (status == GM_OK && field(g, row, IDLE_FACTOR)[0] != '\0')
    status = gm_csv_number(&g->csv, row, g->column[IDLE_FACTOR], &found->idle_factor, err);
  return status;
}

gm_status gm_cpu_generation_find(const gm_host *host, gm_cpu_generation *generation, gm_error *err) {
  generations g;
  gm_status status =
      gm_csv_parse(gm_table_generations, strlen(gm_table_generations), "generations.csv", &g.csv, err);
  if (status != GM_OK) return status;
  for (int i = 0; i < n_columns && status == GM_OK; i++)
    status = gm_csv_column(&g.csv, columns[i], &g.column[i], err);
  size_t row = 0;
  for (int match = GM_BY_CPUID; status == GM_OK && match <= GM_BY_NOTHING; match++) {
    for (row = 0; row < g.csv.n_rows; row++)
      if (match == GM_BY_CPUID    ? is_generation(&g, row, host)
          : match == GM_BY_VENDOR ? is_vendor(&g, row, host)
                                  : field(&g, row, VENDOR)[0] == '\0')
        break;
    if (row == g.csv.n_rows) continue;
    generation->match = (gm_generation_match)match;
    break;
  }
  if (status == GM_OK) status = read_row(&g, row, generation, err);
  gm_csv_free(&g.csv);
  return status;
}
