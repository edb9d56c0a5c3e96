/* SPDX-License-Identifier: MIT
 * The carbon table against figures published elsewhere, overrides and unknown codes. */
#include "energy/carbon/carbon_intensity.h"
#include "tests/fake_machine.h"

#include "common/csv.h"
#include "energy/carbon/emissions.h"

extern const char gm_table_carbon_intensity[];

/* OWID/Ember's 2024 as the series of April 2026 has it, and bands worked out elsewhere from the series. */
static void countries_have_the_figures_of_ember_2024(void **state) {
  (void)state;
  static const struct {
    const char *iso3;
    double g_per_kwh, low, high;
  } cases[] = {{"USA", 383.78, 0.80, 1.25}, {"IND", 705.4, 0.82, 1.22},  {"GBR", 216.5, 0.73, 1.37},
               {"FRA", 40.48, 0.59, 1.70},  {"DEU", 336.38, 0.73, 1.37}, {"CHN", 555.4, 0.81, 1.23},
               {"POL", 608.18, 0.78, 1.28}, {"SWE", 34.91, 0.79, 1.26},  {"NOR", 29.66, 0.78, 1.28},
               {"AUS", 553.83, 0.80, 1.25}, {"BRA", 106.06, 0.65, 1.54}, {"ZAF", 717.36, 0.82, 1.22}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    gm_carbon_intensity c;
    assert_int_equal(gm_carbon_intensity_find(cases[i].iso3, NULL, &c, NULL), GM_OK);
    assert_near(c.g_per_kwh, cases[i].g_per_kwh, 0.005); /* their rounding */
    assert_near(c.low_g_per_kwh, cases[i].low * c.g_per_kwh, 1e-9);
    assert_near(c.high_g_per_kwh, cases[i].high * c.g_per_kwh, 1e-9);
    assert_int_equal(c.year, 2024);
    assert_string_equal(c.iso3, cases[i].iso3);
    assert_string_equal(c.licence, "CC BY 4.0");
    assert_string_equal(c.basis, "annual mean of generation, life cycle");
    assert_non_null(strstr(c.source, "Ember"));
    assert_false(gm_carbon_intensity_is_world(&c));
  }
}

static void the_world_is_a_stated_average_that_estimates_nobody(void **state) {
  (void)state;
  gm_carbon_intensity c;
  assert_int_equal(gm_carbon_intensity_find("wld", NULL, &c, NULL), GM_OK);
  assert_near(c.g_per_kwh, 471.08, 0.005);
  assert_int_equal(c.year, 2024);
  assert_true(gm_carbon_intensity_is_world(&c));
}

/* EPA eGRID2023: California 394.8 lb/MWh, West Virginia 1,968.9; a pound is 453.59237 g. */
static void states_of_the_usa_are_on_a_basis_of_their_own(void **state) {
  (void)state;
  gm_carbon_intensity c, usa;
  gm_error err = {0};
  assert_int_equal(gm_carbon_intensity_find("us-ca", NULL, &c, NULL), GM_OK);
  assert_string_equal(c.iso3, "US-CA");
  assert_string_equal(c.country, "California");
  assert_near(c.g_per_kwh, 179.1, 0.05);
  assert_string_equal(c.basis, "annual mean of generation, at the stack");
  assert_int_equal(c.year, 2023);
  assert_int_equal(gm_carbon_intensity_find("USA", NULL, &usa, NULL), GM_OK);
  assert_near(c.high_g_per_kwh / c.g_per_kwh, usa.high_g_per_kwh / usa.g_per_kwh,
              1e-12); /* the country's band */
  assert_int_equal(gm_carbon_intensity_find("US-XX", NULL, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "US-"));
}

/* Nunavut 2023: 99.8 % petroleum at 816 g/kWh and 0.2 % solar at 48. */
static void provinces_are_on_bases_of_their_own(void **state) {
  (void)state;
  gm_carbon_intensity c;
  assert_int_equal(gm_carbon_intensity_find("CA-NU", NULL, &c, NULL), GM_OK);
  assert_string_equal(c.country, "Nunavut");
  assert_near(c.g_per_kwh, 0.998 * 816 + 0.002 * 48, 0.05);
  assert_string_equal(c.basis, "annual mix, life-cycle factors by fuel");
  assert_int_equal(gm_carbon_intensity_find("CN-BJ", NULL, &c, NULL), GM_OK);
  assert_near(c.g_per_kwh, 555.4, 1e-9); /* Announcement 2025 No. 47, table 3 */
  assert_string_equal(c.basis, "annual mean with transfers, CO2, at the stack");
  assert_int_equal(c.year, 2023);
}

/* A contract stands beside the place's figure, may promise nothing at all, and is never assumed. */
static void a_contract_changes_no_other_figure(void **state) {
  (void)state;
  gm_carbon_intensity plain, c;
  gm_error err = {0};
  assert_int_equal(gm_carbon_intensity_find("FRA", NULL, &plain, NULL), GM_OK);
  assert_false(plain.has_contract);
  assert_true(isnan(gm_emissions_by_contract(3.6e6, 3e6, 4e6, &plain).kg));
  c = plain;
  assert_int_equal(gm_carbon_intensity_contract(12, &c, NULL), GM_OK);
  const gm_emissions by_place = gm_emissions_of(3.6e6, 3e6, 4e6, &plain),
                     same = gm_emissions_of(3.6e6, 3e6, 4e6, &c);
  const gm_emissions market = gm_emissions_by_contract(3.6e6, 3e6, 4e6, &c);
  assert_memory_equal(&same, &by_place, sizeof same);
  assert_near(market.kg, 0.012, 1e-15); /* a kWh */
  assert_near(market.low_kg, 0.01, 1e-15);
  assert_near(market.high_kg, 0.012 / 0.9, 1e-15);
  assert_int_equal(gm_carbon_intensity_contract(0, &c, NULL), GM_OK);
  assert_true(c.has_contract && gm_emissions_by_contract(3.6e6, 3e6, 4e6, &c).high_kg == 0);
  assert_int_equal(gm_carbon_intensity_contract(-1, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected 0 or 1 to 3000 g CO2e/kWh, got -1"));
  assert_int_equal(gm_carbon_intensity_contract(0.475, &c, &err), GM_BAD_INPUT);
  assert_string_equal(
      err.message, "contract intensity: expected 0 or 1 to 3000 g CO2e/kWh, got 0.475; 0.475 kg are 475 g");
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
  } cases[] = {{"US", "USA", true},    {"us", "USA", true},   {"UK", "GBR", true},   {"GB", "GBR", true},
               {"DE", "DEU", true},    {"FR", "FRA", true},   {"IN", "IND", true},   {"CN", "CHN", false},
               {"PL", "POL", false},   {"AT", "AUT", false},  {"SE", "SWE", false},  {"CH", "CHE", false},
               {"Switz", "CHE", true}, {"UAE", "ARE", true},  {"USS", "USA", false}, {"Japan", "JPN", true},
               {"DUE", "DEU", true},   {"RFA", "FRA", false}, {"UAS", "USA", false}, {"CNH", "CHN", true}};
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
  fake_write(f, "own.csv",
             "# ours\niso3,g_per_kwh,year,low_factor,high_factor\nFRA,50.5,2025,0.5,3\n"
             "XYZ,12,,,\nBAD,-1,2025,,\nODD,1,2025,1.2,1.3\nTON,0.7,2025,,\n");
  fake_print(path, "%s/own.csv", f->root);
  assert_int_equal(gm_carbon_intensity_find("FRA", path, &c, &err), GM_OK);
  assert_near(c.g_per_kwh, 50.5, 0);
  assert_int_equal(c.year, 2025);
  assert_near(c.low_g_per_kwh, 25.25, 1e-9);
  assert_near(c.high_g_per_kwh, 151.5, 1e-9);
  assert_string_equal(c.basis, ""); /* not said */
  assert_int_equal(gm_carbon_intensity_find("XYZ", path, &c, &err), GM_OK);
  assert_int_equal(c.year, 0);
  assert_near(c.high_g_per_kwh, 12 * 1.26, 1e-9);
  assert_int_equal(gm_carbon_intensity_find("ODD", path, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "low_factor"));
  assert_int_equal(gm_carbon_intensity_find("DEU", path, &c, &err), GM_OK);
  assert_int_equal(c.year, 2024);
  assert_int_equal(gm_carbon_intensity_find("BAD", path, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "own.csv:5"));
  assert_int_equal(gm_carbon_intensity_find("TON", path, &c, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "own.csv:7: expected 1 to 3000 g CO2e/kWh, got 0.7; 0.7 kg are 700 g"));
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
  assert_near(c.low_g_per_kwh, 100 / 1.26, 1e-9);
  assert_near(c.high_g_per_kwh, 126, 1e-9);
  static const double bad[] = {0, -1, INFINITY, NAN, 1e6, 0.475, 0.99};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_int_equal(gm_carbon_intensity_fixed(bad[i], &c, &err), GM_BAD_INPUT);
  assert_int_equal(gm_carbon_intensity_fixed(0.475, &c, &err), GM_BAD_INPUT);
  assert_string_equal(err.message,
                      "carbon intensity: expected 1 to 3000 g CO2e/kWh, got 0.475; 0.475 kg are 475 g");
}

static void every_row_is_one_country_with_value_year_source_and_licence(void **state) {
  (void)state;
  gm_csv_table table;
  static const char *const columns[] = {"iso3",       "country",     "g_per_kwh", "year",
                                        "low_factor", "high_factor", "source",    "licence"};
  enum { n_columns = sizeof columns / sizeof *columns };
  size_t index;
  assert_int_equal(
      gm_csv_parse(gm_table_carbon_intensity, strlen(gm_table_carbon_intensity), "t", &table, NULL), GM_OK);
  assert_int_equal(table.n_columns, n_columns);
  assert_true(table.n_rows > 200);
  for (size_t i = 0; i < n_columns; i++) {
    assert_int_equal(gm_csv_column(&table, columns[i], &index, NULL), GM_OK);
    assert_int_equal(index, i);
  }
  for (size_t row = 0; row < table.n_rows; row++) {
    double value, year;
    for (size_t i = 0; i < n_columns; i++) assert_true(gm_csv_field(&table, row, i)[0] != '\0');
    assert_int_equal(strlen(gm_csv_field(&table, row, 0)), 3);
    assert_int_equal(gm_csv_number(&table, row, 2, &value, NULL), GM_OK);
    assert_int_equal(gm_csv_number(&table, row, 3, &year, NULL), GM_OK);
    assert_true(value >= 20 && value <= 1306.4); /* hydropower alone … oil shale */
    assert_true(year >= 2015 && year <= 2024);
    double low, high;
    assert_int_equal(gm_csv_number(&table, row, 4, &low, NULL), GM_OK);
    assert_int_equal(gm_csv_number(&table, row, 5, &high, NULL), GM_OK);
    assert_true(low > 0.05 && low < 0.9 && fabs(low * high - 1) < 0.05);
    for (size_t other = 0; other < row; other++)
      assert_string_not_equal(gm_csv_field(&table, row, 0), gm_csv_field(&table, other, 0));
  }
  gm_csv_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(countries_have_the_figures_of_ember_2024),
      cmocka_unit_test(the_world_is_a_stated_average_that_estimates_nobody),
      cmocka_unit_test(states_of_the_usa_are_on_a_basis_of_their_own),
      cmocka_unit_test(provinces_are_on_bases_of_their_own),
      cmocka_unit_test(a_contract_changes_no_other_figure),
      cmocka_unit_test(an_unknown_code_is_refused_with_the_nearest_ones),
      cmocka_unit_test(what_people_type_instead_of_a_code_suggests_it),
      cmocka_unit_test_setup_teardown(a_users_table_comes_first_and_need_not_be_complete, fake_setup,
                                      fake_teardown),
      cmocka_unit_test(a_fixed_value_has_no_country),
      cmocka_unit_test(every_row_is_one_country_with_value_year_source_and_licence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
