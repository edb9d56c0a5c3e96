/* SPDX-License-Identifier: MIT
 * The widths of the map network, against a search of all of them and PyTorch's way of counting. */
#include "models/network/map_architecture.h"

#include "models/network/architecture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Parameters of the real network that the string describes. */
static size_t count(size_t points, size_t time_steps) {
  char text[GM_MAP_ARCHITECTURE_TEXT];
  gm_architecture a;
  gm_error err;
  gm_map_architecture(points, text);
  if (gm_architecture_parse(text, (gm_shape){time_steps, points, false}, &a, &err) != GM_OK)
    fail_msg("%s", err.message);
  const size_t n = a.n_parameters;
  gm_architecture_free(&a);
  return n;
}

static void every_grid_of_use_gives_six_point_nine_nine_million(void **state) {
  (void)state;
  static const size_t points[] = {4, 20, 100, 419, 2261, 2520, 5000, 9628, 10988, 20000, 30000};
  for (size_t i = 0; i < sizeof points / sizeof *points; i++)
    for (size_t T = 1; T <= 6; T++) {
      const size_t n = count(points[i], T);
      assert_true(n >= 6985000 && n <= 6994999);
    }
}

static void the_count_is_that_of_the_network(void **state) {
  (void)state;
  assert_int_equal(gm_map_architecture_widths(2261).n_parameters, count(2261, 1));
  assert_int_equal(count(2261, 4), count(2261, 1) + 3 * 18);
}

static void no_other_pair_comes_nearer(void **state) {
  (void)state;
  static const size_t points[] = {5000, 9628, 30000}; /* where W, H in 32 … 512 reach 6.99 M */
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    const long long F = 16 * (long long)(points[i] / 4), wanted = 6990000;
    const gm_map_widths found = gm_map_architecture_widths(points[i]);
    const long long found_miss = llabs((long long)found.n_parameters - wanted);
    assert_true(found.width_1 >= 32 && found.width_1 <= 512 && found.width_2 >= 32 && found.width_2 <= 512);
    const long long found_off = llabs((long long)found.width_1 - 64) + llabs((long long)found.width_2 - 64);
    for (long long w = 32; w <= 512; w++)
      for (long long h = 32; h <= 512; h++) {
        const long long n = (1 * 3 * 6 + 6) + (6 * 5 * 16 + 16) + (F * w + w) + (w * h + h) + (h + 1);
        const long long miss = llabs(n - wanted), off = llabs(w - 64) + llabs(h - 64);
        assert_true(miss > found_miss || (miss == found_miss && off >= found_off));
      }
  }
}

static void a_very_large_grid_gets_the_least_widths(void **state) {
  (void)state;
  const gm_map_widths w = gm_map_architecture_widths(200000);
  assert_true(w.width_1 == 32 && w.width_2 == 32 && w.n_parameters > 6994999);
}

static void three_points_are_too_few_and_the_network_says_where(void **state) {
  (void)state;
  char text[GM_MAP_ARCHITECTURE_TEXT];
  gm_architecture a;
  gm_error err;
  gm_map_architecture(3, text);
  assert_int_equal(gm_architecture_parse(text, (gm_shape){1, 3, false}, &a, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "maxpool:2"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_grid_of_use_gives_six_point_nine_nine_million),
      cmocka_unit_test(the_count_is_that_of_the_network),
      cmocka_unit_test(no_other_pair_comes_nearer),
      cmocka_unit_test(a_very_large_grid_gets_the_least_widths),
      cmocka_unit_test(three_points_are_too_few_and_the_network_says_where),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
