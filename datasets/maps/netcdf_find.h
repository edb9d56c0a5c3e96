/* SPDX-License-Identifier: MIT
 * Which variable of a netCDF file is the sea surface temperature, and where its axes
 * are. The rules are those of gm_netcdf_field_open. */
#ifndef DATASETS_NETCDF_FIND_H
#define DATASETS_NETCDF_FIND_H

#include "datasets/maps/netcdf_attribute.h"

#include <netcdf.h>

typedef struct {
  int variable, rank;
  bool is_temperature; /* by standard_name or name */
  int position[3];     /* of time, latitude, longitude among its dimensions */
  char name[NC_MAX_NAME + 1];
} gm_netcdf_found;

gm_status gm_netcdf_find(gm_netcdf_file file, const char *variable, gm_netcdf_found *found, gm_error *err);

#endif
