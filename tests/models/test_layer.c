/* SPDX-License-Identifier: MIT
 * Every row of the list of layers: its gradient against differences, the same bits in memory of its own as in
 * place, its text back and forth. A new layer is tested by being in the list. */
#include "models/network/network.h"
#include "tests/numbers.h"

#include <string.h>

enum { CHANNELS = 2, LENGTH = 6, SAMPLES = 3, LARGEST = 256 };

/* Layers are linear or piecewise linear, and inputs lie further from a kink than the step: what is left is
 * the rounding of floats, some 1e-7 of the values over the step. */
static const double step = 1e-2, tolerance = 2e-4;

/* `type` behind a layer that fits, each argument 3 or, where it may be, 0.25; false where it does not go
 * there. */
static bool network_of(const gm_layer_type *type, const char *before, gm_network *network) {
  char spec[128];
  gm_architecture a;
  int used = snprintf(spec, sizeof spec, "%s,%s", before, type->name);
  for (const char *c = type->arguments; (c = strchr(c, ':')) != NULL; c++)
    used += snprintf(spec + used, sizeof spec - (size_t)used, type->real ? ":0.25" : ":3");
  if (gm_architecture_parse(spec, (gm_shape){CHANNELS, LENGTH, false}, &a, NULL) != GM_OK) return false;
  char *back = gm_architecture_format(&a);
  assert_string_equal(back, spec);
  free(back);
  assert_int_equal(gm_network_create(network, &a, NULL), GM_OK);
  gm_rng rng;
  gm_rng_seed(&rng, 7);
  gm_network_initialize(network, &rng);
  return true;
}

/* An input of values 0.1 apart, whose first layer, the identity, hands them on. */
static void fill(gm_network *network, float *x, float *dy, size_t n_outputs) {
  const gm_layer *first = &network->architecture.layers[0];
  for (size_t i = 0; i < first->n_weight; i++) network->parameters[first->weight + i] = 0;
  for (size_t i = 0; i < first->n_bias; i++) network->parameters[first->bias + i] = 0;
  const size_t taps = first->weight_rank == 3 ? first->weight_shape[2] : 1;
  for (size_t c = 0; c < first->out.channels; c++)
    network->parameters[first->weight + (c * first->weight_shape[1] + c) * taps + taps / 2] = 1;
  for (size_t i = 0; i < SAMPLES * CHANNELS * LENGTH;
       i++) /* a permutation: 5 and 36 have no common divisor */
    x[i] = 0.1f * (float)((int)(i * 5 % (SAMPLES * CHANNELS * LENGTH)) - 17) + 0.05f;
  for (size_t i = 0; i < n_outputs; i++) dy[i] = (float)((int)(i * 3 % 7) - 3);
}

static double loss(const gm_compute *compute, const gm_network *network, gm_workspace *ws, const float *x,
                   const float *dy, size_t n_outputs) {
  double sum = 0;
  memcpy(ws->input, x, SAMPLES * CHANNELS * LENGTH * sizeof *x);
  const float *y = gm_network_forward(compute, network, ws, SAMPLES);
  for (size_t i = 0; i < n_outputs; i++) sum += (double)y[i] * (double)dy[i];
  return sum;
}

static void check_differences(const gm_compute *compute, gm_network *network, gm_workspace *ws, float *x,
                              const float *dy, size_t n_outputs, float *values, size_t n,
                              const float *gradient) {
  for (size_t i = 0; i < n; i++) {
    const float kept = values[i];
    values[i] = kept + (float)step;
    const double above = loss(compute, network, ws, x, dy, n_outputs), up = (double)values[i];
    values[i] = kept - (float)step;
    const double below = loss(compute, network, ws, x, dy, n_outputs), down = (double)values[i];
    values[i] = kept;
    const double expected = (above - below) / (up - down);
    assert_near((double)gradient[i], expected, tolerance * fmax(1, fabs(expected)));
  }
}

static void check(const gm_layer_type *type, const char *before, gm_network *network) {
  float x[SAMPLES * CHANNELS * LENGTH], dy[LARGEST], d_input[SAMPLES * CHANNELS * LENGTH];
  gm_compute compute;
  gm_workspace ws;
  gm_architecture *a = &network->architecture;
  const size_t n_outputs = SAMPLES * gm_shape_size(gm_architecture_output(a));
  assert_true(n_outputs <= LARGEST);
  print_message("%s,%s\n", before, type->name);
  assert_int_equal(gm_compute_init(&compute, 1, NULL, NULL), GM_OK);
  float *gradient = calloc(2 * a->n_parameters, sizeof *gradient), *again = gradient + a->n_parameters;
  assert_non_null(gradient);
  fill(network, x, dy, n_outputs);

  assert_int_equal(gm_workspace_create(&ws, a, SAMPLES, true, NULL), GM_OK);
  const double as_listed = loss(&compute, network, &ws, x, dy, n_outputs);
  gm_network_gradient(&compute, network, &ws, SAMPLES, dy, gradient);
  memcpy(d_input, ws.input_gradient, sizeof d_input);
  check_differences(&compute, network, &ws, x, dy, n_outputs, x, sizeof x / sizeof *x, d_input);
  check_differences(&compute, network, &ws, x, dy, n_outputs, network->parameters, a->n_parameters, gradient);
  gm_workspace_free(&ws);

  gm_layer_type apart = *type; /* with memory of its own */
  apart.in_place = false;
  a->layers[a->n_layers - 1].type = &apart;
  assert_int_equal(gm_workspace_create(&ws, a, SAMPLES, true, NULL), GM_OK);
  assert_true(loss(&compute, network, &ws, x, dy, n_outputs) == as_listed);
  gm_network_gradient(&compute, network, &ws, SAMPLES, dy, again);
  assert_memory_equal(d_input, ws.input_gradient, sizeof d_input);
  assert_memory_equal(gradient, again, a->n_parameters * sizeof *gradient);
  gm_workspace_free(&ws);
  gm_compute_free(&compute);
  free(gradient);
}

static void gradients_are_those_of_the_forward_pass(void **state) {
  (void)state;
  static const char *const before[] = {"conv:2:3", "conv:2:3,flatten"};
  const gm_layer_type *type;
  for (size_t i = 0; (type = gm_layer_type_at(i)) != NULL; i++) {
    bool checked = false;
    for (size_t b = 0; b < sizeof before / sizeof *before; b++) {
      gm_network network = {0};
      if (!network_of(type, before[b], &network)) continue;
      check(type, before[b], &network);
      gm_network_free(&network);
      checked = true;
    }
    if (!checked) fail_msg("%s goes nowhere", type->name);
  }
}

static void names_are_of_one_layer_each(void **state) {
  (void)state;
  const gm_layer_type *a, *b;
  for (size_t i = 0; (a = gm_layer_type_at(i)) != NULL; i++)
    for (size_t j = 0; j < i && (b = gm_layer_type_at(j)) != NULL; j++)
      assert_string_not_equal(a->name, b->name);
}

static void the_sentence_lists_them_all(void **state) {
  (void)state;
  char text[GM_LAYER_LIST];
  const gm_layer_type *type;
  gm_layer_list(text);
  for (size_t i = 0; (type = gm_layer_type_at(i)) != NULL; i++) assert_non_null(strstr(text, type->name));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients_are_those_of_the_forward_pass),
      cmocka_unit_test(names_are_of_one_layer_each),
      cmocka_unit_test(the_sentence_lists_them_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
