/* SPDX-License-Identifier: MIT
 * Persistence: of a ramp of slope a, the forecast `lead` ahead is wrong by a·lead everywhere. */
#include "models/regression/persistence.h"
#include "models/statistics/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_error_on_a_ramp_is_slope_times_lead(void **state) {
  (void)state;
  enum { N = 8, LEAD = 3 };
  double ramp[N + LEAD], forecast[N], rmse;
  for (int t = 0; t < N + LEAD; t++) ramp[t] = 0.5 * t;
  gm_persistence_predict(ramp, N, forecast);
  assert_memory_equal(forecast, ramp, sizeof forecast);
  assert_int_equal(gm_rmse(forecast, ramp + LEAD, N, &rmse, NULL), GM_OK);
  assert_true(rmse == 0.5 * LEAD);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_error_on_a_ramp_is_slope_times_lead)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
