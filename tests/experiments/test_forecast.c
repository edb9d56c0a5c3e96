/* SPDX-License-Identifier: MIT
 * Forecasts that cannot be scored leave no predictions.csv, and their error stays the run's. */
#include "common/atomic_file.h"
#include "experiments/run/forecast.h"
#include "tests/assert_near.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const double truth[] = {0, 1, 0, 2};

typedef struct {
  gm_experiment experiment;
  int64_t times[4];
  char directory[64];
} fixture;

static void make(fixture *f) {
  *f = (fixture){.directory = "/tmp/greenmile-forecast-XXXXXX", .times = {600, 601, 602, 603}};
  assert_non_null(mkdtemp(f->directory));
  f->experiment.options.out = f->directory;
  f->experiment.samples.unit = GM_MONTHLY;
  for (int s = GM_VALIDATION; s <= GM_TEST; s++)
    f->experiment.samples.split[s] = (gm_split){.n = 4, .target_time = f->times, .y = truth};
}

/* Off by the value at `context`. */
static void off_by(void *context, gm_split_name split, double *prediction) {
  (void)split;
  for (int i = 0; i < 4; i++) prediction[i] = truth[i] + *(const double *)context;
}

static bool written(const fixture *f) {
  char *path = gm_path_join(f->directory, "predictions.csv");
  const bool there = access(path, F_OK) == 0;
  unlink(path);
  free(path);
  return there;
}

static void scores_and_file(void **state) {
  (void)state;
  fixture f;
  gm_scores scores;
  double half = 0.5;
  make(&f);
  assert_int_equal(gm_experiment_forecast(&f.experiment, off_by, &half, true, &scores, NULL), GM_OK);
  assert_near(scores.rmse_validation, 0.5, 1e-12);
  assert_near(scores.rmse_test, 0.5, 1e-12);
  assert_near(scores.correlation_test, 1, 1e-12);
  assert_true(written(&f));
  assert_int_equal(gm_experiment_forecast(&f.experiment, off_by, &half, false, &scores, NULL), GM_OK);
  assert_false(written(&f));
  assert_int_equal(rmdir(f.directory), 0);
}

static void what_has_no_score_is_not_written(void **state) {
  (void)state;
  fixture f;
  gm_scores scores;
  double diverged = NAN;
  make(&f);
  assert_int_not_equal(gm_experiment_forecast(&f.experiment, off_by, &diverged, true, &scores, NULL), GM_OK);
  assert_false(written(&f));
  assert_int_equal(rmdir(f.directory), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scores_and_file),
      cmocka_unit_test(what_has_no_score_is_not_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
