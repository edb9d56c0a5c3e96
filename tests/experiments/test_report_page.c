/* SPDX-License-Identifier: MIT
 * The page, the disclosure and the sentences. */
#include "experiments/report/disclosure.h"
#include "experiments/report/publication.h"
#include "experiments/report/svg.h"
#include "tests/report_fixture.h"

#include <math.h>

static const char svg[] =
    "<?xml version=\"1.0\"?>\n<svg width=\"9\">\n<title>Gnuplot</title>\n<path id='p1'/>"
    "<g id=\"g1\"/><use xlink:href='#p1'/><rect fill=\"url(#g1)\"/>\n</svg>\n";

static gm_status write_page(const report_fixture *f, gm_error *err) {
  gm_report_runs study = {0};
  gm_report report = {0};
  assert_int_equal(gm_report_runs_load(&study, f->results, 0, 0, err), GM_OK);
  assert_int_equal(gm_report_make(&report, &study, err), GM_OK);
  const gm_status status = gm_report_write_page(&report, f->results, err);
  gm_report_free(&report);
  gm_report_runs_free(&study);
  return status;
}

static void inlined_svg_keeps_its_ids_to_itself(void **state) {
  (void)state;
  report_fixture f = {.results = "/tmp/greenmile-svg-XXXXXX"};
  assert_non_null(mkdtemp(f.results));
  fixture_draw(&f, "fig1", svg);
  char path[128], *text = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/figures/fig1.svg", f.results);
  FILE *out = open_memstream(&text, &size);
  assert_int_equal(gm_report_inline_svg(out, path, "a-", "a-caption", NULL), GM_OK);
  fclose(out);
  assert_string_equal(text,
                      "<svg role=\"img\" aria-labelledby=\"a-caption\" width=\"9\">\n\n<path id='a-p1'/>"
                      "<g id=\"a-g1\"/><use xlink:href='#a-p1'/><rect fill=\"url(#a-g1)\"/>\n</svg>\n");
  free(text);
  fixture_remove(&f);
}

static void page_is_self_contained_and_escaped(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(2, "full");
  fixture_draw_all(&f, svg, NULL);
  assert_int_equal(write_page(&f, &err), GM_OK);
  char *page = fixture_text(&f, "report.html");
  static const char *const ids[] = {"question",   "findings", "tables", "figures", "measured", "disclosure",
                                    "provenance", "warnings", "table1", "table2",  "table3",   "table4",
                                    "inference",  "ratios",   "fig1",   "fig8"};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    char id[32];
    snprintf(id, sizeof id, "id=\"%s\"", ids[i]);
    assert_non_null(strstr(page, id));
  }
  assert_null(strstr(page, "src="));
  assert_null(strstr(page, "href=\"http"));
  assert_null(strstr(page, "@import"));
  assert_null(strstr(page, "<CPU>"));
  assert_non_null(strstr(page, "R&amp;D 50% &lt;CPU&gt;"));
  assert_non_null(strstr(page, "low_res"));
  assert_null(strstr(page, "quick protocol"));
  free(page);
  fixture_remove(&f);
}

static void quick_page_says_so(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "quick");
  fixture_draw_all(&f, svg, NULL);
  assert_int_equal(write_page(&f, &err), GM_OK);
  char *page = fixture_text(&f, "report.html"), *disclosure = fixture_text(&f, "disclosure.md");
  assert_non_null(strstr(page, "class=\"quick\""));
  assert_non_null(strstr(disclosure, "Quick protocol"));
  free(page);
  free(disclosure);
  fixture_remove(&f);
}

static void missing_figure_leaves_no_page(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "full");
  fixture_draw_all(&f, svg, "fig8");
  assert_int_equal(write_page(&f, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "fig8.svg"));
  char path[128];
  snprintf(path, sizeof path, "%s/report.html", f.results);
  assert_int_not_equal(access(path, F_OK), 0);
  fixture_remove(&f);
}

/* 0.244002 kWh and half as many kg by the fixture's 500 g/kWh. */
static void disclosure_states_what_a_reader_needs(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "full");
  fixture_draw_all(&f, svg, NULL);
  assert_int_equal(write_page(&f, &err), GM_OK);
  char *markdown = fixture_text(&f, "disclosure.md"), *tex = fixture_text(&f, "disclosure.tex");
  static const char *const said[] = {"modelled, not measured",
                                     "0.244 kWh [0.122 to 0.488]",
                                     "MWh",
                                     "SCI: Training, CNN",
                                     "0.122 kg",
                                     "500 g",
                                     "2023",
                                     "somebody",
                                     "WLD",
                                     "one; two",
                                     "Seeds"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    assert_non_null(strstr(markdown, said[i]));
    assert_non_null(strstr(tex, said[i]));
  }
  assert_non_null(strstr(tex, "R\\&D 50\\% \\textless{}CPU\\textgreater{}"));
  assert_non_null(strstr(tex, "greenmile 1\\_0"));
  free(markdown);
  free(tex);
  fixture_remove(&f);
}

/* The CNN of the fixture: 0.004 kg and 10 s, of a machine whose making is 0.36 kg per hour: 0.001 kg. */
static void making_and_sci_are_stated_apart_and_can_be_left_out(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "full");
  for (int left_out = 0; left_out < 2; left_out++) {
    gm_report_runs study = {0};
    gm_report report = {0};
    gm_disclosure d;
    assert_int_equal(gm_report_runs_load(&study, f.results, 0, 0, &err), GM_OK);
    assert_int_equal(gm_report_make(&report, &study, &err), GM_OK);
    report.no_embodied = left_out == 1;
    assert_int_equal(gm_disclosure_make(&d, &report, &err), GM_OK);
    const struct json_object *score = json_object_array_get_idx(json_object_object_get(d.json, "scores"), 1);
    assert_string_equal(gm_json_text(score, "what"), "Training, CNN");
    assert_near(gm_json_number(json_object_object_get(score, "operation"), "kg"), 0.004, 1e-12);
    assert_near(gm_json_number(json_object_object_get(score, "operation"), "high_kg"),
                0.004 * FIXTURE_EMISSIONS_HIGH, 1e-12);
    const double making_kg = gm_json_number(json_object_object_get(score, "making"), "kg");
    const double sum_kg = left_out ? 0.004 : 0.005;
    if (left_out)
      assert_true(isnan(making_kg));
    else
      assert_near(making_kg, 0.001, 1e-12);
    assert_near(gm_json_number(json_object_object_get(score, "sci"), "kg"), sum_kg, 1e-12);
    assert_near(gm_json_number(json_object_object_get(score, "sci_per_flop"), "kg"), sum_kg / 1e9, 1e-20);
    assert_near(gm_json_number(d.json, "energy_mwh"), 0.244002002002 / 1000, 1e-12);
    assert_true((strstr(d.paragraph, "quoted and not measured") != NULL) == !left_out);
    const struct json_object *market = json_object_object_get(d.json, "market_emissions");
    assert_true(isnan(gm_json_number(market, "kg"))); /* no contract is ever assumed */
    gm_disclosure_free(&d);
    gm_report_free(&report);
    gm_report_runs_free(&study);
  }
  fixture_remove(&f);
}

/* A contract of 20 g/kWh stands beside the fixture's 500 g/kWh and changes nothing of it. */
static void a_contract_stands_beside_the_other_figure(void **state) {
  (void)state;
  gm_error err = {0};
  const report_fixture f = fixture_study(1, "full");
  gm_report_runs study = {0};
  gm_report report = {0};
  gm_disclosure d;
  assert_int_equal(gm_report_runs_load(&study, f.results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&report, &study, &err), GM_OK);
  assert_true(isnan(report.contract_g_per_kwh));
  report.contract_g_per_kwh = 20;
  assert_int_equal(gm_disclosure_make(&d, &report, &err), GM_OK);
  const struct json_object *market = json_object_object_get(d.json, "market_emissions");
  const struct json_object *place = json_object_object_get(d.json, "emissions");
  assert_near(gm_json_number(market, "kg"), 0.244002002002 * 0.02, 1e-12);
  assert_near(gm_json_number(market, "low_kg"), 0.122001001001 * 0.02, 1e-12);
  assert_near(gm_json_number(place, "kg"), 0.122001001001, 1e-12);
  const char *items = json_object_to_json_string(json_object_object_get(d.json, "items"));
  assert_non_null(strstr(items, "Emissions by contract, whole study"));
  assert_non_null(strstr(items, "market-based"));
  assert_non_null(strstr(items, "(all trials of the search)"));
  gm_disclosure_free(&d);
  gm_report_free(&report);
  gm_report_runs_free(&study);
  fixture_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(inlined_svg_keeps_its_ids_to_itself),
      cmocka_unit_test(page_is_self_contained_and_escaped),
      cmocka_unit_test(quick_page_says_so),
      cmocka_unit_test(missing_figure_leaves_no_page),
      cmocka_unit_test(disclosure_states_what_a_reader_needs),
      cmocka_unit_test(a_contract_stands_beside_the_other_figure),
      cmocka_unit_test(making_and_sci_are_stated_apart_and_can_be_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
