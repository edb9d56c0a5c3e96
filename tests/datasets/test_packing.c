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

/* NetCDF Users Guide, appendix A: bytes −1 and −128 of an unsigned variable are 255 and 128. */
static void unsigned_integers_in_signed_types_are_what_they_mean(void **state) {
  (void)state;
  gm_packing p = gm_packing_none();
  p.scale = 0.1;
  p.offset = 15;
  p.wrap = 256;
  p.missing[p.n_missing++] = gm_packing_wrap(&p, -1);
  p.valid_max = gm_packing_wrap(&p, -6); /* 250 */
  assert_true(isnan(gm_packing_unpack(&p, -1)));
  assert_true(gm_packing_unpack(&p, -128) == 128 * 0.1 + 15);
  assert_true(gm_packing_unpack(&p, 127) == 127 * 0.1 + 15);
  assert_true(gm_packing_unpack(&p, -6) == 250 * 0.1 + 15 && isnan(gm_packing_unpack(&p, -5)));
  p = gm_packing_none();
  p.wrap = 256;
  p.wrap_to_signed = true;
  assert_true(gm_packing_unpack(&p, 255) == -1 && gm_packing_unpack(&p, 128) == -128);
  assert_true(gm_packing_unpack(&p, 127) == 127);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_values_pass_and_non_numbers_are_missing),
      cmocka_unit_test(missing_values_are_compared_as_stored),
      cmocka_unit_test(unsigned_integers_in_signed_types_are_what_they_mean),
      cmocka_unit_test(a_valid_range_is_of_stored_or_of_unpacked_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
