/* SPDX-License-Identifier: MIT
 * Gridded data of a run (--sst): its options, loading with optional EOF truncation, and
 * what a run says about it. Composition of datasets and models; experiment.c calls it. */
#ifndef EXPERIMENTS_MAP_DATA_H
#define EXPERIMENTS_MAP_DATA_H

#include "common/json.h"
#include "common/options.h"
#include "common/status.h"
#include "datasets/maps/sst_map.h"
#include "datasets/maps/sst_netcdf.h"
#include "datasets/samples.h"
#include "models/files/checksum.h"
#include "models/network/map_architecture.h"
#include "models/regression/eof.h"

/* ---- options ------------------------------------------------------------------- */

typedef struct {
  const char *sst; /* FILE.nc; NULL: this run has no map */
  const char *variable, *box, *index;
  const char *missing; /* --missing, which other data have too */
  int64_t eof;         /* patterns; 0: the points themselves */
  bool three_month_mean, monthly_mean;
  bool detrend; /* --detrend, which other data have too */
} gm_map_options;

enum { GM_MAP_OPTIONS = 7 };

/* The options of the command line, with their targets in *options. */
void gm_map_options_list(gm_map_options *options, gm_option list[GM_MAP_OPTIONS]);

/* An option that makes no sense without --sst. */
gm_status gm_map_options_check(const gm_map_options *options, gm_error *err);

/* ---- data ------------------------------------------------------------------------ */

typedef struct {
  gm_sst_map map;                       /* without values once EOF scores have replaced them */
  gm_eof eof;                           /* k = 0 without */
  float *scores;                        /* (n_times, k), owned */
  const float *values;                  /* (n_times, width): map.values or scores */
  size_t width;                         /* inputs per month: points or k */
  char training_maps[GM_CHECKSUM_TEXT]; /* with EOFs: of the training samples of the points, whose patterns
                                           they are */
  char arch[GM_MAP_ARCHITECTURE_TEXT];  /* the default network */
} gm_map_data;

/* Where the study's own windows lie (nino12.h), with the maps' longest window. */
gm_samples_config gm_map_data_sampling(void);

/* How the file is to be read for the months that `sampling` needs. */
gm_status gm_map_data_config(const gm_map_options *options, const char *base_period,
                             const gm_samples_config *sampling, gm_sst_netcdf_config *config, gm_error *err);

/* Reads the months `sampling` needs and learns the EOFs on its training split. *base_period, and the
 * options' variable and index, become what was used. */
gm_status gm_map_data_load(gm_map_data *data, gm_map_options *options, const char **base_period,
                           const gm_samples_config *sampling, gm_error *err);

/* The whole file as it is, or as anomalies where `base_period` is given. `feature` (NULL: a map and its
 * index): the mean of that box of --features alone. */
gm_status gm_map_data_read(const gm_map_options *options, const char *base_period, const char *feature,
                           gm_sst_map *map, gm_error *err);

/* Accepts a zeroed object. */
void gm_map_data_free(gm_map_data *data);

gm_status gm_map_data_samples(const gm_map_data *data, const gm_samples_config *sampling, gm_samples *samples,
                              gm_error *err);

/* area (time_steps, n_points): relative areas of the points, each month's alike. */
void gm_map_data_area(const gm_map_data *data, size_t time_steps, double *area);

/* ---- what a run says -------------------------------------------------------------- */

/* Members of run.json's `dataset`. */
void gm_map_data_describe(const gm_map_data *data, const gm_map_options *options, struct json_object *object);

/* What was found in the file `path`: "sst.nc: sst, monthly, 36 months, 2000-01 to 2002-12, by the bounds of
 * its time steps". */
const char *gm_map_data_line(const gm_sst_map *map, const char *path, char *text, size_t size);

/* Sentence number i (from 0) a reader must know; false past the last. */
bool gm_map_data_warning(const gm_map_data *data, const gm_map_options *options, int i, char *text,
                         size_t size);

/* A derivative by the inputs (time_steps, width) as one by the points (time_steps, n_points). */
void gm_map_data_to_points(const gm_map_data *data, size_t time_steps, const double *by_input,
                           double *by_point);

/* Writes the CSV `path`: lag,latitude,longitude and one column per array (time_steps,
 * n_points); lag = months before the last input month. `columns` is their comma-separated names. */
gm_status gm_map_data_write(const gm_map_data *data, const char *path, const char *columns,
                            const double *const *arrays, size_t n_arrays, size_t time_steps, gm_error *err);

#endif
