/* SPDX-License-Identifier: MIT
 * A small study in a directory of its own: run directories with round numbers, so
 * that every table can be checked by hand. Seed s of a CNN row costs (1 + s) times seed 0. */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include "common/atomic_file.h"
#include "tests/assert_near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the above before it */
#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of all trials of a search, and of a training. */
enum { FIXTURE_SEARCH_EPOCHS = 8, FIXTURE_EPOCHS = 2 };

/* Bounds of emissions by their value, of energy from half to double and 500 g/kWh from 400 to 600:
 * exp(-sqrt(ln(2)^2 + ln(5/4)^2)) and exp(sqrt(ln(2)^2 + ln(6/5)^2)). */
#define FIXTURE_EMISSIONS_LOW 0.48278688097163913
#define FIXTURE_EMISSIONS_HIGH 2.0477151450930107

typedef struct {
  char results[64];
  const char *protocol;
  int lead, points;      /* of its runs; 0 points: no map */
  const char *cpu_model; /* of the runs written next; NULL: "R&D 50% <CPU>" */
} report_fixture;

static inline FILE *fixture_open(const report_fixture *f, const char *run, const char *file) {
  char path[256];
  gm_error err;
  snprintf(path, sizeof path, "%s/runs/%s", f->results, run);
  assert_int_equal(gm_make_directories(path, &err), GM_OK);
  snprintf(path, sizeof path, "%s/runs/%s/%s", f->results, run, file);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  return out;
}

/* 24 validation months and 2 test months; the forecast is off by `error`, on the test months by 0.1 more: the
 * RMSE that fixture_run states. */
static inline void fixture_predictions(const report_fixture *f, const char *run, double error) {
  FILE *out = fixture_open(f, run, "predictions.csv");
  fputs("split,month,truth,prediction\ntrain,1980-02,0,0\n", out);
  for (int i = 0; i < 24; i++)
    fprintf(out, "validation,%d-%02d,%d,%g\n", 1997 + i / 12, i % 12 + 1, i % 3, i % 3 + error);
  fprintf(out, "test,2007-01,1,%g\ntest,2007-02,2,%g\n", 1.1 + error, 2.1 + error);
  fclose(out);
}

/* Two epochs of 5 s, each a quarter of the energy `kwh` of the whole program. */
static inline void fixture_epochs(const report_fixture *f, const char *run, double kwh) {
  FILE *out = fixture_open(f, run, "epochs.csv");
  fputs("epoch,train_loss,rmse_validation,rmse_test,train_duration_s,duration_s,energy_j\n", out);
  for (int e = 1; e <= 2; e++) fprintf(out, "%d,0.1,0.5,0.5,4,5,%.17g\n", e, kwh * 3.6e6 / 4);
  fclose(out);
}

/* run.json with energy `kwh`, interval half to double, intensity 500 g/kWh; `extra` ends with a comma. The
 * run of a seed gets its epochs.csv. */
static inline void fixture_run(const report_fixture *f, const char *run, double kwh, double rmse,
                               const char *extra) {
  FILE *out = fixture_open(f, run, "run.json");
  const char *seed = strstr(run, "-seed");
  char points[32] = "";
  if (f->points > 0) snprintf(points, sizeof points, ", \"points\": %d", f->points);
  fprintf(
      out,
      "{\"program\": \"fixture\", \"version\": \"1_0\", \"git_commit\": \"abc\", \"seed\": %s, "
      "\"threads\": 2,\n"
      "\"protocol\": \"%s\", \"cpu_model\": \"%s\", \"host\": {\"cpus\": 2}, \"warnings\": "
      "[\"low_res\"],\n"
      "\"dataset\": {\"name\": \"nino12\", \"unit\": \"°C\", \"lead\": %d, \"train\": \"a\", "
      "\"validation\": \"b\", "
      "\"test\": \"c\"%s},\n"
      "\"rmse_validation\": %.17g, \"rmse_test\": %.17g, \"correlation_validation\": 1,\n"
      "\"correlation_test\": 1, \"duration_s\": 10, \"epochs\": %d, \"parameters\": 42, %s\n"
      "\"energy_kwh\": %.17g, \"energy_low_kwh\": %.17g, \"energy_high_kwh\": %.17g,\n"
      "\"emissions_kg\": %.17g, \"emissions_low_kg\": %.17g, \"emissions_high_kg\": %.17g,\n"
      "\"energy_sources\": \"a model\", \"energy_scope\": \"modelled\", \"energy_measured\": false,\n"
      "\"energy_basis\": [\"one\", \"two\"], \"carbon_intensity_g_per_kwh\": 500, "
      "\"carbon_intensity_low_g_per_kwh\": 400, \"carbon_intensity_high_g_per_kwh\": 600,\n"
      "\"process_duration_s\": 30, \"process_cpu_s\": 40, "
      "\"carbon_intensity_year\": 2023,\n"
      "\"training_flop\": 1e9, \"forecast_flop\": 1e3, \"embodied\": {\"quoted\": true, \"making_kg\": 1000, "
      "\"making_low_kg\": 500, \"making_high_kg\": 2000, \"share\": 1, \"share_low\": 1, \"share_high\": 1, "
      "\"kg_per_h\": 0.36, \"low_kg_per_h\": 0.18, \"high_kg_per_h\": 0.72},\n"
      "\"carbon_intensity_source\": \"somebody\", \"country_iso_code\": \"WLD\", \"pue\": 1,\n"
      "\"process_energy_kwh\": %.17g, \"all_energy_kwh\": %.17g, \"all_duration_s\": 20}\n",
      seed != NULL ? seed + strlen("-seed") : "0", f->protocol,
      f->cpu_model != NULL ? f->cpu_model : "R&D 50% <CPU>", f->lead, points, rmse, rmse + 0.1,
      strncmp(run, "tune", strlen("tune")) == 0 ? FIXTURE_SEARCH_EPOCHS : FIXTURE_EPOCHS, extra, kwh, kwh / 2,
      kwh * 2, kwh / 2, kwh / 2 * FIXTURE_EMISSIONS_LOW, kwh / 2 * FIXTURE_EMISSIONS_HIGH, 2 * kwh, 2 * kwh);
  fclose(out);
  if (seed != NULL) fixture_epochs(f, run, 2 * kwh);
}

/* Replaces one text of a file of a run by another. */
static inline void fixture_edit_file(const report_fixture *f, const char *run, const char *file_name,
                                     const char *from, const char *to) {
  char path[512], text[8192];
  snprintf(path, sizeof path, "%s/runs/%s/%s", f->results, run, file_name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  assert_int_equal(fclose(file), 0);
  const char *at = strstr(text, from);
  assert_non_null(at);
  file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  assert_int_equal(fclose(file), 0);
}

/* The same of its run.json. */
static inline void fixture_edit(const report_fixture *f, const char *run, const char *from, const char *to) {
  fixture_edit_file(f, run, "run.json", from, to);
}

/* The same of every run of the study. */
static inline void fixture_edit_all(const report_fixture *f, const char *from, const char *to) {
  char path[256];
  snprintf(path, sizeof path, "%s/runs", f->results);
  DIR *runs = opendir(path);
  assert_non_null(runs);
  for (struct dirent *run; (run = readdir(runs)) != NULL;)
    if (run->d_name[0] != '.') fixture_edit(f, run->d_name, from, to);
  assert_int_equal(closedir(runs), 0);
}

static inline void fixture_search(const report_fixture *f, const char *run, double kwh) {
  FILE *out = fixture_open(f, run, "trials.csv");
  fputs("trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,energy_j\n"
        "0,COMPLETE,1,0.1,adam,0.6,2,1,1\n1,FAIL,1,0.1,adam,,1,1,1\n2,PRUNED,1,0.1,sgd,0.7,1,1,1\n"
        "3,COMPLETE,2,0.01,sgd,0.5,2,1,1\n4,COMPLETE,2,0.01,sgd,0.55,2,1,1\n",
        out);
  fclose(out);
  out = fixture_open(f, run, "curves.csv");
  fputs("trial,epoch,rmse_validation\n0,1,0.9\n0,2,0.6\n1,1,nan\n2,1,0.7\n3,2,0.5\n3,1,0.8\n4,1,0.8\n4,2,0."
        "55\n",
        out);
  fclose(out);
  fixture_run(f, run, kwh, 0.5,
              "\"best\": {\"trial\": 3, \"num_input_time_steps\": 2, \"learning_rate\": 0.01, \"optimizer\": "
              "\"sgd\", "
              "\"value\": 0.5}, \"trials_complete\": 3, \"trials_pruned\": 1, \"trials_failed\": 1, ");
  fixture_predictions(f, run, 0.5);
}

/* A run of linear_regression (with persistence) or cnn for the skill curve. */
static inline void fixture_lead(const report_fixture *f, const char *model, int lead, double rmse) {
  report_fixture at_lead = *f;
  char run[64];
  at_lead.lead = lead;
  snprintf(run, sizeof run, "%s-lead%d", model, lead);
  fixture_run(
      &at_lead, run, 0.001, rmse,
      "\"persistence\": {\"rmse_validation\": 0.65, \"rmse_test\": 0.75, \"correlation_validation\": 0.4}, ");
}

/* A whole study of n_seeds seeds and this lead on a map of so many points, in a fresh directory. */
static inline report_fixture fixture_map_study(int n_seeds, const char *protocol, int lead, int points) {
  static const struct {
    const char *name;
    double kwh, rmse;
  } rows[] = {{"cnn", 0.008, 0.4},
              {"cnn_pruned", 0.008, 0.4},
              {"cnn_structured", 0.004, 0.5},
              {"cnn_early_stopping", 0.002, 0.3}};
  report_fixture f = {
      .results = "/tmp/greenmile-report-XXXXXX", .protocol = protocol, .lead = lead, .points = points};
  assert_non_null(mkdtemp(f.results));
  fixture_run(
      &f, "linear_regression", 1e-6, 0.45,
      "\"persistence\": {\"rmse_validation\": 0.6, \"rmse_test\": 0.7, \"correlation_validation\": 0.5}, "
      "\"energy_repeat_low_j\": 2.88, \"energy_repeat_high_j\": 4.5, \"fit_repeats\": 1000, ");
  fixture_predictions(&f, "linear_regression", 0.45);
  for (int s = 0; s < n_seeds; s++)
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
      char name[64];
      snprintf(name, sizeof name, "%s-seed%d", rows[r].name, s);
      fixture_run(
          &f, name, rows[r].kwh * (1 + s), rows[r].rmse + 0.02 * s,
          "\"layers\": [{\"layer\": \"conv:2:3\", \"kind\": \"conv\", \"channels\": 2, \"length\": 4, "
          "\"parameters\": 8}, {\"layer\": \"dense:1\", \"kind\": \"dense\", \"channels\": 1, \"length\": 1, "
          "\"parameters\": 9}], ");
      fixture_predictions(&f, name, rows[r].rmse + 0.02 * s);
    }
  fixture_search(&f, "tune", 0.08);
  fixture_search(&f, "tune_pruned", 0.02);
  fixture_run(
      &f, "inference_linear_regression", 1e-12, 0.45,
      "\"energy_per_forecast_j\": 2, \"energy_per_forecast_low_j\": 1, \"energy_per_forecast_high_j\": 4, "
      "\"emissions_per_forecast_kg\": 2.7777777777777776e-07, \"emissions_per_forecast_low_kg\": "
      "1.3410746693656641e-07, "
      "\"emissions_per_forecast_high_kg\": 5.6880976252583626e-07, \"energy_repeat_low_j\": 1, "
      "\"energy_repeat_high_j\": 4, \"latency_s\": 1e-6, \"repeats\": 10, ");
  fixture_run(
      &f, "inference_cnn", 1e-9, 0.4,
      "\"energy_per_forecast_j\": 200, \"energy_per_forecast_low_j\": 100, \"energy_per_forecast_high_j\": "
      "400, \"emissions_per_forecast_kg\": 2.7777777777777776e-05, \"emissions_per_forecast_low_kg\": "
      "1.3410746693656642e-05, "
      "\"emissions_per_forecast_high_kg\": 5.6880976252583626e-05, \"energy_repeat_low_j\": 160, "
      "\"energy_repeat_high_j\": 240, \"latency_s\": 1e-3, \"repeats\": 10, ");
  return f;
}

/* The same without a map. */
static inline report_fixture fixture_study(int n_seeds, const char *protocol) {
  return fixture_map_study(n_seeds, protocol, 1, 0);
}

static inline int fixture_unlink(const char *path, const struct stat *s, int flag, struct FTW *ftw) {
  (void)s;
  (void)flag;
  (void)ftw;
  return remove(path);
}

static inline void fixture_remove(const report_fixture *f) {
  const int open_directories = 8;
  assert_int_equal(nftw(f->results, fixture_unlink, open_directories, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void fixture_draw(const report_fixture *f, const char *name, const char *svg) {
  char path[128];
  gm_error err;
  snprintf(path, sizeof path, "%s/figures", f->results);
  assert_int_equal(gm_make_directories(path, &err), GM_OK);
  snprintf(path, sizeof path, "%s/figures/%s.svg", f->results, name);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fputs(svg, out);
  fclose(out);
}

/* Every figure that each study has, but for `left_out` (NULL: none). */
static inline void fixture_draw_all(const report_fixture *f, const char *svg, const char *left_out) {
  static const char *const names[] = {"fig1", "fig2", "fig3", "fig4", "fig5",
                                      "fig6", "fig7", "fig8", "power"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (left_out == NULL || strcmp(names[i], left_out) != 0) fixture_draw(f, names[i], svg);
}

/* The file as text the caller frees; fails the test if it is not there. */
static inline char *fixture_text(const report_fixture *f, const char *file) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", f->results, file);
  FILE *in = fopen(path, "r");
  assert_non_null(in);
  assert_int_equal(fseek(in, 0, SEEK_END), 0);
  const size_t size = (size_t)ftell(in);
  rewind(in);
  char *text = malloc(size + 1);
  assert_non_null(text);
  assert_int_equal(fread(text, 1, size, in), size);
  text[size] = '\0';
  fclose(in);
  return text;
}

#endif
