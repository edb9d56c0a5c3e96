/* SPDX-License-Identifier: MIT
 * Which months judge and were seen before, on the study's own windows. */
#include "datasets/nino12.h"
#include "datasets/series_samples.h"
#include "experiments/run/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The warnings of the embedded series at a lead, with T months of the past; NULL where there are fewer. */
static void expect(size_t lead, size_t time_steps, const char *base_period, const char *first,
                   const char *second) {
  gm_series series;
  gm_samples samples;
  gm_samples_config config = gm_nino12_samples_config();
  char text[512];
  config.lead = lead;
  config.time_steps = time_steps;
  assert_int_equal(gm_nino12_read(&series, NULL), GM_OK);
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  const char *words[] = {first, second};
  for (int i = 0; i < 2; i++) {
    const bool any = gm_overlap_warning(&samples, base_period, i, text, sizeof text);
    if (any != (words[i] != NULL))
      fail_msg("lead %zu, T %zu, %s: warning %d: %s", lead, time_steps, base_period, i, any ? text : "none");
    if (any && strstr(text, words[i]) == NULL) fail_msg("\"%s\" does not say \"%s\"", text, words[i]);
  }
  gm_samples_free(&samples);
  gm_series_free(&series);
}

static void the_studys_own_windows_share_nothing(void **state) {
  (void)state;
  expect(1, 1, GM_NINO12_BASE_PERIOD, NULL, NULL);
  expect(1, 12, "none", NULL, NULL);
  expect(12, 1, "1950:1995", NULL, NULL);
}

static void a_base_period_in_the_months_that_judge_is_said(void **state) {
  (void)state;
  expect(1, 1, "1971:2000", "1971:2000 reaches into the validation targets, 1997-02 to 2007-01", NULL);
  expect(1, 1, "1981:2010", "validation targets", "test targets, 2007-02 to 2010-12");
}

/* Training inputs end in 1995-12, validation inputs begin in 1997-01. */
static void training_targets_among_validation_inputs_are_said(void **state) {
  (void)state;
  expect(12, 2, "none", "up to 1996-12, are among the inputs of validation samples, from 1996-12", NULL);
  expect(13, 1, "none", "up to 1997-01, are among the inputs of validation samples", NULL);
}

static void training_after_the_months_that_judge_is_said(void **state) {
  (void)state;
  gm_series series;
  gm_samples samples;
  gm_samples_config config = gm_nino12_samples_config();
  char text[512];
  assert_int_equal(gm_nino12_read(&series, NULL), GM_OK);
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  assert_false(gm_order_warning(&samples, text, sizeof text));
  gm_samples_free(&samples);
  config.period[GM_TRAIN] = "1990-01:1995-12";
  config.period[GM_TEST] = "1975-01:1988-12";
  assert_int_equal(gm_samples_from_series(&config, &series, &samples, NULL), GM_OK);
  assert_true(gm_order_warning(&samples, text, sizeof text));
  assert_non_null(strstr(text, "Training begins at 1990-02, after test at 1975-02"));
  gm_samples_free(&samples);
  gm_series_free(&series);
}

/* The warning on the length of a base period; NULL: none. */
static void expect_short(const char *base_period, size_t fewest, const char *sentence) {
  char text[512];
  const bool any = gm_base_period_warning(base_period, fewest, text, sizeof text);
  if (any != (sentence != NULL)) fail_msg("%s, %zu: %s", base_period, fewest, any ? text : "none");
  if (any && strstr(text, sentence) == NULL) fail_msg("\"%s\" does not say \"%s\"", text, sentence);
}

static void calendar_means_of_few_values_are_said(void **state) {
  (void)state;
  expect_short("none", 0, NULL);
  expect_short(GM_NINO12_BASE_PERIOD, 0, NULL);
  expect_short("1971:1980", 10, NULL);
  expect_short("1980:1980", 0, "1980:1980 has 1 value behind each of its calendar means: anomalies are");
  expect_short("1980:1983", 4,
               "4 values behind each of its calendar means: the noise of such a mean, 50 % of");
  expect_short("1951:1980", 1, "1 value behind some of its calendar means"); /* the others are missing */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_studys_own_windows_share_nothing),
      cmocka_unit_test(a_base_period_in_the_months_that_judge_is_said),
      cmocka_unit_test(training_targets_among_validation_inputs_are_said),
      cmocka_unit_test(training_after_the_months_that_judge_is_said),
      cmocka_unit_test(calendar_means_of_few_values_are_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
