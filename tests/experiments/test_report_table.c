/* SPDX-License-Identifier: MIT
 * One set of rows, four formats. */
#include "common/csv.h"
#include "experiments/report/table.h"
#include "tests/report_fixture.h"

#include <math.h>

static const gm_report_column columns[] = {
    {.key = "model", .head = "Model"},
    {.key = "energy_kwh",
     .head = "Energy",
     .unit = "kWh",
     .format = {.kind = GM_NUMBER_SCIENTIFIC, .digits = 3},
     .low = "energy_low_kwh",
     .high = "energy_high_kwh"},
    {.key = "energy_low_kwh"},
    {.key = "energy_high_kwh"},
    {.key = "rmse", .head = "RMSE", .format = {.kind = GM_NUMBER_FIXED, .digits = 3}, .sd = "rmse_sd"},
    {.key = "rmse_sd"},
};

static gm_report_table example(void) {
  gm_report_table table;
  assert_int_equal(
      gm_report_table_init(&table, "example", columns, sizeof columns / sizeof *columns, 2, NULL), GM_OK);
  table.title = "Table 9";
  table.caption = strdup("50 % of A_B & C");
  assert_int_equal(gm_report_table_text(&table, 0, "model", "a_b, \"50 %\" & c", NULL), GM_OK);
  gm_report_table_number(&table, 0, "energy_kwh", 1.0 / 3.0);
  gm_report_table_number(&table, 0, "energy_low_kwh", 0.25);
  gm_report_table_number(&table, 0, "energy_high_kwh", 0.5);
  gm_report_table_number(&table, 0, "rmse", 0.5);
  gm_report_table_number(&table, 0, "rmse_sd", 0.0123);
  assert_int_equal(gm_report_table_text(&table, 1, "model", "empty", NULL), GM_OK);
  return table;
}

static char *written(const gm_report_table *table, void (*put)(const gm_report_table *, FILE *)) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  put(table, out);
  assert_int_equal(fclose(out), 0);
  return text;
}

static void csv_has_every_column_at_full_precision(void **state) {
  (void)state;
  report_fixture f = {.results = "/tmp/greenmile-table-XXXXXX"};
  assert_non_null(mkdtemp(f.results));
  gm_report_table table = example();
  assert_int_equal(gm_report_table_write(&table, f.results, NULL), GM_OK);
  char *csv = fixture_text(&f, "example.csv");
  assert_string_equal(csv, "model,energy_kwh,energy_low_kwh,energy_high_kwh,rmse,rmse_sd\n"
                           "\"a_b, \"\"50 %\"\" & c\",0.3333333333333333,0.25,0.5,0.5,0.0123\nempty,,,,,\n");
  free(csv);
  gm_report_table_free(&table);
  fixture_remove(&f);
}

static void markdown_shows_rounded_values_with_interval_and_spread(void **state) {
  (void)state;
  gm_report_table table = example();
  char *text = written(&table, gm_report_table_markdown);
  assert_string_equal(text, "**Table 9. 50 % of A\\_B & C**\n\n"
                            "| Model | Energy (kWh) | RMSE |\n|:---|---:|---:|\n"
                            "| a\\_b, \"50 %\" & c | 3.33 × 10⁻¹ [(2.50 to 5.00) × 10⁻¹] | 0.500 ± 0.012 |\n"
                            "| empty | – | – |\n");
  free(text);
  gm_report_table_free(&table);
}

static void latex_is_booktabs_and_numbers_its_tables_itself(void **state) {
  (void)state;
  gm_report_table table = example();
  char *text = written(&table, gm_report_table_tex);
  assert_non_null(strstr(text, "\\caption{50 \\% of A\\_B \\& C}"));
  assert_null(strstr(text, "Table 9"));
  assert_non_null(strstr(
      text,
      "\\begin{tabular}{@{}lrr@{}}\n\\toprule\nModel & Energy & RMSE \\\\\n & (kWh) &  \\\\\n\\midrule\n"));
  assert_non_null(strstr(text, "a\\_b, ''50 \\%'' \\& c & 3.33 $\\times$ 10$^{-1}$ & 0.500 \\\\\n"));
  assert_non_null(strstr(text, "\\bottomrule"));
  assert_null(strchr(text, '|'));
  free(text);
  gm_report_table_free(&table);
}

/* Across the page a head takes as many lines of 11 letters as it needs and ends above the rule; in a column
 * it is one. */
static void latex_breaks_the_heads_of_a_wide_table(void **state) {
  (void)state;
  static const gm_report_column two[] = {{.key = "a", .head = "Model"},
                                         {.key = "b", .head = "Energy of the study"}};
  for (int across = 0; across < 2; across++) {
    gm_report_table table;
    assert_int_equal(gm_report_table_init(&table, "broken", two, 2, 1, NULL), GM_OK);
    table.placement = across ? GM_TABLE_ACROSS_PAGE : GM_TABLE_IN_COLUMN;
    table.caption = strdup("Broken");
    char *text = written(&table, gm_report_table_tex);
    assert_non_null(strstr(text, across ? "\\toprule\n & Energy of \\\\\nModel & the study \\\\\n\\midrule\n"
                                        : "\\toprule\nModel & Energy of the study \\\\\n\\midrule\n"));
    free(text);
    gm_report_table_free(&table);
  }
}

/* Both panels hold the labels. 345 pt of 7 pt letters hold about 80 of them: ten columns of "(0.25 to 0.50) ×
 * 10⁻¹" do not fit side by side. */
static void latex_continues_a_wide_table_in_panels_below(void **state) {
  (void)state;
  enum { COLUMNS = 11 };
  static const char *const keys[COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
  gm_report_column wide[COLUMNS] = {{0}};
  for (size_t c = 0; c < COLUMNS; c++)
    wide[c] = (gm_report_column){
        .key = keys[c], .head = keys[c], .format = {.kind = GM_NUMBER_SCIENTIFIC, .digits = 3}};
  gm_report_table table;
  assert_int_equal(gm_report_table_init(&table, "wide", wide, COLUMNS, 1, NULL), GM_OK);
  table.placement = GM_TABLE_ACROSS_PAGE;
  table.caption = strdup("Wide");
  assert_int_equal(gm_report_table_text(&table, 0, "a", "row", NULL), GM_OK);
  for (size_t c = 1; c < COLUMNS; c++) gm_report_table_number(&table, 0, keys[c], 1.23e-7);
  char *text = written(&table, gm_report_table_tex);
  assert_non_null(strstr(text, "a & b & c & d & e & f"));
  assert_non_null(strstr(text, "a & g & h & i & j & k"));
  free(text);
  gm_report_table_free(&table);
}

static size_t times(const char *text, const char *words) {
  size_t n = 0;
  while ((text = strstr(text, words)) != NULL) {
    text++;
    n++;
  }
  return n;
}

/* Rows that two columns name together keep both in every panel, and two panels of forty rows, which no page
 * holds, are two floats, the second of which says what it belongs to. */
static void latex_continues_a_long_table_on_the_next_page(void **state) {
  (void)state;
  enum { COLUMNS = 11, ROWS = 40 };
  static const char *const keys[COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
  gm_report_column wide[COLUMNS] = {{0}};
  for (size_t c = 0; c < COLUMNS; c++)
    wide[c] = (gm_report_column){
        .key = keys[c], .head = keys[c], .format = {.kind = GM_NUMBER_SCIENTIFIC, .digits = 3}};
  for (size_t rows = 1; rows <= ROWS; rows += ROWS - 1) {
    gm_report_table table;
    assert_int_equal(gm_report_table_init(&table, "long", wide, COLUMNS, rows, NULL), GM_OK);
    table.placement = GM_TABLE_ACROSS_PAGE;
    table.n_labels = 2;
    table.caption = strdup("Long");
    for (size_t r = 0; r < rows; r++) {
      assert_int_equal(gm_report_table_text(&table, r, "a", "row", NULL), GM_OK);
      assert_int_equal(gm_report_table_text(&table, r, "b", "side", NULL), GM_OK);
      for (size_t c = 2; c < COLUMNS; c++) gm_report_table_number(&table, r, keys[c], 1.23e-7);
    }
    char *text = written(&table, gm_report_table_tex);
    const size_t floats = rows == ROWS ? 2 : 1;
    assert_int_equal(times(text, "\na & b & c & d"), 1);
    assert_int_equal(times(text, "\na & b & "), 2);
    assert_int_equal(times(text, "\\begin{table*}"), floats);
    assert_int_equal(times(text, "\\end{table*}"), floats);
    assert_int_equal(times(text, "Table~\\ref{tab:greenmile-long}, continued\n"), floats - 1);
    free(text);
    gm_report_table_free(&table);
  }
}

static void html_is_accessible(void **state) {
  (void)state;
  gm_report_table table = example();
  char *text = written(&table, gm_report_table_html);
  assert_non_null(strstr(text, "<caption>Table 9. 50 % of A_B &amp; C</caption>"));
  assert_non_null(strstr(text, "<th scope=\"row\">a_b, &quot;50 %&quot; &amp; c</th>"));
  assert_non_null(strstr(text, ">3.33 × 10⁻¹<span class=\"interval\">(2.50 to 5.00) × 10⁻¹</span></td>"));
  free(text);
  gm_report_table_free(&table);
}

/* Strips what each format adds, so that only the words of the cells are left to compare. */
static void formats_agree_on_every_displayed_value(void **state) {
  (void)state;
  gm_report_table table = example();
  char *markdown = written(&table, gm_report_table_markdown), *html = written(&table, gm_report_table_html);
  for (size_t c = 0; c < table.n_columns; c++) {
    char value[GM_NUMBER_TEXT];
    if (columns[c].head == NULL || table.cells[c].text != NULL) continue;
    gm_number_text(columns[c].format, table.cells[c].number, value);
    assert_non_null(strstr(markdown, value));
    assert_non_null(strstr(html, value));
  }
  free(markdown);
  free(html);
  gm_report_table_free(&table);
}

static void unknown_column_is_refused(void **state) {
  (void)state;
  gm_error err;
  gm_report_table table = example();
  assert_int_equal(gm_report_table_text(&table, 0, "nothing", "x", &err), GM_FAILED);
  assert_non_null(strstr(err.message, "nothing"));
  gm_report_table_free(&table);
}

static void a_number_for_a_column_that_is_not_there_is_an_error(void **state) {
  (void)state;
  static const gm_report_column one[] = {{.key = "energy_kwh"}};
  gm_report_table table;
  gm_error err;
  assert_int_equal(gm_report_table_init(&table, "t", one, 1, 1, &err), GM_OK);
  gm_report_table_number(&table, 0, "energy_kwh", 1);
  assert_int_equal(gm_report_table_check(&table, &err), GM_OK);
  gm_report_table_number(&table, 0, "enrgy_kwh", 2);
  assert_int_equal(gm_report_table_check(&table, &err), GM_FAILED);
  assert_string_equal(err.message, "table t has no column enrgy_kwh");
  gm_report_table_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(csv_has_every_column_at_full_precision),
      cmocka_unit_test(markdown_shows_rounded_values_with_interval_and_spread),
      cmocka_unit_test(latex_is_booktabs_and_numbers_its_tables_itself),
      cmocka_unit_test(latex_breaks_the_heads_of_a_wide_table),
      cmocka_unit_test(latex_continues_a_wide_table_in_panels_below),
      cmocka_unit_test(latex_continues_a_long_table_on_the_next_page),
      cmocka_unit_test(html_is_accessible),
      cmocka_unit_test(formats_agree_on_every_displayed_value),
      cmocka_unit_test(unknown_column_is_refused),
      cmocka_unit_test(a_number_for_a_column_that_is_not_there_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
