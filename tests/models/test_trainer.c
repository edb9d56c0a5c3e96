/* SPDX-License-Identifier: MIT
 * Training from a seed: PyTorch's losses and weights step for step (tests/fixtures/
 * torch_training.json), what is reported, and every way to stop. */
#include "models/network/trainer.h"
#include "models/network/weight_pruning.h"
#include "models/statistics/metrics.h"
#include "tests/failing_allocator.h"
#include "tests/torch_fixture.h"
#include "tests/training_run.h"

/* ---- PyTorch's numbers ---------------------------------------------------------------------------- */

static void check_training(const struct json_object *expected, const gm_compute *compute) {
  gm_trainer_config config = fixture_config(expected);
  config.optimizer.momentum = fixture_number(expected, "momentum");
  config.optimizer.weight_decay = fixture_number(expected, "weight_decay");
  config.batch_size = (int64_t)fixture_count(expected, "batch");
  config.shuffle = fixture_truth(expected, "shuffle");
  config.prune_unstructured = fixture_number(expected, "prune");
  if (config.prune_unstructured > 0) config.prune_after = (int64_t)fixture_count(expected, "prune_after");
  const gm_shape input = {fixture_count(expected, "channels"), fixture_count(expected, "length"), false};
  const uint32_t seed = (uint32_t)fixture_count(expected, "seed");
  data d = data_new(seed, fixture_count(expected, "n"), gm_shape_size(input));
  const gm_examples parts[GM_N_PARTS] = {d.examples, d.examples, d.examples};
  run *r = run_new(fixture_text(expected, "arch"), input, seed, &config, parts, compute);
  assert_int_equal(run_train(r, NULL), GM_OK);
  check_losses(r, expected);
  assert_int_equal(r->n_steps, json_object_array_length(fixture_member(expected, "losses")));
  size_t n;
  double *weights = fixture_numbers(expected, "weights", &n);
  assert_int_equal(n, r->network.architecture.n_parameters);
  assert_all_near(r->network.parameters, weights, n, weight_tolerance);
  for (size_t i = 0; i < n && config.prune_unstructured > 0; i++) /* the same mask */
    assert_int_equal(weights[i] == 0, r->network.parameters[i] == 0);
  free(weights);
  run_free(r);
  data_free(&d);
}

static void small_networks_train_as_in_pytorch(void **state) {
  (void)state;
  struct json_object *root = fixture_read("tests/fixtures/torch_training.json");
  struct json_object *cases = fixture_member(root, "cases");
  assert_true(json_object_array_length(cases) >= 10);
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    const gm_compute compute = compute_with(2, runnable_kernels(isa)->isa);
    for (size_t i = 0; i < json_object_array_length(cases); i++)
      check_training(json_object_array_get_idx(cases, i), &compute);
  }
  json_object_put(root);
}

/* ---- repeatability --------------------------------------------------------------------------------- */

static void any_number_of_threads_trains_to_the_same_bits(void **state) {
  (void)state;
  static const char *const specs[] = {
      small, "conv:20:3,relu,conv:33:3,relu,flatten,dense:300,relu,dense:70,dense:1"};
  for (int variant = 0; variant < 4; variant++) {
    data d = data_new(1, SMALL_N, SMALL_SIZE);
    const gm_examples parts[GM_N_PARTS] = {d.examples, d.examples, d.examples};
    gm_trainer_config config = small_config();
    config.prune_after = 2;
    config.prune_unstructured = variant == 2 ? 0.5 : 0;
    config.prune_structured = variant == 3 ? 0.5 : 0;
    run *one = NULL;
    for (int threads = 1; threads <= 4; threads++) {
      const gm_compute compute = compute_with(threads, NULL);
      run *r = run_new(specs[variant > 0], small_input, 0, &config, parts, &compute);
      assert_int_equal(run_train(r, NULL), GM_OK);
      if (one == NULL) {
        one = r;
        continue;
      }
      assert_int_equal(r->network.architecture.n_parameters, one->network.architecture.n_parameters);
      assert_memory_equal(r->network.parameters, one->network.parameters,
                          r->network.architecture.n_parameters * sizeof(float));
      assert_memory_equal(r->loss, one->loss, r->n_steps * sizeof *r->loss);
      run_free(r);
    }
    run_free(one);
    data_free(&d);
  }
}

/* ---- what an epoch is ---------------------------------------------------------------------------------- */

static void the_last_short_batch_is_kept_and_weighted_by_its_samples(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  run *r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->n_steps, 6 * 5); /* 5 + 5 + 5 + 5 + 3 of 23 */
  assert_int_equal(r->trainer.stop_reason, GM_STOP_EPOCHS);
  for (size_t e = 0; e < 6; e++) {
    double sum = 0;
    for (size_t b = 0; b < 5; b++) {
      assert_int_equal(r->batch_of[e * 5 + b], (int64_t)b + 1);
      assert_int_equal(r->epoch_of[e * 5 + b], (int64_t)e + 1);
      sum += r->loss[e * 5 + b] * (b < 4 ? 5 : 3);
    }
    assert_near(r->epochs[e].train_loss, sum / SMALL_N, 1e-15);
  }
  run_free(r);
  data_free(&d);
}

static void a_batch_larger_than_the_data_is_all_of_them(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  config.batch_size = INT64_C(1) << 40;
  run *r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->n_steps, 6);
  run_free(r);
  data_free(&d);
}

static void metrics_are_of_the_weights_after_the_epoch(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE),
       other = data_new(2, 300, SMALL_SIZE); /* more than a batch of evaluation */
  const gm_trainer_config config = small_config();
  const gm_compute compute = compute_with(1, NULL);
  const gm_examples parts[GM_N_PARTS] = {d.examples, other.examples, d.examples};
  run *r = run_new(small, small_input, 0, &config, parts, &compute);
  double forecast[300], rmse;
  assert_int_equal(run_train(r, NULL), GM_OK);
  gm_trainer_predict(&r->trainer, GM_PART_VALIDATION, forecast);
  assert_int_equal(gm_rmse(forecast, other.truth, 300, &rmse, NULL), GM_OK);
  assert_true(rmse == r->epochs[5].rmse_validation);
  gm_trainer_predict(&r->trainer, GM_PART_TEST, forecast);
  assert_int_equal(gm_rmse(forecast, d.truth, SMALL_N, &rmse, NULL), GM_OK);
  assert_true(rmse == r->epochs[5].rmse_test);
  gm_trainer_predict(&r->trainer, GM_PART_VALIDATION, forecast);
  gm_workspace ws; /* one sample at a time gives the same forecasts, to the last bit */
  double alone[300];
  assert_int_equal(gm_workspace_create(&ws, &r->network.architecture, 1, false, NULL), GM_OK);
  gm_network_predict(&compute, &r->network, &ws, &other.examples, alone);
  for (size_t i = 0; i < 300; i++) assert_true(alone[i] == forecast[i]);
  gm_workspace_free(&ws);
  run_free(r);
  data_free(&d);
  data_free(&other);
}

/* A search decides by the validation samples and need not see the others. */
static void without_a_look_at_the_test_samples_all_else_is_the_same(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  run *seen = small_run(&config, &d, 1);
  config.look_at_test = false;
  run *unseen = small_run(&config, &d, 1);
  assert_int_equal(run_train(seen, NULL), GM_OK);
  assert_int_equal(run_train(unseen, NULL), GM_OK);
  for (size_t e = 0; e < 6; e++) {
    assert_true(isfinite(seen->epochs[e].rmse_test) && isnan(unseen->epochs[e].rmse_test));
    assert_true(unseen->epochs[e].rmse_validation == seen->epochs[e].rmse_validation);
    assert_true(unseen->epochs[e].train_loss == seen->epochs[e].train_loss);
  }
  run_free(seen);
  run_free(unseen);
  data_free(&d);
}

/* ---- ways to stop ----------------------------------------------------------------------------------------
 */

static void early_stopping_restores_the_best_weights(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE), other = data_new(2, SMALL_N, SMALL_SIZE);
  const gm_compute compute = compute_with(1, NULL);
  const gm_examples parts[GM_N_PARTS] = {d.examples, other.examples, other.examples};
  gm_trainer_config config = small_config();
  config.epochs = MOST_STEPS / 5;
  config.early_stopping = 4;
  run *r = run_new(small, small_input, 0, &config, parts, &compute);
  r->keep_weights = true;
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->trainer.stop_reason, GM_STOP_EARLY);
  size_t best = 0;
  for (size_t e = 1; e < r->n_epochs; e++)
    if (r->epochs[e].rmse_validation < r->epochs[best].rmse_validation) best = e;
  assert_int_equal(r->trainer.best_epoch, (int64_t)best + 1);
  assert_int_equal(r->n_epochs, best + 1 + 4);
  assert_memory_equal(r->network.parameters, r->weights_of_epoch[best],
                      r->network.architecture.n_parameters * sizeof(float));
  run_free(r);
  data_free(&d);
  data_free(&other);
}

static void a_callback_ends_the_run_after_an_epoch(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  run *r = small_run(&config, &d, 1);
  r->stop_after_epoch = 2;
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->trainer.stop_reason, GM_STOP_CALLBACK);
  assert_int_equal(r->trainer.epoch, 2);
  run_free(r);
  data_free(&d);
}

static void a_callback_interrupts_after_a_step(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  gm_error err = {GM_OK, ""};
  run *r = small_run(&config, &d, 1);
  r->stop_after_step = 7;
  assert_int_equal(run_train(r, &err), GM_INTERRUPTED);
  assert_string_equal(err.message, "interrupted at epoch 2, batch 2");
  run_free(r);
  data_free(&d);
}

static void an_interruption_with_the_last_step_of_an_epoch_comes_after_it(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  gm_error err = {GM_OK, ""};
  run *r = small_run(&config, &d, 1);
  r->stop_after_step = 10;
  assert_int_equal(run_train(r, &err), GM_INTERRUPTED);
  assert_string_equal(err.message, "interrupted after epoch 2");
  assert_int_equal(r->n_epochs, 2);
  run_free(r);
  r = small_run(&config, &d, 1); /* the last of all: nothing is left to interrupt */
  r->stop_after_step = 30;
  assert_int_equal(run_train(r, &err), GM_OK);
  run_free(r);
  config.batch_size = SMALL_N; /* every step is the last */
  r = small_run(&config, &d, 1);
  r->stop_after_step = 3;
  assert_int_equal(run_train(r, &err), GM_INTERRUPTED);
  assert_int_equal(r->n_epochs, 3);
  run_free(r);
  data_free(&d);
}

static void callbacks_are_optional(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  const gm_trainer_callbacks none = {0};
  run *r = small_run(&config, &d, 1);
  assert_int_equal(gm_trainer_run(&r->trainer, &none, NULL), GM_OK);
  assert_int_equal(r->trainer.epoch, 6);
  run_free(r);
  data_free(&d);
}

static void a_diverging_run_fails_with_a_sentence(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  gm_error err = {GM_OK, ""};
  config.optimizer = (gm_optimizer_config){GM_OPTIMIZER_SGD, 1e15, 0, 0, 0.9, 0.999, 1e-8};
  run *r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, &err), GM_FAILED);
  assert_non_null(strstr(err.message, "training diverged: the loss is "));
  assert_non_null(strstr(err.message, "at epoch 1, batch "));
  assert_int_equal(r->n_epochs, 0);
  run_free(r);
  config.batch_size = SMALL_N; /* one step an epoch: the forecasts notice first */
  config.optimizer.learning_rate = 1e38;
  r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, &err), GM_FAILED);
  assert_string_equal(err.message, "training diverged: a forecast is not finite after epoch 1; try a smaller "
                                   "learning rate");
  run_free(r);
  config = small_config();
  r = small_run(&config, &d, 1); /* a hidden unit that only −∞ reaches: silent for ever, no loss shows it */
  const gm_layer *conv = &r->network.architecture.layers[0], *hidden = conv + 3;
  for (size_t c = 0; c < conv->n_bias; c++) r->network.parameters[conv->bias + c] = 100;
  r->network.parameters[hidden->weight] = -INFINITY;
  assert_int_equal(run_train(r, &err), GM_FAILED);
  assert_string_equal(err.message, "training diverged: a weight is not finite after epoch 6; try a smaller "
                                   "learning rate");
  run_free(r);
  data_free(&d);
}

/* ---- pruning while training
 * --------------------------------------------------------------------------------- */

static void pruning_happens_once_after_its_epoch(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  config.prune_unstructured = 0.5;
  config.prune_after = 3;
  run *r = small_run(&config, &d, 1);
  r->keep_weights = true;
  assert_int_equal(run_train(r, NULL), GM_OK);
  const size_t n = r->network.architecture.n_parameters;
  size_t zeros[6] = {0};
  for (size_t e = 0; e < 6; e++)
    for (size_t k = 0; k < n; k++) zeros[e] += r->weights_of_epoch[e][k] == 0;
  const size_t expected = gm_network_weight_count(&r->network.architecture) / 2;
  for (size_t e = 0; e < 6; e++) assert_int_equal(zeros[e], e < 3 ? 0 : expected);
  run_free(r);
  data_free(&d);
}

static void a_run_that_stops_early_at_the_pruning_epoch_is_not_pruned(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  config.prune_structured = 0.5;
  config.prune_after = 3;
  config.early_stopping = 2;
  config.min_delta = 100; /* only the first epoch is better than none */
  run *r = small_run(&config, &d, 1);
  r->keep_weights = true;
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->trainer.stop_reason, GM_STOP_EARLY);
  assert_int_equal(r->n_epochs, 3);
  assert_int_equal(r->trainer.best_epoch, 1);
  assert_memory_equal(r->network.parameters, r->weights_of_epoch[0],
                      r->network.architecture.n_parameters * sizeof(float));
  run_free(r);
  data_free(&d);
}

static void structured_pruning_goes_on_with_the_smaller_network(void **state) {
  (void)state;
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  gm_trainer_config config = small_config();
  config.prune_structured = 0.5;
  config.prune_after = 3;
  config.early_stopping = 100;
  run *r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, NULL), GM_OK);
  char *spec = gm_architecture_format(&r->network.architecture);
  assert_string_equal(spec, "conv:2:3,relu,flatten,dense:3,relu,dense:1");
  assert_int_equal(r->trainer.optimizer.t, 30);
  assert_true(r->trainer.best_epoch > 3); /* weights of before do not fit any more */
  assert_true(isfinite(r->epochs[5].rmse_validation));
  free(spec);
  run_free(r);
  config.epochs = 3; /* pruned after the last epoch: there is no better one of that shape */
  r = small_run(&config, &d, 1);
  assert_int_equal(run_train(r, NULL), GM_OK);
  assert_int_equal(r->trainer.best_epoch, 0);
  assert_int_equal(r->network.architecture.layers[0].out.channels, 2);
  run_free(r);
  data_free(&d);
}

/* ---- mistakes and no memory
 * ------------------------------------------------------------------------------------ */

static void defaults_are_the_poster_s(void **state) {
  (void)state;
  const gm_trainer_config c = gm_trainer_config_default();
  assert_int_equal(gm_trainer_config_check(&c, NULL), GM_OK);
  assert_true(c.epochs == 50 && c.batch_size == 10 && c.shuffle && c.prune_after == 10 && c.look_at_test);
  assert_true(c.prune_unstructured == 0 && c.prune_structured == 0 && c.early_stopping == 0 &&
              c.min_delta == 0);
  assert_true(c.optimizer.kind == GM_OPTIMIZER_ADAM && c.optimizer.learning_rate == 1e-4);
  assert_string_equal(gm_stop_reason_name(GM_STOP_EPOCHS), "epochs");
  assert_string_equal(gm_stop_reason_name(GM_STOP_EARLY), "early_stopping");
  assert_string_equal(gm_stop_reason_name(GM_STOP_CALLBACK), "callback");
}

static void check_mistake(gm_trainer_config config, const char *message) {
  gm_error err = {GM_OK, ""};
  assert_int_equal(gm_trainer_config_check(&config, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, message);
}

static void every_mistake_is_a_sentence(void **state) {
  (void)state;
  gm_trainer_config c[10];
  for (size_t i = 0; i < 10; i++) c[i] = gm_trainer_config_default();
  c[0].epochs = 0;
  check_mistake(c[0], "epochs: expected at least 1");
  c[1].batch_size = 0;
  check_mistake(c[1], "batch size: expected at least 1");
  c[2].prune_unstructured = 1;
  check_mistake(c[2], "pruning fraction: expected a number in [0, 1)");
  c[3].prune_structured = NAN;
  check_mistake(c[3], "pruning fraction: expected a number in [0, 1)");
  c[4].prune_structured = c[4].prune_unstructured = 0.5;
  check_mistake(c[4], "unstructured and structured pruning in one run: choose one");
  c[5].prune_after = 0;
  check_mistake(c[5], "pruning: expected at least 1 finished epoch before it");
  c[6].early_stopping = -1;
  check_mistake(c[6], "early stopping: expected a patience of at least 0");
  c[7].min_delta = -0.5;
  check_mistake(c[7], "min delta: expected a number of at least 0");
  c[8].min_delta = NAN;
  check_mistake(c[8], "min delta: expected a number of at least 0");
  c[9].optimizer.learning_rate = 0;
  check_mistake(c[9], "learning rate 0: expected a number above 0");
}

/* Creates a trainer for `spec` and hands back the status. */
static gm_status create(const char *spec, const gm_trainer_config *config, gm_error *err) {
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_examples parts[GM_N_PARTS] = {d.examples, d.examples, d.examples};
  const gm_compute compute = compute_with(1, NULL);
  gm_architecture a = {0};
  gm_network network = {0};
  gm_rng rng;
  gm_trainer trainer = {0};
  gm_status status = gm_architecture_parse(spec, small_input, &a, err);
  if (status == GM_OK) status = gm_network_create(&network, &a, err);
  if (status == GM_OK) {
    gm_rng_seed(&rng, 0);
    status = gm_trainer_create(&trainer, config, &compute, &network, &rng, parts, err);
  }
  gm_trainer_free(&trainer);
  gm_network_free(&network);
  gm_architecture_free(&a);
  data_free(&d);
  return status;
}

static void a_network_of_several_outputs_is_refused(void **state) {
  (void)state;
  const gm_trainer_config config = small_config();
  gm_error err;
  assert_int_equal(create("flatten,dense:3", &config, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "architecture: its last layer gives 3 values, a forecast is 1: end with "
                                   "dense:1");
  assert_int_equal(create("conv:2:3", &config, &err), GM_BAD_INPUT);
}

static void without_memory_there_is_a_sentence_and_no_leak(void **state) {
  (void)state;
  if (!allocations_can_fail()) skip();
  compute_with(1, NULL); /* made before, and kept */
  gm_trainer_config config = small_config();
  config.early_stopping = 3;
  int failures = 0;
  gm_status status = GM_NO_MEMORY;
  for (; status != GM_OK; failures++) {
    gm_error err = {GM_OK, ""};
    allocations_left = failures;
    status = create(small, &config, &err);
    allocations_left = INT_MAX;
    if (status == GM_OK) break;
    assert_int_equal(status, GM_NO_MEMORY);
    assert_ptr_equal(strstr(err.message, "not enough memory for "), err.message);
  }
  assert_int_equal(failures, 5); /* parameters, best, optimiser, two workspaces */
}

static void without_memory_structured_pruning_changes_nothing(void **state) {
  (void)state;
  if (!allocations_can_fail()) skip();
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  run *r = small_run(&config, &d, 1);
  const size_t n = r->network.architecture.n_parameters;
  float *before = copy_floats(r->network.parameters, n);
  for (int failures = 0; failures < 2; failures++) { /* parameters, optimiser */
    allocations_left = failures;
    assert_int_equal(gm_prune_structured(&r->network, &r->trainer.optimizer, 0.5, NULL), GM_NO_MEMORY);
    allocations_left = INT_MAX;
    assert_int_equal(r->network.architecture.n_parameters, n);
    assert_memory_equal(r->network.parameters, before, n * sizeof *before);
  }
  assert_int_equal(run_train(r, NULL), GM_OK);
  free(before);
  run_free(r);
  data_free(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_networks_train_as_in_pytorch),
      cmocka_unit_test(any_number_of_threads_trains_to_the_same_bits),
      cmocka_unit_test(the_last_short_batch_is_kept_and_weighted_by_its_samples),
      cmocka_unit_test(a_batch_larger_than_the_data_is_all_of_them),
      cmocka_unit_test(metrics_are_of_the_weights_after_the_epoch),
      cmocka_unit_test(without_a_look_at_the_test_samples_all_else_is_the_same),
      cmocka_unit_test(early_stopping_restores_the_best_weights),
      cmocka_unit_test(a_callback_ends_the_run_after_an_epoch),
      cmocka_unit_test(a_callback_interrupts_after_a_step),
      cmocka_unit_test(an_interruption_with_the_last_step_of_an_epoch_comes_after_it),
      cmocka_unit_test(callbacks_are_optional),
      cmocka_unit_test(a_diverging_run_fails_with_a_sentence),
      cmocka_unit_test(pruning_happens_once_after_its_epoch),
      cmocka_unit_test(a_run_that_stops_early_at_the_pruning_epoch_is_not_pruned),
      cmocka_unit_test(structured_pruning_goes_on_with_the_smaller_network),
      cmocka_unit_test(defaults_are_the_poster_s),
      cmocka_unit_test(every_mistake_is_a_sentence),
      cmocka_unit_test(a_network_of_several_outputs_is_refused),
      cmocka_unit_test(without_memory_there_is_a_sentence_and_no_leak),
      cmocka_unit_test(without_memory_structured_pruning_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
