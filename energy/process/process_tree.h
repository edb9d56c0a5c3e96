/* SPDX-License-Identifier: MIT
 * A command and everything it starts, with the CPU time of all of it and none lost to
 * sampling. Two ways, tried in this order:
 *   cgroup   a cgroup of its own (energy/process/cgroup.h): exact, whoever reaps whom;
 *   rusage   what ended, by wait4 (which brings what a process had itself reaped), with
 *            orphans adopted through PR_SET_CHILD_SUBREAPER, plus what still lives, by walking
 *            /proc. Of children whose parent ignores SIGCHLD, which nobody waits for, it has what they used
 * when they were last looked at (gm_process_tree_watch_s).
 *
 * Not a library for programs with other children: gm_process_tree_reap takes every child of
 * the calling process, and the subreaper flag is the process's. gm_process_tree_cpu_ns
 * may be called from any thread, the rest from one. */
#ifndef ENERGY_PROCESS_TREE_H
#define ENERGY_PROCESS_TREE_H

#include "common/status.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct gm_process_tree gm_process_tree;

/* Nothing runs yet. use_cgroup false: rusage without trying. */
gm_status gm_process_tree_open(gm_process_tree **tree, bool use_cgroup, gm_error *err);

/* Starts argv[0] (looked up in PATH) with the signal mask `mask`. A command that cannot be
 * started is GM_OK and has ended with status 127 (not found) or 126 (not executable), as in a
 * shell, with the sentence in *err; GM_IO_ERROR where no process could be made. */
gm_status gm_process_tree_start(gm_process_tree *tree, char *const argv[], const sigset_t *mask,
                                gm_error *err);

/* Follows the running process `pid` and what it starts instead of a command, or nothing at all (pid 0), which
 * never ends. Not to be combined with _start. GM_BAD_INPUT where there is no such process. */
gm_status gm_process_tree_attach(gm_process_tree *tree, pid_t pid, gm_error *err);

/* Takes note of what has ended, without waiting; call it on SIGCHLD. True once the command has. */
bool gm_process_tree_reap(gm_process_tree *tree);

/* As a shell's $?: the exit status, or 128 + the number of the signal. */
int gm_process_tree_exit_status(const gm_process_tree *tree);

/* CPU time so far of the command and all its descendants, dead or alive; never decreases. */
int64_t gm_process_tree_cpu_ns(gm_process_tree *tree);

/* Descendants that still run. */
int gm_process_tree_population(gm_process_tree *tree);

/* How soon to ask for the CPU time again, so that little of a child nobody waits for is missed: INFINITY
 * where nothing can be. `age_s`: how long the command has run. */
double gm_process_tree_watch_s(gm_process_tree *tree, double age_s);

/* Children nobody waited for that have ended, whose last moments are not in the CPU time. */
size_t gm_process_tree_lost(gm_process_tree *tree);

/* The command runs in a process group of its own: what a terminal sends to the foreground does not reach it.
 */
bool gm_process_tree_left_group(const gm_process_tree *tree);

/* Sends the command a signal, while it runs. */
void gm_process_tree_signal(const gm_process_tree *tree, int number);

/* "cgroup" or "rusage", and why not the former ("" where it is); "observed", "none" of what was not started
 * here. */
const char *gm_process_tree_method(const gm_process_tree *tree);
const char *gm_process_tree_note(const gm_process_tree *tree);

/* Leaves what still runs alone. Accepts NULL. */
void gm_process_tree_close(gm_process_tree *tree);

#endif
