/* SPDX-License-Identifier: MIT
 * Logs of readings and their replay: a run full of wraps, restarts, failed reads and sleep is
 * worked out again from the raw values alone and has to agree in everything. */
#include "common/rng.h"
#include "energy/record/readings_log.h"
#include "tests/fake_machine.h"

static void log_path(const fake_machine *f, char path[FAKE_PATH]) {
  fake_print(path, "%s/log.csv", f->root);
}

/* A meter on the fake machine whose readings go to the log. */
static gm_meter *open_logged(fake_machine *f, gm_readings_log **log) {
  char path[FAKE_PATH];
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  log_path(f, path);
  assert_int_equal(gm_readings_log_create(log, path, NULL), GM_OK);
  config.observer = gm_readings_log_observer(*log);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_readings_log_begin(*log, meter);
  return meter;
}

static void assert_same_energy(const gm_energy *a, const gm_energy *b) {
  assert_near(a->duration_s, b->duration_s, 0);
  assert_near(a->energy_j, b->energy_j, 0);
  assert_near(a->low_j, b->low_j, 0);
  assert_near(a->high_j, b->high_j, 0);
  for (int c = 0; c < GM_N_COMPONENTS; c++)
    assert_true(isnan(a->component_j[c]) ? isnan(b->component_j[c]) : a->component_j[c] == b->component_j[c]);
  assert_int_equal(a->reasons, b->reasons);
  assert_int_equal(a->scope, b->scope);
}

static void a_troubled_run_replays_to_the_last_bit(void **state) {
  fake_machine *f = *state;
  enum { steps = 400 };
  gm_rng rng;
  gm_readings_log *log;
  gm_reading start, now;
  gm_energy live, again;
  gm_replay replay;
  char path[FAKE_PATH];
  uint64_t package_uj = INTEL_RANGE_UJ - 1000000000, dram_uj = 0;
  double busy_s = 100;
  gm_rng_seed(&rng, 20260808);
  fake_zone(f, "intel-rapl:0", "package-0", package_uj, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", dram_uj, 65712999613);
  gm_meter *meter = open_logged(f, &log);
  gm_meter_read(meter, &start);
  for (int i = 0; i < steps; i++) {
    const double dt_s = 0.2 + gm_rng_double(&rng) * (i % 50 == 49 ? 400 : 2);
    const uint32_t event = gm_rng_u32(&rng) % 40;
    fake_advance(f, dt_s);
    if (event == 0) f->asleep_ns += 5000000000; /* a suspend */
    package_uj = (package_uj + (uint64_t)(dt_s * 150e6)) % INTEL_RANGE_UJ;
    dram_uj += (uint64_t)(dt_s * 10e6);
    if (event == 1) package_uj = 12345; /* a restart */
    fake_energy(f, "intel-rapl:0", package_uj);
    fake_energy(f, "intel-rapl:0:0", dram_uj);
    if (event == 2) fake_zone_write(f, "intel-rapl:0", "energy_uj", ""); /* a failed read */
    busy_s += dt_s;
    fake_stat(f, 4, busy_s);
    gm_meter_read(meter, &now);
  }
  gm_meter_between(meter, &start, &now, NULL, &live);
  assert_true(fake_has(live.reasons, GM_RESET)); /* the trace has what it should have */
  assert_true(fake_has(live.reasons, GM_READ_ERROR) && fake_has(live.reasons, GM_GAP));
  assert_true(now.zones[0].wraps > 0);
  gm_meter_close(meter);
  gm_readings_log_mark(log, &start, &now);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK);

  log_path(f, path);
  assert_int_equal(gm_replay_open(&replay, path, NAN, NULL), GM_OK);
  assert_int_equal(replay.n, steps + 1);
  assert_int_equal(replay.differences, 0);
  gm_meter_between(replay.meter, &replay.readings[replay.start], &replay.readings[replay.stop], NULL, &again);
  assert_same_energy(&live, &again);
  gm_replay_close(&replay);
}

/* The meter has seen the counter stand still before the first reading of the log: what that one and the next
 * say of it depends on the time before. `silent_s` before the log begins, then half a second more. */
static void replay_a_stall(fake_machine *f, double silent_s) {
  gm_readings_log *log;
  gm_reading start, now;
  gm_energy live, again;
  gm_replay replay;
  char path[FAKE_PATH];
  fake_zone(f, "intel-rapl:0", "package-0", 1000000, INTEL_RANGE_UJ);
  gm_meter *meter = open_logged(f, &log);
  fake_advance(f, silent_s);
  gm_meter_read(meter, &start);
  fake_advance(f, 0.5);
  gm_meter_read(meter, &now);
  fake_energy(f, "intel-rapl:0", 5000000);
  fake_advance(f, 0.1);
  gm_meter_read(meter, &now);
  assert_int_equal(now.zones[0].stalls, 1);
  gm_meter_between(meter, &start, &now, NULL, &live);
  gm_meter_close(meter);
  gm_readings_log_mark(log, &start, &now);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK);
  log_path(f, path);
  assert_int_equal(gm_replay_open(&replay, path, NAN, NULL), GM_OK);
  gm_meter_between(replay.meter, &replay.readings[replay.start], &replay.readings[replay.stop], NULL, &again);
  assert_same_energy(&live, &again);
  assert_int_equal(replay.readings[replay.stop].zones[0].missing_uj, now.zones[0].missing_uj);
  gm_replay_close(&replay);
}

static void a_stall_that_began_before_the_log_replays_to_the_last_bit(void **state) {
  replay_a_stall(*state, 0.9);
}

static void a_counter_at_a_stand_when_the_log_begins_replays_to_the_last_bit(void **state) {
  replay_a_stall(*state, 30);
}

static void a_log_without_marks_is_replayed_whole(void **state) {
  fake_machine *f = *state;
  gm_readings_log *log;
  gm_reading r;
  gm_replay replay;
  gm_energy e;
  char path[FAKE_PATH];
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter *meter = open_logged(f, &log);
  for (uint64_t i = 0; i < 3; i++) {
    fake_energy(f, "intel-rapl:0", i * 5000000);
    fake_advance(f, 2);
    gm_meter_read(meter, &r);
  }
  gm_meter_close(meter);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK); /* as after SIGKILL: no marks */
  log_path(f, path);
  assert_int_equal(gm_replay_open(&replay, path, 2, NULL), GM_OK);
  gm_meter_between(replay.meter, &replay.readings[replay.start], &replay.readings[replay.stop], NULL, &e);
  assert_near(e.component_j[GM_CPU], 2 * 10, 1e-9); /* with the PUE that was asked for */
  gm_replay_close(&replay);
}

static void what_is_no_log_is_refused_with_its_line(void **state) {
  fake_machine *f = *state;
  static const struct {
    const char *text, *sentence;
  } cases[] = {
      {"", "expected a log"},
      {"a,b\n1,2\n", "expected a log"},
      {"# {\"schema\":\"other-1\"}\na\n1\n", "expected a log"},
      {"# {\"schema\":\"greenmile-readings-2\"}\na\n1\n", "line 1: expected pue, zones and sources"},
      {"# {\"schema\":\"greenmile-readings-2\",\"pue\":1,\"zones\":[{}],\"sources\":[]}\na\n1\n",
       "a zone is incomplete"},
      {"# "
       "{\"schema\":\"greenmile-readings-2\",\"pue\":1,\"zones\":[],\"sources\":[{\"name\":\"magic\","
       "\"first\":0,\"n\":0,"
       "\"reasons\":0}]}\na\n1\n",
       "incomplete or unknown"},
      {"# "
       "{\"schema\":\"greenmile-readings-2\",\"pue\":1,\"zones\":[],\"sources\":[{\"name\":\"powercap\","
       "\"first\":0,\"n\":5,"
       "\"reasons\":0}]}\na\n1\n",
       "incomplete or unknown"},
      {"# {\"schema\":\"greenmile-readings-2\",\"pue\":1,\"zones\":[],\"sources\":[]}\na\n1\n", "column"},
  };
  char path[FAKE_PATH];
  log_path(f, path);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_replay replay;
    gm_error err = {0};
    fake_write(f, "log.csv", cases[i].text);
    assert_int_equal(gm_replay_open(&replay, path, NAN, &err), GM_BAD_INPUT);
    if (strstr(err.message, cases[i].sentence) == NULL)
      fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i].sentence);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_troubled_run_replays_to_the_last_bit, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_stall_that_began_before_the_log_replays_to_the_last_bit, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_counter_at_a_stand_when_the_log_begins_replays_to_the_last_bit,
                                      fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_log_without_marks_is_replayed_whole, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(what_is_no_log_is_refused_with_its_line, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
