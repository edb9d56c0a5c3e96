/* SPDX-License-Identifier: MIT
 * Runs that stand in a row of another name, and seeds that are not of one training, are refused by name. */
#include "experiments/report/country.h"
#include "experiments/report/runs.h"
#include "tests/report_fixture.h"

/* Whether the study is taken, or refused with this sentence. Removes it. */
static void must_say(const report_fixture *f, const char *sentence) {
  gm_report_runs study;
  gm_error err = {0};
  gm_status status = gm_report_runs_load(&study, f->results, 0, 0, &err);
  if (status == GM_OK) status = gm_report_runs_check(&study, &err);
  gm_report_runs_free(&study);
  fixture_remove(f);
  assert_int_equal(status, sentence != NULL ? GM_BAD_INPUT : GM_OK);
  if (sentence != NULL && strstr(err.message, sentence) == NULL) fail_msg("%s", err.message);
}

/* `run` made with these members instead. */
static void must_refuse(const char *run, double rmse, const char *members, const char *sentence) {
  const report_fixture f = fixture_study(2, "full");
  fixture_run(&f, run, 0.008, rmse, members);
  must_say(&f, sentence);
}

/* Two runs of the CNN's row that record what they were made with. */
static void must_refuse_seeds(const char *first, const char *second, const char *sentence) {
  const report_fixture f = fixture_study(2, "full");
  fixture_run(&f, "cnn-seed0", 0.008, 0.4, first);
  fixture_run(&f, "cnn-seed1", 0.008, 0.42, second);
  must_say(&f, sentence);
}

static void seeds_of_a_row_are_of_one_training(void **state) {
  (void)state;
  static const char ten[] = "\"config\": {\"batch_size\": 10, \"epochs\": 5}, ";
  must_refuse_seeds(ten, ten, NULL);
  must_refuse_seeds(ten, "\"config\": {\"batch_size\": 7, \"epochs\": 5}, ",
                    "cnn-seed1/run.json: its \"config.batch_size\" is 7, that of ");
  must_refuse_seeds(ten, "\"config\": {\"batch_size\": 10, \"epochs\": 6}, ", "its \"config.epochs\" is 6");
  must_refuse_seeds("\"config\": {\"prune_after\": 5}, ", "\"config\": {\"prune_after\": 6}, ",
                    "the seeds of a row have the same");
  must_refuse_seeds(ten, "", NULL); /* it records nothing */
}

static void a_run_of_another_seed_is_no_repeat(void **state) {
  (void)state;
  const report_fixture f = fixture_study(2, "full");
  char from[256], to[256];
  snprintf(from, sizeof from, "%s/runs/cnn-seed0/run.json", f.results);
  snprintf(to, sizeof to, "%s/runs/cnn-seed1/run.json", f.results);
  assert_int_equal(rename(from, to), 0);
  fixture_run(&f, "cnn-seed0", 0.008, 0.4, "");
  must_say(&f, "cnn-seed1/run.json: its \"seed\" is 0, its directory's name says 1");
}

static void a_row_is_what_its_name_says(void **state) {
  (void)state;
  must_refuse("cnn_pruned-seed0", 0.4, "\"config\": {\"prune_unstructured\": 0}, ",
              "its \"config.prune_unstructured\" is 0, so it is no run of \"cnn_pruned\"");
  must_refuse("cnn_pruned-seed0", 0.4, "\"config\": {\"prune_unstructured\": 0.5}, ", NULL);
  must_refuse("cnn_structured-seed1", 0.5, "\"config\": {\"prune_structured\": 0}, ",
              "so it is no run of \"cnn_structured\"");
  must_refuse("cnn_early_stopping-seed0", 0.3, "\"config\": {\"early_stopping\": 0}, ",
              "so it is no run of \"cnn_early_stopping\"");
}

static void searches_differ_in_their_pruner_alone(void **state) {
  (void)state;
  must_refuse("tune", 0.5, "\"config\": {\"pruner\": \"median\"}, ",
              "its \"config.pruner\" is median; expected none");
  must_refuse("tune_pruned", 0.5, "\"config\": {\"pruner\": \"none\"}, ",
              "its \"config.pruner\" is none; expected one");
}

static void forecasts_are_those_of_the_studys_models(void **state) {
  (void)state;
  must_refuse("inference_cnn", 0.45, "", "inference_cnn/run.json: its \"rmse_test\" is 0.55, that of ");
  must_refuse("inference_cnn", 0.4 + 1e-7, "", NULL); /* another instruction set */
  const report_fixture f = fixture_study(2, "full");
  fixture_edit(&f, "inference_cnn", "\"forecast_flop\": 1e3", "\"forecast_flop\": 2e3");
  must_say(&f, "inference_cnn/run.json: its \"forecast_flop\" is 2e3, that of ");
  must_refuse("inference_linear_regression", 0.5, "",
              "inference_linear_regression/run.json: its \"rmse_test\" is 0.6, that of ");
}

static void kilograms_of_one_table_are_on_one_basis(void **state) {
  (void)state;
  report_fixture f = fixture_study(2, "full");
  fixture_edit(&f, "cnn-seed1", "\"pue\": 1", "\"pue\": 2");
  must_say(&f, "cnn-seed1/run.json: its \"pue\" is 2, that of ");
  f = fixture_study(2, "full");
  fixture_edit(&f, "cnn-seed1", "g_per_kwh\": 500", "g_per_kwh\": 499");
  must_say(&f, "is 500; runs of one study have the same; --country ISO3 works all of them out anew");
}

/* ---- what was metered --------------------------------------------------- */

/* One run with a figure nulled or a member misnamed: a mean would be one over fewer. */
static void must_refuse_edit(const char *run, const char *from, const char *to, const char *sentence) {
  const report_fixture f = fixture_study(2, "full");
  fixture_edit(&f, run, from, to);
  must_say(&f, sentence);
}

static void no_mean_is_over_fewer_seeds_than_its_row_has(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed1", "\"epochs\": 2", "\"epocha\": 2",
                   "cnn-seed1/run.json: \"epochs\" is not known of this seed, and is of ");
  must_refuse_edit("cnn-seed0", "\"epochs\": 2", "\"epocha\": 2",
                   "cnn-seed0/run.json: \"epochs\" is not known of this seed, and is of ");
  must_refuse_edit("cnn_pruned-seed1", "\"energy_kwh\": 0.016", "\"energy_kwh\": null ",
                   "cnn_pruned-seed1/run.json: \"energy_kwh\" is not known and \"energy_low_kwh\" is");
  must_refuse_edit("cnn-seed1", "\"energy_low_kwh\"", "\"energy_lov_kwh\"",
                   "\"energy_low_kwh\" is not known and \"energy_kwh\" is");
  must_refuse_edit("cnn-seed1", "\"duration_s\": 10", "\"duration_x\": 10",
                   "\"duration_s\" is not known and \"energy_kwh\" is");
  must_refuse_edit("tune", "\"emissions_kg\"", "\"emissionz_kg\"",
                   "\"emissions_kg\" is not known and \"emissions_low_kg\" is");
  must_refuse_edit("cnn-seed1", "\"process_energy_kwh\"", "\"process_energy_kwx\"",
                   "\"process_energy_kwh\" is not known of this seed");
  must_refuse_edit("cnn-seed1", "\"all_energy_kwh\"", "\"all_energy_kwx\"",
                   "\"all_energy_kwh\" is not known and \"energy_kwh\" is");
}

static void figures_that_say_the_same_agree(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed1", "\"emissions_kg\": 0.008", "\"emissions_kg\": 0.007",
                   "cnn-seed1/run.json: \"emissions_kg\" is 0.007, but \"energy_kwh\" times "
                   "\"carbon_intensity_g_per_kwh\" 500 is 0.008 kg");
  must_refuse_edit("cnn-seed1", "\"energy_kwh\": 0.016", "\"energy_kwh\": 0.012", "is 0.006 kg");
  must_refuse_edit("inference_cnn", "\"energy_per_forecast_j\": 200", "\"energy_per_forecast_j\": 300",
                   "but \"energy_per_forecast_j\" times");
  must_refuse_edit("cnn-seed0", "\"all_duration_s\": 20", "\"all_duration_s\": 9 ",
                   "\"duration_s\" is 10, more than \"all_duration_s\" 9 of the whole program");
}

static void figures_are_within_their_bounds(void **state) {
  (void)state;
  must_refuse_edit("inference_cnn", "\"latency_s\": 1e-3", "\"latency_s\": -1", "\"latency_s\" is -1");
  must_refuse_edit("inference_cnn", "\"energy_repeat_low_j\": 160", "\"energy_repeat_low_j\": 210",
                   "\"energy_per_forecast_j\" 200 is not between \"energy_repeat_low_j\" 210");
  must_refuse_edit("cnn-seed0", "\"carbon_intensity_low_g_per_kwh\": 400",
                   "\"carbon_intensity_low_g_per_kwh\": 501",
                   "\"carbon_intensity_g_per_kwh\" 500 is not between");
  must_refuse_edit("cnn-seed0", "\"share\": 1", "\"share\": 3", "\"embodied.share\" 3 is not between");
  must_refuse_edit("cnn-seed0", "\"program\"",
                   "\"foreign_cpu_share\": 0.5, \"machine_busy\": \"no\", \"program\"",
                   "\"machine_busy\": expected true or false");
  must_refuse_edit("cnn-seed0", "\"program\"",
                   "\"foreign_cpu_share\": 7, \"machine_busy\": true, \"program\"",
                   "\"foreign_cpu_share\" is 7; expected a share");
  must_refuse_edit("cnn-seed0", "\"process_energy_kwh\": 0.016", "\"process_energy_kwh\": 0.16",
                   "more than \"all_energy_kwh\"");
}

static void the_epochs_of_a_training_add_up_to_its_energy(void **state) {
  (void)state;
  must_refuse_edit("cnn_pruned-seed1", "\"epochs\": 2", "\"epochs\": 3",
                   "cnn_pruned-seed1/epochs.csv: it has 2 epochs, \"epochs\" of run.json beside it is 3");
  const report_fixture f = fixture_study(1, "full");
  fixture_epochs(&f, "cnn-seed0", 2 * 0.007); /* half of it, 0.007 kWh, is the training's; run.json: 0.008 */
  must_say(
      &f,
      "cnn-seed0/epochs.csv: its epochs add up to 25200 J, \"energy_kwh\" of run.json beside it is 28800 J");
}

/* A PUE is in both. */
static void a_pue_is_in_the_energy_of_epochs_too(void **state) {
  (void)state;
  const report_fixture f = fixture_study(1, "full");
  fixture_edit_all(&f, "\"pue\": 1,", "\"pue\": 1.5,");
  must_say(&f, NULL);
}

/* A study with a row of emissions.csv beside cnn-seed1, whose run.json has 10 s and 0.016 kWh. */
static report_fixture study_with_row(const char *id, const char *row) {
  const report_fixture f = fixture_study(2, "full");
  char members[64];
  snprintf(members, sizeof members, "\"run_id\": \"%s\", ", id);
  fixture_run(&f, "cnn-seed1", 0.016, 0.42, members);
  FILE *out = fixture_open(&f, "cnn-seed1", "emissions.csv");
  fprintf(out, "run_id,duration,energy_consumed,cpu_energy,country_iso_code,emissions\nanother,1,1,,,\n%s\n",
          row);
  assert_int_equal(fclose(out), 0);
  return f;
}

static void must_say_of_row(const char *id, const char *row, const char *sentence) {
  const report_fixture f = study_with_row(id, row);
  must_say(&f, sentence);
}

/* Recorded at 500 g/kWh for the world, shown at 400: as where a run was given an intensity of its own. */
static void emissions_that_are_worked_out_anew_are_not_the_row_s(void **state) {
  (void)state;
  const report_fixture f = study_with_row("this", "this,10,0.016,,WLD,0.008");
  gm_report_runs study;
  gm_error err = {0};
  assert_int_equal(gm_report_runs_load(&study, f.results, 0, 0, &err), GM_OK);
  gm_report_set_country(&study, &(gm_carbon_intensity){.iso3 = "WLD",
                                                       .country = "World",
                                                       .g_per_kwh = 400,
                                                       .low_g_per_kwh = 300,
                                                       .high_g_per_kwh = 500,
                                                       .year = 2023,
                                                       .basis = "a year",
                                                       .source = "a table"});
  if (gm_report_runs_check(&study, &err) != GM_OK) fail_msg("%s", err.message);
  gm_report_runs_free(&study);
  fixture_remove(&f);
}

static void the_row_of_a_run_says_what_its_record_says(void **state) {
  (void)state;
  must_say_of_row("this", "this,10,0.016,,,", NULL);
  must_say_of_row("this", "this,10,0.015,,,",
                  "\"energy_kwh\" is 0.016, \"energy_consumed\" of the same run in emissions.csv beside it "
                  "0.015");
  must_say_of_row("this", "this,11,0.016,,,", "\"duration_s\" is 10, \"duration\" of the same run");
  must_say_of_row("this", "this,10,0.016,,WLD,0.008", NULL);
  must_say_of_row("this", "this,10,0.016,,WLD,0.007",
                  "\"emissions\" of the same run in emissions.csv beside it 0.007");
  must_say_of_row("that", "this,10,0.016,,,", "cnn-seed1/emissions.csv: it has no row of the run that");
  must_say_of_row("this", "this,10,many,,,", "emissions.csv:3: ");
}

/* ---- what follows from other figures -------------------------------------- */

/* cnn-seed0 of 0.008 kWh with these members before its own. */
static void must_say_of_members(const char *members, const char *sentence) {
  const report_fixture f = fixture_study(1, "full");
  fixture_run(&f, "cnn-seed0", 0.008, 0.4, members);
  must_say(&f, sentence);
}

/* By hand: 0.004 kg, half to double of 0.008 kWh, 400 to 600 g/kWh, bounds in quadrature of the logarithms.
 */
static void bounds_of_emissions_follow_from_their_parts(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed0", "\"energy_low_kwh\": 0.004", "\"energy_low_kwh\": 0.002",
                   "\"emissions_low_kg\" is 0.001931");
  must_refuse_edit("cnn-seed0", "\"energy_high_kwh\": 0.016", "\"energy_high_kwh\": 0.012",
                   "\"emissions_high_kg\" is 0.00819");
  must_refuse_edit("cnn-seed0", "\"carbon_intensity_high_g_per_kwh\": 600",
                   "\"carbon_intensity_high_g_per_kwh\": 900", "\"emissions_high_kg\" is 0.00819");
  must_refuse_edit("inference_cnn", "\"energy_per_forecast_low_j\": 100",
                   "\"energy_per_forecast_low_j\": 120", "\"emissions_per_forecast_low_kg\" is 1.34");
}

/* 1000 kg over 500 h are 2 kg an hour, of half of it 1 kg. */
static void the_making_of_an_hour_follows_from_share_and_life(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed0", "\"kg_per_h\": 0.36", "\"life_h\": 500, \"kg_per_h\": 0.36",
                   "\"embodied.kg_per_h\" is 0.36, by making, share and life it is 2;");
  const report_fixture f = fixture_study(1, "full");
  fixture_edit(&f, "cnn-seed0",
               "\"share\": 1, \"share_low\": 1, \"share_high\": 1, \"kg_per_h\": 0.36, "
               "\"low_kg_per_h\": 0.18, \"high_kg_per_h\": 0.72",
               "\"share\": 0.5, \"share_low\": 0.25, \"share_high\": 1, \"life_h\": 500, \"kg_per_h\": 1, "
               "\"low_kg_per_h\": 0.25, \"high_kg_per_h\": 4");
  must_say(&f, NULL);
}

static void measured_is_what_was_measured_for_more_than_half(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed0", "\"energy_measured\": false",
                   "\"energy_measured_share\": 0.2, \"energy_measured\": true",
                   "\"energy_measured\" is true, by \"energy_measured_share\" it is false");
  must_refuse_edit("cnn-seed0", "\"energy_measured\": false",
                   "\"energy_measured_share\": 0.9, \"energy_measured\": false",
                   "\"energy_measured\" is false, by \"energy_measured_share\" it is true");
  must_refuse_edit("cnn-seed0", "\"energy_measured\": false",
                   "\"energy_measured_share\": 0.9, \"energy_measured\": true", NULL);
}

/* A tenth of the busy time and a tenth of a second, as docs and header say. */
static void a_busy_machine_is_one_where_others_worked(void **state) {
  (void)state;
  must_say_of_members("\"foreign_cpu_share\": 0.3, \"foreign_cpu_s\": 5, \"machine_busy\": false, ",
                      "\"machine_busy\" is false, by \"foreign_cpu_share\" and \"foreign_cpu_s\" it is true");
  must_say_of_members("\"foreign_cpu_share\": 0.02, \"foreign_cpu_s\": 5, \"machine_busy\": true, ",
                      "it is false");
  must_say_of_members("\"foreign_cpu_share\": 0.3, \"foreign_cpu_s\": 0.05, \"machine_busy\": false, ", NULL);
  must_say_of_members("\"foreign_cpu_share\": null, \"foreign_cpu_s\": null, \"machine_busy\": null, ", NULL);
}

static void threads_and_processor_are_those_of_the_machine(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed0", "\"host\": {\"cpus\": 2}", "\"host\": {\"logical_cpus\": 1}",
                   NULL); /* as LXC shows them */
  must_refuse_edit("cnn-seed0", "\"host\": {\"cpus\": 2}",
                   "\"argv\": [\"cnn\", \"--threads\", \"2\"], \"host\": {\"logical_cpus\": 1}", NULL);
  must_refuse_edit("cnn-seed0", "\"host\": {\"cpus\": 2}", "\"argv\": [\"cnn\", \"--threads=4\"]",
                   "\"threads\" is 2, by --threads of \"argv\" it is 4");
  must_refuse_edit("cnn-seed0", "\"host\": {\"cpus\": 2}", "\"argv\": [\"cnn\", \"--threads\", null]", NULL);
  must_refuse_edit("cnn-seed0", "\"host\": {\"cpus\": 2}", "\"host\": {\"cpu_model\": \"another\"}",
                   "\"host.cpu_model\" another");
}

/* By hand: a convolution of 6 weights at 4 places and a dense layer of 8: 2 * (24 + 8) = 64 forward; a step
 * is three times that without the 48 of the first layer's input. 3 epochs of 10 samples stepped, 5 judged. */
static void operations_follow_from_layers_epochs_and_samples(void **state) {
  (void)state;
  static const struct {
    const char *forecast, *training, *sentence;
  } cases[] = {{"64", "5280", NULL},
               {"65", "5280", "\"forecast_flop\" is 65, by \"layers\" it is 64"},
               {"64", "7680", "\"training_flop\" is 7680, by \"layers\", epochs and samples it is 5280"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const report_fixture f = fixture_study(1, "full");
    char flop[128];
    snprintf(flop, sizeof flop, "\"training_flop\": %s, \"forecast_flop\": %s,", cases[i].training,
             cases[i].forecast);
    fixture_edit(&f, "cnn-seed0", "\"program\": \"fixture\"", "\"program\": \"cnn\"");
    fixture_edit(&f, "cnn-seed0", "\"epochs\": 2", "\"epochs\": 3");
    fixture_edit_file(&f, "cnn-seed0", "epochs.csv", "2,0.1,0.5,0.5,4,5,",
                      "2,0.1,0.5,0.5,4,5,0\n3,0.1,0.5,0.5,4,5,");
    fixture_edit(&f, "cnn-seed0", "\"unit\"",
                 "\"n_train\": 10, \"n_validation\": 3, \"n_test\": 2, \"unit\"");
    fixture_edit(&f, "cnn-seed0", "\"training_flop\": 1e9, \"forecast_flop\": 1e3,", flop);
    fixture_edit(&f, "inference_cnn", "\"training_flop\": 1e9, \"forecast_flop\": 1e3,", flop);
    must_say(&f, cases[i].sentence);
  }
}

/* By hand: 3 predictors are 6 operations a forecast and, of 10 samples, 10 * 3 * 4 = 120 a fit; on 2
 * components of them it has 3 parameters and the same sums. */
static void operations_of_a_regression_follow_from_its_predictors(void **state) {
  (void)state;
  static const struct {
    const char *parameters, *flop, *sentence;
  } cases[] = {
      {"\"parameters\": 4, \"config\": {\"components\": null},", "120, \"forecast_flop\": 6,", NULL},
      {"\"parameters\": 4,", "120, \"forecast_flop\": 8,",
       "\"forecast_flop\" is 8, by \"parameters\" it is 6"},
      {"\"parameters\": 4,", "90, \"forecast_flop\": 6,", "\"training_flop\" is 90, by "},
      {"\"parameters\": 3, \"config\": {\"components\": 2},", "120, \"forecast_flop\": 6,", NULL},
      {"\"parameters\": 3, \"config\": {\"components\": 2},", "90, \"forecast_flop\": 6,", "it is 120"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const report_fixture f = fixture_study(1, "full");
    fixture_edit(&f, "linear_regression", "\"program\": \"fixture\"", "\"program\": \"linear_regression\"");
    fixture_edit(&f, "linear_regression", "\"unit\"", "\"n_train\": 10, \"unit\"");
    fixture_edit(&f, "linear_regression", "\"parameters\": 42,", cases[i].parameters);
    fixture_edit(&f, "linear_regression", "1e9, \"forecast_flop\": 1e3,", cases[i].flop);
    fixture_edit(&f, "inference_linear_regression", "\"parameters\": 42,", cases[i].parameters);
    fixture_edit(&f, "inference_linear_regression", "1e9, \"forecast_flop\": 1e3,", cases[i].flop);
    must_say(&f, cases[i].sentence);
  }
}

static void what_earlier_processes_drew_is_in_their_rows(void **state) {
  (void)state;
  static const char *const rows[] = {"one,a,1,0.25\nthis,b,30,0.017\n", "one,a,1,0.5\nthis,b,30,0.017\n",
                                     "one,a,1,0.25\nthis,b,30,0.015\n"};
  static const char *const sentences[] = {NULL,
                                          "\"earlier_energy_kwh\" is 0.25, by processes.csv beside it it is",
                                          "\"all_energy_kwh\" is 0.016, more than the 0.015"};
  for (size_t i = 0; i < 3; i++) {
    const report_fixture f = fixture_study(1, "full");
    fixture_run(&f, "cnn-seed0", 0.008, 0.4,
                "\"run_id\": \"this\", \"earlier_energy_kwh\": 0.25, \"earlier_processes\": 1, ");
    FILE *out = fixture_open(&f, "cnn-seed0", "processes.csv");
    fprintf(out, "run_id,started_at,duration_s,energy_kwh\n%s", rows[i]);
    assert_int_equal(fclose(out), 0);
    out = fixture_open(&f, "cnn-seed0", "emissions.csv");
    fputs("run_id,duration,energy_consumed\nthis,10,0.008\n", out);
    assert_int_equal(fclose(out), 0);
    must_say(&f, sentences[i]);
  }
  must_say_of_members("\"earlier_energy_kwh\": 3, \"earlier_processes\": 0, ",
                      "\"earlier_energy_kwh\" is 3, by \"earlier_processes\" it is 0");
}

static void runs_of_one_study_have_the_same_features_trend_and_year(void **state) {
  (void)state;
  must_refuse_edit("cnn-seed1", "\"unit\"", "\"detrend\": true, \"unit\"",
                   "its \"dataset.detrend\" is true, that of ");
  must_refuse_edit("tune", "\"unit\"", "\"features\": \"a,b\", \"unit\"", "its \"dataset.features\" is a,b");
  must_refuse_edit("tune", "\"carbon_intensity_year\": 2023", "\"carbon_intensity_year\": 2019",
                   "its \"carbon_intensity_year\" is 2019, that of ");
}

static void a_search_by_one_process_drew_what_it_drew(void **state) {
  (void)state;
  const report_fixture f = fixture_study(1, "full");
  fixture_run(&f, "tune", 0.08, 0.5, "\"study_processes\": 1, \"study_energy_kwh\": 0.05, ");
  must_say(&f,
           "tune/run.json: \"energy_kwh\" is 0.08 and \"study_energy_kwh\" 0.05, of a search by one process");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounds_of_emissions_follow_from_their_parts),
      cmocka_unit_test(the_making_of_an_hour_follows_from_share_and_life),
      cmocka_unit_test(measured_is_what_was_measured_for_more_than_half),
      cmocka_unit_test(a_busy_machine_is_one_where_others_worked),
      cmocka_unit_test(threads_and_processor_are_those_of_the_machine),
      cmocka_unit_test(operations_follow_from_layers_epochs_and_samples),
      cmocka_unit_test(operations_of_a_regression_follow_from_its_predictors),
      cmocka_unit_test(what_earlier_processes_drew_is_in_their_rows),
      cmocka_unit_test(runs_of_one_study_have_the_same_features_trend_and_year),
      cmocka_unit_test(a_search_by_one_process_drew_what_it_drew),
      cmocka_unit_test(seeds_of_a_row_are_of_one_training),
      cmocka_unit_test(a_run_of_another_seed_is_no_repeat),
      cmocka_unit_test(a_row_is_what_its_name_says),
      cmocka_unit_test(searches_differ_in_their_pruner_alone),
      cmocka_unit_test(kilograms_of_one_table_are_on_one_basis),
      cmocka_unit_test(forecasts_are_those_of_the_studys_models),
      cmocka_unit_test(no_mean_is_over_fewer_seeds_than_its_row_has),
      cmocka_unit_test(figures_that_say_the_same_agree),
      cmocka_unit_test(figures_are_within_their_bounds),
      cmocka_unit_test(the_epochs_of_a_training_add_up_to_its_energy),
      cmocka_unit_test(a_pue_is_in_the_energy_of_epochs_too),
      cmocka_unit_test(the_row_of_a_run_says_what_its_record_says),
      cmocka_unit_test(emissions_that_are_worked_out_anew_are_not_the_row_s),
  };
  return cmocka_run_group_tests_name("report_rows", tests, NULL, NULL);
}
