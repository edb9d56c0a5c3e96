/* SPDX-License-Identifier: MIT
 * The data of a run: from its options to a series or a map, from that to samples, and what the run's
 * files say of it. The reading itself is in datasets/. */
#include "experiments/run/experiment.h"

#include "datasets/anomalies.h"
#include "datasets/nino12.h"
#include "datasets/text/csv_series.h"
#include "experiments/run/overlap.h"

#include <string.h>

static gm_status read_series(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  if (o->dataset != NULL && strcmp(o->dataset, "nino12") != 0)
    return gm_fail(err, GM_BAD_INPUT, "--dataset: expected nino12, got \"%s\"; for a file use --csv",
                   o->dataset);
  if (o->csv == NULL) {
    if (o->date_column != NULL || o->target != NULL || o->features != NULL)
      return gm_fail(err, GM_BAD_INPUT,
                     "--date-column, --target and --features describe a file: expected --csv FILE");
    o->dataset = "nino12";
    return gm_nino12_read(&e->series, err);
  }
  if (o->date_column == NULL || o->target == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--csv %s: expected --date-column and --target with it", o->csv);
  const gm_csv_series_config config = {o->csv, o->date_column, o->target, o->features};
  return gm_csv_series_read(&config, &e->series, err);
}

/* The series as anomalies, and its own splits. */
static gm_status load_series(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  gm_base_period base;
  gm_status status = read_series(e, err);
  if (status != GM_OK) return status;
  const bool nino12 = o->csv == NULL;
  if (o->base_period == NULL) o->base_period = nino12 ? GM_NINO12_BASE_PERIOD : "none";
  e->sampling = nino12 ? gm_nino12_samples_config() : gm_samples_config_default();
  status = gm_base_period_parse(o->base_period, &base, err);
  return status == GM_OK ? gm_anomalies(&e->series, &base, err) : status;
}

static gm_status load_map(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  char text[GM_ERROR_LENGTH];
  const gm_status status = gm_map_data_load(&e->map, &o->map, &o->base_period, &e->sampling, err);
  for (int i = 0; status == GM_OK && gm_map_data_warning(&e->map, &o->map, i, text, sizeof text); i++)
    gm_experiment_warn(e, text);
  return status;
}

gm_status gm_experiment_load(gm_experiment *e, gm_error *err) {
  gm_experiment_options *o = &e->options;
  const bool map = o->map.sst != NULL;
  gm_status status = gm_map_options_check(&o->map, err);
  if (status == GM_OK && (o->dataset != NULL) + (o->csv != NULL) + map > 1)
    status = gm_fail(err, GM_BAD_INPUT, "--dataset, --csv and --sst: expected one of them");
  if (map) e->sampling = gm_map_data_sampling();
  if (status == GM_OK && !map) status = load_series(e, err);
  if (status != GM_OK) return status;
  e->sampling.lead = (size_t)o->lead;
  const char **given[GM_N_SPLITS] = {&o->train, &o->validation, &o->test};
  for (int s = 0; s < GM_N_SPLITS; s++) {
    if (*given[s] != NULL) e->sampling.period[s] = *given[s];
    *given[s] = e->sampling.period[s];
    if (*given[s] == NULL)
      return gm_fail(err, GM_BAD_INPUT, "--%s FROM:TO: needed with --csv", gm_split_text((gm_split_name)s));
  }
  if (map) status = load_map(e, err); /* after the splits: it reads the months they need */
  if (status == GM_OK) status = gm_experiment_samples(e, (size_t)o->time_steps, &e->samples, err);
  char text[GM_ERROR_LENGTH];
  for (int i = 0; status == GM_OK && gm_overlap_warning(&e->samples, o->base_period, i, text, sizeof text);
       i++)
    gm_experiment_warn(e, text);
  return status;
}

const gm_series *gm_experiment_series(const gm_experiment *e) {
  return e->options.map.sst != NULL ? &e->map.map.index : &e->series;
}

const char *gm_experiment_default_arch(const gm_experiment *e) {
  return e->options.map.sst != NULL ? e->map.arch : GM_ARCHITECTURE_INDEX;
}

gm_status gm_experiment_samples(const gm_experiment *e, size_t time_steps, gm_samples *samples,
                                gm_error *err) {
  gm_samples_config config = e->sampling;
  config.time_steps = time_steps;
  if (e->options.map.sst != NULL) return gm_map_data_samples(&e->map, &config, samples, err);
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
  return e->options.dataset != NULL ? "°C" : e->map.map.unit;
}

struct json_object *gm_experiment_dataset(const gm_experiment *e) {
  static const struct {
    gm_split_name split;
    const char *count;
  } counts[] = {{GM_TRAIN, "n_train"}, {GM_VALIDATION, "n_validation"}, {GM_TEST, "n_test"}};
  const gm_experiment_options *o = &e->options;
  const bool nino12 = o->dataset != NULL;
  struct json_object *d = json_object_new_object();
  int64_t dropped = 0;
  gm_json_add_text(d, "name", gm_experiment_source(e));
  gm_json_add_text(d, "description", !nino12 ? NULL : "Niño 1+2 sea-surface temperature anomaly, monthly");
  gm_json_add_text(d, "source", nino12 ? "NOAA ERSST.v3b, public domain" : gm_experiment_source(e));
  gm_json_add_text(d, "unit", gm_experiment_unit(e));
  gm_json_add_text(d, "target", gm_experiment_series(e)->target_name);
  gm_json_add_text(d, "base_period", o->base_period);
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
