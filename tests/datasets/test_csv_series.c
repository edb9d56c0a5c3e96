/* SPDX-License-Identifier: MIT
 * Any CSV as a dated table: what is read, and one sentence for everything that is not. */
#include "datasets/text/csv_series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Reads `content` from a file of its own, which is gone afterwards. */
static gm_status read_text(const char *content, gm_csv_series_config config, gm_series *series,
                           gm_error *err) {
  char path[] = "/tmp/gm_csv_series_XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *stream = fdopen(fd, "w");
  assert_non_null(stream);
  fputs(content, stream);
  fclose(stream);
  config.path = path;
  const gm_status status = gm_csv_series_read(&config, series, err);
  unlink(path);
  return status;
}

static const gm_csv_series_config by_month = {.date_column = "month", .target = "sst"};

static void the_target_alone_is_the_default_channel(void **state) {
  (void)state;
  gm_series series;
  assert_int_equal(
      read_text("month,soi,sst\n1999-11,1,20.5\n1999-12,2,-21\n2000-01,3,2.2e1\n", by_month, &series, NULL),
      GM_OK);
  assert_true(series.unit == GM_MONTHLY && series.n_times == 3 && series.n_channels == 1);
  assert_int_equal(series.first, 12 * 1999 + 10);
  assert_true(series.target[0] == 20.5 && series.target[1] == -21 && series.target[2] == 22);
  assert_memory_equal(series.channels, series.target, 3 * sizeof(double));
  assert_string_equal(series.target_name, "sst");
  assert_string_equal(series.channel_names[0], "sst");
  gm_series_free(&series);
}

static void features_become_channels_in_the_order_given(void **state) {
  (void)state;
  gm_series series;
  gm_csv_series_config config = by_month;
  config.features = "soi,sst,qbo";
  assert_int_equal(
      read_text("# note\nsst,qbo,month,soi\n1,2,1999-11,3\n4,5,1999-12,6\n", config, &series, NULL), GM_OK);
  const double expected[] = {1, 4, 3, 6, 1, 4, 2, 5}; /* target, then soi, sst, qbo */
  assert_int_equal(series.n_channels, 3);
  assert_memory_equal(series.target, expected, sizeof expected);
  assert_string_equal(series.channel_names[2], "qbo");
  gm_series_free(&series);
}

static void daily_and_index_rows_are_recognised(void **state) {
  (void)state;
  gm_series series;
  assert_int_equal(
      read_text("month,sst\n2000-02-28,1\n2000-02-29,2\n2000-03-01,3\n", by_month, &series, NULL), GM_OK);
  assert_true(series.unit == GM_DAILY && series.n_times == 3);
  gm_series_free(&series);
  assert_int_equal(read_text("month,sst\n-1,1\n0,2\n1,3\n", by_month, &series, NULL), GM_OK);
  assert_true(series.unit == GM_INDEX && series.first == -1);
  gm_series_free(&series);
}

static void every_bad_file_is_one_sentence_with_its_line(void **state) {
  (void)state;
  static const struct {
    const char *content, *features, *words;
  } bad[] = {
      {"month,sst\n1999-11,1\n2000-01,2\n", NULL, ":3: a gap, expected 1999-12 but got 2000-01"},
      {"month,sst\n2000-02-28,1\n2000-03-01,2\n", NULL, ":3: a gap, expected 2000-02-29"},
      {"month,sst\n1999-11,1\n1999-11,2\n", NULL, ":3: date 1999-11 occurs twice"},
      {"month,sst\n1999-11,1\n1999-10,2\n", NULL, ":3: date 1999-10 comes after 1999-11"},
      {"month,sst\n1999-11,1\n1999-12-01,2\n", NULL, ":3: date \"1999-12-01\" is not of the form YYYY-MM"},
      {"month,sst\n1999-11,1\n12/1999,2\n", NULL, ":3: expected a date"},
      {"# head\nmonth,sst\n\n1999-11,1\n1999-12,\n", NULL,
       ":5: expected a finite number in column \"sst\", got \"\""},
      {"month,sst\n1999-11,NaN\n", NULL, ":2: expected a finite number"},
      {"month,sst\n1999-11,inf\n", NULL, ":2: expected a finite number"},
      {"month,sst\n1999-11,12 C\n", NULL, ":2: expected a finite number"},
      {"month,sst\n1999-11,1e999\n", NULL, ":2: expected a finite number"},
      {"month,sst\n1999-11,1,2\n", NULL, ":2: "},
      {"month,sst\n1999-11\n", NULL, ":2: "},
      {"month,sst\n1999-11,\"1\n1999-12,2\n", NULL, "quotation mark never closed"},
      {"month,sst\n1999-11,1\"2\n", NULL, ":2: misplaced quotation mark"},
      {"month,temperature\n1999-11,1\n", NULL, "no column \"sst\""},
      {"date,sst\n1999-11,1\n", NULL, "no column \"month\""},
      {"month,sst,sst\n1999-11,1,2\n", NULL, "\"sst\" more than once"},
      {"month,sst\n1999-11,1\n", "sst,soi", "no column \"soi\""},
      {"month,sst\n1999-11,1\n", "sst,sst", "\"sst\" is listed twice"},
      {"month,sst\n1999-11,1\n", "sst,,", "separated by commas"},
      {"month,sst\n1999-11,1\n", "", "separated by commas"},
      {"month,sst\n", NULL, "no rows"},
      {"", NULL, "empty"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_series series;
    gm_error err = {0};
    gm_csv_series_config config = by_month;
    config.features = bad[i].features;
    assert_int_equal(read_text(bad[i].content, config, &series, &err), GM_BAD_INPUT);
    if (strstr(err.message, bad[i].words) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", err.message, bad[i].words);
    assert_null(strchr(err.message, '\n'));
    assert_null(series.target);
  }
}

static void a_missing_file_or_option_is_named(void **state) {
  (void)state;
  gm_series series;
  gm_error err = {0};
  gm_csv_series_config config = by_month;
  config.path = "/nonexistent/file.csv";
  assert_int_equal(gm_csv_series_read(&config, &series, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/nonexistent/file.csv"));
  config.date_column = NULL;
  assert_int_equal(gm_csv_series_read(&config, &series, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "date column"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_target_alone_is_the_default_channel),
      cmocka_unit_test(features_become_channels_in_the_order_given),
      cmocka_unit_test(daily_and_index_rows_are_recognised),
      cmocka_unit_test(every_bad_file_is_one_sentence_with_its_line),
      cmocka_unit_test(a_missing_file_or_option_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
