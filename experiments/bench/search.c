/* SPDX-License-Identifier: MIT
 * One suggestion of the TPE sampler, for the three parameters of the study's search,
 * after so many complete trials; and whole searches whose objective costs nothing. */
#include "common/rng.h"
#include "experiments/bench/case.h"
#include "tuning/study.h"

#include <math.h>

static const char *const optimizers[] = {"adam", "sgd"};

typedef struct {
  int64_t time_steps;
  double learning_rate;
  size_t optimizer;
} point;

/* Asks for a trial and its parameters. */
static gm_status ask(gm_study *study, gm_trial **trial, point *p, gm_error *err) {
  gm_status status = gm_study_ask(study, trial, err);
  if (status == GM_OK)
    status =
        gm_study_suggest_int(study, *trial, "num_input_time_steps", gm_int_range(1, 12), &p->time_steps, err);
  if (status == GM_OK)
    status = gm_study_suggest_float(study, *trial, "learning_rate", gm_float_log_range(1e-5, 1e-1),
                                    &p->learning_rate, err);
  return status == GM_OK ? gm_study_suggest_categorical(study, *trial, "optimizer", gm_choice(2, optimizers),
                                                        &p->optimizer, err)
                         : status;
}

/* What is timed. The trial fails, which TPE does not count, so the complete ones stay as many. */
static gm_status call_ask(void *study, gm_error *err) {
  gm_trial *trial;
  point p;
  const gm_status status = ask(study, &trial, &p, err);
  return status == GM_OK ? gm_study_tell(study, trial, GM_TRIAL_FAIL, 0, err) : status;
}

/* A study of n complete trials, drawn at random, whose next one is TPE's. */
static gm_status create_study(int64_t n, gm_study **study, gm_error *err) {
  gm_study_config config = gm_study_config_default();
  gm_rng rng;
  gm_trial *trial;
  point p;
  config.sampler.n_startup_trials = (size_t)n;
  gm_rng_seed(&rng, 0);
  gm_status status = gm_study_create(&config, study, err);
  for (int64_t i = 0; i < n && status == GM_OK; i++) {
    status = ask(*study, &trial, &p, err);
    if (status == GM_OK) status = gm_study_tell(*study, trial, GM_TRIAL_COMPLETE, gm_rng_double(&rng), err);
  }
  return status;
}

static gm_status measure(gm_bench *bench, const char *name, int64_t n, gm_error *err) {
  enum { FAILED_SHARE = 20 }; /* a batch adds failed trials, at most one in so many */
  gm_bench_case c = {0};
  gm_study *study = NULL;
  gm_status status = create_study(n, &study, err);
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "3 parameters after %lld complete trials", (long long)n);
  gm_bench_add_ours(&c, 1, call_ask, study, n / FAILED_SHARE);
  if (status == GM_OK) {
    struct json_object *request = json_object_new_object();
    gm_json_add_text(request, "case", "tpe");
    gm_json_add_integer(request, "trials", n);
    status = gm_bench_run(bench, &c, request, err);
  }
  gm_study_free(study);
  return status;
}

/* ---- whole searches ------------------------------------------------------- */

/* What is timed: a study in memory from its first trial to its last. */
static gm_status call_search(void *context, gm_error *err) {
  const int64_t *n = context;
  const gm_study_config config = gm_study_config_default();
  gm_study *study;
  gm_trial *trial;
  point p;
  gm_status status = gm_study_create(&config, &study, err);
  for (int64_t i = 0; i < *n && status == GM_OK; i++) {
    status = ask(study, &trial, &p, err);
    if (status != GM_OK) break;
    const double value =
        fabs(log10(p.learning_rate) + 3) + 0.1 * fabs((double)p.time_steps - 9) + (double)p.optimizer;
    status = gm_study_tell(study, trial, GM_TRIAL_COMPLETE, value, err);
  }
  gm_study_free(study);
  return status;
}

static gm_status measure_search(gm_bench *bench, const char *name, int64_t n, gm_error *err) {
  gm_bench_case c = {0};
  struct json_object *request = json_object_new_object();
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "search of %lld trials, objective that costs nothing", (long long)n);
  gm_bench_add_ours(&c, 1, call_search, &n, 0);
  gm_json_add_text(request, "case", "search");
  gm_json_add_integer(request, "trials", n);
  return gm_bench_run(bench, &c, request, err);
}

gm_status gm_bench_search(gm_bench *bench, gm_error *err) {
  static const int64_t trials[] = {100, 1000, 10000};
  enum { LARGEST_QUICK = 1000 };
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    char name[GM_BENCH_NAME];
    snprintf(name, sizeof name, "tpe.%lld", (long long)trials[i]);
    if (!gm_bench_wanted(bench, name) || (bench->quick && trials[i] > LARGEST_QUICK)) continue;
    const gm_status status = measure(bench, name, trials[i], err);
    if (status != GM_OK) return status;
  }
  enum { SEARCH_TRIALS = 300, SEARCH_QUICK = 30 };
  if (!gm_bench_wanted(bench, "tpe.search")) return GM_OK;
  return measure_search(bench, "tpe.search", bench->quick ? SEARCH_QUICK : SEARCH_TRIALS, err);
}
