/* SPDX-License-Identifier: MIT
 * What a plug meter would show, by hand. */
#include "energy/likely_wall.h"
#include "tests/assert_near.h"

static const double exact = 1e-9;

static gm_energy energy(double cpu_j, double gpu_j) {
  const double joules = cpu_j + (isnan(gpu_j) ? 0 : gpu_j);
  return (gm_energy){.duration_s = 10,
                     .energy_j = joules,
                     .low_j = 0.9 * joules,
                     .high_j = 1.1 * joules,
                     .component_j = {[GM_CPU] = cpu_j, [GM_RAM] = NAN, [GM_GPU] = gpu_j, [GM_WALL] = NAN},
                     .scope = GM_SCOPE_PACKAGE,
                     .pue = 1};
}

static void assert_range(const gm_energy *e, const gm_wall_calibration *c, double low_j, double high_j) {
  double low, high;
  gm_likely_wall(e, c, &low, &high);
  assert_near(low, low_j, exact);
  assert_near(high, high_j, exact);
}

static void published_quotients_stand_in(void **state) {
  (void)state;
  const gm_wall_calibration none = {0};
  const gm_energy cpu = energy(100, NAN), gpu = energy(100, 300), idle_gpu = energy(300, 100);
  assert_range(&cpu, &none, 90 * 1.15, 110 * 1.7);
  assert_range(&gpu, &none, 360 * 1.15, 440 * 1.55);
  assert_range(&idle_gpu, &none, 360 * 1.15, 440 * 1.7);
}

static void a_calibration_is_a_line_with_its_residual(void **state) {
  (void)state;
  gm_wall_calibration c;
  gm_energy e = energy(1000, NAN); /* 100 W for 10 s */
  assert_int_equal(gm_wall_calibration_parse(&c, "1.2,50,0.04", NULL), GM_OK);
  assert_range(&e, &c, (1.2 * 1000 + 500) * 0.92, (1.2 * 1000 + 500) * 1.08);
  e.pue = 1.5; /* of 666.7 J in the machine */
  assert_range(&e, &c, (1.2 * 1000 / 1.5 + 500) * 1.5 * 0.92, (1.2 * 1000 / 1.5 + 500) * 1.5 * 1.08);
}

static void a_metered_wall_is_itself(void **state) {
  (void)state;
  gm_wall_calibration c;
  gm_energy e = energy(NAN, NAN);
  e.component_j[GM_WALL] = e.energy_j = 200, e.low_j = 190, e.high_j = 210;
  assert_int_equal(gm_wall_calibration_parse(&c, "2,50,0", NULL), GM_OK);
  assert_range(&e, &c, 190, 210);
}

/* The power model is of the wall already: there is nothing to add. */
static void a_modelled_run_has_none(void **state) {
  (void)state;
  gm_wall_calibration c;
  double low, high;
  gm_energy e = energy(1000, NAN);
  e.scope = GM_SCOPE_WALL_MODELLED;
  assert_int_equal(gm_wall_calibration_parse(&c, "1.2,50,0.04", NULL), GM_OK);
  gm_likely_wall(&e, &c, &low, &high);
  assert_true(isnan(low) && isnan(high));
}

static void what_is_no_calibration_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",        "1.1",       "1.1,50",      "1.1,50,",     "1.1,50,0.04,", "1.1,50,0.04,1",
      "0,50,.1", "1.1,-1,.1", "1.1,50,-0.1", "1.1,50,1.01", "a,50,0.04",    "1.1;50;0.04"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_error err = {0};
    gm_wall_calibration c = {0};
    assert_int_equal(gm_wall_calibration_parse(&c, bad[i], &err), GM_BAD_INPUT);
    assert_true(c.slope == 0);
    assert_memory_equal(err.message, "expected SLOPE,OFFSET_W,RESIDUAL", 32);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_quotients_stand_in),
      cmocka_unit_test(a_calibration_is_a_line_with_its_residual),
      cmocka_unit_test(a_metered_wall_is_itself),
      cmocka_unit_test(a_modelled_run_has_none),
      cmocka_unit_test(what_is_no_calibration_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
