/* SPDX-License-Identifier: MIT
 * Gridded monthly sea surface temperature from a netCDF file that follows the CF
 * conventions (ERSST, COBE, HadISST as NOAA PSL and the Met Office publish them):
 * a box of it as predictors, the mean of an index box as target, both as anomalies.
 *
 *   index(t) = Σ_i cos φ_i x_i(t) / Σ_i cos φ_i over the cells of the index box that have a value at t
 *
 * or the difference of two such boxes; as xarray's .weighted(cos φ).mean(skipna=True); with a base period x_i
 * is the anomaly of the cell, from the mean of the values it has in the base period, so that a cell that
 * comes and goes does not move the index by being warmer than the rest.
 *
 * The file is streamed: a few months at a time are read, unpacked and reduced to the points
 * that are kept. Memory is 4 bytes per kept point and month, 8 per index cell and month
 * read, and about 120 bytes per cell of the box. Needs libnetcdf at build time
 * (GM_HAVE_NETCDF, set by the Makefile); without it reading says so.
 *
 * Deviations: a cell of the predictors' box that lacks a value in any month read is dropped as a whole, as a
 * fixed set of predictors needs. Temperatures below all that exist count as missing whatever their units
 * (HadISST marks sea ice by −1000) and are counted; other values that no surface has are refused. Values stay
 * in the file's units, which the map names. */
#ifndef DATASETS_SST_NETCDF_H
#define DATASETS_SST_NETCDF_H

#include "common/status.h"
#include "datasets/maps/sst_map.h"

typedef struct {
  const char *path;
  const char *variable;     /* NULL: found by standard_name or name (netcdf_field.h) */
  const char *box;          /* "south:north,west:east"; NULL: the whole map */
  const char *index;        /* nino34 (default), another region's name, a box, or a difference (grid.h) */
  const char *index_option; /* "--index": what asked for it, for messages */
  const char *missing;      /* values that are none beside those the file declares (missing.h), or NULL */
  const char *base_period;  /* "Y:Y" or "none"; NULL: none for anomalies, required otherwise */
  bool index_only;          /* no points: the map is its index alone, and `box` is not looked at */
  bool monthly_mean;        /* the file has days, of which months of 25 or more are averaged */
  bool three_month_mean;    /* index(t) = mean of t−1, t, t+1 */
  int64_t first_month, last_month; /* ordinals: months outside are not kept */
} gm_sst_netcdf_config;

gm_sst_netcdf_config gm_sst_netcdf_config_default(void);

/* Reads. GM_BAD_INPUT, one sentence with file and variable, for anything that is not such a
 * file, for a box without ocean, missing months, or months in other units than the rest. */
gm_status gm_sst_netcdf_read(const gm_sst_netcdf_config *config, gm_sst_map *map, gm_error *err);

#endif
