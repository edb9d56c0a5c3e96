/* SPDX-License-Identifier: MIT
 * The data of a run: from its options to a series or a map, from that to samples, and what the run's
 * files say of it. The reading itself is in datasets/. */
#include "experiments/run/experiment.h"

#include "common/terminal.h"
#include "datasets/anomalies.h"
#include "datasets/detrend.h"
#include "datasets/embedded.h"
#include "datasets/nino12.h"
#include "datasets/series_patterns.h"
#include "datasets/series_samples.h"
#include "datasets/text/csv_series.h"
#include "experiments/run/box_series.h"
#include "experiments/run/overlap.h"

#include <math.h>
#include <string.h>

static gm_status read_series(gm_experiment *e, gm_series_found *found, gm_error *err) {
  gm_experiment_options *o = &e->options;
  if (o->csv == NULL) {
    if (o->dataset == NULL) o->dataset = gm_embedded_dataset_at(0)->name;
    const gm_status status = gm_embedded_dataset_find(o->dataset, &e->embedded, err);
    if (status != GM_OK) return status;
    if (o->date_column != NULL || o->target != NULL || o->features != NULL || o->layout != NULL ||
        o->missing != NULL)
      return gm_fail(
          err, GM_BAD_INPUT,
          "--date-column, --target, --features, --layout and --missing describe a file: expected --csv FILE");
    return e->embedded->read(&e->series, err);
  }
  const gm_csv_series_config config = {.path = o->csv,
                                       .date_column = o->date_column,
                                       .target = o->target,
                                       .features = o->features,
                                       .missing = o->missing,
                                       .layout = o->layout};
  return gm_csv_series_read(&config, &e->series, found, err);
}

/* A column that holds what is to be forecast makes any model exact. */
static void warn_ahead(gm_experiment *e) {
  enum { MOST = 24 };
  const gm_series *s = &e->series;
  char text[GM_ERROR_LENGTH];
  for (size_t c = 0; c < s->n_channels; c++) {
    const size_t steps = gm_series_ahead(s->channels + c * s->n_times, s->target, s->n_times, MOST);
    if (steps == 0) continue;
    snprintf(text, sizeof text,
             "Column \"%s\" is \"%s\" of %zu %s%s later: what is to be forecast is among the inputs.",
             s->channel_names[c], s->target_name, steps, gm_time_step(s->unit), steps == 1 ? "" : "s");
    gm_experiment_warn(e, text);
  }
}

/* The series as anomalies, and its own splits. */
static gm_status load_series(gm_experiment *e, gm_series_found *found, gm_error *err) {
  gm_experiment_options *o = &e->options;
  gm_base_period base;
  gm_status status = read_series(e, found, err);
  if (status != GM_OK) return status;
  warn_ahead(e);
  const gm_embedded_dataset *embedded = e->embedded;
  if (embedded == NULL && o->target == NULL) o->target = e->series.target_name;
  if (o->base_period == NULL) o->base_period = embedded != NULL ? embedded->base_period : "none";
  e->sampling = embedded != NULL ? embedded->samples() : gm_samples_config_default();
  status = gm_base_period_parse(o->base_period, &base, err);
  return status == GM_OK ? gm_anomalies(&e->series, &base, err) : status;
}

static gm_status load_map(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  char text[GM_ERROR_LENGTH];
  o->map.missing = o->missing;
  o->map.detrend = o->detrend;
  const gm_status status = gm_map_data_load(&e->map, &o->map, &o->base_period, &e->sampling, err);
  for (int i = 0; status == GM_OK && gm_map_data_warning(&e->map, &o->map, i, text, sizeof text); i++)
    gm_experiment_warn(e, text);
  return status;
}

static gm_status check_data_options(const gm_experiment_options *o, gm_error *err) {
  const gm_status status = gm_map_options_check(&o->map, err);
  if (status != GM_OK || (o->dataset != NULL) + (o->csv != NULL) + (o->map.sst != NULL) <= 1) return status;
  return gm_fail(err, GM_BAD_INPUT, "--dataset, --csv and --sst: expected one of them");
}

/* What the samples forecast: the series, or the index of the map. */
static const gm_series *forecast_series(const gm_experiment *e) {
  return gm_experiment_has_map(e) ? &e->map.map.index : &e->series;
}

/* A forecast of what never changes cannot fail. */
static void warn_constant(gm_experiment *e, const gm_series *s) {
  char text[GM_ERROR_LENGTH];
  size_t first = 0, t;
  while (first < s->n_times && isnan(s->target[first])) first++;
  for (t = first + 1; t < s->n_times; t++)
    if (!isnan(s->target[t]) && s->target[t] != s->target[first]) return;
  if (t <= first + 1) return;
  snprintf(text, sizeof text,
           "Every value of %s is %g: there is nothing to forecast, and the scores say nothing.",
           s->target_name, s->target[first]);
  gm_experiment_warn(e, text);
}

/* A mark that no value has is a slip, or those that are meant have passed for data. */
static void warn_unused_mark(gm_experiment *e) {
  const gm_experiment_options *o = &e->options;
  char text[GM_ERROR_LENGTH];
  if (o->csv == NULL || o->missing == NULL || strcmp(o->missing, "none") == 0 || e->series.n_missing > 0)
    return;
  snprintf(text, sizeof text, "--missing %s: no value that is read is it.", o->missing);
  gm_experiment_warn(e, text);
}

/* What was found in a file, once its samples are cut. */
static void tell(gm_experiment *e, const gm_series_found *found) {
  char text[GM_ERROR_LENGTH];
  if (e->options.map.sst != NULL)
    gm_say(stderr, "%s: %s", e->program,
           gm_map_data_line(&e->map.map, e->options.map.sst, text, sizeof text));
  if (found->layout[0] != '\0') gm_say(stderr, "%s: %s: %s", e->program, e->series.name, found->layout);
  for (size_t i = 0; i < found->n_notes; i++) gm_experiment_warn(e, found->note[i]);
  warn_unused_mark(e);
  warn_constant(e, forecast_series(e));
}

gm_status gm_experiment_load(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  const bool map = gm_experiment_has_map(e), boxes = o->map.sst != NULL && !map;
  gm_series_found found = {0};
  gm_status status = check_data_options(o, err);
  if (map) e->sampling = gm_map_data_sampling();
  if (boxes) e->sampling = gm_nino12_samples_config();
  if (status == GM_OK && !map && !boxes) status = load_series(e, &found, err);
  if (status != GM_OK) return status;
  e->sampling.lead = (size_t)o->lead;
  const char **given[GM_N_SPLITS] = {&o->train, &o->validation, &o->test};
  for (int s = 0; s < GM_N_SPLITS; s++) {
    if (*given[s] != NULL) e->sampling.period[s] = *given[s];
    *given[s] = e->sampling.period[s];
    if (*given[s] == NULL)
      return gm_fail(err, GM_BAD_INPUT, "--%s FROM:TO: needed with --csv", gm_split_text((gm_split_name)s));
  }
  if (boxes) status = gm_box_series_load(e, err); /* after the splits: it reads the months they need */
  if (status == GM_OK && !map && o->detrend) {
    gm_period train;
    status = gm_period_parse(e->sampling.period[GM_TRAIN], e->series.unit, "train", &train, err);
    if (status == GM_OK) status = gm_detrend_series(&e->series, &train, err);
  }
  if (status == GM_OK && map) status = load_map(e, err); /* likewise */
  if (status == GM_OK) status = gm_experiment_samples(e, (size_t)o->time_steps, &e->samples, err);
  if (status == GM_OK) tell(e, &found);
  char text[GM_ERROR_LENGTH];
  for (int i = 0; status == GM_OK && gm_overlap_warning(&e->samples, o->base_period, i, text, sizeof text);
       i++)
    gm_experiment_warn(e, text);
  if (status == GM_OK && gm_order_warning(&e->samples, text, sizeof text)) gm_experiment_warn(e, text);
  const size_t fewest = map ? 0 : e->series.n_base;
  if (status == GM_OK && gm_base_period_warning(o->base_period, fewest, text, sizeof text))
    gm_experiment_warn(e, text);
  return status;
}

/* ---- --describe ---------------------------------------------------------------------- */

static void print_range(const gm_series *s) {
  double least = INFINITY, most = -INFINITY;
  for (size_t t = 0; t < s->n_times; t++) {
    least = fmin(least, s->target[t]);
    most = fmax(most, s->target[t]);
  }
  const bool unit = s->target_unit != NULL;
  printf("  %s: %g to %g%s%s\n", s->target_name, least, most, unit ? " " : ", unit not known",
         unit ? s->target_unit : "");
}

/* The points of a map, or of an index (of which cells with gaps are used where they have a value). */
static void print_box(const char *what, const char *name, size_t n, const char *unit, double area,
                      size_t land, size_t gaps) {
  printf("  %s %s: %zu %s of area %.5g (sum of cos latitude), %zu of land, %zu with gaps\n", what, name, n,
         unit, area, land, gaps);
}

static void print_map(const gm_map_data *d, const gm_map_options *o, const char *what, bool points) {
  const gm_sst_map *map = &d->map;
  char text[GM_ERROR_LENGTH];
  double area = 0;
  for (size_t p = 0; p < map->n_points; p++) area += fmax(0, cos(map->latitude[p] * acos(-1) / 180));
  if (points)
    print_box("box", o->box != NULL ? o->box : "of the whole map", map->n_points, "points", area, map->n_land,
              map->n_gaps);
  print_box(what, map->index.target_name, map->n_index_cells, "cells", map->index_area, map->n_index_land,
            map->n_index_gaps);
  print_range(&map->index);
  for (int i = 0; gm_map_data_warning(d, o, i, text, sizeof text); i++) printf("  %s\n", text);
}

static gm_status print_feature(gm_experiment *e, const char *box, gm_error *err) {
  gm_map_data data = {0};
  const gm_status status = gm_map_data_read(&e->options.map, e->options.base_period, box, &data.map, err);
  if (status != GM_OK) return status;
  print_map(&data, &e->options.map, "feature", false);
  gm_map_data_free(&data);
  return GM_OK;
}

static gm_status describe_map(gm_experiment *e, gm_error *err) {
  const gm_map_options *o = &e->options.map;
  const bool points = e->options.features == NULL;
  char text[GM_ERROR_LENGTH];
  gm_map_data data = {0};
  e->options.map.missing = e->options.missing;
  gm_status status = gm_map_data_read(o, e->options.base_period, NULL, &data.map, err);
  if (status != GM_OK) return status;
  printf("%s\n", gm_map_data_line(&data.map, o->sst, text, sizeof text));
  print_map(&data, o, "index", points);
  gm_map_data_free(&data);
  return points ? GM_OK : gm_box_series_each(e, print_feature, err);
}

gm_status gm_experiment_describe(gm_experiment *e, gm_error *err) {
  gm_series_found found = {0};
  gm_status status = check_data_options(&e->options, err);
  if (status != GM_OK) return status;
  if (e->options.map.sst != NULL) return describe_map(e, err);
  status = read_series(e, &found, err);
  if (status != GM_OK) return status;
  char from[GM_TIME_TEXT], to[GM_TIME_TEXT];
  const gm_series *s = &e->series;
  if (found.layout[0] == '\0') /* embedded: nothing had to be found */
    snprintf(found.layout, sizeof found.layout, "monthly, %zu rows, %s to %s", s->n_times,
             gm_time_format(s->unit, s->first, from),
             gm_time_format(s->unit, s->first + (int64_t)s->n_times - 1, to));
  printf("%s: %s\n", s->name, found.layout);
  print_range(s);
  for (size_t i = 0; i < found.n_notes; i++) printf("  %s\n", found.note[i]);
  if (found.n_notes == 0) printf("  no missing values\n");
  return GM_OK;
}

/* ---- samples --------------------------------------------------------------------------- */

bool gm_experiment_has_map(const gm_experiment *e) {
  return e->options.map.sst != NULL && e->options.features == NULL;
}

const char *gm_experiment_default_arch(const gm_experiment *e) {
  return gm_experiment_has_map(e) ? e->map.arch : GM_ARCHITECTURE_INDEX;
}

gm_status gm_experiment_samples(const gm_experiment *e, size_t time_steps, gm_samples *samples,
                                gm_error *err) {
  gm_samples_config config = e->sampling;
  config.time_steps = time_steps;
  config.no_blocks = e->no_network;
  if (gm_experiment_has_map(e)) return gm_map_data_samples(&e->map, &config, samples, err);
  return gm_samples_from_series(&config, &e->series, samples, err);
}

void gm_experiment_examples(const gm_samples *samples, gm_examples parts[GM_N_PARTS]) {
  static const gm_split_name split_of[GM_N_PARTS] = {
      [GM_PART_TRAIN] = GM_TRAIN, [GM_PART_VALIDATION] = GM_VALIDATION, [GM_PART_TEST] = GM_TEST};
  for (int p = 0; p < GM_N_PARTS; p++) {
    const gm_split *s = &samples->split[split_of[p]];
    parts[p] = (gm_examples){.n = s->n, .x = s->x, .y = s->y_float, .truth = s->y};
  }
}

gm_shape gm_experiment_shape(const gm_samples *samples) {
  return (gm_shape){.channels = samples->n_channels, .length = samples->length};
}

/* ---- what a run says of its data ---------------------------------------------------- */

const char *gm_experiment_source(const gm_experiment *e) {
  const gm_experiment_options *o = &e->options;
  return o->map.sst != NULL ? o->map.sst : o->csv != NULL ? o->csv : o->dataset;
}

const char *gm_experiment_unit(const gm_experiment *e) {
  return forecast_series(e)->target_unit;
}

struct json_object *gm_experiment_dataset(const gm_experiment *e) {
  static const struct {
    gm_split_name split;
    const char *count;
  } counts[] = {{GM_TRAIN, "n_train"}, {GM_VALIDATION, "n_validation"}, {GM_TEST, "n_test"}};
  const gm_experiment_options *o = &e->options;
  struct json_object *d = json_object_new_object();
  int64_t dropped = 0;
  gm_json_add_text(d, "name", gm_experiment_source(e));
  gm_json_add_text(d, "description", e->embedded != NULL ? e->embedded->description : NULL);
  gm_json_add_text(d, "source", e->embedded != NULL ? e->embedded->source : gm_experiment_source(e));
  gm_json_add_text(d, "unit", gm_experiment_unit(e));
  gm_json_add_text(d, "target", forecast_series(e)->target_name);
  gm_json_add_text(d, "features", o->features);
  gm_json_add_text(d, "base_period", o->base_period);
  gm_json_add_bool(d, "detrend", o->detrend);
  gm_json_add_integer(d, "lead", o->lead);
  gm_json_add_integer(d, "time_steps", (int64_t)e->samples.time_steps);
  gm_json_add_integer(d, "max_time_steps", (int64_t)e->samples.max_time_steps);
  gm_json_add_integer(d, "channels", (int64_t)e->samples.n_channels);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    const gm_split *split = &e->samples.split[counts[i].split];
    gm_json_add_text(d, gm_split_text(counts[i].split), e->sampling.period[counts[i].split]);
    gm_json_add_integer(d, counts[i].count, (int64_t)split->n);
    dropped += (int64_t)split->n_dropped;
  }
  gm_json_add_integer(d, "samples_dropped", dropped);
  if (o->map.sst != NULL) gm_map_data_describe(&e->map, &o->map, d);
  return d;
}
