/* SPDX-License-Identifier: MIT
 * Windows and splits on a table whose value at row r of channel c is 100·c + r, so that every
 * number of a sample says where it came from. */
#include "datasets/series_samples.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 40, CHANNELS = 2 };

/* Months from 2000-01; the target is −r. */
static gm_series table(void) {
  gm_series series;
  assert_int_equal(gm_series_alloc(&series, "table", GM_MONTHLY, 24000, ROWS, CHANNELS, NULL), GM_OK);
  for (size_t r = 0; r < ROWS; r++) {
    series.target[r] = -(double)r;
    for (size_t c = 0; c < CHANNELS; c++) series.channels[c * ROWS + r] = 100 * (double)c + (double)r;
  }
  return series;
}

static gm_samples_config three_splits(void) {
  gm_samples_config config = gm_samples_config_default();
  config.period[GM_TRAIN] = "2001-01:2001-06"; /* rows 12 … 17 */
  config.period[GM_VALIDATION] = "2001-09:2001-12";
  config.period[GM_TEST] = "2002-01:";
  return config;
}

static void every_number_is_the_one_of_its_place(void **state) {
  (void)state;
  gm_series series = table();
  gm_samples_config config = three_splits();
  config.time_steps = 3;
  config.lead = 2;
  gm_samples samples;
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  gm_series_free(&series); /* the samples do not need it */
  assert_true(samples.n_channels == CHANNELS && samples.length == 12 && samples.n_predictors == 6);
  assert_true(samples.data_epsilon == DBL_EPSILON);
  static const size_t first_row[] = {12, 20, 24}, n[] = {6, 4, 14}; /* the last t is 40 − 1 − 2 = 37 */
  for (int s = 0; s < GM_N_SPLITS; s++) {
    const gm_split *split = &samples.split[s];
    assert_int_equal(split->n, n[s]);
    assert_int_equal(split->n_dropped, 0);
    for (size_t i = 0; i < split->n; i++) {
      const size_t t = first_row[s] + i;
      assert_int_equal(split->target_time[i], 24000 + (int64_t)t + 2);
      assert_true(split->y[i] == -(double)(t + 2) && split->y_float[i] == -(float)(t + 2));
      assert_true(split->index_at_t[i] == -(double)t);
      for (size_t c = 0; c < CHANNELS; c++)
        for (size_t k = 0; k < 12; k++) { /* oldest first, the older nine positions zero */
          const double value = k < 9 ? 0 : 100 * (double)c + (double)(t - (11 - k));
          assert_true(split->x[i][c * 12 + k] == (float)value);
          if (k >= 9) assert_true(split->X[i * 6 + c * 3 + (k - 9)] == value);
        }
    }
  }
  gm_samples_free(&samples);
}

/* What a regression fits on is the same without the networks' blocks. */
static void without_blocks_the_rest_is_the_same(void **state) {
  (void)state;
  gm_series series = table();
  gm_samples_config config = three_splits();
  gm_samples whole, lean;
  config.time_steps = 3;
  assert_int_equal(gm_samples_from_series(&config, &series, &whole, NULL), GM_OK);
  config.no_blocks = true;
  assert_int_equal(gm_samples_from_series(&config, &series, &lean, NULL), GM_OK);
  gm_series_free(&series);
  for (int s = 0; s < GM_N_SPLITS; s++) {
    const gm_split *a = &whole.split[s], *b = &lean.split[s];
    assert_true(a->x != NULL && b->x == NULL);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->y, b->y, a->n * sizeof *a->y);
    assert_memory_equal(a->y_float, b->y_float, a->n * sizeof *a->y_float);
    assert_memory_equal(a->index_at_t, b->index_at_t, a->n * sizeof *a->index_at_t);
    assert_memory_equal(a->target_time, b->target_time, a->n * sizeof *a->target_time);
    assert_memory_equal(a->X, b->X, a->n * 6 * sizeof *a->X);
  }
  gm_samples_free(&whole);
  gm_samples_free(&lean);
}

static void the_number_of_samples_does_not_depend_on_t(void **state) {
  (void)state;
  gm_series series = table();
  for (size_t T = 1; T <= 12; T++) {
    gm_samples_config config = three_splits();
    config.time_steps = T;
    config.period[GM_TRAIN] = "2000-03:2001-06"; /* rows 2 … 17; a full window ends at row 11 first */
    gm_samples samples;
    assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
    assert_int_equal(samples.split[GM_TRAIN].n, 7);
    assert_int_equal(samples.split[GM_TRAIN].n_dropped, 9);
    gm_samples_free(&samples);
  }
  gm_series_free(&series);
}

static void times_without_target_are_dropped_and_counted(void **state) {
  (void)state;
  gm_series series = table();
  gm_samples_config config = three_splits();
  config.period[GM_TEST] = "2002-01:2003-12"; /* rows 24 … 47, targets end at row 39 */
  gm_samples samples;
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  assert_int_equal(samples.split[GM_TEST].n, 15);
  assert_int_equal(samples.split[GM_TEST].n_dropped, 9);
  gm_samples_free(&samples);
  gm_series_free(&series);
}

static void refuse(gm_samples_config config, const char *words) {
  gm_series series = table();
  gm_samples samples;
  gm_error err = {0};
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, &err), GM_BAD_INPUT);
  if (strstr(err.message, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.message, words);
  assert_null(samples.doubles);
  gm_series_free(&series);
}

static void what_cannot_be_sampled_is_one_sentence(void **state) {
  (void)state;
  gm_samples_config config = three_splits();
  config.time_steps = 13;
  refuse(config, "time_steps");
  config = three_splits();
  config.time_steps = 0;
  refuse(config, "time_steps");
  config = three_splits();
  config.lead = 0;
  refuse(config, "lead");
  config.lead = 29;
  refuse(config, "longer than the series of 40 rows");
  config.lead = SIZE_MAX;
  refuse(config, "longer than the series of 40 rows");
  config = three_splits();
  config.max_time_steps = 41;
  refuse(config, "longer than the series of 40 rows");
  config = three_splits();
  config.period[GM_VALIDATION] = NULL;
  refuse(config, "validation: expected a period");
  config.period[GM_VALIDATION] = "2001-09-01:2001-12-31";
  refuse(config, "validation: expected two dates \"YYYY-MM:YYYY-MM\"");
  config.period[GM_VALIDATION] = "2001-06:2001-12";
  refuse(config, "the train period 2001-01:2001-06 and the validation period 2001-06:2001-12 overlap");
  config.period[GM_VALIDATION] = "1999-01:2000-11";
  refuse(config,
         "the validation period 1999-01:2000-11 has no sample; last input dates can be 2000-12 to 2003-03");
}

static void a_value_beyond_single_precision_is_refused(void **state) {
  (void)state;
  gm_series series = table();
  series.channels[30] = 1e300; /* 2002-07 */
  const gm_samples_config config = three_splits();
  gm_samples samples;
  gm_error err = {0};
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "2002-07"));
  gm_series_free(&series);
}

/* Networks would learn from zeros; a column that is 0 throughout is what it is. */
static void a_column_whose_squares_vanish_is_refused(void **state) {
  (void)state;
  const gm_samples_config config = three_splits();
  for (int which = 0; which < 3; which++) {
    gm_series series = table();
    gm_samples samples;
    gm_error err = {0};
    double *column = which == 0 ? series.target : series.channels;
    for (size_t t = 0; t < series.n_times; t++) column[t] = which == 2 ? 0 : (double)t * 1e-30;
    const gm_status status = gm_samples_from_series(&config, &series, &samples, &err);
    assert_int_equal(status, which == 2 ? GM_OK : GM_BAD_INPUT);
    if (which < 2)
      assert_non_null(
          strstr(err.message, "whose square vanishes in single precision: expected 1e-19 or more"));
    gm_samples_free(&samples);
    gm_series_free(&series);
  }
}

static void freeing_zeroed_samples_is_fine(void **state) {
  (void)state;
  gm_samples samples = {0};
  gm_samples_free(&samples);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_number_is_the_one_of_its_place),
      cmocka_unit_test(without_blocks_the_rest_is_the_same),
      cmocka_unit_test(the_number_of_samples_does_not_depend_on_t),
      cmocka_unit_test(times_without_target_are_dropped_and_counted),
      cmocka_unit_test(what_cannot_be_sampled_is_one_sentence),
      cmocka_unit_test(a_value_beyond_single_precision_is_refused),
      cmocka_unit_test(a_column_whose_squares_vanish_is_refused),
      cmocka_unit_test(freeing_zeroed_samples_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
