/* SPDX-License-Identifier: MIT
 * The axes of a gridded variable: which dimension is time, latitude, longitude, and
 * their values, by the CF conventions (1.10, section 4): units and standard_name of the
 * coordinate variable, then its `axis` attribute, then its name. */
#ifndef DATASETS_NETCDF_AXIS_H
#define DATASETS_NETCDF_AXIS_H

#include "datasets/maps/netcdf_attribute.h"

typedef enum { GM_AXIS_OTHER, GM_AXIS_TIME, GM_AXIS_LATITUDE, GM_AXIS_LONGITUDE } gm_axis_kind;

/* What a dimension is. */
gm_axis_kind gm_netcdf_axis_kind(gm_netcdf_file file, int dimension);

/* The coordinate variable of a dimension; −1 where there is none. */
int gm_netcdf_coordinate(gm_netcdf_file file, int dimension);

/* Whether a coordinate variable holds true latitudes or longitudes: by its standard_name, else its units
 * (degrees_north), else its name where the units are plain degrees or absent; GM_AXIS_OTHER otherwise. An
 * axis attribute alone does not make it one. */
gm_axis_kind gm_netcdf_degrees_kind(gm_netcdf_file file, int variable);

/* The n values of a coordinate or its bounds, unpacked: they may be stored as integers too (CF conventions,
 * section 8.1). */
gm_status gm_netcdf_unpacked(gm_netcdf_variable variable, double *values, size_t n, gm_error *err);

/* All values of a dimension's coordinate variable, at least one and at most `most`, in fresh memory; `name`
 * is the variable's that needs them, for messages. */
gm_status gm_netcdf_axis_values(gm_netcdf_file file, int dimension, const char *name, size_t most,
                                int *variable, double **values, size_t *n, gm_error *err);

/* Values of a latitude or longitude axis in degrees, (n) in fresh memory. They must be finite, in
 * range and strictly monotonic; `name` is the variable's that needs them, for messages. */
gm_status gm_netcdf_axis_degrees(gm_netcdf_file file, int dimension, gm_axis_kind kind, const char *name,
                                 double **values, size_t *n, gm_error *err);

#endif
