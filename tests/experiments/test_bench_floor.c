/* SPDX-License-Identifier: MIT
 * The floors of the bench: that the chains of multiply-adds are computed, and what a case is held against,
 * by hand. No time is asserted. */
#include "experiments/bench/case.h"
#include "experiments/bench/peak.h"
#include "tests/assert_near.h"

#include <math.h>
#include <string.h>

/* ---- peak ------------------------------------------------------------------------------- */

/* x <- x/2 + 1 from 1 on is 2 − 2^−k, rounded to 2 in either precision long before the last of 2^17 rounds:
 * 12 chains end at 24, whichever instructions made them. */
static void every_chain_is_computed(void **state) {
  (void)state;
  const gm_peak *peak;
  size_t n = 0;
  for (; (peak = gm_peak_at(n)) != NULL; n++) {
    assert_true(peak->loop() == 24);
    assert_true(peak->flops > 0);
  }
  assert_true(n >= 2 && n % 2 == 0); /* single and double of each instruction set */
  assert_string_equal(gm_peak_at(n - 1)->isa, "baseline");
}

/* A vector of twice the width does twice the operations in as many instructions. */
static void operations_follow_the_width(void **state) {
  (void)state;
  const gm_peak *peak;
  for (size_t i = 0; (peak = gm_peak_at(i)) != NULL; i++) {
    const double bits = strcmp(peak->isa, "avx512") == 0 ? 512 : strcmp(peak->isa, "avx2") == 0 ? 256 : 128;
    const double lanes = bits / (peak->full ? 64 : 32);
    assert_true(peak->flops == 2 * lanes * 12 * 131072);
  }
}

static void threads_share_nothing_but_the_call(void **state) {
  (void)state;
  gm_error err;
  for (int threads = 1; threads <= 3; threads++) {
    gm_peak_call call = {.peak = gm_peak_at(0), .threads = threads};
    assert_int_equal(gm_peak_run(&call, &err), GM_OK);
    assert_true((call.pool != NULL) == (threads > 1));
    gm_parallel_free(call.pool);
  }
}

/* ---- what a case is held against --------------------------------------------------------- */

static const double rounding = 1e-12;

/* Three rounds of ours and of the streams on one thread; 1e9 operations in single precision at 1e9 a second.
 */
static gm_bench_case case_of(const double memory[3], const double ours[3]) {
  gm_bench_case c = {.read_bytes = 1, .flops = 1e9};
  c.sides[c.n_sides++] = (gm_bench_side){.role = GM_SIDE_OURS, .threads = 1, .n = 3};
  c.sides[c.n_sides++] =
      (gm_bench_side){.role = GM_SIDE_FLOOR, .threads = 1, .n = 3, .call = gm_stream_floor};
  memcpy(c.sides[0].sample_s, ours, 3 * sizeof *ours);
  memcpy(c.sides[1].sample_s, memory, 3 * sizeof *memory);
  gm_bench_summarise(&c.sides[0]);
  gm_bench_summarise(&c.sides[1]);
  return c;
}

static void the_floor_is_the_longer_time_and_the_sum_where_nothing_overlaps(void **state) {
  (void)state;
  const gm_bench bench = {.threads = {1}, .n_threads = 1, .single_flops_per_s = {1e9}};
  const double twice[3] = {2, 2, 2}, half[3] = {0.5, 0.5, 0.5}, ours[3] = {6, 6, 6};
  const struct {
    const double *memory;
    double longer_s, sum_s;
  } cases[] = {{twice, 2, 3}, {half, 1, 1.5}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const gm_bench_case c = case_of(cases[i].memory, ours);
    const gm_bench_bound b = gm_bench_bound_of(&bench, &c, 0);
    assert_near(b.arithmetic_s, 1, rounding);
    assert_near(b.longer_s, cases[i].longer_s, rounding);
    assert_near(b.sum_s, cases[i].sum_s, rounding);
    assert_near(gm_bench_over_bound(&bench, &c, &c.sides[0], 0, GM_BOUND_LONGER).ratio, 6 / cases[i].longer_s,
                rounding);
    assert_near(gm_bench_over_bound(&bench, &c, &c.sides[0], 0, GM_BOUND_SUM).ratio, 6 / cases[i].sum_s,
                rounding);
  }
}

static void a_round_is_held_against_the_streams_of_its_own(void **state) {
  (void)state;
  const gm_bench bench = {.threads = {1}, .n_threads = 1, .single_flops_per_s = {1e9}};
  /* the machine slows down: both take 10 % longer in the last round */
  const gm_bench_case c = case_of((double[3]){2, 2, 2.2}, (double[3]){4, 4, 4.4});
  const gm_bench_ratio r = gm_bench_over_bound(&bench, &c, &c.sides[0], 0, GM_BOUND_LONGER);
  assert_near(r.low, 2, rounding);
  assert_near(r.high, 2, rounding);
}

static void work_without_operations_has_the_memory_floor_alone(void **state) {
  (void)state;
  const gm_bench bench = {.threads = {1}, .n_threads = 1, .single_flops_per_s = {1e9}};
  gm_bench_case c = case_of((double[3]){2, 2, 2}, (double[3]){4, 4, 4});
  c.flops = 0;
  const gm_bench_bound b = gm_bench_bound_of(&bench, &c, 0);
  assert_true(isnan(b.arithmetic_s));
  assert_near(b.longer_s, 2, rounding);
  assert_near(b.sum_s, 2, rounding);
  c.n_sides = 1;
  assert_true(isnan(gm_bench_bound_of(&bench, &c, 0).longer_s));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_chain_is_computed),
      cmocka_unit_test(operations_follow_the_width),
      cmocka_unit_test(threads_share_nothing_but_the_call),
      cmocka_unit_test(the_floor_is_the_longer_time_and_the_sum_where_nothing_overlaps),
      cmocka_unit_test(a_round_is_held_against_the_streams_of_its_own),
      cmocka_unit_test(work_without_operations_has_the_memory_floor_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
