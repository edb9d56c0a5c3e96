/* SPDX-License-Identifier: MIT
 * Whether a variable lies on a grid of latitudes and longitudes, by CF 1.10 (sections 4.1, 4.2, 5.2,
 * 5.6): everything in this suite, from the boxes to the cosine weights, holds on such a grid alone. A
 * rotated pole, a map projection, a curvilinear or unstructured grid must be regridded first. */
#ifndef DATASETS_NETCDF_GRID_H
#define DATASETS_NETCDF_GRID_H

#include "datasets/maps/netcdf_attribute.h"

enum { GM_GRID_TEXT = 200 };

/* Writes what the grid of `variable` is when it is another than latitude × longitude ("a rotated pole:
 * rlat has the standard_name grid_latitude"), and returns true; false for a grid that is one as far as
 * the file says. `latitude`, `longitude`: its dimensions that were taken for them, −1 for none. */
bool gm_netcdf_grid_is_other(gm_netcdf_file file, int variable, int latitude, int longitude,
                             char what[GM_GRID_TEXT]);

/* GM_BAD_INPUT "PATH: NAME: its grid is WHAT; …" with the tools that regrid. */
gm_status gm_netcdf_grid_fail(gm_netcdf_file file, const char *name, const char *what, gm_error *err);

#endif
