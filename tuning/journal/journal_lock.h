/* SPDX-License-Identifier: MIT
 * The lock of a journal file: FILE.lock, a symbolic link that exists while somebody
 * writes. It excludes optuna's JournalFileSymlinkLock and JournalFileOpenLock, and is
 * taken from a dead owner by the same rule: when neither it nor the journal has changed
 * for a grace period. Among workers of this program on one machine an advisory lock
 * (flock) on the journal comes first: they queue in the kernel instead of polling, and
 * two of them can never take over the same stale lock. */
#ifndef TUNING_JOURNAL_LOCK_H
#define TUNING_JOURNAL_LOCK_H

#include "common/status.h"

#include <signal.h>

typedef struct {
  const char *path;     /* of the journal; borrowed */
  int file;             /* open descriptor of the journal */
  double grace_s;       /* a lock unchanged for so long is stale */
  char *lock_path;      /* owned */
  sigset_t signals;     /* those blocked before the lock was taken */
  double waited_s;      /* sum over all acquisitions */
  double held_s;        /* likewise */
  double acquired_at_s; /* gm_monotonic_s */
} gm_journal_lock;

/* Waits for the lock. From then until the release, SIGINT and SIGTERM are held back, so that neither
 * can leave a lock behind, and what they interrupt can still be recorded. */
gm_status gm_journal_lock_acquire(gm_journal_lock *lock, gm_error *err);

/* Removes the link, in one step: killed in the middle of it, a worker leaves the lock or nothing. */
void gm_journal_lock_release(gm_journal_lock *lock);

#endif
