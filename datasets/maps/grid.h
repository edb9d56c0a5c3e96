/* SPDX-License-Identifier: MIT
 * Boxes on the globe and the grid cells in them. Pure arithmetic: it reads no file.
 *
 * Longitudes count eastward and modulo 360, so that 190:240 and −170:−120 are the same
 * box and 120:−80 crosses the date line. A cell belongs to a box when its centre lies in
 * the closed box. */
#ifndef DATASETS_GRID_H
#define DATASETS_GRID_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  double south, north; /* degrees north, south <= north */
  double west, east;   /* degrees east; from west eastward to east */
} gm_box;

/* The whole globe, its first column at `west`. */
gm_box gm_box_globe(double west);

/* "lat0:lat1,lon0:lon1", e.g. "-5:5,190:240". `what` names the option in the message. */
gm_status gm_box_parse(const char *text, const char *what, gm_box *box, gm_error *err);

/* The same, or a region by name: nino12 (10°S–0°, 90°W–80°W), nino3 (5°S–5°N, 150°W–90°W), nino34 (5°S–5°N,
 * 170°W–120°W), nino4 (5°S–5°N, 160°E–150°W) (Trenberth, Bull. Amer. Meteor. Soc. 78, 1997); iodw (10°S–10°N,
 * 50°E–70°E), iode (10°S–0°, 90°E–110°E) (Saji et al., Nature 401, 1999). */
gm_status gm_box_find(const char *text, const char *what, gm_box *box, gm_error *err);

enum { GM_INDEX_BOXES = 2 };

/* One box, or the difference of two: "NAME-NAME", or two boxes with " - " between; iod is iodw-iode, the
 * dipole mode index. n becomes 1 or 2. */
gm_status gm_boxes_find(const char *text, const char *what, gm_box boxes[GM_INDEX_BOXES], size_t *n,
                        gm_error *err);

/* The longitude as one of [west, west + 360) of the box, so that a map has no seam. */
double gm_box_longitude(const gm_box *box, double longitude);

/* The rows and columns of a grid whose centres lie in a box: rows from south to north,
 * columns from west to east, however the grid stores them. */
typedef struct {
  size_t n_rows, n_columns;
  size_t *row;    /* (n_rows) indices into the latitudes; owns the memory of both */
  size_t *column; /* (n_columns) indices into the longitudes; a meridian stored twice counts once */
} gm_selection;

/* Selects; an empty selection is no error. */
gm_status gm_box_select(const gm_box *box, const double *latitude, size_t n_lat, const double *longitude,
                        size_t n_lon, gm_selection *selection, gm_error *err);

/* On which side the grid ends inside the box, "south", "north", "west" or "east": a row or column is missing
 * there that its own spacing would have. NULL: it covers the box, or has too few rows and columns to tell. */
const char *gm_box_uncovered(const gm_box *box, const double *latitude, size_t n_lat, const double *longitude,
                             size_t n_lon, const gm_selection *selection);

/* Accepts a zeroed selection. */
void gm_selection_free(gm_selection *selection);

#endif
