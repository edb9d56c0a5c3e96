/* SPDX-License-Identifier: MIT
 * Scenario 25: CPU time of trees of processes, against work of known CPU time. The program calls
 * itself as "burn SECONDS", which uses that much CPU time by its own clock and ends; "burn-and-die" is
 * killed then, "burn-and-wait" waits until its parent is, "ignore SECONDS" lets two children burn halves of
 * it that nobody waits for. */
#include "energy/process/process_tree.h"

#include "energy/process/cgroup.h"
#include "tests/assert_near.h"
#include "tests/unprivileged.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const double burn_s = 0.2; /* of every case */

/* Shells, execs and page faults come on top; how much that is depends on the machine and the sanitizers,
 * so a tree of the same shape that burns nothing tells, and may be off by all it cost. What is left is less
 * than any child counted twice would add. */
static const double slack_s = 0.09;

/* What a process used between its fork and its cgroup is in its own clock only; less than any lost child. */
static const double fork_s = 0.01;

static void burn(double seconds) {
  struct timespec used;
  do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  while ((double)used.tv_sec + (double)used.tv_nsec * 1e-9 < seconds);
}

static void own_path(char path[4096]) {
  const ssize_t length = readlink("/proc/self/exe", path, 4095);
  assert_true(length > 0);
  path[length] = '\0';
}

/* Waits for what `tree` started, orphans too; its CPU time. */
static double run_tree(gm_process_tree *tree, const char *script) {
  char path[4096];
  gm_error err = {0};
  sigset_t none;
  sigemptyset(&none);
  own_path(path);
  char *const argv[] = {"sh", "-c", (char *)script, path, NULL}; /* "$0" is this program */
  assert_int_equal(gm_process_tree_start(tree, argv, &none, &err), GM_OK);
  assert_string_equal(err.message, "");
  while (!gm_process_tree_reap(tree) || gm_process_tree_population(tree) > 0) {
    (void)gm_process_tree_cpu_ns(tree); /* as who watches does */
    (void)poll(NULL, 0, 5);
  }
  return (double)gm_process_tree_cpu_ns(tree) * 1e-9;
}

/* Each burns $all = burn_s in the end, in halves and tenths where there are several. */
typedef struct {
  const char *name, *script;
} tree_case;

static const tree_case cases[] = {
    {"short children", "for i in 1 2 3 4 5 6 7 8 9 10; do \"$0\" burn $tenth; done"},
    {"nested children", "sh -c 'sh -c \"\\\"$0\\\" burn $all; true\" \"$0\"; true' \"$0\""},
    {"exec", "exec \"$0\" burn $all"},
    {"orphan", "(\"$0\" burn $all &) ; exit 0"},
    {"double fork and new session", "(setsid sh -c '\"$0\" burn $all; true' \"$0\" &) ; exit 0"},
    {"killed child", "\"$0\" burn-and-die $all & wait"},
    {"parallel children", "\"$0\" burn $half & \"$0\" burn $half & wait"},
};

static double run_case(const tree_case *c, bool use_cgroup, const char *method, double seconds) {
  char script[512];
  gm_process_tree *tree;
  const int length = snprintf(script, sizeof script, "export all=%g half=%g tenth=%g; %s", seconds,
                              seconds / 2, seconds / 10, c->script);
  assert_true(length > 0 && (size_t)length < sizeof script);
  assert_int_equal(gm_process_tree_open(&tree, use_cgroup, NULL), GM_OK);
  assert_string_equal(gm_process_tree_method(tree), method);
  const double cpu_s = run_tree(tree, script);
  gm_process_tree_close(tree);
  return cpu_s;
}

static void run_cases(bool use_cgroup, const char *method) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const double overhead_s = run_case(&cases[i], use_cgroup, method, 0);
    const double cpu_s = run_case(&cases[i], use_cgroup, method, burn_s);
    if (!(cpu_s >= burn_s - fork_s && cpu_s <= burn_s + 2 * overhead_s + slack_s))
      fail_msg("%s (%s): %.4f s of CPU time, the truth is %.4f and %.4f around it", cases[i].name, method,
               cpu_s, burn_s, overhead_s);
  }
}

static bool has_cgroup(void) {
  gm_process_tree *tree;
  assert_int_equal(gm_process_tree_open(&tree, true, NULL), GM_OK);
  const bool has = strcmp(gm_process_tree_method(tree), "cgroup") == 0;
  gm_process_tree_close(tree);
  return has;
}

static void s25_a_cgroup_counts_every_descendant(void **state) {
  (void)state;
  if (!has_cgroup()) skip();
  run_cases(true, "cgroup");
}

static void s25_reaping_counts_every_descendant_without_a_cgroup(void **state) {
  (void)state;
  run_cases(false, "rusage");
}

static void s25_an_unprivileged_user_loses_nothing(void **state) {
  (void)state;
  if (getuid() != 0) skip(); /* the case above is this one */
  const pid_t pid = fork();
  if (pid == 0) {
    gm_process_tree *tree;
    sigset_t none;
    gm_error err = {0};
    sigemptyset(&none);
    char *const argv[] = {"sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 5", NULL};
    if (!drop_root()) _exit(CANNOT_DROP_ROOT);
    if (gm_process_tree_open(&tree, true, NULL) != GM_OK) _exit(11);
    if (strcmp(gm_process_tree_method(tree), "rusage") != 0) _exit(12);
    if (strstr(gm_process_tree_note(tree), "cgroup") == NULL) _exit(13);
    if (gm_process_tree_start(tree, argv, &none, &err) != GM_OK) _exit(14);
    while (!gm_process_tree_reap(tree)) (void)poll(NULL, 0, 5);
    if (gm_process_tree_exit_status(tree) != 5) _exit(15);
    _exit(gm_process_tree_cpu_ns(tree) > 0 ? 0 : 16);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == CANNOT_DROP_ROOT) skip();
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_time_of_living_processes_is_seen_too(void **state) {
  (void)state;
  for (int use_cgroup = 0; use_cgroup <= 1; use_cgroup++) {
    gm_process_tree *tree;
    gm_error err = {0};
    char path[4096];
    sigset_t none;
    int64_t before_ns = 0;
    sigemptyset(&none);
    own_path(path);
    char *const argv[] = {"sh", "-c", "\"$0\" burn-and-wait 0.2; true", path, NULL};
    assert_int_equal(gm_process_tree_open(&tree, use_cgroup == 1, NULL), GM_OK);
    assert_int_equal(gm_process_tree_cpu_ns(tree), 0);
    assert_int_equal(gm_process_tree_start(tree, argv, &none, &err), GM_OK);
    for (int i = 0; (double)before_ns * 1e-9 < burn_s - 0.02; i++) { /* ticks of 10 ms */
      const int64_t now_ns = gm_process_tree_cpu_ns(tree);
      if (i > 12000) fail_msg("after a minute only %.4f s are seen", (double)now_ns * 1e-9);
      assert_true(now_ns >= before_ns);
      before_ns = now_ns;
      (void)poll(NULL, 0, 5);
    }
    assert_true(gm_process_tree_population(tree) >= 1);
    assert_false(gm_process_tree_reap(tree));
    gm_process_tree_signal(tree, SIGTERM);
    while (!gm_process_tree_reap(tree)) (void)poll(NULL, 0, 5);
    assert_int_equal(gm_process_tree_exit_status(tree), 128 + SIGTERM);
    assert_true(gm_process_tree_cpu_ns(tree) >= before_ns);
    gm_process_tree_close(tree);
  }
}

static int status_of(const char *command, const char *argument, gm_error *err) {
  gm_process_tree *tree;
  sigset_t none;
  sigemptyset(&none);
  char *const argv[] = {(char *)command, "-c", (char *)argument, NULL};
  assert_int_equal(gm_process_tree_open(&tree, false, NULL), GM_OK);
  assert_int_equal(gm_process_tree_start(tree, argv, &none, err), GM_OK);
  while (!gm_process_tree_reap(tree)) (void)poll(NULL, 0, 2);
  const int status = gm_process_tree_exit_status(tree);
  gm_process_tree_close(tree);
  return status;
}

static void exit_statuses_are_a_shells(void **state) {
  (void)state;
  gm_error err = {0};
  assert_int_equal(status_of("sh", "exit 0", &err), 0);
  assert_int_equal(status_of("sh", "exit 77", &err), 77);
  assert_int_equal(status_of("sh", "kill -9 $$", &err), 128 + SIGKILL);
  assert_string_equal(err.message, "");
  /* exec calls a command forbidden, not missing, where a directory of PATH may not be searched */
  char *path = strdup(getenv("PATH") != NULL ? getenv("PATH") : "");
  assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
  assert_int_equal(status_of("no-such-command-anywhere", "", &err), 127);
  assert_int_equal(setenv("PATH", path, 1), 0);
  free(path);
  assert_non_null(strstr(err.message, "no-such-command-anywhere: command not found"));
  assert_int_equal(status_of("/dev/null", "", &err), 126);
}

static void a_group_left_by_a_killed_process_of_this_id_is_used_again(void **state) {
  (void)state;
  gm_cgroup group;
  gm_process_tree *tree;
  char why[256], path[4096];
  if (!has_cgroup()) skip();
  assert_true(gm_cgroup_open(&group, "/proc", why, sizeof why));
  snprintf(path, sizeof path, "%s", group.path);
  gm_cgroup_close(&group);
  assert_int_equal(mkdir(path, 0755), 0);
  assert_int_equal(gm_process_tree_open(&tree, true, NULL), GM_OK);
  assert_string_equal(gm_process_tree_method(tree), "cgroup");
  gm_process_tree_close(tree);
  assert_int_equal(access(path, F_OK), -1);
}

/* A killed track cannot remove its group; the next one does, when what was metered has ended. */
static void groups_of_dead_processes_are_removed(void **state) {
  (void)state;
  gm_cgroup group;
  char why[256], orphan[4096];
  if (!has_cgroup()) skip();
  const pid_t dead = fork();
  assert_true(dead >= 0);
  if (dead == 0) _exit(0);
  assert_int_equal(waitpid(dead, NULL, 0), dead);
  assert_true(gm_cgroup_open(&group, "/proc", why, sizeof why));
  snprintf(orphan, sizeof orphan, "%s/greenmile-%ld", group.parent, (long)dead);
  gm_cgroup_close(&group);
  assert_int_equal(mkdir(orphan, 0755), 0);
  assert_true(gm_cgroup_open(&group, "/proc", why, sizeof why));
  assert_int_equal(access(orphan, F_OK), -1);
  gm_cgroup_close(&group);
}

/* A track under a track, both killed: what they left is cleared by the next. */
static void groups_left_by_killed_processes_are_cleared(void **state) {
  (void)state;
  gm_cgroup group;
  char why[256], outer[4096], inner[4160];
  if (!has_cgroup()) skip();
  assert_true(gm_cgroup_open(&group, "/proc", why, sizeof why));
  snprintf(outer, sizeof outer, "%s/greenmile-%d", group.parent, 4194303); /* no process has this id */
  snprintf(inner, sizeof inner, "%s/greenmile-%d", outer, 4194302);
  gm_cgroup_close(&group);
  assert_int_equal(mkdir(outer, 0755) + mkdir(inner, 0755), 0);
  assert_true(gm_cgroup_open(&group, "/proc", why, sizeof why));
  assert_int_equal(access(inner, F_OK), -1);
  assert_int_equal(access(outer, F_OK), -1);
  gm_cgroup_close(&group);
}

/* Times of children that nobody waited for are lost to wait4; they were seen while they lived. */
static void children_nobody_waits_for_are_counted_and_said(void **state) {
  (void)state;
  gm_process_tree *tree;
  assert_int_equal(gm_process_tree_open(&tree, false, NULL), GM_OK);
  const double seen_s = run_tree(tree, "exec \"$0\" ignore 0.4");
  assert_true(seen_s > 0.4 - 2 * slack_s); /* without: some hundredths */
  assert_true(seen_s < 0.4 + 2 * slack_s + burn_s);
  assert_int_equal(gm_process_tree_lost(tree), 2);
  gm_process_tree_close(tree);
}

static int burn_unwaited(double seconds) {
  if (signal(SIGCHLD, SIG_IGN) == SIG_ERR) return 1;
  for (int i = 0; i < 2; i++) {
    if (fork() != 0) continue;
    burn(seconds / 2);
    _exit(0);
  }
  while (wait(NULL) >= 0 || errno != ECHILD) {
  }
  return 0;
}

int main(int argc, char **argv) {
  /* Without exit handlers: LeakSanitizer's would be a third child that nobody waits for. */
  if (argc == 3 && strcmp(argv[1], "ignore") == 0) _exit(burn_unwaited(strtod(argv[2], NULL)));
  if (argc == 3 && strncmp(argv[1], "burn", 4) == 0) {
    const pid_t parent = getppid();
    burn(strtod(argv[2], NULL));
    if (strcmp(argv[1], "burn-and-die") == 0) (void)raise(SIGKILL);
    while (strcmp(argv[1], "burn-and-wait") == 0 && getppid() == parent) (void)poll(NULL, 0, 10);
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(s25_a_cgroup_counts_every_descendant),
      cmocka_unit_test(s25_reaping_counts_every_descendant_without_a_cgroup),
      cmocka_unit_test(s25_an_unprivileged_user_loses_nothing),
      cmocka_unit_test(children_nobody_waits_for_are_counted_and_said),
      cmocka_unit_test(the_time_of_living_processes_is_seen_too),
      cmocka_unit_test(a_group_left_by_a_killed_process_of_this_id_is_used_again),
      cmocka_unit_test(groups_of_dead_processes_are_removed),
      cmocka_unit_test(groups_left_by_killed_processes_are_cleared),
      cmocka_unit_test(exit_statuses_are_a_shells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
