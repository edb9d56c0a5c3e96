/* SPDX-License-Identifier: MIT
 * Monthly sea surface temperature on the ocean points of a box, and an index of it, in
 * memory: what the models see of a gridded file. sst_netcdf.h reads it.
 *
 * Letters: n_times months, L = n_points points. */
#ifndef DATASETS_SST_MAP_H
#define DATASETS_SST_MAP_H

#include "common/status.h"
#include "datasets/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GM_MAP_NOTE = 320, GM_MAP_NOTES = 12 };

typedef struct {
  char *variable;           /* name in the file, owned */
  int64_t first;            /* ordinal of month 0 (series.h); months are consecutive */
  size_t n_times, n_points; /* months kept, points with a value in every month read */
  const char *stamps;       /* how the months were told, static text (netcdf_months.h) */
  size_t n_land;            /* cells of the box that never have a value */
  size_t n_gaps;            /* cells dropped because they lack a value in some months */
  size_t n_marks;           /* values below every temperature (HadISST's −1000), taken for missing */
  size_t n_odd;             /* values that are kept and that no sea has, the first of them: */
  int64_t odd_month;
  double odd_value, odd_latitude, odd_longitude;
  size_t n_index_cells;      /* cells behind the index */
  size_t n_index_gaps;       /* those of them that lack a value in some months */
  size_t n_index_land;       /* cells of its box (or two) beside them, which never have one */
  double index_area;         /* Σ cos φ of the cells behind the index, of both boxes of a difference */
  size_t fewest_index_cells; /* with a value in one month, the first such month: */
  int64_t fewest_month;
  size_t n_dropped_steps; /* days of an incomplete first and last month (with monthly means) */
  bool anomaly;           /* the file's values were anomalies */
  size_t n_notes;
  char note[GM_MAP_NOTES][GM_MAP_NOTE]; /* sentences that a reader must know */
  float *values;                        /* (n_times, n_points) anomalies, row-major, owned */
  double *latitude,
      *longitude; /* (n_points) degrees, south to north, then west to east without a seam; owned */
  gm_series
      index; /* the target: one channel, which is the index itself; n_times months, in the file's unit */
} gm_sst_map;

/* Adds a sentence; more than GM_MAP_NOTES are dropped. */
void gm_sst_map_note(gm_sst_map *map, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Accepts a zeroed or half-built map. */
void gm_sst_map_free(gm_sst_map *map);

#endif
