/* SPDX-License-Identifier: MIT
 * The list of settings: names, kinds, ranges and built-in values. */
#include "energy/record/settings.h"

#include "energy/source.h"

#include <math.h>

const gm_setting *gm_setting_table(void) {
  static const gm_setting table[GM_N_SETTINGS] = {
      [GM_SET_INTERVAL] = {"interval", "measure_power_secs", GM_SETTING_NUMBER, "S", "1", 0.01, 86400, false,
                           NULL, "longest time between two readings of the counters, seconds"},
      [GM_SET_OUTPUT_DIR] = {"output_dir", "output_dir", GM_SETTING_TEXT, "DIR", NULL, 0, 0, false, NULL,
                             "where --output is, when that is a plain file name"},
      [GM_SET_OUTPUT] = {"output", "output_file", GM_SETTING_TEXT, "FILE.csv", "emissions.csv", 0, 0, false,
                         NULL, "one row is appended to this file, CodeCarbon's 38 columns"},
      [GM_SET_SAVE_CSV] = {"save_csv", "save_to_file", GM_SETTING_BOOL, NULL, "true", 0, 0, false, NULL,
                           "write the row; in files and environment it can be switched off"},
      [GM_SET_RECORD] = {"record", NULL, GM_SETTING_TEXT, "FILE.json", NULL, 0, 0, false, NULL,
                         "the run's record; not given: track-RUN_ID.json beside --output"},
      [GM_SET_READINGS] = {"readings", NULL, GM_SETTING_TEXT, "FILE.csv", NULL, 0, 0, false, NULL,
                           "log every reading of the raw counters, for track replay"},
      [GM_SET_PROJECT] = {"project", "project_name", GM_SETTING_TEXT, "NAME", "greenmile", 0, 0, false, NULL,
                          "project_name in the row"},
      [GM_SET_EXPERIMENT] = {"experiment", "experiment_id", GM_SETTING_TEXT, "NAME", NULL, 0, 0, false, NULL,
                             "experiment_id in the row"},
      [GM_SET_COUNTRY] = {"country", "country_iso_code", GM_SETTING_TEXT, "ISO3", NULL, 0, 0, false, NULL,
                          "carbon intensity of this country's electricity; never guessed"},
      [GM_SET_REGION] = {"region", "region", GM_SETTING_TEXT, "NAME", NULL, 0, 0, false, NULL,
                         "region in the row; a note, the intensity is the country's"},
      [GM_SET_CLOUD_PROVIDER] = {"cloud_provider", "cloud_provider", GM_SETTING_TEXT, "NAME", NULL, 0, 0,
                                 false, NULL, "cloud_provider in the row; a note, like the region"},
      [GM_SET_CLOUD_REGION] = {"cloud_region", "cloud_region", GM_SETTING_TEXT, "NAME", NULL, 0, 0, false,
                               NULL, "cloud_region in the row; a note, like the region"},
      [GM_SET_WORLD] = {"world", NULL, GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
                        "without a country, use the stated world average"},
      [GM_SET_CARBON_INTENSITY] = {"carbon_intensity", "force_carbon_intensity_g_co2e_kwh", GM_SETTING_NUMBER,
                                   "G_PER_KWH", NULL, 0, 5000, true, NULL,
                                   "carbon intensity instead of the country's, g CO2e/kWh"},
      [GM_SET_CONTRACT_INTENSITY] =
          {"contract_intensity", NULL, GM_SETTING_NUMBER, "G_PER_KWH", NULL, 0, 3000, false, NULL,
           "factor of your electricity contract, g CO2e/kWh: market-based kg beside the "
           "others"},
      [GM_SET_CARBON_TABLE] = {"carbon_table", NULL, GM_SETTING_TEXT, "FILE.csv", NULL, 0, 0, false, NULL,
                               "own intensities (columns iso3, g_per_kwh), before the suite's table"},
      [GM_SET_PUE] = {"pue", "pue", GM_SETTING_NUMBER, "X", "1", 1, 10, false, NULL,
                      "power usage effectiveness of the data centre; multiplies energy and power"},
      [GM_SET_WUE] = {"wue", "wue", GM_SETTING_NUMBER, "L_PER_KWH", "0", 0, 100, false, NULL,
                      "water per kWh of the machine itself (before PUE), litres"},
      [GM_SET_TRACKING_MODE] = {"tracking_mode", "tracking_mode", GM_SETTING_CHOICE, "MODE", "machine", 0, 0,
                                false, "machine|process",
                                "what the row bills: the machine, or the command's share above idle"},
      [GM_SET_SOURCE] = {"source", NULL, GM_SETTING_CHOICE, "NAME", "auto", 0, 0, false,
                         "auto" GM_CPU_SOURCE_CHOICES "|model",
                         "where CPU energy comes from: auto" GM_CPU_SOURCE_CHOICES "|model"},
      [GM_SET_PSYS] = {"psys", "rapl_prefer_psys", GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
                       "the platform's counter instead of the packages', where there is one"},
      [GM_SET_MODEL_ONLY] = {"model_only", "force_mode_cpu_load", GM_SETTING_BOOL, NULL, "false", 0, 0, false,
                             NULL, "no counters: models only"},
      [GM_SET_CPU_POWER] = {"cpu_power", "force_cpu_power", GM_SETTING_NUMBER, "W", NULL, 0, 100000, true,
                            NULL, "power model: power limit of all packages, W"},
      [GM_SET_CPU_IDLE_POWER] = {"cpu_idle_power", NULL, GM_SETTING_NUMBER, "W", NULL, 0, 100000, false, NULL,
                                 "power model: what all packages draw idle, W"},
      [GM_SET_RAM_POWER] = {"ram_power", "force_ram_power", GM_SETTING_NUMBER, "W", NULL, 0, 100000, false,
                            NULL, "power model, RAM model: power of the memory, W; not given: by its size"},
      [GM_SET_GPUS] =
          {"gpus", "gpu_ids", GM_SETTING_TEXT, "LIST", NULL, 0, 0, false, NULL,
           "GPUs to count: indices, GPU-uuid prefixes; not given: CUDA_VISIBLE_DEVICES, else all"},
      [GM_SET_WALL_FILE] = {"wall_file", NULL, GM_SETTING_TEXT, "FILE", NULL, 0, 0, false, NULL,
                            "an external meter's file, e.g. \"1234.5 J\" or \"87 W\", kept up to date"},
      [GM_SET_WALL_COMMAND] = {"wall_command", NULL, GM_SETTING_TEXT, "COMMAND", NULL, 0, 0, false, NULL,
                               "a shell command that prints such a line for every reading it takes"},
      [GM_SET_WALL_CALIBRATION] = {"wall_calibration", NULL, GM_SETTING_TEXT, "A,B,R", NULL, 0, 0, false,
                                   NULL,
                                   "without a meter: wall power is A times the power and B watts, relative "
                                   "residual R, e.g. 1.11,50,0.044"},
      [GM_SET_CACHE_DIR] = {"cache_dir", NULL, GM_SETTING_TEXT, "DIR", NULL, 0, 0, false, NULL,
                            "where idle baselines are; not given: the user's cache directory"},
      [GM_SET_IDLE_WINDOWS] =
          {"idle_windows", NULL, GM_SETTING_NUMBER, "S", "0", 0, 3600, false, NULL,
           "watch the idle machine so long before and after the command, for the baseline; 5 is usual"},
      [GM_SET_IDLE_SHARE] =
          {"idle_share", NULL, GM_SETTING_CHOICE, "WHOSE", "none", 0, 0, false, "none|cpu|cores",
           "idle energy billed to the command: none, by its share of busy CPU time, or of cores"},
      [GM_SET_CHECKPOINT] = {"checkpoint", NULL, GM_SETTING_NUMBER, "S", "60", 0.1, 86400, false, NULL,
                             "the record is rewritten so often while the command runs, seconds"},
      [GM_SET_PRIORS] = {"priors", NULL, GM_SETTING_TEXT, "NAME=X,...", NULL, 0, 0, false, NULL,
                         "what intervals assume, where you know better, e.g. intel_package=0.03,dram=0.2"},
      [GM_SET_STRICT] =
          {"strict", NULL, GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
           "exit with 3 when the command succeeds but its CPU energy is not a sound measurement"},
      [GM_SET_WAIT] = {"wait", NULL, GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
                       "go on until everything the command has started has ended, not only itself"},
      [GM_SET_QUIET] = {"quiet", NULL, GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
                        "no live line and no summary"},
      [GM_SET_NO_ARGV] =
          {"no_argv", NULL, GM_SETTING_BOOL, NULL, "false", 0, 0, false, NULL,
           "leave the command line out of the record; without it only what looks like a secret is masked"},
  };
  return table;
}
