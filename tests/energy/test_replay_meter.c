/* SPDX-License-Identifier: MIT
 * A meter from the first line of a log: whole, or refused; a log may come from anywhere. */
#include "energy/meter_state.h"
#include "energy/record/replay_meter.h"
#include "tests/assert_near.h"

#include <string.h>

static const char zone_text[] =
    "{\"name\": \"package-0\", \"component\": 0, \"measured\": true, \"mirror_group\": 0, "
    "\"mirror_relative\": 0,"
    " \"device\": 0, \"stand_in\": false, \"slack_s\": 0.002, \"resolution_uj\": 0, \"tick_s\": 0.001,"
    " \"max_power_w\": 1000, \"sensor_relative\": 0.05, \"counter\": true, \"range_uj\": 262143328850,"
    " \"low_factor\": 1, \"high_factor\": 1}";
static const char source_text[] =
    "{\"name\": \"powercap\", \"note\": \"\", \"first\": 0, \"n\": 1, \"reasons\": 0}";

/* A line with one zone of one source; *zone and *source are parts of it. */
static struct json_object *line(struct json_object **zone, struct json_object **source) {
  struct json_object *root = json_object_new_object(), *zones = json_object_new_array(),
                     *sources = json_object_new_array();
  *zone = json_tokener_parse(zone_text);
  *source = json_tokener_parse(source_text);
  assert_true(*zone != NULL && *source != NULL);
  json_object_object_add(root, "pue", json_object_new_double(1));
  json_object_array_add(zones, *zone);
  json_object_array_add(sources, *source);
  json_object_object_add(root, "zones", zones);
  json_object_object_add(root, "sources", sources);
  return root;
}

static gm_status rebuild(struct json_object *root) {
  gm_meter meter;
  memset(&meter, 0, sizeof meter);
  return gm_rebuild_meter("log.csv", root, NAN, &meter, NULL);
}

static void a_whole_line_makes_a_meter(void **state) {
  (void)state;
  struct json_object *zone, *source, *root = line(&zone, &source);
  assert_int_equal(rebuild(root), GM_OK);
  json_object_put(root);
}

static void without_any_one_member_it_is_refused(void **state) {
  (void)state;
  static const char *const of_zone[] = {"name",     "component",     "mirror_group",    "device",
                                        "slack_s",  "resolution_uj", "tick_s",          "max_power_w",
                                        "range_uj", "low_factor",    "sensor_relative", "high_factor"};
  static const char *const of_source[] = {"name", "first", "n", "reasons"};
  for (size_t i = 0; i < sizeof of_zone / sizeof *of_zone; i++) {
    struct json_object *zone, *source, *root = line(&zone, &source);
    json_object_object_del(zone, of_zone[i]);
    if (rebuild(root) != GM_BAD_INPUT) fail_msg("a zone without %s passes", of_zone[i]);
    json_object_put(root);
  }
  for (size_t i = 0; i < sizeof of_source / sizeof *of_source; i++) {
    struct json_object *zone, *source, *root = line(&zone, &source);
    json_object_object_del(source, of_source[i]);
    if (rebuild(root) != GM_BAD_INPUT) fail_msg("a source without %s passes", of_source[i]);
    json_object_put(root);
  }
}

static void what_points_beyond_its_list_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *key;
    int value;
  } of_source[] = {{"first", 1}, {"first", -1}, {"n", 2}, {"n", -1}, {"n", 0}, {"reasons", -1}};
  for (size_t i = 0; i < sizeof of_source / sizeof *of_source; i++) {
    struct json_object *zone, *source, *root = line(&zone, &source);
    json_object_object_add(source, of_source[i].key, json_object_new_int(of_source[i].value));
    assert_int_equal(rebuild(root), GM_BAD_INPUT);
    json_object_put(root);
  }
  struct json_object *zone, *source, *root = line(&zone, &source);
  json_object_object_add(zone, "component", json_object_new_int(GM_N_COMPONENTS));
  assert_int_equal(rebuild(root), GM_BAD_INPUT);
  json_object_put(root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_line_makes_a_meter),
      cmocka_unit_test(without_any_one_member_it_is_refused),
      cmocka_unit_test(what_points_beyond_its_list_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
