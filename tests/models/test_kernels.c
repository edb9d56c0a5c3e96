/* SPDX-License-Identifier: MIT
 * Every instruction set this machine runs against naive loops in double, on shapes that
 * leave remainders of every kind. Tolerances are bounds of the rounding of float. */
#include "tests/numbers.h"

#include <stdbool.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

static const size_t batches[] = {1, 2, 5, 7, 10, 33};
static const size_t input_counts[] = {1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 100};
static const size_t output_counts[] = {1, 3, 4, 5, 9};
enum { N_BATCHES = 6, N_INPUTS = 11, N_OUTPUTS = 5, LARGEST_BATCH = 128 };

/* ---- forward ----------------------------------------------------------------------- */

static void check_forward(const gm_kernels *kernels, size_t batch, size_t inputs, size_t outputs,
                          size_t first, size_t last) {
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)(batch * 10000 + inputs * 100 + outputs));
  float *x = random_floats(&rng, batch * inputs, -1, 1), *w = random_floats(&rng, outputs * inputs, -1, 1);
  float *b = random_floats(&rng, outputs, -1, 1), *y = random_floats(&rng, batch * outputs, 5, 6);
  float *before = copy_floats(y, batch * outputs);
  kernels->dense_forward(batch, inputs, outputs, first, last, x, w, b, y);
  for (size_t n = 0; n < batch; n++)
    for (size_t o = 0; o < outputs; o++) {
      const float ours = y[n * outputs + o];
      if (o >= first && o < last)
        assert_near((double)ours, (double)b[o] + dot(x + n * inputs, w + o * inputs, inputs),
                    sum_tolerance(inputs));
      else
        assert_true(ours == before[n * outputs + o]);
    }
  free(x);
  free(w);
  free(b);
  free(y);
  free(before);
}

static void forward_equals_a_naive_product(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++) {
    for (size_t b = 0; b < N_BATCHES; b++)
      for (size_t i = 0; i < N_INPUTS; i++)
        for (size_t o = 0; o < N_OUTPUTS; o++)
          check_forward(kernels, batches[b], input_counts[i], output_counts[o], 0, output_counts[o]);
    check_forward(kernels, LARGEST_BATCH, 37, 6, 0, 6);
    check_forward(kernels, 3, 5301, 5, 0, 5); /* three chunks of inputs */
    check_forward(kernels, 70, 2570, 5, 0, 5);
  }
}

static void forward_writes_its_range_of_outputs_only(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++) {
    check_forward(kernels, 7, 19, 9, 2, 8);
    check_forward(kernels, 3, 16, 5, 4, 5);
    check_forward(kernels, 3, 16, 5, 2, 2);
  }
}

/* Batches of one sample, of a part and of more than a block (90 samples of 5,301 inputs); one chunk of inputs
 * (2,560) and several. */
static void a_sample_s_forecast_does_not_depend_on_its_batch(void **state) {
  (void)state;
  enum { BATCH = 130, OUTPUTS = 7 };
  static const size_t parts[] = {1, 3, 13, 33}, all_inputs[] = {45, 5301};
  const gm_kernels *kernels;
  gm_rng rng;
  gm_rng_seed(&rng, 1);
  for (size_t i = 0; i < 2; i++) {
    const size_t inputs = all_inputs[i];
    float *x = random_floats(&rng, BATCH * inputs, -1, 1), *w = random_floats(&rng, OUTPUTS * inputs, -1, 1);
    float *b = random_floats(&rng, OUTPUTS, -1, 1), *y = new_floats(BATCH * OUTPUTS),
          *part = copy_floats(y, BATCH * OUTPUTS);
    for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++) {
      kernels->dense_forward(BATCH, inputs, OUTPUTS, 0, OUTPUTS, x, w, b, y);
      for (size_t p = 0; p < 4; p++)
        for (size_t n = 0; n + parts[p] <= BATCH; n += parts[p]) {
          kernels->dense_forward(parts[p], inputs, OUTPUTS, 0, OUTPUTS, x + n * inputs, w, b, part);
          assert_memory_equal(part, y + n * OUTPUTS, parts[p] * OUTPUTS * sizeof *y);
        }
    }
    free(x);
    free(w);
    free(b);
    free(y);
    free(part);
  }
}

/* ---- the optimiser step, textbook formulas in double -------------------------------- */

static void textbook_step(const gm_step *s, double g, bool kept, double *w, double *m, double *v) {
  g = (kept ? g : 0) + (double)s->weight_decay * *w;
  if (s->rule == GM_RULE_SGD) {
    *w -= (double)s->learning_rate * g;
  } else if (s->rule == GM_RULE_SGD_MOMENTUM) {
    *m = (double)s->momentum * *m + g;
    *w -= (double)s->learning_rate * *m;
  } else {
    *m = (double)s->beta1 * *m + (double)s->one_minus_beta1 * g;
    *v = (double)s->beta2 * *v + (double)s->one_minus_beta2 * g * g;
    *w -= (double)s->step_size * *m /
          (sqrt(*v) * (double)s->inverse_sqrt_bias_correction2 + (double)s->epsilon);
  }
}

/* A parameter tensor with state and, if `masked`, every third weight pruned. */
typedef struct {
  size_t n;
  float *w, *m, *v;
  uint8_t *mask;
  double *w2, *m2, *v2; /* the twin */
} parameters;

static parameters parameters_new(gm_rng *rng, size_t n, bool masked) {
  parameters p = {.n = n, .w = random_floats(rng, n, -1, 1), .m = random_floats(rng, n, -1, 1)};
  p.v = random_floats(rng, n, 0.25f, 1); /* away from 0, where sqrt magnifies rounding without bound */
  p.mask = masked ? malloc(n) : NULL;
  for (size_t i = 0; masked && i < n; i++) {
    p.mask[i] = i % 3 != 0;
    if (!p.mask[i]) p.w[i] = p.m[i] = p.v[i] = 0;
  }
  p.w2 = widened(p.w, n);
  p.m2 = widened(p.m, n);
  p.v2 = widened(p.v, n);
  return p;
}

static gm_tensor tensor_of(const parameters *p, gm_rule rule) {
  return (gm_tensor){.w = p->w,
                     .m = rule == GM_RULE_SGD ? NULL : p->m,
                     .v = rule == GM_RULE_ADAM ? p->v : NULL,
                     .mask = p->mask};
}

/* `gradient_error` bounds the error of g. Both moments and w move by less than 2 of it (factors
 * of step_of: at most 1 on m, 2·|g|·0.0625·|g| ≤ 16 on v only through its square root, and
 * 0.25 / (0.5 / 0.5) on w); 16 roundings of values below 130 are added. */
static void parameters_check(const parameters *p, double gradient_error) {
  const double tolerance = 20 * gradient_error + 16 * 0x1p-24 * 130;
  assert_all_near(p->w, p->w2, p->n, tolerance);
  assert_all_near(p->m, p->m2, p->n, tolerance);
  for (size_t i = 0; i < p->n; i++) assert_near((double)p->v[i], p->v2[i], tolerance * (1 + p->v2[i]));
  for (size_t i = 0; p->mask != NULL && i < p->n; i++)
    if (!p->mask[i]) assert_true(p->w[i] == 0 && p->m[i] == 0 && p->v[i] == 0);
}

static void parameters_free(parameters *p) {
  free(p->w);
  free(p->m);
  free(p->v);
  free(p->mask);
  free(p->w2);
  free(p->m2);
  free(p->v2);
}

static const gm_rule rules[] = {GM_RULE_SGD, GM_RULE_SGD_MOMENTUM, GM_RULE_ADAM};
enum { N_RULES = 3 };

static void check_step(const gm_kernels *kernels, gm_rule rule, size_t n, bool masked, float weight_decay) {
  const gm_step s = step_of(rule, weight_decay);
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)n);
  parameters p = parameters_new(&rng, n, masked);
  float *g = random_floats(&rng, n, -1, 1);
  for (int t = 0; t < 3; t++) {
    kernels->step(&s, n, tensor_of(&p, rule), g);
    for (size_t i = 0; i < n; i++)
      textbook_step(&s, (double)g[i], p.mask == NULL || p.mask[i], &p.w2[i], &p.m2[i], &p.v2[i]);
  }
  parameters_check(&p, 0);
  parameters_free(&p);
  free(g);
}

static void steps_equal_the_textbook(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++)
    for (size_t r = 0; r < N_RULES; r++)
      for (size_t n = 0; n <= 40; n++)
        for (int variant = 0; variant < 4; variant++)
          check_step(kernels, rules[r], n, variant % 2 == 1, variant / 2 == 1 ? 0.0625f : 0);
}

/* ---- backward and step in one pass ----------------------------------------------------- */

typedef struct {
  size_t batch, inputs, outputs, first, last; /* columns [first, last) */
  bool masked, with_dx;
  float weight_decay;
} backward_case;

static void check_backward(const gm_kernels *kernels, gm_rule rule, backward_case c) {
  const gm_step s = step_of(rule, c.weight_decay);
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)(c.batch * 10000 + c.inputs * 100 + c.outputs));
  parameters p = parameters_new(&rng, c.outputs * c.inputs, c.masked);
  float *x = random_floats(&rng, c.batch * c.inputs, -1, 1);
  float *dy = random_floats(&rng, c.batch * c.outputs, -1, 1);
  for (size_t i = 0; i < c.batch * c.outputs; i++) /* samples that move none of some neighbouring rows */
    if ((i / c.outputs + i % c.outputs / 9) % 3 == 0) dy[i] = 0;
  float *dx = random_floats(&rng, c.batch * c.inputs, 5, 6);
  double *expected = widened(dx, c.batch * c.inputs);
  for (size_t n = 0; n < c.batch; n++)
    for (size_t k = c.first; k < c.last && c.with_dx; k++) {
      expected[n * c.inputs + k] = 0;
      for (size_t o = 0; o < c.outputs; o++)
        expected[n * c.inputs + k] += (double)dy[n * c.outputs + o] * (double)p.w[o * c.inputs + k];
    }
  float *panels = new_floats(gm_kernels_panels_size(c.batch, c.last - c.first));
  uint32_t *row = calloc(c.outputs, sizeof *row);
  for (size_t o = 0; o < c.outputs; o++) row[o] = (uint32_t)o;
  kernels->dense_backward_step(&s, c.batch, c.inputs, (gm_rows){c.outputs, row}, c.first, c.last, x, dy,
                               tensor_of(&p, rule), c.with_dx ? dx : NULL, panels);
  free(row);
  for (size_t o = 0; o < c.outputs; o++)
    for (size_t k = c.first; k < c.last; k++) {
      const size_t i = o * c.inputs + k;
      double g = 0;
      for (size_t n = 0; n < c.batch; n++) g += (double)dy[n * c.outputs + o] * (double)x[n * c.inputs + k];
      textbook_step(&s, g, !c.masked || p.mask[i], &p.w2[i], &p.m2[i], &p.v2[i]);
    }
  assert_all_near(dx, expected, c.batch * c.inputs, sum_tolerance(c.outputs));
  parameters_check(&p, sum_tolerance(c.batch));
  parameters_free(&p);
  free(x);
  free(dy);
  free(dx);
  free(panels);
  free(expected);
}

static void backward_and_step_equal_the_separate_textbook_steps(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++)
    for (size_t r = 0; r < N_RULES; r++) {
      for (size_t b = 0; b < N_BATCHES; b++)
        for (size_t i = 0; i < N_INPUTS; i++)
          for (size_t o = 0; o < N_OUTPUTS; o++)
            check_backward(kernels, rules[r],
                           (backward_case){batches[b], input_counts[i], output_counts[o], 0, input_counts[i],
                                           (i + o) % 2 == 0, (b + o) % 3 != 0, b % 2 == 0 ? 0.0625f : 0});
      check_backward(kernels, rules[r], (backward_case){LARGEST_BATCH, 37, 6, 0, 37, false, true, 0});
    }
}

static void backward_touches_its_range_of_columns_only(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++)
    for (size_t r = 0; r < N_RULES; r++) {
      check_backward(kernels, rules[r], (backward_case){7, 50, 5, 16, 39, false, true, 0});
      check_backward(kernels, rules[r], (backward_case){7, 50, 5, 33, 50, true, true, 0.0625f});
      check_backward(kernels, rules[r], (backward_case){7, 50, 5, 20, 20, true, true, 0});
    }
}

/* ---- special values ---------------------------------------------------------------------- */

/* Whether this machine can flush subnormals to zero; valgrind's cannot. */
static bool can_flush(void) {
  volatile float least_normal = FLT_MIN;
#if defined __SSE2__
  const unsigned int before = _mm_getcsr();
  _mm_setcsr(before | 0x8000u);
  const float half = least_normal * 0.5f;
  _mm_setcsr(before);
  return half == 0;
#else
  return least_normal * 0.5f == 0;
#endif
}

static void moments_that_fade_away_become_zero_and_the_caller_keeps_his_subnormals(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++) {
    const gm_step s = step_of(GM_RULE_ADAM, 0);
    float w[3] = {1, 1, 1}, m[3] = {FLT_MIN, -FLT_MIN, 1}, v[3] = {FLT_MIN, FLT_MIN, 1};
    const float g[3] = {0, 0, 0};
    kernels->step(&s, 3, (gm_tensor){.w = w, .m = m, .v = v}, g);
    if (can_flush()) assert_true(m[0] == 0 && m[1] == 0 && v[0] == 0 && v[1] == 0);
    assert_true(m[2] == 0.875f && v[2] == 0.9375f && w[0] == 1 && w[2] < 1);
    volatile float least_normal = FLT_MIN;
    assert_true(least_normal / 2 > 0); /* flushing is over */
  }
}

static void a_gradient_that_is_not_finite_is_not_hidden(void **state) {
  (void)state;
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++)
    for (size_t r = 0; r < N_RULES; r++) {
      const gm_step s = step_of(rules[r], 0);
      float w[2] = {1, 1}, m[2] = {0}, v[2] = {0};
      const float g[2] = {NAN, INFINITY};
      kernels->step(&s, 2, (gm_tensor){.w = w, .m = m, .v = v}, g);
      assert_false(isfinite(w[0]) || isfinite(w[1]));
    }
}

/* A gradient of 1e20 is finite, its square is not: m / sqrt(Inf) is 0 and the weight stays, as IEEE
 * arithmetic gives it and PyTorch's Adam does. 17 weights: a vector of every width and a remainder. */
static void a_second_moment_that_overflows_leaves_its_weight_alone(void **state) {
  (void)state;
  enum { N = 17 };
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++) {
    const gm_step s = step_of(GM_RULE_ADAM, 0);
    float w[N], m[N] = {0}, v[N] = {0}, g[N];
    for (size_t i = 0; i < N; i++) w[i] = 1, g[i] = i % 2 == 0 ? 1e20f : 0.0f;
    kernels->step(&s, N, (gm_tensor){.w = w, .m = m, .v = v}, g);
    for (size_t i = 0; i < N; i++) {
      assert_true(w[i] == 1);
      assert_true(i % 2 == 0 ? isinf(v[i]) : v[i] == 0);
    }
  }
}

/* ---- selection ----------------------------------------------------------------------------- */

static void kernels_are_selected_by_name_and_unknown_names_refused(void **state) {
  (void)state;
  assert_non_null(gm_kernels_select("baseline"));
  assert_non_null(gm_kernels_select(NULL));
  assert_null(gm_kernels_select("avx1024"));
  assert_null(gm_kernels_select(""));
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++)
    assert_ptr_equal(gm_kernels_select(runnable_kernels(isa)->isa), runnable_kernels(isa));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forward_equals_a_naive_product),
      cmocka_unit_test(forward_writes_its_range_of_outputs_only),
      cmocka_unit_test(a_sample_s_forecast_does_not_depend_on_its_batch),
      cmocka_unit_test(steps_equal_the_textbook),
      cmocka_unit_test(backward_and_step_equal_the_separate_textbook_steps),
      cmocka_unit_test(backward_touches_its_range_of_columns_only),
      cmocka_unit_test(moments_that_fade_away_become_zero_and_the_caller_keeps_his_subnormals),
      cmocka_unit_test(a_gradient_that_is_not_finite_is_not_hidden),
      cmocka_unit_test(a_second_moment_that_overflows_leaves_its_weight_alone),
      cmocka_unit_test(kernels_are_selected_by_name_and_unknown_names_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
