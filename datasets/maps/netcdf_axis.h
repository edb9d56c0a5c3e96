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

/* The month of the first time step, as an ordinal of series.h, and the number of steps. Steps must be
 * consecutive months. The middle of a step's bounds decides its month where the axis has bounds. */
gm_status gm_netcdf_axis_months(gm_netcdf_file file, int dimension, const char *name, int64_t *first_month,
                                size_t *n_times, gm_error *err);

#endif
