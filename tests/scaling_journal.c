/* SPDX-License-Identifier: MIT
 * Measures how a journal carries many workers (no test): for 1, 2, 4, … workers on one
 * study whose trials wait COST_MS in REPORTS equal parts, each of which ends with a report and what tune
 * writes with it (heartbeat, two energies), one CSV row with trials per
 * second and where the time goes. docs/scaling.md was computed from its output.
 *   scaling_journal LOCATION TRIALS COST_MS REPORTS WORKERS…
 * LOCATION is a path or redis:// URL; every row uses a study of its own in it. */
#include "common/clock.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  const char *location, *name;
  size_t n_trials;
  double cost_s;
  int64_t n_reports;
} task;

typedef struct {
  gm_journal_statistics journal;
  double ask_s; /* inside gm_study_ask_with: waiting, reading, sampling, writing */
  size_t n_trials;
} outcome;

static void sleep_for(double seconds) {
  const struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&time, NULL);
}

/* A number with the next report, as tune leaves what a trial and its process have drawn. */
static gm_status note(gm_study *study, gm_trial *trial, const char *key, gm_error *err) {
  return gm_study_note(study, trial, key, gm_journal_float(12.345678), err);
}

static gm_status run_trial(const task *t, gm_study *study, outcome *o, gm_error *err) {
  const gm_parameter space[] = {
      {"x", gm_float_range(-5.0, 5.0)}, {"y", gm_float_log_range(1e-5, 1e-1)}, {"k", gm_int_range(1, 12)}};
  gm_trial *trial;
  const double asked_s = gm_monotonic_s();
  gm_status status = gm_study_ask_with(study, 3, space, &trial, err);
  o->ask_s += gm_monotonic_s() - asked_s;
  for (int64_t step = 0; step < t->n_reports && status == GM_OK; step++) {
    sleep_for(t->cost_s / (double)t->n_reports);
    status = note(study, trial, GM_ENERGY_ATTRIBUTE, err);
    if (status == GM_OK) status = note(study, trial, GM_PROCESS_ENERGY_ATTRIBUTE, err);
    if (status == GM_OK) status = gm_study_report(study, trial, step, 1.0 / (double)(step + 1), err);
  }
  const double x = gm_trial_parameter(trial, "x");
  if (status == GM_OK) status = gm_study_tell(study, trial, GM_TRIAL_COMPLETE, x * x, err);
  o->n_trials += status == GM_OK;
  return status;
}

static int work(const task *t, int results) {
  const gm_journal_config place = gm_journal_config_default();
  const gm_study_config config = gm_study_config_default();
  gm_journal *journal = NULL;
  gm_study *study = NULL;
  outcome o = {0};
  gm_error err;
  gm_status status = gm_journal_open(t->location, &place, &journal, &err);
  if (status == GM_OK) status = gm_study_open(&config, journal, t->name, &study, &err);
  while (status == GM_OK && gm_history_count_finished(gm_study_history(study)) < t->n_trials)
    status = run_trial(t, study, &o, &err);
  if (journal != NULL) o.journal = gm_journal_measured(journal);
  gm_study_free(study);
  gm_journal_close(journal);
  if (status != GM_OK) fprintf(stderr, "scaling_journal: %s\n", err.message);
  return status == GM_OK && write(results, &o, sizeof o) == (ssize_t)sizeof o ? 0 : 1;
}

/* Runs n workers to the end; 0 when all went well. */
static int run_row(const task *t, int n) {
  int results[2], failed = 0;
  outcome sum = {0}, o;
  if (pipe(results) != 0) return 1;
  const double started_s = gm_monotonic_s();
  for (int i = 0; i < n; i++) {
    const pid_t child = fork();
    if (child == 0) _exit(work(t, results[1]));
    failed |= child < 0;
  }
  close(results[1]);
  while (read(results[0], &o, sizeof o) == (ssize_t)sizeof o) {
    sum.journal.n_transactions += o.journal.n_transactions;
    sum.journal.waited_s += o.journal.waited_s;
    sum.journal.held_s += o.journal.held_s;
    sum.ask_s += o.ask_s;
    sum.n_trials += o.n_trials;
  }
  const double duration_s = gm_monotonic_s() - started_s;
  close(results[0]);
  for (int status; wait(&status) > 0;) failed |= status != 0;
  const double transactions = (double)sum.journal.n_transactions;
  printf("%d,%zu,%.3f,%.2f,%.3f,%.3f,%.3f,%.4f\n", n, sum.n_trials, duration_s,
         (double)sum.n_trials / duration_s, 1e3 * sum.journal.waited_s / transactions,
         1e3 * sum.journal.held_s / transactions, 1e3 * sum.ask_s / (double)sum.n_trials,
         sum.journal.waited_s / (duration_s * n));
  fflush(stdout);
  return failed;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: scaling_journal LOCATION TRIALS COST_MS REPORTS WORKERS…\n");
    return 2;
  }
  printf("workers,trials,duration_s,trials_per_s,wait_ms_per_write,held_ms_per_write,ask_ms,wait_share\n");
  fflush(stdout);
  int failed = 0;
  for (int i = 5; i < argc && !failed; i++) {
    char name[64];
    snprintf(name, sizeof name, "scaling-%s-%d", argv[i], (int)getpid());
    const task t = {argv[1], name, strtoul(argv[2], NULL, 10), 1e-3 * strtod(argv[3], NULL),
                    strtol(argv[4], NULL, 10)};
    failed = run_row(&t, atoi(argv[i]));
  }
  return failed;
}
