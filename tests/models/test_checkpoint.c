/* SPDX-License-Identifier: MIT
 * A training that is interrupted and resumed gives the same bits as one that was not, wherever
 * it was cut; files of other trainings are refused. */
#include "models/files/safetensors.h"
#include "models/network/checkpoint.h"
#include "tests/scratch.h"
#include "tests/training_run.h"

/* Trains `config` to the end in two processes' worth of objects, cut after `cut` steps. */
static void check_cut(const char *path, const gm_trainer_config *config, const data *d, const run *whole,
                      size_t cut) {
  struct json_object *extra = json_object_new_object(), *back;
  gm_error err = {GM_OK, ""};
  run *first = small_run(config, d, 1), *second = small_run(config, d, 1);
  first->stop_after_step = cut;
  assert_int_equal(gm_trainer_keep_losses(&first->trainer, NULL), GM_OK);
  assert_int_equal(gm_trainer_keep_losses(&second->trainer, NULL), GM_OK);
  assert_int_equal(run_train(first, &err), GM_INTERRUPTED);
  gm_json_add_text(extra, "identity", "cut");
  assert_int_equal(gm_checkpoint_save(path, &first->trainer, extra, NULL), GM_OK);
  json_object_put(extra);
  if (gm_checkpoint_load(path, &second->trainer, &back, &err) != GM_OK) fail_msg("%s", err.message);
  assert_string_equal(gm_json_text(back, "identity"), "cut");
  json_object_put(back);
  second->n_steps = cut; /* its record goes on where the first one's stopped */
  second->n_epochs = first->n_epochs;
  assert_int_equal(run_train(second, &err), GM_OK);
  assert_int_equal(second->n_steps, whole->n_steps);
  assert_int_equal(second->n_epochs, whole->n_epochs);
  assert_memory_equal(second->loss + cut, whole->loss + cut, (whole->n_steps - cut) * sizeof *whole->loss);
  assert_int_equal(gm_trainer_steps(&second->trainer), whole->n_steps);
  for (size_t i = 0; i < whole->n_steps; i++)
    assert_true((double)second->trainer.losses[i] == whole->loss[i]);
  for (size_t e = first->n_epochs; e < whole->n_epochs; e++) {
    assert_true(second->epochs[e].train_loss == whole->epochs[e].train_loss);
    assert_true(second->epochs[e].rmse_validation == whole->epochs[e].rmse_validation);
  }
  assert_int_equal(second->trainer.stop_reason, whole->trainer.stop_reason);
  assert_int_equal(second->trainer.best_epoch, whole->trainer.best_epoch);
  assert_int_equal(second->network.architecture.n_parameters, whole->network.architecture.n_parameters);
  assert_memory_equal(second->network.parameters, whole->network.parameters,
                      whole->network.architecture.n_parameters * sizeof(float));
  run_free(first);
  run_free(second);
}

static void a_resumed_training_gives_the_same_bits_wherever_it_was_cut(void **state) {
  const char *path = scratch_path(*state, "checkpoint.safetensors");
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  for (int variant = 0; variant < 6; variant++) {
    gm_trainer_config config = small_config();
    config.prune_after = 3;
    if (variant == 1)
      config.optimizer = (gm_optimizer_config){GM_OPTIMIZER_SGD, 0.05, 0.9, 0.01, 0.9, 0.999, 1e-8};
    if (variant == 2) config.prune_unstructured = 0.5;
    if (variant == 3) config.prune_structured = 0.5;
    if (variant == 4) config.shuffle = false;
    if (variant == 5)
      config.early_stopping = 4, config.min_delta = 100; /* stops after epoch 5 with the first */
    run *whole = small_run(&config, &d, 1);
    assert_int_equal(run_train(whole, NULL), GM_OK);
    for (size_t cut = 1; cut < whole->n_steps; cut++) check_cut(path, &config, &d, whole, cut);
    run_free(whole);
  }
  data_free(&d);
}

/* ---- files that do not fit ------------------------------------------------------------------- */

/* Writes a checkpoint of `small` with one member of its metadata replaced. */
static void write_checkpoint(const char *path, const char *key, const char *value) {
  static const char *const keys[] = {"epoch",  "batch",      "step",     "best_epoch",
                                     "waited", "best_value", "loss_sum", "epoch_duration_s"};
  gm_architecture a;
  assert_int_equal(gm_architecture_parse(small, small_input, &a, NULL), GM_OK);
  float *zeros = new_floats(a.n_parameters);
  const gm_named_tensor all[3] = {
      {.name = "parameters", .rank = 1, .shape = {a.n_parameters}, .data = zeros},
      {.name = "optimizer.m", .rank = 1, .shape = {a.n_parameters}, .data = zeros},
      {.name = "optimizer.v", .rank = 1, .shape = {a.n_parameters}, .data = zeros}};
  struct json_object *metadata = json_object_new_object();
  gm_json_add_text(metadata, "arch", small);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) gm_json_add_text(metadata, keys[i], "0");
  if (value != NULL)
    gm_json_add_text(metadata, key, value);
  else if (key != NULL)
    json_object_object_del(metadata, key);
  assert_int_equal(gm_safetensors_write(path, all, 3, metadata, NULL), GM_OK);
  json_object_put(metadata);
  free(zeros);
  gm_architecture_free(&a);
}

static void checkpoints_of_other_trainings_are_refused(void **state) {
  static const struct {
    const char *key, *value, *wrong; /* value NULL: without it */
  } cases[] = {
      {NULL, NULL, NULL}, /* sound */
      {"arch", NULL, "not a checkpoint: no architecture in its metadata"},
      {"arch", "conv:4:4", "expected an odd kernel size"},
      {"arch", "conv:5:3,relu,flatten,dense:6,relu,dense:1", "is not this training's"}, /* larger */
      {"arch", "relu", "is not this training's"},                                       /* five outputs */
      {"arch", "conv:4:3,relu,flatten,dense:6,relu,dense:1,relu", "is not this training's"},
      {"arch", "conv:4:1,relu,flatten,dense:6,relu,dense:1", "is not this training's"},
      {"arch", "conv:3:3,relu,flatten,dense:6,relu,dense:1",
       "expected a tensor \"parameters\" of 115 values"},
      {"epoch", "7", "stands at epoch 7, batch 0, which this training does not have"},
      {"epoch", "-1", "metadata \"epoch\": expected a whole number of at least 0"},
      {"epoch", NULL, "metadata \"epoch\": expected a whole number of at least 0"},
      {"batch", "5", "stands at epoch 0, batch 5, which this training does not have"},
      {"batch", "4611686018427387904", "which this training does not have"}, /* times 5 wraps around */
      {"best_epoch", "1", "which this training does not have"},              /* it keeps no best weights */
      {"loss_sum", "much", "metadata \"loss_sum\": expected a number"},
  };
  const char *path = scratch_path(*state, "checkpoint.safetensors");
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_object *extra;
    gm_error err = {GM_OK, ""};
    run *r = small_run(&config, &d, 1);
    write_checkpoint(path, cases[i].key, cases[i].value);
    const gm_status status = gm_checkpoint_load(path, &r->trainer, &extra, &err);
    assert_int_equal(status, cases[i].wrong == NULL ? GM_OK : GM_BAD_INPUT);
    if (cases[i].wrong != NULL && strstr(err.message, cases[i].wrong) == NULL)
      fail_msg("\"%s\", expected \"%s\"", err.message, cases[i].wrong);
    if (status != GM_OK) assert_null(extra);
    json_object_put(extra);
    run_free(r);
  }
  data_free(&d);
}

/* One flipped bit in the data, and one that takes the checksum's name away. */
static void a_damaged_checkpoint_is_refused(void **state) {
  const char *path = scratch_path(*state, "checkpoint.safetensors");
  data d = data_new(1, SMALL_N, SMALL_SIZE);
  const gm_trainer_config config = small_config();
  static const char *const wrong[] = {"damaged, or changed since it was written",
                                      "a checkpoint without a checksum"};
  for (int variant = 0; variant < 2; variant++) {
    static char bytes[1 << 14];
    struct json_object *extra;
    gm_error err = {GM_OK, ""};
    run *r = small_run(&config, &d, 1);
    write_checkpoint(path, NULL, NULL);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    assert_true(n < sizeof bytes);
    char *key = memmem(bytes, n, "\"checksum\"", 10), *byte = variant == 0 ? bytes + n - 1 : key + 1;
    assert_non_null(key);
    fseek(f, (long)(byte - bytes), SEEK_SET);
    fputc(*byte ^ 1, f);
    fclose(f);
    assert_int_equal(gm_checkpoint_load(path, &r->trainer, &extra, &err), GM_BAD_INPUT);
    if (strstr(err.message, wrong[variant]) == NULL) fail_msg("\"%s\"", err.message);
    run_free(r);
  }
  data_free(&d);
}

int main(void) {
#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
  const struct CMUnitTest tests[] = {
      WITH_SCRATCH(a_resumed_training_gives_the_same_bits_wherever_it_was_cut),
      WITH_SCRATCH(checkpoints_of_other_trainings_are_refused),
      WITH_SCRATCH(a_damaged_checkpoint_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
