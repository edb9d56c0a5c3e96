/* SPDX-License-Identifier: MIT
 * One gridded monthly variable (time, latitude, longitude) of a netCDF file: found,
 * checked, and read a few months at a time. It knows nothing of boxes or anomalies.
 * In groups of netCDF-4 only the root group is looked at. */
#ifndef DATASETS_NETCDF_FIELD_H
#define DATASETS_NETCDF_FIELD_H

#include "common/status.h"
#include "datasets/maps/netcdf_meaning.h"
#include "datasets/maps/netcdf_months.h"
#include "datasets/maps/packing.h"
#include "datasets/temperature.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GM_LEVEL_TEXT = 160 };
enum { GM_FIELD_AXES = 3 }; /* time, latitude, longitude, in this order */

typedef struct {
  char *path, *name; /* owned */
  int file, variable;
  gm_temperature_units units;
  char *unit;       /* for axes and tables: "°C", "K", "°F" or as the file has it; NULL: none; owned */
  bool temperature; /* by its units, standard_name or name */
  bool water;       /* the sea's, by its standard_name or name */
  bool anomaly;     /* name, standard_name or long_name says so */
  char note[GM_MEANING_NOTE];   /* what else it is than a monthly mean, or "" */
  char level[GM_LEVEL_TEXT];    /* its place on further axes of length 1, if not 0: "depth = 500 m"; or "" */
  int rank;                     /* dimensions in the file; those beyond the three have length 1 */
  int position[GM_FIELD_AXES];  /* of each axis among them */
  size_t extent[GM_FIELD_AXES]; /* time steps, n_lat, n_lon */
  gm_month_steps months;        /* which steps make which month */
  double *latitude, *longitude; /* as stored, owned */
  gm_packing packing;
  bool open;
} gm_netcdf_field;

/* Opens `path` (a local file) and finds the variable: `variable` where given, else the one whose
 * standard_name is a sea surface temperature, else the one named like one (sst, ssta, tos, …), else the
 * only gridded one. With `monthly_mean` its steps may be days (netcdf_months.h). What is no
 * monthly mean is refused or noted (netcdf_meaning.h). GM_BAD_INPUT names file and
 * variable. */
gm_status gm_netcdf_field_open(gm_netcdf_field *field, const char *path, const char *variable,
                               bool monthly_mean, gm_error *err);

/* A part of the field: `first` and `count` per axis. */
typedef struct {
  size_t first[GM_FIELD_AXES], count[GM_FIELD_AXES];
} gm_netcdf_part;

/* Reads and unpacks a part into values (n_times, n_lat, n_lon); `scratch` has the same size. Missing
 * values become NaN. */
gm_status gm_netcdf_field_read(const gm_netcdf_field *field, const gm_netcdf_part *part, double *scratch,
                               double *values, gm_error *err);

/* How many steps of `cells` cells to read at once: few, but whole chunks of a chunked file, for which
 * it also sets libnetcdf's cache. */
size_t gm_netcdf_field_block(const gm_netcdf_field *field, size_t cells);

/* Accepts a zeroed or half-open field. */
void gm_netcdf_field_close(gm_netcdf_field *field);

#endif
