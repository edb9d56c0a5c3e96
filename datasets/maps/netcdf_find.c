/* SPDX-License-Identifier: MIT
 * Candidates, the choice among them, and why one is none. */
#include "datasets/maps/netcdf_find.h"

#include "datasets/maps/netcdf_axis.h"
#include "datasets/maps/netcdf_grid.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* How much speaks for a variable; the strongest class must have one member. */
typedef enum { GRIDDED, NAMED, STANDARD, N_CLASSES } strength;

/* The dimension at a position, −1 for none. */
static int dimension_at(gm_netcdf_file file, const gm_netcdf_found *found, int position) {
  int dims[NC_MAX_VAR_DIMS];
  if (position < 0 || nc_inq_vardimid(file.id, found->variable, dims) != NC_NOERR) return -1;
  return dims[position];
}

/* Whether it would be a map, were its grid one of latitudes and longitudes. */
static bool is_on_other_grid(gm_netcdf_file file, const gm_netcdf_found *found, char what[GM_GRID_TEXT]) {
  return found->position[0] >= 0 && found->rank >= 2 &&
         gm_netcdf_grid_is_other(file, found->variable, dimension_at(file, found, found->position[1]),
                                 dimension_at(file, found, found->position[2]), what);
}

/* The axes of a variable: NULL when it is gridded and monthly, else what it lacks. */
static const char *find_axes(gm_netcdf_file file, int variable, gm_netcdf_found *found) {
  int dims[NC_MAX_VAR_DIMS];
  nc_type type = NC_NAT;
  bool other = false;
  *found = (gm_netcdf_found){.variable = variable, .position = {-1, -1, -1}};
  if (nc_inq_var(file.id, variable, found->name, &type, &found->rank, dims, NULL) != NC_NOERR)
    return "it cannot be inquired";
  for (int d = 0; d < found->rank; d++) {
    size_t length = 0;
    nc_inq_dimlen(file.id, dims[d], &length);
    const gm_axis_kind kind = gm_netcdf_axis_kind(file, dims[d]);
    if (kind != GM_AXIS_OTHER && found->position[kind - 1] < 0)
      found->position[kind - 1] = d;
    else if (length != 1)
      other = true;
  }
  if (type < NC_BYTE || type == NC_CHAR || type > NC_UINT64) return "it does not hold numbers";
  if (found->position[1] < 0) return "it has no latitude axis";
  if (found->position[2] < 0) return "it has no longitude axis";
  if (found->position[0] < 0) return "it has no time axis (units such as \"days since 1800-1-1\")";
  return other ? "it has a further dimension longer than 1 beside time, latitude and longitude" : NULL;
}

static strength strength_of(gm_netcdf_file file, const gm_netcdf_found *found) {
  static const char *const standard[] = {"sea_surface_temperature", "sea_surface_temperature_anomaly",
                                         "surface_temperature_anomaly", "sea_surface_foundation_temperature",
                                         "sea_surface_skin_temperature"};
  static const char *const names[] = {"sst", "ssta", "tos", "sst_anomaly", "sstanom", "anom"};
  for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
    if (gm_netcdf_text_is(file, found->variable, "standard_name", standard[i])) return STANDARD;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcasecmp(found->name, names[i]) == 0) return NAMED;
  return GRIDDED;
}

/* Appends "name, " to a list that is cut where it gets too long. */
static void append(char *list, size_t size, const char *name) {
  const size_t used = strlen(list);
  snprintf(list + used, size - used, "%s%.60s", used > 0 ? ", " : "", name);
}

static gm_status find_named(gm_netcdf_file file, const char *variable, gm_netcdf_found *found,
                            gm_error *err) {
  int id;
  if (nc_inq_varid(file.id, variable, &id) != NC_NOERR)
    return gm_fail(err, GM_BAD_INPUT, "%s: no variable is called \"%.80s\"", file.path, variable);
  const char *lack = find_axes(file, id, found);
  char what[GM_GRID_TEXT];
  if (is_on_other_grid(file, found, what)) return gm_netcdf_grid_fail(file, found->name, what, err);
  return lack == NULL ? GM_OK : gm_fail(err, GM_BAD_INPUT, "%s: %s: %s", file.path, variable, lack);
}

static gm_status find_best(gm_netcdf_file file, gm_netcdf_found *found, gm_error *err) {
  gm_netcdf_found best[N_CLASSES];
  size_t n[N_CLASSES] = {0};
  char names[N_CLASSES][256] = {"", "", ""}, lacking[256] = "", what[GM_GRID_TEXT], grid[GM_GRID_TEXT] = "";
  gm_netcdf_found gridded = {0};
  int n_variables = 0;
  nc_inq_nvars(file.id, &n_variables);
  for (int v = 0; v < n_variables; v++) {
    gm_netcdf_found candidate;
    const char *lack = find_axes(file, v, &candidate);
    if (lack != NULL && grid[0] == '\0' && is_on_other_grid(file, &candidate, what)) {
      memcpy(grid, what, sizeof grid);
      gridded = candidate;
    }
    if (lack != NULL) { /* remembered when it would have been a map */
      if (lacking[0] == '\0' && candidate.rank >= 2 && candidate.position[1] >= 0 &&
          candidate.position[2] >= 0)
        snprintf(lacking, sizeof lacking, "%.80s: %s", candidate.name, lack);
      continue;
    }
    const strength s = strength_of(file, &candidate);
    if (n[s]++ == 0) best[s] = candidate;
    append(names[s], sizeof names[s], candidate.name);
  }
  for (int s = STANDARD; s >= GRIDDED; s--) {
    if (n[s] == 0) continue;
    *found = best[s];
    if (n[s] == 1 && is_on_other_grid(file, found, what))
      return gm_netcdf_grid_fail(file, found->name, what, err);
    if (n[s] == 1) return GM_OK;
    return gm_fail(err, GM_BAD_INPUT, "%s: %zu candidate variables (%s); choose one with --variable",
                   file.path, n[s], names[s]);
  }
  if (grid[0] != '\0') return gm_netcdf_grid_fail(file, gridded.name, grid, err);
  if (lacking[0] != '\0') return gm_fail(err, GM_BAD_INPUT, "%s: %s", file.path, lacking);
  return gm_fail(err, GM_BAD_INPUT, "%s: no variable has the axes time, latitude and longitude", file.path);
}

gm_status gm_netcdf_find(gm_netcdf_file file, const char *variable, gm_netcdf_found *found, gm_error *err) {
  const gm_status status =
      variable != NULL ? find_named(file, variable, found, err) : find_best(file, found, err);
  if (status == GM_OK)
    found->is_temperature = strength_of(file, found) != GRIDDED && strcasecmp(found->name, "anom") != 0;
  return status;
}
