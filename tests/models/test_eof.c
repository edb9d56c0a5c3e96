/* SPDX-License-Identifier: MIT
 * EOFs: identities of the singular value decomposition and a case worked by hand. */
#include "models/regression/eof.h"

#include "common/rng.h"
#include "tests/assert_near.h"

#include <stdlib.h>
#include <string.h>

enum { MONTHS = 20, POINTS = 50, LONG = 120, FEW = 6 };

/* Scores are floats of magnitude 1, so a few of their spacings. */
static const double float_tolerance = 1e-6;

typedef struct {
  size_t n, p;
  float *x;
  const float **rows;
  double *area;
} sample;

static sample make_sample(size_t n, size_t p, uint32_t seed) {
  sample s = {n, p, malloc(n * p * sizeof(float)), malloc(n * sizeof(float *)), malloc(p * sizeof(double))};
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t i = 0; i < n * p; i++) s.x[i] = gm_rng_uniform_float(&rng, -1, 2);
  for (size_t i = 0; i < n; i++) s.rows[i] = s.x + i * p;
  for (size_t j = 0; j < p; j++) s.area[j] = 0.1 + gm_rng_double(&rng);
  return s;
}

static void free_sample(sample *s) {
  free(s->x);
  free(s->rows);
  free(s->area);
}

static gm_predictors predictors(const sample *s) {
  return (gm_predictors){.n = s->n, .p = s->p, .rows = s->rows};
}

static void one_pattern_is_recovered_by_hand(void **state) {
  (void)state;
  /* Months ±1 times the pattern (3, −4) about the mean (1, 1), equal areas: w = 1/√2,
   * v = ±(3, −4)/5 with the larger entry positive, so scores are ∓5/√2. */
  const float months[4][2] = {{4, -3}, {-2, 5}, {4, -3}, {-2, 5}};
  const float *rows[4] = {months[0], months[1], months[2], months[3]};
  const gm_predictors X = {.n = 4, .p = 2, .rows = rows};
  gm_eof eof;
  float score;
  assert_int_equal(gm_eof_fit(&X, (const double[]){2, 2}, 1, &eof, NULL), GM_OK);
  assert_near(eof.explained[0], 1, 1e-12);
  gm_eof_project(&eof, months[0], &score);
  assert_near((double)score, -5 / sqrt(2), float_tolerance);
  gm_eof_project(&eof, months[1], &score);
  assert_near((double)score, 5 / sqrt(2), float_tolerance);
  gm_eof_free(&eof);
}

/* All patterns together hold the whole area-mean square of every month, and do not correlate. */
static void check_complete(size_t n, size_t p, size_t k, uint32_t seed) {
  sample s = make_sample(n, p, seed);
  const gm_predictors X = predictors(&s);
  gm_eof eof;
  gm_error err = {0};
  if (gm_eof_fit(&X, s.area, k, &eof, &err) != GM_OK) fail_msg("%s", err.message);
  double total_area = 0, explained = 0, *products = calloc(k * k, sizeof *products);
  float *score = malloc(k * sizeof *score);
  for (size_t j = 0; j < p; j++) total_area += s.area[j];
  for (size_t i = 0; i < n; i++) {
    double square = 0, expected = 0;
    gm_eof_project(&eof, s.rows[i], score);
    for (size_t c = 0; c < k; c++) square += (double)score[c] * (double)score[c];
    for (size_t j = 0; j < p; j++) {
      const double x = (double)s.rows[i][j] - eof.mean[j];
      expected += s.area[j] / total_area * x * x;
    }
    assert_near(square, expected, 4 * float_tolerance * expected);
    for (size_t a = 0; a < k; a++)
      for (size_t b = 0; b < k; b++) products[a * k + b] += (double)score[a] * (double)score[b];
  }
  for (size_t a = 0; a < k; a++) {
    explained += eof.explained[a];
    if (a > 0) assert_true(eof.explained[a] <= eof.explained[a - 1]);
    for (size_t b = 0; b < a; b++) assert_near(products[a * k + b], 0, 10 * float_tolerance * (double)n);
  }
  assert_near(explained, 1, 1e-9);
  free(products);
  free(score);
  gm_eof_free(&eof);
  free_sample(&s);
}

static void all_patterns_hold_everything_and_are_uncorrelated(void **state) {
  (void)state;
  check_complete(MONTHS, POINTS, MONTHS - 1, 1); /* through the Gram matrix */
  check_complete(LONG, FEW, FEW, 2);             /* directly */
}

static void derivatives_go_back_to_the_points_by_the_chain_rule(void **state) {
  (void)state;
  enum { K = 3 };
  sample s = make_sample(MONTHS, POINTS, 3);
  const gm_predictors X = predictors(&s);
  const double by_score[K] = {0.5, -2, 1};
  double by_point[POINTS], change = 0, expected = 0;
  float before[K], after[K], moved[POINTS];
  gm_eof eof;
  assert_int_equal(gm_eof_fit(&X, s.area, K, &eof, NULL), GM_OK);
  gm_eof_to_points(&eof, by_score, by_point);
  for (size_t j = 0; j < POINTS; j++) moved[j] = s.rows[0][j] + (float)j;
  gm_eof_project(&eof, s.rows[0], before);
  gm_eof_project(&eof, moved, after);
  for (size_t c = 0; c < K; c++) change += by_score[c] * ((double)after[c] - (double)before[c]);
  for (size_t j = 0; j < POINTS; j++) expected += by_point[j] * ((double)moved[j] - (double)s.rows[0][j]);
  assert_near(change, expected, 100 * float_tolerance); /* scores of size 30 in float */
  gm_eof_free(&eof);
  free_sample(&s);
}

static void too_many_patterns_are_refused(void **state) {
  (void)state;
  sample s = make_sample(MONTHS, POINTS, 4);
  gm_predictors X = predictors(&s);
  gm_eof eof;
  gm_error err;
  assert_int_equal(gm_eof_fit(&X, s.area, 0, &eof, &err), GM_BAD_INPUT);
  assert_int_equal(gm_eof_fit(&X, s.area, MONTHS, &eof, &err), GM_BAD_INPUT);
  for (size_t i = 1; i < MONTHS; i++) s.rows[i] = s.rows[i % 2]; /* rank 1 after centring */
  assert_int_equal(gm_eof_fit(&X, s.area, 2, &eof, &err), GM_BAD_INPUT);
  assert_int_equal(gm_eof_fit(&X, s.area, 1, &eof, &err), GM_OK);
  gm_eof_free(&eof);
  free_sample(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_pattern_is_recovered_by_hand),
      cmocka_unit_test(all_patterns_hold_everything_and_are_uncorrelated),
      cmocka_unit_test(derivatives_go_back_to_the_points_by_the_chain_rule),
      cmocka_unit_test(too_many_patterns_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
