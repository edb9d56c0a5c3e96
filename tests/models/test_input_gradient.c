/* SPDX-License-Identifier: MIT
 * Input gradients against finite differences of the forecast itself. */
#include "models/network/input_gradient.h"

#include "tests/network_new.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 19, CHANNELS = 2, LENGTH = 13, SIZE = CHANNELS * LENGTH }; /* more than one batch of 16 */

typedef struct {
  float gradient[SAMPLES][SIZE];
  size_t n;
} record;

static void remember(void *context, size_t sample, const float *gradient) {
  record *r = context;
  assert_int_equal(sample, r->n++);
  memcpy(r->gradient[sample], gradient, SIZE * sizeof *gradient);
}

typedef struct {
  gm_compute compute;
  gm_network network;
  gm_workspace workspace;
  float x[SAMPLES][SIZE];
  const float *rows[SAMPLES];
} fixture;

static void set_up(fixture *f, const char *arch) {
  gm_rng rng;
  assert_int_equal(gm_compute_init(&f->compute, 1, NULL, NULL), GM_OK);
  f->network = network_new(arch, CHANNELS, LENGTH, 7, &rng);
  assert_int_equal(gm_workspace_create(&f->workspace, &f->network.architecture, 1, false, NULL), GM_OK);
  for (size_t i = 0; i < SAMPLES; i++) {
    for (size_t j = 0; j < SIZE; j++) f->x[i][j] = gm_rng_uniform_float(&rng, -1, 1);
    f->rows[i] = f->x[i];
  }
}

static void tear_down(fixture *f) {
  gm_workspace_free(&f->workspace);
  gm_network_free(&f->network);
  gm_compute_free(&f->compute);
}

static double forecast(fixture *f, const float *x) {
  memcpy(f->workspace.input, x, SIZE * sizeof *x);
  return (double)gm_network_forward(&f->compute, &f->network, &f->workspace, 1)[0];
}

static void gradients_are_slopes_of_the_forecast(void **state) {
  (void)state;
  static fixture f;
  static record r;
  memset(&r, 0, sizeof r);
  set_up(&f, "conv:4:3,relu,maxpool:2,flatten,dense:8,relu,dense:1");
  const gm_examples examples = {.n = SAMPLES, .x = f.rows};
  assert_int_equal(gm_input_gradients(&f.compute, &f.network, &examples, remember, &r, NULL), GM_OK);
  assert_int_equal(r.n, SAMPLES);
  /* The network is piecewise linear: a central difference is exact but for rounding (1e-7/h) unless the step
   * crosses a kink, which few of the inputs do. */
  const double h = 1e-3, tolerance = 2e-3;
  size_t near = 0;
  for (size_t i = 0; i < SAMPLES; i++)
    for (size_t j = 0; j < SIZE; j++) {
      float x[SIZE];
      memcpy(x, f.x[i], sizeof x);
      x[j] = f.x[i][j] + (float)h;
      const double up = forecast(&f, x);
      x[j] = f.x[i][j] - (float)h;
      near += fabs((up - forecast(&f, x)) / (2 * h) - (double)r.gradient[i][j]) < tolerance;
    }
  assert_true(near >= SAMPLES * SIZE * 98 / 100);
  tear_down(&f);
}

static void a_linear_network_s_gradient_is_its_weights(void **state) {
  (void)state;
  static fixture f;
  static record r;
  memset(&r, 0, sizeof r);
  set_up(&f, "flatten,dense:1");
  const gm_examples examples = {.n = SAMPLES, .x = f.rows};
  assert_int_equal(gm_input_gradients(&f.compute, &f.network, &examples, remember, &r, NULL), GM_OK);
  for (size_t i = 0; i < SAMPLES; i++)
    assert_memory_equal(r.gradient[i], f.network.parameters, SIZE * sizeof(float));
  tear_down(&f);
}

static void two_outputs_are_refused(void **state) {
  (void)state;
  static fixture f;
  set_up(&f, "flatten,dense:2");
  const gm_examples examples = {.n = SAMPLES, .x = f.rows};
  assert_int_equal(gm_input_gradients(&f.compute, &f.network, &examples, remember, NULL, NULL), GM_BAD_INPUT);
  tear_down(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients_are_slopes_of_the_forecast),
      cmocka_unit_test(a_linear_network_s_gradient_is_its_weights),
      cmocka_unit_test(two_outputs_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
