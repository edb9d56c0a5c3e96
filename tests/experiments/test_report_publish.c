/* SPDX-License-Identifier: MIT
 * What a study leaves for programs and archives: study.json, README.md, ro-crate-metadata.json, of the
 * fixture's round numbers. */
#include "common/json.h"
#include "experiments/report/publication.h"
#include "tests/report_fixture.h"

typedef gm_status write_file(const gm_report *report, const char *results, gm_error *err);

static void write_of(const report_fixture *f, write_file *put) {
  gm_report_runs study = {0};
  gm_report report = {0};
  gm_error err = {0};
  assert_int_equal(gm_report_runs_load(&study, f->results, 0, 0, &err), GM_OK);
  assert_int_equal(gm_report_make(&report, &study, &err), GM_OK);
  assert_int_equal(put(&report, f->results, &err), GM_OK);
  gm_report_free(&report);
  gm_report_runs_free(&study);
}

static struct json_object *json_of(const report_fixture *f, const char *name) {
  char path[128];
  struct json_object *root = NULL;
  gm_error err = {0};
  snprintf(path, sizeof path, "%s/%s", f->results, name);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  return root;
}

static struct json_object *member(struct json_object *object, const char *key) {
  struct json_object *value = NULL;
  assert_true(json_object_object_get_ex(object, key, &value));
  return value;
}

static void study_json_has_the_tables_the_total_and_the_runs(void **state) {
  (void)state;
  const report_fixture f = fixture_study(2, "full");
  write_of(&f, gm_report_write_study_json);
  struct json_object *root = json_of(&f, "study.json");
  assert_string_equal(gm_json_text(root, "schema"), "greenmile-study-1");
  assert_string_equal(gm_json_text(root, "protocol"), "full");
  assert_true(gm_json_number(root, "seeds") == 2);
  struct json_object *table3 = member(member(root, "tables"), "table3"), *rows = member(table3, "rows");
  assert_int_equal(json_object_array_length(rows), 8); /* the poster's rows and persistence */
  struct json_object *persistence = json_object_array_get_idx(rows, 0),
                     *cnn = json_object_array_get_idx(rows, 2);
  assert_string_equal(gm_json_text(persistence, "model"), "Persistence");
  assert_null(member(persistence, "emissions_kg")); /* nothing is trained: not 0 */
  assert_string_equal(gm_json_text(cnn, "model"), "CNN");
  struct json_object *runs = member(root, "runs");
  assert_int_equal((int)json_object_array_length(runs), (int)gm_json_number(member(root, "total"), "runs"));
  assert_string_equal(gm_json_text(json_object_array_get_idx(runs, 1), "name"), "cnn-seed0");
  /* every run of the fixture: energy from half to double, 0.5 kg a kWh */
  struct json_object *total = member(root, "total");
  const double kwh = gm_json_number(total, "energy_kwh");
  assert_true(kwh > 0);
  assert_near(gm_json_number(total, "energy_low_kwh"), kwh / 2, 1e-12);
  assert_near(gm_json_number(total, "energy_high_kwh"), kwh * 2, 1e-12);
  assert_near(gm_json_number(total, "emissions_kg"), kwh / 2, 1e-12);
  assert_near(gm_json_number(total, "emissions_low_kg"), kwh / 2 * FIXTURE_EMISSIONS_LOW, 1e-12);
  assert_near(gm_json_number(total, "emissions_high_kg"), kwh / 2 * FIXTURE_EMISSIONS_HIGH, 1e-12);
  json_object_put(root);
  fixture_remove(&f);
}

static bool is_described(struct json_object *graph, const char *id) {
  for (size_t i = 0; i < json_object_array_length(graph); i++)
    if (strcmp(gm_json_text(json_object_array_get_idx(graph, i), "@id"), id) == 0) return true;
  return false;
}

/* Every {"@id": …} inside value, at any depth, is an entity of the graph. */
static void assert_described(struct json_object *graph, struct json_object *value) {
  if (json_object_is_type(value, json_type_array)) {
    for (size_t i = 0; i < json_object_array_length(value); i++)
      assert_described(graph, json_object_array_get_idx(value, i));
  } else if (json_object_is_type(value, json_type_object)) {
    const char *id = gm_json_text(value, "@id");
    if (json_object_object_length(value) == 1 && id != NULL &&
        strncmp(id, "https://w3id.org/ro/crate/", 26) != 0 && !is_described(graph, id))
      fail_msg("%s is referred to and not described", id);
    json_object_object_foreach(value, key, inner) {
      (void)key;
      assert_described(graph, inner);
    }
  }
}

/* Process Run Crate: the root names the profile, every run is a CreateAction of a described program
 * with a described result. */
static void crate_describes_whatever_it_refers_to(void **state) {
  (void)state;
  static const char *const made[] = {"tables/", "figures/", "report.html", NULL};
  const report_fixture f = fixture_study(2, "full");
  gm_error err = {0};
  char path[128];
  for (const char *const *name = (const char *const[]){"tables", "figures", NULL}; *name != NULL; name++) {
    snprintf(path, sizeof path, "%s/%s", f.results, *name);
    assert_int_equal(gm_make_directories(path, &err), GM_OK);
  }
  snprintf(path, sizeof path, "%s/report.html", f.results);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fclose(out);
  write_of(&f, gm_report_write_crate);
  struct json_object *root = json_of(&f, "ro-crate-metadata.json"), *graph = member(root, "@graph");
  assert_described(graph, graph);
  assert_true(is_described(graph, "https://w3id.org/ro/wfrun/process/0.5"));
  assert_true(is_described(graph, "#run-cnn-seed1"));
  assert_true(is_described(graph, "runs/cnn-seed1/run.json"));
  size_t actions = 0;
  for (size_t i = 0; i < json_object_array_length(graph); i++) {
    struct json_object *entity = json_object_array_get_idx(graph, i);
    if (strcmp(gm_json_text(entity, "@type"), "CreateAction") != 0) continue;
    actions++;
    member(entity, "instrument");
    struct json_object *result = member(entity, "result");
    if (strcmp(gm_json_text(entity, "@id"), "#report-made") == 0)
      for (const char *const *name = made; *name != NULL; name++) assert_true(is_described(result, *name));
  }
  assert_int_equal(actions,
                   5 + 4 * 2 + 1); /* LR, two searches, two inferences; four networks twice; the report */
  json_object_put(root);
  fixture_remove(&f);
}

static void readme_shows_the_answer_the_tables_and_the_disclosure(void **state) {
  (void)state;
  for (int quick = 0; quick < 2; quick++) {
    const report_fixture f = fixture_study(1, quick ? "quick" : "full");
    write_of(&f, gm_report_write_readme);
    char *text = fixture_text(&f, "README.md");
    assert_non_null(strstr(text, "Is the bigger model worth it?"));
    assert_non_null(strstr(text, "| CNN + Hyperparameter Tuning |"));
    assert_non_null(strstr(text, "## Disclosure"));
    assert_int_equal(strstr(text, "Quick protocol") != NULL, quick);
    assert_null(strstr(text, "{{"));
    free(text);
    fixture_remove(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(study_json_has_the_tables_the_total_and_the_runs),
      cmocka_unit_test(crate_describes_whatever_it_refers_to),
      cmocka_unit_test(readme_shows_the_answer_the_tables_and_the_disclosure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
