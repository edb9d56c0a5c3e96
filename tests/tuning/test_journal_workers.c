/* SPDX-License-Identifier: MIT
 * Many workers on one journal: 8 processes run 1,000 trials while they are killed at
 * random. No trial is lost, doubled or mis-numbered. Workers tell the test through a
 * pipe which trials they have been promised are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tests/journal_fixture.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { N_WORKERS = 8, N_TRIALS = 1000, N_KILLS = 40 };

/* A writer holds the lock for milliseconds; one unchanged for so long belongs to a worker we killed. */
static const double short_grace_s = 0.5;

/* A trial whose end was acknowledged: one write() of a pipe, so that none is torn. */
typedef struct {
  int64_t number;
  double value;
} receipt;

static const gm_parameter space[] = {
    {.name = "x", .distribution = {.kind = GM_FLOAT, .low = -5.0, .high = 5.0}},
    {.name = "k", .distribution = {.kind = GM_INT, .low = 0.0, .high = 9.0, .step = 1.0}}};

static double objective(const gm_trial *trial) {
  const double x = gm_trial_parameter(trial, "x"), k = gm_trial_parameter(trial, "k");
  return x * x + k;
}

static void sleep_ms(long ms) {
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void work(const char *path, int receipts) {
  gm_journal_config place = gm_journal_config_default();
  gm_study_config config = gm_study_config_default();
  gm_journal *journal;
  gm_study *study;
  gm_error err;
  config.max_trials = N_TRIALS;
  place.lock_grace_s = short_grace_s;
  gm_status status = gm_journal_open(path, &place, &journal, &err);
  if (status == GM_OK) status = gm_study_open(&config, journal, "s", &study, &err);
  while (status == GM_OK && gm_history_count_finished(gm_study_history(study)) < N_TRIALS) {
    gm_trial *trial = NULL;
    status = gm_study_bury(study, NAN, NULL, &err);
    if (status == GM_OK) status = gm_study_ask_with(study, 2, space, &trial, &err);
    if (status == GM_OK && trial == NULL) { /* the last ones run: wait for them, they may be killed */
      sleep_ms(10);
      continue;
    }
    if (status == GM_OK) status = gm_study_tell(study, trial, GM_TRIAL_COMPLETE, objective(trial), &err);
    if (status != GM_OK) break;
    const receipt r = {trial->number, trial->value};
    if (write(receipts, &r, sizeof r) != (ssize_t)sizeof r) _exit(3);
  }
  if (status != GM_OK) fprintf(stderr, "worker: %s\n", err.message);
  _exit(status == GM_OK ? 0 : 2);
}

static pid_t start(const char *path, int receipts) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) work(path, receipts);
  return child;
}

/* Kills a random worker now and then and starts another in its place, until the rest are left to finish. */
static void run_workers(const char *path, int receipts) {
  pid_t workers[N_WORKERS];
  gm_rng rng;
  int status;
  gm_rng_seed(&rng, 0);
  for (int i = 0; i < N_WORKERS; i++) workers[i] = start(path, receipts);
  for (int k = 0; k < N_KILLS; k++) {
    sleep_ms(5 + (long)(gm_rng_double(&rng) * 60.0));
    const size_t victim = gm_rng_u32(&rng) % N_WORKERS;
    kill(workers[victim], SIGKILL);
    assert_int_equal(waitpid(workers[victim], &status, 0), workers[victim]);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    workers[victim] = start(path, receipts);
  }
  for (int i = 0; i < N_WORKERS; i++) {
    assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
    assert_int_equal(status, 0);
  }
}

static void check_receipts(const gm_history *h, int receipts) {
  bool *seen = calloc(h->n_trials, sizeof *seen);
  receipt r;
  size_t n = 0;
  assert_non_null(seen);
  while (read(receipts, &r, sizeof r) == (ssize_t)sizeof r) {
    assert_true(r.number >= 0 && (size_t)r.number < h->n_trials);
    assert_false(seen[r.number]); /* nobody else has had this number */
    seen[r.number] = 1;
    assert_int_equal(h->trials[r.number]->state, GM_TRIAL_COMPLETE); /* promised and kept */
    assert_true(h->trials[r.number]->value == r.value);
    n++;
  }
  assert_true(n >= N_TRIALS - N_KILLS && n <= N_TRIALS); /* killed before the receipt, told at once */
  free(seen);
}

static void check_history(const gm_history *h, int receipts) {
  size_t complete = 0, other = 0;
  for (size_t i = 0; i < h->n_trials; i++) {
    const gm_trial *trial = h->trials[i];
    assert_true(trial->number == (int64_t)i && trial->id == (int64_t)i);
    if (trial->state != GM_TRIAL_COMPLETE) {
      assert_int_equal(trial->state, GM_TRIAL_FAIL); /* opening the study has ended those of the killed */
      other++;
      continue;
    }
    assert_int_equal(trial->parameters.n, 2);
    assert_true(trial->value == objective(trial)); /* nobody's values went to another's trial */
    complete++;
  }
  assert_int_equal(complete, N_TRIALS);
  assert_true(other <= N_KILLS);
  check_receipts(h, receipts);
}

static void no_trial_is_lost_doubled_or_misnumbered(void **state) {
  (void)state;
  journal_place place;
  int receipts[2];
  make_place(&place);
  assert_int_equal(pipe(receipts), 0); /* holds 64 KiB, four times what comes */
  run_workers(place.path, receipts[1]);
  close(receipts[1]);
  gm_journal *journal = open_journal(place.path);
  gm_study *study = open_study(journal, "s");
  check_history(gm_study_history(study), receipts[0]);
  close(receipts[0]);
  gm_study_free(study);
  gm_journal_close(journal);
  remove_place(&place);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_trial_is_lost_doubled_or_misnumbered)};
  return cmocka_run_group_tests_name("journal_workers", tests, NULL, NULL);
}
