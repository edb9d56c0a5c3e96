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

/* ---- edited logs ----------------------------------------------------------------- */

enum { TIME = 0, BUSY = 2, ENERGY = 9, ERRORS = 17 };

/* Twenty readings of a machine that only models know, more or less busy; `allocated` CPUs of a batch job, or
 * NAN. Returns the run's joules. */
static double log_of_models(fake_machine *f, double allocated) {
  char path[FAKE_PATH];
  gm_readings_log *log;
  gm_meter *meter;
  gm_reading start, now;
  gm_energy live;
  gm_meter_config config = fake_config(f);
  double busy_s = 100;
  log_path(f, path);
  config.allocated_cpus = allocated;
  assert_int_equal(gm_readings_log_create(&log, path, NULL), GM_OK);
  config.observer = gm_readings_log_observer(log);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_readings_log_begin(log, meter);
  gm_meter_read(meter, &start);
  for (int i = 0; i < 20; i++) {
    fake_advance(f, 0.37);
    busy_s += 0.37 * (i % 5);
    f->cpu_ns += 100000000 * (i % 3);
    fake_stat(f, 4, busy_s);
    gm_meter_read(meter, &now);
  }
  gm_meter_between(meter, &start, &now, NULL, &live);
  gm_meter_close(meter);
  gm_readings_log_mark(log, &start, &now);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK);
  return live.energy_j;
}

/* The log with `more` added to one field of a zone's line of a reading, or of all its lines (zone −1). */
static void edit_log(const fake_machine *f, int reading, int zone, int column, long long more) {
  char path[FAKE_PATH], edited[FAKE_PATH], line[32768];
  log_path(f, path);
  fake_print(edited, "%s/edited.csv", f->root);
  FILE *in = fopen(path, "r"), *out = fopen(edited, "w");
  assert_true(in != NULL && out != NULL);
  int seen = -1;
  while (fgets(line, sizeof line, in) != NULL) {
    int field = 0, of_zone = -1;
    if (line[0] >= '0' && line[0] <= '9') {
      char *at = line;
      while (field < 7) field += *at++ == ',';
      of_zone = atoi(at);
      seen += of_zone == 0;
    }
    const bool here = of_zone >= 0 && seen == reading && (zone < 0 || zone == of_zone);
    char *at = line;
    for (field = 0; here && field < column;) field += *at++ == ',';
    if (!here) {
      fputs(line, out);
      continue;
    }
    const long long value = atoll(at) + more;
    fprintf(out, "%.*s%lld%s", (int)(at - line), line, value, at + strspn(at, "0123456789"));
  }
  assert_int_equal(fclose(in), 0);
  assert_int_equal(fclose(out), 0);
}

/* Joules of the edited log, and how many of its figures did not follow. */
static double replay_edited(const fake_machine *f, size_t differences) {
  char edited[FAKE_PATH];
  gm_replay replay;
  gm_energy e;
  gm_error err = {0};
  fake_print(edited, "%s/edited.csv", f->root);
  if (gm_replay_open(&replay, edited, NAN, &err) != GM_OK) fail_msg("%s", err.message);
  assert_int_equal(replay.differences, differences);
  gm_meter_between(replay.meter, &replay.readings[replay.start], &replay.readings[replay.stop], NULL, &e);
  gm_replay_close(&replay);
  return e.energy_j;
}

/* A modelled energy follows from the times and the watts of its zone: one that was edited is worked out again
 * and counted, in the last reading, where it would be the run's, as anywhere. */
static void edited_energies_of_models_are_worked_out_again(void **state) {
  fake_machine *f = *state;
  const double energy_j = log_of_models(f, NAN);
  assert_true(energy_j > 1);
  edit_log(f, 0, 0, ENERGY, 0);
  assert_near(replay_edited(f, 0), energy_j, 0);
  for (int zone = 0; zone < 2; zone++) {
    edit_log(f, 20, zone, ENERGY, 5000000);
    assert_near(replay_edited(f, 1), energy_j, 1e-5);
    edit_log(f, 11, zone, ENERGY, -20);
    assert_near(replay_edited(f, 1), energy_j, 0);
  }
}

static void models_of_a_part_of_a_machine_go_by_the_programs_own_time(void **state) {
  fake_machine *f = *state;
  const double energy_j = log_of_models(f, 1);
  edit_log(f, 0, 0, ENERGY, 0);
  assert_near(replay_edited(f, 0), energy_j, 0);
  edit_log(f, 20, 1, ENERGY, 5000000);
  assert_near(replay_edited(f, 1), energy_j, 1e-5);
}

/* Before the log began the CPUs were counted busy for longer than had passed: the idle time stands still
 * until that is made up for, in this log beyond its end. */
static void a_model_that_was_ahead_when_the_log_began_replays_to_the_last_bit(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_readings_log *log;
  gm_reading start, now;
  gm_energy live;
  log_path(f, path);
  fake_stat(f, 4, 100);
  gm_meter *meter = open_logged(f, &log);
  fake_advance(f, 0.01);
  fake_stat(f, 4, 100.4); /* a tenth of a second of four CPUs */
  gm_meter_read(meter, &start);
  for (int i = 1; i <= 3; i++) {
    fake_advance(f, 0.02);
    gm_meter_read(meter, &now);
  }
  gm_meter_between(meter, &start, &now, NULL, &live);
  gm_meter_close(meter);
  gm_readings_log_mark(log, &start, &now);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK);
  edit_log(f, 0, 0, ENERGY, 0);
  assert_near(replay_edited(f, 0), live.energy_j, 0);
}

static void must_refuse_edited(const fake_machine *f, const char *sentence) {
  char edited[FAKE_PATH];
  gm_replay replay;
  gm_error err = {0};
  fake_print(edited, "%s/edited.csv", f->root);
  assert_int_equal(gm_replay_open(&replay, edited, NAN, &err), GM_BAD_INPUT);
  if (strstr(err.message, sentence) == NULL) fail_msg("\"%s\" lacks \"%s\"", err.message, sentence);
}

static void readings_that_do_not_follow_one_another_are_refused(void **state) {
  fake_machine *f = *state;
  log_of_models(f, NAN);
  edit_log(f, 5, -1, BUSY, -3000000000);
  must_refuse_edited(f, "busy_ns falls");
  edit_log(f, 20, -1, BUSY, 60000000000);
  must_refuse_edited(f, "expected at most what 4 CPUs have");
  edit_log(f, 5, 1, BUSY, 1);
  must_refuse_edited(f, "expected the time, busy time and CPUs of the line before it: one reading");
  edit_log(f, 5, 0, ENERGY, -1900000);
  must_refuse_edited(f, "energy_uj falls from");
  edit_log(f, 5, 0, ERRORS, 1);
  must_refuse_edited(f, "errors falls from 1 to 0");
  edit_log(f, 20, -1, TIME, 1);
  must_refuse_edited(f, "to name the times of two of its readings");
}

static void watts_added_up_are_no_more_than_a_zone_can_draw(void **state) {
  fake_machine *f = *state;
  gm_readings_log *log;
  gm_reading r;
  char path[FAKE_PATH];
  fake_write(f, "meter", "50 W\n");
  log_path(f, path);
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  char wall[FAKE_PATH];
  fake_print(wall, "%s/meter", f->root);
  config.wall_file = wall;
  assert_int_equal(gm_readings_log_create(&log, path, NULL), GM_OK);
  config.observer = gm_readings_log_observer(log);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_readings_log_begin(log, meter);
  for (int i = 0; i < 4; i++) {
    fake_advance(f, 1);
    fake_write(f, "meter", i % 2 == 0 ? "60 W\n" : "40 W\n");
    gm_meter_read(meter, &r);
  }
  gm_meter_close(meter);
  assert_int_equal(gm_readings_log_close(log, NULL), GM_OK);
  edit_log(f, 3, 0, ENERGY, 0);
  replay_edited(f, 0);
  edit_log(f, 3, 0, ENERGY, 900000000000);
  must_refuse_edited(f, "expected at most");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_troubled_run_replays_to_the_last_bit, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_stall_that_began_before_the_log_replays_to_the_last_bit, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_counter_at_a_stand_when_the_log_begins_replays_to_the_last_bit,
                                      fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(a_log_without_marks_is_replayed_whole, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(edited_energies_of_models_are_worked_out_again, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(models_of_a_part_of_a_machine_go_by_the_programs_own_time, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_model_that_was_ahead_when_the_log_began_replays_to_the_last_bit,
                                      fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(readings_that_do_not_follow_one_another_are_refused, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(watts_added_up_are_no_more_than_a_zone_can_draw, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(what_is_no_log_is_refused_with_its_line, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
