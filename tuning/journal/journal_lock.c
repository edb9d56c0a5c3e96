/* SPDX-License-Identifier: MIT
 * The lock of a journal file: a symbolic link among machines and other software, an advisory lock before it
 * among workers of this machine. The rules are in the header. */
#include "tuning/journal/journal_lock.h"

#include "common/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Waiting between two attempts, as Optuna: 1 ms, doubling to 1 s. */
static const double shortest_sleep_s = 0.001, longest_sleep_s = 1.0;

/* ---- among processes of this machine -------------------------------------------- */

/* A file system without flock is fine: the link alone then decides. */
static void queue_up(const gm_journal_lock *lock) {
  while (flock(lock->file, LOCK_EX) != 0 && errno == EINTR) {
  }
}

/* ---- the link ------------------------------------------------------------------------ */

static void block_signals(gm_journal_lock *lock) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, &lock->signals);
}

static void unblock_signals(const gm_journal_lock *lock) {
  pthread_sigmask(SIG_SETMASK, &lock->signals, NULL);
}

/* What a lock looks like: the link itself and, through it, when the journal was last written. A plain
 * lock file (JournalFileOpenLock) and a dangling link only have the first. */
typedef struct {
  ino_t inode;
  struct timespec changed, written;
} appearance;

static bool look(const gm_journal_lock *lock, appearance *a) {
  struct stat link, target;
  *a = (appearance){0};
  if (lstat(lock->lock_path, &link) != 0) return false;
  a->inode = link.st_ino;
  a->changed = link.st_ctim;
  if (stat(lock->lock_path, &target) == 0) a->written = target.st_mtim;
  return true;
}

static bool same_time(struct timespec a, struct timespec b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same(const appearance *a, const appearance *b) {
  return a->inode == b->inode && same_time(a->changed, b->changed) && same_time(a->written, b->written);
}

/* One attempt: 1 taken, 0 somebody has it, -1 impossible. The link's text is the journal's base name, which
 * resolves from the lock's own directory: waiters look through it. */
static int try_link(gm_journal_lock *lock) {
  const char *slash = strrchr(lock->path, '/');
  block_signals(lock);
  if (symlink(slash != NULL ? slash + 1 : lock->path, lock->lock_path) == 0) return 1;
  const int reason = errno;
  unblock_signals(lock);
  errno = reason;
  return reason == EEXIST ? 0 : -1;
}

static void sleep_for(double seconds) {
  const struct timespec time = gm_s_to_timespec(seconds);
  nanosleep(&time, NULL); /* a signal may cut it short */
}

static gm_status take_link(gm_journal_lock *lock, gm_error *err) {
  appearance seen = {0};
  double seen_s = gm_monotonic_s(), sleep_s = shortest_sleep_s;
  for (;;) {
    const int taken = try_link(lock);
    if (taken > 0) return GM_OK;
    if (taken < 0)
      return gm_fail(err, GM_IO_ERROR, "%s: cannot create it: %s", lock->lock_path, strerror(errno));
    appearance now;
    if (!look(lock, &now)) continue; /* just released */
    if (!same(&now, &seen)) {
      seen = now;
      seen_s = gm_monotonic_s();
    } else if (gm_monotonic_s() - seen_s > lock->grace_s) {
      unlink(lock->lock_path); /* its owner is dead */
      sleep_s = shortest_sleep_s;
      continue;
    }
    sleep_for(sleep_s);
    sleep_s = 2.0 * sleep_s < longest_sleep_s ? 2.0 * sleep_s : longest_sleep_s;
  }
}

gm_status gm_journal_lock_acquire(gm_journal_lock *lock, gm_error *err) {
  const double asked_s = gm_monotonic_s();
  if (lock->lock_path == NULL && asprintf(&lock->lock_path, "%s.lock", lock->path) < 0) {
    lock->lock_path = NULL;
    return gm_fail_memory(err, "a file name");
  }
  queue_up(lock);
  const gm_status status = take_link(lock, err);
  if (status != GM_OK) flock(lock->file, LOCK_UN);
  lock->acquired_at_s = gm_monotonic_s();
  lock->waited_s += lock->acquired_at_s - asked_s;
  return status;
}

void gm_journal_lock_release(gm_journal_lock *lock) {
  unlink(lock->lock_path);
  flock(lock->file, LOCK_UN);
  lock->held_s += gm_monotonic_s() - lock->acquired_at_s;
  unblock_signals(lock);
}
