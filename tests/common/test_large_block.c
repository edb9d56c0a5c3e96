/* SPDX-License-Identifier: MIT
 * Blocks of every size can be written to their last byte, begin on a cache line and keep what is in them when
 * they grow; one that no address space holds is NULL. */
#include "common/large_block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t huge_page = (size_t)2 << 20;

static void blocks_of_every_size_are_whole(void **state) {
  (void)state;
  const size_t sizes[] = {0, 1, 63, 64, 65, huge_page - 1, huge_page, huge_page + 1, 3 * huge_page + 17};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    unsigned char *block = gm_large_block(sizes[i]);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % GM_ALIGNMENT, 0);
    if (sizes[i] >= huge_page) assert_int_equal((uintptr_t)block % huge_page, 0);
    memset(block, 0xa5, sizes[i]);
    unsigned char *grown = realloc(block, 2 * sizes[i] + 1);
    assert_non_null(grown);
    for (size_t k = 0; k < sizes[i]; k++)
      if (grown[k] != 0xa5) fail();
    free(grown);
  }
}

static void what_no_address_space_holds_is_null(void **state) {
  (void)state;
  assert_null(gm_large_block(SIZE_MAX));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_of_every_size_are_whole),
      cmocka_unit_test(what_no_address_space_holds_is_null),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
