/* SPDX-License-Identifier: MIT
 * Ctrl-C (and SIGTERM) as a flag: the handler sets it and nothing else, and is gone after the first, so that
 * a second one ends the program as always. */
#include "common/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t requested;

static void note(int signal_number) {
  (void)signal_number;
  requested = 1;
}

void gm_interrupt_watch(void) {
  struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  gm_file_limit_fails();
}

void gm_file_limit_fails(void) {
  signal(SIGXFSZ, SIG_IGN);
}

bool gm_interrupt_requested(void) {
  return requested != 0;
}
