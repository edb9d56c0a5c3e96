/* SPDX-License-Identifier: MIT
 * Pruning: masks hold under every optimiser; a structurally pruned network computes what the
 * whole one computes with the removed channels' outgoing weights at zero. */
#include "models/network/weight_pruning.h"
#include "tests/network_new.h"
#include "tests/numbers.h"

#include <stdbool.h>

static const gm_optimizer_config optimizers[] = {
    {GM_OPTIMIZER_SGD, 0.05, 0, 0.1, 0.9, 0.999, 1e-8},
    {GM_OPTIMIZER_SGD, 0.05, 0.9, 0.1, 0.9, 0.999, 1e-8},
    {GM_OPTIMIZER_ADAM, 0.05, 0, 0.1, 0.9, 0.999, 1e-8},
};
enum { N_OPTIMIZERS = 3 };

static gm_optimizer optimizer_new(const gm_optimizer_config *config, const gm_network *network) {
  gm_optimizer o;
  assert_int_equal(gm_optimizer_create(&o, config, network->architecture.n_parameters, NULL), GM_OK);
  return o;
}

/* `steps` optimiser steps on random data, so that the state is not zero. */
static void train(gm_network *network, gm_optimizer *optimizer, int steps) {
  enum { BATCH = 6 };
  const gm_architecture *a = &network->architecture;
  const size_t n_in = BATCH * gm_shape_size(gm_architecture_input(a));
  const size_t n_out = BATCH * gm_shape_size(gm_architecture_output(a));
  const gm_compute compute = compute_with(1, NULL);
  gm_workspace ws;
  gm_rng rng;
  gm_rng_seed(&rng, 2);
  assert_int_equal(gm_workspace_create(&ws, a, BATCH, true, NULL), GM_OK);
  for (int t = 0; t < steps; t++) {
    float *dy = random_floats(&rng, n_out, -1, 1);
    for (size_t i = 0; i < n_in; i++) ws.input[i] = gm_rng_uniform_float(&rng, -1, 1);
    gm_network_forward(&compute, network, &ws, BATCH);
    gm_optimizer_begin_step(optimizer);
    gm_network_backward_step(&compute, network, &ws, BATCH, dy, optimizer);
    free(dy);
  }
  gm_workspace_free(&ws);
}

/* ---- unstructured -------------------------------------------------------------------------- */

static const char pooled[] = "conv:3:3,relu,maxpool:2,conv:4:5,relu,flatten,dense:7,relu,dense:1";

static void the_smallest_weights_of_all_layers_are_masked_and_no_bias(void **state) {
  (void)state;
  gm_network network = network_new(pooled, 2, 9, 1, NULL);
  const gm_architecture *a = &network.architecture;
  const size_t n = gm_network_weight_count(a);
  assert_int_equal(n, 2 * 3 * 3 + 3 * 4 * 5 + 16 * 7 + 7);
  gm_optimizer optimizer = optimizer_new(&optimizers[2], &network);
  train(&network, &optimizer, 3);
  float *before = copy_floats(network.parameters, a->n_parameters);
  float *m = copy_floats(optimizer.m, a->n_parameters), *v = copy_floats(optimizer.v, a->n_parameters);
  size_t n_pruned = 0;
  assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0.5, &n_pruned, NULL), GM_OK);
  assert_int_equal(n_pruned, 98); /* 98.5, halves to even */
  float largest_pruned = 0, smallest_kept = INFINITY;
  size_t zeros = 0;
  for (size_t i = 0; i < a->n_layers; i++)
    for (size_t k = a->layers[i].weight; k < a->layers[i].bias + a->layers[i].n_bias; k++) {
      const bool bias = k >= a->layers[i].bias;
      if (optimizer.mask[k]) { /* untouched, state included */
        assert_true(network.parameters[k] == before[k] && optimizer.m[k] == m[k] && optimizer.v[k] == v[k]);
        if (!bias) smallest_kept = fminf(smallest_kept, fabsf(before[k]));
      } else {
        assert_false(bias);
        assert_true(network.parameters[k] == 0 && optimizer.m[k] == 0 && optimizer.v[k] == 0);
        largest_pruned = fmaxf(largest_pruned, fabsf(before[k]));
        zeros++;
      }
    }
  assert_int_equal(zeros, n_pruned);
  assert_true(largest_pruned <= smallest_kept);
  assert_int_equal(optimizer.t, 3);
  free(before);
  free(m);
  free(v);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

static void pruned_weights_stay_exactly_zero_under_every_optimiser(void **state) {
  (void)state;
  for (size_t o = 0; o < N_OPTIMIZERS; o++) {
    gm_network network = network_new(pooled, 2, 9, 1, NULL);
    gm_optimizer optimizer = optimizer_new(&optimizers[o], &network);
    train(&network, &optimizer, 3);
    assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0.7, NULL, NULL), GM_OK);
    float *before = copy_floats(network.parameters, network.architecture.n_parameters);
    train(&network, &optimizer, 20);
    size_t moved = 0, kept = 0;
    for (size_t k = 0; k < network.architecture.n_parameters; k++) {
      if (!optimizer.mask[k]) assert_true(network.parameters[k] == 0);
      kept += optimizer.mask[k];
      moved += network.parameters[k] != before[k];
    }
    assert_int_equal(moved, kept);
    free(before);
    gm_optimizer_free(&optimizer);
    gm_network_free(&network);
  }
}

static void pruning_further_keeps_what_was_pruned(void **state) {
  (void)state;
  gm_network network = network_new(pooled, 2, 9, 1, NULL);
  gm_optimizer optimizer = optimizer_new(&optimizers[2], &network);
  size_t first = 0, second = 0;
  assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0.3, &first, NULL), GM_OK);
  uint8_t *mask = malloc(network.architecture.n_parameters);
  assert_non_null(mask);
  memcpy(mask, optimizer.mask, network.architecture.n_parameters);
  train(&network, &optimizer, 5);
  assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0.6, &second, NULL), GM_OK);
  assert_true(second > first);
  for (size_t k = 0; k < network.architecture.n_parameters; k++)
    if (!mask[k]) assert_int_equal(optimizer.mask[k], 0);
  free(mask);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

/* ---- structured ------------------------------------------------------------------------------ */

static float *outputs(const gm_network *network, const float *x, size_t n) {
  const gm_compute compute = compute_with(1, NULL);
  const size_t n_in = n * gm_shape_size(gm_architecture_input(&network->architecture));
  gm_workspace ws;
  assert_int_equal(gm_workspace_create(&ws, &network->architecture, n, false, NULL), GM_OK);
  memcpy(ws.input, x, n_in * sizeof *x);
  const size_t n_out = n * gm_shape_size(gm_architecture_output(&network->architecture));
  float *y = copy_floats(gm_network_forward(&compute, network, &ws, n), n_out);
  gm_workspace_free(&ws);
  return y;
}

static void hand_computed_norms_choose_the_channels(void **state) {
  (void)state;
  /* conv: 1 input channel, 4 outputs of kernel 1, length 2; flatten; dense 3; dense 1 */
  gm_network network = network_new("conv:4:1,flatten,dense:3,dense:1", 1, 2, 1, NULL);
  gm_optimizer optimizer = optimizer_new(&optimizers[2], &network);
  const float conv[8] = {3, -1, 2, 1 /* w: norms 3, 1, 2, 1 */, 10, 11, 12, 13 /* b */};
  for (size_t k = 0; k < 8; k++) network.parameters[k] = conv[k];
  /* dense 3 × (4 channels · 2): row r holds 100 r + column; row 0 has the smallest norm */
  for (size_t r = 0; r < 3; r++)
    for (size_t c = 0; c < 8; c++) network.parameters[8 + r * 8 + c] = (float)(100 * r + c);
  const float rest[7] = {20, 21, 22 /* b */, 5, 6, 7 /* w of dense 1 */, 30 /* b */};
  for (size_t k = 0; k < 7; k++) network.parameters[32 + k] = rest[k];
  for (size_t k = 0; k < 39; k++) {
    optimizer.m[k] = network.parameters[k] + 0.5f;
    optimizer.v[k] = network.parameters[k] + 0.25f;
  }
  optimizer.t = 17;
  /* half of 4 channels: the two of norm 1 (1 and 3); half of 3 units: 1.5 rounds to 2, the
   * rows 0 and 1. What is left: channels 0 and 2, i.e. columns 0, 1, 4, 5 of row 2. */
  const float expected[11] = {3, 2, 10, 12, 200, 201, 204, 205, 22, 7, 30};
  assert_int_equal(gm_prune_structured(&network, &optimizer, 0.5, NULL), GM_OK);
  char *spec = gm_architecture_format(&network.architecture);
  assert_string_equal(spec, "conv:2:1,flatten,dense:1,dense:1");
  assert_int_equal(network.architecture.n_parameters, 11);
  assert_int_equal(optimizer.n, 11);
  assert_int_equal(optimizer.t, 17);
  for (size_t k = 0; k < 11; k++) {
    assert_true(network.parameters[k] == expected[k]);
    assert_true(optimizer.m[k] == expected[k] + 0.5f);
    assert_true(optimizer.v[k] == expected[k] + 0.25f);
  }
  assert_true(optimizer.moved[0] && optimizer.moved[1] && optimizer.moved[4] && optimizer.moved[9]);
  free(spec);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

static void of_equal_norms_the_lower_index_goes_first(void **state) {
  (void)state;
  gm_network network = network_new("flatten,dense:4,dense:1", 1, 1, 1, NULL);
  gm_optimizer optimizer = optimizer_new(&optimizers[0], &network);
  const float all[13] = {1, -1, 1, -1, 10, 11, 12, 13, 20, 21, 22, 23, 30};
  memcpy(network.parameters, all, sizeof all);
  const float expected[7] = {1, -1, 12, 13, 22, 23, 30};
  assert_int_equal(gm_prune_structured(&network, &optimizer, 0.5, NULL), GM_OK);
  assert_memory_equal(network.parameters, expected, sizeof expected);
  assert_null(optimizer.m);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

static void one_channel_always_stays(void **state) {
  (void)state;
  gm_network network = network_new("conv:2:3,relu,flatten,dense:1,relu,dense:1", 1, 4, 1, NULL);
  gm_optimizer optimizer = optimizer_new(&optimizers[0], &network);
  assert_int_equal(gm_prune_structured(&network, &optimizer, 0.99, NULL), GM_OK);
  char *spec = gm_architecture_format(&network.architecture);
  assert_string_equal(spec, "conv:1:3,relu,flatten,dense:1,relu,dense:1");
  free(spec);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

/* The channels of `layer` that pruning has to remove, by repeated search for the least. */
static bool *removed_channels(const gm_network *network, const gm_layer *layer, double fraction) {
  const size_t n = layer->out.channels, width = layer->n_weight / n;
  const float *w = network->parameters + layer->weight;
  bool *removed = calloc(n, sizeof *removed);
  assert_non_null(removed);
  for (size_t left = (size_t)nearbyint(fraction * (double)n); left > 0; left--) {
    size_t least = n;
    for (size_t c = 0; c < n; c++)
      if (!removed[c] && (least == n || dot(w + c * width, w + c * width, width) <
                                            dot(w + least * width, w + least * width, width)))
        least = c;
    removed[least] = true;
  }
  return removed;
}

/* The network with the weights that read a removed channel at zero. */
static gm_network silenced(const gm_network *network, const char *spec, double fraction) {
  const gm_shape input = gm_architecture_input(&network->architecture);
  gm_network silent = network_new(spec, input.channels, input.length, 1, NULL);
  memcpy(silent.parameters, network->parameters, silent.architecture.n_parameters * sizeof(float));
  const gm_layer *producer = NULL;
  for (size_t i = 0; i < silent.architecture.n_layers; i++) {
    const gm_layer *reader = &silent.architecture.layers[i];
    if (reader->n_weight == 0) continue;
    if (producer != NULL) {
      const size_t n = producer->out.channels, taps = reader->n_weight / reader->out.channels / n;
      bool *removed = removed_channels(network, producer, fraction);
      for (size_t k = 0; k < reader->n_weight; k++)
        if (removed[k / taps % n]) silent.parameters[reader->weight + k] = 0;
      free(removed);
    }
    producer = reader;
  }
  return silent;
}

static void the_smaller_network_computes_what_the_silenced_one_does(void **state) {
  (void)state;
  enum { BATCH = 9 };
  static const double tolerance = 1e-5; /* sums of up to 100 products, values near 1 */
  static const struct {
    const char *spec, *smaller;
    size_t channels, length;
    double fraction;
  } cases[] = {
      {"conv:6:3,relu,conv:8:3,relu,flatten,dense:10,relu,dense:7,relu,dense:1",
       "conv:3:3,relu,conv:4:3,relu,flatten,dense:5,relu,dense:3,relu,dense:1", 1, 12, 0.5}, /* 3.5 → 4 */
      {"conv:6:3,relu,maxpool:2,conv:4:5,relu,maxpool:2,flatten,dense:9,relu,dense:1",
       "conv:4:3,relu,maxpool:2,conv:3:5,relu,maxpool:2,flatten,dense:6,relu,dense:1", 2, 13, 0.3},
      {"flatten,relu,dense:8,dense:1", "flatten,relu,dense:2,dense:1", 3, 4, 0.75},
      {"conv:5:3,maxpool:3,relu,flatten,dense:2", "conv:5:3,maxpool:3,relu,flatten,dense:2", 3, 10, 0.0},
      {"conv:5:3,conv:4:1,flatten", "conv:3:3,conv:4:1,flatten", 3, 10,
       0.4}, /* the output is a convolution */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_network network = network_new(cases[i].spec, cases[i].channels, cases[i].length, 1, NULL);
    gm_optimizer optimizer = optimizer_new(&optimizers[2], &network);
    train(&network, &optimizer, 3);
    gm_network silent = silenced(&network, cases[i].spec, cases[i].fraction);
    assert_int_equal(gm_prune_structured(&network, &optimizer, cases[i].fraction, NULL), GM_OK);
    char *spec = gm_architecture_format(&network.architecture);
    assert_string_equal(spec, cases[i].smaller);
    gm_rng rng;
    gm_rng_seed(&rng, 3);
    float *x = random_floats(&rng, BATCH * cases[i].channels * cases[i].length, -1, 1);
    float *ours = outputs(&network, x, BATCH), *theirs = outputs(&silent, x, BATCH);
    const size_t n_out = BATCH * gm_shape_size(gm_architecture_output(&network.architecture));
    double *expected = widened(theirs, n_out);
    assert_all_near(ours, expected, n_out, tolerance);
    train(&network, &optimizer, 3); /* goes on with the state it kept */
    assert_int_equal(optimizer.t, 6);
    free(spec);
    free(x);
    free(ours);
    free(theirs);
    free(expected);
    gm_network_free(&silent);
    gm_network_free(&network);
    gm_optimizer_free(&optimizer);
  }
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static void a_bad_fraction_or_a_mask_is_refused_and_changes_nothing(void **state) {
  (void)state;
  static const double fractions[] = {-0.1, 1, 2, NAN};
  gm_network network = network_new(pooled, 2, 9, 1, NULL);
  gm_optimizer optimizer = optimizer_new(&optimizers[2], &network);
  const size_t n = network.architecture.n_parameters;
  float *before = copy_floats(network.parameters, n);
  gm_error err;
  for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
    assert_int_equal(gm_prune_unstructured(&network, &optimizer, fractions[i], NULL, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected a number in [0, 1)"));
    assert_int_equal(gm_prune_structured(&network, &optimizer, fractions[i], &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected a number in [0, 1)"));
  }
  assert_null(optimizer.mask);
  assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0, NULL, &err), GM_OK);
  assert_int_equal(gm_prune_structured(&network, &optimizer, 0.5, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "structured pruning of a network under a mask: expected one without");
  assert_int_equal(network.architecture.n_parameters, n);
  assert_memory_equal(network.parameters, before, n * sizeof *before);
  free(before);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_smallest_weights_of_all_layers_are_masked_and_no_bias),
      cmocka_unit_test(pruned_weights_stay_exactly_zero_under_every_optimiser),
      cmocka_unit_test(pruning_further_keeps_what_was_pruned),
      cmocka_unit_test(hand_computed_norms_choose_the_channels),
      cmocka_unit_test(of_equal_norms_the_lower_index_goes_first),
      cmocka_unit_test(one_channel_always_stays),
      cmocka_unit_test(the_smaller_network_computes_what_the_silenced_one_does),
      cmocka_unit_test(a_bad_fraction_or_a_mask_is_refused_and_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
