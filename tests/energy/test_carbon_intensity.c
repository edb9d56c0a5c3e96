/* SPDX-License-Identifier: MIT
 * The carbon table against figures published elsewhere, overrides and unknown codes. */
#include "energy/carbon/carbon_intensity.h"
#include "tests/fake_machine.h"

#include "common/csv.h"

extern const char gm_table_carbon_intensity[];
extern const size_t gm_table_carbon_intensity_size;

static void countries_have_the_figures_of_ember_2024(void **state) {
  (void)state;
  static const struct {
    const char *iso3;
    double g_per_kwh; /* OWID/Ember 2024 as published, to 3 decimals */
  } cases[] = {{"USA", 383.549}, {"IND", 708.322}, {"GBR", 210.891}, {"FRA", 44.179},
               {"DEU", 344.140}, {"CHN", 559.552}, {"POL", 614.982}, {"SWE", 35.824},
               {"NOR", 30.746},  {"AUS", 551.590}, {"BRA", 103.212}, {"ZAF", 708.876}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    gm_carbon_intensity c;
    assert_int_equal(gm_carbon_intensity_find(cases[i].iso3, NULL, &c, NULL), GM_OK);
    assert_near(c.g_per_kwh, cases[i].g_per_kwh, 0.0005); /* their rounding */
    assert_near(c.low_g_per_kwh, 0.9 * c.g_per_kwh, 1e-9);
    assert_near(c.high_g_per_kwh, 1.1 * c.g_per_kwh, 1e-9);
    assert_int_equal(c.year, 2024);
    assert_string_equal(c.iso3, cases[i].iso3);
    assert_string_equal(c.licence, "CC BY 4.0");
    assert_non_null(strstr(c.source, "Ember"));
  }
}

static void the_world_is_a_stated_average_with_a_wide_band(void **state) {
  (void)state;
  gm_carbon_intensity c;
  assert_int_equal(gm_carbon_intensity_find("wld", NULL, &c, NULL), GM_OK);
  assert_near(c.g_per_kwh, 481, 0);
  assert_int_equal(c.year, 2023);
  assert_near(c.low_g_per_kwh, 481 / 1.5, 1e-9);
  assert_near(c.high_g_per_kwh, 481 * 1.5, 1e-9);
}

static void an_unknown_code_is_refused_with_the_nearest_ones(void **state) {
  (void)state;
  gm_carbon_intensity c;
  gm_error err = {0};
  assert_int_equal(gm_carbon_intensity_find("GBX", NULL, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "GBX"));
  assert_non_null(strstr(err.message, "GBR (United Kingdom)"));
  assert_false(gm_carbon_intensity_is_set(&c));
  assert_int_equal(gm_carbon_intensity_find("germany", NULL, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "DEU (Germany)"));
  assert_int_equal(gm_carbon_intensity_find("", NULL, &c, &err), GM_BAD_INPUT);
}

/* ISO 3166 alpha-2, initials, beginnings of names, slips of the finger: the code that was meant is among the
 * three, of the well-known ones first. */
static void what_people_type_instead_of_a_code_suggests_it(void **state) {
  (void)state;
  const struct {
    const char *typed, *meant;
    bool first;
  } cases[] = {{"US", "USA", true},    {"us", "USA", true},  {"UK", "GBR", true},   {"GB", "GBR", true},
               {"DE", "DEU", true},    {"FR", "FRA", true},  {"IN", "IND", true},   {"CN", "CHN", false},
               {"PL", "POL", false},   {"AT", "AUT", false}, {"SE", "SWE", false},  {"CH", "CHE", false},
               {"Switz", "CHE", true}, {"UAE", "ARE", true}, {"USS", "USA", false}, {"Japan", "JPN", true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_carbon_intensity c;
    gm_error err = {0};
    char pattern[32];
    assert_int_equal(gm_carbon_intensity_find(cases[i].typed, NULL, &c, &err), GM_BAD_INPUT);
    snprintf(pattern, sizeof pattern, "%s%s (", cases[i].first ? "nearest are " : "", cases[i].meant);
    if (strstr(err.message, pattern) == NULL) fail_msg("%s", err.message);
  }
}

static void a_users_table_comes_first_and_need_not_be_complete(void **state) {
  fake_machine *f = *state;
  gm_carbon_intensity c;
  gm_error err = {0};
  char path[FAKE_PATH];
  fake_write(f, "own.csv", "# ours\niso3,g_per_kwh,year\nFRA,50.5,2025\nXYZ,12,\nBAD,-1,2025\n");
  fake_print(path, "%s/own.csv", f->root);
  assert_int_equal(gm_carbon_intensity_find("FRA", path, &c, &err), GM_OK);
  assert_near(c.g_per_kwh, 50.5, 0);
  assert_int_equal(c.year, 2025);
  assert_int_equal(gm_carbon_intensity_find("XYZ", path, &c, &err), GM_OK);
  assert_int_equal(c.year, 0);
  assert_int_equal(gm_carbon_intensity_find("DEU", path, &c, &err), GM_OK);
  assert_int_equal(c.year, 2024);
  assert_int_equal(gm_carbon_intensity_find("BAD", path, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "own.csv:5"));
  fake_write(f, "own.csv", "code,g_per_kwh\nFRA,1\n");
  assert_int_equal(gm_carbon_intensity_find("FRA", path, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "iso3"));
  assert_int_equal(gm_carbon_intensity_find("FRA", "/nonexistent/t.csv", &c, &err), GM_BAD_INPUT);
}

static void a_fixed_value_has_no_country(void **state) {
  (void)state;
  gm_carbon_intensity c;
  gm_error err = {0};
  assert_int_equal(gm_carbon_intensity_fixed(100, &c, &err), GM_OK);
  assert_string_equal(c.iso3, "");
  assert_near(c.low_g_per_kwh, 90, 1e-9);
  assert_near(c.high_g_per_kwh, 110, 1e-9);
  static const double bad[] = {0, -1, INFINITY, NAN, 1e6};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_int_equal(gm_carbon_intensity_fixed(bad[i], &c, &err), GM_BAD_INPUT);
}

static void every_row_is_one_country_with_value_year_source_and_licence(void **state) {
  (void)state;
  gm_csv_table table;
  static const char *const columns[] = {"iso3", "country", "g_per_kwh", "year", "source", "licence"};
  size_t index;
  assert_int_equal(gm_csv_parse(gm_table_carbon_intensity, gm_table_carbon_intensity_size, "t", &table, NULL),
                   GM_OK);
  assert_int_equal(table.n_columns, 6);
  assert_true(table.n_rows > 200);
  for (size_t i = 0; i < 6; i++) {
    assert_int_equal(gm_csv_column(&table, columns[i], &index, NULL), GM_OK);
    assert_int_equal(index, i);
  }
  for (size_t row = 0; row < table.n_rows; row++) {
    double value, year;
    for (size_t i = 0; i < 6; i++) assert_true(gm_csv_field(&table, row, i)[0] != '\0');
    assert_int_equal(strlen(gm_csv_field(&table, row, 0)), 3);
    assert_int_equal(gm_csv_number(&table, row, 2, &value, NULL), GM_OK);
    assert_int_equal(gm_csv_number(&table, row, 3, &year, NULL), GM_OK);
    assert_true(value >= 20 && value <= 1306.4); /* the range the design notes give */
    assert_true(year >= 2009 && year <= 2024);
    for (size_t other = 0; other < row; other++)
      assert_string_not_equal(gm_csv_field(&table, row, 0), gm_csv_field(&table, other, 0));
  }
  gm_csv_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(countries_have_the_figures_of_ember_2024),
      cmocka_unit_test(the_world_is_a_stated_average_with_a_wide_band),
      cmocka_unit_test(an_unknown_code_is_refused_with_the_nearest_ones),
      cmocka_unit_test(what_people_type_instead_of_a_code_suggests_it),
      cmocka_unit_test_setup_teardown(a_users_table_comes_first_and_need_not_be_complete, fake_setup,
                                      fake_teardown),
      cmocka_unit_test(a_fixed_value_has_no_country),
      cmocka_unit_test(every_row_is_one_country_with_value_year_source_and_licence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
