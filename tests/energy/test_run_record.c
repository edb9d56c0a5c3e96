/* SPDX-License-Identifier: MIT
 * The record of a run and its row, on a machine of known counters. */
#include "common/json.h"
#include "energy/record/run_record.h"
#include "tests/fake_machine.h"

static const double exact = 1e-12;

/* A run of 10 s in which the package's counter goes to `to_uj` and a card draws 50 W; without it where `card`
 * is false. */
static gm_run_record run(fake_machine *f, gm_meter **meter, gm_reading at[2], bool card, uint64_t to_uj) {
  fake_zone(f, "intel-rapl:0", "package-0", 5000000, INTEL_RANGE_UJ);
  if (card) {
    fake_write(f, "sys/class/hwmon/hwmon0/name", "amdgpu\n");
    fake_write(f, "sys/class/hwmon/hwmon0/power1_average", "50000000\n");
  }
  *meter = fake_meter(f);
  gm_meter_read(*meter, &at[0]);
  fake_energy(f, "intel-rapl:0", to_uj);
  fake_advance(f, 10);
  gm_meter_read(*meter, &at[1]);
  gm_run_record r = {.run_id = "id",
                     .exit_status = -1,
                     .complete = true,
                     .meter = *meter,
                     .start = &at[0],
                     .stop = &at[1],
                     .carbon = gm_carbon_intensity_unset(),
                     .ram_used_gib = 4};
  gm_meter_between(*meter, &at[0], &at[1], NULL, &r.energy);
  return r;
}

static void the_row_holds_energies_powers_and_what_the_machine_has(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  const gm_run_record r = run(*state, &meter, at, true, 905000000);
  const gm_emissions_row row = gm_run_record_row(&r);
  assert_near(row.cpu_energy_kwh, 900 / 3.6e6, exact);
  assert_near(row.cpu_power_w, 90, 1e-9);
  assert_near(row.gpu_energy_kwh, 500 / 3.6e6, exact);
  assert_near(row.energy_consumed_kwh, r.energy.energy_j / 3.6e6, exact);
  assert_true(isnan(row.emissions_kg));
  assert_int_equal(row.gpu_count, 1);
  assert_string_equal(row.gpu_model, "1 x AMD GPU");
  assert_near(row.ram_total_gib, 16, exact);
  assert_near(row.ram_utilization_percent, 25, exact);
  assert_string_equal(row.tracking_mode, "machine");
  gm_meter_close(meter);
}

/* Whoever reads the row alone sees that it is no measurement. */
static void the_row_says_what_was_not_measured(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  gm_run_record r = run(*state, &meter, at, false, 905000000);
  r.energy.measured_j = 0.9 * r.energy.energy_j;
  assert_string_equal(gm_run_record_row(&r).tracking_mode, "machine (partly measured)");
  r.energy.measured_j = 0.4 * r.energy.energy_j;
  r.energy.measured = gm_energy_is_measured(&r.energy);
  assert_string_equal(gm_run_record_row(&r).tracking_mode, "machine (modelled)");
  r.bill_process = true;
  r.energy.attributed_j = 1;
  assert_string_equal(gm_run_record_row(&r).tracking_mode, "process (modelled)");
  gm_meter_close(meter);
}

static void without_a_card_its_columns_are_unknown(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  const gm_run_record r = run(*state, &meter, at, false, 905000000);
  const gm_emissions_row row = gm_run_record_row(&r);
  assert_int_equal(row.gpu_count, -1);
  assert_string_equal(row.gpu_model, "");
  assert_true(isnan(row.gpu_energy_kwh));
  gm_meter_close(meter);
}

/* The record as JSON; the caller puts it. */
static struct json_object *written(fake_machine *f, const gm_run_record *r) {
  char path[FAKE_PATH];
  struct json_object *root = NULL;
  gm_error err = {0};
  fake_print(path, "%s/record.json", f->root);
  assert_int_equal(gm_run_record_write(r, path, &err), GM_OK);
  assert_int_equal(gm_json_read(path, &root, &err), GM_OK);
  return root;
}

static void zones_show_what_the_hardware_showed(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  const gm_run_record r = run(*state, &meter, at, false, 905000000);
  struct json_object *root = written(*state, &r);
  struct json_object *zone = json_object_array_get_idx(json_object_object_get(root, "zones"), 0);
  assert_string_equal(gm_json_text(zone, "name"), "package-0");
  assert_near(gm_json_number(zone, "raw_start_uj"), 5000000, 0);
  assert_near(gm_json_number(zone, "raw_stop_uj"), 905000000, 0);
  assert_near(gm_json_number(zone, "delta_uj"), 900000000, 0);
  struct json_object *model = json_object_array_get_idx(json_object_object_get(root, "zones"), 1);
  assert_true(json_object_is_type(json_object_object_get(model, "raw_stop_uj"), json_type_null));
  json_object_put(root);
  gm_meter_close(meter);
}

static void what_a_restart_hid_is_said_where_the_model_stands_in(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  const gm_run_record r = run(*state, &meter, at, false, 0);
  struct json_object *root = written(*state, &r);
  const char *basis = json_object_to_json_string(json_object_object_get(root, "energy_basis"));
  assert_non_null(strstr(basis, "package-0: restarted and gave way"));
  assert_non_null(strstr(basis, "1e+04 J")); /* 1 kW for 10 s */
  assert_true(gm_json_number(root, "energy_high_kwh") * 3.6e6 >= 1e4);
  assert_true(gm_energy_degraded(&r.energy));
  json_object_put(root);
  gm_meter_close(meter);
}

/* What an idle machine drew is in the record component by component, where it was known. */
static void the_baseline_is_in_the_record(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  gm_run_record r = run(*state, &meter, at, false, 905000000);
  gm_idle_baseline baseline = {.seconds = 60, .utilisation = 0.01, .load = 0.25, .drift = NAN};
  for (int c = 0; c < GM_N_COMPONENTS; c++) baseline.power.power_w[c] = baseline.power.sd_w[c] = NAN;
  baseline.power.power_w[GM_CPU] = 12;
  baseline.power.sd_w[GM_CPU] = 0.5;
  baseline.power.power_w[GM_WALL] = 40;
  baseline.power.sd_w[GM_WALL] = 2;
  r.baseline = &baseline;
  struct json_object *root = written(*state, &r), *b = json_object_object_get(root, "baseline");
  assert_string_equal(gm_json_text(b, "kind"), "stored");
  assert_true(gm_json_number(b, "cpu_power_w") == 12 && gm_json_number(b, "cpu_sd_w") == 0.5);
  assert_true(gm_json_number(b, "wall_power_w") == 40 && gm_json_number(b, "wall_sd_w") == 2);
  assert_false(json_object_object_get_ex(b, "ram_power_w", NULL));
  assert_true(gm_json_number(b, "duration_s") == 60 && gm_json_number(b, "utilisation") == 0.01);
  assert_null(gm_json_text(b, "drifting"));
  json_object_put(root);
  gm_meter_close(meter);
}

/* What the figure rests on, to be read by programs: the model of a machine whose processor is on its list. */
static void the_record_says_how_much_was_measured_and_by_which_model(void **state) {
  fake_machine *f = *state;
  gm_meter *meter;
  gm_reading at[2];
  gm_run_record r = run(f, &meter, at, false, 905000000);
  r.energy.measured_j = 0.25 * r.energy.energy_j;
  struct json_object *root = written(f, &r);
  assert_near(gm_json_number(root, "energy_measured_share"), 0.25, exact);
  json_object_put(root);
  gm_power_lines lines = *gm_meter_power_lines(meter);
  for (int share = 0; share < 2; share++) {
    lines.share = share;
    struct json_object *model = gm_run_record_power_model(&lines);
    assert_int_equal(json_object_get_boolean(json_object_object_get(model, "share")), share);
    json_object_put(model);
  }
  gm_meter_close(meter);
}

/* A tick of 10 ms that falls into an interval of 8 ms is no load of 125 %. */
static void no_machine_is_busier_than_its_cpus(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  gm_run_record r = run(*state, &meter, at, false, 905000000);
  struct json_object *root = json_object_new_object();
  r.energy.utilisation = 1.25;
  gm_run_record_add_energy(root, &r);
  assert_true(gm_json_number(root, "utilisation") == 1);
  assert_true(gm_run_record_row(&r).cpu_utilization_percent == 100);
  r.energy.utilisation = NAN;
  assert_true(isnan(gm_run_record_row(&r).cpu_utilization_percent));
  json_object_put(root);
  gm_meter_close(meter);
}

/* 10 s of two CPUs, all busy, a quarter of it by the run. */
static void the_share_of_other_programs_is_said(void **state) {
  gm_meter *meter;
  gm_reading at[2];
  gm_run_record r = run(*state, &meter, at, false, 905000000);
  r.energy.utilisation = 1;
  r.energy.busy_share = 0.25;
  struct json_object *notes = gm_run_record_notes(&r);
  assert_non_null(
      strstr(json_object_to_json_string(notes), "other programs used 75 % of the busy CPU time; the energy"));
  json_object_put(notes);
  gm_meter_close(meter);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

/* Without /proc/meminfo the figure lacks the memory's power, and says so. */
static void memory_that_is_not_known_is_said(void **state) {
  fake_machine *f = *state;
  for (int known = 1; known >= 0; known--) {
    gm_reading at[2];
    if (!known) fake_remove(f, "proc/meminfo");
    gm_meter *meter = fake_meter(f);
    gm_meter_read(meter, &at[0]);
    fake_advance(f, 10);
    gm_meter_read(meter, &at[1]);
    gm_run_record r = {
        .meter = meter, .start = &at[0], .stop = &at[1], .carbon = gm_carbon_intensity_unset()};
    gm_meter_between(meter, &at[0], &at[1], NULL, &r.energy);
    struct json_object *notes = gm_run_record_notes(&r);
    const char *text = json_object_to_json_string(notes);
    assert_true((strstr(text, "how much memory there is is not known") == NULL) == known);
    json_object_put(notes);
    gm_meter_close(meter);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(the_row_holds_energies_powers_and_what_the_machine_has),
      ON_MACHINE(the_row_says_what_was_not_measured),
      ON_MACHINE(without_a_card_its_columns_are_unknown),
      ON_MACHINE(memory_that_is_not_known_is_said),
      ON_MACHINE(the_record_says_how_much_was_measured_and_by_which_model),
      ON_MACHINE(no_machine_is_busier_than_its_cpus),
      ON_MACHINE(the_share_of_other_programs_is_said),
      ON_MACHINE(zones_show_what_the_hardware_showed),
      ON_MACHINE(the_baseline_is_in_the_record),
      ON_MACHINE(what_a_restart_hid_is_said_where_the_model_stands_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
