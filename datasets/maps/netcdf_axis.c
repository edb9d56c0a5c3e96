/* SPDX-License-Identifier: MIT
 * Coordinate variables of a netCDF file: which they are, their values, and degrees. Months are in
 * netcdf_months.c. */
#include "datasets/maps/netcdf_axis.h"

#include <math.h>
#include <netcdf.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A bound that no map exceeds, so that a hostile header cannot ask for the machine's memory. */
enum { MOST_DEGREES = 100 * 1000 };

/* ---- recognition ---------------------------------------------------------- */

int gm_netcdf_coordinate(gm_netcdf_file file, int dimension) {
  char name[NC_MAX_NAME + 1];
  int variable, rank;
  if (nc_inq_dimname(file.id, dimension, name) != NC_NOERR ||
      nc_inq_varid(file.id, name, &variable) != NC_NOERR ||
      nc_inq_varndims(file.id, variable, &rank) != NC_NOERR || rank != 1)
    return -1;
  int of = -1;
  return nc_inq_vardimid(file.id, variable, &of) == NC_NOERR && of == dimension ? variable : -1;
}

static bool one_of(const char *text, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcasecmp(text, list[i]) == 0) return true;
  return false;
}

/* The spellings CF 1.10, sections 4.1 and 4.2, allows. */
static gm_axis_kind kind_of_units(const char *units) {
  static const char *const north[] = {"degrees_north", "degree_north", "degree_N",
                                      "degrees_N",     "degreeN",      "degreesN"};
  static const char *const east[] = {"degrees_east", "degree_east", "degree_E",
                                     "degrees_E",    "degreeE",     "degreesE"};
  if (one_of(units, north, sizeof north / sizeof *north)) return GM_AXIS_LATITUDE;
  if (one_of(units, east, sizeof east / sizeof *east)) return GM_AXIS_LONGITUDE;
  return strcasestr(units, " since ") != NULL ? GM_AXIS_TIME : GM_AXIS_OTHER;
}

/* What a name, standard_name or axis attribute says. */
static gm_axis_kind kind_of_word(const char *word) {
  static const char *const latitude[] = {"lat", "latitude", "Y"};
  static const char *const longitude[] = {"lon", "longitude", "X"};
  static const char *const time[] = {"time", "T"};
  if (one_of(word, latitude, sizeof latitude / sizeof *latitude)) return GM_AXIS_LATITUDE;
  if (one_of(word, longitude, sizeof longitude / sizeof *longitude)) return GM_AXIS_LONGITUDE;
  return one_of(word, time, sizeof time / sizeof *time) ? GM_AXIS_TIME : GM_AXIS_OTHER;
}

static bool is_plain_degrees(const char *units) {
  static const char *const degrees[] = {"degrees", "degree", "deg", "°", ""};
  return one_of(units, degrees, sizeof degrees / sizeof *degrees);
}

gm_axis_kind gm_netcdf_degrees_kind(gm_netcdf_file file, int variable) {
  char name[NC_MAX_NAME + 1] = "";
  gm_axis_kind kind = GM_AXIS_OTHER;
  char *standard = gm_netcdf_text(file, variable, "standard_name");
  char *units = gm_netcdf_text(file, variable, "units");
  nc_inq_varname(file.id, variable, name);
  if (standard != NULL && standard[0] != '\0')
    kind = strlen(standard) > 1 ? kind_of_word(standard) : GM_AXIS_OTHER;
  else if (units != NULL && !is_plain_degrees(units))
    kind = kind_of_units(units);
  else if (strlen(name) > 1) /* neither X nor Y */
    kind = kind_of_word(name);
  if (units != NULL && !is_plain_degrees(units) && kind_of_units(units) != kind) kind = GM_AXIS_OTHER;
  free(standard);
  free(units);
  return kind == GM_AXIS_LATITUDE || kind == GM_AXIS_LONGITUDE ? kind : GM_AXIS_OTHER;
}

gm_axis_kind gm_netcdf_axis_kind(gm_netcdf_file file, int dimension) {
  static const char *const attributes[] = {"standard_name", "axis"};
  const int variable = gm_netcdf_coordinate(file, dimension);
  gm_axis_kind kind = GM_AXIS_OTHER;
  char *units = variable >= 0 ? gm_netcdf_text(file, variable, "units") : NULL;
  if (units != NULL) kind = kind_of_units(units);
  free(units);
  for (size_t i = 0; variable >= 0 && kind == GM_AXIS_OTHER && i < 2; i++) {
    char *word = gm_netcdf_text(file, variable, attributes[i]);
    if (word != NULL) kind = kind_of_word(word);
    free(word);
  }
  char name[NC_MAX_NAME + 1];
  if (kind == GM_AXIS_OTHER && nc_inq_dimname(file.id, dimension, name) == NC_NOERR)
    kind = kind_of_word(name);
  return kind;
}

/* ---- values --------------------------------------------------------------- */

gm_status gm_netcdf_unpacked(gm_netcdf_variable v, double *values, size_t n, gm_error *err) {
  double scale = 1, offset = 0;
  size_t given;
  gm_status status = gm_netcdf_numbers(v, "scale_factor", 1, 1, &scale, &given, NULL, err);
  if (status == GM_OK) status = gm_netcdf_numbers(v, "add_offset", 1, 1, &offset, &given, NULL, err);
  if (status != GM_OK) return status;
  const int code = nc_get_var_double(v.file.id, v.id, values);
  if (code != NC_NOERR) return gm_netcdf_fail(v.file, v.name, code, err);
  for (size_t i = 0; i < n; i++) values[i] = values[i] * scale + offset;
  return GM_OK;
}

gm_status gm_netcdf_axis_values(gm_netcdf_file file, int dimension, const char *name, size_t most,
                                int *variable, double **values, size_t *n, gm_error *err) {
  char axis[NC_MAX_NAME + 1] = "";
  nc_type type = NC_NAT;
  nc_inq_dim(file.id, dimension, axis, n);
  *variable = gm_netcdf_coordinate(file, dimension);
  if (*variable < 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its dimension %s has no coordinate variable", file.path, name,
                   axis);
  if (*n < 1 || *n > most)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its axis %s has %zu values, expected 1 to %zu", file.path,
                   name, axis, *n, most);
  nc_inq_vartype(file.id, *variable, &type);
  if (type < NC_BYTE || type == NC_CHAR || type > NC_UINT64)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its axis %s does not hold numbers", file.path, name, axis);
  *values = calloc(*n, sizeof **values);
  if (*values == NULL) return gm_fail_memory(err, axis);
  return gm_netcdf_unpacked((gm_netcdf_variable){file, *variable, axis}, *values, *n, err);
}

/* 0, 1, 2, … or 1, 2, 3, …: the number of a row, not its latitude. */
static bool counts_up(const double *values, size_t n) {
  bool index = n > 2 && (values[0] == 0 || values[0] == 1);
  for (size_t i = 1; i < n; i++) index = index && values[i] == values[i - 1] + 1;
  return index;
}

static gm_status check_degrees(gm_netcdf_file file, int variable, gm_axis_kind kind, const char *name,
                               const double *values, size_t n, gm_error *err) {
  const bool north = kind == GM_AXIS_LATITUDE;
  const char *axis = north ? "latitude" : "longitude";
  const double limit = north ? 90.001 : 720; /* room for rounding; some files run on past 360 */
  char *units = gm_netcdf_text(file, variable, "units");
  gm_status status = GM_OK;
  if (units == NULL && counts_up(values, n))
    status = gm_fail(
        err, GM_BAD_INPUT,
        "%s: %s: its %s has no units and counts %g, %g, …, %g, as an index does; expected degrees (units "
        "%s)",
        file.path, name, axis, values[0], values[1], values[n - 1], north ? "degrees_north" : "degrees_east");
  free(units);
  for (size_t i = 0; status == GM_OK && i < n; i++) {
    if (!(fabs(values[i]) <= limit))
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: %s %zu is %g, expected degrees within ±%.0f", file.path,
                       name, axis, i + 1, values[i], limit);
    else if (i > 0 && (values[i] - values[i - 1]) * (values[1] - values[0]) <= 0)
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: its %s is neither ascending nor descending at value %zu",
                       file.path, name, axis, i + 1);
  }
  return status;
}

gm_status gm_netcdf_axis_degrees(gm_netcdf_file file, int dimension, gm_axis_kind kind, const char *name,
                                 double **values, size_t *n, gm_error *err) {
  int variable;
  *values = NULL;
  gm_status status = gm_netcdf_axis_values(file, dimension, name, MOST_DEGREES, &variable, values, n, err);
  if (status == GM_OK) status = check_degrees(file, variable, kind, name, *values, *n, err);
  if (status != GM_OK) {
    free(*values);
    *values = NULL;
  }
  return status;
}
