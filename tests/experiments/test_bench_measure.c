/* SPDX-License-Identifier: MIT
 * The bench's rounds and ratios, on calls and samples made by hand. No time is asserted. */
#include "experiments/bench/measure.h"
#include "tests/assert_near.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* ---- order of the calls ----------------------------------------------------------------- */

enum { LOG_SIZE = 256 };

typedef struct {
  char *log; /* shared by the sides */
  char letter;
} caller;

static gm_status call(void *context, gm_error *err) {
  const caller *c = context;
  (void)err;
  const size_t n = strlen(c->log);
  assert_true(n + 1 < LOG_SIZE);
  c->log[n] = c->letter;
  return GM_OK;
}

static gm_status cannot(void *context, gm_error *err) {
  (void)context;
  return gm_fail(err, GM_FAILED, "cannot");
}

static void sides_take_turns_after_one_untimed_call_each(void **state) {
  (void)state;
  char log[LOG_SIZE] = "";
  caller a = {log, 'a'}, b = {log, 'b'};
  gm_bench_side sides[] = {{.call = call, .context = &a, .max_calls = 2},
                           {.call = call, .context = &b, .max_calls = 1}};
  /* a batch that no stall of the machine fills before max_calls does */
  const gm_bench_plan plan = {.min_rounds = 2, .max_rounds = 2, .batch_s = 1e6, .case_s = 0};
  gm_error err;
  assert_int_equal(gm_bench_measure(sides, 2, &plan, NULL, &err), GM_OK);
  /* calibration: two calls each; then rounds of one untimed call and the batch */
  assert_string_equal(log, "aabb"
                           "aaabb"
                           "aaabb");
  assert_int_equal(sides[0].calls, 2);
  assert_int_equal(sides[1].calls, 1);
  assert_int_equal(sides[0].n, 2);
}

static void a_call_that_fails_ends_the_measurement(void **state) {
  (void)state;
  gm_bench_side side = {.call = cannot};
  const gm_bench_plan plan = {.min_rounds = 1, .max_rounds = 1, .batch_s = 1e-6, .case_s = 1};
  gm_error err;
  assert_int_equal(gm_bench_measure(&side, 1, &plan, NULL, &err), GM_FAILED);
  assert_string_equal(err.message, "cannot");
}

/* A round is two calls, the second of them timed; every other pair takes long. */
static gm_status uneven(void *context, gm_error *err) {
  static const struct timespec long_call = {.tv_nsec = 5000000};
  int *calls = context;
  (void)err;
  if ((*calls)++ / 2 % 2 == 0) nanosleep(&long_call, NULL);
  return GM_OK;
}

static void a_noisy_side_is_given_more_rounds_within_the_limits(void **state) {
  (void)state;
  for (int limit = 0; limit < 2; limit++) {
    int calls = 0;
    gm_bench_side side = {.call = uneven, .context = &calls, .max_calls = 1};
    const gm_bench_plan plan = {.min_rounds = 2,
                                .max_rounds = 4,
                                .batch_s = 1e6,
                                .case_s = 1e6,
                                .most_noisy_rounds = 16,
                                .noisy_s = limit == 0 ? 1e6 : 0};
    gm_error err;
    assert_int_equal(gm_bench_measure(&side, 1, &plan, NULL, &err), GM_OK);
    assert_int_equal(side.n, limit == 0 ? 16 : 4);
  }
}

/* ---- ratios ----------------------------------------------------------------------------------- */

enum { ROUNDS = 5 };
static const double rounding = 1e-15; /* of one division */

/* A side with these samples; its quartiles are the 2nd and 4th of five in order (numpy.percentile). */
static gm_bench_side side_of(const double sorted[ROUNDS]) {
  gm_bench_side side = {.n = ROUNDS};
  memcpy(side.sample_s, sorted, ROUNDS * sizeof *sorted);
  side.spread = (gm_spread){sorted[2], sorted[1], sorted[3], sorted[0], sorted[4]};
  return side;
}

static void a_ratio_is_the_median_over_rounds_with_its_quartiles(void **state) {
  (void)state;
  const double slow[ROUNDS] = {9.0, 9.6, 10.0, 10.5, 12.0}, fast[ROUNDS] = {1.0, 1.0, 1.0, 1.0, 1.0};
  const gm_bench_side a = side_of(slow), b = side_of(fast);
  const gm_bench_ratio r = gm_bench_compare(&a, &b);
  assert_false(r.noisy);
  assert_near(r.ratio, 10.0, rounding);
  assert_near(r.low, 9.6, rounding);
  assert_near(r.high, 10.5, rounding);
}

static void one_noisy_side_is_enough_to_refuse_a_ratio(void **state) {
  (void)state;
  const double steady[ROUNDS] = {1.0, 1.0, 1.0, 1.0, 1.0};
  const double noisy[ROUNDS] = {9.0, 9.0, 10.0, 11.6, 12.0}; /* quartiles 26 % apart */
  const gm_bench_side a = side_of(noisy), b = side_of(steady);
  for (int swapped = 0; swapped < 2; swapped++) {
    const gm_bench_ratio r = swapped ? gm_bench_compare(&b, &a) : gm_bench_compare(&a, &b);
    assert_true(r.noisy);
    assert_true(isnan(r.ratio) && isnan(r.low) && isnan(r.high));
    assert_near(r.noise, 0.26, rounding);
  }
}

static void the_fastest_side_of_each_role_says_whether_it_is_noisy(void **state) {
  (void)state;
  const double steady[ROUNDS] = {1.0, 1.0, 1.0, 1.0, 1.0}, slow[ROUNDS] = {2.0, 2.0, 3.0, 4.0, 5.0};
  const double noisy[ROUNDS] = {0.4, 0.4, 0.5, 0.9, 1.0};
  gm_bench_side sides[] = {side_of(steady), side_of(slow), side_of(steady)};
  sides[2].role = GM_SIDE_PEER;
  assert_false(gm_bench_noisy(sides, 3)); /* that of the slower of ours does not matter */
  for (int role = GM_SIDE_OURS; role <= GM_SIDE_FLOOR; role++) {
    sides[2] = side_of(noisy);
    sides[2].role = (gm_side_role)role;
    assert_true(gm_bench_noisy(sides, 3));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sides_take_turns_after_one_untimed_call_each),
      cmocka_unit_test(a_call_that_fails_ends_the_measurement),
      cmocka_unit_test(a_noisy_side_is_given_more_rounds_within_the_limits),
      cmocka_unit_test(the_fastest_side_of_each_role_says_whether_it_is_noisy),
      cmocka_unit_test(a_ratio_is_the_median_over_rounds_with_its_quartiles),
      cmocka_unit_test(one_noisy_side_is_enough_to_refuse_a_ratio),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
