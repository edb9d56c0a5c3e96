/* SPDX-License-Identifier: MIT
 * Whose CPU time it was, and when a run is marked: a neighbour that burns a core beside a run of one. */
#include "common/json.h"
#include "experiments/run/foreign_load.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fake_machine.h"

/* run.json of an interval of wall_s on two CPUs, `machine` and `own` CPUs of which were busy. */
static struct json_object *load(gm_experiment *e, double machine, double own, double wall_s, bool shared) {
  struct json_object *run = json_object_new_object();
  const gm_energy energy = {.duration_s = wall_s,
                            .utilisation = machine / 2,
                            .process_share = own / 2,
                            .busy_share = isnan(machine) ? NAN : own / machine};
  *e = (gm_experiment){.program = "test", .warnings = json_object_new_array()};
  e->stopped.online_cpus = 2;
  gm_foreign_load_add(run, e, &energy, wall_s, shared);
  return run;
}

static bool busy(struct json_object *run) {
  return json_object_get_boolean(json_object_object_get(run, "machine_busy"));
}

static void a_neighbour_that_burns_a_core_marks_the_run(void **state) {
  (void)state;
  gm_experiment e;
  struct json_object *run = load(&e, 2, 1, 10, false);
  assert_true(busy(run));
  assert_true(fabs(gm_json_number(run, "foreign_cpu_s") - 10) < 1e-12);
  assert_true(fabs(gm_json_number(run, "foreign_cpu_share") - 0.5) < 1e-12);
  assert_int_equal(json_object_array_length(e.warnings), 1);
  assert_non_null(strstr(json_object_get_string(json_object_array_get_idx(e.warnings, 0)),
                         "Not comparable: the machine was busy. 50 %"));
  json_object_put(run);
  json_object_put(e.warnings);
}

static void an_idle_machine_marks_nothing(void **state) {
  (void)state;
  gm_experiment e;
  struct json_object *run = load(&e, 1.05, 1, 10, false);
  assert_false(busy(run));
  assert_int_equal(json_object_array_length(e.warnings), 0);
  assert_true(fabs(gm_json_number(run, "foreign_cpu_s") - 0.5) < 1e-12);
  json_object_put(run);
  json_object_put(e.warnings);
}

/* 30 ms of which 20 were "others'": two ticks of /proc/stat. */
static void ticks_of_a_short_run_mark_nothing(void **state) {
  (void)state;
  gm_experiment e;
  struct json_object *run = load(&e, 1, 1 / 3.0, 0.03, false);
  assert_false(busy(run));
  json_object_put(run);
  json_object_put(e.warnings);
}

static void what_cannot_be_known_is_null(void **state) {
  (void)state;
  for (int shared = 0; shared <= 1; shared++) {
    gm_experiment e;
    struct json_object *run = load(&e, shared ? 2 : NAN, 1, 10, shared), *member;
    assert_true(json_object_object_get_ex(run, "machine_busy", &member));
    assert_null(member);
    assert_true(isnan(gm_json_number(run, "foreign_cpu_share")));
    json_object_put(run);
    json_object_put(e.warnings);
  }
}

/* Through the meter and a fake /proc/stat: ten seconds on four CPUs of which the run kept one busy, alone and
 * with a neighbour that burns another. */
static void the_meter_sees_the_neighbour_in_proc_stat(void **state) {
  fake_machine *f = *state;
  gm_meter *meter = fake_meter(f);
  double busy_s = 100;
  for (int neighbours = 0; neighbours <= 1; neighbours++) {
    gm_experiment e = {.program = "test", .meter = meter, .warnings = json_object_new_array()};
    gm_energy energy;
    gm_meter_read(meter, &e.started);
    fake_advance(f, 10);
    fake_stat(f, 4, busy_s += 10 * (1 + neighbours));
    f->cpu_ns += 10000000000;
    gm_meter_read(meter, &e.stopped);
    gm_meter_between(meter, &e.started, &e.stopped, NULL, &energy);
    struct json_object *run = json_object_new_object();
    gm_foreign_load_add(run, &e, &energy, energy.duration_s, false);
    assert_int_equal(busy(run), neighbours == 1);
    assert_true(fabs(gm_json_number(run, "foreign_cpu_s") - 10 * neighbours) < 0.05); /* ticks of 10 ms */
    assert_int_equal(json_object_array_length(e.warnings), neighbours);
    assert_false(gm_energy_is_own(meter, &energy));
    json_object_put(run);
    json_object_put(e.warnings);
  }
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_neighbour_that_burns_a_core_marks_the_run),
      cmocka_unit_test(an_idle_machine_marks_nothing),
      cmocka_unit_test(ticks_of_a_short_run_mark_nothing),
      cmocka_unit_test(what_cannot_be_known_is_null),
      cmocka_unit_test_setup_teardown(the_meter_sees_the_neighbour_in_proc_stat, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
