/* SPDX-License-Identifier: MIT
 * Sums of energies: two halves of an interval add up to what the meter says of the whole, every member that
 * can; and what is kept as JSON comes back. */
#include "common/json.h"
#include "energy/energy_sum.h"
#include "tests/fake_machine.h"

static const double exact = 1e-12;

static void assert_same(double a, double b) {
  if (isnan(b))
    assert_true(isnan(a));
  else
    assert_near(a, b, exact * fmax(1, fabs(b)));
}

/* Everything but the bounds, whose reading edges differ between a whole and its halves, and what is
 * attributed: by the share of each half's own busy time. */
static void assert_equal_energy(const gm_energy *a, const gm_energy *b) {
  assert_same(a->duration_s, b->duration_s);
  assert_same(a->energy_j, b->energy_j);
  for (int c = 0; c < GM_N_COMPONENTS; c++) assert_same(a->component_j[c], b->component_j[c]);
  assert_same(a->power_w, b->power_w);
  assert_same(a->pue, b->pue);
  assert_same(a->utilisation, b->utilisation);
  assert_same(a->process_share, b->process_share);
  assert_same(a->busy_share, b->busy_share);
  assert_same(a->above_idle_j, b->above_idle_j);
  assert_int_equal(a->scope, b->scope);
  assert_int_equal(a->measured, b->measured);
  assert_int_equal(a->reasons, b->reasons);
  assert_same(a->measured_j, b->measured_j);
  assert_int_equal(a->below_idle, b->below_idle);
}

/* 4 s at 30 W, 2 s of CPU time of which 1.5 s are ours, then 12 s at 90 W, 3.5 s of 20 s; against a baseline
 * of 10 W, PUE 1.5. */
static gm_meter *two_intervals(fake_machine *f, gm_reading at[3]) {
  gm_idle_power idle = gm_idle_power_unknown();
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  gm_meter_config config = fake_config(f);
  config.pue = 1.5;
  config.ram_power_w = 0;
  gm_meter *meter;
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  idle.power_w[GM_CPU] = 10;
  idle.sd_w[GM_CPU] = 1;
  idle.power_w[GM_RAM] = idle.sd_w[GM_RAM] = 0;
  gm_meter_set_idle(meter, &idle);
  gm_meter_read(meter, &at[0]);
  fake_energy(f, "intel-rapl:0", 120000000);
  fake_advance(f, 4);
  fake_stat(f, 4, 102);
  f->cpu_ns += 1500000000;
  gm_meter_read(meter, &at[1]);
  fake_energy(f, "intel-rapl:0", 1200000000);
  fake_advance(f, 12);
  fake_stat(f, 4, 122);
  f->cpu_ns += 3500000000;
  gm_meter_read(meter, &at[2]);
  return meter;
}

static void halves_add_up_to_the_whole(void **state) {
  gm_reading at[3];
  gm_meter *meter = two_intervals(*state, at);
  gm_energy whole, first, second, sum = {0};
  const gm_basis basis = gm_meter_basis(meter, &at[0], &at[2]);
  gm_meter_between(meter, &at[0], &at[2], &basis, &whole);
  gm_meter_between(meter, &at[0], &at[1], &basis, &first);
  gm_meter_between(meter, &at[1], &at[2], &basis, &second);
  gm_energy_add(&sum, &first);
  assert_equal_energy(&sum, &first); /* a zeroed sum is nothing */
  gm_energy_add(&sum, &second);
  assert_near(sum.component_j[GM_CPU], 1.5 * 1200, 1e-9);
  assert_equal_energy(&sum, &whole);
  assert_same(sum.low_j, first.low_j + second.low_j);
  assert_same(sum.high_j, first.high_j + second.high_j);
  assert_same(sum.above_idle_low_j, first.above_idle_low_j + second.above_idle_low_j);
  assert_same(sum.above_idle_high_j, first.above_idle_high_j + second.above_idle_high_j);
  assert_same(sum.attributed_j, 1.5 * (80 * 1.5 / 2 + 960 * 3.5 / 20));
  assert_same(sum.attributed_component_j[GM_CPU], sum.attributed_j);
  assert_same(sum.attributed_low_j, first.attributed_low_j + second.attributed_low_j);
  assert_same(sum.attributed_high_j, first.attributed_high_j + second.attributed_high_j);
  gm_meter_close(meter);
}

static void json_keeps_every_member(void **state) {
  gm_reading at[3];
  gm_meter *meter = two_intervals(*state, at);
  gm_energy energy;
  gm_meter_between(meter, &at[0], &at[2], NULL, &energy);
  struct json_object *object = gm_energy_to_json(&energy);
  const gm_energy back = gm_energy_from_json(object);
  assert_equal_energy(&back, &energy);
  assert_same(back.low_j, energy.low_j);
  assert_same(back.high_j, energy.high_j);
  assert_same(back.above_idle_low_j, energy.above_idle_low_j);
  assert_same(back.above_idle_high_j, energy.above_idle_high_j);
  assert_same(back.attributed_j, energy.attributed_j);
  assert_same(back.attributed_component_j[GM_CPU], energy.attributed_component_j[GM_CPU]);
  assert_same(back.attributed_low_j, energy.attributed_low_j);
  assert_same(back.attributed_high_j, energy.attributed_high_j);
  assert_same(back.idle_share, energy.idle_share);
  json_object_put(object);
  gm_meter_close(meter);
}

static void one_unmeasured_part_makes_the_sum_unmeasured(void **state) {
  (void)state;
  gm_energy sum = {.duration_s = 1, .energy_j = 5, .measured = true, .scope = GM_SCOPE_PACKAGE, .pue = 1};
  const gm_energy part = {.duration_s = 1, .energy_j = 7, .scope = GM_SCOPE_WALL_MODELLED, .pue = 1};
  gm_energy_add(&sum, &part);
  assert_false(sum.measured);
  assert_int_equal(sum.scope, GM_SCOPE_WALL_MODELLED);
  assert_near(sum.power_w, 6, exact);
}

/* As of a trial that other software ran: an energy, and nothing else known. */
static void an_energy_without_a_duration_counts(void **state) {
  (void)state;
  gm_energy sum = {0};
  const gm_energy bare = {.energy_j = 3, .low_j = 3, .high_j = 3}, whole = {.duration_s = 2, .energy_j = 4};
  gm_energy_add(&sum, &bare);
  gm_energy_add(&sum, &whole);
  assert_near(sum.energy_j, 7, exact);
  assert_near(sum.duration_s, 2, exact);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(halves_add_up_to_the_whole, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(json_keeps_every_member, fake_setup, fake_teardown),
      cmocka_unit_test(one_unmeasured_part_makes_the_sum_unmeasured),
      cmocka_unit_test(an_energy_without_a_duration_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
