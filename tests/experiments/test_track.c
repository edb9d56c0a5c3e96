/* SPDX-License-Identifier: MIT
 * What takes a process of its own to see of `track`: the live line on a pseudo-terminal, and what is left
 * when it is killed. The command it meters ends when the test closes its standard input, so nothing here
 * depends on how long anything takes. */
#include "common/json.h"
#include "energy/process/cgroup.h"
#include "energy/record/readings_log.h"
#include "tests/fake_machine.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

typedef struct {
  fake_machine f;
  char program[PATH_MAX], record[FAKE_PATH], readings[FAKE_PATH], output[FAKE_PATH];
} fixture;

static int set_up(void **state) {
  fixture *x = calloc(1, sizeof *x);
  if (x == NULL) return -1;
  const ssize_t length = readlink("/proc/self/exe", x->program, sizeof x->program - 32);
  if (length <= 0) return -1;
  char *slash = strrchr(x->program, '/');
  *slash = '\0'; /* build/tests */
  strcpy(strrchr(x->program, '/'), "/bin/track");
  fake_open(&x->f);
  fake_print(x->record, "%s/record.json", x->f.root);
  fake_print(x->readings, "%s/readings.csv", x->f.root);
  fake_print(x->output, "%s/emissions.csv", x->f.root);
  fake_zone(&x->f, "intel-rapl:0", "package-0", 5000000, INTEL_RANGE_UJ);
  *state = x;
  return 0;
}

static int tear_down(void **state) {
  fixture *x = *state;
  fake_close(&x->f);
  free(x);
  return 0;
}

/* ---- a running track --------------------------------------------------------------- */

typedef struct {
  pid_t pid;
  int input; /* closing it ends the metered command */
} running;

/* Starts track with `options` before "-- command", both with their output on `output_fd`, in a session of its
 * own whose terminal is `terminal_fd` (−1: none). */
static running start_command(const fixture *x, const char *const *command, const char *const *options,
                             const char *term, const char *no_color, int output_fd, int terminal_fd) {
  int input[2];
  const char *argv[32] = {"track", "--record", x->record, "--output", x->output};
  size_t n = 5;
  for (; *options != NULL; options++) argv[n++] = *options;
  argv[n++] = "--";
  for (; *command != NULL; command++) argv[n++] = *command;
  assert_int_equal(pipe2(input, O_CLOEXEC), 0);
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    setenv("TERM", term, 1);
    unsetenv("NO_COLOR");
    if (no_color != NULL) setenv("NO_COLOR", no_color, 1);
    setenv("GREENMILE_SYSFS_ROOT", x->f.sys, 1);
    setenv("HOME", x->f.root, 1);
    setenv("XDG_CACHE_HOME", x->f.root, 1);
    (void)signal(SIGINT, SIG_DFL); /* a shell's background job has it ignored */
    (void)signal(SIGQUIT, SIG_DFL);
    if (terminal_fd >= 0 && (setsid() < 0 || ioctl(terminal_fd, TIOCSCTTY, 0) != 0)) _exit(99);
    if (dup2(input[0], STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
        dup2(output_fd, STDERR_FILENO) < 0 || chdir(x->f.root) != 0)
      _exit(99);
    execv(x->program, (char *const *)argv);
    _exit(99);
  }
  close(input[0]);
  return (running){.pid = pid, .input = input[1]};
}

static running start(const fixture *x, const char *const *options, const char *term, const char *no_color,
                     int output_fd, int terminal_fd) {
  static const char *const cat[] = {"cat", NULL};
  return start_command(x, cat, options, term, no_color, output_fd, terminal_fd);
}

static int exit_status(pid_t pid) {
  int status = -1;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- the live line ------------------------------------------------------------------- */

/* Opens a pseudo-terminal; *slave −1 where there are none. */
static int open_terminal(int *slave) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  *slave = master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0
               ? open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC)
               : -1;
  return master;
}

/* Reads on until `text` holds `wanted` (NULL: until everything has been read); the kernel hands it over in
 * pieces. False at the end, which is an error on Linux. */
static bool read_until(int master, const char *wanted, char *text, size_t size) {
  size_t length = strlen(text);
  while (wanted == NULL || strstr(text, wanted) == NULL) {
    const ssize_t n = read(master, text + length, size - 1 - length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    length += (size_t)n;
    text[length] = '\0';
    assert_true(length + 1 < size);
  }
  return true;
}

static const int longer_than_a_line_ms = 1300; /* it is written anew every second */

/* The command draws a bar of its own: until its end nothing else may come to the terminal. */
static void the_terminal_is_the_commands_until_it_ends(void **state) {
  const fixture *x = *state;
  static const char bar[] = "\r 30%|####      | epoch 3";
  static char text[1 << 16];
  const char *const options[] = {"--source", "model", NULL};
  int slave;
  const int master = open_terminal(&slave);
  if (slave < 0) {
    if (master >= 0) close(master);
    skip();
  }
  text[0] = '\0';
  const running track = start(x, options, "xterm", NULL, slave, slave);
  close(slave);
  assert_int_equal(write(track.input, bar, strlen(bar)), (ssize_t)strlen(bar));
  assert_true(read_until(master, "epoch 3", text, sizeof text));
  (void)poll(NULL, 0, longer_than_a_line_ms);
  close(track.input);
  (void)read_until(master, NULL, text, sizeof text);
  close(master);
  assert_int_equal(exit_status(track.pid), 0);
  assert_memory_equal(text, bar, strlen(bar));
  assert_memory_equal(text + strlen(bar), "track: energy ", strlen("track: energy "));
  for (char *line = strtok(text + strlen(bar), "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
    assert_true(strlen(line) <= 80);
}

static void a_line_lives_where_the_commands_output_goes_elsewhere(void **state) {
  const fixture *x = *state;
  static char text[1 << 16];
  const char *const options[] = {"--source", "model", NULL};
  int slave;
  const int master = open_terminal(&slave), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (slave < 0) {
    if (master >= 0) close(master);
    skip();
  }
  text[0] = '\0';
  const running track = start(x, options, "xterm", NULL, null, slave);
  close(null);
  assert_true(read_until(master, "\r\033[Ktrack: ", text, sizeof text));
  assert_true(read_until(master, " W, modelled", text, sizeof text));
  assert_non_null(strstr(text, " kWh ("));
  close(slave); /* not before: track opens it by itself */
  close(track.input);
  (void)read_until(master, NULL, text, sizeof text);
  close(master);
  assert_int_equal(exit_status(track.pid), 0);
  assert_string_equal(text + strlen(text) - 4, "\r\033[K"); /* and is cleared at the end */
}

/* Ctrl-C reaches the foreground group only; timeout and setsid are not in it, and are told. */
static void ctrl_c_ends_commands_that_left_the_group(void **state) {
  const fixture *x = *state;
  static const char *const commands[][6] = {{"timeout", "600", "sh", "-c", "echo up; exec sleep 600", NULL},
                                            {"setsid", "-w", "sh", "-c", "echo up; exec sleep 600", NULL},
                                            {"sh", "-c", "echo up; exec sleep 600", NULL}};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    static char text[1 << 16];
    const char *const options[] = {"--source", "model", "--quiet", NULL};
    int slave;
    const int master = open_terminal(&slave);
    if (slave < 0) {
      if (master >= 0) close(master);
      skip();
    }
    text[0] = '\0';
    const running track = start_command(x, commands[i], options, "xterm", NULL, slave, slave);
    assert_true(read_until(master, "up", text, sizeof text));
    assert_int_equal(write(master, "\003", 1), 1);
    const int status = exit_status(track.pid); /* never, where nobody told it */
    assert_true(status == 128 + SIGINT || status == 124);
    close(track.input);
    close(slave);
    close(master);
  }
}

static void without_colour_on_dumb_terminals_and_when_quiet_there_is_none(void **state) {
  const fixture *x = *state;
  static const struct {
    const char *term, *no_color, *quiet;
  } cases[] = {{"xterm", "1", NULL}, {"dumb", NULL, NULL}, {"xterm", NULL, "--quiet"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int slave;
    static char text[1 << 16];
    const char *const options[] = {"--source", "model", cases[i].quiet, NULL};
    const int master = open_terminal(&slave), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (slave < 0) {
      if (master >= 0) close(master);
      skip();
    }
    text[0] = '\0';
    const running track = start(x, options, cases[i].term, cases[i].no_color, null, slave);
    close(null);
    close(track.input);
    assert_int_equal(exit_status(track.pid), 0);
    close(slave); /* not before: it would hang up */
    (void)read_until(master, NULL, text, sizeof text);
    close(master);
    assert_string_equal(text, ""); /* with a line, its clearing would be there however short the run */
  }
}

/* ---- killed ---------------------------------------------------------------------------- */

/* Energy of the CPU in the record, J; NAN while there is none, it is not this run's or not yet whole. */
static double recorded_j(const fixture *x) {
  struct json_object *root = NULL;
  double joules = NAN;
  if (access(x->record, F_OK) != 0) return NAN;
  assert_int_equal(gm_json_read(x->record, &root, NULL), GM_OK); /* whole whenever it is there */
  assert_string_equal(gm_json_text(root, "state"), "running");
  assert_true(json_object_is_type(json_object_object_get(root, "exit_status"), json_type_null));
  if (json_object_get_boolean(json_object_object_get(root, "energy_measured")))
    joules = gm_json_number(root, "energy_cpu_kwh") * 3.6e6;
  json_object_put(root);
  return joules;
}

/* The group a killed track could not remove, where it had one. */
static void remove_group(pid_t track) {
  gm_cgroup own;
  char why[256], path[PATH_MAX];
  if (!gm_cgroup_open(&own, "/proc", why, sizeof why)) return;
  snprintf(path, sizeof path, "%s/greenmile-%ld", own.parent, (long)track);
  while (rmdir(path) != 0 && errno == EBUSY) (void)poll(NULL, 0, 5); /* its command is ending */
  gm_cgroup_close(&own);
}

/* Waits a moment for track. Its counter goes on meanwhile: one that stands still on a busy machine for longer
 * than any does would be taken for frozen. */
static void wait_for(const running *track, const fixture *x, uint64_t *energy_uj) {
  fake_energy(&x->f, "intel-rapl:0", ++*energy_uj);
  assert_int_equal(waitpid(track->pid, NULL, WNOHANG), 0);
  (void)poll(NULL, 0, 5);
}

static void a_killed_track_loses_its_last_interval_at_most(void **state) {
  static const double waited_j = 0.1; /* 1 µJ every 5 ms, and nobody waits so long */
  uint64_t energy_uj = 5000000;
  fixture *x = *state;
  const char *const options[] = {"--quiet", "--checkpoint", "0.1",       "--interval",
                                 "0.05",    "--readings",   x->readings, NULL};
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const running track = start(x, options, "dumb", NULL, null, -1);
  close(null);
  while (access(x->record, F_OK) != 0) wait_for(&track, x, &energy_uj); /* the first checkpoint: it runs */
  for (int step = 1; step <= 3; step++) { /* whatever is used is in the record one checkpoint later */
    energy_uj += 7000000;
    while (!(fabs(recorded_j(x) - 7 * step) < waited_j)) wait_for(&track, x, &energy_uj);
  }
  assert_int_equal(kill(track.pid, SIGKILL), 0);
  assert_int_equal(exit_status(track.pid), 128 + SIGKILL);
  close(track.input);
  remove_group(track.pid);
  assert_near(recorded_j(x), 21, waited_j);
  assert_int_equal(access(x->output, F_OK), -1); /* no row: the run has no end */

  gm_replay replay; /* and the log of readings goes as far */
  gm_energy e;
  gm_error err = {0};
  assert_int_equal(gm_replay_open(&replay, x->readings, NAN, &err), GM_OK);
  gm_meter_between(replay.meter, &replay.readings[0], &replay.readings[replay.n - 1], NULL, &e);
  assert_near(e.component_j[GM_CPU], 21, waited_j);
  gm_replay_close(&replay);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_MACHINE(the_terminal_is_the_commands_until_it_ends),
      ON_MACHINE(a_line_lives_where_the_commands_output_goes_elsewhere),
      ON_MACHINE(ctrl_c_ends_commands_that_left_the_group),
      ON_MACHINE(without_colour_on_dumb_terminals_and_when_quiet_there_is_none),
      ON_MACHINE(a_killed_track_loses_its_last_interval_at_most),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
