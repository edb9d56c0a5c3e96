/* SPDX-License-Identifier: MIT
 * Searches for one objective and for two, compared by the front of RMSE and joules that they have found
 * after so much energy: `make objectives` runs them. Reads studies called METHOD-SEED of one journal and
 * prints a table as Markdown: the hypervolume below a common reference point, as a share of the rectangle
 * between that point and the origin, after a quarter, a half and all of the energy that every search has
 * spent; means over seeds with 95 % intervals (Student), and the difference to the first method, seed by
 * seed. */
#include "common/student_t.h"
#include "tuning/hypervolume.h"
#include "tuning/journal/journal.h"
#include "tuning/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_METHODS = 8, MAX_SEEDS = 64, MAX_TRIALS = 1000, BUDGETS = 3 };
static const double shares[BUDGETS] = {0.25, 0.5, 1.0};
/* Of a trial that is worth keeping: climatology's RMSE on these data is near it. */
static const double worst_rmse = 1.0;

typedef struct {
  size_t n;
  double losses[2 * MAX_TRIALS], spent[MAX_TRIALS]; /* RMSE and J of each trial; J of the search up to it */
} run;

typedef struct {
  char name[32];
  size_t n;
  run *runs[MAX_SEEDS];
} method;

static void must(gm_status status, const gm_error *err) {
  if (status == GM_OK) return;
  fprintf(stderr, "hypervolume_table: %s\n", err->message);
  exit(gm_exit_code(status));
}

/* Every complete trial, whichever way its study has its values. */
static run *read_run(const gm_history *history) {
  run *r = calloc(1, sizeof *r);
  double spent = 0;
  for (size_t i = 0; r != NULL && i < history->n_trials && r->n < MAX_TRIALS; i++) {
    const gm_trial *trial = history->trials[i];
    const double energy_j = gm_trial_attribute(trial, GM_ENERGY_ATTRIBUTE);
    if (energy_j > 0) spent += energy_j;
    if (trial->state != GM_TRIAL_COMPLETE) continue;
    r->losses[2 * r->n] = trial->values != NULL ? trial->values[0] : trial->value;
    r->losses[2 * r->n + 1] = energy_j;
    r->spent[r->n++] = spent;
  }
  return r;
}

/* Adds the study called METHOD-SEED; others are left alone. */
static void add(method *methods, size_t *n, const gm_study_record *study) {
  const char *dash = strrchr(study->name, '-');
  size_t m = 0;
  if (dash == NULL) return;
  const size_t length = (size_t)(dash - study->name);
  while (m < *n && (strlen(methods[m].name) != length || strncmp(methods[m].name, study->name, length) != 0))
    m++;
  if (m == MAX_METHODS || length >= sizeof methods[m].name || methods[m].n == MAX_SEEDS) return;
  if (m == *n) snprintf(methods[(*n)++].name, sizeof methods[m].name, "%.*s", (int)length, study->name);
  methods[m].runs[methods[m].n++] = read_run(&study->history);
}

static double share_after(const run *r, double energy_j, const double reference[2]) {
  gm_error err;
  double area;
  size_t n = 0;
  while (n < r->n && r->spent[n] <= energy_j) n++;
  must(gm_hypervolume(n, r->losses, reference, &area, &err), &err);
  return area / (reference[0] * reference[1]);
}

/* "0.512 ± 0.013" of n values. */
static void print_mean(size_t n, const double *x) {
  double mean = 0, sum = 0;
  for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
  for (size_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
  printf(" %.3f", mean);
  if (n > 1) printf(" ± %.3f", gm_student_t((double)(n - 1)) * sqrt(sum / (double)(n - 1) / (double)n));
  printf(" |");
}

static void print_method(const method *m, const method *first, const double budgets[],
                         const double reference[2]) {
  double x[MAX_SEEDS], difference[MAX_SEEDS], trials = 0;
  const size_t n_pairs = m->n < first->n ? m->n : first->n;
  for (size_t i = 0; i < m->n; i++) trials += (double)m->runs[i]->n / (double)m->n;
  printf("| %s | %zu | %.0f |", m->name, m->n, trials);
  for (int b = 0; b < BUDGETS; b++) {
    for (size_t i = 0; i < m->n; i++) x[i] = share_after(m->runs[i], budgets[b], reference);
    print_mean(m->n, x);
  }
  for (size_t i = 0; i < n_pairs; i++)
    difference[i] = x[i] - share_after(first->runs[i], budgets[BUDGETS - 1], reference);
  if (m != first)
    print_mean(n_pairs, difference);
  else
    printf(" |");
  printf("\n");
}

int main(int argc, char **argv) {
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err;
  static method methods[MAX_METHODS];
  size_t n = 0;
  double budgets[BUDGETS], all_spent = INFINITY, reference[2] = {worst_rmse, 0};
  if (argc != 2) {
    fprintf(stderr, "usage: hypervolume_table JOURNAL\n");
    return 2;
  }
  config.read_only = true;
  must(gm_journal_open(argv[1], &config, &journal, &err), &err);
  must(gm_journal_sync(journal, &err), &err);
  const gm_journal_replay *contents = gm_journal_contents(journal);
  for (size_t i = 0; i < contents->n_studies; i++)
    if (!contents->studies[i]->deleted) add(methods, &n, contents->studies[i]);
  for (size_t m = 0; m < n; m++)
    for (size_t i = 0; i < methods[m].n; i++) {
      const run *r = methods[m].runs[i];
      if (r->n == 0) continue;
      all_spent = fmin(all_spent, r->spent[r->n - 1]);
      for (size_t t = 0; t < r->n; t++) reference[1] = fmax(reference[1], r->losses[2 * t + 1]);
    }
  for (int b = 0; b < BUDGETS; b++) budgets[b] = shares[b] * all_spent;
  printf(
      "Hypervolume below RMSE %g and %.3g J, the most that a trial drew, as a share of that rectangle.\n\n",
      reference[0], reference[1]);
  printf("| search | seeds | trials | after %.3g J | after %.3g J | after %.3g J | then, less that of %s |\n",
         budgets[0], budgets[1], budgets[2], n > 0 ? methods[0].name : "");
  printf("|:--|--:|--:|--:|--:|--:|--:|\n");
  for (size_t m = 0; m < n; m++) print_method(&methods[m], &methods[0], budgets, reference);
  for (size_t m = 0; m < n; m++)
    for (size_t i = 0; i < methods[m].n; i++) free(methods[m].runs[i]);
  gm_journal_close(journal);
  return n > 0 ? 0 : 1;
}
