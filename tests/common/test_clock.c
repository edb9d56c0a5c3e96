/* SPDX-License-Identifier: MIT
 * The clock never goes back and counts seconds of CLOCK_MONOTONIC; units and dates, by hand. */
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

static void units_and_dates(void **state) {
  (void)state;
  char text[GM_UTC_TEXT];
  const struct timespec t = gm_s_to_timespec(2.25), none = gm_s_to_timespec(-3);
  assert_true(t.tv_sec == 2 && t.tv_nsec == 250000000);
  assert_true(none.tv_sec == 0 && none.tv_nsec == 0);
  assert_true(gm_timespec_to_ns(t) == 2250000000);
  assert_true(gm_ns_to_s(-2250000000) == -2.25);
  assert_string_equal(gm_utc_text(0, text), "1970-01-01T00:00:00Z");
  assert_string_equal(gm_utc_text(951782400, text), "2000-02-29T00:00:00Z");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_lies_between_two_looks_at_the_system_clock),
      cmocka_unit_test(it_never_goes_back),
      cmocka_unit_test(units_and_dates),
  };
  return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
