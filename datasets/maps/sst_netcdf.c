/* SPDX-License-Identifier: MIT
 * From a gridded variable to a map: which cells, which months, and the pass over the file. */
#include "datasets/maps/sst_netcdf.h"

#ifndef GM_HAVE_NETCDF

gm_status gm_sst_netcdf_read(const gm_sst_netcdf_config *config, gm_sst_map *map, gm_error *err) {
  *map = (gm_sst_map){0};
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: this build reads no netCDF files, as pkg-config did not find netcdf; install "
                 "libnetcdf-dev (scripts/install-deps) and run make again",
                 config->path);
}

#else

#include "datasets/anomalies.h"
#include "datasets/maps/grid.h"
#include "datasets/maps/map_screen.h"
#include "datasets/maps/netcdf_field.h"
#include "datasets/maps/point_rows.h"
#include "datasets/series_patterns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DAYS_OF_MONTH = 32 };
enum { MONTHS = 12, CLIMATOLOGY_YEARS = 2 /* COARDS: years 0 and 1 */ };

/* What one reading works on. */
typedef struct {
  const gm_sst_netcdf_config *config;
  const char *index_name;
  gm_netcdf_field field;
  gm_base_period base;
  int64_t base_first, base_last; /* months */
  int64_t first, last;           /* months kept */
  int64_t read_first, read_last; /* months read: kept, neighbours of a running mean, base period */
  int margin;                    /* months on each side of a running mean */
  gm_box region;                 /* of the predictors */
  gm_selection box;              /* in the file's rows and columns */
  gm_netcdf_part part;           /* smallest rectangle that holds all boxes */
  gm_point_rows map_rows;
  size_t n_index; /* boxes of the index: one, or two whose difference it is */
  gm_box index_box[GM_INDEX_BOXES];
  gm_selection index[GM_INDEX_BOXES];
  gm_point_rows index_rows[GM_INDEX_BOXES];
  gm_map_screen screen;
} reading;

/* ---- which months ------------------------------------------------------------ */

static gm_status find_base_period(reading *r, gm_error *err) {
  const gm_netcdf_field *f = &r->field;
  const char *text = r->config->base_period;
  if (text == NULL && !f->anomaly)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: %s: neither name nor long_name says anomaly, so a base period is needed: "
                   "--base-period Y:Y, or none to take the values as they are",
                   f->path, f->name);
  const gm_status status = gm_base_period_parse(text != NULL ? text : "none", &r->base, err);
  if (status != GM_OK || r->base.none) return status;
  const int64_t end = f->months.first_month + (int64_t)f->months.n_months - 1;
  r->base_first = gm_time_join(GM_MONTHLY, r->base.first, 1, 1);
  r->base_last = gm_time_join(GM_MONTHLY, r->base.last, MONTHS, 1);
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT];
  if (r->base.first <= r->base.last && r->base_first >= f->months.first_month && r->base_last <= end)
    return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: %s: base period %s is not inside the file, which runs from %s to %s",
                 f->path, f->name, text, gm_time_format(GM_MONTHLY, f->months.first_month, from),
                 gm_time_format(GM_MONTHLY, end, to));
}

static gm_status find_months(reading *r, gm_error *err) {
  const gm_netcdf_field *f = &r->field;
  const int64_t end = f->months.first_month + (int64_t)f->months.n_months - 1;
  r->margin = r->config->three_month_mean ? 1 : 0;
  r->first = f->months.first_month + r->margin;
  r->last = end - r->margin;
  if (r->config->first_month > r->first) r->first = r->config->first_month;
  if (r->config->last_month < r->last) r->last = r->config->last_month;
  if (r->first > r->last) {
    char from[GM_TIME_TEXT], to[GM_TIME_TEXT];
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: none of the wanted months; the file runs from %s to %s",
                   f->path, f->name, gm_time_format(GM_MONTHLY, f->months.first_month, from),
                   gm_time_format(GM_MONTHLY, end, to));
  }
  r->read_first = r->first - r->margin;
  r->read_last = r->last + r->margin;
  if (!r->base.none && r->base_first < r->read_first) r->read_first = r->base_first;
  if (!r->base.none && r->base_last > r->read_last) r->read_last = r->base_last;
  return GM_OK;
}

/* ---- which cells --------------------------------------------------------------- */

static gm_status select_cells(const reading *r, const char *text, const gm_box *box, gm_selection *selection,
                              gm_error *err) {
  const gm_netcdf_field *f = &r->field;
  const gm_status status =
      gm_box_select(box, f->latitude, f->extent[1], f->longitude, f->extent[2], selection, err);
  if (status != GM_OK || selection->n_rows * selection->n_columns > 0) return status;
  return gm_fail(err, GM_BAD_INPUT, "%s: %s: no cell of the grid has its centre in the box %s", f->path,
                 f->name, text);
}

/* Widens the part that is read to hold a selection. */
static void cover(gm_netcdf_part *part, const gm_selection *s) {
  const size_t *const list[] = {s->row, s->column};
  const size_t n[] = {s->n_rows, s->n_columns};
  for (size_t a = 0; a < 2; a++)
    for (size_t i = 0; i < n[a]; i++) {
      size_t *first = &part->first[a + 1], *count = &part->count[a + 1];
      const size_t at = list[a][i];
      const size_t end = *count == 0 || at >= *first + *count ? at + 1 : *first + *count;
      if (*count == 0 || at < *first) *first = at;
      *count = end - *first;
    }
}

/* Places of the selected cells in the part, south to north, then west to east. */
static gm_status collect(const reading *r, const gm_selection *s, int64_t first, int64_t last, bool keep_gaps,
                         gm_point_rows *rows, gm_error *err) {
  const gm_netcdf_part *part = &r->part;
  const size_t n = s->n_rows * s->n_columns;
  size_t *cell = malloc((n + 1) * sizeof *cell);
  for (size_t i = 0; cell != NULL && i < n; i++)
    cell[i] = (s->row[i / s->n_columns] - part->first[1]) * part->count[2] + s->column[i % s->n_columns] -
              part->first[2];
  return gm_point_rows_create(rows, cell, n, (size_t)(last - first + 1), (int)(first % MONTHS), keep_gaps,
                              err);
}

static gm_status find_cells(reading *r, gm_error *err) {
  const gm_netcdf_field *f = &r->field;
  const char *text = r->config->box != NULL ? r->config->box : "of the whole map";
  double west = f->longitude[0];
  for (size_t i = 1; i < f->extent[2]; i++) west = fmin(west, f->longitude[i]);
  gm_box *const index = r->index_box;
  r->region = gm_box_globe(west);
  gm_status status = GM_OK;
  if (r->config->box != NULL && !r->config->index_only) status = gm_box_parse(text, "--box", &r->region, err);
  if (status == GM_OK)
    status = gm_boxes_find(r->index_name, r->config->index_option, index, &r->n_index, err);
  if (status == GM_OK && !r->config->index_only) status = select_cells(r, text, &r->region, &r->box, err);
  for (size_t b = 0; status == GM_OK && b < r->n_index; b++)
    status = select_cells(r, r->index_name, &index[b], &r->index[b], err);
  if (status != GM_OK) return status;
  cover(&r->part, &r->box);
  for (size_t b = 0; b < r->n_index; b++) cover(&r->part, &r->index[b]);
  status = collect(r, &r->box, r->first, r->last, false, &r->map_rows, err);
  for (size_t b = 0; status == GM_OK && b < r->n_index; b++)
    status =
        collect(r, &r->index[b], r->first - r->margin, r->last + r->margin, true, &r->index_rows[b], err);
  return status;
}

/* ---- the pass over the file ------------------------------------------------------ */

/* A month of the part, screened. */
static gm_status add_month(reading *r, int64_t month, const double *values, gm_error *err) {
  const gm_netcdf_field *f = &r->field;
  const bool in_base = !r->base.none && month >= r->base_first && month <= r->base_last;
  const int64_t map_row = month - r->first, index_row = map_row + r->margin;
  const bool on_map = map_row >= 0 && month <= r->last;
  const bool in_index = index_row >= 0 && month <= r->last + r->margin;
  const int calendar_month = (int)(month % MONTHS);
  size_t n_map = 0;
  bool empty = false;
  gm_status status = gm_point_rows_add(&r->map_rows, values, on_map ? (size_t)map_row : GM_NO_ROW,
                                       calendar_month, in_base, &n_map, err);
  for (size_t b = 0; status == GM_OK && b < r->n_index; b++) {
    size_t n = 0;
    status = gm_point_rows_add(&r->index_rows[b], values, in_index ? (size_t)index_row : GM_NO_ROW,
                               calendar_month, in_base, &n, err);
    empty = empty || n == 0;
  }
  if (status != GM_OK || ((n_map > 0 || r->config->index_only) && !empty)) return status;
  char date[GM_TIME_TEXT];
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: %s: the box %s has no value in %s: all land, or a month without data", f->path, f->name,
                 empty                    ? r->index_name
                 : r->config->box != NULL ? r->config->box
                                          : "of the whole map",
                 gm_time_format(GM_MONTHLY, month, date));
}

/* Sums of the steps of a month, for the mean of days. */
typedef struct {
  double *sum;     /* (cells) */
  uint32_t *count; /* (cells) steps with a value */
} step_sums;

/* A cell needs as large a share of the steps as 25 of 31 days. */
static const double least_share = 25.0 / 31;

static void take_mean(const step_sums *s, size_t cells, size_t n_steps, double *values) {
  for (size_t c = 0; c < cells; c++) {
    values[c] = s->count[c] >= least_share * (double)n_steps ? s->sum[c] / s->count[c] : (double)NAN;
    s->sum[c] = 0;
    s->count[c] = 0;
  }
}

static void add_step(const step_sums *s, size_t cells, const double *values) {
  for (size_t c = 0; c < cells; c++)
    if (!isnan(values[c])) {
      s->sum[c] += values[c];
      s->count[c]++;
    }
}

/* The steps of a block; a month of one step is that step. *month is that of the first, and moves on. */
static gm_status add_steps(reading *r, double *values, size_t *month, const step_sums *sums, gm_error *err) {
  const gm_month_steps *m = &r->field.months;
  const size_t cells = r->part.count[1] * r->part.count[2];
  gm_status status = GM_OK;
  for (size_t i = 0; status == GM_OK && i < r->part.count[0]; i++, values += cells) {
    const size_t step = r->part.first[0] + i, first = m->first_step[*month], end = m->first_step[*month + 1];
    const int64_t ordinal = m->first_month + (int64_t)*month;
    status = gm_map_screen_step(&r->screen, ordinal, values, err);
    if (end - first > 1) add_step(sums, cells, values);
    if (step + 1 < end) continue;
    if (end - first > 1) take_mean(sums, cells, end - first, values);
    if (status == GM_OK) status = gm_map_screen_month(&r->screen, ordinal, values, err);
    if (status == GM_OK) status = add_month(r, ordinal, values, err);
    ++*month;
  }
  return status;
}

static gm_status read_months(reading *r, gm_error *err) {
  const size_t cells = r->part.count[1] * r->part.count[2];
  const size_t block = gm_netcdf_field_block(&r->field, cells);
  const gm_month_steps *m = &r->field.months;
  size_t month = (size_t)(r->read_first - m->first_month);
  const size_t end = m->first_step[(size_t)(r->read_last - m->first_month) + 1];
  double *scratch = calloc(cells, block * sizeof *scratch), *values = calloc(cells, block * sizeof *values);
  const step_sums sums = {calloc(cells, sizeof *sums.sum), calloc(cells, sizeof *sums.count)};
  gm_status status = scratch != NULL && values != NULL && sums.sum != NULL && sums.count != NULL
                         ? GM_OK
                         : gm_fail_memory(err, "a few months of a map");
  if (status == GM_OK) status = gm_map_screen_start(&r->screen, &r->field, &r->part, err);
  for (size_t t = m->first_step[month]; status == GM_OK && t < end; t += block) {
    r->part.first[0] = t;
    r->part.count[0] = end - t < block ? end - t : block;
    status = gm_netcdf_field_read(&r->field, &r->part, scratch, values, err);
    if (status == GM_OK) status = add_steps(r, values, &month, &sums, err);
  }
  free(scratch);
  free(values);
  free(sums.sum);
  free(sums.count);
  return status == GM_OK ? gm_map_screen_end(&r->screen, err) : status;
}

/* ---- the result ------------------------------------------------------------------- */

/* The mean over the cells that have a value in that month; their number in *n. */
static double mean_of_month(const reading *r, size_t b, size_t t, size_t *n) {
  const gm_point_rows *rows = &r->index_rows[b];
  const gm_selection *cells = &r->index[b];
  const double radians = acos(-1) / 180;
  double sum = 0, weights = 0;
  *n = 0;
  for (size_t p = 0; p < rows->n_points; p++) {
    const double latitude = r->field.latitude[cells->row[rows->point[p] / cells->n_columns]];
    const double value = (double)rows->values[t * rows->n_points + p];
    if (isnan(value)) continue;
    sum += cos(latitude * radians) * value;
    weights += cos(latitude * radians);
    ++*n;
  }
  return sum / weights;
}

/* index(t) = Σ cos φ x(t) / Σ cos φ of a box, or the difference of two, then perhaps the mean of three
 * months. */
static gm_status make_index(const reading *r, gm_sst_map *map, gm_error *err) {
  const gm_point_rows *rows = &r->index_rows[0];
  gm_status status = gm_series_alloc(&map->index, r->field.path, GM_MONTHLY, r->first, map->n_times, 1, err);
  double *monthly = malloc(rows->n_rows * sizeof *monthly);
  if (status == GM_OK && monthly == NULL) status = gm_fail_memory(err, "the index");
  map->fewest_index_cells = map->n_index_cells;
  for (size_t t = 0; status == GM_OK && t < rows->n_rows; t++) {
    size_t n, n_second = 0;
    const int64_t month = r->first - r->margin + (int64_t)t;
    char date[GM_TIME_TEXT];
    monthly[t] = mean_of_month(r, 0, t, &n);
    const bool none =
        n == 0 || (r->n_index > 1 && (monthly[t] -= mean_of_month(r, 1, t, &n_second), n_second == 0));
    n += n_second;
    if (n < map->fewest_index_cells) {
      map->fewest_index_cells = n;
      map->fewest_month = month;
    }
    if (none)
      status = gm_fail(err, GM_BAD_INPUT, "%s: %s: no cell of the box %s has an anomaly in %s", r->field.path,
                       r->field.name, r->index_name, gm_time_format(GM_MONTHLY, month, date));
  }
  if (status != GM_OK) {
    free(monthly);
    return status;
  }
  for (size_t t = 0; t < map->n_times; t++)
    map->index.target[t] = r->margin == 0 ? monthly[t] : (monthly[t] + monthly[t + 1] + monthly[t + 2]) / 3;
  free(monthly);
  memcpy(map->index.channels, map->index.target, map->n_times * sizeof *map->index.target);
  status = gm_series_name(&map->index.target_name, r->index_name, err);
  if (status == GM_OK) status = gm_series_name(&map->index.channel_names[0], r->index_name, err);
  if (status == GM_OK && r->field.unit != NULL)
    status = gm_series_name(&map->index.target_unit, r->field.unit, err);
  return status;
}

/* A year of the index that is the one before once more; months that are it are told of by the screen. */
static void tell_repeated_year(const reading *r, gm_sst_map *map) {
  const gm_repeated year = gm_series_repeated(map->index.target, map->n_times, MONTHS);
  char date[GM_TIME_TEXT];
  if (year.n == 0 || r->screen.still.n_repeats > 0) return;
  gm_sst_map_note(
      map,
      "%zu months of the index %s in a row, from %s on, are those of the year before once more: has the "
      "file been filled up?",
      year.n, r->index_name, gm_time_format(GM_MONTHLY, r->first + (int64_t)year.first, date));
}

/* Whether the steps between the chosen coordinates differ by more than a Gaussian grid's do. */
static bool is_uneven(const double *degrees, const size_t *chosen, size_t n, double *least, double *most) {
  static const double even = 1.05;
  *least = INFINITY;
  *most = 0;
  for (size_t i = 1; i < n; i++) {
    double step = fmod(fabs(degrees[chosen[i]] - degrees[chosen[i - 1]]), 360);
    if (step > 180) step = 360 - step; /* across the seam */
    *least = fmin(*least, step);
    *most = fmax(*most, step);
  }
  return n > 2 && *most > even * *least;
}

/* A box that the file holds a part of. */
static void note_cover(const reading *r, const char *what, const char *name, const gm_box *box,
                       const gm_selection *s, gm_sst_map *map) {
  const gm_netcdf_field *f = &r->field;
  const char *side = gm_box_uncovered(box, f->latitude, f->extent[1], f->longitude, f->extent[2], s);
  if (side != NULL)
    gm_sst_map_note(
        map,
        "The grid of the file ends inside the %s %s in the %s: what is read is the part of it that is there.",
        what, name, side);
}

/* What is read all the same, and is not what it may be taken for. */
static void make_notes(const reading *r, gm_sst_map *map) {
  const gm_netcdf_field *f = &r->field;
  double least, most;
  if (f->note[0] != '\0') gm_sst_map_note(map, "%s", f->note);
  if (f->months.first_month < MONTHS * CLIMATOLOGY_YEARS)
    gm_sst_map_note(map, "The months are of the year %d, as climatologies are dated.",
                    (int)(f->months.first_month / MONTHS));
  if (r->config->box != NULL && !r->config->index_only)
    note_cover(r, "box", r->config->box, &r->region, &r->box, map);
  for (size_t b = 0; b < r->n_index; b++)
    note_cover(r, "index", r->index_name, &r->index_box[b], &r->index[b], map);
  for (size_t b = 0; b < r->n_index; b++) {
    const gm_selection *s = &r->index[b];
    const bool rows = is_uneven(f->latitude, s->row, s->n_rows, &least, &most);
    if (!rows && !is_uneven(f->longitude, s->column, s->n_columns, &least, &most)) continue;
    gm_sst_map_note(
        map,
        "The %s of the index %s are %.3g to %.3g degrees apart: cells count by the cosine of their latitude "
        "alone, not by their area.",
        rows ? "latitudes" : "longitudes", r->index_name, least, most);
    break;
  }
  if (f->months.at_midnight && gm_are_years_from_february(f->months.first_month, f->months.n_months))
    gm_sst_map_note(
        map,
        "The months are whole years from February to January by stamps at midnight of the first: if these "
        "end their months, as in CESM's files, move them (cdo shifttime,-1day).");
  if (f->months.most_days > MOST_DAYS_OF_MONTH)
    gm_sst_map_note(
        map,
        "The steps are means over %.3g days, says their bounds: each holds part of the next, so that "
        "persistence sees part of its target and a lead of 1 is no real forecast.",
        f->months.most_days);
  if (f->level[0] != '\0') gm_sst_map_note(map, "%s is read at %s.", f->name, f->level);
  gm_map_screen_tell(&r->screen, r->read_first, map);
}

/* Σ cos φ of the cells behind the index. */
static double area_of_index(const reading *r) {
  const double radians = acos(-1) / 180;
  double area = 0;
  for (size_t b = 0; b < r->n_index; b++)
    for (size_t p = 0; p < r->index_rows[b].n_points; p++)
      area += cos(r->field.latitude[r->index[b].row[r->index_rows[b].point[p] / r->index[b].n_columns]] *
                  radians);
  return area;
}

static gm_status make_map(reading *r, gm_sst_map *map, gm_error *err) {
  gm_point_rows *rows = &r->map_rows;
  gm_point_rows_finish(rows);
  size_t n_index = 0, n_index_gaps = 0, n_index_land = 0;
  bool no_index = false;
  for (size_t b = 0; b < r->n_index; b++) {
    gm_point_rows_finish(&r->index_rows[b]);
    n_index += r->index_rows[b].n_points;
    n_index_gaps += gm_point_rows_gaps(&r->index_rows[b]);
    n_index_land += gm_point_rows_land(&r->index_rows[b]);
    no_index = no_index || r->index_rows[b].n_points == 0;
  }
  if ((rows->n_points == 0 && !r->config->index_only) || no_index)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: no cell of the box %s has a value in every month",
                   r->field.path, r->field.name,
                   no_index                 ? r->index_name
                   : r->config->box != NULL ? r->config->box
                                            : "of the whole map");
  const size_t n = rows->n_points;
  *map = (gm_sst_map){.variable = strdup(r->field.name),
                      .first = r->first,
                      .n_times = rows->n_rows,
                      .n_points = n,
                      .n_land = gm_point_rows_land(rows),
                      .n_gaps = gm_point_rows_gaps(rows),
                      .n_index_cells = n_index,
                      .n_index_gaps = n_index_gaps,
                      .n_index_land = n_index_land,
                      .index_area = area_of_index(r),
                      .stamps = r->field.months.stamps,
                      .n_dropped_steps = r->field.months.n_dropped,
                      .anomaly = r->field.anomaly,
                      .values = rows->values,
                      .latitude = malloc((n + 1) * sizeof *map->latitude),
                      .longitude = malloc((n + 1) * sizeof *map->longitude)};
  rows->values = NULL;
  if (map->variable == NULL || map->latitude == NULL || map->longitude == NULL)
    return gm_fail_memory(err, "the map");
  for (size_t p = 0; p < n; p++) {
    map->latitude[p] = r->field.latitude[r->box.row[rows->point[p] / r->box.n_columns]];
    map->longitude[p] =
        gm_box_longitude(&r->region, r->field.longitude[r->box.column[rows->point[p] % r->box.n_columns]]);
  }
  make_notes(r, map);
  const gm_status status = make_index(r, map, err);
  if (status == GM_OK) tell_repeated_year(r, map);
  return status;
}

gm_status gm_sst_netcdf_read(const gm_sst_netcdf_config *config, gm_sst_map *map, gm_error *err) {
  reading r = {.config = config, .index_name = config->index};
  *map = (gm_sst_map){0};
  gm_status status = gm_missing_parse(config->missing, &r.screen.missing, err);
  if (status == GM_OK)
    status = gm_netcdf_field_open(&r.field, config->path, config->variable, config->monthly_mean, err);
  if (status == GM_OK) status = find_base_period(&r, err);
  if (status == GM_OK) status = find_months(&r, err);
  if (status == GM_OK) status = find_cells(&r, err);
  if (status == GM_OK) status = read_months(&r, err);
  if (status == GM_OK) status = make_map(&r, map, err);
  if (status != GM_OK) gm_sst_map_free(map);
  gm_point_rows_free(&r.map_rows);
  gm_selection_free(&r.box);
  gm_map_screen_free(&r.screen);
  for (size_t b = 0; b < GM_INDEX_BOXES; b++) {
    gm_point_rows_free(&r.index_rows[b]);
    gm_selection_free(&r.index[b]);
  }
  gm_netcdf_field_close(&r.field);
  return status;
}

#endif

gm_sst_netcdf_config gm_sst_netcdf_config_default(void) {
  return (gm_sst_netcdf_config){
      .index = "nino34", .index_option = "--index", .first_month = INT64_MIN, .last_month = INT64_MAX};
}
