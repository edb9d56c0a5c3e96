/* SPDX-License-Identifier: MIT
 * Whole networks: PyTorch's initial weights bit for bit (tests/fixtures/torch_initialization.json),
 * gradients against finite differences and a twin in double, steps, threads, workspaces. */
#include "models/network/network.h"
#include "models/network/weight_pruning.h"
#include "tests/network_new.h"
#include "tests/network_twin.h"
#include "tests/torch_fixture.h"

static gm_workspace workspace_new(const gm_network *network, size_t batch, bool backward) {
  gm_workspace ws;
  gm_error err = {GM_OK, ""};
  if (gm_workspace_create(&ws, &network->architecture, batch, backward, &err) != GM_OK)
    fail_msg("%s", err.message);
  return ws;
}

/* ---- as PyTorch initialises ----------------------------------------------------------------- */

static void check_initialization(const struct json_object *expected) {
  gm_rng rng;
  gm_network network =
      network_new(fixture_text(expected, "arch"), fixture_count(expected, "channels"),
                  fixture_count(expected, "length"), (uint32_t)fixture_count(expected, "seed"), &rng);
  struct json_object *tensors = fixture_member(expected, "tensors");
  size_t n = 0, offset = 0;
  for (; n < json_object_array_length(tensors); n++) { /* weight, bias, layer by layer: one block */
    const struct json_object *t = json_object_array_get_idx(tensors, n);
    const size_t count = fixture_count(t, "count");
    const float *ours = network.parameters + offset;
    assert_true((double)ours[0] == fixture_number(t, "first"));
    assert_true((double)ours[count - 1] == fixture_number(t, "last"));
    assert_true(word_sum(ours, count) == fixture_word_sum(t));
    offset += count;
  }
  assert_int_equal(offset, network.architecture.n_parameters);
  struct json_object *permutations = fixture_member(expected, "permutations");
  for (size_t p = 0; p < json_object_array_length(permutations); p++) {
    struct json_object *theirs = json_object_array_get_idx(permutations, p);
    const size_t samples = json_object_array_length(theirs);
    size_t *ours = calloc(samples, sizeof *ours);
    gm_rng_permutation(&rng, samples, ours);
    for (size_t i = 0; i < samples; i++)
      assert_int_equal(ours[i], json_object_get_int64(json_object_array_get_idx(theirs, i)));
    free(ours);
  }
  gm_network_free(&network);
}

static void initial_weights_and_permutations_are_pytorch_s(void **state) {
  (void)state;
  struct json_object *root = fixture_read("tests/fixtures/torch_initialization.json");
  struct json_object *cases = fixture_member(root, "cases");
  assert_true(json_object_array_length(cases) > 0);
  for (size_t i = 0; i < json_object_array_length(cases); i++)
    check_initialization(json_object_array_get_idx(cases, i));
  json_object_put(root);
}

/* ---- gradients --------------------------------------------------------------------------------- */

/* Odd lengths, tails of pooling, kernels longer than their input, several channels, layers in
 * every order, several outputs, layers in front that have no parameters. */
static const struct {
  const char *spec;
  size_t channels, length, batch;
} cases[] = {
    {"conv:4:3,relu,conv:5:3,relu,flatten,dense:7,relu,dense:6,relu,dense:1", 1, 12, 10},
    {"conv:3:3,relu,maxpool:2,conv:4:5,relu,maxpool:2,flatten,dense:7,relu,dense:5,relu,dense:1", 2, 13, 7},
    {"flatten,dense:1", 3, 5, 1},
    {"relu,maxpool:2,flatten,relu,dense:3", 2, 7, 33},
    {"conv:3:9,maxpool:3,relu,conv:2:1,flatten,flatten,dense:2", 1, 4, 2},
    {"maxpool:2,conv:17:3,conv:2:3,maxpool:1,relu,flatten", 3, 9, 6},
    {"conv:1:3,flatten,relu", 1, 1, 5},
};
enum { N_CASES = sizeof cases / sizeof *cases };

/* Values and gradients here stay below 10 and come from sums of at most some hundred
 * products: float keeps about 10·2^-24·sqrt(300) of them. */
static const double float_tolerance = 2e-5;
/* Central differences in double: truncation h² and cancellation 2^-53/h, both near 1e-10,
 * times the size of the gradient. */
static const double difference_step = 1e-5, difference_tolerance = 1e-8;

/* Network, twin and workspace of case i with the same parameters and inputs; dy for the outputs. */
typedef struct {
  gm_network network;
  gm_workspace ws;
  network_twin twin;
  size_t n, n_in, n_out;
  float *dy;
  double *wide_dy;
} pair;

static void pair_init(pair *p, size_t i) {
  gm_rng rng;
  *p = (pair){.network = network_new(cases[i].spec, cases[i].channels, cases[i].length, (uint32_t)i, &rng),
              .n = cases[i].batch};
  const gm_architecture *a = &p->network.architecture;
  p->ws = workspace_new(&p->network, p->n, true);
  p->n_in = p->n * gm_shape_size(gm_architecture_input(a));
  p->n_out = p->n * gm_shape_size(gm_architecture_output(a));
  p->dy = random_floats(&rng, p->n_out, -1, 1);
  p->wide_dy = widened(p->dy, p->n_out);
  for (size_t k = 0; k < p->n_in; k++) p->ws.input[k] = gm_rng_uniform_float(&rng, -1, 1);
  p->twin = twin_new(a, p->n);
  for (size_t k = 0; k < a->n_parameters; k++) p->twin.parameters[k] = (double)p->network.parameters[k];
  for (size_t k = 0; k < p->n_in; k++) p->twin.y[0][k] = (double)p->ws.input[k];
}

static void pair_free(pair *p) {
  twin_free(&p->twin);
  gm_workspace_free(&p->ws);
  gm_network_free(&p->network);
  free(p->dy);
  free(p->wide_dy);
}

static void outputs_and_gradients_equal_a_twin_in_double(void **state) {
  (void)state;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    const gm_compute compute = compute_with(2, runnable_kernels(isa)->isa);
    for (size_t i = 0; i < N_CASES; i++) {
      pair p;
      pair_init(&p, i);
      float *gradient = new_floats(p.network.architecture.n_parameters);
      const double *expected = twin_forward(&p.twin);
      twin_backward(&p.twin, p.wide_dy);
      assert_all_near(gm_network_forward(&compute, &p.network, &p.ws, p.n), expected, p.n_out,
                      float_tolerance);
      gm_network_gradient(&compute, &p.network, &p.ws, p.n, p.dy, gradient);
      assert_all_near(gradient, p.twin.d_parameters, p.network.architecture.n_parameters, float_tolerance);
      assert_all_near(p.ws.input_gradient, p.twin.dy[0], p.n_in, float_tolerance);
      free(gradient);
      pair_free(&p);
    }
  }
}

/* sum of dy·y: what the gradients above are gradients of */
static double twin_loss(pair *p) {
  const double *y = twin_forward(&p->twin);
  double loss = 0;
  for (size_t i = 0; i < p->n_out; i++) loss += p->wide_dy[i] * y[i];
  return loss;
}

static double slope(pair *p, double *variable) {
  const double here = *variable;
  *variable = here + difference_step;
  const double above = twin_loss(p);
  *variable = here - difference_step;
  const double below = twin_loss(p);
  *variable = here;
  return (above - below) / (2 * difference_step);
}

static void the_twin_s_gradients_are_slopes(void **state) {
  (void)state;
  for (size_t i = 0; i < N_CASES; i++) {
    pair p;
    pair_init(&p, i);
    twin_forward(&p.twin);
    twin_backward(&p.twin, p.wide_dy);
    const size_t n = p.network.architecture.n_parameters;
    for (size_t k = 0; k < n; k++)
      assert_near(p.twin.d_parameters[k], slope(&p, &p.twin.parameters[k]), difference_tolerance);
    for (size_t k = 0; k < p.n_in; k++)
      assert_near(p.twin.dy[0][k], slope(&p, &p.twin.y[0][k]), difference_tolerance);
    pair_free(&p);
  }
}

/* ---- steps ------------------------------------------------------------------------------------- */

static const gm_optimizer_config optimizers[] = {
    {GM_OPTIMIZER_SGD, 0.1, 0, 0, 0.9, 0.999, 1e-8},
    {GM_OPTIMIZER_SGD, 0.1, 0.9, 0.01, 0.9, 0.999, 1e-8},
    {GM_OPTIMIZER_ADAM, 0.01, 0, 0.01, 0.9, 0.999, 1e-3}, /* ε above the rounding of a gradient near 0 */
};
enum { N_OPTIMIZERS = 3, N_STEPS = 4 };

static void steps_equal_whole_gradients_followed_by_steps(void **state) {
  (void)state;
  static const double tolerance = 4e-5; /* a few steps of size 0.1 with gradients within float_tolerance */
  const gm_compute compute = compute_with(2, NULL);
  for (size_t i = 0; i < N_CASES; i++)
    for (size_t o = 0; o < N_OPTIMIZERS; o++) {
      pair p, q;
      pair_init(&p, i);
      pair_init(&q, i);
      const size_t n = p.network.architecture.n_parameters;
      float *gradient = new_floats(n), *input = copy_floats(p.ws.input, p.n_in);
      gm_optimizer fused, separate;
      assert_int_equal(gm_optimizer_create(&fused, &optimizers[o], n, NULL), GM_OK);
      assert_int_equal(gm_optimizer_create(&separate, &optimizers[o], n, NULL), GM_OK);
      for (int t = 0; t < N_STEPS; t++) {
        memcpy(p.ws.input, input, p.n_in * sizeof *input); /* a relu in front works in place */
        memcpy(q.ws.input, input, p.n_in * sizeof *input);
        gm_network_forward(&compute, &p.network, &p.ws, p.n);
        gm_optimizer_begin_step(&fused);
        gm_network_backward_step(&compute, &p.network, &p.ws, p.n, p.dy, &fused);
        gm_network_forward(&compute, &q.network, &q.ws, q.n);
        gm_network_gradient(&compute, &q.network, &q.ws, q.n, q.dy, gradient);
        gm_optimizer_begin_step(&separate);
        compute.kernels->step(&separate.step, n, gm_optimizer_tensor(&separate, q.network.parameters, 0),
                              gradient);
      }
      double *expected = widened(q.network.parameters, n);
      assert_all_near(p.network.parameters, expected, n, tolerance);
      free(expected);
      free(gradient);
      free(input);
      gm_optimizer_free(&fused);
      gm_optimizer_free(&separate);
      pair_free(&p);
      pair_free(&q);
    }
}

/* Two Adam steps of the study's network; gives its parameters. */
static gm_network stepped(int threads) {
  gm_rng rng;
  const gm_compute compute = compute_with(threads, NULL);
  gm_network network = network_new(GM_ARCHITECTURE_INDEX, 1, 12, 0, &rng);
  const size_t n = network.architecture.n_parameters;
  gm_workspace ws = workspace_new(&network, 10, true);
  gm_optimizer_config config = gm_optimizer_config_default();
  gm_optimizer optimizer;
  assert_int_equal(gm_optimizer_create(&optimizer, &config, n, NULL), GM_OK);
  float *dy = random_floats(&rng, 10, -1, 1);
  for (int t = 0; t < 2; t++) {
    for (size_t i = 0; i < 10 * 12; i++) ws.input[i] = gm_rng_uniform_float(&rng, -1, 1);
    gm_network_forward(&compute, &network, &ws, 10);
    gm_optimizer_begin_step(&optimizer);
    gm_network_backward_step(&compute, &network, &ws, 10, dy, &optimizer);
  }
  free(dy);
  gm_optimizer_free(&optimizer);
  gm_workspace_free(&ws);
  return network;
}

static void any_number_of_threads_steps_to_the_same_bits(void **state) {
  (void)state;
  gm_network one = stepped(1);
  for (int threads = 2; threads <= 4; threads++) {
    gm_network more = stepped(threads);
    assert_memory_equal(more.parameters, one.parameters,
                        one.architecture.n_parameters * sizeof *one.parameters);
    gm_network_free(&more);
  }
  gm_network_free(&one);
}

/* ---- weights that stay ---------------------------------------------------------------------------- */

/* Forecasts of one, three and forty samples; the last has a batch of forty. */
static float *forecasts(const gm_compute *compute, const gm_network *network) {
  static const size_t batches[] = {1, 3, 40};
  float *y = new_floats(1 + 3 + 40), *next = y;
  gm_workspace ws = workspace_new(network, 40, false);
  for (size_t b = 0; b < 3; next += batches[b++]) {
    for (size_t i = 0; i < batches[b] * 12; i++) ws.input[i] = sinf((float)(i + 5 * b));
    memcpy(next, gm_network_forward(compute, network, &ws, batches[b]), batches[b] * sizeof *y);
  }
  gm_workspace_free(&ws);
  return y;
}

/* Dense layers of groups of both widths and a rest, one behind no ReLU, and narrow ones. */
static gm_network wide_network(gm_rng *rng) {
  return network_new("conv:16:3,relu,flatten,dense:400,relu,dense:331,dense:64,relu,dense:1", 1, 12, 7, rng);
}

static void settled_weights_forecast_the_same_bits_on_any_number_of_threads(void **state) {
  (void)state;
  gm_rng rng;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++)
    for (int threads = 1; threads <= 3; threads++) {
      const gm_compute compute = compute_with(threads, runnable_kernels(isa)->isa),
                       other = compute_with(4 - threads, runnable_kernels(isa)->isa);
      gm_network network = wide_network(&rng);
      float *expected = forecasts(&compute, &network);
      gm_network_settle(&other, &network);
      assert_non_null(network.settled);
      float *y = forecasts(&compute, &network);
      assert_memory_equal(y, expected, (1 + 3 + 40) * sizeof *y);
      free(y);
      free(expected);
      gm_network_free(&network);
    }
}

/* Else the same bits would show nothing: W of a layer that is in groups as a whole is written over, and no
 * forecast is another, alone or among others, until the network is unsettled. */
static void settled_weights_are_what_is_read(void **state) {
  (void)state;
  enum { WIDE = 3 };
  gm_rng rng;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    const gm_compute compute = compute_with(2, runnable_kernels(isa)->isa);
    gm_network network = network_new("conv:16:3,relu,flatten,dense:800,dense:1", 1, 12, 7, &rng);
    const gm_layer *layer = &network.architecture.layers[WIDE];
    gm_network_settle(&compute, &network);
    float *expected = forecasts(&compute, &network);
    for (size_t i = 0; i < layer->n_weight; i++) network.parameters[layer->weight + i] = 1;
    float *y = forecasts(&compute, &network);
    assert_memory_equal(y, expected, (1 + 3 + 40) * sizeof *y);
    gm_network_unsettle(&network);
    float *anew = forecasts(&compute, &network);
    assert_memory_not_equal(anew, expected, sizeof *anew);
    free(anew);
    free(y);
    free(expected);
    gm_network_free(&network);
  }
}

/* Other kernels have other lanes. */
static void settled_weights_are_read_by_their_own_kernels_alone(void **state) {
  (void)state;
  gm_rng rng;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    const gm_compute own = compute_with(1, runnable_kernels(isa)->isa),
                     baseline = compute_with(2, "baseline");
    gm_network network = wide_network(&rng);
    float *expected = forecasts(&baseline, &network);
    gm_network_settle(&own, &network);
    float *y = forecasts(&baseline, &network);
    assert_memory_equal(y, expected, (1 + 3 + 40) * sizeof *y);
    free(expected);
    free(y);
    gm_network_free(&network);
  }
}

/* What was laid out before would forecast as if nothing had been written since. */
static void new_and_pruned_weights_unsettle(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  gm_optimizer_config config = gm_optimizer_config_default();
  gm_optimizer optimizer;
  gm_rng rng;
  gm_network network = wide_network(&rng);
  gm_network_settle(&compute, &network);
  gm_network_initialize(&network, &rng);
  assert_null(network.settled);
  assert_int_equal(gm_optimizer_create(&optimizer, &config, network.architecture.n_parameters, NULL), GM_OK);
  gm_network_settle(&compute, &network);
  assert_int_equal(gm_prune_unstructured(&network, &optimizer, 0.5, NULL, NULL), GM_OK);
  assert_null(network.settled);
  gm_optimizer_free(&optimizer);
  gm_network_free(&network);
}

/* What was laid out before a step would forecast as if there had been none. */
static void a_step_unsettles(void **state) {
  (void)state;
  const gm_compute compute = compute_with(2, NULL);
  gm_optimizer_config config = gm_optimizer_config_default();
  float *after[2];
  for (int settled = 0; settled < 2; settled++) {
    gm_rng rng;
    gm_optimizer optimizer;
    gm_network network = wide_network(&rng);
    gm_workspace ws = workspace_new(&network, 1, true);
    if (settled) gm_network_settle(&compute, &network);
    assert_int_equal(gm_optimizer_create(&optimizer, &config, network.architecture.n_parameters, NULL),
                     GM_OK);
    gm_network_forward(&compute, &network, &ws, 1);
    gm_optimizer_begin_step(&optimizer);
    gm_network_backward_step(&compute, &network, &ws, 1, (float[]){1}, &optimizer);
    after[settled] = forecasts(&compute, &network);
    assert_null(network.settled);
    gm_optimizer_free(&optimizer);
    gm_workspace_free(&ws);
    gm_network_free(&network);
  }
  assert_memory_equal(after[1], after[0], (1 + 3 + 40) * sizeof(float));
  free(after[0]);
  free(after[1]);
}

/* 0·NaN is NaN, whatever else is left out. */
static void a_layer_that_is_not_finite_is_not_settled(void **state) {
  (void)state;
  gm_rng rng;
  const gm_compute compute = compute_with(1, NULL);
  gm_network network = wide_network(&rng);
  const gm_layer *layer = &network.architecture.layers[5];
  network.parameters[layer->weight] = NAN;
  gm_network_settle(&compute, &network);
  assert_non_null(network.settled[3]);
  assert_null(network.settled[5]);
  float *y = forecasts(&compute, &network);
  for (size_t i = 0; i < 1 + 3 + 40; i++) assert_true(isnan(y[i]));
  free(y);
  gm_network_free(&network);
}

/* ---- workspaces ----------------------------------------------------------------------------------- */

static void a_smaller_batch_or_one_without_backward_gives_the_same_bits(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  pair p;
  pair_init(&p, 1);
  gm_workspace small = workspace_new(&p.network, 3, false);
  const size_t size = gm_shape_size(gm_architecture_input(&p.network.architecture));
  memcpy(small.input, p.ws.input, 3 * size * sizeof *small.input);
  float *whole = copy_floats(gm_network_forward(&compute, &p.network, &p.ws, p.n), p.n_out);
  const float *part = gm_network_forward(&compute, &p.network, &small, 3);
  assert_memory_equal(part, whole, 3 * sizeof *whole);
  part = gm_network_forward(&compute, &p.network, &p.ws, 2);
  assert_memory_equal(part, whole, 2 * sizeof *whole);
  free(whole);
  gm_workspace_free(&small);
  pair_free(&p);
}

static void the_evaluation_batch_fits_the_memory_asked_for(void **state) {
  (void)state;
  gm_rng rng;
  gm_network network = network_new("conv:4:3,relu,flatten,dense:1", 1, 16, 0, &rng);
  const gm_architecture *a = &network.architecture;
  assert_int_equal(gm_workspace_batch(a, 100, (size_t)1 << 30), 100);
  assert_int_equal(gm_workspace_batch(a, 100, 1), 1); /* always one sample */
  /* one sample: 16 in, 64 out, 1 + 1 + 4 lines of 16 + 1 positions (32 in whole steps, 48 with the taps
   * behind), 1 output, each in whole cache lines of 16 floats */
  assert_int_equal(gm_workspace_batch(a, 100, 10 * 4 * (16 + 64 + 6 * 48 + 16)), 10);
  gm_network_free(&network);
}

static void a_batch_too_large_to_count_is_refused(void **state) {
  (void)state;
  gm_rng rng;
  gm_workspace ws;
  gm_error err;
  gm_network network = network_new("conv:4:3,relu,flatten,dense:1", 1, 1000, 0, &rng);
  assert_int_equal(gm_workspace_create(&ws, &network.architecture, 1000000, true, &err), GM_BAD_INPUT);
  assert_string_equal(err.message,
                      "a batch of 1000000 samples with 4000 values in one layer: expected at most 536870");
  gm_workspace_free(&ws); /* harmless */
  gm_network_free(&network);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(initial_weights_and_permutations_are_pytorch_s),
      cmocka_unit_test(outputs_and_gradients_equal_a_twin_in_double),
      cmocka_unit_test(the_twin_s_gradients_are_slopes),
      cmocka_unit_test(steps_equal_whole_gradients_followed_by_steps),
      cmocka_unit_test(any_number_of_threads_steps_to_the_same_bits),
      cmocka_unit_test(settled_weights_forecast_the_same_bits_on_any_number_of_threads),
      cmocka_unit_test(settled_weights_are_what_is_read),
      cmocka_unit_test(settled_weights_are_read_by_their_own_kernels_alone),
      cmocka_unit_test(new_and_pruned_weights_unsettle),
      cmocka_unit_test(a_step_unsettles),
      cmocka_unit_test(a_layer_that_is_not_finite_is_not_settled),
      cmocka_unit_test(a_smaller_batch_or_one_without_backward_gives_the_same_bits),
      cmocka_unit_test(the_evaluation_batch_fits_the_memory_asked_for),
      cmocka_unit_test(a_batch_too_large_to_count_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
