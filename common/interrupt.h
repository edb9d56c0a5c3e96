/* SPDX-License-Identifier: MIT
 * Ctrl-C as a question that long loops ask, so that they can stop between two
 * steps and leave only whole files. A process has one SIGINT, so this is the one
 * place of the suite with process-wide state; only programs call the first
 * function, libraries take a callback instead. */
#ifndef COMMON_INTERRUPT_H
#define COMMON_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM are noted; a second one ends the process at once. Likewise
 * gm_file_limit_fails. */
void gm_interrupt_watch(void);

/* From now on a write beyond the limit on a file's size (ulimit -f, batch systems) fails, as on a full disk,
 * and does not end the process (SIGXFSZ). */
void gm_file_limit_fails(void);

/* Whether one has arrived. */
bool gm_interrupt_requested(void);

#endif
