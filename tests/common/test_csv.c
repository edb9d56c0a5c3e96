/* SPDX-License-Identifier: MIT
 * CSV in and out, and numbers as text: what RFC 4180 says, the lines that
 * messages name, and that what is written reads back the same. */
#include "common/csv.h"
#include "common/rng.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- reading ------------------------------------------------------------------- */

static gm_status parse(const char *text, gm_csv_table *table, gm_error *err) {
  return gm_csv_parse(text, strlen(text), "t.csv", table, err);
}

static gm_csv_table good(const char *text) {
  gm_csv_table table;
  gm_error err = {GM_OK, ""};
  if (parse(text, &table, &err) != GM_OK) fail_msg("%s", err.message);
  return table;
}

static void assert_refused(const char *text, const char *sentence) {
  gm_csv_table table;
  gm_error err;
  assert_int_equal(parse(text, &table, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, sentence);
  assert_null(table.fields);
  gm_csv_free(&table); /* a refused table is a zeroed one */
}

static void rows_columns_and_lines(void **state) {
  (void)state;
  gm_csv_table t = good("month,sst\n1950-01,23.5\n\n1950-02,24\n");
  assert_int_equal(t.n_columns, 2);
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(t.header[1], "sst");
  assert_string_equal(gm_csv_field(&t, 0, 0), "1950-01");
  assert_string_equal(gm_csv_field(&t, 1, 1), "24");
  assert_int_equal(t.line[0], 2);
  assert_int_equal(t.line[1], 4);
  gm_csv_free(&t);
}

static void quoted_fields_hold_commas_quotes_and_line_ends(void **state) {
  (void)state;
  gm_csv_table t = good("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\nx,y\n");
  assert_int_equal(t.n_rows, 3);
  assert_string_equal(gm_csv_field(&t, 0, 0), "1,5");
  assert_string_equal(gm_csv_field(&t, 0, 1), "say \"hi\"");
  assert_string_equal(gm_csv_field(&t, 1, 0), "two\nlines");
  assert_string_equal(gm_csv_field(&t, 1, 1), "");
  assert_int_equal(t.line[1], 3); /* where the row starts */
  assert_int_equal(t.line[2], 5);
  gm_csv_free(&t);
}

static void a_hash_inside_quotes_is_text(void **state) {
  (void)state;
  gm_csv_table t = good("a,b\n\"one\n# not a comment\nthree\",2\n# a comment\n3,4\n");
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(gm_csv_field(&t, 0, 0), "one\n# not a comment\nthree");
  assert_int_equal(t.line[0], 2);
  assert_string_equal(gm_csv_field(&t, 1, 0), "3");
  assert_int_equal(t.line[1], 6);
  gm_csv_free(&t);
}

static void windows_files_read_alike(void **state) {
  (void)state;
  gm_csv_table t = good("\xef\xbb\xbfmonth,sst\r\n1950-01,23.5\r\n# \r\n1950-02,24");
  assert_string_equal(t.header[0], "month");
  assert_string_equal(t.header[1], "sst");
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(gm_csv_field(&t, 1, 1), "24");
  assert_int_equal(t.line[1], 4);
  gm_csv_free(&t);
}

static void old_macs_end_lines_with_cr(void **state) {
  (void)state;
  gm_csv_table t = good("month,sst\r1950-01,23.5\r\"1950-02\",24\r");
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(gm_csv_field(&t, 1, 0), "1950-02");
  assert_string_equal(gm_csv_field(&t, 1, 1), "24");
  assert_int_equal(t.line[1], 3);
  gm_csv_free(&t);
}

static gm_csv_table cut(const char *text, gm_csv_dialect dialect) {
  gm_csv_table table;
  gm_error err = {GM_OK, ""};
  if (gm_csv_cut(strdup(text), strlen(text), "t", &dialect, &table, &err) != GM_OK)
    fail_msg("%s", err.message);
  return table;
}

static void other_delimiters_headers_and_ranges_of_lines(void **state) {
  (void)state;
  gm_csv_table t = cut("a;b\n1,5;\"x;y\"\n", (gm_csv_dialect){.delimiter = ';'});
  assert_string_equal(gm_csv_field(&t, 0, 0), "1,5");
  assert_string_equal(gm_csv_field(&t, 0, 1), "x;y");
  gm_csv_free(&t);
  t = cut("a\tb\n1\t\n", (gm_csv_dialect){.delimiter = '\t'});
  assert_string_equal(gm_csv_field(&t, 0, 1), "");
  gm_csv_free(&t);
  t = cut("  YR  MON \"two words\"\n1950\t 1   -1.5 \n\n", (gm_csv_dialect){.delimiter = ' '});
  assert_int_equal(t.n_columns, 3);
  assert_int_equal(t.n_rows, 1);
  assert_string_equal(t.header[2], "two words");
  assert_string_equal(gm_csv_field(&t, 0, 2), "-1.5");
  gm_csv_free(&t);
  t = cut("a title\n1,2\n3,4\nthe end\n",
          (gm_csv_dialect){.delimiter = ',', .no_header = true, .first = 2, .last = 3});
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(t.header[1], "2");
  assert_string_equal(gm_csv_field(&t, 0, 0), "1");
  assert_string_equal(gm_csv_field(&t, 1, 1), "4");
  assert_int_equal(t.line[1], 3);
  gm_csv_free(&t);
  t = cut("x y\n\"1\" 10 20\n", (gm_csv_dialect){.delimiter = ' ', .row_names = true});
  assert_int_equal(t.n_columns, 3);
  assert_string_equal(t.header[0], "");
  assert_string_equal(t.header[2], "y");
  assert_string_equal(gm_csv_field(&t, 0, 2), "20");
  gm_csv_free(&t);
  t = cut("1 2 3\n4 5", (gm_csv_dialect){.delimiter = ' ', .no_header = true, .short_last = true});
  assert_int_equal(t.n_rows, 2);
  assert_string_equal(gm_csv_field(&t, 1, 2), "");
  gm_csv_free(&t);
}

static void comments_and_blank_lines_may_come_first(void **state) {
  (void)state;
  gm_csv_table t = good("\xef\xbb\xbf# provenance, with a \" in it\n\n# more\na\n1\n");
  assert_string_equal(t.header[0], "a");
  assert_int_equal(t.line[0], 5);
  gm_csv_free(&t);
}

static void rows_of_another_length_are_refused_with_their_line(void **state) {
  (void)state;
  assert_refused("a,b\n1,2\n3\n", "t.csv:3: 1 fields where the header line has 2");
  assert_refused("a,b\n1,2\n3,4,5\n", "t.csv:3: more than the 2 fields of the header line");
  assert_refused("a,b\n\"1\n1\",2\n\"3\n3\n3\"\n4,5\n", "t.csv:4: 1 fields where the header line has 2");
}

static void quotation_marks_out_of_place_are_refused(void **state) {
  (void)state;
  assert_refused("a,b\n1,2\nx\"y,4\n", "t.csv:3: misplaced quotation mark");
  assert_refused("a,b\n1,\"2\" 3\n", "t.csv:2: misplaced quotation mark");
  assert_refused("a,b\n1,2\n3,\"4\n5,6\n7,8\n", "t.csv:3: quotation mark never closed");
}

static void an_empty_file_is_refused(void **state) {
  (void)state;
  const char *const empty[] = {"", "\n\n", "# only a comment\n", "\xef\xbb\xbf"};
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
    gm_csv_table table;
    gm_error err;
    assert_int_equal(parse(empty[i], &table, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "t.csv: empty"));
  }
  gm_csv_table t = good("a,b\n"); /* a header alone is a table without rows */
  assert_int_equal(t.n_rows, 0);
  gm_csv_free(&t);
}

static void a_nul_byte_is_refused(void **state) {
  (void)state;
  static const char text[] = "a,b\n1,2\0junk\n";
  gm_csv_table table;
  gm_error err;
  assert_int_equal(gm_csv_parse(text, sizeof text - 1, "t.csv", &table, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "t.csv:2: a NUL byte, expected text");
}

static void a_huge_field_and_many_rows_are_read_whole(void **state) {
  (void)state;
  const size_t length = 3 << 20, n_rows = 5000;
  char *text = malloc(length + 16 * n_rows + 16), *p = text;
  assert_non_null(text);
  p += sprintf(p, "a,b\n\"");
  memset(p, 'z', length);
  p += length;
  p += sprintf(p, "\",1\n");
  for (size_t i = 1; i < n_rows; i++) p += sprintf(p, "%zu,2\n", i);
  gm_csv_table t = good(text);
  assert_int_equal(t.n_rows, n_rows);
  assert_int_equal(strlen(gm_csv_field(&t, 0, 0)), length);
  assert_string_equal(gm_csv_field(&t, n_rows - 1, 0), "4999");
  gm_csv_free(&t);
  free(text);
}

/* A random table twice: bare, with blanks about its fields, and with every field in quotation marks, which
 * libcsv reads. Comments, blank lines and all ends of lines are mixed in. */
static void random_tables(gm_rng *rng, char *bare, char *quoted) {
  static const char letters[] = "0123456789.-+e#%;abc\xc3\xa9 ";
  static const char *const ends[] = {"\n", "\r\n", "\r"};
  const int columns = 1 + (int)(5 * gm_rng_double(rng)), rows = (int)(60 * gm_rng_double(rng));
  const char *end = ends[(int)(3 * gm_rng_double(rng))];
  for (int row = -1; row < rows; row++) {
    while (gm_rng_double(rng) < 0.1) {
      const char *extra[] = {"# a, \" comment", "  ", "", "\t"};
      const int which = (int)(4 * gm_rng_double(rng));
      bare += sprintf(bare, "%s%s", extra[which], end);
      quoted += sprintf(quoted, "%s%s", extra[which], end);
    }
    for (int column = 0; column < columns; column++) {
      char field[24] = "x"; /* not empty, no comment, no blank at either end */
      const int length = column == 0 ? 1 : (int)(20 * gm_rng_double(rng));
      for (int i = 0; i < length; i++)
        field[i] = letters[(int)((double)(sizeof letters - 1) * gm_rng_double(rng))];
      if (column == 0 || (length > 0 && field[0] == ' ')) field[0] = 'x';
      if (length > 0 && field[length - 1] == ' ') field[length - 1] = 'y';
      field[length] = '\0';
      const char *comma = column + 1 < columns ? "," : "";
      bare += sprintf(bare, "%s%s%s%s", gm_rng_double(rng) < 0.2 ? " " : "", field,
                      gm_rng_double(rng) < 0.2 ? "\t " : "", comma);
      quoted += sprintf(quoted, "\"%s\"%s", field, comma);
    }
    const char *last = row + 1 < rows || gm_rng_double(rng) < 0.5 ? end : "";
    bare += sprintf(bare, "%s", last);
    quoted += sprintf(quoted, "%s", last);
    if (gm_rng_double(rng) < 0.3) end = ends[(int)(3 * gm_rng_double(rng))];
  }
}

static void a_plain_table_is_cut_as_libcsv_cuts_the_quoted_one(void **state) {
  (void)state;
  enum { TABLES = 2000, SIZE = 1 << 14 };
  gm_rng rng;
  gm_rng_seed(&rng, 11);
  for (int i = 0; i < TABLES; i++) {
    char bare[SIZE] = "", quoted[SIZE] = "";
    random_tables(&rng, bare, quoted);
    gm_csv_table a = good(bare), b = good(quoted);
    assert_int_equal(a.n_columns, b.n_columns);
    assert_int_equal(a.n_rows, b.n_rows);
    for (size_t row = 0; row < a.n_rows; row++) {
      assert_int_equal(a.line[row], b.line[row]);
      for (size_t column = 0; column < a.n_columns; column++)
        assert_string_equal(gm_csv_field(&a, row, column), gm_csv_field(&b, row, column));
    }
    gm_csv_free(&a);
    gm_csv_free(&b);
  }
}

/* Between tabs a row may be all empty fields, but a line of nothing but tabs is blank. */
static void lines_of_tabs_alone_are_blank(void **state) {
  (void)state;
  gm_csv_table t = cut("a\tb\tc\n1\t\t\n\t\t\n \t2\t \n\n", (gm_csv_dialect){.delimiter = '\t'});
  assert_int_equal(t.n_rows, 2);
  assert_int_equal(t.line[1], 4);
  assert_string_equal(gm_csv_field(&t, 1, 0), "");
  assert_string_equal(gm_csv_field(&t, 1, 1), "2");
  gm_csv_free(&t);
}

static void what_is_no_readable_file_is_refused(void **state) {
  (void)state;
  gm_csv_table table;
  gm_error err;
  assert_int_equal(gm_csv_read("/nonexistent/x.csv", &table, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/nonexistent/x.csv: cannot open it: "));
  assert_int_equal(gm_csv_read("/", &table, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/: cannot read it: "));
}

static void columns_are_found_by_name_or_the_names_are_told(void **state) {
  (void)state;
  gm_csv_table t = good("month,sst\n1950-01,x\n");
  size_t index = 9;
  gm_error err;
  assert_int_equal(gm_csv_column(&t, "sst", &index, &err), GM_OK);
  assert_int_equal(index, 1);
  assert_int_equal(gm_csv_column(&t, "SST", &index, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "t.csv: no column \"SST\"; it has month, sst");
  double value;
  assert_int_equal(gm_csv_number(&t, 0, 1, &value, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "t.csv:2: expected a finite number in column \"sst\", got \"x\"");
  gm_csv_free(&t);
}

static void fields_that_are_no_finite_number_are_refused(void **state) {
  (void)state;
  gm_csv_table t = good("a,b\n1e999,\nnan,\ninf,\n0x10,\n1 2,\n5C,\n,\n");
  assert_int_equal(t.n_rows, 7);
  for (size_t r = 0; r < t.n_rows; r++) {
    double value;
    assert_int_equal(gm_csv_number(&t, r, 0, &value, NULL), GM_BAD_INPUT);
  }
  gm_csv_free(&t);
}

/* ---- writing -------------------------------------------------------------------- */

/* The path of a new temporary file, in `path`. */
static void new_path(char path[32]) {
  strcpy(path, "/tmp/gm_csv_XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

static void every_text_comes_back(void **state) {
  (void)state;
  const char *const texts[] = {"plain",        "a,b", "say \"hi\"",  "two\nlines", "cr\r\nlf",
                               "\"",           ",",   " lead",       "trail ",     "\ttab",
                               "# no comment", "",    "Niño 1+2 °C", "'single'"};
  const size_t n = sizeof texts / sizeof *texts;
  char path[32];
  gm_csv_writer csv;
  gm_csv_table t;
  new_path(path);
  assert_int_equal(gm_csv_open(&csv, path, "text,number", NULL), GM_OK);
  for (size_t i = 0; i < n; i++) {
    gm_csv_put_text(&csv, texts[i]);
    gm_csv_put_integer(&csv, (int64_t)i);
    gm_csv_end_row(&csv);
  }
  assert_int_equal(gm_csv_commit(&csv, NULL), GM_OK);
  assert_int_equal(gm_csv_read(path, &t, NULL), GM_OK);
  unlink(path);
  assert_int_equal(t.n_rows, n);
  for (size_t i = 0; i < n; i++) assert_string_equal(gm_csv_field(&t, i, 0), texts[i]);
  gm_csv_free(&t);
}

static void quotes_only_where_they_are_needed(void **state) {
  (void)state;
  char text[64] = "";
  FILE *out = fmemopen(text, sizeof text, "w");
  assert_non_null(out);
  gm_csv_quote(out, "1950-01");
  fputc('|', out);
  gm_csv_quote(out, "a b");
  fputc('|', out);
  gm_csv_quote(out, "a,\"b\"");
  fclose(out);
  assert_string_equal(text, "1950-01|a b|\"a,\"\"b\"\"\"");
}

static void absent_values_are_empty_fields(void **state) {
  (void)state;
  char path[32], text[64] = "";
  gm_csv_writer csv;
  new_path(path);
  assert_int_equal(gm_csv_open(&csv, path, "a,b,c,d", NULL), GM_OK);
  gm_csv_put_text(&csv, NULL);
  gm_csv_put_number(&csv, NAN);
  gm_csv_put_rounded(&csv, NAN, 3);
  gm_csv_put_rounded(&csv, 2.0 / 3, 3);
  gm_csv_end_row(&csv);
  assert_int_equal(gm_csv_commit(&csv, NULL), GM_OK);
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  assert_true(fread(text, 1, sizeof text - 1, stream) > 0);
  fclose(stream);
  unlink(path);
  assert_string_equal(text, "a,b,c,d\n,,,0.667\n");
}

/* Nobody knows the length of what comes through a pipe; it is more than one piece of it. */
static void a_pipe_is_read_to_its_end(void **state) {
  (void)state;
  enum { ROWS = 50000 };
  gm_csv_table table;
  int ends[2];
  char path[32];
  assert_int_equal(pipe(ends), 0);
  const pid_t writer = fork();
  assert_true(writer >= 0);
  if (writer == 0) {
    close(ends[0]);
    FILE *out = fdopen(ends[1], "w");
    fputs("n\n", out);
    for (int i = 1; i <= ROWS; i++) fprintf(out, "%d\n", i);
    fclose(out);
    _exit(0);
  }
  close(ends[1]);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  assert_int_equal(gm_csv_read(path, &table, NULL), GM_OK);
  close(ends[0]);
  waitpid(writer, NULL, 0);
  assert_int_equal(table.n_rows, ROWS);
  assert_string_equal(gm_csv_field(&table, ROWS - 1, 0), "50000");
  gm_csv_free(&table);
}

static void an_aborted_table_leaves_the_old_one(void **state) {
  (void)state;
  char path[32];
  gm_csv_writer csv;
  new_path(path);
  assert_int_equal(gm_csv_open(&csv, path, "a", NULL), GM_OK);
  gm_csv_put_integer(&csv, 1);
  assert_int_equal(gm_csv_close(&csv, GM_FAILED, NULL), GM_FAILED);
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  assert_int_equal(fgetc(stream), EOF);
  fclose(stream);
  unlink(path);
}

/* ---- numbers ---------------------------------------------------------------------- */

static void doubles_come_back_and_are_short(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{0, "0"},
               {-0.0, "-0"},
               {0.1, "0.1"},
               {1.0 / 3, "0.3333333333333333"},
               {0.1 + 0.2, "0.30000000000000004"},
               {1e21, "1e+21"},
               {DBL_MAX, "1.7976931348623157e+308"},
               {DBL_MIN, "2.2250738585072014e-308"},
               {0x1p-1074, "4.94065645841247e-324"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[GM_DOUBLE_TEXT];
    double back = NAN;
    gm_format_double(cases[i].value, text);
    assert_string_equal(text, cases[i].text);
    assert_true(gm_parse_double(text, &back));
    assert_memory_equal(&back, &cases[i].value, sizeof back);
  }
}

static void any_bits_of_a_finite_double_come_back(void **state) {
  (void)state;
  uint64_t bits = 88172645463325252u; /* Marsaglia's xorshift64, "Xorshift RNGs", 2003 */
  for (int i = 0; i < 20000; i++) {
    bits ^= bits << 13;
    bits ^= bits >> 7;
    bits ^= bits << 17;
    double value, back = 0;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) continue;
    char text[GM_DOUBLE_TEXT];
    gm_format_double(value, text);
    assert_true(gm_parse_double(text, &back));
    assert_memory_equal(&back, &value, sizeof back);
  }
}

/* The naive twin: the first of 15, 16 and 17 digits that reads back. */
static void assert_shortest(double value) {
  char text[GM_DOUBLE_TEXT], naive[GM_DOUBLE_TEXT];
  gm_format_double(value, text);
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(naive, sizeof naive, "%.*g", digits, value);
    if (strtod(naive, NULL) == value) break;
  }
  assert_string_equal(text, naive);
}

static void the_text_is_the_first_that_reads_back(void **state) {
  (void)state;
  for (int exponent = -1074; exponent < 1024; exponent++) /* where doubles lie unevenly on either side */
    for (int side = -1; side <= 1; side++) {
      const double power = ldexp(1, exponent);
      assert_shortest(side == 0 ? power : nextafter(power, side * DBL_MAX));
    }
  uint64_t bits = 88172645463325252u; /* xorshift64, as above */
  for (int i = 0; i < 20000; i++) {
    bits ^= bits << 13;
    bits ^= bits >> 7;
    bits ^= bits << 17;
    double value;
    memcpy(&value, &bits, sizeof value);
    if (isfinite(value)) assert_shortest(value);
    assert_shortest(nextafter(pow(10, i % 22 - 5), bits % 2 == 0 ? 0 : INFINITY)); /* 9.99… and 10.00… */
    assert_shortest(ldexp((double)(bits >> 11), -(int)(bits % 70)));               /* 53 bits of any size */
    for (int decimals = 0; decimals < 9; decimals++)                               /* of 1 to 17 digits */
      assert_shortest((double)((int64_t)bits >> (i % 60)) / pow(10, decimals));
  }
}

static void only_whole_decimal_numbers_are_numbers(void **state) {
  (void)state;
  const char *const bad[] = {"",       " 1",   "1 ",     "1,5", "0x1p3", "1e999",
                             "-1e999", "1.5C", "nan(7)", "--1", "e5",    "."};
  const char *const bad_integers[] = {"", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "-"};
  double value = 0;
  int64_t integer = 0;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(gm_parse_double(bad[i], &value));
  for (size_t i = 0; i < sizeof bad_integers / sizeof *bad_integers; i++)
    assert_false(gm_parse_integer(bad_integers[i], &integer));
  assert_true(gm_parse_double("-1.5e-3", &value) && value == -1.5e-3);
  assert_true(gm_parse_double("+.5", &value) && value == 0.5);
  assert_true(gm_parse_double("1e-999", &value) && value == 0); /* too small is 0, not an overflow */
  assert_true(gm_parse_double("inf", &value) && isinf(value));
  assert_true(gm_parse_double("nan", &value) && isnan(value));
  assert_true(gm_parse_integer("-9223372036854775808", &integer) && integer == INT64_MIN);
  assert_true(gm_parse_integer("+7", &integer) && integer == 7);
}

/* As Fortran's D descriptor and its constants write them; a hexadecimal number has no point. */
static void fortrans_double_precision_is_read(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value;
  } good[] = {{"2.5D+01", 25}, {".25D+02", 25}, {"-.25d-02", -0.0025}, {"1.D0", 1}, {"-9.9900D+02", -999}};
  const char *const bad[] = {"1D2",   "1D2.5", "2.5D",      "2.5E+01",   "2.5D+",  "2.5 D+01",
                             "2.5DD", ".D+1",  "2.5D+1D+1", "2.5D+01.0", "0x1.8D", "2.5D+999"};
  double value = 0;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(gm_parse_fortran_double(good[i].text, &value));
    assert_true(value == good[i].value);
    assert_false(gm_parse_double(good[i].text, &value)); /* in text data alone */
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (gm_parse_fortran_double(bad[i], &value)) fail_msg("%s is read as %g", bad[i], value);
}

/* Bit for bit what the C library reads, however the digits stand around the point. */
static void plain_decimals_are_read_as_strtod_reads_them(void **state) {
  (void)state;
  gm_rng rng;
  gm_rng_seed(&rng, 5);
  for (int i = 0; i < 200000; i++) {
    char text[48];
    int length = 0, digits = 1 + (int)(22 * gm_rng_double(&rng)), point = (int)(24 * gm_rng_double(&rng));
    if (gm_rng_double(&rng) < 0.3) text[length++] = gm_rng_double(&rng) < 0.5 ? '-' : '+';
    for (int d = 0; d < digits; d++) {
      if (d == point) text[length++] = '.';
      text[length++] = (char)('0' + (int)(10 * gm_rng_double(&rng)));
    }
    text[length] = '\0';
    if (gm_rng_double(&rng) < 0.5)
      snprintf(text + length, sizeof text - (size_t)length, "%c%+d", gm_rng_double(&rng) < 0.5 ? 'e' : 'E',
               (int)(60 * gm_rng_double(&rng)) - 30);
    const double expected = strtod(text, NULL);
    double value;
    assert_true(gm_parse_double(text, &value));
    assert_memory_equal(&value, &expected, sizeof value);
  }
  static const char *const more[] = {"-0", "0.", "-.0", "000000000000000000001.5", "9007199254740993", ".5",
                                     /* halfway between two doubles, and just beside it */
                                     "4503599627370497.5", "4503599627370498.5", "4503599627370496.501",
                                     "4503599627370497.499", "9007199254740993e3", "9007199254740993e-3",
                                     "18014398509481986", "18014398509481990e0", "9999999999999999999e27",
                                     "9999999999999999999e-27", "1e-27", "1e28", "1e22", "1E-22", "1e23",
                                     "0.0000000000000000000000000001", "0e999", "-0.0e-5", "1.e5", ".5e+1"};
  for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
    const double expected = strtod(more[i], NULL);
    double value;
    assert_true(gm_parse_double(more[i], &value));
    assert_memory_equal(&value, &expected, sizeof value);
  }
  static const char *const bad[] = {"",    ".",  "-",   "+",  "-.",  "1.2.3", "1-",    "1 ",    "--1",
                                    "1,5", "e5", ".e5", "1e", "1e+", "1e5.0", "1e5e5", "1e--5", "1e5 "};
  double value;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(gm_parse_double(bad[i], &value));
  static const char *const integers[] = {"0",   "007", "999999999999999999", "9223372036854775807",
                                         "-12", "+3"};
  for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
    int64_t number;
    assert_true(gm_parse_integer(integers[i], &number) && number == strtoll(integers[i], NULL, 10));
  }
  int64_t number;
  assert_false(gm_parse_integer("9223372036854775808", &number));
  assert_false(gm_parse_integer("12x", &number));
  assert_false(gm_parse_integer("", &number));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fortrans_double_precision_is_read),
      cmocka_unit_test(plain_decimals_are_read_as_strtod_reads_them),
      cmocka_unit_test(rows_columns_and_lines),
      cmocka_unit_test(quoted_fields_hold_commas_quotes_and_line_ends),
      cmocka_unit_test(a_hash_inside_quotes_is_text),
      cmocka_unit_test(windows_files_read_alike),
      cmocka_unit_test(old_macs_end_lines_with_cr),
      cmocka_unit_test(other_delimiters_headers_and_ranges_of_lines),
      cmocka_unit_test(comments_and_blank_lines_may_come_first),
      cmocka_unit_test(rows_of_another_length_are_refused_with_their_line),
      cmocka_unit_test(quotation_marks_out_of_place_are_refused),
      cmocka_unit_test(an_empty_file_is_refused),
      cmocka_unit_test(a_nul_byte_is_refused),
      cmocka_unit_test(a_huge_field_and_many_rows_are_read_whole),
      cmocka_unit_test(a_plain_table_is_cut_as_libcsv_cuts_the_quoted_one),
      cmocka_unit_test(lines_of_tabs_alone_are_blank),
      cmocka_unit_test(what_is_no_readable_file_is_refused),
      cmocka_unit_test(columns_are_found_by_name_or_the_names_are_told),
      cmocka_unit_test(fields_that_are_no_finite_number_are_refused),
      cmocka_unit_test(every_text_comes_back),
      cmocka_unit_test(quotes_only_where_they_are_needed),
      cmocka_unit_test(absent_values_are_empty_fields),
      cmocka_unit_test(a_pipe_is_read_to_its_end),
      cmocka_unit_test(an_aborted_table_leaves_the_old_one),
      cmocka_unit_test(doubles_come_back_and_are_short),
      cmocka_unit_test(any_bits_of_a_finite_double_come_back),
      cmocka_unit_test(the_text_is_the_first_that_reads_back),
      cmocka_unit_test(only_whole_decimal_numbers_are_numbers),
  };
  return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
