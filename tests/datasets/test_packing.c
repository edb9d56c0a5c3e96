/* SPDX-License-Identifier: MIT
 * Unpacking and what counts as missing. */
#include "datasets/maps/packing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void plain_values_pass_and_non_numbers_are_missing(void **state) {
  (void)state;
  const gm_packing p = gm_packing_none();
  assert_true(gm_packing_unpack(&p, -1.8) == -1.8);
  assert_true(isnan(gm_packing_unpack(&p, NAN)) && isnan(gm_packing_unpack(&p, INFINITY)));
}

static void missing_values_are_compared_as_stored(void **state) {
  (void)state;
  gm_packing p = gm_packing_none();
  p.scale = 0.5;
  p.offset = 10;
  p.missing[0] = -999;
  p.missing[1] = 20;
  p.n_missing = 2;
  assert_true(isnan(gm_packing_unpack(&p, -999)));
  assert_true(isnan(gm_packing_unpack(&p, 20)));
  assert_true(gm_packing_unpack(&p, 18) == 19); /* and 20 as a result, from 20 · 0.5 + 10, is fine: */
  assert_true(gm_packing_unpack(&p, 19) == 19.5);
}

static void a_valid_range_is_of_stored_or_of_unpacked_values(void **state) {
  (void)state;
  gm_packing p = gm_packing_none();
  p.scale = 0.01;
  p.valid_min = -500;
  p.valid_max = 4000;
  assert_true(gm_packing_unpack(&p, 4000) == 4000 * 0.01);
  assert_true(isnan(gm_packing_unpack(&p, 4001)) && isnan(gm_packing_unpack(&p, -501)));
  p.valid_of_unpacked = true;
  p.valid_max = 40;
  assert_true(isnan(gm_packing_unpack(&p, 4001)));
  assert_true(gm_packing_unpack(&p, 3999) == 3999 * 0.01);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_values_pass_and_non_numbers_are_missing),
      cmocka_unit_test(missing_values_are_compared_as_stored),
      cmocka_unit_test(a_valid_range_is_of_stored_or_of_unpacked_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
