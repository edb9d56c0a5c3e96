/* SPDX-License-Identifier: MIT
 * track compare: two run records side by side, with the ratio and whether the intervals part. */
#include "common/json.h"
#include "experiments/track/commands.h"
#include "experiments/track/record_check.h"
#include "experiments/track/session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *label, *key, *low, *high; /* low, high NULL: has no interval */
} quantity;

static double number(struct json_object *record, const char *key) {
  return key != NULL ? gm_json_number(record, key) : NAN;
}

static void print_number(double value) {
  if (isnan(value))
    printf(" %12s", "-");
  else
    printf(" %12.5g", value);
}

static void print_quantity(const quantity *q, struct json_object *a, struct json_object *b) {
  const double va = number(a, q->key), vb = number(b, q->key);
  const double la = number(a, q->low), ha = number(a, q->high), lb = number(b, q->low),
               hb = number(b, q->high);
  if (isnan(va) && isnan(vb)) return;
  printf("%-14s", q->label);
  print_number(va);
  print_number(vb);
  if (va > 0 && !isnan(vb)) printf("  B/A %.4g", vb / va);
  if (la > 0 && ha > 0 && !isnan(lb) && !isnan(hb))
    printf(" (%.4g to %.4g)%s", lb / ha, hb / la,
           ha < lb || hb < la ? "  intervals part" : "  intervals overlap");
  printf("\n");
}

static void print_text(const char *label, const char *key, struct json_object *a, struct json_object *b) {
  const char *ta = gm_json_text(a, key), *tb = gm_json_text(b, key);
  printf("%-14s A: %s\n%-14s B: %s\n", label, ta != NULL ? ta : "-", "", tb != NULL ? tb : "-");
}

/* ---- what else differs ---------------------------------------------------------- */

/* A member as text, NULL where it is absent or null. */
static const char *text_of(struct json_object *record, const char *key) {
  struct json_object *member = json_object_object_get(record, key);
  return member != NULL ? json_object_get_string(member) : NULL;
}

static void note_differences(struct json_object *a, struct json_object *b) {
  static const struct {
    const char *key, *what;
  } members[] = {{"energy_sources", "the sources differ"},
                 {"energy_scope", "what the energy is of differs"},
                 {"pue", "the PUE, which is in the energy, differs"},
                 {"cpu_model", "the CPU models differ"},
                 {"carbon_intensity_g_per_kwh", "the carbon intensities, g/kWh, differ"}};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    const char *ta = text_of(a, members[i].key), *tb = text_of(b, members[i].key);
    if (ta == NULL || tb == NULL || strcmp(ta, tb) == 0) continue;
    printf("note: %s", members[i].what);
    if (i > 0) printf(" (%s, %s)", ta, tb); /* the sources are printed above */
    printf(": the ratio compares more than the two commands\n");
  }
}

/* Of one record: what its figures are not. */
static void note_record(const char *name, struct json_object *record) {
  const char *state = gm_json_text(record, "state");
  if (state != NULL && strcmp(state, "complete") != 0)
    printf("note: %s is of a run that had not ended (%s)\n", name, state);
  struct json_object *notes = json_object_object_get(record, "energy_notes");
  for (size_t i = 0; json_object_is_type(notes, json_type_array) && i < json_object_array_length(notes); i++)
    printf("note: %s: %s\n", name, json_object_get_string(json_object_array_get_idx(notes, i)));
}

/* ---- the records ------------------------------------------------------------------ */

static gm_status read_record(const char *path, struct json_object **record, gm_error *err) {
  const gm_status status = gm_json_read(path, record, err);
  if (status != GM_OK) return status;
  if (gm_json_number(*record, "energy_kwh") >= 0 && gm_json_number(*record, "duration_s") >= 0)
    return gm_track_record_check(path, *record, err);
  return gm_fail(err, GM_BAD_INPUT, "%s: expected a record of track or a run.json (energy_kwh, duration_s)",
                 path);
}

static gm_status compare(const char *path_a, const char *path_b, gm_error *err) {
  static const quantity quantities[] = {
      {"duration s", "duration_s", NULL, NULL},
      {"energy kWh", "energy_kwh", "energy_low_kwh", "energy_high_kwh"},
      {"power W", "power_w", NULL, NULL},
      {"emissions kg", "emissions_kg", "emissions_low_kg", "emissions_high_kg"},
  };
  static const quantity attributed = {"attributed kWh", "attributed_kwh", "attributed_low_kwh",
                                      "attributed_high_kwh"};
  struct json_object *a = NULL, *b = NULL;
  gm_status status = read_record(path_a, &a, err);
  if (status == GM_OK) status = read_record(path_b, &b, err);
  if (status == GM_OK) {
    printf("%-14s %12s %12s\n", "", "A", "B");
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) print_quantity(&quantities[i], a, b);
    struct json_object *in_a = json_object_object_get(a, "attribution");
    struct json_object *in_b = json_object_object_get(b, "attribution");
    if (in_a != NULL && in_b != NULL) print_quantity(&attributed, in_a, in_b);
    print_text("sources", "energy_sources", a, b);
    note_differences(a, b);
    note_record("A", a);
    note_record("B", b);
    printf(
        "Intervals are each record's 95 %% interval. What both share (the same sensor, the same model) errs\n"
        "alike in both, so the ratio is better known than its interval, bound over bound, says.\n");
  }
  json_object_put(a);
  json_object_put(b);
  return status;
}

int gm_track_compare(int argc, char **argv) {
  gm_error err = {0};
  gm_options_action action;
  int first = argc;
  const gm_program program = {.name = "track compare",
                              .usage = "A.json B.json",
                              .description =
                                  "Compares two records of track (or run.json of the suite's programs)."};
  gm_status status = gm_options_parse(&program, argc, argv, &action, &first, &err);
  if (status == GM_OK && !gm_options_answer(&program, action))
    status = first + 2 != argc
                 ? gm_fail(&err, GM_BAD_INPUT, "expected two records: track compare A.json B.json")
                 : compare(argv[first], argv[first + 1], &err);
  return gm_track_exit(status, &err);
}
