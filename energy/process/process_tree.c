/* SPDX-License-Identifier: MIT
 * Starting a command, following what becomes of it. */
#include "energy/process/process_tree.h"

#include "energy/process/cgroup.h"
#include "energy/process/process_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit statuses of a shell (POSIX.1-2017, Shell Command Language 2.8.2). */
enum { not_executable = 126, not_found = 127, by_signal = 128 };

struct gm_process_tree {
  pid_t command; /* 0: not started or ended */
  bool ended;
  int status;
  bool observes; /* somebody else's process, or none */
  pid_t observed;
  int observed_fd;     /* becomes readable when it has ended (pidfd_open), −1: not known so */
  int64_t observed_ns; /* CPU time it had used when it was first looked at */
  bool in_cgroup;
  gm_cgroup cgroup;
  char note[160];
  int was_subreaper;

  pthread_mutex_t lock;
  int64_t reaped_ns; /* rusage of what has ended */
  gm_walk walk;      /* what still runs, and who was lost */
  int64_t cpu_ns;    /* largest value given out */
};

gm_status gm_process_tree_open(gm_process_tree **tree, bool use_cgroup, gm_error *err) {
  gm_process_tree *t = *tree = calloc(1, sizeof *t);
  if (t == NULL) return gm_fail_memory(err, "the process tree");
  pthread_mutex_init(&t->lock, NULL);
  t->cgroup.stat_fd = -1;
  (void)prctl(PR_GET_CHILD_SUBREAPER, &t->was_subreaper);
  if (use_cgroup)
    t->in_cgroup = gm_cgroup_open(&t->cgroup, "/proc", t->note, sizeof t->note);
  else
    snprintf(t->note, sizeof t->note, "a cgroup was not asked for");
  return GM_OK;
}

/* ---- starting ------------------------------------------------------------ */

/* The child: waits until it may go, becomes the command, or reports errno through `report`. */
static _Noreturn void become(char *const argv[], const sigset_t *mask, int go, int report) {
  char byte;
  ssize_t got;
  do got = read(go, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) _exit(not_found); /* the parent is gone */
  sigprocmask(SIG_SETMASK, mask, NULL);
  execvp(argv[0], argv);
  const int why = errno;
  (void)!write(report, &why, sizeof why);
  _exit(why == ENOENT ? not_found : not_executable);
}

static void cannot_start(const char *name, int why, gm_error *err) {
  gm_fail(err, GM_FAILED, "%s: %s", name, why == ENOENT ? "command not found" : strerror(why));
}

gm_status gm_process_tree_start(gm_process_tree *t, char *const argv[], const sigset_t *mask, gm_error *err) {
  int go[2], report[2], why = 0;
  if (pipe2(go, O_CLOEXEC) != 0)
    return gm_fail(err, GM_IO_ERROR, "%s: cannot start it: %s", argv[0], strerror(errno));
  if (pipe2(report, O_CLOEXEC) != 0) {
    gm_fail(err, GM_IO_ERROR, "%s: cannot start it: %s", argv[0], strerror(errno));
    close(go[0]);
    close(go[1]);
    return GM_IO_ERROR;
  }
  if (!t->in_cgroup) (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
  fflush(NULL); /* nothing buffered may be written twice */
  t->command = fork();
  if (t->command == 0) {
    close(go[1]);
    close(report[0]);
    become(argv, mask, go[0], report[1]);
  }
  const int fork_failed = errno;
  close(go[0]);
  close(report[1]);
  if (t->command > 0) {
    if (t->in_cgroup && !gm_cgroup_add(&t->cgroup, t->command)) {
      snprintf(t->note, sizeof t->note, "the kernel does not let the command into %.80s", t->cgroup.path);
      gm_cgroup_close(&t->cgroup);
      t->in_cgroup = false;
      (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    (void)!write(go[1], "", 1);
    ssize_t got;
    do got = read(report[0], &why, sizeof why);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof why) cannot_start(argv[0], why, err);
  }
  close(go[1]);
  close(report[0]);
  if (t->command > 0) return GM_OK;
  t->command = 0;
  return gm_fail(err, GM_IO_ERROR, "%s: cannot make a process: %s", argv[0], strerror(fork_failed));
}

gm_status gm_process_tree_attach(gm_process_tree *t, pid_t pid, gm_error *err) {
  gm_cgroup_close(&t->cgroup); /* nobody is moved who was not started here */
  t->in_cgroup = false;
  t->observes = true;
  t->observed = pid;
  t->observed_fd = -1;
  snprintf(t->note, sizeof t->note, "%s", pid > 0 ? "a process that ran already" : "no process of its own");
  if (pid == 0) return GM_OK;
  if (pid == getpid()) return gm_fail(err, GM_BAD_INPUT, "--pid: %ld is this meter itself", (long)pid);
  if (kill(pid, 0) != 0 && errno == ESRCH)
    return gm_fail(err, GM_BAD_INPUT, "--pid: expected a process that runs, there is no %ld", (long)pid);
  t->observed_fd = (int)syscall(SYS_pidfd_open, pid, 0);
  t->observed_ns = gm_process_walk(&t->walk, pid) + gm_process_own_ns(pid);
  return GM_OK;
}

/* What is observed has ended. */
static bool is_gone(const gm_process_tree *t) {
  struct pollfd ended = {.fd = t->observed_fd, .events = POLLIN};
  if (t->observed == 0) return false;
  if (t->observed_fd >= 0) return poll(&ended, 1, 0) > 0;
  return kill(t->observed, 0) != 0 && errno == ESRCH;
}

/* ---- following ------------------------------------------------------------ */

static int64_t ns_of(const struct timeval *time) {
  return (int64_t)time->tv_sec * 1000000000 + (int64_t)time->tv_usec * 1000;
}

bool gm_process_tree_reap(gm_process_tree *t) {
  struct rusage usage;
  int status;
  pid_t pid;
  if (t->observes) return is_gone(t);
  pthread_mutex_lock(&t->lock);
  while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
    t->reaped_ns += ns_of(&usage.ru_utime) + ns_of(&usage.ru_stime);
    gm_process_walk_reaped(&t->walk, pid);
    if (pid != t->command) continue;
    t->status = WIFSIGNALED(status) ? by_signal + WTERMSIG(status) : WEXITSTATUS(status);
    t->command = 0;
    t->ended = true;
  }
  pthread_mutex_unlock(&t->lock);
  return t->ended;
}

int64_t gm_process_tree_cpu_ns(gm_process_tree *t) {
  int64_t now_ns = 0;
  pthread_mutex_lock(&t->lock);
  if (t->in_cgroup)
    (void)gm_cgroup_cpu_ns(&t->cgroup, &now_ns);
  else if (t->observes && t->observed > 0 && !is_gone(t))
    now_ns = gm_process_walk(&t->walk, t->observed) + gm_process_own_ns(t->observed) - t->observed_ns;
  else if (t->observes)
    now_ns = t->cpu_ns; /* as it was last seen */
  else if (t->command > 0 || t->ended)
    now_ns = gm_process_walk(&t->walk, getpid()) + t->reaped_ns;
  if (now_ns > t->cpu_ns) t->cpu_ns = now_ns;
  now_ns = t->cpu_ns;
  pthread_mutex_unlock(&t->lock);
  return now_ns;
}

int gm_process_tree_population(gm_process_tree *t) {
  if (t->in_cgroup) return gm_cgroup_population(&t->cgroup);
  if (t->observes) return 0; /* none of ours */
  pthread_mutex_lock(&t->lock);
  (void)gm_process_walk(&t->walk, getpid());
  const int population = (int)t->walk.n;
  pthread_mutex_unlock(&t->lock);
  return population;
}

double gm_process_tree_watch_s(gm_process_tree *t, double age_s) {
  static const double shortest_s = 0.02, watched_s = 0.05, longest_s = 0.25, part_of_age = 0.1;
  if (t->in_cgroup) return INFINITY;
  pthread_mutex_lock(&t->lock);
  const bool unwaited = t->walk.unwaited;
  pthread_mutex_unlock(&t->lock);
  return fmin(fmax(part_of_age * age_s, shortest_s), unwaited ? watched_s : longest_s);
}

size_t gm_process_tree_lost(gm_process_tree *t) {
  pthread_mutex_lock(&t->lock);
  const size_t lost = t->walk.n_lost;
  pthread_mutex_unlock(&t->lock);
  return lost;
}

bool gm_process_tree_left_group(const gm_process_tree *t) {
  return t->command > 0 && getpgid(t->command) != getpgrp();
}

void gm_process_tree_signal(const gm_process_tree *t, int number) {
  if (t->command > 0) (void)kill(t->command, number);
}

int gm_process_tree_exit_status(const gm_process_tree *t) {
  return t->status;
}

const char *gm_process_tree_method(const gm_process_tree *t) {
  if (t->observes) return t->observed > 0 ? "observed" : "none";
  return t->in_cgroup ? "cgroup" : "rusage";
}

const char *gm_process_tree_note(const gm_process_tree *t) {
  return t->note;
}

void gm_process_tree_close(gm_process_tree *t) {
  if (t == NULL) return;
  (void)prctl(PR_SET_CHILD_SUBREAPER, t->was_subreaper);
  gm_cgroup_close(&t->cgroup);
  gm_process_walk_free(&t->walk);
  if (t->observes && t->observed_fd >= 0) close(t->observed_fd);
  pthread_mutex_destroy(&t->lock);
  free(t);
}
