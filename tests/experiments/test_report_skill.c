/* SPDX-License-Identifier: MIT
 * The skill curve: which run stands at which lead, its table, its figure's data and its
 * place on the page of a study on maps. */
#include "experiments/report/figures.h"
#include "experiments/report/publication.h"
#include "tests/assert_near.h"
#include "tests/report_fixture.h"

typedef struct {
  report_fixture files;
  gm_report_runs study;
  gm_report report;
} made;

/* A study of lead `own` with a curve of leads 1 … n, where the regression's RMSE is lead / 10 and the CNN's
 * lead / 4; persistence is 0.65 but 0.6 at the study's own lead, whose models have 0.45 and 0.4. */
static report_fixture curve(int own, int n, const char *protocol) {
  const report_fixture files = fixture_map_study(1, protocol, own, 2261);
  FILE *map =
      fixture_open(&files, "linear_regression", "coefficient_map.csv"); /* 2 × 3 cells, one of them land */
  fputs("lag,latitude,longitude,coefficient\n0,-1,150,1\n0,-1,152,1\n0,-1,154,1\n0,1,150,1\n0,1,154,1\n",
        map);
  fclose(map);
  for (int lead = 1; lead <= n; lead++) {
    if (lead == own) continue;
    fixture_lead(&files, "linear_regression", lead, lead / 10.0);
    fixture_lead(&files, "cnn", lead, lead / 4.0);
  }
  return files;
}

static gm_status make(made *m, size_t n_leads, gm_error *err) {
  const gm_status status = gm_report_runs_load(&m->study, m->files.results, 0, n_leads, err);
  return status == GM_OK ? gm_report_make(&m->report, &m->study, err) : status;
}

static void unmake(made *m) {
  gm_report_free(&m->report);
  gm_report_runs_free(&m->study);
  fixture_remove(&m->files);
}

static double number(const made *m, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(&m->report.tables[GM_TABLE_SKILL], row, key);
  assert_non_null(cell);
  return cell->number;
}

static void every_lead_is_read_from_its_own_runs(void **state) {
  (void)state;
  gm_error err = {0};
  for (int own = 1; own <= 5; own++) { /* 5: beyond the curve, so a row more */
    enum { LEADS = 4 };
    made m = {.files = curve(own, LEADS, "full")};
    assert_int_equal(make(&m, LEADS, &err), GM_OK);
    const size_t n_rows = own > LEADS ? LEADS + 1 : LEADS;
    assert_int_equal(m.report.tables[GM_TABLE_SKILL].n_rows, n_rows);
    for (size_t r = 0; r < n_rows; r++) {
      const bool is_own = r + 1 == (size_t)own;
      const double lead = (double)(r + 1);
      assert_near(number(&m, r, "lead"), lead, 0);
      assert_near(number(&m, r, "persistence_rmse_validation"), is_own ? 0.6 : 0.65, 0);
      assert_near(number(&m, r, "linear_regression_rmse_validation"), is_own ? 0.45 : lead / 10, 0);
      assert_near(number(&m, r, "cnn_rmse_validation"), is_own ? 0.4 : lead / 4, 0);
      assert_near(number(&m, r, "cnn_correlation_test"), 1, 0);
    }
    unmake(&m);
  }
}

/* The study's nine programs and two per further lead, each with twice its 0.001 kWh. */
static void runs_of_the_curve_count_in_the_total(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(1, 3, "full")};
  assert_int_equal(make(&m, 3, &err), GM_OK);
  assert_int_equal(m.report.total.n_runs, 9 + 4);
  const double with = m.report.total.energy_kwh;
  gm_report_free(&m.report);
  gm_report_runs_free(&m.study);
  assert_int_equal(make(&m, 0, &err), GM_OK);
  assert_int_equal(m.report.total.n_runs, 9);
  assert_near(with - m.report.total.energy_kwh, 4 * 0.002, 1e-12);
  unmake(&m);
}

static void figure_data_hold_the_same_numbers_one_per_line(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(2, 2, "quick")};
  assert_int_equal(make(&m, 2, &err), GM_OK);
  assert_int_equal(gm_report_write_figure_data(&m.report, m.files.results, &err), GM_OK);
  char *text = fixture_text(&m.files, "skill.csv");
  assert_string_equal(text, "lead,model,split,rmse,correlation,rmse_low,rmse_high,protocol\n"
                            "1,persistence,validation,0.65,0.4,,,quick\n1,persistence,test,0.75,,,,quick\n"
                            "2,persistence,validation,0.6,0.5,,,quick\n2,persistence,test,0.7,,,,quick\n"
                            "1,linear_regression,validation,0.1,1,,,quick\n"
                            "1,linear_regression,test,0.2,1,,,quick\n"
                            "2,linear_regression,validation,0.45,1,0.45,0.45,quick\n"
                            "2,linear_regression,test,0.55,1,,,quick\n"
                            "1,cnn,validation,0.25,1,,,quick\n1,cnn,test,0.35,1,,,quick\n"
                            "2,cnn,validation,0.4,1,0.4,0.4,quick\n2,cnn,test,0.5,1,,,quick\n");
  free(text);
  unmake(&m);
}

/* The land cell at 152°E 1°N meets sea to its west, east and south; the map ends north of it. */
static void the_coast_runs_where_sea_meets_land(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(1, 2, "full")};
  assert_int_equal(make(&m, 2, &err), GM_OK);
  assert_int_equal(gm_report_write_coast(&m.report, m.files.results, &err), GM_OK);
  char *coast = fixture_text(&m.files, "maps_coast.csv");
  assert_string_equal(coast, "longitude,latitude,dx,dy\n151,0,2,0\n151,0,0,2\n153,0,0,2\n");
  free(coast);
  unmake(&m);
}

static void a_missing_lead_names_its_run(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(1, 2, "full")};
  assert_int_equal(make(&m, 3, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "runs/linear_regression-lead3/run.json"));
  fixture_remove(&m.files);
}

static void a_run_of_another_lead_than_its_name_is_refused(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(1, 3, "full")};
  fixture_run(&m.files, "cnn-lead3", 0.001, 0.3, ""); /* lead 1 inside */
  assert_int_equal(make(&m, 3, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "cnn-lead3/run.json: expected a lead of 3, got 1"));
  unmake(&m);
}

/* ---- the page --------------------------------------------------------- */

static const char svg[] = "<svg><path id='p'/></svg>\n";

static char *page(made *m, size_t n_leads) {
  gm_error err = {0};
  fixture_draw_all(&m->files, svg, NULL);
  assert_int_equal(make(m, n_leads, &err), GM_OK);
  assert_int_equal(gm_report_write_page(&m->report, m->files.results, &err), GM_OK);
  return fixture_text(&m->files, "report.html");
}

static void page_of_a_map_study_shows_curve_maps_and_their_units(void **state) {
  (void)state;
  made m = {.files = curve(2, 3, "full")};
  fixture_draw(&m.files, "skill", svg);
  fixture_draw(&m.files, "maps", svg);
  char *text = page(&m, 3);
  static const char *const said[] = {"<h2 id=\"maps\">",
                                     "<figure id=\"fig-skill\">",
                                     "<figure id=\"fig-maps\">",
                                     "<table id=\"skill\">",
                                     "2,261 points of nino12",
                                     "lead 2",
                                     "°C"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) assert_non_null(strstr(text, said[i]));
  assert_null(strstr(text, "The runs differ in <code>dataset.lead"));
  free(text);
  unmake(&m);
}

static void page_of_another_study_has_no_such_section(void **state) {
  (void)state;
  made m = {.files = fixture_study(1, "full")};
  char *text = page(&m, 0);
  assert_null(strstr(text, "id=\"maps\""));
  assert_null(strstr(text, "id=\"skill\""));
  free(text);
  unmake(&m);
}

static void page_of_a_map_study_needs_its_figures(void **state) {
  (void)state;
  gm_error err = {0};
  made m = {.files = curve(1, 2, "full")};
  fixture_draw_all(&m.files, svg, NULL);
  fixture_draw(&m.files, "skill", svg);
  assert_int_equal(make(&m, 2, &err), GM_OK);
  assert_int_equal(gm_report_write_page(&m.report, m.files.results, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "maps.svg"));
  unmake(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_lead_is_read_from_its_own_runs),
      cmocka_unit_test(runs_of_the_curve_count_in_the_total),
      cmocka_unit_test(figure_data_hold_the_same_numbers_one_per_line),
      cmocka_unit_test(the_coast_runs_where_sea_meets_land),
      cmocka_unit_test(a_missing_lead_names_its_run),
      cmocka_unit_test(a_run_of_another_lead_than_its_name_is_refused),
      cmocka_unit_test(page_of_a_map_study_shows_curve_maps_and_their_units),
      cmocka_unit_test(page_of_another_study_has_no_such_section),
      cmocka_unit_test(page_of_a_map_study_needs_its_figures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
