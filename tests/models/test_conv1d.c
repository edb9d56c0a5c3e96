/* SPDX-License-Identifier: MIT
 * The convolution: hand-computed case, impulse, linearity, naive twin, adjoint identities,
 * threads; also kernels longer than their input. */
#include "models/network/conv1d.h"
#include "tests/numbers.h"

typedef struct {
  gm_conv1d conv;
  size_t n, n_x, n_y, n_w;
  float *x, *w, *b, *y, *dy, *dx, *dw, *db, *lines, *scratch;
} layer;

static layer layer_new(gm_conv1d conv, size_t n) {
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)(n * 1000 + conv.length * 10 + conv.c_in));
  layer l = {.conv = conv,
             .n = n,
             .n_x = n * conv.c_in * conv.length,
             .n_y = n * conv.c_out * conv.length,
             .n_w = conv.c_out * conv.c_in * conv.kernel};
  l.x = random_floats(&rng, l.n_x, -1, 1);
  l.w = random_floats(&rng, l.n_w, -1, 1);
  l.b = random_floats(&rng, conv.c_out, -1, 1);
  l.dy = random_floats(&rng, l.n_y, -1, 1);
  l.y = new_floats(l.n_y);
  l.dx = random_floats(&rng, l.n_x, 5, 6); /* overwritten, not added to */
  l.dw = random_floats(&rng, l.n_w, 5, 6);
  l.db = random_floats(&rng, conv.c_out, 5, 6);
  l.lines = random_floats(&rng, gm_conv1d_lines_size(&conv, n), 5, 6);
  l.scratch = random_floats(&rng, gm_conv1d_scratch_size(&conv, n), 5, 6);
  return l;
}

static void layer_free(layer *l) {
  float *blocks[] = {l->x, l->w, l->b, l->y, l->dy, l->dx, l->dw, l->db, l->lines, l->scratch};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}

static void run_forward(const gm_compute *compute, layer *l) {
  gm_conv1d_forward(compute, &l->conv, l->n, l->x, l->w, l->b, l->y, l->lines, l->scratch);
}

static void run_backward(const gm_compute *compute, layer *l, float *dx) {
  gm_conv1d_backward(compute, &l->conv, l->n, l->w, l->dy, dx, l->dw, l->db, l->lines, l->scratch);
}

/* c_in, c_out, kernel, length and the batch: one and more pieces of channels (16), one and more groups of
 * samples (512 positions) with a remainder, samples longer than a group, kernels longer than the input. */
static const struct {
  gm_conv1d conv;
  size_t n;
} cases[] = {{{1, 1, 1, 1}, 1},    {{1, 4, 3, 12}, 10}, {{3, 17, 5, 13}, 7}, {{2, 33, 3, 1}, 6},
             {{5, 2, 9, 3}, 3},    {{2, 3, 11, 4}, 5},  {{4, 16, 1, 7}, 11}, {{1, 6, 3, 257}, 2},
             {{6, 16, 5, 61}, 16}, {{2, 5, 3, 12}, 90}, {{3, 9, 3, 600}, 3}};
enum { N_CASES = 11 };

/* ---- exact cases --------------------------------------------------------------------- */

static void a_hand_computed_case(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  layer l = layer_new((gm_conv1d){2, 1, 3, 4}, 1);
  const float x[2][4] = {{1, 2, 3, 4}, {0, 1, 0, -1}}, w[2][3] = {{1, 0, -1}, {2, 1, 0}};
  const float dy[4] = {1, -1, 2, 0}, b[1] = {10};
  /* channel 0: x[l−1] − x[l+1] = −2 −2 −2 3; channel 1: 2·x[l−1] + x[l] = 0 1 2 −1 */
  const float expected_y[4] = {8, 9, 10, 12};
  /* channel 0: dy[l+1] − dy[l−1] (taps 0 and 2); channel 1: 2·dy[l+1] + dy[l] */
  const float expected_dx[2][4] = {{-1, 1, 1, -2}, {-1, 3, 2, 0}};
  /* dw[ci][j] = sum_l dy[l]·x[l + j − 1] */
  const float expected_dw[2][3] = {{3, 5, 7}, {2, -1, -1}};
  memcpy(l.x, x, sizeof x);
  memcpy(l.w, w, sizeof w);
  memcpy(l.b, b, sizeof b);
  memcpy(l.dy, dy, sizeof dy);
  run_forward(&compute, &l);
  assert_memory_equal(l.y, expected_y, sizeof expected_y);
  run_backward(&compute, &l, l.dx);
  assert_memory_equal(l.dx, expected_dx, sizeof expected_dx);
  assert_memory_equal(l.dw, expected_dw, sizeof expected_dw);
  assert_true(l.db[0] == 2);
  layer_free(&l);
}

/* Cross-correlation: an impulse at p puts tap j at position p − j + k/2. */
static void an_impulse_shows_the_kernel_reversed(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  const gm_conv1d conv = {1, 2, 5, 9};
  layer l = layer_new(conv, 1);
  for (size_t p = 0; p < conv.length; p++) {
    for (size_t i = 0; i < conv.length; i++) l.x[i] = i == p;
    run_forward(&compute, &l);
    for (size_t co = 0; co < conv.c_out; co++)
      for (size_t i = 0; i < conv.length; i++) {
        const size_t j = p + conv.kernel / 2 - i; /* wraps to a huge number below 0 */
        const float tap = j < conv.kernel ? l.w[co * conv.kernel + j] : 0;
        assert_true(l.y[co * conv.length + i] == tap + l.b[co]);
      }
  }
  layer_free(&l);
}

static void the_layer_is_linear_in_its_input(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  layer l = layer_new((gm_conv1d){3, 17, 5, 13}, 7);
  memset(l.b, 0, l.conv.c_out * sizeof *l.b);
  gm_rng rng;
  gm_rng_seed(&rng, 9);
  float *second = random_floats(&rng, l.n_x, -1, 1);
  run_forward(&compute, &l);
  double *expected = widened(l.y, l.n_y); /* 2·conv(x) − conv(second) */
  for (size_t i = 0; i < l.n_y; i++) expected[i] *= 2;
  float *x = copy_floats(l.x, l.n_x);
  memcpy(l.x, second, l.n_x * sizeof *second);
  run_forward(&compute, &l);
  for (size_t i = 0; i < l.n_y; i++) expected[i] -= (double)l.y[i];
  for (size_t i = 0; i < l.n_x; i++) l.x[i] = 2 * x[i] - second[i];
  run_forward(&compute, &l);
  assert_all_near(l.y, expected, l.n_y, 6 * sum_tolerance(15));
  free(second);
  free(expected);
  free(x);
  layer_free(&l);
}

/* ---- naive twins ------------------------------------------------------------------------ */

/* The three sums over all (i, co, ci, j, l), straight from the header. */
static void naive(const layer *l, double *y, double *dx, double *dw, double *db) {
  const gm_conv1d c = l->conv;
  for (size_t i = 0; i < l->n; i++)
    for (size_t co = 0; co < c.c_out; co++)
      for (size_t at = 0; at < c.length; at++) {
        const size_t out = (i * c.c_out + co) * c.length + at;
        y[out] = (double)l->b[co];
        db[co] += (double)l->dy[out];
        for (size_t ci = 0; ci < c.c_in; ci++)
          for (size_t j = 0; j < c.kernel; j++) {
            if (at + j < c.kernel / 2 || at + j - c.kernel / 2 >= c.length) continue;
            const size_t in = (i * c.c_in + ci) * c.length + at + j - c.kernel / 2;
            const size_t tap = (co * c.c_in + ci) * c.kernel + j;
            y[out] += (double)l->w[tap] * (double)l->x[in];
            dx[in] += (double)l->w[tap] * (double)l->dy[out];
            dw[tap] += (double)l->dy[out] * (double)l->x[in];
          }
      }
}

static void forward_and_backward_equal_naive_sums(void **state) {
  (void)state;
  for (size_t k = 0; k < 3 * N_CASES; k++) {
    const size_t i = k % N_CASES;
    if (runnable_kernels(k / N_CASES) == NULL) continue;
    const gm_compute compute = compute_with(2, runnable_kernels(k / N_CASES)->isa);
    layer l = layer_new(cases[i].conv, cases[i].n);
    double *y = calloc(l.n_y, sizeof *y), *dx = calloc(l.n_x, sizeof *dx), *dw = calloc(l.n_w, sizeof *dw);
    double *db = calloc(l.conv.c_out, sizeof *db);
    naive(&l, y, dx, dw, db);
    run_forward(&compute, &l);
    run_backward(&compute, &l, l.dx);
    assert_all_near(l.y, y, l.n_y, sum_tolerance(l.conv.c_in * l.conv.kernel));
    assert_all_near(l.dx, dx, l.n_x, sum_tolerance(l.conv.c_out * l.conv.kernel));
    assert_all_near(l.dw, dw, l.n_w, sum_tolerance(l.n * l.conv.length));
    assert_all_near(l.db, db, l.conv.c_out, sum_tolerance(l.n * l.conv.length));
    free(y);
    free(dx);
    free(dw);
    free(db);
    layer_free(&l);
  }
}

/* With b = 0: <conv x, dy> = <x, convᵀ dy> = <W, dW>. */
static void backward_is_the_adjoint_of_forward(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  for (size_t i = 0; i < N_CASES; i++) {
    layer l = layer_new(cases[i].conv, cases[i].n);
    const size_t taps = l.conv.c_in * l.conv.kernel;
    memset(l.b, 0, l.conv.c_out * sizeof *l.b);
    run_forward(&compute, &l);
    run_backward(&compute, &l, l.dx);
    const double forward = dot(l.y, l.dy, l.n_y), tolerance = sum_tolerance(taps) * (double)l.n_y;
    assert_near(dot(l.x, l.dx, l.n_x), forward,
                tolerance + sum_tolerance(l.conv.c_out * l.conv.kernel) * (double)l.n_x);
    assert_near(dot(l.w, l.dw, l.n_w), forward,
                tolerance + sum_tolerance(l.n * l.conv.length) * (double)l.n_w);
    layer_free(&l);
  }
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void any_number_of_threads_gives_the_same_bits(void **state) {
  (void)state;
  for (size_t i = 0; i < N_CASES; i++) {
    layer one = layer_new(cases[i].conv, cases[i].n);
    const gm_compute single = compute_with(1, NULL);
    run_forward(&single, &one);
    run_backward(&single, &one, one.dx);
    for (int threads = 2; threads <= 4; threads++) {
      layer l = layer_new(cases[i].conv, cases[i].n);
      const gm_compute compute = compute_with(threads, NULL);
      run_forward(&compute, &l);
      run_backward(&compute, &l, l.dx);
      assert_memory_equal(l.y, one.y, l.n_y * sizeof *l.y);
      assert_memory_equal(l.dx, one.dx, l.n_x * sizeof *l.dx);
      assert_memory_equal(l.dw, one.dw, l.n_w * sizeof *l.dw);
      assert_memory_equal(l.db, one.db, l.conv.c_out * sizeof *l.db);
      layer_free(&l);
    }
    layer_free(&one);
  }
}

static void a_sample_s_output_does_not_depend_on_its_batch(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  for (size_t i = 0; i < N_CASES; i++) {
    layer l = layer_new(cases[i].conv, cases[i].n);
    run_forward(&compute, &l);
    float *together = copy_floats(l.y, l.n_y), *x = copy_floats(l.x, l.n_x);
    const size_t x_size = l.n_x / l.n, y_size = l.n_y / l.n, n = l.n;
    l.n = 1;
    for (size_t s = 0; s < n; s++) {
      memcpy(l.x, x + s * x_size, x_size * sizeof *x);
      run_forward(&compute, &l);
      assert_memory_equal(l.y, together + s * y_size, y_size * sizeof *l.y);
    }
    free(together);
    free(x);
    layer_free(&l);
  }
}

static void the_input_gradient_is_optional(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  layer with = layer_new((gm_conv1d){3, 17, 5, 13}, 7), without = layer_new((gm_conv1d){3, 17, 5, 13}, 7);
  run_forward(&compute, &with);
  run_forward(&compute, &without);
  run_backward(&compute, &with, with.dx);
  run_backward(&compute, &without, NULL);
  assert_memory_equal(without.dw, with.dw, with.n_w * sizeof *with.dw);
  assert_memory_equal(without.db, with.db, with.conv.c_out * sizeof *with.db);
  layer_free(&with);
  layer_free(&without);
}

/* The sum of dy in the order that the layer has of its own, on values where any other order ends elsewhere:
 * 2^24 + 1 is 2^24. Four sums side by side (one sum makes 3 of the second case, eight make 2^24 + 2 of the
 * third), added up in turn (crosswise makes 2^24 + 2 of the first). */
static void the_bias_gradient_has_one_order_of_sums(void **state) {
  (void)state;
  static const float large = 0x1p24f;
  static const struct {
    float dy[16], sum;
  } sums[] = {{{0x1p24f, 1, 1, 1}, 0x1p24f},
              {{0x1p24f, 1, 1, 1, -0x1p24f, 1, 1, 1}, 6},
              {{0x1p24f, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, 0x1p24f}};
  const gm_compute compute = compute_with(1, NULL);
  assert_true(large + 1 == large);
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
    layer l = layer_new((gm_conv1d){1, 1, 1, 16}, 1);
    memcpy(l.dy, sums[i].dy, sizeof sums[i].dy);
    run_forward(&compute, &l);
    run_backward(&compute, &l, l.dx);
    assert_true(l.db[0] == sums[i].sum);
    layer_free(&l);
  }
}

static void odd_kernels_keep_the_length(void **state) {
  (void)state;
  for (size_t length = 1; length < 20; length++)
    for (size_t kernel = 1; kernel < 30; kernel += 2)
      assert_int_equal(gm_conv1d_output_length(length, kernel), length);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_hand_computed_case),
      cmocka_unit_test(an_impulse_shows_the_kernel_reversed),
      cmocka_unit_test(the_layer_is_linear_in_its_input),
      cmocka_unit_test(forward_and_backward_equal_naive_sums),
      cmocka_unit_test(backward_is_the_adjoint_of_forward),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(a_sample_s_output_does_not_depend_on_its_batch),
      cmocka_unit_test(the_input_gradient_is_optional),
      cmocka_unit_test(the_bias_gradient_has_one_order_of_sums),
      cmocka_unit_test(odd_kernels_keep_the_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
