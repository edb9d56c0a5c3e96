/* SPDX-License-Identifier: MIT
 * SIGINT and SIGTERM as a question. Each case runs in a child process, since a
 * signal belongs to a whole process and the second one ends it. */
#include "common/interrupt.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The wait status of a child that runs `body`; body's result is its exit code. */
static int in_child(int (*body)(void)) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(body());
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  return status;
}

static int ask_around(int signal_number) {
  gm_interrupt_watch();
  if (gm_interrupt_requested()) return 1;
  raise(signal_number);
  return gm_interrupt_requested() ? 0 : 2;
}
static int after_interrupt(void) {
  return ask_around(SIGINT);
}
static int after_terminate(void) {
  return ask_around(SIGTERM);
}
static int after_both(void) { /* the first of each kind is noted */
  return ask_around(SIGINT) == 0 && raise(SIGTERM) == 0 ? 0 : 1;
}
static int after_two_interrupts(void) {
  gm_interrupt_watch();
  raise(SIGINT);
  raise(SIGINT);
  return 0;
}

static void the_first_signal_is_noted_and_the_program_goes_on(void **state) {
  (void)state;
  int (*const bodies[])(void) = {after_interrupt, after_terminate, after_both};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    const int status = in_child(bodies[i]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
  }
}

static void the_second_one_ends_the_process(void **state) {
  (void)state;
  const int status = in_child(after_two_interrupts);
  assert_true(WIFSIGNALED(status));
  assert_int_equal(WTERMSIG(status), SIGINT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_signal_is_noted_and_the_program_goes_on),
      cmocka_unit_test(the_second_one_ends_the_process),
  };
  return cmocka_run_group_tests_name("interrupt", tests, NULL, NULL);
}
