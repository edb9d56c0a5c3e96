/* SPDX-License-Identifier: MIT
 * The embedded table, and the study's simple rows on it: persistence and linear regression against study
 * figures computed elsewhere (tests/fixtures/nino12_reference.json, numpy and scikit-learn). */
#include "common/json.h"
#include "datasets/anomalies.h"
#include "datasets/nino12.h"
#include "datasets/series_samples.h"
#include "models/regression/linear_regression.h"
#include "models/regression/persistence.h"
#include "models/statistics/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double study = 1e-6; /* printed with six decimals */
static const double peers = 1e-9; /* another implementation of the same definitions, in double */

enum { MAX_SAMPLES = 192 };

static gm_samples sample(size_t time_steps, size_t lead) {
  gm_series series;
  gm_base_period base;
  gm_samples samples;
  gm_samples_config config = gm_nino12_samples_config();
  config.time_steps = time_steps;
  config.lead = lead;
  assert_int_equal(gm_nino12_read(&series, NULL), GM_OK);
  assert_int_equal(gm_base_period_parse(GM_NINO12_BASE_PERIOD, &base, NULL), GM_OK);
  assert_int_equal(gm_anomalies(&series, &base, NULL), GM_OK);
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  gm_series_free(&series);
  return samples;
}

/* RMSE and correlation of each split; time_steps = 0: persistence. */
static void evaluate(size_t time_steps, size_t lead, double rmse[GM_N_SPLITS],
                     double correlation[GM_N_SPLITS], size_t n[GM_N_SPLITS]) {
  gm_samples samples = sample(time_steps > 0 ? time_steps : 1, lead);
  const gm_split *train = &samples.split[GM_TRAIN];
  const gm_linear_regression_config config = gm_linear_regression_config_default();
  gm_linear_regression model = {0};
  if (time_steps > 0)
    assert_int_equal(gm_linear_regression_fit(
                         &config, &(gm_predictors){.n = train->n, .p = samples.n_predictors, .x = train->X},
                         train->y, &model, NULL),
                     GM_OK);
  for (int s = 0; s < GM_N_SPLITS; s++) {
    const gm_split *split = &samples.split[s];
    double forecast[MAX_SAMPLES];
    assert_true(split->n <= MAX_SAMPLES);
    if (time_steps > 0)
      gm_linear_regression_predict(
          &model, &(gm_predictors){.n = split->n, .p = samples.n_predictors, .x = split->X}, forecast);
    else
      gm_persistence_predict(split->index_at_t, split->n, forecast);
    assert_int_equal(gm_rmse(forecast, split->y, split->n, &rmse[s], NULL), GM_OK);
    assert_int_equal(gm_correlation(forecast, split->y, split->n, &correlation[s], NULL), GM_OK);
    n[s] = split->n;
  }
  gm_linear_regression_free(&model);
  gm_samples_free(&samples);
}

static void the_table_is_61_years_of_12_months(void **state) {
  (void)state;
  gm_series series;
  char text[GM_TIME_TEXT];
  assert_int_equal(gm_nino12_read(&series, NULL), GM_OK);
  assert_true(series.n_times == 732 && series.n_channels == 1 && series.unit == GM_MONTHLY);
  assert_string_equal(gm_time_format(series.unit, series.first, text), "1950-01");
  assert_string_equal(series.target_name, "sst");
  assert_true(series.target[0] == 23.11 && series.target[731] == 22.07);
  assert_true(series.target[12 * 33 + 2] == 28.85); /* March 1983, the great El Niño */
  gm_series_free(&series);
}

static void the_splits_have_the_samples_of_the_study(void **state) {
  (void)state;
  gm_samples samples = sample(1, 1);
  static const size_t n[] = {192, 120, 47};
  static const char *const first[] = {"1980-02", "1997-02", "2007-02"}, *const last[] = {"1996-01", "2007-01",
                                                                                         "2010-12"};
  for (int s = 0; s < GM_N_SPLITS; s++) {
    char text[GM_TIME_TEXT];
    assert_int_equal(samples.split[s].n, n[s]);
    assert_int_equal(samples.split[s].n_dropped, 0);
    assert_string_equal(gm_time_format(GM_MONTHLY, samples.split[s].target_time[0], text), first[s]);
    assert_string_equal(gm_time_format(GM_MONTHLY, samples.split[s].target_time[n[s] - 1], text), last[s]);
  }
  gm_samples_free(&samples);
}

static void persistence_and_regression_have_the_rmse_of_the_study(void **state) {
  (void)state;
  static const struct {
    size_t time_steps;
    double validation, test;
  } known[] = {{0, 0.495582, 0.485341}, {1, 0.487378, 0.470314}, {12, 0.485058, 0.404321}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double rmse[GM_N_SPLITS], correlation[GM_N_SPLITS];
    size_t n[GM_N_SPLITS];
    evaluate(known[i].time_steps, 1, rmse, correlation, n);
    assert_true(fabs(rmse[GM_VALIDATION] - known[i].validation) < study);
    assert_true(fabs(rmse[GM_TEST] - known[i].test) < study);
  }
}

static void other_windows_and_leads_agree_with_scikit_learn(void **state) {
  (void)state;
  gm_error err = {0};
  struct json_object *root, *rows;
  assert_int_equal(gm_json_read("tests/fixtures/nino12_reference.json", &root, &err), GM_OK);
  assert_true(json_object_object_get_ex(root, "rows", &rows));
  const size_t count = json_object_array_length(rows);
  assert_int_equal(count, 28);
  for (size_t i = 0; i < count; i++) {
    const struct json_object *row = json_object_array_get_idx(rows, i);
    double rmse[GM_N_SPLITS], correlation[GM_N_SPLITS];
    size_t n[GM_N_SPLITS];
    evaluate((size_t)gm_json_number(row, "time_steps"), (size_t)gm_json_number(row, "lead"), rmse,
             correlation, n);
    for (int s = 0; s < GM_N_SPLITS; s++) {
      char key[32];
      snprintf(key, sizeof key, "rmse_%s", gm_split_text((gm_split_name)s));
      assert_true(fabs(rmse[s] - gm_json_number(row, key)) < peers);
      snprintf(key, sizeof key, "correlation_%s", gm_split_text((gm_split_name)s));
      assert_true(fabs(correlation[s] - gm_json_number(row, key)) < peers);
      snprintf(key, sizeof key, "n_%s", gm_split_text((gm_split_name)s));
      assert_int_equal(n[s], (size_t)gm_json_number(row, key));
    }
  }
  json_object_put(root);
}

static void a_damaged_table_is_refused_with_its_line(void **state) {
  (void)state;
  static const char head[] = "YEAR,JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC\n";
  static const struct {
    const char *rows, *words;
  } bad[] = {
      {"1950,1,2,3,4,5,6,7,8,9,10,11,12\n1952,1,2,3,4,5,6,7,8,9,10,11,12\n",
       ":3: expected consecutive years"},
      {"1950,1,2,3,4,5,6,7,8,9,10,11,\n", ":2: expected a finite number in column \"DEC\""},
      {"1950,1,2,3,4,5,6,7,8,9,10,11\n", ":2: "},
      {"year 1950,1,2,3,4,5,6,7,8,9,10,11,12\n", ":2: expected consecutive years"},
      {"", "a row for each year"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[256];
    gm_series series;
    gm_error err = {0};
    snprintf(text, sizeof text, "%s%s", head, bad[i].rows);
    assert_int_equal(gm_nino12_parse(text, strlen(text), "table", &series, &err), GM_BAD_INPUT);
    if (strstr(err.message, bad[i].words) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", err.message, bad[i].words);
    assert_null(series.target);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_is_61_years_of_12_months),
      cmocka_unit_test(the_splits_have_the_samples_of_the_study),
      cmocka_unit_test(persistence_and_regression_have_the_rmse_of_the_study),
      cmocka_unit_test(other_windows_and_leads_agree_with_scikit_learn),
      cmocka_unit_test(a_damaged_table_is_refused_with_its_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
