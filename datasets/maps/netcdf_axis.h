/* SPDX-License-Identifier: MIT
 * The axes of a gridded variable: which dimension is time, latitude, longitude, and
 * their values, by the CF conventions (1.10, section 4): units and standard_name of the
 * coordinate variable, then its `axis` attribute, then its name. */
#ifndef DATASETS_NETCDF_AXIS_H
#define DATASETS_NETCDF_AXIS_H

#include "datasets/maps/netcdf_attribute.h"

#include <stdint.h>

typedef enum { GM_AXIS_OTHER, GM_AXIS_TIME, GM_AXIS_LATITUDE, GM_AXIS_LONGITUDE } gm_axis_kind;

/* What a dimension is. */
gm_axis_kind gm_netcdf_axis_kind(gm_netcdf_file file, int dimension);

/* The coordinate variable of a dimension; −1 where there is none. */
int gm_netcdf_coordinate(gm_netcdf_file file, int dimension);

/* Whether a coordinate variable holds true latitudes or longitudes: by its standard_name, else its units
 * (degrees_north), else its name where the units are plain degrees or absent; GM_AXIS_OTHER otherwise. An
 * axis attribute alone does not make it one. */
gm_axis_kind gm_netcdf_degrees_kind(gm_netcdf_file file, int variable);

/* Values of a latitude or longitude axis in degrees, (n) in fresh memory. They must be finite, in
 * range and strictly monotonic; `name` is the variable's that needs them, for messages. */
gm_status gm_netcdf_axis_degrees(gm_netcdf_file file, int dimension, gm_axis_kind kind, const char *name,
                                 double **values, size_t *n, gm_error *err);

/* Which steps of a time axis make which month. */
typedef struct {
  int64_t first_month; /* ordinal of series.h */
  size_t n_months;     /* consecutive */
  size_t *first_step; /* (n_months + 1): month m is made of the steps first_step[m] … first_step[m + 1] − 1;
                         owned */
  const char *stamps; /* how the months were told: "by time stamps at mid-month"; static text */
  bool at_midnight;   /* told by stamps that are all at midnight of the first */
  double most_days;   /* width of the widest bounds of a step; 0: there are none */
  size_t n_dropped;   /* steps of an incomplete month at the beginning and at the end, which are left out */
} gm_month_steps;

/* Steps must be consecutive months or, with `monthly_mean`, days or parts of them: then a month needs 25
 * different days, save the first and the last, which are left out where they have fewer. The middle of a
 * step's bounds decides its month where the axis has bounds; GM_BAD_INPUT where stamps lie outside them,
 * where they are in other units, and where the axis names bounds that are not in the file while every stamp
 * is at midnight of the first, which ends a month as well as it begins one. */
gm_status gm_netcdf_axis_months(gm_netcdf_file file, int dimension, const char *name, bool monthly_mean,
                                gm_month_steps *steps, size_t *n_steps, gm_error *err);

#endif
