/* SPDX-License-Identifier: MIT
 * The clock never goes back and counts seconds of CLOCK_MONOTONIC. */
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static double system_clock_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void it_lies_between_two_looks_at_the_system_clock(void **state) {
  (void)state;
  const double rounding_s = 1e-6; /* a double holds the nanoseconds of ten years of uptime to 1e-7 s */
  for (int i = 0; i < 1000; i++) {
    const double before = system_clock_s(), now = gm_monotonic_s(), after = system_clock_s();
    assert_true(before - rounding_s <= now && now <= after + rounding_s);
  }
}

static void it_never_goes_back(void **state) {
  (void)state;
  double last = gm_monotonic_s();
  for (int i = 0; i < 1000; i++) {
    const double now = gm_monotonic_s();
    assert_true(now >= last);
    last = now;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_lies_between_two_looks_at_the_system_clock),
      cmocka_unit_test(it_never_goes_back),
  };
  return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
