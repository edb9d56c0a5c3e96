/* SPDX-License-Identifier: MIT
 * Any CSV as a dated table: what is read, and one sentence for everything that is not. */
#include "datasets/text/csv_series.h"

#include <math.h>
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
static gm_status read_found(const char *content, gm_csv_series_config config, gm_series *series,
                            gm_series_found *found, gm_error *err) {
  char path[] = "/tmp/gm_csv_series_XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *stream = fdopen(fd, "w");
  assert_non_null(stream);
  fputs(content, stream);
  fclose(stream);
  config.path = path;
  const gm_status status = gm_csv_series_read(&config, series, found, err);
  unlink(path);
  return status;
}

static gm_status read_text(const char *content, gm_csv_series_config config, gm_series *series,
                           gm_error *err) {
  return read_found(content, config, series, NULL, err);
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
      {"month,sst\n1999-11,1\nwinter,2\n", NULL, ":3: expected a date"},
      {"# head\nmonth,sst\n\n1999-11,1\n1999-12,?\n", NULL,
       ":5: expected a finite number in column \"sst\", got \"?\""},
      {"month,sst\n1999-11,NaN\n", NULL, "column \"sst\" has no value at all"},
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
  assert_int_equal(gm_csv_series_read(&config, &series, NULL, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/nonexistent/file.csv"));
  assert_int_equal(read_text("t,a,b\n1,2,3\n", (gm_csv_series_config){.date_column = NULL}, &series, &err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "which column is to be forecast? --target a, b"));
}

/* ---- missing values --------------------------------------------------------------- */

static void must_refuse(const char *content, gm_csv_series_config config, const char *words) {
  gm_series series;
  gm_error err = {0};
  assert_int_equal(read_text(content, config, &series, &err), GM_BAD_INPUT);
  if (strstr(err.message, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static gm_series must_read(const char *content, gm_csv_series_config config, gm_series_found *found) {
  gm_series series;
  gm_error err = {0};
  if (read_found(content, config, &series, found, &err) != GM_OK) fail_msg("%s: %s", content, err.message);
  return series;
}

static void marks_of_agencies_are_refused_unless_they_are_named(void **state) {
  (void)state;
  static const char *const marks[] = {"-99.99",  "-99.9", "-999",     "-9999", "999.9",
                                      "9.97e36", "1e20",  "-999.000", "99.99"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    char content[128], words[64];
    snprintf(content, sizeof content, "month,sst\n1999-10,0.5\n1999-11,%s\n1999-12,-0.25\n", marks[i]);
    snprintf(words, sizeof words, ":3: %s in column \"sst\" is a known mark", marks[i]);
    must_refuse(content, by_month, words);
    gm_csv_series_config config = by_month;
    config.missing = marks[i];
    gm_series series = must_read(content, config, NULL);
    assert_true(series.n_missing == 1 && isnan(series.target[1]) && series.target[2] == -0.25);
    gm_series_free(&series);
    config.missing = "none";
    gm_series_found found;
    series = must_read(content, config, &found);
    assert_true(series.n_missing == 0 && !isnan(series.target[1]));
    assert_non_null(
        strstr(found.note[0], "is a known mark of missing values beyond all others, and is taken"));
    gm_series_free(&series);
  }
}

static void nothing_and_its_words_are_missing(void **state) {
  (void)state;
  static const char *const words[] = {"", "NA", "NaN", "null", "N/A", "\"\""};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    char content[128];
    gm_series_found found;
    snprintf(content, sizeof content, "month,sst\n1999-10,0.5\n1999-11,%s\n1999-12,-0.25\n", words[i]);
    gm_series series = must_read(content, by_month, &found);
    assert_true(series.n_missing == 1 && isnan(series.target[1]));
    assert_int_equal(found.n_notes, 1);
    assert_non_null(
        strstr(found.note[0], "1 of the 3 values of \"sst\" are missing, the first in line 3 (1999-11)"));
    gm_series_free(&series);
  }
  gm_csv_series_config config = by_month;
  config.missing = "***";
  gm_series series = must_read("month,sst\n1999-10,0.5\n1999-11,***\n", config, NULL);
  assert_true(isnan(series.target[1]));
  gm_series_free(&series);
}

static void a_value_far_from_all_others_is_pointed_out(void **state) {
  (void)state;
  gm_series_found found;
  char content[1024] = "t,sst\n";
  for (int i = 1; i <= 40; i++)
    snprintf(content + strlen(content), sizeof content - strlen(content), "%d,%d\n", i,
             i == 17 ? 1234 : i * 7 % 13);
  gm_series series = must_read(content, (gm_csv_series_config){.path = NULL}, &found);
  assert_int_equal(found.n_notes, 1);
  assert_non_null(strstr(found.note[0], ":18: 1234 in column \"sst\" is "));
  gm_series_free(&series);
}

/* ---- forms of files ------------------------------------------------------------------- */

/* 1980-11 to 1981-02 with the values 1, 2.5, 3, −4, in every form that agencies publish. */
static void every_form_of_a_monthly_series_is_the_same_series(void **state) {
  (void)state;
  static const struct {
    const char *content, *date, *target, *words;
  } forms[] = {
      {"month,v\n1980-11,1\n1980-12,2.5\n1981-01,3\n1981-02,-4\n", NULL, NULL,
       "monthly, dates of months, 4 rows, 1980-11 to 1981-02"},
      {"date,v\n1980-11-01,1\n1980-12-01,2.5\n1981-01-01,3\n1981-02-01,-4\n", NULL, NULL,
       "dates at month start"},
      {"date,v\n1980-11-15,1\n1980-12-15,2.5\n1981-01-15,3\n1981-02-15,-4\n", NULL, NULL,
       "dates at mid-month"},
      {"date,v\n1980-11-16,1\n1980-12-16 12:00:00,2.5\n1981-01-16T12:00,3\n1981-02-15,-4\n", NULL, NULL,
       "mid-month"},
      {"date,v\n1980-11-30,1\n1980-12-31,2.5\n1981-01-31,3\n1981-02-28,-4\n", NULL, NULL,
       "dates at month end"},
      {"date,v\n1980-11-20,1\n1980-12-20,2.5\n1981-01-20,3\n1981-02-20,-4\n", NULL, NULL,
       "the same day of every month"},
      {"month,v\n198011,1\n198012,2.5\n198101,3\n198102,-4\n", NULL, NULL, "YYYYMM"},
      {"day,v\n19801101,1\n19801201,2.5\n19810101,3\n19810201,-4\n", NULL, NULL, "dates at month start"},
      {"day,v\n11/1/1980,1\n12/1/1980,2.5\n1/1/1981,3\n2/1/1981,-4\n", NULL, NULL, "month start (M/D/YYYY)"},
      {"day,v\n30.11.1980,1\n31.12.1980,2.5\n31.01.1981,3\n28.02.1981,-4\n", NULL, NULL,
       "month end (D/M/YYYY)"},
      {"t,v\n1980M11,1\n1980M12,2.5\n1981M01,3\n1981M02,-4\n", NULL, NULL, "dates of months"},
      {"t,v\nNov 1980,1\nDec 1980,2.5\nJan 1981,3\nFeb 1981,-4\n", NULL, NULL, "dates of months"},
      {"t,v\nNov-1-1980,1\nDec-1-1980,2.5\nJan-1-1981,3\nFeb-1-1981,-4\n", NULL, NULL,
       "dates at month start"},
      {"t,v\n16-NOV-1980,1\n16 Dec 1980,2.5\n16-JAN-1981,3\n15-FEB-1981,-4\n", NULL, NULL,
       "dates at mid-month"},
      {"t,v\n11/1980,1\n12/1980,2.5\n1/1981,3\n2/1981,-4\n", NULL, NULL, "dates of months"},
      {"t,v\n1980.875,1\n1980.958,2.5\n1981.042,3\n1981.125,-4\n", NULL, NULL, "decimal years at mid-month"},
      {"t,v\n1980.833,1\n1980.917,2.5\n1981,3\n1981.083,-4\n", NULL, NULL, "decimal years at month start"},
      {"year,month,v\n1980,11,1\n1980,12,2.5\n1981,1,3\n1981,2,-4\n", NULL, NULL,
       "year and month in two columns"},
      {"m,y,v\n11,1980,1\n12,1980,2.5\n1,1981,3\n2,1981,-4\n", "y,m", "v", "year and month in two columns"},
      {"YR SEAS v\n1980 OND 1\n1980 NDJ 2.5\n1981 DJF 3\n1981 JFM -4\n", NULL, NULL, "three-month seasons"},
      {" SEAS  YR   v\n OND 1980 1\n NDJ 1980 2.5\n DJF 1981 3\n JFM 1981 -4\n", NULL, NULL,
       "three-month seasons"},
      {"date;v\n1980-11;1\n1980-12;2,5\n1981-01;3\n1981-02;-4\n", NULL, NULL,
       "separated by semicolons; decimal commas"},
      {"date\tv\n1980-11\t1\n1980-12\t2.5\n1981-01\t3\n1981-02\t-4\n", NULL, NULL, "separated by tabs"},
      {" YR   MON  ANOM v\n 1980  11  9 1\n1980 12 9 2.5\n1981\t1 9 3\n1981 2 9 -4\n", NULL, "v",
       "separated by blanks"},
      {"  1980 11 1.0E+00\n  1980   12  0.25E+01\n 1981 1  3\n 1981 2 -4\n", NULL, NULL,
       "blanks; no header line"},
      {"  1980 11 0.1000D+01\n  1980 12 .25D+01\n 1981 1 3.0d0\n 1981 2 -0.4000D+01\n", NULL, NULL,
       "blanks; no header line"},
      {"1980;11;1980.873;1;0\n1980;12;1980.956;2.5;0\n1981;01;1981.04;3;0\n1981;02;1981.1;-4;1\n", "1,2", "4",
       "no header line"},
      {"Global, Monthly Anomalies\nUnits: none\nDate,v\n198011,1\n198012,2.5\n198101,3\n198102,-4\n", NULL,
       NULL, "2 lines before the table"},
      {"% MATLAB\n# notes\nmonth,v\n1980-11,1\n# more\n1980-12,2.5\n1981-01,3\n1981-02,-4\n", NULL, NULL,
       "dates of months"},
      {"\"d\" \"v\"\n\"1\" \"1980-11-01\" 1\n\"2\" \"1980-12-01\" 2.5\n\"3\" \"1981-01-01\" 3\n\"4\" "
       "\"1981-02-01\" -4\n",
       "d", "v", "dates at month start"},
      {"month,\"sst, anom\"\n1980-11,1\n1980-12,2.5\n1981-01,3\n1981-02,-4\n", "month", "sst, anom",
       "monthly"},
      {"month,\"sst, anom\"\n1980-11,1\n1980-12,2.5\n1981-01,3\n1981-02,-4\n", "month", "\"sst, anom\"",
       "monthly"},
      {"YR ANOM ANOM\n1980-11 9 1\n1980-12 9 2.5\n1981-01 9 3\n1981-02 9 -4\n", NULL, "3", "monthly"},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    gm_series_found found;
    const gm_csv_series_config config = {.date_column = forms[i].date, .target = forms[i].target};
    gm_series s = must_read(forms[i].content, config, &found);
    const double expected[] = {1, 2.5, 3, -4};
    if (s.unit != GM_MONTHLY || s.first != 12 * 1980 + 10 || s.n_times != 4)
      fail_msg("%s: %s", forms[i].content, found.layout);
    assert_memory_equal(s.target, expected, sizeof expected);
    if (strstr(found.layout, forms[i].words) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", found.layout, forms[i].words);
    gm_series_free(&s);
  }
}

/* Years of twelve months, as NOAA PSL, CPC, NASA and KNMI lay them out: 1980 is 1 … 12, 1981 is 13 … */
static void tables_of_years_and_months_are_series(void **state) {
  (void)state;
#define Y80 "1980 1 2 3 4 5 6 7 8 9 10 11 12\n"
  static const struct {
    const char *content, *missing;
    size_t n, n_missing;
  } tables[] = {
      {" 1980   1981\n" Y80
       "1981 13 14 15 16 17 18 19 20 21 22 -99.99 -99.99\n  -99.99\n a title\n http://x\n",
       NULL, 24, 2},
      {Y80 "1981 13 14 15 16\n", NULL, 24, 8},
      {"     Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec\n" Y80
       "1981 13 14 15 16 17 18 19 20 21 22 23 24\n",
       NULL, 24, 0},
      {"a title line\n\nYEAR JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC\n" Y80
       "1981 13 14 15 16 17 18 19 20 21 22 -999.9 -999.9\n",
       "-999.9", 24, 2},
      {"# KNMI\n" Y80 "1981 13 14 15 16 17 18 19 20 21 22 23 -999.9\n", "-999.9", 24, 1},
      {"Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,J-D,D-N\n1980,1,2,3,4,5,6,7,8,9,10,11,12,6.5,***"
       "\n1981,13,***,***,***,***,***,***,***,***,***,***,***,***,***\n",
       "***", 24, 11},
  };
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    gm_series_found found;
    gm_series s = must_read(tables[i].content, (gm_csv_series_config){.missing = tables[i].missing}, &found);
    assert_true(s.unit == GM_MONTHLY && s.first == 12 * 1980);
    assert_int_equal(s.n_times, tables[i].n);
    assert_int_equal(s.n_missing, tables[i].n_missing);
    for (size_t m = 0; m < 13; m++) assert_true(s.target[m] == (double)m + 1);
    assert_non_null(strstr(found.layout, "rows of a year and twelve months"));
    gm_series_free(&s);
  }
  const gm_csv_series_config any = {.path = NULL};
  must_refuse(Y80 "1982 1 2 3 4 5 6 7 8 9 10 11 12\n", any, ":2: the year 1982 follows 1980");
  must_refuse(Y80 "1981 1 2 3\n1982 1 2 3 4 5 6 7 8 9 10 11 12\n", any,
              ":2: 4 fields where the other years have 13");
  must_refuse(Y80 "end\n" Y80, any, ":3: the year 1980 begins a second table");
  must_refuse(Y80 "1981 1 2 3 4 5 6 7 8 9 10 -99.9 -99.9\n", any,
              ":2: -99.9 in column \"Nov\" is a known mark");
  must_refuse(Y80 "1981 1 2 3 4 5 6 7 8 9 10 11 0.7-999.9\n", any,
              ":2: expected a finite number in column \"Dec\", got \"0.7-999.9\"; two numbers without a "
              "blank between them");
  must_refuse("t,v\n1,.\n2,3\n", any, "got \".\"; if it stands for a missing value: --missing '.'");
  /* A mean behind the months, and no header: nothing says which of thirteen numbers are the months. */
  const char *unnamed =
      "1980 1 2 3 4 5 6 7 8 9 10 11 12 6.5\n1981 13 14 15 16 17 18 19 20 21 22 23 24 18.5\n";
  must_refuse(unnamed, any, "a header must name them: year Jan Feb Mar");
  must_refuse(unnamed, (gm_csv_series_config){.layout = "year-rows"},
              ":1: 13 numbers behind the year, and no header that says which are the months");
#undef Y80
  /* Twelve features of other names are no months. */
  gm_series s = must_read(
      "year,a,b,c,d,e,f,g,h,i,j,k,l\n1980,1,2,3,4,5,6,7,8,9,10,11,12\n1981,2,3,4,5,6,7,8,9,10,11,12,13\n",
      (gm_csv_series_config){.target = "c"}, NULL);
  assert_true(s.unit == GM_INDEX && s.n_times == 2 && s.target[1] == 4);
  gm_series_free(&s);
}

static void rows_that_are_not_regular_name_the_step(void **state) {
  (void)state;
  const gm_csv_series_config any = {.path = NULL};
  must_refuse("d,v\n2000-01-01,1\n2000-02-01,2\n2000-04-01,3\n", any,
              ":4: a gap, expected 2000-03 but got 2000-04-01");
  must_refuse("d,v\n2000-01-16,1\n2000-02-15,2\n2000-02-16,3\n", any,
              ":4: date 2000-02-16 is a second row of 2000-02");
  must_refuse("d,v\n2000-01-01,1\n2000-01-08,2\n2000-01-15,3\n", any, ":3: the rows are 7 days apart");
  must_refuse("d,v\n2000-01-01,1\n2000-01-31,2\n2000-03-01,3\n", any,
              ":3: date 2000-01-31 is a second row of 2000-01");
  must_refuse("d,v\n2000-01-01,1\n2000-02-01,2\n2000-03-20,3\n", any,
              ":4: 2000-03-20 is at another place of its month");
  must_refuse("m,v\n198011,1\n198101,2\n", any, ":3: a gap, expected 1980-12 but got 198101");
  must_refuse("t,v\n1980.042,1\n1980.125,2\n1980.29,3\n", any, ":4: a gap, expected 1980-03");
  must_refuse("y,m,v\n1980,11,1\n1980,12,2\n1981,2,3\n", (gm_csv_series_config){.date_column = "y,m"},
              ":4: a gap, expected 1981-01 but got 1981-02");
  must_refuse("d,v\n1/1/1980,1\n1/2/1980,2\n", any, "regular with either number as the month");
  must_refuse("d,v\n2000-02-30,1\n", any, ":2: expected a date");
  must_refuse("YR MON A\n1950A\n", any, ""); /* a column alone (found by tests/fuzz) */
}

static void what_is_found_can_be_overruled(void **state) {
  (void)state;
  gm_series s = must_read("n,v\n198001,1\n198002,2\n", (gm_csv_series_config){.layout = "index"}, NULL);
  assert_true(s.unit == GM_INDEX && s.first == 198001);
  gm_series_free(&s);
  s = must_read("1980 1 2 3 4 5 6 7 8 9 10 11 12\n1981 2 3 4 5 6 7 8 9 10 11 12 13\n",
                (gm_csv_series_config){.layout = "rows", .target = "3"}, NULL);
  assert_true(s.unit == GM_INDEX && s.n_times == 2 && s.target[1] == 3);
  gm_series_free(&s);
  must_refuse("Year Oct Nov Dec Jan Feb Mar Apr May Jun Jul Aug Sep\n1980 1 2 3 4 5 6 7 8 9 10 11 12\n",
              (gm_csv_series_config){.layout = "year-rows"},
              ":1: the twelve months of this header do not begin");
}

static void units_stand_in_the_heading(void **state) {
  (void)state;
  static const char *const headings[][2] = {
      {"Anomaly (deg C)", "°C"}, {"sst [K]", "K"}, {"slp (hPa)", "hPa"}, {"t (degF)", "°F"},
      {"anomaly (mean)", NULL},  {"sst", NULL},    {"x (2.5%)", NULL}};
  for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
    char content[64];
    snprintf(content, sizeof content, "t,%s\n1,2\n2,3\n", headings[i][0]);
    gm_series s = must_read(content, (gm_csv_series_config){.path = NULL}, NULL);
    if (headings[i][1] == NULL)
      assert_null(s.target_unit);
    else
      assert_string_equal(s.target_unit, headings[i][1]);
    gm_series_free(&s);
  }
}

/* ERDDAP's CSV, and a row that only looks like units. */
static void units_may_stand_below_the_names(void **state) {
  (void)state;
  static const struct {
    const char *content, *unit;
  } cases[] = {{"time,sst\nUTC,degree_C\n1980-01-16T00:00:00Z,1\n1980-02-16T00:00:00Z,2\n", "°C"},
               {"time,sst\nUTC,mg m-3\n1980-01-16T00:00:00Z,1\n1980-02-16T00:00:00Z,2\n", "mg m-3"},
               {"time,sst\nUTC,\n1980-01-16T00:00:00Z,1\n1980-02-16T00:00:00Z,2\n", NULL},
               {"time,sst\nUTC,1\n1980-01-16T00:00:00Z,1\n1980-02-16T00:00:00Z,2\n", NULL},
               {"# made\nmonth\tsst\nyyyy-mm\tK\n1980-01\t1\n1980-02\t2\n", "K"},
               {"month,sst\n,hPa\n1980-01,1\n1980-02,2\n", "hPa"},
               {"Nino 3.4, monthly\nmonth,sst\n1980-01,1\n1980-02,2\n", NULL},
               {"Nino 3.4, monthly\n,sst\n1980-01,1\n1980-02,2\n", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_series_found found;
    gm_series s = must_read(cases[i].content, (gm_csv_series_config){.target = "sst"}, &found);
    assert_true(s.n_times == 2 && s.target[0] == 1 && s.target[1] == 2 && s.unit == GM_MONTHLY);
    assert_true((s.target_unit == NULL) == (cases[i].unit == NULL));
    if (cases[i].unit != NULL) assert_string_equal(s.target_unit, cases[i].unit);
    assert_true((strstr(found.layout, "units below the names") != NULL) == (i < 6));
    gm_series_free(&s);
  }
}

static void a_temperature_that_its_unit_cannot_have_is_pointed_out(void **state) {
  (void)state;
  static const struct {
    const char *heading, *value, *words;
  } cases[] = {{"sst (degC)", "290.5", ":3: 290.5 in column \"sst (degC)\" is no temperature in °C"},
               {"sst (K)", "100", ":3: 100 in column \"sst (K)\" is no temperature in K"},
               {"sst (K)", "28", ":3: 28 in column"},
               {"sst (K)", "0.5", NULL}, /* an anomaly */
               {"sst (K)", "290.5", NULL},
               {"sst (hPa)", "1013", NULL},
               {"sst", "290.5", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char content[128];
    gm_series_found found;
    snprintf(content, sizeof content, "t,%s\n1,20\n2,%s\n", cases[i].heading, cases[i].value);
    gm_series s = must_read(content, (gm_csv_series_config){.path = NULL}, &found);
    assert_int_equal(found.n_notes, cases[i].words != NULL ? 1 : 0);
    if (cases[i].words != NULL && strstr(found.note[0], cases[i].words) == NULL)
      fail_msg("%s", found.note[0]);
    gm_series_free(&s);
  }
}

/* 1980 is a leap year: 30/366, 59/366, 90/366, 120/366 are its months' last days; 31/366, … the first ones.
 */
static void decimal_years_of_last_days_are_of_the_month_that_ends(void **state) {
  (void)state;
  static const struct {
    const char *content;
    int64_t first;
    const char *words;
  } cases[] = {
      {"t,v\n1980.0820,1\n1980.1612,2\n1980.2459,3\n1980.3279,4\n", 12 * 1980, "the last day of the month"},
      {"t,v\n1980.082,1\n1980.161,2\n1980.246,3\n1980.328,4\n", 12 * 1980, "the last day of the month"},
      {"t,v\n1980.0847,1\n1980.1639,2\n1980.2486,3\n1980.3306,4\n", 12 * 1980 + 1, "month start"},
      {"t,v\n1980.083,1\n1980.167,2\n1980.25,3\n1980.333,4\n", 12 * 1980 + 1, "month start"},
      {"t,v\n1980.08,1\n1980.17,2\n1980.25,3\n1980.33,4\n", 12 * 1980 + 1, "month start"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_series_found found;
    gm_series s = must_read(cases[i].content, (gm_csv_series_config){.path = NULL}, &found);
    assert_true(s.unit == GM_MONTHLY && s.first == cases[i].first && s.n_times == 4);
    if (strstr(found.layout, cases[i].words) == NULL) fail_msg("%s", found.layout);
    gm_series_free(&s);
  }
}

/* -1 and 0 are no marks anybody knows; written otherwise than all others they are pointed out. */
static void a_whole_number_among_decimals_is_pointed_out(void **state) {
  (void)state;
  static const struct {
    const char *content, *words;
  } cases[] = {
      {"t,v\n1,0.50\n2,0\n3,-1.20\n4,1.31\n5,2.00\n6,0.75\n",
       ":3: 0 in column \"v\" is written without decimals (1 time), and all others have 2"},
      {"t,v\n1,0.5\n2,-1\n3,1.2\n4,1.3\n5,2.0\n6,-1.5\n7,-2.5\n8,-1\n9,0.1\n10,0.2\n11,0.3\n12,0.4\n13,0.6\n",
       ":3: -1 in column \"v\" is written without decimals (2 times)"},
      {"t,v\n1,0.5\n2,-1\n3,1.2\n4,1.3\n5,2.0\n6,-1.5\n7,-2.5\n", NULL},
      {"t,v\n1,0.50\n2,0.00\n3,-1.20\n4,1.31\n5,2.00\n6,0.75\n", NULL},
      {"t,v\n1,0.5\n2,0\n3,-1.25\n4,1.31\n5,2.1\n6,0.75\n", NULL}, /* the fewest digits */
      {"t,v\n1,0.50\n2,0\n3,1\n4,1.31\n5,2.00\n6,0.75\n7,0.76\n8,0.77\n9,0.78\n", NULL},
      {"t,v\n1,1\n2,2\n3,1\n4,3\n5,2\n6,7\n", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_series_found found;
    gm_series s = must_read(cases[i].content, (gm_csv_series_config){.path = NULL}, &found);
    assert_int_equal(found.n_notes, cases[i].words != NULL ? 1 : 0);
    if (cases[i].words != NULL && strstr(found.note[0], cases[i].words) == NULL)
      fail_msg("%s", found.note[0]);
    gm_series_free(&s);
  }
}

/* 999.9 amid 100 to 2000 is no mark by its place; three times, with nothing near it, it may be. */
static void a_mark_amid_the_values_is_pointed_out_where_it_repeats(void **state) {
  (void)state;
  static const struct {
    int every;
    double step;
    bool noted;
  } cases[] = {{10, 47.5, true}, {40, 47.5, false}, {10, 0.5, false}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    char content[1024] = "t,v\n";
    size_t used = strlen(content);
    for (int i = 0; i < 40; i++) {
      const double value = i % cases[c].every == 5 ? 999.9 : 1010.3 + cases[c].step * (i - 25);
      used += (size_t)snprintf(content + used, sizeof content - used, "%d,%.1f\n", i, value);
    }
    gm_series_found found;
    gm_series s = must_read(content, (gm_csv_series_config){.path = NULL}, &found);
    assert_int_equal(found.n_notes, cases[c].noted ? 1 : 0);
    if (cases[c].noted)
      assert_non_null(
          strstr(found.note[0], ":7: 999.9 in column \"v\" is a known mark of missing values, and comes 4"));
    gm_series_free(&s);
  }
}

static void seasons_that_overlap_are_pointed_out(void **state) {
  (void)state;
  gm_series_found found;
  gm_series s = must_read("YR SEAS v\n1980 OND 1\n1980 NDJ 2.5\n1981 DJF 3\n",
                          (gm_csv_series_config){.path = NULL}, &found);
  assert_int_equal(found.n_notes, 1);
  assert_non_null(strstr(found.note[0], "the values are means of three months"));
  gm_series_free(&s);
}

static void years_from_february_are_pointed_out(void **state) {
  (void)state;
  for (int first = 1; first <= 2; first++)
    for (int months = 11; months <= 12; months++) {
      char content[512] = "t,v\n";
      size_t used = strlen(content);
      for (int i = 0; i < months; i++)
        used += (size_t)snprintf(content + used, sizeof content - used, "%d-%02d-01 00:00,%d\n",
                                 1980 + (first - 1 + i) / 12, (first - 1 + i) % 12 + 1, i);
      gm_series_found found;
      gm_series s = must_read(content, (gm_csv_series_config){.path = NULL}, &found);
      assert_int_equal(found.n_notes, first == 2 && months == 12 ? 1 : 0);
      if (found.n_notes > 0) assert_non_null(strstr(found.note[0], "whole years from February to January"));
      gm_series_free(&s);
    }
}

/* Forty columns with a gap each: none is passed over. */
static void findings_without_a_place_are_counted(void **state) {
  (void)state;
  enum { COLUMNS = 40 };
  char content[2048] = "t", features[512] = "";
  for (int row = 0; row < 3; row++) {
    if (row > 0) snprintf(content + strlen(content), sizeof content - strlen(content), "\n%d", row);
    for (int c = 0; c < COLUMNS; c++) {
      const size_t used = strlen(content), listed = strlen(features);
      snprintf(content + used, sizeof content - used, row == 0 ? ",c%d" : row == 1 ? "," : ",%d", c);
      if (row == 0) snprintf(features + listed, sizeof features - listed, "%sc%d", c > 0 ? "," : "", c);
    }
  }
  strcat(content, "\n");
  gm_series_found found;
  gm_series s = must_read(content, (gm_csv_series_config){.target = "c0", .features = features}, &found);
  assert_int_equal(found.n_notes, GM_SERIES_NOTES);
  assert_non_null(strstr(found.note[GM_SERIES_NOTES - 1], ": 9 more of such findings"));
  gm_series_free(&s);
}

/* 23:00 UTC of the last day is midnight of the first east of Greenwich: taken as it stands, and said. */
static void evenings_at_month_end_are_told(void **state) {
  (void)state;
  static const struct {
    const char *content, *words;
  } cases[] = {{"t,v\n1979-12-31T23:00:00Z,1\n1980-01-31T23:00:00Z,2\n",
                "dates at month end in the evening, as of that month"},
               {"t,v\n1979-12-31 22:00,1\n1980-01-31 22:00,2\n",
                "dates at month end in the evening, as of that month"},
               {"t,v\n1979-12-31T23:59:59Z,1\n1980-01-31T23:59:59Z,2\n", "dates at month end, 2 rows"},
               {"t,v\n1979-12-31 12:00,1\n1980-01-31 12:00,2\n", "dates at month end, 2 rows"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_series_found found;
    gm_series s = must_read(cases[i].content, (gm_csv_series_config){.path = NULL}, &found);
    assert_int_equal(s.first, 12 * 1979 + 11);
    if (strstr(found.layout, cases[i].words) == NULL) fail_msg("%s", found.layout);
    gm_series_free(&s);
  }
}

/* pandas writes whole numbers so where their column once had a gap. */
static void whole_numbers_may_have_a_point(void **state) {
  (void)state;
  static const char *const contents[] = {"t,v\n198011.0,1\n198012.0,2\n198101.0,3\n",
                                         "year,month,v\n1980.0,11.0,1\n1980.0,12.0,2\n1981.0,1.0,3\n",
                                         "t,v\n19801101.00,1\n19801201.00,2\n19810101.00,3\n"};
  for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
    gm_series s = must_read(contents[i], (gm_csv_series_config){.target = "v"}, NULL);
    assert_true(s.unit == GM_MONTHLY && s.first == 12 * 1980 + 10 && s.n_times == 3 && s.target[2] == 3);
    gm_series_free(&s);
  }
  must_refuse("t,v\n198011.5,1\n198012.5,2\n", (gm_csv_series_config){.path = NULL}, ":2: expected a date");
}

/* "Température (°C)" in Latin-1: 0xe9 and 0xb0. A model's file keeps the name, and a person can type it. */
static void latin_1_becomes_utf_8(void **state) {
  (void)state;
  static const char latin1[] = "mois,Temp\xe9rature (\xb0"
                               "C)\n1999-11,1\n1999-12,2\n";
  gm_series_found found;
  gm_series s;
  const gm_csv_series_config config = {.target = "Température (°C)"};
  assert_int_equal(read_found(latin1, config, &s, &found, NULL), GM_OK);
  assert_string_equal(s.target_name, "Température (°C)");
  assert_string_equal(s.target_unit, "°C");
  assert_non_null(strstr(found.layout, "; Latin-1"));
  assert_true(s.n_times == 2 && s.target[1] == 2);
  gm_series_free(&s);
  assert_int_equal(read_found("t,é\n1,5\n2,6\n", (gm_csv_series_config){.target = "é"}, &s, &found, NULL),
                   GM_OK);
  assert_null(strstr(found.layout, "Latin-1")); /* UTF-8 stays as it is */
  gm_series_free(&s);
}

static void a_column_of_marks_alone_is_none(void **state) {
  (void)state;
  gm_series s;
  gm_error err = {0};
  assert_int_equal(read_text("t,v\n1,-999\n2,-99.9\n", (gm_csv_series_config){.path = NULL}, &s, &err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "holds nothing but known marks"));
}

/* What no standard deviation finds: a number for "no value" near the range of a season's swing. */
static void a_value_that_stands_alone_is_pointed_out(void **state) {
  (void)state;
  static const struct {
    const char *end, *words; /* the last of 13 values among 24.5 … 27.5 */
  } cases[] = {{"0", "15: 0 in column \"sst\" stands alone: 1 time, and all others are 24.5 to 27.5"},
               {"-1", "--missing -1"},
               {"31", "stands alone"},
               {"29.5", NULL},
               {"22.5", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char content[400] = "month,sst\n";
    size_t used = strlen(content);
    gm_series_found found;
    for (int m = 0; m < 13; m++)
      used += (size_t)snprintf(content + used, sizeof content - used, "%d,%.1f\n", m, 24.5 + 0.25 * m);
    snprintf(content + used, sizeof content - used, "13,%s\n", cases[i].end);
    gm_series s = must_read(content, by_month, &found);
    assert_int_equal(found.n_notes, cases[i].words != NULL ? 1 : 0);
    if (cases[i].words != NULL && strstr(found.note[0], cases[i].words) == NULL)
      fail_msg("%s", found.note[0]);
    gm_series_free(&s);
  }
}

static void points_and_commas_between_thousands_are_no_decimal_ones(void **state) {
  (void)state;
  const gm_csv_series_config any = {.path = NULL};
  gm_series_found found;
  must_refuse("t;v\n1;1.836\n2;832\n3;2.004\n", any,
              ":2: every point in column \"v\" has three digits behind it, as in \"1.836\", and line 3 has "
              "\"832\": does it part thousands?");
  must_refuse("t,v\n1,\"1,836\"\n2,\"832\"\n", any, "a decimal comma, or one between thousands?");
  must_refuse("t;v\n1;1,836\n2;2,004\n", any, "a decimal comma, or one between thousands?");
  gm_series zero = must_read("t;v\n1;-0,836\n2;2,004\n", any, NULL); /* no thousand begins with 0 */
  assert_true(zero.target[0] == -0.836 && zero.target[1] == 2.004);
  gm_series_free(&zero);
  gm_series s = must_read("t;v\n1;1.836\n2;2.004\n", any, &found); /* either: read, and said */
  assert_int_equal(found.n_notes, 1);
  assert_non_null(strstr(found.note[0], "if the point parts thousands"));
  gm_series_free(&s);
  static const char *const decimals[] = {"t;v\n1;0.836\n2;832\n3;2.004\n", "t;v\n1;1.836\n2;832\n3;2.04\n",
                                         "t;v\n1;1.836\n2;83\n3;832\n", "t,v\n1,1.836\n2,832\n3,2.004\n",
                                         "t;v\n1;1836.004\n2;832\n3;2.004\n"};
  for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
    s = must_read(decimals[i], any, &found);
    for (size_t k = 0; k < found.n_notes; k++) assert_null(strstr(found.note[k], "thousands"));
    assert_true(s.target[0] == 1.836 || s.target[0] == 0.836 || s.target[0] == 1836.004);
    gm_series_free(&s);
  }
}

/* Twelve weeks from the first of a year are 1 … 12, as twelve months are. */
static void weeks_days_and_quarters_are_no_months(void **state) {
  (void)state;
  static const char *const headings[] = {"week", "Day", "DOY", "quarter"};
  for (size_t i = 0; i < 4; i++) {
    char content[80];
    snprintf(content, sizeof content, "year,%s,v\n1980,1,5\n1980,2,6\n1980,3,7\n", headings[i]);
    must_refuse(content, (gm_csv_series_config){.path = NULL}, "which column is to be forecast?");
    must_refuse(content, (gm_csv_series_config){.target = "v"}, ":3: date 1980 occurs twice");
    char pair[32];
    snprintf(pair, sizeof pair, "year,%s", headings[i]);
    must_refuse(content, (gm_csv_series_config){.date_column = pair}, "counts no months");
  }
  must_refuse("t,v,v\n1,2,3\n", (gm_csv_series_config){.path = NULL}, "--target 2, 3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_target_alone_is_the_default_channel),
      cmocka_unit_test(a_value_that_stands_alone_is_pointed_out),
      cmocka_unit_test(points_and_commas_between_thousands_are_no_decimal_ones),
      cmocka_unit_test(weeks_days_and_quarters_are_no_months),
      cmocka_unit_test(features_become_channels_in_the_order_given),
      cmocka_unit_test(daily_and_index_rows_are_recognised),
      cmocka_unit_test(every_bad_file_is_one_sentence_with_its_line),
      cmocka_unit_test(a_missing_file_or_option_is_named),
      cmocka_unit_test(marks_of_agencies_are_refused_unless_they_are_named),
      cmocka_unit_test(nothing_and_its_words_are_missing),
      cmocka_unit_test(a_value_far_from_all_others_is_pointed_out),
      cmocka_unit_test(every_form_of_a_monthly_series_is_the_same_series),
      cmocka_unit_test(tables_of_years_and_months_are_series),
      cmocka_unit_test(rows_that_are_not_regular_name_the_step),
      cmocka_unit_test(latin_1_becomes_utf_8),
      cmocka_unit_test(a_column_of_marks_alone_is_none),
      cmocka_unit_test(what_is_found_can_be_overruled),
      cmocka_unit_test(units_stand_in_the_heading),
      cmocka_unit_test(units_may_stand_below_the_names),
      cmocka_unit_test(seasons_that_overlap_are_pointed_out),
      cmocka_unit_test(years_from_february_are_pointed_out),
      cmocka_unit_test(findings_without_a_place_are_counted),
      cmocka_unit_test(a_mark_amid_the_values_is_pointed_out_where_it_repeats),
      cmocka_unit_test(a_whole_number_among_decimals_is_pointed_out),
      cmocka_unit_test(evenings_at_month_end_are_told),
      cmocka_unit_test(whole_numbers_may_have_a_point),
      cmocka_unit_test(a_temperature_that_its_unit_cannot_have_is_pointed_out),
      cmocka_unit_test(decimal_years_of_last_days_are_of_the_month_that_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
