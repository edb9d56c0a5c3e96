/* SPDX-License-Identifier: MIT
 * Program: how fast everything is, against what the machine can do and against the
 * Python stack, in one run. */
#include "common/interrupt.h"
#include "common/options.h"
#include "common/suggestion.h"
#include "common/terminal.h"
#include "experiments/bench/report.h"
#include "models/compute.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char description[] =
    "Measures training steps, forecasts, evaluation, regression, TPE, CSV loading and the meter: each\n"
    "against the floor this machine sets (memory streams, multiply-adds) and against PyTorch, JAX,\n"
    "OpenVINO, scikit-learn, Optuna, pandas and CodeCarbon where PYTHON has them, in turn, in one run.\n"
    "Prints Markdown tables of medians, quartiles and ratios; a ratio that the machine is too noisy for\n"
    "is not printed. To be started in the root of the tree.";

static const char epilogue[] =
    "Groups: floor (always measured), step, forecast, evaluation, regression, tpe, csv, meter, growth.\n"
    "Example:\n  bench --json results/bench/bench.json --peers python3 --only step.index.adam,tpe";

/* Samples of a side, seconds of a batch, seconds of a case; the last two of a noisy case. */
static const gm_bench_plan full_plan = {7, 21, 0.05, 10, GM_BENCH_ROUNDS, 17},
                           quick_plan = {3, 3, 0.002, 0.1, 3, 0.1};

static gm_status check_only(const char *only, gm_error *err) {
  for (const char *item = only; item != NULL; item = strchr(item, ',')) {
    item += *item == ',';
    const size_t length = strcspn(item, ".,");
    bool known = false;
    for (size_t g = 0; g < gm_bench_n_groups; g++)
      known |=
          strlen(gm_bench_groups[g].name) == length && strncmp(gm_bench_groups[g].name, item, length) == 0;
    if (known) continue;
    static const char groups[] = "floor, step, forecast, evaluation, regression, tpe, csv, meter or growth";
    gm_fail(err, GM_BAD_INPUT, "--only: \"%.*s\": expected %s, or a case below one of them",
            (int)strcspn(item, ","), item, groups);
    return gm_suggest(err, item, length, groups);
  }
  return GM_OK;
}

/* Without --peers a python3 that cannot be started only leaves a note. */
static gm_status start_peer(gm_bench *bench, const char *python, gm_error *err) {
  if (python != NULL && strcmp(python, "none") == 0) return GM_OK;
  const gm_status status = gm_bench_peer_start(&bench->peer, python != NULL ? python : "python3", err);
  if (status == GM_OK || python != NULL) return status;
  gm_bench_note(bench, "no peers: %s", err->message);
  return GM_OK;
}

/* A meter without a thread of its own, which would be timed with the work. */
static gm_status open_meter(gm_bench *bench, gm_reading *start, gm_error *err) {
  gm_meter_config config = gm_meter_config_default();
  gm_meter_config_environment(&config);
  config.sampling_interval_s = 0;
  const gm_status status = gm_meter_open(&bench->whole, &config, err);
  if (status == GM_OK) gm_meter_read(bench->whole, start);
  return status;
}

static void take_energy(gm_bench *bench, const gm_reading *start) {
  gm_reading end;
  gm_meter_read(bench->whole, &end);
  gm_meter_between(bench->whole, start, &end, NULL, &bench->energy);
}

static gm_status run(gm_bench *bench, const char *python, const char *json, int64_t threads, gm_error *err) {
  gm_compute compute;
  gm_reading start;
  gm_status status = check_only(bench->only, err);
  if (status == GM_OK) status = open_meter(bench, &start, err);
  if (status == GM_OK) status = gm_compute_init(&compute, (int)threads, bench->isa, err);
  if (status != GM_OK) return status;
  bench->threads[0] = 1;
  bench->threads[1] = compute.threads;
  bench->n_threads = compute.threads > 1 ? 2 : 1;
  gm_compute_free(&compute);
  bench->plan = bench->quick ? quick_plan : full_plan;
  gm_bench_machine_read(&bench->machine);
  gm_interrupt_watch();
  signal(SIGPIPE, SIG_IGN); /* a peer that dies is a sentence, not our death */
  status = start_peer(bench, python, err);
  for (size_t g = 0; g < gm_bench_n_groups && status == GM_OK; g++)
    if (g == 0 || gm_bench_wanted(bench, gm_bench_groups[g].name))
      status = gm_bench_groups[g].run(bench, err);
  if (status != GM_OK) return status;
  take_energy(bench, &start);
  gm_bench_print(bench, stdout);
  fflush(stdout);
  if (json != NULL) status = gm_bench_write_json(bench, json, err);
  if (status == GM_OK) gm_bench_say_result(bench, json != NULL ? json : "the tables above", stderr);
  return status;
}

int main(int argc, char **argv) {
  gm_bench bench = {.notes = json_object_new_array(), .isa = getenv("GREENMILE_ISA")};
  const char *json = NULL, *python = NULL;
  int64_t threads = 0;
  gm_error err = {GM_OK, ""};
  gm_options_action action;
  const gm_option options[] = {
      {"json", "FILE", "write everything, every sample included", GM_OPTION_TEXT, &json, 0, 0, false},
      {"quick", NULL, "few samples and small sizes, to see that it works", GM_OPTION_FLAG, &bench.quick, 0, 0,
       false},
      {"peers", "PYTHON|none", "interpreter whose packages are compared; default python3 where there is one",
       GM_OPTION_TEXT, &python, 0, 0, false},
      {"only", "NAME,…", "groups or cases, e.g. step.index or tpe.1000; default all", GM_OPTION_TEXT,
       &bench.only, 0, 0, false},
      {"threads", "N", "measure 1 and N threads; 0 = all processors", GM_OPTION_INTEGER, &threads, 0, 1024,
       false},
  };
  const gm_option_group groups[] = {{"Options", options, sizeof options / sizeof *options}};
  const gm_program program = {"bench", "[options]", description, epilogue, groups, 1};
  gm_status status = gm_options_parse(&program, argc, argv, &action, NULL, &err);
  if (status == GM_OK && !gm_options_answer(&program, action))
    status = run(&bench, python, json, threads, &err);
  if (status != GM_OK) gm_say(stderr, "bench: %s", err.message);
  gm_bench_free(&bench);
  return gm_exit_code(status);
}
