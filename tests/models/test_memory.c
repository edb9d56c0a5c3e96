/* SPDX-License-Identifier: MIT
 * Aligned floats. */
#include "models/memory.h"
#include "tests/failing_allocator.h"
#include "tests/numbers.h"

static void floats_are_aligned_and_zero(void **state) {
  (void)state;
  static const size_t counts[] = {0,  1,    15,     16,
                                  17, 1000, 524288, 524289}; /* the last two: a huge page, and more */
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    float *block = gm_floats_alloc(counts[i]);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % GM_ALIGNMENT, 0);
    for (size_t k = 0; k < counts[i]; k++) assert_true(block[k] == 0);
    free(block);
  }
}

static void padding_is_to_whole_lines(void **state) {
  (void)state;
  assert_int_equal(gm_floats_padded(0), 0);
  assert_int_equal(gm_floats_padded(1), 16);
  assert_int_equal(gm_floats_padded(16), 16);
  assert_int_equal(gm_floats_padded(17), 32);
}

static void without_memory_there_is_null(void **state) {
  (void)state;
  if (!allocations_can_fail()) skip();
  allocations_left = 0;
  assert_null(gm_floats_alloc(10));
  allocations_left = INT_MAX;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(floats_are_aligned_and_zero),
      cmocka_unit_test(padding_is_to_whole_lines),
      cmocka_unit_test(without_memory_there_is_null),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
