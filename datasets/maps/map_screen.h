/* SPDX-License-Identifier: MIT
 * A watch over the values of a map while they are read: what no sea has (a mark of missing values that the
 * file does not declare, a temperature of no surface, land that never changes, a month without data) is
 * refused where the values are temperatures, and pointed out elsewhere. Ice may stand still, and that is
 * said. With `--missing none` nothing but an impossible temperature is refused: what would be is pointed out.
 */
#ifndef DATASETS_MAP_SCREEN_H
#define DATASETS_MAP_SCREEN_H

#include "datasets/maps/netcdf_field.h"
#include "datasets/maps/sst_map.h"
#include "datasets/maps/still_cells.h"
#include "datasets/missing.h"

typedef struct {
  const gm_netcdf_field *field;
  const gm_netcdf_part *part; /* its first row and column, and how many of them, are looked at */
  gm_missing missing;         /* what the user says of it */
  gm_temperature_units units; /* those the values are judged by */
  gm_missing_watch watch;     /* of undeclared marks, placed by month and cell */
  gm_still_cells still;       /* of the part */
  size_t n_marks;             /* values below every temperature, taken for missing */
  size_t n_odd, odd_place;    /* values that no sea has, and where the first is */
  double odd_value;
  size_t n_still, still_cell;   /* cells that never change and are no ice */
  size_t n_frozen, frozen_cell; /* cells that stand at the freezing point of the sea in every month */
  size_t n_zero, n_small;       /* anomalies of 0 where no ice is, and those nearest to 0 beside it, */
  double small;                 /* whose least magnitude is this */
  size_t n_flat;                /* months with one value in every cell, the first of them: */
  int64_t flat_month;
  double flat_value;
} gm_map_screen;

/* Starts on a field and the part of it that will be read, which must outlive the screen; `missing` is set. */
gm_status gm_map_screen_start(gm_map_screen *screen, const gm_netcdf_field *field, const gm_netcdf_part *part,
                              gm_error *err);

/* One time step of the part in `month`: what counts as missing becomes NaN. */
gm_status gm_map_screen_step(gm_map_screen *screen, int64_t month, double *values, gm_error *err);

/* A whole month of the part. */
gm_status gm_map_screen_month(gm_map_screen *screen, int64_t month, const double *values, gm_error *err);

/* After the last month: what only all of them show. */
gm_status gm_map_screen_end(gm_map_screen *screen, gm_error *err);

/* What was read and must be known, as notes of the map. `first` is the first month that was read. */
void gm_map_screen_tell(const gm_map_screen *screen, int64_t first, gm_sst_map *map);

/* Accepts a zeroed object. */
void gm_map_screen_free(gm_map_screen *screen);

#endif
