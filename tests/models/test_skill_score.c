/* SPDX-License-Identifier: MIT
 * Skill by season, by hand. */
#include "models/statistics/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Season 0: errors 1 and 1 against 2 and 2, 1 − 2/8; season 1: as the reference; season 2: a perfect
 * reference; season 3: nobody. */
static void each_season_has_its_own_score(void **state) {
  (void)state;
  const double truth[] = {0, 5, 0, 1}, forecast[] = {1, 7, -1, 3}, reference[] = {2, 3, -2, 1};
  const int season[] = {0, 1, 0, 2};
  gm_season_skill s[4];
  gm_skill_by_season(truth, forecast, reference, season, 4, 4, s);
  assert_true(s[0].skill == 0.75 && s[0].n == 2);
  assert_true(s[1].skill == 0 && s[1].n == 1);
  assert_true(isnan(s[2].skill) && s[2].n == 1);
  assert_true(isnan(s[3].skill) && s[3].n == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_season_has_its_own_score)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
