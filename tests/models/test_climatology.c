/* SPDX-License-Identifier: MIT
 * Means by season, by hand. */
#include "models/regression/climatology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_season_is_forecast_by_its_own_mean(void **state) {
  (void)state;
  const double y[] = {1, 10, 3, 20, 5};
  const int season[] = {0, 1, 0, 1, 0}, asked[] = {1, 0, 2};
  double mean[3], forecast[3];
  gm_climatology_fit(y, season, 5, 3, mean);
  gm_climatology_predict(mean, asked, 3, forecast);
  assert_true(forecast[0] == 15 && forecast[1] == 3);
  assert_true(forecast[2] > 7.79 && forecast[2] < 7.81); /* never seen: the mean of all, 39/5 */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_season_is_forecast_by_its_own_mean)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
