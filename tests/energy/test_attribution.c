/* SPDX-License-Identifier: MIT
 * Sharing out energy, by hand-computed cases. */
#include "energy/process/attribution.h"
#include "tests/assert_near.h"
#include "tests/fake_machine.h"

static const double exact = 1e-9;

static gm_attribution_input input(double cpu_j, double ram_j, double gpu_j, double tree_s, double busy_s) {
  return (gm_attribution_input){
      .duration_s = 10,
      .component_j = {[GM_CPU] = cpu_j, [GM_RAM] = ram_j, [GM_GPU] = gpu_j, [GM_WALL] = NAN},
      .share_relative = 0.1,
      .low = 0.9,
      .high = 1.1,
      .tree_cpu_s = tree_s,
      .machine_busy_s = busy_s};
}

static gm_idle_power idle(double cpu_w, double ram_w, double gpu_w, double sd_w) {
  return (gm_idle_power){.power_w = {[GM_CPU] = cpu_w, [GM_RAM] = ram_w, [GM_GPU] = gpu_w, [GM_WALL] = NAN},
                         .sd_w = {[GM_CPU] = sd_w}};
}

static void the_share_of_cpu_time_is_taken_above_idle_and_a_gpu_whole(void **state) {
  (void)state;
  const gm_attribution_input in = input(300, 50, 400, 3, 4);
  const gm_idle_power base = idle(10, 5, 15, 0);
  const gm_attribution a = gm_attribute(&in, &base);
  assert_near(a.share, 0.75, exact);
  assert_near(a.above_idle_j, (300 - 100) + (50 - 50) + (400 - 150), exact);
  assert_near(a.attributed_j, 0.75 * 200 + 250, exact);
  assert_near(a.component_j[GM_CPU], 150, exact);
  assert_near(a.component_j[GM_GPU], 250, exact);
  assert_true(isnan(a.component_j[GM_WALL]));
  assert_false(a.clamped);
  /* the sensor's ±10 % and the share's 2 · 10 % in quadrature */
  const double band = sqrt(0.1 * 0.1 + 0.2 * 0.2);
  assert_near(a.above_idle_low_j, 450 * 0.9, exact);
  assert_near(a.attributed_low_j, 400 * (1 - band), 1e-6);
  assert_near(a.attributed_high_j, 400 * (1 + band), 1e-6);
}

static void the_baselines_spread_widens_the_interval(void **state) {
  (void)state;
  const gm_attribution_input in = input(300, NAN, NAN, 4, 4);
  const gm_idle_power base = idle(10, NAN, NAN, 2);
  const gm_attribution a = gm_attribute(&in, &base);
  assert_near(a.above_idle_low_j, 200 * 0.9 - 2 * 2 * 10, exact);
  assert_near(a.above_idle_high_j, 200 * 1.1 + 2 * 2 * 10, exact);
}

static void less_than_idle_is_cut_to_zero_with_a_flag(void **state) {
  (void)state;
  const gm_attribution_input in = input(90, NAN, NAN, 4, 4);
  const gm_idle_power base = idle(10, NAN, NAN, 0);
  const gm_attribution a = gm_attribute(&in, &base);
  assert_near(a.above_idle_j, 0, 0);
  assert_near(a.attributed_j, 0, 0);
  assert_true(a.clamped);
}

static void the_share_stays_between_nothing_and_all(void **state) {
  (void)state;
  const gm_idle_power base = idle(0, NAN, NAN, 0);
  const gm_attribution_input more = input(100, NAN, NAN, 4.02, 4); /* ticks of 10 ms against µs */
  const gm_attribution_input none = input(100, NAN, NAN, 0.001, 0);
  assert_near(gm_attribute(&more, &base).share, 1, 0);
  assert_near(gm_attribute(&none, &base).share, 0, 0);
}

static void without_a_baseline_or_busy_time_it_is_unknown_not_zero(void **state) {
  (void)state;
  const gm_attribution_input in = input(300, 50, NAN, 3, 4), blind = input(300, 50, NAN, 3, NAN);
  const gm_idle_power unknown = gm_idle_power_unknown(), half = idle(10, NAN, NAN, 0),
                      whole = idle(10, 5, NAN, 0);
  assert_true(isnan(gm_attribute(&in, &unknown).above_idle_j));
  assert_true(isnan(gm_attribute(&in, &half).attributed_low_j)); /* the RAM has none */
  assert_true(isnan(gm_attribute(&blind, &whole).attributed_j));
  assert_true(!isnan(gm_attribute(&blind, &whole).above_idle_j));
}

static void idle_energy_is_billed_as_asked(void **state) {
  (void)state;
  gm_attribution_input in = input(300, 50, 400, 3, 4);
  const gm_idle_power base = idle(10, 5, 15, 2);
  assert_near(gm_attribute(&in, &base).idle_share, 0, 0);
  in.billing = GM_IDLE_BY_CPU_TIME; /* s of everything idle: 100 + 50 + 150 J */
  gm_attribution a = gm_attribute(&in, &base);
  assert_near(a.idle_share, 0.75, exact);
  assert_near(a.attributed_j, 0.75 * 200 + 250 + 0.75 * 300, exact);
  assert_near(a.component_j[GM_RAM], 0.75 * 50, exact);
  const double band =
      sqrt(0.1 * 0.1 + 0.2 * 0.2); /* above idle or idle, billed alike: the baseline does not matter */
  assert_near(a.attributed_high_j, a.attributed_j * (1 + band), 1e-6);
  in.billing = GM_IDLE_BY_CORES;
  in.cores_share = 0.25;
  a = gm_attribute(&in, &base);
  assert_near(a.attributed_j, 0.75 * 200 + 250 + 0.25 * 300, exact);
  assert_near(a.attributed_high_j, a.attributed_j * (1 + band) + 0.5 * 2 * 2 * 10, 1e-6);
  const gm_attribution_input cool = {.duration_s = 10,
                                     .component_j = {90, NAN, NAN, NAN},
                                     .low = 1,
                                     .high = 1,
                                     .tree_cpu_s = 1,
                                     .machine_busy_s = 2,
                                     .billing = GM_IDLE_BY_CORES,
                                     .cores_share = 1};
  assert_near(gm_attribute(&cool, &base).attributed_j, 90, exact); /* never more than there was */
}

static void the_meter_attributes_with_pue(void **state) {
  fake_machine *f = *state;
  gm_reading a, b;
  gm_energy e;
  gm_meter *meter;
  gm_meter_config config = fake_config(f);
  gm_idle_power base = gm_idle_power_unknown();
  config.pue = 2;
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  fake_zone(f, "intel-rapl:0:0", "dram", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  base.power_w[GM_CPU] = 10, base.power_w[GM_RAM] = 1;
  base.sd_w[GM_CPU] = base.sd_w[GM_RAM] = 0;
  gm_meter_set_idle(meter, &base);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 300000000);
  fake_energy(f, "intel-rapl:0:0", 20000000);
  fake_stat(f, 4, 100 + 8);
  f->cpu_ns += 2000000000;
  fake_advance(f, 10);
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  assert_near(e.energy_j, 640, exact);
  assert_near(e.busy_share, 0.25, 1e-6);
  assert_near(e.above_idle_j, 2 * (200 + 10), 1e-6);
  assert_near(e.attributed_j, 2 * 0.25 * 210, 1e-4);
  assert_true(e.attributed_low_j < e.attributed_j && e.attributed_j < e.attributed_high_j);
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_share_of_cpu_time_is_taken_above_idle_and_a_gpu_whole),
      cmocka_unit_test(the_baselines_spread_widens_the_interval),
      cmocka_unit_test(less_than_idle_is_cut_to_zero_with_a_flag),
      cmocka_unit_test(the_share_stays_between_nothing_and_all),
      cmocka_unit_test(without_a_baseline_or_busy_time_it_is_unknown_not_zero),
      cmocka_unit_test(idle_energy_is_billed_as_asked),
      cmocka_unit_test_setup_teardown(the_meter_attributes_with_pue, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
