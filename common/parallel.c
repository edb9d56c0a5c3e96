/* SPDX-License-Identifier: MIT
 * A pool of threads.
 *
 * `ticket` is the whole protocol: its upper half numbers the loops, its lower half is
 * the next piece. A thread takes a piece by compare-and-swap on the whole word, so a
 * thread that comes late, with a loop's data it read before, can take nothing of the
 * next one. While the data of a loop are being written its number is odd. */
#include "common/parallel.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* How long a thread spins for the next loop, or for the last piece, before it sleeps:
 * about the time that waking a thread takes. */
static const double spin_s = 50e-6;
enum { PAUSES_A_LOOK = 64 }; /* between two looks at the clock */

struct gm_parallel {
  _Atomic(uint64_t) ticket;
  _Atomic(gm_piece) piece;
  _Atomic(void *) context;
  atomic_size_t n, finished;
  atomic_int sleepers;
  atomic_bool caller_waits, stop;
  pthread_mutex_t mutex;
  pthread_cond_t work, done;
  int n_threads; /* started */
  pthread_t *threads;
};

static uint64_t loop_of(uint64_t ticket) {
  return ticket >> 32;
}
static uint32_t piece_of(uint64_t ticket) {
  return (uint32_t)ticket;
}

static void pause_briefly(void) {
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("yield");
#endif
}

/* Takes and runs pieces of loop `loop` until none is left. */
static void work_on(gm_parallel *p, uint64_t loop) {
  for (;;) {
    uint64_t ticket = atomic_load(&p->ticket);
    const size_t n = atomic_load(&p->n);
    const gm_piece piece = atomic_load(&p->piece);
    void *context = atomic_load(&p->context);
    if (loop_of(ticket) != loop || piece_of(ticket) >= n) return;
    if (!atomic_compare_exchange_strong(&p->ticket, &ticket, ticket + 1)) continue;
    piece(context, piece_of(ticket));
    if (atomic_fetch_add(&p->finished, 1) + 1 == n && atomic_load(&p->caller_waits)) {
      pthread_mutex_lock(&p->mutex);
      pthread_cond_signal(&p->done);
      pthread_mutex_unlock(&p->mutex);
    }
  }
}

/* A loop that is open and not the one numbered `last`. */
static bool is_new(const gm_parallel *p, uint64_t last) {
  const uint64_t loop = loop_of(atomic_load(&p->ticket));
  return loop != last && loop % 2 == 0;
}

static bool is_finished(const gm_parallel *p) {
  return atomic_load(&p->finished) == atomic_load(&p->n);
}

/* Spins until `ready` or the time is up. */
static bool spin(const gm_parallel *p, uint64_t last, bool (*ready)(const gm_parallel *, uint64_t)) {
  const double start = gm_monotonic_s();
  do {
    for (int i = 0; i < PAUSES_A_LOOK; i++) {
      if (ready(p, last) || atomic_load(&p->stop)) return true;
      pause_briefly();
    }
  } while (gm_monotonic_s() - start < spin_s);
  return false;
}

static bool all_done(const gm_parallel *p, uint64_t unused) {
  (void)unused;
  return is_finished(p);
}

static void *thread_main(void *argument) {
  gm_parallel *p = argument;
  uint64_t last = 0;
  for (;;) {
    if (!spin(p, last, is_new)) {
      pthread_mutex_lock(&p->mutex);
      atomic_fetch_add(&p->sleepers, 1); /* before the look: the caller writes first and looks second */
      while (!is_new(p, last) && !atomic_load(&p->stop)) pthread_cond_wait(&p->work, &p->mutex);
      atomic_fetch_sub(&p->sleepers, 1);
      pthread_mutex_unlock(&p->mutex);
    }
    if (atomic_load(&p->stop)) return NULL;
    last = loop_of(atomic_load(&p->ticket));
    if (last % 2 == 0) work_on(p, last);
  }
}

gm_status gm_parallel_create(gm_parallel **pool, int threads, gm_error *err) {
  gm_parallel *p = calloc(1, sizeof *p);
  *pool = p;
  if (p == NULL) return gm_fail_memory(err, "the thread pool");
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->done, NULL);
  p->threads = calloc((size_t)(threads > 1 ? threads - 1 : 1), sizeof *p->threads);
  gm_status status = p->threads == NULL ? gm_fail_memory(err, "the thread pool") : GM_OK;
  while (status == GM_OK && p->n_threads < threads - 1) {
    if (pthread_create(&p->threads[p->n_threads], NULL, thread_main, p) != 0)
      status = gm_fail(err, GM_IO_ERROR, "cannot start thread %d of %d", p->n_threads + 2, threads);
    else
      p->n_threads++;
  }
  if (status != GM_OK) {
    gm_parallel_free(p);
    *pool = NULL;
  }
  return status;
}

void gm_parallel_free(gm_parallel *p) {
  if (p == NULL) return;
  pthread_mutex_lock(&p->mutex);
  atomic_store(&p->stop, true);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->mutex);
  for (int i = 0; i < p->n_threads; i++) pthread_join(p->threads[i], NULL);
  pthread_mutex_destroy(&p->mutex);
  pthread_cond_destroy(&p->work);
  pthread_cond_destroy(&p->done);
  free(p->threads);
  free(p);
}

static void publish(gm_parallel *p, size_t n, gm_piece piece, void *context) {
  const uint64_t loop = loop_of(atomic_load(&p->ticket));
  atomic_store(&p->ticket, (loop + 1) << 32); /* odd: closed */
  atomic_store(&p->n, n);
  atomic_store(&p->piece, piece);
  atomic_store(&p->context, context);
  atomic_store(&p->finished, 0);
  atomic_store(&p->ticket, (loop + 2) << 32); /* even: open */
  if (atomic_load(&p->sleepers) == 0) return;
  pthread_mutex_lock(&p->mutex);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->mutex);
}

void gm_parallel_for(gm_parallel *p, size_t n, gm_piece piece, void *context) {
  if (p == NULL || p->n_threads == 0 || n < 2) {
    for (size_t i = 0; i < n; i++) piece(context, i);
    return;
  }
  publish(p, n, piece, context);
  work_on(p, loop_of(atomic_load(&p->ticket)));
  if (spin(p, 0, all_done)) return;
  pthread_mutex_lock(&p->mutex);
  atomic_store(&p->caller_waits, true);
  while (!is_finished(p)) pthread_cond_wait(&p->done, &p->mutex);
  atomic_store(&p->caller_waits, false);
  pthread_mutex_unlock(&p->mutex);
}
