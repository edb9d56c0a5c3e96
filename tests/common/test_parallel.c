/* SPDX-License-Identifier: MIT
 * The thread pool: every piece runs exactly once, and the caller sees its effects. */
#include "common/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECES = 1000, LOOPS = 20000 };

static gm_parallel *pool_of(int threads) {
  gm_parallel *pool;
  gm_error err;
  assert_int_equal(gm_parallel_create(&pool, threads, &err), GM_OK);
  return pool;
}

/* counts[i]++ without any synchronisation: only right when piece i runs once a loop and
 * the caller waits for it. */
static void count(void *context, size_t index) {
  int *counts = context;
  counts[index]++;
}

static void every_piece_runs_once_on_any_number_of_threads(void **state) {
  (void)state;
  for (int threads = 1; threads <= 8; threads++) {
    gm_parallel *pool = pool_of(threads);
    for (size_t n = 0; n < PIECES; n += 1 + n / 3) {
      int counts[PIECES] = {0};
      gm_parallel_for(pool, n, count, counts);
      for (size_t i = 0; i < PIECES; i++) assert_int_equal(counts[i], i < n ? 1 : 0);
    }
    gm_parallel_free(pool);
  }
}

/* Loops of changing length in quick succession: a thread that comes late must not take a
 * piece of the next loop with the data of the one before. */
static void loops_in_quick_succession_do_not_mix(void **state) {
  (void)state;
  gm_parallel *pool = pool_of(4);
  int counts[8] = {0}, expected[8] = {0};
  for (int loop = 0; loop < LOOPS; loop++) {
    const size_t n = 2 + (size_t)loop % 7;
    gm_parallel_for(pool, n, count, counts);
    for (size_t i = 0; i < n; i++) expected[i]++;
  }
  assert_memory_equal(counts, expected, sizeof counts);
  gm_parallel_free(pool);
}

static void sleep_a_little(void *context, size_t index) {
  const struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
  nanosleep(&pause, NULL);
  count(context, index);
}

/* Longer than the spinning: threads sleep between loops, and the caller for the last piece. */
static void sleeping_threads_wake_up(void **state) {
  (void)state;
  gm_parallel *pool = pool_of(3);
  int counts[4] = {0};
  for (int loop = 0; loop < 20; loop++) {
    const struct timespec pause = {.tv_nsec = 1000 * 1000};
    nanosleep(&pause, NULL);
    gm_parallel_for(pool, 4, sleep_a_little, counts);
    for (size_t i = 0; i < 4; i++) assert_int_equal(counts[i], loop + 1);
  }
  gm_parallel_free(pool);
}

static void without_a_pool_the_pieces_run_in_order(void **state) {
  (void)state;
  int counts[5] = {0};
  gm_parallel_for(NULL, 5, count, counts);
  for (size_t i = 0; i < 5; i++) assert_int_equal(counts[i], 1);
  gm_parallel_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_piece_runs_once_on_any_number_of_threads),
      cmocka_unit_test(loops_in_quick_succession_do_not_mix),
      cmocka_unit_test(sleeping_threads_wake_up),
      cmocka_unit_test(without_a_pool_the_pieces_run_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
