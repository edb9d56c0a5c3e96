/* SPDX-License-Identifier: MIT
 * Status codes and error messages of the whole suite.
 *
 * Library functions return a gm_status and, when it is not GM_OK, leave one
 * clear sentence in the caller's gm_error: it names the file, line or option
 * and what was expected. Only main() prints and exits. */
#ifndef COMMON_STATUS_H
#define COMMON_STATUS_H

#include <stdbool.h>

typedef enum {
  GM_OK = 0,
  GM_BAD_INPUT,   /* wrong usage, option or input file          -> exit code 2 */
  GM_FAILED,      /* a run that could not finish (diverged, …)  -> exit code 1 */
  GM_IO_ERROR,    /* the operating system refused               -> exit code 1 */
  GM_NO_MEMORY,   /* an allocation failed                       -> exit code 1 */
  GM_INTERRUPTED, /* the user asked to stop (Ctrl-C)            -> exit code 130 */
} gm_status;

/* Length of a message, its terminator included; longer ones are cut. */
#define GM_ERROR_LENGTH 512

typedef struct {
  gm_status status;
  char message[GM_ERROR_LENGTH];
} gm_error;

/* Stores status and the formatted sentence in *err (which may be NULL) and
 * returns status, so that a caller can write `return gm_fail(err, …)`. */
gm_status gm_fail(gm_error *err, gm_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* gm_fail(err, GM_NO_MEMORY, …) with the usual sentence; `what` names the object. */
gm_status gm_fail_memory(gm_error *err, const char *what);

/* Puts "prefix: " before the message already in *err: libraries do not know
 * which file or option their input came from, their callers do. */
gm_status gm_error_prefix(gm_error *err, const char *prefix);

/* Process exit code for a status (see the enum). */
int gm_exit_code(gm_status status);

#endif
