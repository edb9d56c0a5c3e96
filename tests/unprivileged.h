/* SPDX-License-Identifier: MIT
 * Root may read and write everywhere: a test of what is forbidden drops root's rights, in a child process. */
#ifndef TESTS_UNPRIVILEGED_H
#define TESTS_UNPRIVILEGED_H

#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

/* Exit status of a child that should have dropped them and could not; the case is then skipped. */
enum { CANNOT_DROP_ROOT = 77 };

/* False in containers that forbid it: without CAP_SETUID, or with one user only. */
static inline bool drop_root(void) {
  const id_t nobody = 65534; /* the kernel's overflow uid */
  return geteuid() != 0 || (setgid(nobody) == 0 && setuid(nobody) == 0);
}

#endif
