/* SPDX-License-Identifier: MIT
 * Boxes as channels. */
#include "experiments/run/box_series.h"

#include "common/csv.h"
#include "datasets/maps/sst_netcdf.h"

#include <string.h>

static gm_status check(const gm_map_options *o, gm_error *err) {
  const char *with = o->box != NULL        ? "--box"
                     : o->eof > 0          ? "--eof"
                     : o->three_month_mean ? "--three-month-mean"
                                           : NULL;
  if (with == NULL) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "--features: with --sst the forecast is made from the means of these boxes: expected it without %s",
      with);
}

/* The mean of one box, with what there is to say of it. */
static gm_status read_box(gm_experiment *e, const gm_sst_netcdf_config *config, gm_sst_map *map,
                          gm_error *err) {
  char text[GM_ERROR_LENGTH];
  const gm_status status = gm_sst_netcdf_read(config, map, err);
  if (status != GM_OK) return status;
  const gm_map_data data = {.map = *map};
  for (int i = 0; gm_map_data_warning(&data, &e->options.map, i, text, sizeof text); i++)
    gm_experiment_warn(e, text);
  return GM_OK;
}

/* The names of --features, as a header line of CSV has them. */
static gm_status read_names(const char *features, gm_csv_table *names, gm_error *err) {
  if (features[0] == '\0')
    return gm_fail(err, GM_BAD_INPUT, "--features: expected boxes separated by commas, got \"\"");
  const gm_status status = gm_csv_parse(features, strlen(features), "--features", names, err);
  for (size_t i = 0; status == GM_OK && i < names->n_columns; i++)
    for (size_t j = 0; j < i; j++)
      if (strcmp(names->header[i], names->header[j]) == 0)
        return gm_fail(err, GM_BAD_INPUT, "--features: the box %s is listed twice", names->header[i]);
  return status;
}

gm_status gm_box_series_load(gm_experiment *e, gm_error *err) {
  gm_map_options *o = &e->options.map;
  gm_csv_table names = {0};
  gm_sst_netcdf_config config;
  gm_status status = check(o, err);
  if (status == GM_OK) status = read_names(e->options.features, &names, err);
  if (status == GM_OK) status = gm_map_data_config(o, e->options.base_period, &e->sampling, &config, err);
  if (status != GM_OK) goto done;
  config.index_only = true;
  o->index = config.index;
  status = read_box(e, &config, &e->map.map, err);
  if (status != GM_OK) goto done;
  if (e->options.base_period == NULL) e->options.base_period = "none";
  o->variable = e->map.map.variable;
  const gm_series *target = &e->map.map.index;
  gm_series *s = &e->series;
  status = gm_series_alloc(s, o->sst, GM_MONTHLY, target->first, target->n_times, names.n_columns, err);
  if (status != GM_OK) goto done;
  memcpy(s->target, target->target, s->n_times * sizeof *s->target);
  status = gm_series_name(&s->target_name, target->target_name, err);
  if (status == GM_OK && target->target_unit != NULL)
    status = gm_series_name(&s->target_unit, target->target_unit, err);
  for (size_t c = 0; c < s->n_channels && status == GM_OK; c++) {
    gm_sst_map box;
    config.index = names.header[c];
    config.index_option = "--features";
    status = strcmp(config.index, o->index) == 0 ? GM_OK : read_box(e, &config, &box, err);
    if (status != GM_OK) break;
    const bool is_target = strcmp(config.index, o->index) == 0;
    memcpy(s->channels + c * s->n_times, is_target ? s->target : box.index.target,
           s->n_times * sizeof *s->target);
    if (!is_target) gm_sst_map_free(&box);
    status = gm_series_name(&s->channel_names[c], config.index, err);
  }
done:
  gm_csv_free(&names);
  return status;
}

gm_status gm_box_series_each(gm_experiment *e, gm_status (*visit)(gm_experiment *, const char *, gm_error *),
                             gm_error *err) {
  gm_csv_table names = {0};
  gm_status status = check(&e->options.map, err);
  if (status == GM_OK) status = read_names(e->options.features, &names, err);
  for (size_t c = 0; status == GM_OK && c < names.n_columns; c++) status = visit(e, names.header[c], err);
  gm_csv_free(&names);
  return status;
}
