/* SPDX-License-Identifier: MIT
 * The length a netCDF classic file must have. libnetcdf reads what is missing at the
 * end of such a file as zeros, so a download cut short would pass for data; this
 * reads the header alone (NetCDF Users Guide, appendix B: CDF-1, CDF-2 and CDF-5) and
 * compares. It reads no values. */
#ifndef DATASETS_NETCDF_CLASSIC_H
#define DATASETS_NETCDF_CLASSIC_H

#include "common/status.h"

/* GM_OK for a complete classic file and for one of another format (netCDF-4 checks itself).
 * GM_BAD_INPUT, one sentence with the file, for one that is shorter than its header says or
 * whose header is damaged; GM_IO_ERROR where it cannot be read. */
gm_status gm_netcdf_classic_check(const char *path, gm_error *err);

#endif
