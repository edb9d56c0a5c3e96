/* SPDX-License-Identifier: MIT
 * Boxes and selections. */
#include "datasets/maps/grid.h"

#include "common/suggestion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Degrees by which a centre may miss the edge of a box: coordinates in single precision carry 1.5e-5. */
static const double tolerance = 1e-4;

gm_box gm_box_globe(double west) {
  return (gm_box){.south = -90, .north = 90, .west = west, .east = west + 360};
}

gm_status gm_box_parse(const char *text, const char *what, gm_box *box, gm_error *err) {
  int used = 0;
  *box = (gm_box){0};
  const bool four =
      sscanf(text, "%lf:%lf,%lf:%lf%n", &box->south, &box->north, &box->west, &box->east, &used) == 4 &&
      text[used] == '\0';
  if (four && box->south >= -90 && box->south <= box->north && box->north <= 90 && box->west >= -360 &&
      box->west <= 360 && box->east >= -360 && box->east <= 360)
    return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: expected degrees south:north,west:east, such as -5:5,190:240, got \"%.60s\"", what,
                 text);
}

gm_status gm_box_find(const char *text, const char *what, gm_box *box, gm_error *err) {
  static const struct {
    const char *name;
    gm_box box;
  } regions[] = {{"nino12", {-10, 0, 270, 280}}, {"nino3", {-5, 5, 210, 270}}, {"nino34", {-5, 5, 190, 240}},
                 {"nino4", {-5, 5, 160, 210}},   {"iodw", {-10, 10, 50, 70}},  {"iode", {-10, 0, 90, 110}}};
  for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
    if (strcmp(text, regions[i].name) == 0) {
      *box = regions[i].box;
      return GM_OK;
    }
  if (gm_box_parse(text, what, box, NULL) == GM_OK) return GM_OK;
  static const char names[] = "nino34, nino3, nino4, nino12, iod";
  gm_fail(err, GM_BAD_INPUT, "%s: expected %s or degrees south:north,west:east, or A-B, got \"%.60s\"", what,
          names, text);
  return gm_suggest(err, text, strlen(text), names);
}

gm_status gm_boxes_find(const char *text, const char *what, gm_box boxes[GM_INDEX_BOXES], size_t *n,
                        gm_error *err) {
  if (strcmp(text, "iod") == 0) text = "iodw-iode";
  char first[64];
  const char *minus = strstr(text, " - ");
  const size_t skip = minus != NULL ? strlen(" - ") : 1;
  if (minus == NULL && text[0] >= 'a' && text[0] <= 'z') minus = strchr(text, '-');
  *n = 1;
  if (minus == NULL || (size_t)(minus - text) >= sizeof first) return gm_box_find(text, what, &boxes[0], err);
  memcpy(first, text, (size_t)(minus - text));
  first[minus - text] = '\0';
  *n = 2;
  const gm_status status = gm_box_find(first, what, &boxes[0], err);
  return status == GM_OK ? gm_box_find(minus + skip, what, &boxes[1], err) : status;
}

/* Degrees east of `west`, in [0, 360); a hair west of it counts as on it. */
static double degrees_east(double longitude, double west) {
  double east = fmod(longitude - west, 360);
  if (east < 0) east += 360;
  return east > 360 - tolerance ? 0 : east;
}

double gm_box_longitude(const gm_box *box, double longitude) {
  return box->west + degrees_east(longitude, box->west);
}

typedef struct {
  double key;
  size_t index;
} entry;

static int by_key(const void *a, const void *b) {
  const entry *left = a, *right = b;
  return (left->key > right->key) - (left->key < right->key);
}

gm_status gm_box_select(const gm_box *box, const double *latitude, size_t n_lat, const double *longitude,
                        size_t n_lon, gm_selection *s, gm_error *err) {
  *s = (gm_selection){.row = calloc(n_lat + n_lon, sizeof *s->row)};
  entry *found = calloc(n_lat + n_lon, sizeof *found);
  if (s->row == NULL || found == NULL) {
    free(found);
    gm_selection_free(s);
    return gm_fail_memory(err, "the cells of a box");
  }
  for (size_t i = 0; i < n_lat; i++)
    if (latitude[i] >= box->south - tolerance && latitude[i] <= box->north + tolerance)
      found[s->n_rows++] = (entry){latitude[i], i};
  qsort(found, s->n_rows, sizeof *found, by_key);
  for (size_t i = 0; i < s->n_rows; i++) s->row[i] = found[i].index;

  const bool all = box->east - box->west >= 360;
  const double width = all ? 360 : degrees_east(box->east, box->west);
  size_t n = 0;
  for (size_t i = 0; i < n_lon; i++) {
    const double east = degrees_east(longitude[i], box->west);
    if (east <= width + tolerance) found[n++] = (entry){east, i};
  }
  qsort(found, n, sizeof *found, by_key);
  s->column = s->row + s->n_rows;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || found[i].key - found[i - 1].key > tolerance) s->column[s->n_columns++] = found[i].index;
  free(found);
  return GM_OK;
}

/* The least distance of neighbours of an axis, which may fall; 360 degrees are none. */
static double spacing(const double *degrees, size_t n) {
  double least = INFINITY;
  for (size_t i = 1; i < n; i++) {
    double step = fmod(fabs(degrees[i] - degrees[i - 1]), 360);
    if (step > 180) step = 360 - step;
    if (step > tolerance) least = fmin(least, step);
  }
  return least;
}

const char *gm_box_uncovered(const gm_box *box, const double *latitude, size_t n_lat, const double *longitude,
                             size_t n_lon, const gm_selection *s) {
  if (s->n_rows == 0 || s->n_columns == 0) return NULL;
  const double row = spacing(latitude, n_lat), column = spacing(longitude, n_lon), pole = 90;
  const double below = latitude[s->row[0]] - box->south, above = box->north - latitude[s->row[s->n_rows - 1]];
  /* the row on a pole has no area, and many grids lack it */
  if (below >= row - tolerance && !(box->south <= -pole && below <= row + tolerance)) return "south";
  if (above >= row - tolerance && !(box->north >= pole && above <= row + tolerance)) return "north";
  const bool all = box->east - box->west >= 360;
  const double first = degrees_east(longitude[s->column[0]], box->west),
               last = degrees_east(longitude[s->column[s->n_columns - 1]], box->west);
  if (all) return first + 360 - last >= 2 * column - tolerance ? "east" : NULL; /* round the globe */
  if (first >= column - tolerance) return "west";
  return degrees_east(box->east, box->west) - last >= column - tolerance ? "east" : NULL;
}

void gm_selection_free(gm_selection *selection) {
  free(selection->row);
  *selection = (gm_selection){0};
}
