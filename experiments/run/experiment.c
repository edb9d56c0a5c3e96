/* SPDX-License-Identifier: MIT
 * Options, data, meter and results that all programs share. */
#include "experiments/run/experiment.h"

#include "common/atomic_file.h"
#include "common/csv.h"
#include "common/interrupt.h"
#include "datasets/anomalies.h"
#include "datasets/nino12.h"
#include "datasets/text/csv_series.h"
#include "energy/carbon/emissions_csv.h"
#include "energy/energy_sum.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char run_schema[] = "greenmile-run-1";

/* ---- options -------------------------------------------------------------------- */

void gm_experiment_init(gm_experiment *e, const char *program) {
  *e = (gm_experiment){.program = program};
  e->options = (gm_experiment_options){.lead = 1,
                                       .time_steps = 1,
                                       .out = "results/runs/last",
                                       .protocol = "full",
                                       .carbon_intensity = NAN,
                                       .pue = 1};
  e->warnings = json_object_new_array();
}

static void build_options(gm_experiment *e) {
  gm_experiment_options *o = &e->options;
  const gm_option data[GM_EXPERIMENT_DATA_OPTIONS - GM_MAP_OPTIONS] = {
      {"dataset", "NAME", "embedded data: nino12 (NOAA ERSST.v3b Niño 1+2, monthly); the default",
       GM_OPTION_TEXT, &o->dataset, 0, 0, false},
      {"csv", "FILE", "any time series instead, one row per month, day or number", GM_OPTION_TEXT, &o->csv, 0,
       0, false},
      {"date-column", "COLUMN", "of --csv: dates YYYY, YYYY-MM or YYYY-MM-DD", GM_OPTION_TEXT,
       &o->date_column, 0, 0, false},
      {"target", "COLUMN", "of --csv: what to forecast", GM_OPTION_TEXT, &o->target, 0, 0, false},
      {"features", "COLUMN,…", "of --csv: input channels in that order; without it the target",
       GM_OPTION_TEXT, &o->features, 0, 0, false},
      {"base-period", "Y:Y|none",
       "years whose calendar means make anomalies; nino12: 1950:1979, --csv: none, --sst: none for anomalies",
       GM_OPTION_TEXT, &o->base_period, 0, 0, false},
      {"lead", "N", "forecast so many time steps ahead", GM_OPTION_INTEGER, &o->lead, 1, 1e6, false},
      {"time-steps", "T", "from so many past time steps, at most 12 (--sst: 6)", GM_OPTION_INTEGER,
       &o->time_steps, 1, 12, false},
      {"train", "FROM:TO", "last input dates of the training samples; nino12, --sst: 1980-01:1995-12",
       GM_OPTION_TEXT, &o->train, 0, 0, false},
      {"validation", "FROM:TO", "likewise; nino12, --sst: 1997-01:2006-12", GM_OPTION_TEXT, &o->validation, 0,
       0, false},
      {"test", "FROM:[TO]", "likewise; nino12, --sst: 2007-01: (to the end)", GM_OPTION_TEXT, &o->test, 0, 0,
       false},
  };
  const gm_option run[GM_EXPERIMENT_RUN_OPTIONS] = {
      {"seed", "N", "of weights, batches and search, as torch.manual_seed(N)", GM_OPTION_INTEGER, &o->seed, 0,
       4294967295.0, false},
      {"threads", "N", "of the computation; 0 = all processors (results do not depend on it)",
       GM_OPTION_INTEGER, &o->threads, 0, 1024, false},
      {"out", "DIR", "run directory to write", GM_OPTION_TEXT, &o->out, 0, 0, false},
      {"protocol", "full|quick", "label written into the results", GM_OPTION_TEXT, &o->protocol, 0, 0, false},
      {"country", "ISO3", "carbon intensity of this country (USA, IND, …) or WLD, the world average",
       GM_OPTION_TEXT, &o->country, 0, 0, false},
      {"carbon-intensity", "G_PER_KWH", "use this figure instead, g CO2eq per kWh", GM_OPTION_NUMBER,
       &o->carbon_intensity, 0, INFINITY, true},
      {"pue", "X", "power usage effectiveness of the site; multiplies every energy", GM_OPTION_NUMBER,
       &o->pue, 1, 10, false},
  };
  gm_map_options_list(&o->map, e->data_options);
  memcpy(e->data_options + GM_MAP_OPTIONS, data, sizeof data);
  memcpy(e->run_options, run, sizeof run);
}

gm_status gm_experiment_parse(gm_experiment *e, const char *description, const char *epilogue,
                              const gm_option *own, size_t n_own, int argc, char **argv, bool *done,
                              gm_error *err) {
  build_options(e);
  const gm_option_group groups[] = {
      {"Options", own, n_own},
      {"Data", e->data_options, GM_EXPERIMENT_DATA_OPTIONS},
      {"Run and energy", e->run_options, GM_EXPERIMENT_RUN_OPTIONS},
  };
  const gm_program program = {e->program, "[options]", description,
                              epilogue,   groups,      sizeof groups / sizeof *groups};
  gm_options_action action;
  e->argc = argc;
  e->argv = argv;
  gm_status status = gm_options_parse(&program, argc, argv, &action, NULL, err);
  if (status != GM_OK) return status;
  *done = action != GM_OPTIONS_RUN;
  if (action == GM_OPTIONS_HELP) gm_options_print_help(&program, stdout);
  if (action == GM_OPTIONS_VERSION) gm_print_version(&program, stdout);
  if (*done) return GM_OK;
  if (strcmp(e->options.protocol, "full") != 0 && strcmp(e->options.protocol, "quick") != 0)
    return gm_fail(err, GM_BAD_INPUT, "--protocol: expected full or quick, got \"%s\"", e->options.protocol);
  return GM_OK;
}

/* ---- data ------------------------------------------------------------------------- */

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
  const gm_csv_series_config config = {.path = o->csv, .date_column = o->date_column, .target = o->target, .features = o->features};
  return gm_csv_series_read(&config, &e->series, NULL, err);
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
  return status == GM_OK ? gm_experiment_samples(e, (size_t)o->time_steps, &e->samples, err) : status;
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

/* ---- life cycle ----------------------------------------------------------------------- */

static gm_status open_energy(gm_experiment *e, gm_error *err) {
  gm_status status = GM_OK;
  e->carbon = gm_carbon_intensity_unset();
  if (e->options.country != NULL)
    status = gm_carbon_intensity_find(e->options.country, NULL, &e->carbon, err);
  if (status != GM_OK) return status;
  if (!isnan(e->options.carbon_intensity)) {
    gm_carbon_intensity stated;
    status = gm_carbon_intensity_fixed(e->options.carbon_intensity, &stated, err);
    memcpy(stated.iso3, e->carbon.iso3, sizeof stated.iso3); /* the place stays, its figure is replaced */
    memcpy(stated.country, e->carbon.country, sizeof stated.country);
    e->carbon = stated;
  }
  gm_meter_config config = gm_meter_config_default();
  gm_meter_config_environment(&config);
  config.pue = e->options.pue;
  return status == GM_OK ? gm_meter_open(&e->meter, &config, err) : status;
}

gm_status gm_experiment_begin(gm_experiment *e, gm_error *err) {
  clock_gettime(CLOCK_REALTIME, &e->started_at);
  gm_interrupt_watch();
  gm_status status = gm_uuid(e->run_id, err);
  if (status == GM_OK) status = open_energy(e, err);
  if (status != GM_OK) return status;
  gm_meter_read(e->meter, &e->opened);
  return gm_compute_init(&e->compute, (int)e->options.threads, getenv("GREENMILE_ISA"), err);
}

gm_status gm_experiment_open(gm_experiment *e, gm_error *err) {
  const gm_status status = gm_experiment_begin(e, err);
  return status == GM_OK ? gm_experiment_load(e, err) : status;
}

gm_status gm_experiment_create_out(const gm_experiment *e, gm_error *err) {
  const gm_status status = gm_make_directories(e->options.out, err);
  if (status == GM_BAD_INPUT) gm_error_prefix(err, "--out");
  if (status != GM_OK) return status;
  char *path = gm_experiment_path(e, "run.json");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  remove(path);
  free(path);
  return GM_OK;
}

void gm_experiment_close(gm_experiment *e) {
  gm_samples_free(&e->samples);
  gm_series_free(&e->series);
  gm_compute_free(&e->compute);
  gm_map_data_free(&e->map);
  gm_meter_close(e->meter);
  json_object_put(e->warnings);
  *e = (gm_experiment){.program = e->program};
}

int gm_experiment_exit(const gm_experiment *e, gm_status status, const gm_error *err) {
  if (status != GM_OK) fprintf(stderr, "%s: %s\n", e->program, err->message);
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return gm_exit_code(status);
  fprintf(stderr, "%s: cannot write to standard output\n", e->program); /* --help > a full disk */
  return gm_exit_code(status == GM_OK ? GM_IO_ERROR : status);
}

void gm_experiment_warn(gm_experiment *e, const char *sentence) {
  fprintf(stderr, "%s: warning: %s\n", e->program, sentence);
  json_object_array_add(e->warnings, gm_json_string(sentence));
}

/* ---- the metered interval ---------------------------------------------------------------- */

void gm_experiment_start(gm_experiment *e) {
  gm_meter_read(e->meter, &e->started);
}

void gm_experiment_stop(gm_experiment *e) {
  gm_meter_read(e->meter, &e->stopped);
}

void gm_experiment_energy_note(gm_experiment *e, char *text, size_t size) {
  gm_reading now;
  gm_energy energy;
  gm_meter_read(e->meter, &now);
  gm_meter_between(e->meter, &e->started, &now, NULL, &energy);
  snprintf(text, size, "%.1f J", energy.energy_j);
}

gm_energy gm_experiment_energy(const gm_experiment *e) {
  gm_energy energy;
  gm_meter_between(e->meter, &e->started, &e->stopped, NULL, &energy);
  return energy;
}

/* ---- results ----------------------------------------------------------------------------- */

gm_status gm_experiment_scores(const gm_samples *samples, const double *validation, const double *test,
                               gm_scores *scores, gm_error *err) {
  const gm_split *v = &samples->split[GM_VALIDATION], *t = &samples->split[GM_TEST];
  gm_status status = gm_rmse(validation, v->y, v->n, &scores->rmse_validation, err);
  if (status == GM_OK) status = gm_rmse(test, t->y, t->n, &scores->rmse_test, err);
  if (status == GM_OK) status = gm_correlation(validation, v->y, v->n, &scores->correlation_validation, err);
  if (status == GM_OK) status = gm_correlation(test, t->y, t->n, &scores->correlation_test, err);
  return status;
}

void gm_scores_add(struct json_object *object, const gm_scores *s) {
  gm_json_add_number(object, "rmse_validation", s->rmse_validation);
  gm_json_add_number(object, "rmse_test", s->rmse_test);
  gm_json_add_number(object, "correlation_validation", s->correlation_validation);
  gm_json_add_number(object, "correlation_test", s->correlation_test);
}

char *gm_experiment_path(const gm_experiment *e, const char *name) {
  return gm_path_join(e->options.out, name);
}

gm_status gm_experiment_write_predictions(const gm_experiment *e, const gm_samples *samples,
                                          const double *validation, const double *test, gm_error *err) {
  const double *prediction[GM_N_SPLITS] = {[GM_VALIDATION] = validation, [GM_TEST] = test};
  gm_csv_writer csv;
  char *path = gm_experiment_path(e, "predictions.csv");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  gm_status status = gm_csv_open(&csv, path, "split,month,truth,prediction", err);
  free(path);
  if (status != GM_OK) return status;
  for (int s = 0; s < GM_N_SPLITS; s++)
    for (size_t i = 0; prediction[s] != NULL && i < samples->split[s].n; i++) {
      char date[GM_TIME_TEXT];
      gm_csv_put_text(&csv, gm_split_text((gm_split_name)s));
      gm_csv_put_text(&csv, gm_time_format(samples->unit, samples->split[s].target_time[i], date));
      gm_csv_put_number(&csv, samples->split[s].y[i]);
      gm_csv_put_number(&csv, prediction[s][i]);
      gm_csv_end_row(&csv);
    }
  return gm_csv_commit(&csv, err);
}

gm_status gm_experiment_forecast(const gm_experiment *e, gm_forecaster *forecaster, void *context, bool write,
                                 gm_scores *scores, gm_error *err) {
  const size_t n_validation = e->samples.split[GM_VALIDATION].n, n_test = e->samples.split[GM_TEST].n;
  double *validation = calloc(n_validation + n_test, sizeof *validation), *test = validation + n_validation;
  if (validation == NULL) return gm_fail_memory(err, "the forecasts");
  forecaster(context, GM_VALIDATION, validation);
  forecaster(context, GM_TEST, test);
  gm_status status = gm_experiment_scores(&e->samples, validation, test, scores, err);
  if (status == GM_OK && write)
    status = gm_experiment_write_predictions(e, &e->samples, validation, test, err);
  free(validation);
  return status;
}

static const char *dataset_name(const gm_experiment_options *o) {
  return o->map.sst != NULL ? o->map.sst : o->csv != NULL ? o->csv : o->dataset;
}

struct json_object *gm_experiment_input_metadata(const gm_experiment *e, const gm_samples *samples) {
  const gm_experiment_options *o = &e->options;
  struct json_object *m = json_object_new_object();
  char number[24];
  snprintf(number, sizeof number, "%zu", samples->time_steps);
  gm_json_add_text(m, "time_steps", number);
  snprintf(number, sizeof number, "%zu", samples->lead);
  gm_json_add_text(m, "lead", number);
  gm_json_add_text(m, "dataset", dataset_name(o));
  gm_json_add_text(m, "target", gm_experiment_series(e)->target_name);
  gm_json_add_text(m, "base_period", o->base_period);
  gm_json_add_text(m, "train", o->train);
  if (o->map.sst != NULL) gm_map_data_metadata(&e->map, &o->map, m);
  gm_json_add_text(m, "written_by", "greenmile");
  gm_json_add_text(m, "version", gm_version());
  return m;
}

/* ---- run.json ------------------------------------------------------------------------------ */

static struct json_object *dataset_object(const gm_experiment *e) {
  static const struct {
    gm_split_name split;
    const char *count;
  } counts[] = {{GM_TRAIN, "n_train"}, {GM_VALIDATION, "n_validation"}, {GM_TEST, "n_test"}};
  const gm_experiment_options *o = &e->options;
  const bool nino12 = o->dataset != NULL;
  struct json_object *d = json_object_new_object();
  int64_t dropped = 0;
  gm_json_add_text(d, "name", dataset_name(o));
  gm_json_add_text(d, "description", !nino12 ? NULL : "Niño 1+2 sea-surface temperature anomaly, monthly");
  gm_json_add_text(d, "source", nino12 ? "NOAA ERSST.v3b, public domain" : dataset_name(o));
  gm_json_add_text(d, "unit", nino12 ? "°C" : e->map.map.unit);
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

static void add_energy(struct json_object *run, const gm_experiment *e, const gm_energy *energy) {
  static const struct {
    gm_component component;
    const char *key;
  } parts[] = {{GM_CPU, "energy_cpu_kwh"}, {GM_RAM, "energy_ram_kwh"}, {GM_GPU, "energy_gpu_kwh"}};
  const gm_emissions emissions = gm_emissions_of(energy->energy_j, energy->low_j, energy->high_j, &e->carbon);
  char text[1024];
  gm_json_add_number(run, "duration_s", energy->duration_s);
  gm_json_add_number(run, "energy_kwh", gm_kwh(energy->energy_j));
  gm_json_add_number(run, "energy_low_kwh", gm_kwh(energy->low_j));
  gm_json_add_number(run, "energy_high_kwh", gm_kwh(energy->high_j));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    gm_json_add_number(run, parts[i].key, gm_kwh(energy->component_j[parts[i].component]));
  gm_json_add_number(run, "emissions_kg", emissions.kg);
  gm_json_add_number(run, "emissions_low_kg", emissions.low_kg);
  gm_json_add_number(run, "emissions_high_kg", emissions.high_kg);
  gm_meter_sources(e->meter, &energy->basis, text, sizeof text);
  gm_json_add_text(run, "energy_sources", text);
  gm_json_add_text(run, "energy_scope", gm_scope_name(energy->scope));
  gm_json_add_bool(run, "energy_measured", energy->measured);
  struct json_object *basis = json_object_new_array(), *reasons = json_object_new_array();
  gm_meter_uncertainty(e->meter, &energy->basis, text, sizeof text);
  json_object_array_add(basis, json_object_new_string(text));
  json_object_object_add(run, "energy_basis", basis);
  for (int r = 0; r < GM_N_REASONS; r++)
    if ((energy->reasons & GM_REASON_BIT(r)) != 0)
      json_object_array_add(reasons, json_object_new_string(gm_reason_name((gm_reason)r)));
  json_object_object_add(run, "energy_reasons", reasons);
  gm_json_add_number(run, "utilisation", energy->utilisation);
  gm_json_add_number(run, "above_idle_j", energy->above_idle_j);
  gm_json_add_number(run, "attributed_j", energy->attributed_j);
  gm_json_add_number(run, "pue", energy->pue);
  const bool set = gm_carbon_intensity_is_set(&e->carbon);
  gm_json_add_number(run, "carbon_intensity_g_per_kwh", e->carbon.g_per_kwh);
  gm_json_add_number(run, "carbon_intensity_low_g_per_kwh", e->carbon.low_g_per_kwh);
  gm_json_add_number(run, "carbon_intensity_high_g_per_kwh", e->carbon.high_g_per_kwh);
  if (e->carbon.year > 0)
    gm_json_add_integer(run, "carbon_intensity_year", e->carbon.year);
  else
    gm_json_add_text(run, "carbon_intensity_year", NULL);
  gm_json_add_text(run, "carbon_intensity_source", set ? e->carbon.source : NULL);
  gm_json_add_text(run, "carbon_intensity_licence", set ? e->carbon.licence : NULL);
  gm_json_add_text(run, "country_iso_code", e->carbon.iso3[0] != '\0' ? e->carbon.iso3 : NULL);
}

static struct json_object *host_object(const gm_host *host) {
  struct json_object *h = json_object_new_object();
  gm_json_add_text(h, "cpu_model", host->cpu_model);
  gm_json_add_integer(h, "logical_cpus", host->logical_cpus);
  gm_json_add_integer(h, "sockets", host->sockets);
  gm_json_add_bool(h, "virtualised", host->virtualised);
  gm_json_add_number(h, "ram_gib", host->ram_gib);
  gm_json_add_text(h, "os", host->os);
  return h;
}

static struct json_object *strings(int n, char **texts) {
  struct json_object *array = json_object_new_array();
  for (int i = 0; i < n; i++) json_object_array_add(array, gm_json_string(texts[i]));
  return array;
}

static void add_moment(struct json_object *run, const char *key, time_t seconds) {
  struct tm utc;
  char text[32];
  gmtime_r(&seconds, &utc);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  gm_json_add_text(run, key, text);
}

gm_status gm_experiment_write_emissions(const gm_experiment *e, const gm_energy *energy, bool continued,
                                        gm_error *err) {
  const gm_host *host = gm_meter_host(e->meter);
  const double *component = energy->component_j;
  char version[64];
  snprintf(version, sizeof version, "greenmile-%s", gm_version());
  gm_emissions_row row = gm_emissions_row_empty();
  row.timestamp = time(NULL);
  row.project_name = "greenmile";
  row.run_id = e->run_id;
  row.experiment_id = e->options.out;
  row.duration_s = energy->duration_s;
  row.emissions_kg = gm_emissions_of(energy->energy_j, energy->low_j, energy->high_j, &e->carbon).kg;
  row.cpu_power_w = component[GM_CPU] / energy->duration_s;
  row.ram_power_w = component[GM_RAM] / energy->duration_s;
  row.gpu_power_w = component[GM_GPU] / energy->duration_s;
  row.cpu_energy_kwh = gm_kwh(component[GM_CPU]);
  row.ram_energy_kwh = gm_kwh(component[GM_RAM]);
  row.gpu_energy_kwh = gm_kwh(component[GM_GPU]);
  row.energy_consumed_kwh = gm_kwh(energy->energy_j);
  row.country_name = e->carbon.country;
  row.country_iso_code = e->carbon.iso3;
  row.os = host->os;
  row.version = version;
  row.cpu_count = host->logical_cpus;
  row.cpu_model = host->cpu_model;
  row.ram_total_gib = host->ram_gib;
  row.tracking_mode = "machine";
  row.cpu_utilization_percent = 100 * energy->utilisation;
  row.on_cloud = "N";
  row.pue = energy->pue;
  char *path = gm_experiment_path(e, "emissions.csv");
  if (path == NULL) return gm_fail_memory(err, "a file name");
  if (!continued) remove(path); /* a run directory holds one run */
  const gm_status status = gm_emissions_append(path, &row, NULL, err);
  free(path);
  return status;
}

static double seconds(const gm_reading *a, const gm_reading *b) {
  const double ns_per_s = 1e9;
  return (double)(b->time_ns - a->time_ns) / ns_per_s;
}

static double cpu_seconds(const gm_reading *a, const gm_reading *b) {
  const double ns_per_s = 1e9;
  return (double)(b->process_cpu_ns - a->process_cpu_ns) / ns_per_s;
}

/* The energy between two readings outside the interval, this process's share where it is not alone. */
static gm_energy around(const gm_experiment *e, const gm_reading *a, const gm_reading *b, bool shared) {
  gm_energy energy;
  gm_meter_between(e->meter, a, b, NULL, &energy);
  if (shared && energy.busy_share < 1) {
    energy.energy_j *= energy.busy_share;
    energy.low_j *= energy.busy_share;
    energy.high_j *= energy.busy_share;
  }
  return energy;
}

/* Two views of the program from its start to now: `process` as a tracker around a script
 * that only does its work would see it, with one call of a repetition; `all` is what
 * was drawn, with every repetition. */
static void add_process_energy(struct json_object *run, gm_experiment *e, const gm_run_result *result) {
  gm_reading now;
  gm_energy all, process;
  gm_meter_read(e->meter, &now);
  double cpu_s = cpu_seconds(&e->opened, &now);
  gm_meter_between(e->meter, &e->opened, &now, NULL, &all);
  process = all;
  if (result->repeated || result->shared) {
    const gm_energy after = around(e, &e->stopped, &now, result->shared);
    process = around(e, &e->opened, &e->started, result->shared);
    gm_energy_add(&process, &result->energy);
    gm_energy_add(&process, &after);
  }
  if (result->repeated) {
    const double calls = seconds(&e->started, &e->stopped) / result->energy.duration_s;
    cpu_s -= cpu_seconds(&e->started, &e->stopped) * (1 - 1 / calls);
  } else {
    all = process;
  }
  gm_json_add_number(run, "process_energy_kwh", gm_kwh(process.energy_j));
  gm_json_add_number(run, "process_duration_s", process.duration_s);
  gm_json_add_number(run, "process_cpu_s", cpu_s);
  gm_json_add_number(run, "all_energy_kwh", gm_kwh(all.energy_j));
  gm_json_add_number(run, "all_duration_s", all.duration_s);
}

gm_status gm_experiment_record(gm_experiment *e, const gm_run_result *result, struct json_object *extra,
                               gm_error *err) {
  const gm_host *host = gm_meter_host(e->meter);
  struct json_object *run = json_object_new_object();
  gm_status status = result->recorded ? GM_OK : gm_experiment_write_emissions(e, &result->energy, false, err);
  if (status != GM_OK) {
    json_object_put(run);
    json_object_put(result->config);
    json_object_put(extra);
    return status;
  }
  gm_json_add_text(run, "schema", run_schema);
  gm_json_add_text(run, "program", e->program);
  json_object_object_add(run, "argv", strings(e->argc, e->argv));
  gm_json_add_text(run, "version", gm_version());
  gm_json_add_text(run, "git_commit", gm_git_commit());
  gm_json_add_text(run, "protocol", e->options.protocol);
  add_moment(run, "started_at", e->started_at.tv_sec);
  json_object_object_add(run, "dataset", dataset_object(e));
  json_object_object_add(run, "config", result->config);
  gm_json_add_integer(run, "seed", e->options.seed);
  gm_json_add_integer(run, "parameters", result->parameters);
  if (result->epochs >= 0)
    gm_json_add_integer(run, "epochs", result->epochs);
  else
    gm_json_add_text(run, "epochs", NULL);
  gm_json_add_text(run, "stop_reason", result->stop_reason);
  gm_scores_add(run, &result->scores);
  add_energy(run, e, &result->energy);
  gm_json_add_integer(run, "threads", e->compute.threads);
  gm_json_add_text(run, "isa", e->compute.kernels->isa);
  gm_json_add_text(run, "blas", gm_blas_description());
  gm_json_add_text(run, "cpu_model", host->cpu_model);
  json_object_object_add(run, "host", host_object(host));
  if (extra != NULL) {
    json_object_object_foreach(extra, key, value) json_object_object_add(run, key, json_object_get(value));
    json_object_put(extra);
  }
  json_object_object_add(run, "warnings", json_object_get(e->warnings));
  add_process_energy(run, e, result);
  char *path = gm_experiment_path(e, "run.json");
  status = path == NULL ? gm_fail_memory(err, "a file name") : gm_json_write(path, run, err);
  free(path);
  json_object_put(run);
  return status;
}
