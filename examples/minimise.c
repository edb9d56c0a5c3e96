/* SPDX-License-Identifier: MIT
 * Minimises (x − 2)² + |k − 3| with TPE: the whole of tuning/ in one screen.
 *   minimise [JOURNAL [TRIALS]]      a second worker on the same JOURNAL shares the study
 * Link: libtuning.a libcommon.a, then json-c, libcsv, hiredis if there is one, and libm. */
#include "tuning/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  const size_t n_trials = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 50;
  gm_study_config config = gm_study_config_default();
  const gm_journal_config place = gm_journal_config_default();
  gm_journal *journal = NULL;
  gm_study *study = NULL;
  gm_error err;
  config.max_trials = n_trials;
  gm_status status = argc > 1 ? gm_journal_open(argv[1], &place, &journal, &err) : GM_OK;
  if (status == GM_OK)
    status = journal == NULL ? gm_study_create(&config, &study, &err)
                             : gm_study_open(&config, journal, "minimise", &study, &err);
  while (status == GM_OK) {
    const gm_parameter space[] = {{"x", gm_float_range(-10.0, 10.0)}, {"k", gm_int_range(0, 9)}};
    gm_trial *trial;
    status = gm_study_ask_with(study, 2, space, &trial, &err);
    if (status != GM_OK || trial == NULL) break;
    const double x = gm_trial_parameter(trial, "x"), k = gm_trial_parameter(trial, "k");
    status = gm_study_tell(study, trial, GM_TRIAL_COMPLETE, (x - 2.0) * (x - 2.0) + fabs(k - 3.0), &err);
  }
  const gm_trial *best = status == GM_OK ? gm_study_best(study) : NULL;
  if (best != NULL) printf("trial %lld: %g\n", (long long)best->number, best->value);
  if (status != GM_OK) fprintf(stderr, "minimise: %s\n", err.message);
  gm_study_free(study);
  gm_journal_close(journal);
  return gm_exit_code(status);
}
