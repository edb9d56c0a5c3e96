/* SPDX-License-Identifier: MIT
 * What a file is by its first bytes, whatever it is called, and the way out where it is not what was
 * expected. */
#ifndef DATASETS_FILE_KIND_H
#define DATASETS_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum { GM_FILE_KIND_BYTES = 16 }; /* as many as tell the kinds apart */

/* Classic netCDF (CDF-1, -2, -5) or HDF5, which netCDF-4 is. */
bool gm_file_is_netcdf(const char *bytes, size_t n);

/* "a netCDF file: --sst reads it", for a file that should be text or, with `map`, netCDF; NULL for one that
 * may be what it should. */
const char *gm_file_kind_complaint(const char *bytes, size_t n, bool map);

#endif
