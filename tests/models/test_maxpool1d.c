/* SPDX-License-Identifier: MIT
 * Maximum over windows: hand-computed cases, the tail, ties, and the gradient's adjoint. */
#include "models/network/maxpool1d.h"
#include "tests/numbers.h"

static void the_output_length_drops_the_tail(void **state) {
  (void)state;
  assert_int_equal(gm_maxpool1d_output_length(12, 2), 6);
  assert_int_equal(gm_maxpool1d_output_length(13, 2), 6);
  assert_int_equal(gm_maxpool1d_output_length(2, 3), 0);
  assert_int_equal(gm_maxpool1d_output_length(7, 1), 7);
}

static void a_hand_computed_case_with_a_tail(void **state) {
  (void)state;
  const float x[2][7] = {{1, 5, 2, 2, -3, -1, 99}, {-1, -2, -4, -3, 0, 7, 99}};
  const float expected_y[6] = {5, 2, -1, -1, -3, 7}, dy[6] = {1, 2, 3, 4, 5, 6};
  const uint32_t expected_at[6] = {1, 2, 5, 0, 3, 5}; /* of equal 2 and 2 the first */
  const float expected_dx[2][7] = {{0, 1, 2, 0, 0, 3, 0}, {4, 0, 0, 5, 0, 6, 0}};
  float y[6], dx[2][7];
  uint32_t at[6];
  memset(dx, 0x7f, sizeof dx);
  gm_maxpool1d_forward(2, 7, 2, x[0], y, at);
  assert_memory_equal(y, expected_y, sizeof y);
  assert_memory_equal(at, expected_at, sizeof at);
  gm_maxpool1d_backward(2, 7, 2, dy, at, dx[0]);
  assert_memory_equal(dx, expected_dx, sizeof dx);
}

static void a_window_of_one_is_the_identity(void **state) {
  (void)state;
  const float x[3] = {3, -1, 2};
  float y[3], dx[3];
  uint32_t at[3];
  gm_maxpool1d_forward(1, 3, 1, x, y, at);
  assert_memory_equal(y, x, sizeof x);
  gm_maxpool1d_backward(1, 3, 1, x, at, dx);
  assert_memory_equal(dx, x, sizeof x);
}

static void nan_is_larger_than_any_number(void **state) {
  (void)state;
  const float x[6] = {INFINITY, NAN, 1, NAN, 2, -INFINITY};
  float y[2];
  uint32_t at[2];
  gm_maxpool1d_forward(1, 6, 3, x, y, at);
  assert_true(isnan(y[0]) && isnan(y[1]));
  assert_true(at[0] == 1 && at[1] == 3);
}

static void minus_infinity_alone_is_its_own_maximum(void **state) {
  (void)state;
  const float x[2] = {-INFINITY, -INFINITY};
  float y;
  uint32_t at;
  gm_maxpool1d_forward(1, 2, 2, x, &y, &at);
  assert_true(isinf(y) && y < 0 && at == 0);
}

/* For fixed argmax the layer is linear: <P x, dy> = <x, Pᵀ dy>. */
static void backward_is_the_adjoint_of_forward(void **state) {
  (void)state;
  static const double exact = 1e-6; /* sums of 15 products below 1 */
  const size_t rows = 3, length = 17, kernel = 3, out = length / kernel;
  gm_rng rng;
  gm_rng_seed(&rng, 5);
  float *x = random_floats(&rng, rows * length, -1, 1), *dy = random_floats(&rng, rows * out, -1, 1);
  float *y = new_floats(rows * out), *dx = new_floats(rows * length);
  uint32_t *at = malloc(rows * out * sizeof *at);
  gm_maxpool1d_forward(rows, length, kernel, x, y, at);
  gm_maxpool1d_backward(rows, length, kernel, dy, at, dx);
  for (size_t i = 0; i < rows * out; i++)
    for (size_t j = 0; j < kernel; j++) assert_true(y[i] >= x[i / out * length + i % out * kernel + j]);
  assert_near(dot(y, dy, rows * out), dot(x, dx, rows * length), exact);
  free(x);
  free(dy);
  free(y);
  free(dx);
  free(at);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_output_length_drops_the_tail),
      cmocka_unit_test(a_hand_computed_case_with_a_tail),
      cmocka_unit_test(a_window_of_one_is_the_identity),
      cmocka_unit_test(nan_is_larger_than_any_number),
      cmocka_unit_test(minus_infinity_alone_is_its_own_maximum),
      cmocka_unit_test(backward_is_the_adjoint_of_forward),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
