/* SPDX-License-Identifier: MIT
 * Gridded data in a run: options, loading, EOF truncation, what run.json says of them. */
#include "experiments/run/map_data.h"

#include "common/csv.h"
#include "datasets/detrend.h"
#include "datasets/map_samples.h"
#include "datasets/maps/sst_netcdf.h"
#include "datasets/nino12.h"
#include "experiments/run/samples_checksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ----------------------------------------------------------------------- */

void gm_map_options_list(gm_map_options *o, gm_option list[GM_MAP_OPTIONS]) {
  const gm_option options[GM_MAP_OPTIONS] = {
      {"sst", "FILE.nc", "gridded monthly sea surface temperature instead (netCDF, CF conventions)",
       GM_OPTION_TEXT, &o->sst, 0, 0, false},
      {"variable", "NAME", "of --sst: which variable; without it found by standard_name or name",
       GM_OPTION_TEXT, &o->variable, 0, 0, false},
      {"box", "S:N,W:E", "of --sst: predictors, degrees north and east; without it the whole map",
       GM_OPTION_TEXT, &o->box, 0, 0, false},
      {"index", "NAME|S:N,W:E",
       "of --sst: forecast the mean of this box: nino34 (the default), nino3, nino4, nino12; A-B: the "
       "difference of two, "
       "iod: the dipole; eof1: the first pattern's amplitude (with --eof)",
       GM_OPTION_TEXT, &o->index, 0, 0, false},
      {"eof", "N",
       "of --sst: forecast from the N leading patterns of the training months; 0 = from all points",
       GM_OPTION_INTEGER, &o->eof, 0, 1e6, false},
      {"monthly-mean", NULL, "of --sst: the file has days; average months of 25 days or more", GM_OPTION_FLAG,
       &o->monthly_mean, 0, 0, false},
      {"three-month-mean", NULL, "of --sst: smooth the index by the mean of months t−1, t, t+1 (looks ahead)",
       GM_OPTION_FLAG, &o->three_month_mean, 0, 0, false},
  };
  memcpy(list, options, sizeof options);
}

/* N of "--index eofN", 0 for any other index. */
static int64_t pattern_of(const gm_map_options *o) {
  int64_t n = 0;
  if (o->index == NULL || strncmp(o->index, "eof", 3) != 0) return 0;
  return gm_parse_integer(o->index + 3, &n) && n > 0 ? n : 0;
}

gm_status gm_map_options_check(const gm_map_options *o, gm_error *err) {
  const bool given =
      o->variable != NULL || o->box != NULL || o->index != NULL || o->eof > 0 || o->monthly_mean;
  const int64_t pattern = pattern_of(o);
  if (o->sst != NULL && pattern > o->eof)
    return gm_fail(err, GM_BAD_INPUT, "--index %s: needs --eof %lld or more", o->index, (long long)pattern);
  if (o->sst != NULL && pattern > 0 && o->three_month_mean)
    return gm_fail(err, GM_BAD_INPUT, "--index %s: cannot be smoothed by --three-month-mean", o->index);
  if (o->sst != NULL || !(given || o->three_month_mean)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "--variable, --box, --index, --eof, --monthly-mean and --three-month-mean describe a "
                 "gridded file: expected "
                 "--sst FILE.nc");
}

/* ---- data ---------------------------------------------------------------------------- */

gm_samples_config gm_map_data_sampling(void) {
  gm_samples_config config = gm_nino12_samples_config();
  config.max_time_steps = GM_MAP_MAX_TIME_STEPS;
  return config;
}

/* The months from the first input of any split to its last target. */
static gm_status wanted_months(const gm_samples_config *sampling, int64_t *first, int64_t *last,
                               gm_error *err) {
  *first = INT64_MAX;
  *last = INT64_MIN;
  for (int s = 0; s < GM_N_SPLITS; s++) {
    gm_period p;
    const gm_status status =
        gm_period_parse(sampling->period[s], GM_MONTHLY, gm_split_text((gm_split_name)s), &p, err);
    if (status != GM_OK) return status;
    const int64_t from = p.first - (int64_t)sampling->max_time_steps + 1;
    const int64_t to = p.last == INT64_MAX ? INT64_MAX : p.last + (int64_t)sampling->lead;
    if (from < *first) *first = from;
    if (to > *last) *last = to;
  }
  return GM_OK;
}

void gm_map_data_area(const gm_map_data *d, size_t time_steps, double *area) {
  const size_t p = d->map.n_points;
  for (size_t c = 0; c < time_steps; c++)
    for (size_t j = 0; j < p; j++) area[c * p + j] = fmax(0, cos(d->map.latitude[j] * acos(-1) / 180));
}

/* The training samples of the points themselves, with the longest window. */
static gm_status checksum_of_maps(gm_map_data *d, const gm_samples_config *sampling, gm_error *err) {
  gm_samples_config config = *sampling;
  gm_samples samples = {0};
  config.time_steps = config.max_time_steps;
  gm_status status = gm_map_data_samples(d, &config, &samples, err);
  if (status == GM_OK) status = gm_samples_checksum(&samples, GM_TRAIN, d->training_maps, err);
  gm_samples_free(&samples);
  return status;
}

/* Learns the patterns on the last input months of the training samples, and replaces the
 * values by their scores. */
static gm_status truncate_to_patterns(gm_map_data *d, size_t k, const gm_samples_config *sampling,
                                      gm_error *err) {
  const size_t p = d->map.n_points, n = d->map.n_times;
  gm_samples_config config = *sampling;
  gm_samples samples = {0};
  config.time_steps = 1;
  gm_status status = gm_map_data_samples(d, &config, &samples, err);
  double *area = malloc(p * sizeof *area);
  d->scores = malloc(n * (k + 1) * sizeof *d->scores);
  if (status == GM_OK && (area == NULL || d->scores == NULL)) status = gm_fail_memory(err, "the EOF scores");
  if (status == GM_OK) {
    const gm_split *train = &samples.split[GM_TRAIN];
    const gm_predictors X = {.n = train->n, .p = p, .rows = train->x};
    gm_map_data_area(d, 1, area);
    status = gm_eof_fit(&X, area, k, &d->eof, err);
    if (status != GM_OK) gm_error_prefix(err, "--eof");
  }
  for (size_t t = 0; status == GM_OK && t < n; t++)
    gm_eof_project(&d->eof, d->map.values + t * p, d->scores + t * k);
  free(area);
  gm_samples_free(&samples);
  if (status == GM_OK) status = checksum_of_maps(d, sampling, err);
  if (status != GM_OK) return status;
  free(d->map.values);
  d->map.values = NULL;
  d->values = d->scores;
  d->width = k;
  return GM_OK;
}

static gm_sst_netcdf_config config_of(const gm_map_options *o, const char *base_period) {
  gm_sst_netcdf_config config = gm_sst_netcdf_config_default();
  config.path = o->sst;
  config.variable = o->variable;
  config.box = o->box;
  if (o->index != NULL) config.index = o->index;
  if (pattern_of(o) > 0)
    config.index = o->box != NULL ? o->box : "-90:90,0:360"; /* replaced by the amplitude */
  config.monthly_mean = o->monthly_mean;
  config.missing = o->missing;
  config.base_period = base_period;
  config.three_month_mean = o->three_month_mean;
  return config;
}

gm_status gm_map_data_read(const gm_map_options *o, const char *base_period, const char *feature,
                           gm_sst_map *map, gm_error *err) {
  gm_sst_netcdf_config config = config_of(o, base_period != NULL ? base_period : "none");
  if (feature != NULL) {
    config.index = feature;
    config.index_option = "--features";
    config.index_only = true;
  }
  return gm_sst_netcdf_read(&config, map, err);
}

/* Takes the trends of the training months off every point and the index. */
static gm_status detrend(gm_map_data *d, const gm_samples_config *sampling, gm_error *err) {
  gm_period train;
  gm_status status = gm_period_parse(sampling->period[GM_TRAIN], GM_MONTHLY, "train", &train, err);
  if (status == GM_OK) status = gm_detrend_series(&d->map.index, &train, err);
  if (status == GM_OK) gm_detrend_map(d->map.values, d->map.n_times, d->map.n_points, d->map.first, &train);
  return status;
}

/* Makes the score of a pattern the index. It has no unit: it is the sum over a map. */
static gm_status forecast_pattern(gm_map_data *d, const gm_map_options *o, gm_error *err) {
  gm_series *index = &d->map.index;
  const size_t k = d->width, c = (size_t)pattern_of(o) - 1;
  for (size_t t = 0; t < index->n_times; t++)
    index->target[t] = index->channels[t] = (double)d->scores[t * k + c];
  free(index->target_unit);
  index->target_unit = NULL;
  const gm_status status = gm_series_name(&index->target_name, o->index, err);
  return status == GM_OK ? gm_series_name(&index->channel_names[0], o->index, err) : status;
}

gm_status gm_map_data_config(const gm_map_options *o, const char *base_period,
                             const gm_samples_config *sampling, gm_sst_netcdf_config *config, gm_error *err) {
  *config = config_of(o, base_period);
  return wanted_months(sampling, &config->first_month, &config->last_month, err);
}

gm_status gm_map_data_load(gm_map_data *d, gm_map_options *o, const char **base_period,
                           const gm_samples_config *sampling, gm_error *err) {
  gm_sst_netcdf_config config;
  *d = (gm_map_data){0};
  gm_status status = gm_map_data_config(o, *base_period, sampling, &config, err);
  if (pattern_of(o) == 0) o->index = config.index;
  if (status == GM_OK) status = gm_sst_netcdf_read(&config, &d->map, err);
  if (status != GM_OK) return status;
  if (*base_period == NULL) *base_period = "none";
  o->variable = d->map.variable;
  d->values = d->map.values;
  d->width = d->map.n_points;
  if (o->detrend) status = detrend(d, sampling, err);
  if (status == GM_OK && o->eof > 0) status = truncate_to_patterns(d, (size_t)o->eof, sampling, err);
  if (status == GM_OK && pattern_of(o) > 0) status = forecast_pattern(d, o, err);
  gm_map_architecture(d->width, d->arch);
  return status;
}

void gm_map_data_free(gm_map_data *d) {
  gm_sst_map_free(&d->map);
  gm_eof_free(&d->eof);
  free(d->scores);
  *d = (gm_map_data){0};
}

gm_status gm_map_data_samples(const gm_map_data *d, const gm_samples_config *sampling, gm_samples *samples,
                              gm_error *err) {
  return gm_samples_from_map(sampling, &d->map.index, d->values, d->width, samples, err);
}

/* ---- what a run says ------------------------------------------------------------------- */

static double explained(const gm_eof *eof) {
  double sum = 0;
  for (size_t c = 0; c < eof->k; c++) sum += eof->explained[c];
  return sum;
}

void gm_map_data_describe(const gm_map_data *d, const gm_map_options *o, struct json_object *object) {
  gm_json_add_text(object, "variable", d->map.variable);
  gm_json_add_text(object, "box", o->box);
  gm_json_add_text(object, "index", d->map.index.target_name);
  gm_json_add_integer(object, "index_cells", (int64_t)d->map.n_index_cells);
  gm_json_add_integer(object, "index_cells_with_gaps", (int64_t)d->map.n_index_gaps);
  gm_json_add_integer(object, "values_taken_for_missing", (int64_t)d->map.n_marks);
  gm_json_add_integer(object, "values_no_sea_has", (int64_t)d->map.n_odd);
  gm_json_add_integer(object, "points", (int64_t)d->map.n_points);
  gm_json_add_integer(object, "land_cells", (int64_t)d->map.n_land);
  gm_json_add_integer(object, "cells_with_gaps", (int64_t)d->map.n_gaps);
  gm_json_add_bool(object, "monthly_mean", o->monthly_mean);
  gm_json_add_bool(object, "three_month_mean", o->three_month_mean);
  gm_json_add_integer(object, "eof", o->eof);
  if (d->eof.k > 0) gm_json_add_number(object, "eof_explained", explained(&d->eof));
}

const char *gm_map_data_line(const gm_sst_map *map, const char *path, char *text, size_t size) {
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT];
  snprintf(text, size, "%s: %s, monthly, %zu months, %s to %s, %s", path, map->variable, map->n_times,
           gm_time_format(GM_MONTHLY, map->first, from),
           gm_time_format(GM_MONTHLY, map->first + (int64_t)map->n_times - 1, to), map->stamps);
  return text;
}

bool gm_map_data_warning(const gm_map_data *d, const gm_map_options *o, int i, char *text, size_t size) {
  if (o->three_month_mean && i-- == 0) {
    snprintf(text, size,
             "The three-month mean of the index looks ahead: its value of month t contains month t+1, so "
             "persistence sees part of its target and a lead of 1 is no real forecast.");
    return true;
  }
  if (d->map.n_gaps > 0 && i-- == 0) {
    snprintf(text, size,
             "%zu of the box's cells lack a value in some months (sea ice, gaps) and are left out; %zu are "
             "used.",
             d->map.n_gaps, d->map.n_points);
    return true;
  }
  if (d->map.n_dropped_steps > 0 && i-- == 0) {
    snprintf(text, size, "%zu days of an incomplete first or last month are left out.",
             d->map.n_dropped_steps);
    return true;
  }
  if (d->map.n_marks > 0 && i-- == 0) {
    snprintf(text, size,
             "%zu values below every temperature, as HadISST's -1000 for sea ice, count as missing.",
             d->map.n_marks);
    return true;
  }
  if (d->map.n_odd > 0 && i-- == 0) {
    char month[GM_TIME_TEXT];
    snprintf(
        text, size,
        "%zu value%s no sea can have, the first %g in %s at latitude %g, longitude %g; if it stands for a "
        "missing value: --missing %g",
        d->map.n_odd, d->map.n_odd == 1 ? " that" : "s that", d->map.odd_value,
        gm_time_format(GM_MONTHLY, d->map.odd_month, month), d->map.odd_latitude, d->map.odd_longitude,
        d->map.odd_value);
    return true;
  }
  if (d->map.n_index_gaps > 0 && i-- == 0) {
    char month[GM_TIME_TEXT];
    snprintf(
        text, size,
        "%zu of the %zu cells of the index %s lack a value in some months: in every month it is the mean "
        "of those that have one (fewest: %zu in %s).",
        d->map.n_index_gaps, d->map.n_index_cells, d->map.index.target_name, d->map.fewest_index_cells,
        gm_time_format(GM_MONTHLY, d->map.fewest_month, month));
    return true;
  }
  if ((size_t)i < d->map.n_notes) {
    snprintf(text, size, "%s", d->map.note[i]);
    return true;
  }
  return false;
}

void gm_map_data_to_points(const gm_map_data *d, size_t time_steps, const double *by_input,
                           double *by_point) {
  const size_t p = d->map.n_points;
  for (size_t c = 0; c < time_steps; c++)
    if (d->eof.k > 0)
      gm_eof_to_points(&d->eof, by_input + c * d->width, by_point + c * p);
    else
      memcpy(by_point + c * p, by_input + c * p, p * sizeof *by_point);
}

gm_status gm_map_data_write(const gm_map_data *d, const char *path, const char *columns,
                            const double *const *arrays, size_t n_arrays, size_t time_steps, gm_error *err) {
  char header[160];
  gm_csv_writer csv;
  snprintf(header, sizeof header, "lag,latitude,longitude,%s", columns);
  const gm_status status = gm_csv_open(&csv, path, header, err);
  if (status != GM_OK) return status;
  for (size_t c = 0; c < time_steps; c++)
    for (size_t j = 0; j < d->map.n_points; j++) {
      gm_csv_put_integer(&csv, (int64_t)(time_steps - 1 - c));
      gm_csv_put_rounded(&csv, d->map.latitude[j], 7);
      gm_csv_put_rounded(&csv, d->map.longitude[j], 7);
      for (size_t a = 0; a < n_arrays; a++) gm_csv_put_rounded(&csv, arrays[a][c * d->map.n_points + j], 9);
      gm_csv_end_row(&csv);
    }
  return gm_csv_commit(&csv, err);
}
