/* SPDX-License-Identifier: MIT
 * What a file says of the grid of a variable. */
#include "datasets/maps/netcdf_grid.h"

#include "datasets/maps/netcdf_axis.h"

#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

gm_status gm_netcdf_grid_fail(gm_netcdf_file file, const char *name, const char *what, gm_error *err) {
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: %s: its grid is %s; expected latitude × longitude: regrid it first, for example with cdo "
      "remapbil,r360x180 or ncremap",
      file.path, name, what);
}

/* ---- the grid mapping ------------------------------------------------------------- */

/* CF 5.6: "crs", or "crs: x y" in the longer form. */
static bool is_mapped(gm_netcdf_file file, int variable, char what[GM_GRID_TEXT]) {
  char *mapping = gm_netcdf_text(file, variable, "grid_mapping");
  if (mapping == NULL) return false;
  int id;
  mapping[strcspn(mapping, ": ")] = '\0';
  char *name =
      nc_inq_varid(file.id, mapping, &id) == NC_NOERR ? gm_netcdf_text(file, id, "grid_mapping_name") : NULL;
  const bool other = name != NULL && strcasecmp(name, "latitude_longitude") != 0;
  if (other) snprintf(what, GM_GRID_TEXT, "%.40s, says its grid_mapping %.40s", name, mapping);
  free(mapping);
  free(name);
  return other;
}

/* ---- coordinates of cells --------------------------------------------------------- */

static bool has_dimension(const int *dims, int rank, int dimension) {
  for (int d = 0; d < rank; d++)
    if (dims[d] == dimension) return true;
  return false;
}

/* Latitudes or longitudes of single cells: a variable on `wanted` of the field's dimensions, 2, or 1 that is
 * not its own axis. Those of vertices (further dimensions) do not count. */
static bool is_cell_coordinate(gm_netcdf_file file, int candidate, const int *dims, int rank, int wanted) {
  int of[NC_MAX_VAR_DIMS], n = 0;
  char name[NC_MAX_NAME + 1], dimension[NC_MAX_NAME + 1] = "";
  if (nc_inq_var(file.id, candidate, name, NULL, &n, of, NULL) != NC_NOERR || n != wanted) return false;
  for (int d = 0; d < n; d++) {
    size_t length = 0;
    if (!has_dimension(dims, rank, of[d])) return false;
    nc_inq_dimlen(file.id, of[d], &length);
    if (length == 1) return false;
  }
  nc_inq_dimname(file.id, of[0], dimension);
  if (n == 1 && strcmp(name, dimension) == 0) return false;
  return gm_netcdf_degrees_kind(file, candidate) != GM_AXIS_OTHER;
}

/* Those on two dimensions first; those on one matter only where the dimensions are no axes themselves. */
static bool has_cell_coordinates(gm_netcdf_file file, int variable, bool axes, char what[GM_GRID_TEXT]) {
  int dims[NC_MAX_VAR_DIMS], rank = 0, n_variables = 0;
  nc_inq_var(file.id, variable, NULL, NULL, &rank, dims, NULL);
  nc_inq_nvars(file.id, &n_variables);
  for (int n = 2; n >= (axes ? 2 : 1); n--)
    for (int v = 0; v < n_variables; v++) {
      char name[NC_MAX_NAME + 1];
      if (v == variable || !is_cell_coordinate(file, v, dims, rank, n)) continue;
      nc_inq_varname(file.id, v, name);
      snprintf(what, GM_GRID_TEXT, "%s: %.60s holds a %s for every cell",
               n == 2 ? "curvilinear" : "unstructured", name,
               gm_netcdf_degrees_kind(file, v) == GM_AXIS_LATITUDE ? "latitude" : "longitude");
      return true;
    }
  return false;
}

/* ---- axes ---------------------------------------------------------------------------- */

/* An axis of something else: rotated, projected, an index. */
static bool is_other_axis(gm_netcdf_file file, int dimension, gm_axis_kind wanted, char what[GM_GRID_TEXT]) {
  static const char *const kinds[][2] = {{"grid_", "a rotated pole"}, {"projection_", "a map projection"}};
  const char *degrees = wanted == GM_AXIS_LATITUDE ? "latitude" : "longitude";
  const char *expected = wanted == GM_AXIS_LATITUDE ? "degrees_north" : "degrees_east";
  char name[NC_MAX_NAME + 1] = "";
  const int axis = gm_netcdf_coordinate(file, dimension);
  if (axis < 0) return false; /* said by the reader of axes */
  nc_inq_dimname(file.id, dimension, name);
  char *standard = gm_netcdf_text(file, axis, "standard_name"), *units = gm_netcdf_text(file, axis, "units");
  const char *kind = NULL;
  for (size_t i = 0; standard != NULL && i < 2; i++)
    if (strncasecmp(standard, kinds[i][0], strlen(kinds[i][0])) == 0) kind = kinds[i][1];
  const bool other = kind != NULL || gm_netcdf_degrees_kind(file, axis) != wanted;
  if (kind != NULL)
    snprintf(what, GM_GRID_TEXT, "%s: %.40s has the standard_name %.40s", kind, name, standard);
  else if (other && units != NULL)
    snprintf(what, GM_GRID_TEXT, "another: its axis %.40s, in \"%.30s\", is no %s (%s)", name, units, degrees,
             expected);
  else if (other)
    snprintf(what, GM_GRID_TEXT, "another: its axis %.40s, without units, is no %s (%s)", name, degrees,
             expected);
  free(standard);
  free(units);
  return other;
}

bool gm_netcdf_grid_is_other(gm_netcdf_file file, int variable, int latitude, int longitude,
                             char what[GM_GRID_TEXT]) {
  if (is_mapped(file, variable, what)) return true;
  if (has_cell_coordinates(file, variable, latitude >= 0 && longitude >= 0, what)) return true;
  return (latitude >= 0 && is_other_axis(file, latitude, GM_AXIS_LATITUDE, what)) ||
         (longitude >= 0 && is_other_axis(file, longitude, GM_AXIS_LONGITUDE, what));
}
