/* SPDX-License-Identifier: MIT
 * The making of the hardware and SCI, by hand. */
#include "energy/carbon/sci.h"
#include "tests/assert_near.h"

/* Two vCPUs: 1215 kg · 2/128 over 35,064 h is 0.54 g an hour; 512 kg · 2/512 to 1775 kg · 2/64: 0.06 to 1.6
 * g. */
static void a_small_virtual_machine_is_a_share_of_a_server(void **state) {
  (void)state;
  const gm_host host = {.logical_cpus = 2, .sockets = 1, .virtualised = true};
  const gm_embodied e = gm_embodied_of(&host, 2, true, false);
  assert_int_equal(e.hardware, GM_HARDWARE_SERVER);
  assert_near(e.kg_per_h * 1e3, 0.5414, 1e-4);
  assert_near(e.low_kg_per_h * 1e3, 0.0570, 1e-4);
  assert_near(e.high_kg_per_h * 1e3, 1.5819, 1e-4);
}

static void a_machine_of_its_own_is_whole(void **state) {
  (void)state;
  const gm_host host = {.logical_cpus = 16, .sockets = 1};
  const gm_embodied laptop = gm_embodied_of(&host, 16, false, true);
  assert_int_equal(laptop.hardware, GM_HARDWARE_LAPTOP);
  assert_near(laptop.kg_per_h, 236 / 35064.0, 1e-12);
  assert_int_equal(gm_embodied_of(&host, 16, false, false).hardware, GM_HARDWARE_DESKTOP);
  assert_int_equal(gm_embodied_of(&host, 16, true, false).hardware, GM_HARDWARE_SERVER);
  const gm_host large = {.logical_cpus = 256, .sockets = 2};
  assert_near(gm_embodied_of(&large, 64, true, false).kg_per_h, 1215 / 4.0 / 35064, 1e-12); /* a batch job */
}

static void operation_and_making_stay_apart_and_add_up(void **state) {
  (void)state;
  const gm_host host = {.logical_cpus = 16, .sockets = 1};
  const gm_embodied e = gm_embodied_of(&host, 16, false, false);
  const gm_emissions o = {0.1, 0.05, 0.3};
  const gm_sci s = gm_sci_of(&o, &e, 2 * 3600);
  assert_near(s.operation.kg, 0.1, 0);
  assert_near(s.making.kg, 2 * 249 / 35064.0, 1e-12);
  assert_near(s.sum.kg, 0.1 + 2 * 249 / 35064.0, 1e-12);
  assert_near(s.sum.low_kg, 0.05 + 2 * 151 / 35064.0, 1e-12);
  assert_near(s.sum.high_kg, 0.3 + 2 * 549 / 35064.0, 1e-12);
  assert_near(gm_sci_times(&s, 1e-3).sum.high_kg, s.sum.high_kg / 1000, 1e-15);
  const gm_sci without = gm_sci_of(&o, NULL, 2 * 3600);
  assert_true(isnan(without.making.kg));
  assert_near(without.sum.high_kg, 0.3, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_small_virtual_machine_is_a_share_of_a_server),
      cmocka_unit_test(a_machine_of_its_own_is_whole),
      cmocka_unit_test(operation_and_making_stay_apart_and_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
