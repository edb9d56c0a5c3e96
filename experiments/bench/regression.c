/* SPDX-License-Identifier: MIT
 * The linear regression's fit: 192 training samples, 12 months of an index, the points
 * of the study's map, and the points of a large one. */
#include "common/rng.h"
#include "experiments/bench/case.h"
#include "models/compute.h"
#include "models/regression/linear_regression.h"

#include <float.h>
#include <stdlib.h>

enum { SAMPLES = 192 };

typedef struct {
  gm_predictors X;
  double *y;
  float *values;      /* maps: (SAMPLES, p) */
  const float **rows; /* maps: SAMPLES pointers into it */
  double *doubles;    /* index series: (SAMPLES, p) */
  gm_linear_regression_config config;
} fit;

static void fit_free(fit *f) {
  free(f->y);
  free(f->values);
  free(f->rows);
  free(f->doubles);
}

/* Predictors as the programs hold them: doubles of an index series, float rows of a map. */
static gm_status fit_create(fit *f, size_t p, gm_ridge ridge, gm_error *err) {
  gm_rng rng;
  const bool map = p > SAMPLES;
  *f = (fit){.y = malloc(SAMPLES * sizeof *f->y), .config = gm_linear_regression_config_default()};
  f->values = map ? malloc(SAMPLES * p * sizeof *f->values) : NULL;
  f->rows = map ? malloc(SAMPLES * sizeof *f->rows) : NULL;
  f->doubles = map ? NULL : malloc(SAMPLES * p * sizeof *f->doubles);
  if (f->y == NULL || (map ? f->values == NULL || f->rows == NULL : f->doubles == NULL)) {
    fit_free(f);
    return gm_fail_memory(err, "the predictors of the bench");
  }
  gm_rng_seed(&rng, 0);
  for (size_t i = 0; i < SAMPLES; i++) {
    for (size_t j = 0; j < p; j++) {
      const float value = gm_rng_uniform_float(&rng, -1, 1);
      if (map)
        f->values[i * p + j] = value;
      else
        f->doubles[i * p + j] = (double)value;
    }
    if (map) f->rows[i] = f->values + i * p;
    f->y[i] =
        (map ? (double)f->values[i * p] : f->doubles[i * p]) + (double)gm_rng_uniform_float(&rng, -1, 1);
  }
  f->X = (gm_predictors){.n = SAMPLES, .p = p, .x = f->doubles, .rows = f->rows};
  f->config.ridge = ridge;
  if (map) f->config.data_epsilon = FLT_EPSILON;
  return GM_OK;
}

static gm_status call_fit(void *context, gm_error *err) {
  const fit *f = context;
  gm_linear_regression model;
  const gm_status status = gm_linear_regression_fit(&f->config, &f->X, f->y, &model, err);
  if (status == GM_OK) gm_linear_regression_free(&model);
  return status;
}

/* The least work: X read once, and the smaller of the two Gram matrices, whose symmetric half
 * takes n·p·min(n, p) operations. */
static gm_status measure(gm_bench *bench, const char *name, size_t p, gm_ridge ridge, gm_error *err) {
  gm_bench_case c = {0};
  gm_compute compute[GM_BENCH_THREADS] = {{0}};
  fit f, fits[GM_BENCH_THREADS]; /* views of f, each with its threads */
  gm_status status = fit_create(&f, p, ridge, err);
  if (status != GM_OK) return status;
  const double n = SAMPLES;
  c.read_bytes = SAMPLES * p * (f.rows != NULL ? sizeof(float) : sizeof(double));
  c.double_flops = n * (double)p * (p < SAMPLES ? (double)p : n);
  snprintf(c.name, sizeof c.name, "%s", name);
  snprintf(c.what, sizeof c.what, "%d × %zu, %s", SAMPLES, p,
           ridge == GM_RIDGE_LOO ? "ridge chosen by leave-one-out" : "least squares");
  for (int t = 0; t < bench->n_threads && status == GM_OK; t++) {
    status = gm_compute_init(&compute[t], bench->threads[t], bench->isa, err);
    fits[t] = f;
    fits[t].config.pool = compute[t].pool;
    gm_bench_add_ours(&c, bench->threads[t], call_fit, &fits[t], 0);
  }
  if (status == GM_OK) {
    struct json_object *request = json_object_new_object();
    gm_json_add_text(request, "case", "regression");
    gm_json_add_integer(request, "n", SAMPLES);
    gm_json_add_integer(request, "p", (int64_t)p);
    gm_json_add_text(request, "ridge", ridge == GM_RIDGE_LOO ? "loo" : "none");
    status = gm_bench_run(bench, &c, request, err);
  }
  for (int t = 0; t < GM_BENCH_THREADS; t++) gm_compute_free(&compute[t]);
  fit_free(&f);
  return status;
}

gm_status gm_bench_regression(gm_bench *bench, gm_error *err) {
  static const struct {
    const char *name;
    size_t p;
    gm_ridge ridge;
    bool long_one; /* left out by --quick */
  } cases[] = {{"regression.12.none", 12, GM_RIDGE_NONE, false},
               {"regression.2261.loo", 2261, GM_RIDGE_LOO, false},
               {"regression.2261.none", 2261, GM_RIDGE_NONE, false},
               {"regression.64800.loo", 64800, GM_RIDGE_LOO, true},
               {"regression.64800.none", 64800, GM_RIDGE_NONE, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (!gm_bench_wanted(bench, cases[i].name) || (bench->quick && cases[i].long_one)) continue;
    const gm_status status = measure(bench, cases[i].name, cases[i].p, cases[i].ridge, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}
