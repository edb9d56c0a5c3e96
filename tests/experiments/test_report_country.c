/* SPDX-License-Identifier: MIT
 * A study on another country's electricity: recorded energy times the intensity, intervals in quadrature in
 * the logarithm, by hand; nothing else changes. The fixture's runs were made at 500 g/kWh (400 to 600). */
#include "experiments/report/country.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

#include <math.h>

static gm_carbon_intensity somewhere(double g_per_kwh) {
  return (gm_carbon_intensity){.iso3 = "XYZ",
                               .country = "Somewhere",
                               .g_per_kwh = g_per_kwh,
                               .low_g_per_kwh = g_per_kwh / 1.1,
                               .high_g_per_kwh = g_per_kwh * 1.3,
                               .year = 2024,
                               .basis = "a year",
                               .source = "a table"};
}

typedef struct {
  report_fixture files;
  gm_report_runs study;
} loaded;

static loaded load(void) {
  loaded l = {.files = fixture_study(2, "full")};
  gm_error err = {0};
  if (gm_report_runs_load(&l.study, l.files.results, 0, 0, &err) != GM_OK) fail_msg("%s", err.message);
  return l;
}

static void unload(loaded *l) {
  gm_report_runs_free(&l->study);
  fixture_remove(&l->files);
}

static void emissions_are_recorded_energy_times_intensity(void **state) {
  (void)state;
  loaded l = load();
  const gm_carbon_intensity c = somewhere(50);
  const gm_report_run *cnn = &l.study.runs[GM_RUN_CNN][1]; /* seed 1: 0.016 kWh, half to double */
  gm_report_set_country(&l.study, &c);
  assert_near(gm_report_run_number(cnn, "emissions_kg"), 0.016 * 0.05, 1e-15);
  assert_near(gm_report_run_number(cnn, "emissions_low_kg"), 0.0008 * exp(-hypot(log(2), log(1.1))), 1e-15);
  assert_near(gm_report_run_number(cnn, "emissions_high_kg"), 0.0008 * exp(hypot(log(2), log(1.3))), 1e-15);
  assert_near(gm_report_run_number(cnn, "carbon_intensity_g_per_kwh"), 50, 0);
  assert_string_equal(gm_report_run_text(cnn, "country_iso_code"), "XYZ");
  assert_string_equal(gm_report_run_text(cnn, "carbon_intensity_source"), "a table");
  assert_near(gm_report_run_number(cnn, "energy_kwh"), 0.016, 0);
  assert_near(gm_report_run_number(cnn, "rmse_validation"), 0.42, 1e-15);
  const gm_report_run *forecast = l.study.runs[GM_RUN_INFERENCE_CNN];
  const double joules = gm_report_run_number(forecast, "energy_per_forecast_j");
  assert_true(joules > 0);
  assert_near(gm_report_run_number(forecast, "emissions_per_forecast_kg"), joules / 3.6e6 * 0.05, 1e-20);
  assert_true(l.study.n_recomputed == 2 * 4 + 5);
  unload(&l);
}

/* The sentence on what the interval rests on goes with the figure it speaks of. */
static void the_basis_names_the_new_intensity_once(void **state) {
  (void)state;
  loaded l = load();
  struct json_object *basis = gm_report_run_member(l.study.runs[GM_RUN_CNN], "energy_basis");
  const size_t before = json_object_array_length(basis);
  for (int g = 50; g <= 60; g += 10) {
    const gm_carbon_intensity c = somewhere(g);
    char sentence[64];
    gm_report_set_country(&l.study, &c);
    assert_int_equal(json_object_array_length(basis), before + 1);
    snprintf(sentence, sizeof sentence, "emissions: intensity %.4g to %d g/kWh (a year)", g / 1.1,
             g * 13 / 10);
    const char *last = json_object_get_string(json_object_array_get_idx(basis, before));
    if (strncmp(last, sentence, strlen(sentence)) != 0) fail_msg("%s, expected %s", last, sentence);
  }
  unload(&l);
}

static void runs_of_that_country_stay_as_they_are(void **state) {
  (void)state;
  loaded l = load();
  gm_carbon_intensity c = somewhere(500);
  strcpy(c.iso3, "WLD");
  struct json_object *run = l.study.runs[GM_RUN_CNN][0].json;
  char *before = strdup(json_object_to_json_string(run));
  gm_report_set_country(&l.study, &c);
  assert_string_equal(json_object_to_json_string(run), before);
  assert_int_equal(l.study.n_recomputed, 0);
  free(before);
  unload(&l);
}

static void rows_of_emissions_csv_say_the_same(void **state) {
  (void)state;
  loaded l = load();
  gm_error err = {0};
  const gm_carbon_intensity c = somewhere(50);
  for (gm_report_run_kind kind = 0; kind < GM_RUN_KINDS; kind++)
    for (size_t i = 0; i < gm_report_repeats(&l.study, kind); i++) {
      const char *name = strrchr(l.study.runs[kind][i].directory, '/') + 1;
      FILE *out = fixture_open(&l.files, name, "emissions.csv");
      fprintf(out,
              "run_id,duration,emissions,emissions_rate,energy_consumed,country_name,country_iso_code\n"
              "\"%s, a\",4,1,0.25,0.002,World,WLD\n\"%s b\",2,0.01,0.005,0.2,Somewhere,XYZ\n"
              "\"%s c\",2,0.1,0.05,0.2,Somewhere,XYZ\n", /* at an intensity of its own */
              name, name, name);
      fclose(out);
    }
  gm_report_set_country(&l.study, &c);
  if (gm_report_write_emissions(&l.study, l.files.results, &err) != GM_OK) fail_msg("%s", err.message);
  char *text = fixture_text(&l.files, "emissions.csv");
  const char first[] =
      "run_id,duration,emissions,emissions_rate,energy_consumed,country_name,country_iso_code\n"
      "\"linear_regression, a\",4,0.0001,2.5e-05,0.002,Somewhere,XYZ\n"
      "linear_regression b,2,0.01,0.005,0.2,Somewhere,XYZ\n"
      "linear_regression c,2,0.01,0.005,0.2,Somewhere,XYZ\n";
  assert_memory_equal(text, first, sizeof first - 1);
  size_t lines = 0;
  for (const char *p = text; *p != '\0'; p++) lines += *p == '\n';
  assert_int_equal(lines, 1 + 3 * (2 * 4 + 5));
  free(text);
  unload(&l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(emissions_are_recorded_energy_times_intensity),
      cmocka_unit_test(the_basis_names_the_new_intensity_once),
      cmocka_unit_test(runs_of_that_country_stay_as_they_are),
      cmocka_unit_test(rows_of_emissions_csv_say_the_same),
  };
  return cmocka_run_group_tests_name("report_country", tests, NULL, NULL);
}
