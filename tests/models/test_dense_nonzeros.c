/* SPDX-License-Identifier: MIT
 * The product without zeros against the dense kernel of the same instruction set, to the last bit: every kind
 * of remainder, chunk and density, special values, any batch, any number of threads. The dense kernel itself
 * is checked against naive sums in test_kernels. */
#include "models/network/dense.h"
#include "models/network/dense_nonzeros.h"
#include "tests/numbers.h"

#include <math.h>

typedef struct {
  size_t n, inputs, outputs;
  float *x, *w, *b;
} layer;

/* Random x, of which a share of `density` is not zero (zeros of both signs), w and b. */
static layer layer_new(size_t n, size_t inputs, size_t outputs, float density) {
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)(n * 1000 + inputs * 10 + outputs));
  layer l = {n,
             inputs,
             outputs,
             random_floats(&rng, n * inputs, -1, 1),
             random_floats(&rng, outputs * inputs, -1, 1),
             random_floats(&rng, outputs, -1, 1)};
  for (size_t i = 0; i < n * inputs; i++)
    if (!(gm_rng_uniform_float(&rng, 0, 1) < density)) l.x[i] = copysignf(0, l.x[i]);
  return l;
}

static void layer_free(layer *l) {
  free(l->x);
  free(l->w);
  free(l->b);
}

/* y by the dense kernel. */
static float *dense(const gm_kernels *kernels, const layer *l) {
  float *y = new_floats(l->n * l->outputs);
  kernels->dense_forward(l->n, l->inputs, l->outputs, 0, l->outputs, l->x, l->w, l->b, y);
  return y;
}

/* ---- the kernels --------------------------------------------------------------------- */

/* W turned once and for all, rows [first, last) of it; NULL if a weight is not finite. */
static float *turned(const gm_kernels *kernels, const layer *l, size_t first, size_t last) {
  float *t = new_floats(gm_kernels_turned_size(l->inputs, l->outputs));
  if (kernels->turn(l->inputs, first, last, l->w, t)) return t;
  free(t);
  return NULL;
}

/* Outputs [first, last) by lists in blocks of exactly the size that is asked for, W turned before if t is not
 * NULL; false if x is not finite. */
static bool by_lists(const gm_kernels *kernels, const layer *l, size_t first, size_t last, const float *t,
                     float *y) {
  float *lists = new_floats(gm_kernels_nonzeros_size(l->n, l->inputs)),
        *scratch = new_floats(GM_NONZEROS_SCRATCH);
  bool finite = true;
  for (size_t lane = 0; lane < kernels->lanes; lane++)
    finite = kernels->list_nonzeros(l->n, l->inputs, lane, l->x, lists) && finite;
  if (finite)
    kernels->dense_forward_nonzeros(l->n, l->inputs, l->outputs, first, last, first, l->x, lists, l->w, t,
                                    l->b, y, scratch);
  free(lists);
  free(scratch);
  return finite;
}

/* Outputs [first, last), whole groups, one sample after the other; false if x is not finite. */
static bool by_samples(const gm_kernels *kernels, const layer *l, size_t first, size_t last, const float *t,
                       float *y) {
  bool finite = true;
  for (size_t n = 0; n < l->n && finite; n++) {
    float *list = new_floats(gm_kernels_sample_size(l->inputs)); /* its end is its own */
    finite = kernels->list_sample(l->inputs, l->x + n * l->inputs, list) <= l->inputs;
    if (finite) kernels->dense_forward_sample(l->inputs, first, last, list, t, l->b, y + n * l->outputs);
    free(list);
  }
  return finite;
}

/* The largest multiple of a group. */
static size_t whole_groups(size_t outputs) {
  const size_t wide = outputs / GM_NONZEROS_WIDE * GM_NONZEROS_WIDE;
  const size_t narrow = outputs / GM_NONZEROS_NARROW * GM_NONZEROS_NARROW;
  return wide > narrow ? wide : narrow;
}

static void check_bits(const gm_kernels *kernels, const layer *l) {
  const size_t size = l->n * l->outputs, whole = whole_groups(l->outputs);
  float *expected = dense(kernels, l), *y = new_floats(size), *t = turned(kernels, l, 0, whole);
  bool finite = true;
  for (size_t i = 0; i < whole * l->inputs; i++) finite = finite && isfinite(l->w[i]);
  assert_true(by_lists(kernels, l, 0, l->outputs, NULL, y));
  assert_memory_equal(y, expected, size * sizeof *y);
  assert_int_equal(t != NULL, finite);
  if (finite) {
    float *again = new_floats(size);
    assert_true(by_lists(kernels, l, 0, whole, t, again));
    for (size_t i = 0; i < size; i++)
      if (i % l->outputs < whole) assert_memory_equal(&again[i], &expected[i], sizeof *y);
    memset(again, 0, size * sizeof *y);
    assert_true(by_samples(kernels, l, 0, whole, t, again));
    for (size_t i = 0; i < size; i++)
      if (i % l->outputs < whole) assert_memory_equal(&again[i], &expected[i], sizeof *y);
    free(again);
  }
  free(expected);
  free(t);
  free(y);
}

static void check_shape(size_t n, size_t inputs, size_t outputs, float density) {
  layer l = layer_new(n, inputs, outputs, density);
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) check_bits(runnable_kernels(isa), &l);
  layer_free(&l);
}

static void every_shape_and_density_gives_the_bits_of_the_dense_kernel(void **state) {
  (void)state;
  static const size_t batches[] = {1, 2, 33, 84}, outputs[] = {1, 63, 64, 80, 83, 150};
  static const size_t inputs[] = {1, 3, 4, 5, 15, 16, 17, 31, 100, 389};
  static const float densities[] = {0, 0.1f, 0.5f, 1};
  for (size_t i = 0; i < 10; i++)
    for (size_t o = 0; o < 6; o++)
      for (size_t k = 0; k < 4; k++)
        check_shape(batches[(i + o + k) % 4], inputs[i], outputs[o], densities[k]);
}

/* More than one list a lane (385 to 1,537 inputs and more, by instruction set), more than a chunk of 2,560.
 */
static void long_samples_and_full_batches_too(void **state) {
  (void)state;
  static const size_t inputs[] = {767, 769, 1535, 1537, 2400, 2560, 2561, 5301};
  for (size_t i = 0; i < 8; i++) {
    check_shape(3, inputs[i], 80, 0.5f);
    check_shape(5, inputs[i], 64, 1);
  }
  check_shape(GM_NONZEROS_SAMPLES, 2560, 80, 1);
  check_shape(GM_NONZEROS_SAMPLES, 2400, 64, 0.4f);
}

static void only_its_range_of_outputs_is_written(void **state) {
  (void)state;
  layer l = layer_new(7, 50, 170, 0.5f);
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    float *expected = dense(runnable_kernels(isa), &l), *y = new_floats(7 * 170);
    float *t = turned(runnable_kernels(isa), &l, 85, 165);
    for (int how = 0; how < 3; how++) {
      for (size_t i = 0; i < 7 * 170; i++) y[i] = 5;
      assert_true(how == 2 ? by_samples(runnable_kernels(isa), &l, 85, 165, t, y)
                           : by_lists(runnable_kernels(isa), &l, 85, 165, how == 1 ? t : NULL, y));
      for (size_t i = 0; i < 7 * 170; i++)
        assert_true(y[i] == (i % 170 >= 85 && i % 170 < 165 ? expected[i] : 5));
    }
    free(expected);
    free(t);
    free(y);
  }
  layer_free(&l);
}

/* ---- special values -------------------------------------------------------------------- */

/* 0·NaN and 0·Inf are NaN: such a weight is seen by every sample, though its input is 0 in all of them. */
static void a_weight_that_is_not_finite_is_not_left_out(void **state) {
  (void)state;
  enum { N = 6, INPUTS = 2600, OUTPUTS = 80 };
  static const size_t places[] = {0, 17, 1299, 1300, 2599};
  static const float values[] = {NAN, INFINITY, -INFINITY};
  layer l = layer_new(N, INPUTS, OUTPUTS, 0.5f);
  for (size_t n = 0; n < N; n++)
    for (size_t p = 0; p < 5; p++) l.x[n * INPUTS + places[p]] = 0;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++)
    for (size_t p = 0; p < 5; p++)
      for (size_t v = 0; v < 3; v++) {
        const size_t o = (p * 31 + v * 7) % OUTPUTS;
        float *weight = &l.w[o * INPUTS + places[p]], before = *weight, *y = new_floats(N * OUTPUTS);
        *weight = values[v];
        assert_null(turned(runnable_kernels(isa), &l, 0, OUTPUTS));
        assert_true(by_lists(runnable_kernels(isa), &l, 0, OUTPUTS, NULL, y));
        for (size_t i = 0; i < N * OUTPUTS; i++) assert_true(isnan(y[i]) == (i % OUTPUTS == o));
        check_bits(runnable_kernels(isa), &l);
        *weight = before;
        free(y);
      }
  layer_free(&l);
}

static void a_sample_that_is_not_finite_is_told(void **state) {
  (void)state;
  enum { N = 3, INPUTS = 2600, OUTPUTS = 64 };
  static const float values[] = {NAN, INFINITY, -INFINITY};
  layer l = layer_new(N, INPUTS, OUTPUTS, 0.5f);
  float *y = new_floats(N * OUTPUTS);
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    float *t = turned(runnable_kernels(isa), &l, 0, OUTPUTS);
    for (size_t i = 0; i < N * INPUTS; i += 509) {
      const float before = l.x[i];
      l.x[i] = values[i % 3];
      assert_false(by_lists(runnable_kernels(isa), &l, 0, OUTPUTS, NULL, y));
      assert_false(by_samples(runnable_kernels(isa), &l, 0, OUTPUTS, t, y));
      l.x[i] = before;
      assert_true(by_lists(runnable_kernels(isa), &l, 0, OUTPUTS, NULL, y));
    }
    free(t);
  }
  free(y);
  layer_free(&l);
}

/* Products that underflow to -0 or to subnormals, sums that cancel, biases of -0, values that overflow. */
static void tiny_and_huge_values_and_the_signs_of_zeros(void **state) {
  (void)state;
  enum { N = 40, INPUTS = 70, OUTPUTS = 80 };
  static const float xs[] = {0, -0.0f, 1e-30f, -1e-30f, 1e-42f, -1e-42f, 0, -0.0f};
  static const float ws[] = {-1e-30f, 1e-30f, 1, -1, 0, -0.0f, 1e-42f, -1e-20f};
  static const float huge[] = {3e38f, -3e38f, 0, 1};
  layer l = layer_new(N, INPUTS, OUTPUTS, 0.5f);
  gm_rng rng;
  gm_rng_seed(&rng, 3);
  for (size_t i = 0; i < N * INPUTS; i++) {
    const size_t draw = (size_t)gm_rng_uniform_float(&rng, 0, 8);
    l.x[i] = i / INPUTS % 4 == 0 ? 0 : i / INPUTS % 4 == 1 ? huge[draw % 4] : xs[draw];
  }
  for (size_t i = 0; i < OUTPUTS * INPUTS; i++) {
    const size_t draw = (size_t)gm_rng_uniform_float(&rng, 0, 8);
    l.w[i] = i / INPUTS % 3 == 0 ? -1e-30f : i / INPUTS % 3 == 1 ? huge[draw % 4] : ws[draw];
  }
  for (size_t o = 0; o < OUTPUTS; o++) l.b[o] = o % 2 == 0 ? -0.0f : 0;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    float *y = dense(runnable_kernels(isa), &l);
    size_t zeros = 0, infinite = 0;
    for (size_t i = 0; i < N * OUTPUTS; i++) {
      assert_false(y[i] == 0 && signbit(y[i]));
      zeros += y[i] == 0;
      infinite += isinf(y[i]) || isnan(y[i]);
    }
    assert_true(zeros > N && infinite > N);
    free(y);
    check_bits(runnable_kernels(isa), &l);
  }
  layer_free(&l);
}

/* ---- the layer ---------------------------------------------------------------------------- */

static float *forward(const gm_compute *compute, const layer *l, const float *t, bool *left_out) {
  const gm_dense_weights weights = {l->inputs, l->outputs, l->w, l->b, t};
  float *y = new_floats(l->n * l->outputs),
        *scratch = new_floats(gm_dense_nonzeros_size(l->n, l->inputs, l->outputs));
  *left_out = gm_dense_nonzeros_forward(compute, &weights, l->n, l->x, y, scratch);
  gm_dense_forward(compute, &weights, l->n, l->x, y, scratch);
  free(scratch);
  return y;
}

/* 300 samples are two passes; 587 outputs are groups of both widths and a rest. */
static void any_batch_and_any_number_of_threads_give_the_same_bits(void **state) {
  (void)state;
  static const size_t batches[] = {1, 2, 15, 31, 64, 255, 256, 257, 300};
  layer l = layer_new(300, 203, 587, 0.3f);
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    float *expected = dense(runnable_kernels(isa), &l);
    for (int threads = 1; threads <= 3; threads++)
      for (size_t b = 0; b < 18; b++) {
        const gm_compute compute = compute_with(threads, runnable_kernels(isa)->isa);
        float *t = b % 2 == 0 ? NULL : new_floats(gm_dense_turned_size(l.inputs, l.outputs));
        if (t != NULL) assert_true(gm_dense_turn(&compute, l.inputs, l.outputs, l.w, t));
        bool left_out;
        layer part = l;
        part.n = batches[b / 2];
        part.x = l.x + (300 - part.n) * l.inputs;
        float *y = forward(&compute, &part, t, &left_out);
        assert_int_equal(left_out, part.n > 15 || t != NULL);
        assert_memory_equal(y, expected + (300 - part.n) * l.outputs, part.n * l.outputs * sizeof *y);
        free(t);
        free(y);
      }
    free(expected);
  }
  layer_free(&l);
}

static void what_would_not_pay_or_is_not_finite_is_done_in_full(void **state) {
  (void)state;
  const gm_compute compute = compute_with(2, NULL);
  enum { INPUTS = 200 };
  static const struct {
    size_t n, outputs;
    float density, x;
    bool left_out, left_out_turned;
  } cases[] = {{128, 640, 0.3f, 0, true, true},
               {128, 640, 1, 0, false, false},
               {15, 640, 0, 0, false, true},
               {128, 3, 0.3f, 0, false, false},
               {128, 640, 0.3f, NAN, false, false},
               {128, 640, 0, 0, true, true},
               {300, 640, 0.3f, NAN, false, false},
               {300, 640, 0.3f, INFINITY, false, false},
               {1, 640, 0.5f, 0, false, true},
               {1, 640, 1, 0, false, false},
               {1, 640, 0.5f, INFINITY, false, false},
               {128, 64, 0.3f, 0, false, false}, /* a group for two threads; and few outputs for a list */
               {1, 64, 0.3f, 0, false, false}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    layer l = layer_new(cases[c].n, INPUTS, cases[c].outputs, cases[c].density);
    l.x[(l.n - 1) * INPUTS] = cases[c].x; /* of the last sample, which is in the second pass of 300 */
    float *expected = dense(compute.kernels, &l), *t = new_floats(gm_dense_turned_size(INPUTS, l.outputs));
    assert_int_equal(gm_dense_turn(&compute, INPUTS, l.outputs, l.w, t), l.outputs >= 64);
    for (int turned = 0; turned < (l.outputs >= 64 ? 2 : 1); turned++) {
      bool left_out;
      float *y = forward(&compute, &l, turned ? t : NULL, &left_out);
      assert_int_equal(left_out, turned ? cases[c].left_out_turned : cases[c].left_out);
      assert_memory_equal(y, expected, l.n * l.outputs * sizeof *y);
      free(y);
    }
    free(expected);
    free(t);
    layer_free(&l);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_shape_and_density_gives_the_bits_of_the_dense_kernel),
      cmocka_unit_test(long_samples_and_full_batches_too),
      cmocka_unit_test(only_its_range_of_outputs_is_written),
      cmocka_unit_test(a_weight_that_is_not_finite_is_not_left_out),
      cmocka_unit_test(a_sample_that_is_not_finite_is_told),
      cmocka_unit_test(tiny_and_huge_values_and_the_signs_of_zeros),
      cmocka_unit_test(any_batch_and_any_number_of_threads_give_the_same_bits),
      cmocka_unit_test(what_would_not_pay_or_is_not_finite_is_done_in_full),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
