/* SPDX-License-Identifier: MIT
 * Pruners by name, and their settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/pruners/percentile_pruner.h"

#include <math.h>
#include <string.h>

static void names_read_back(void **state) {
  (void)state;
  static const char *const names[] = {"none",
                                      "median",
                                      "percentile:25",
                                      "percentile:0",
                                      "percentile:0.1",
                                      "percentile:99.9",
                                      "percentile:33.333333333333336"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    gm_pruner_config config = {.n_startup_trials = 77};
    gm_error err;
    char text[GM_PRUNER_TEXT];
    assert_int_equal(gm_pruner_parse(names[i], &config, &err), GM_OK);
    gm_pruner_format(&config, text);
    assert_string_equal(text, names[i]);
    assert_int_equal(config.n_startup_trials, 77);
  }
}

static void the_median_is_percentile_50(void **state) {
  (void)state;
  gm_pruner_config median = {0}, fifty = {0};
  gm_error err;
  assert_int_equal(gm_pruner_parse("median", &median, &err), GM_OK);
  assert_int_equal(gm_pruner_parse("percentile:50", &fifty, &err), GM_OK);
  assert_ptr_equal(median.method, &gm_percentile_pruner);
  assert_ptr_equal(fifty.method, &gm_percentile_pruner);
  assert_true(median.percentile == 50.0 && fifty.percentile == 50.0);
}

static void wrong_names_and_percentiles_are_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"",
                                      "Median",
                                      "percentile",
                                      "percentile:",
                                      "percentile:x",
                                      "percentile:-1",
                                      "percentile:100.1",
                                      "percentile:nan",
                                      "percentile:5%",
                                      "percentile: 5"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    gm_pruner_config config = {.percentile = 12.0};
    gm_error err;
    assert_int_equal(gm_pruner_parse(wrong[i], &config, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected"));
    assert_non_null(strstr(err.message, wrong[i]));
    assert_true(config.method == NULL && config.percentile == 12.0);
  }
}

static void illegal_settings_are_refused_with_the_field(void **state) {
  (void)state;
  gm_error err;
  gm_pruner_config wrong[6];
  static const char *const fields[] = {"method",         "percentile",     "percentile",
                                       "n_warmup_steps", "interval_steps", "n_min_trials"};
  for (int i = 0; i < 6; i++) wrong[i] = gm_pruner_config_default();
  assert_int_equal(gm_pruner_config_check(&wrong[0], &err), GM_OK);
  wrong[0].method = NULL;
  wrong[1].percentile = NAN;
  wrong[2].percentile = 101.0;
  wrong[3].n_warmup_steps = -1;
  wrong[4].interval_steps = 0;
  wrong[5].n_min_trials = 0;
  for (int i = 0; i < 6; i++) {
    assert_int_equal(gm_pruner_config_check(&wrong[i], &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, fields[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_read_back),
      cmocka_unit_test(the_median_is_percentile_50),
      cmocka_unit_test(wrong_names_and_percentiles_are_refused),
      cmocka_unit_test(illegal_settings_are_refused_with_the_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
