/* SPDX-License-Identifier: MIT
 * Program for scripts/peers: one network of any architecture and shape, trained or only
 * evaluated on samples from a file, so that another implementation can do the same and be
 * compared step by step. Not a test by itself. */
#include "common/atomic_file.h"
#include "common/options.h"
#include "models/files/model_file.h"
#include "models/files/safetensors.h"
#include "models/network/trainer.h"
#include "models/network/weight_pruning.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  const char *arch, *data, *init, *optimizer, *losses, *save, *forecasts;
  int64_t seed, threads, epochs;
  bool no_shuffle;
  gm_trainer_config config;
  gm_compute compute;
  gm_safetensors samples; /* x (n, channels, length), y (n) */
  const float **blocks;
  double *truth, *forecast;
  gm_examples examples;
  gm_network network;
  gm_rng rng;
  FILE *log;
} program;

/* ---- samples ------------------------------------------------------------------------- */

static gm_status read_samples(program *p, gm_shape *input, gm_error *err) {
  gm_status status = gm_safetensors_read(p->data, &p->samples, err);
  if (status != GM_OK) return status;
  const gm_named_tensor *x = gm_safetensors_find(&p->samples, "x");
  const gm_named_tensor *y = gm_safetensors_find(&p->samples, "y");
  if (x == NULL || y == NULL || x->rank != 3 || y->rank != 1 || y->shape[0] != x->shape[0] || x->count == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected tensors x (n, channels, length) and y (n)", p->data);
  const size_t n = x->shape[0];
  *input = (gm_shape){x->shape[1], x->shape[2], false};
  p->blocks = calloc(n, sizeof *p->blocks);
  p->truth = calloc(n, sizeof *p->truth);
  p->forecast = calloc(n, sizeof *p->forecast);
  if (p->blocks == NULL || p->truth == NULL || p->forecast == NULL) return gm_fail_memory(err, p->data);
  for (size_t i = 0; i < n; i++) {
    p->blocks[i] = x->data + i * gm_shape_size(*input);
    p->truth[i] = (double)y->data[i];
  }
  p->examples = (gm_examples){.n = n, .x = p->blocks, .y = y->data, .truth = p->truth};
  return GM_OK;
}

/* ---- training and forecasts ------------------------------------------------------------ */

static bool on_step(void *context, int64_t step, int64_t epoch, int64_t batch, double loss) {
  const program *p = context;
  (void)step;
  (void)epoch;
  (void)batch;
  if (p->log != NULL) fprintf(p->log, "%.9g\n", loss);
  return true;
}

static gm_status write_forecasts(program *p, gm_error *err) {
  gm_workspace ws;
  gm_atomic_file file;
  gm_status status = gm_workspace_create(&ws, &p->network.architecture, 10, false, err);
  if (status != GM_OK) return status;
  gm_network_predict(&p->compute, &p->network, &ws, &p->examples, p->forecast);
  gm_workspace_free(&ws);
  status = gm_atomic_file_open(&file, p->forecasts, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < p->examples.n; i++) fprintf(file.stream, "%.9g\n", p->forecast[i]);
  return gm_atomic_file_commit(&file, err);
}

/* With no epochs nothing is trained: pruning, if asked for, happens at once. */
static gm_status train(program *p, gm_error *err) {
  const gm_examples parts[GM_N_PARTS] = {p->examples, p->examples, p->examples};
  const gm_trainer_callbacks callbacks = {.context = p, .on_step = on_step};
  gm_trainer trainer;
  gm_atomic_file file = {0};
  p->config.epochs = p->epochs > 0 ? p->epochs : 1;
  gm_status status = gm_trainer_create(&trainer, &p->config, &p->compute, &p->network, &p->rng, parts, err);
  if (status != GM_OK) return status;
  if (p->epochs == 0 && p->config.prune_unstructured > 0)
    status = gm_prune_unstructured(&p->network, &trainer.optimizer, p->config.prune_unstructured, NULL, err);
  if (status == GM_OK && p->losses != NULL) status = gm_atomic_file_open(&file, p->losses, err);
  p->log = file.stream;
  if (status == GM_OK && p->epochs > 0) status = gm_trainer_run(&trainer, &callbacks, err);
  gm_trainer_free(&trainer);
  if (status != GM_OK)
    gm_atomic_file_abort(&file);
  else if (p->losses != NULL)
    status = gm_atomic_file_commit(&file, err);
  return status;
}

static gm_status run(program *p, gm_error *err) {
  gm_shape input;
  gm_architecture architecture = {0};
  p->config.shuffle = !p->no_shuffle;
  if (p->arch == NULL || p->data == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--arch and --data: expected both");
  gm_status status = gm_optimizer_from_name(p->optimizer, &p->config.optimizer.kind, err);
  if (status == GM_OK) status = gm_compute_init(&p->compute, (int)p->threads, getenv("GREENMILE_ISA"), err);
  if (status == GM_OK) status = read_samples(p, &input, err);
  if (status == GM_OK) status = gm_architecture_parse(p->arch, input, &architecture, err);
  if (status == GM_OK) status = gm_network_create(&p->network, &architecture, err);
  gm_architecture_free(&architecture);
  if (status != GM_OK) return status;
  gm_rng_seed(&p->rng, (uint32_t)p->seed);
  gm_network_initialize(&p->network, &p->rng); /* also with --init: the permutations come after */
  if (p->init != NULL) status = gm_model_file_load_parameters(p->init, &p->network, err);
  if (status == GM_OK) status = train(p, err);
  if (status == GM_OK && p->save != NULL) status = gm_model_file_save(p->save, &p->network, NULL, err);
  if (status == GM_OK && p->forecasts != NULL) status = write_forecasts(p, err);
  return status;
}

int main(int argc, char **argv) {
  program p = {.optimizer = "adam", .config = gm_trainer_config_default(), .epochs = 50, .threads = 0};
  gm_trainer_config *c = &p.config;
  gm_error err = {GM_OK, ""};
  gm_options_action action = GM_OPTIONS_RUN;
  const gm_option options[] = {
      {"arch", "SPEC", "architecture string", GM_OPTION_TEXT, &p.arch, 0, 0, false},
      {"data", "FILE.safetensors", "tensors x (n, channels, length) and y (n)", GM_OPTION_TEXT, &p.data, 0, 0,
       false},
      {"seed", "N", "of weights and batches", GM_OPTION_INTEGER, &p.seed, 0, 4294967295.0, false},
      {"init", "FILE.safetensors", "start from these weights", GM_OPTION_TEXT, &p.init, 0, 0, false},
      {"no-shuffle", NULL, "keep the order of the samples", GM_OPTION_FLAG, &p.no_shuffle, 0, 0, false},
      {"optimizer", "adam|sgd", "", GM_OPTION_TEXT, &p.optimizer, 0, 0, false},
      {"learning-rate", "X", "", GM_OPTION_NUMBER, &c->optimizer.learning_rate, 0, INFINITY, true},
      {"momentum", "X", "of SGD", GM_OPTION_NUMBER, &c->optimizer.momentum, 0, 1, false},
      {"weight-decay", "X", "", GM_OPTION_NUMBER, &c->optimizer.weight_decay, 0, INFINITY, false},
      {"batch-size", "N", "", GM_OPTION_INTEGER, &c->batch_size, 1, 1e9, false},
      {"epochs", "N", "0 only evaluates", GM_OPTION_INTEGER, &p.epochs, 0, 1e7, false},
      {"prune-unstructured", "F", "", GM_OPTION_NUMBER, &c->prune_unstructured, 0, 1, false},
      {"prune-after", "EPOCH", "", GM_OPTION_INTEGER, &c->prune_after, 1, 1e7, false},
      {"threads", "N", "0 = all processors", GM_OPTION_INTEGER, &p.threads, 0, 1024, false},
      {"losses", "FILE", "write the loss of every step, one a line", GM_OPTION_TEXT, &p.losses, 0, 0, false},
      {"save", "FILE.safetensors", "write the final weights", GM_OPTION_TEXT, &p.save, 0, 0, false},
      {"forecasts", "FILE", "write the final forecasts, one a line", GM_OPTION_TEXT, &p.forecasts, 0, 0,
       false},
  };
  const gm_option_group group = {"Options", options, sizeof options / sizeof *options};
  const gm_program self = {
      "peer_training", "[options]", "Trains a network for comparison with a peer.", NULL, &group, 1};
  gm_status status = gm_options_parse(&self, argc, argv, &action, NULL, &err);
  if (status == GM_OK && action != GM_OPTIONS_RUN)
    gm_options_print_help(&self, stdout);
  else if (status == GM_OK)
    status = run(&p, &err);
  if (status != GM_OK) fprintf(stderr, "peer_training: %s\n", err.message);
  gm_network_free(&p.network);
  gm_compute_free(&p.compute);
  gm_safetensors_free(&p.samples);
  free(p.blocks);
  free(p.truth);
  free(p.forecast);
  return gm_exit_code(status);
}
