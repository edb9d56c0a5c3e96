/* SPDX-License-Identifier: MIT
 * The options that all programs of the study share: data, run, energy. What they mean is data.c's and
 * experiment.c's; this is the command line. */
#include "experiments/run/experiment.h"

#include "common/secrets.h"
#include "common/suggestion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void gm_experiment_init(gm_experiment *e, const char *program) {
  *e = (gm_experiment){.program = program, .out_lock = -1};
  e->options = (gm_experiment_options){.lead = 1,
                                       .time_steps = 1,
                                       .out = "results/runs/last",
                                       .protocol = "full",
                                       .carbon_intensity = NAN,
                                       .contract_intensity = NAN,
                                       .pue = 1};
  e->warnings = json_object_new_array();
}

static void build_options(gm_experiment *e) {
  gm_experiment_options *o = &e->options;
  char datasets[sizeof e->dataset_help - 64];
  gm_embedded_dataset_list(datasets, sizeof datasets);
  snprintf(e->dataset_help, sizeof e->dataset_help, "embedded data: %s; the default%s%s", datasets,
           gm_embedded_dataset_at(1) != NULL ? " is " : "",
           gm_embedded_dataset_at(1) != NULL ? gm_embedded_dataset_at(0)->name : "");
  const gm_option data[GM_EXPERIMENT_DATA_OPTIONS - GM_MAP_OPTIONS] = {
      {"dataset", "NAME", e->dataset_help, GM_OPTION_TEXT, &o->dataset, 0, 0, false},
      {"csv", "FILE",
       "any time series instead, as text: CSV, columns of blanks, years of twelve months (docs/data.md)",
       GM_OPTION_TEXT, &o->csv, 0, 0, false},
      {"date-column", "COLUMN", "of --csv: name or number; YEAR,MONTH for two; without it the first",
       GM_OPTION_TEXT, &o->date_column, 0, 0, false},
      {"target", "COLUMN", "of --csv: what to forecast; not needed where there is one column", GM_OPTION_TEXT,
       &o->target, 0, 0, false},
      {"features", "COLUMN,…",
       "of --csv: input channels in that order, names with commas in \"…\"; without it the target. Of --sst: "
       "the "
       "means of such boxes instead of the map, as --index names them",
       GM_OPTION_TEXT, &o->features, 0, 0, false},
      {"missing", "V,…|none", "values that stand for none, such as -99.99; none: every number is data",
       GM_OPTION_TEXT, &o->missing, 0, 0, false},
      {"layout", "WORD,…",
       "of --csv, prevails over what is found: rows|year-rows, comma|semicolon|tab|blanks, header|no-header, "
       "index|monthly|daily",
       GM_OPTION_TEXT, &o->layout, 0, 0, false},
      {"describe", NULL, "say what the data are (dates, range, missing values, unit) and stop",
       GM_OPTION_FLAG, &o->describe, 0, 0, false},
      {"base-period", "Y:Y|none",
       "years whose calendar means make anomalies; nino12: 1950:1979, --csv: none, --sst: none for anomalies",
       GM_OPTION_TEXT, &o->base_period, 0, 0, false},
      {"detrend", NULL, "take off linear trends, fitted on the training period alone", GM_OPTION_FLAG,
       &o->detrend, 0, 0, false},
      {"lead", "N", "forecast so many time steps ahead", GM_OPTION_INTEGER, &o->lead, 1, 1e6, false},
      {"time-steps", "T", "from so many past time steps, at most 12 (maps: 6)", GM_OPTION_INTEGER,
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
      {"contract-intensity", "G_PER_KWH",
       "factor of your electricity contract: market-based kg beside the others, g CO2eq per kWh",
       GM_OPTION_NUMBER, &o->contract_intensity, 0, 3000, false},
      {"pue", "X", "power usage effectiveness of the site; multiplies every energy", GM_OPTION_NUMBER,
       &o->pue, 1, 10, false},
  };
  gm_map_options_list(&o->map, e->data_options);
  memcpy(e->data_options + GM_MAP_OPTIONS, data, sizeof data);
  memcpy(e->run_options, run, sizeof run);
}

gm_status gm_experiment_parse(gm_experiment *e, const gm_experiment_usage *usage, int argc, char **argv,
                              bool *done, gm_error *err) {
  build_options(e);
  const gm_option_group groups[] = {
      {"Options", usage->own, usage->n_own},
      {"Data", e->data_options, GM_EXPERIMENT_DATA_OPTIONS},
      {"Run and energy", e->run_options, GM_EXPERIMENT_RUN_OPTIONS},
  };
  const gm_program program = {e->program,      "[options]", usage->description,
                              usage->epilogue, groups,      sizeof groups / sizeof *groups};
  gm_options_action action;
  e->usage = *usage;
  e->argc = argc;
  e->argv = argv;
  e->own_argv =
      gm_secrets_take(argc, argv); /* options point into it; argv, without secrets, is what others see */
  if (e->own_argv == NULL) return gm_fail_memory(err, "the command line");
  gm_status status = gm_options_parse(&program, argc, e->own_argv, &action, NULL, err);
  if (status != GM_OK) return status;
  *done = gm_options_answer(&program, action);
  if (*done) return GM_OK;
  if (strcmp(e->options.protocol, "full") != 0 && strcmp(e->options.protocol, "quick") != 0) {
    gm_fail(err, GM_BAD_INPUT, "--protocol: expected full or quick, got \"%s\"", e->options.protocol);
    return gm_suggest(err, e->options.protocol, strlen(e->options.protocol), "full or quick");
  }
  *done = e->options.describe;
  return e->options.describe ? gm_experiment_describe(e, err) : GM_OK;
}

/* ---- options as members ------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names) {
  while (*names != NULL && strcmp(*names, name) != 0) names++;
  return *names != NULL;
}

static void add_option(struct json_object *config, const gm_option *option) {
  char key[64];
  snprintf(key, sizeof key, "%s", option->name);
  for (char *c = key; *c != '\0'; c++)
    if (*c == '-') *c = '_';
  switch (option->kind) {
  case GM_OPTION_FLAG:
    gm_json_add_bool(config, key, *(const bool *)option->target);
    break;
  case GM_OPTION_TEXT:
    gm_json_add_text(config, key, *(const char *const *)option->target);
    break;
  case GM_OPTION_INTEGER:
    gm_json_add_integer(config, key, *(const int64_t *)option->target);
    break;
  case GM_OPTION_NUMBER:
    gm_json_add_number(config, key, *(const double *)option->target);
    break;
  }
}

void gm_config_add_options(struct json_object *config, const gm_experiment *e, const char *const *except) {
  for (size_t i = 0; i < e->usage.n_own; i++)
    if (!is_among(e->usage.own[i].name, except)) add_option(config, &e->usage.own[i]);
}
