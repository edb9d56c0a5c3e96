/* SPDX-License-Identifier: MIT
 * Threads, kernels and the cutting of work into pieces. */
#include "tests/numbers.h"

#include <sched.h>

static void zero_threads_means_the_processors_of_this_process(void **state) {
  (void)state;
  cpu_set_t before, one;
  assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
  assert_int_equal(compute_with(0, NULL).threads, CPU_COUNT(&before));
  CPU_ZERO(&one);
  for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
  assert_int_equal(compute_with(0, NULL).threads, 1);
  assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
  assert_int_equal(compute_with(3, NULL).threads, 3);
}

static void an_unknown_instruction_set_is_a_sentence(void **state) {
  (void)state;
  gm_compute compute;
  gm_error err;
  assert_int_equal(gm_compute_init(&compute, 1, "mmx", &err), GM_BAD_INPUT);
  assert_string_equal(
      err.message, "GREENMILE_ISA: expected baseline, avx2 or avx512 that this processor runs, got \"mmx\"");
  assert_string_equal(compute_with(1, "baseline").kernels->isa, "baseline");
}

static void pieces_cover_the_whole_and_none_is_empty(void **state) {
  (void)state;
  for (size_t size = 1; size < 20; size++)
    for (size_t total = 0; total < 100; total++) {
      const size_t pieces = gm_pieces(total, size);
      assert_true(pieces * size >= total);
      assert_true(pieces == 0 || (pieces - 1) * size < total);
    }
  assert_int_equal(gm_least(3, 5), 3);
  assert_int_equal(gm_least(5, 3), 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(zero_threads_means_the_processors_of_this_process),
      cmocka_unit_test(an_unknown_instruction_set_is_a_sentence),
      cmocka_unit_test(pieces_cover_the_whole_and_none_is_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
