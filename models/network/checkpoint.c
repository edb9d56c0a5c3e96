/* SPDX-License-Identifier: MIT
 * A training's whole state in one safetensors file, and back: weights, moments, masks, permutation,
 * generator. */
#include "models/network/checkpoint.h"

#include "common/clock.h"
#include "common/csv.h"
#include "models/files/safetensors.h"
#include "models/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TENSORS = 6 };

/* ---- numbers as metadata, which holds strings only --------------------------- */

static void put_integer(struct json_object *metadata, const char *key, int64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%" PRId64, value);
  gm_json_add_text(metadata, key, text);
}

static void put_number(struct json_object *metadata, const char *key, double value) {
  char text[GM_DOUBLE_TEXT];
  gm_format_double(value, text);
  gm_json_add_text(metadata, key, text);
}

static gm_status get_integer(const char *path, const struct json_object *metadata, const char *key,
                             int64_t *value, gm_error *err) {
  const char *text = gm_json_text(metadata, key);
  if (text != NULL && gm_parse_integer(text, value) && *value >= 0) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: metadata \"%s\": expected a whole number of at least 0", path, key);
}

static gm_status get_number(const char *path, const struct json_object *metadata, const char *key,
                            double *value, gm_error *err) {
  const char *text = gm_json_text(metadata, key);
  if (text != NULL && gm_parse_double(text, value)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: metadata \"%s\": expected a number", path, key);
}

/* ---- saving -------------------------------------------------------------------- */

static gm_named_tensor flat(const char *name, const float *data, size_t n) {
  return (gm_named_tensor){.name = name, .rank = 1, .shape = {n}, .count = n, .data = data};
}

gm_status gm_checkpoint_save(const char *path, const gm_trainer *t, const struct json_object *extra,
                             gm_error *err) {
  const size_t n = t->network->architecture.n_parameters;
  const gm_optimizer *o = &t->optimizer;
  gm_named_tensor tensors[MAX_TENSORS];
  size_t n_tensors = 0;
  struct json_object *metadata = NULL;
  gm_status status = GM_OK;
  char *spec = gm_architecture_format(&t->network->architecture);
  float *mask = o->mask != NULL ? malloc(n * sizeof *mask) : NULL;
  if (spec == NULL || (o->mask != NULL && mask == NULL)) {
    status = gm_fail_memory(err, path);
    goto done;
  }
  tensors[n_tensors++] = flat("parameters", t->network->parameters, n);
  if (o->m != NULL) tensors[n_tensors++] = flat("optimizer.m", o->m, n);
  if (o->v != NULL) tensors[n_tensors++] = flat("optimizer.v", o->v, n);
  if (mask != NULL) {
    for (size_t i = 0; i < n; i++) mask[i] = o->mask[i];
    tensors[n_tensors++] = flat("mask", mask, n);
  }
  if (t->best_epoch > 0) tensors[n_tensors++] = flat("best", t->best, n);
  if (t->losses != NULL) tensors[n_tensors++] = flat("losses", t->losses, gm_trainer_steps(t));
  if (extra != NULL)
    json_object_deep_copy((struct json_object *)extra, &metadata, NULL); /* json-c reads it only */
  if (metadata == NULL) metadata = json_object_new_object();
  gm_json_add_text(metadata, "arch", spec);
  put_integer(metadata, "epoch", t->epoch);
  put_integer(metadata, "batch", t->batches_done);
  put_integer(metadata, "step", o->t);
  put_integer(metadata, "best_epoch", t->best_epoch);
  put_integer(metadata, "waited", t->stopping.waited);
  put_number(metadata, "best_value", t->stopping.best);
  put_number(metadata, "loss_sum", t->loss_sum);
  const double begun_s = t->batches_done > 0 ? gm_monotonic_s() - t->epoch_start_s : 0;
  put_number(metadata, "epoch_duration_s", t->epoch_duration_s + begun_s);
  status = gm_safetensors_write(path, tensors, n_tensors, metadata, err);
done:
  free(spec);
  free(mask);
  json_object_put(metadata);
  return status;
}

/* ---- loading --------------------------------------------------------------------- */

static gm_status take_tensor(const char *path, const gm_safetensors *file, const char *name, size_t n,
                             float *target, gm_error *err) {
  const gm_named_tensor *tensor = gm_safetensors_find(file, name);
  if (tensor == NULL || tensor->count != n)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a tensor \"%s\" of %zu values", path, name, n);
  memcpy(target, tensor->data, n * sizeof *target);
  return GM_OK;
}

static gm_status take_counters(const char *path, const struct json_object *m, gm_trainer *t, gm_error *err) {
  gm_status status = get_integer(path, m, "epoch", &t->epoch, err);
  if (status == GM_OK) status = get_integer(path, m, "batch", &t->batches_done, err);
  if (status == GM_OK) status = get_integer(path, m, "step", &t->optimizer.t, err);
  if (status == GM_OK) status = get_integer(path, m, "best_epoch", &t->best_epoch, err);
  if (status == GM_OK) status = get_integer(path, m, "waited", &t->stopping.waited, err);
  if (status == GM_OK) status = get_number(path, m, "best_value", &t->stopping.best, err);
  if (status == GM_OK) status = get_number(path, m, "loss_sum", &t->loss_sum, err);
  if (status == GM_OK) status = get_number(path, m, "epoch_duration_s", &t->epoch_duration_s, err);
  if (status != GM_OK) return status;
  const size_t batches = gm_trainer_batches(t);
  if (t->epoch > t->config.epochs || t->best_epoch > (t->best != NULL ? t->epoch : 0) ||
      (size_t)t->batches_done >= batches)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: stands at epoch %lld, batch %lld, which this training does not have", path,
                   (long long)t->epoch, (long long)t->batches_done);
  return GM_OK;
}

static gm_status take_state(const char *path, const gm_safetensors *file, gm_trainer *t, gm_error *err) {
  const size_t n = t->network->architecture.n_parameters;
  gm_optimizer *o = &t->optimizer;
  gm_status status = take_tensor(path, file, "parameters", n, t->network->parameters, err);
  if (status == GM_OK && o->m != NULL) status = take_tensor(path, file, "optimizer.m", n, o->m, err);
  if (status == GM_OK && o->v != NULL) status = take_tensor(path, file, "optimizer.v", n, o->v, err);
  for (size_t i = 0; status == GM_OK && i < t->network->architecture.n_layers; i++) {
    const gm_layer *layer = &t->network->architecture.layers[i];
    if (layer->n_weight > 0)
      gm_optimizer_find_moved(o, layer->weight, layer->out.channels, layer->n_weight / layer->out.channels);
  }
  if (status == GM_OK && t->best != NULL && t->best_epoch > 0)
    status = take_tensor(path, file, "best", n, t->best, err);
  if (status == GM_OK && t->losses != NULL)
    status = take_tensor(path, file, "losses", gm_trainer_steps(t), t->losses, err);
  const gm_named_tensor *mask = gm_safetensors_find(file, "mask");
  if (status != GM_OK || mask == NULL) return status;
  if (mask->count != n)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a tensor \"mask\" of %zu values", path, n);
  o->mask = malloc(n);
  if (o->mask == NULL) return gm_fail_memory(err, "the pruning mask");
  for (size_t i = 0; i < n; i++) o->mask[i] = mask->data[i] != 0;
  return GM_OK;
}

/* Whether pruning can have made `small` of `whole`: the same layers, none with more channels,
 * and the same output. */
static bool may_come_from(const gm_architecture *small, const gm_architecture *whole) {
  if (small->n_layers != whole->n_layers) return false;
  for (size_t i = 0; i < small->n_layers; i++) {
    const gm_layer *s = &small->layers[i], *w = &whole->layers[i];
    const bool same = s->number[0] == w->number[0] || (s->n_weight > 0 && s->number[0] < w->number[0]);
    if (s->type != w->type || !same || s->number[1] != w->number[1]) return false;
  }
  return gm_shape_size(gm_architecture_output(small)) == gm_shape_size(gm_architecture_output(whole));
}

/* Reads the file; a checkpoint has an architecture and a seal. */
static gm_status read_checkpoint(const char *path, gm_safetensors *file, gm_error *err) {
  const gm_status status = gm_safetensors_read(path, file, err);
  if (status != GM_OK) return status;
  const char *wrong = NULL;
  if (file->metadata == NULL || gm_json_text(file->metadata, "arch") == NULL)
    wrong = "not a checkpoint: no architecture in its metadata";
  else if (!file->sealed)
    wrong = "a checkpoint without a checksum: damaged, or of an older version; remove it and start again";
  if (wrong == NULL) return GM_OK;
  gm_safetensors_free(file);
  return gm_fail(err, GM_BAD_INPUT, "%s: %s", path, wrong);
}

gm_status gm_checkpoint_metadata(const char *path, struct json_object **metadata, gm_error *err) {
  gm_safetensors file;
  *metadata = NULL;
  const gm_status status = read_checkpoint(path, &file, err);
  if (status != GM_OK) return status;
  *metadata = json_object_get(file.metadata);
  gm_safetensors_free(&file);
  return GM_OK;
}

gm_status gm_checkpoint_load(const char *path, gm_trainer *t, struct json_object **extra, gm_error *err) {
  gm_safetensors file;
  gm_architecture architecture = {0};
  *extra = NULL;
  gm_status status = read_checkpoint(path, &file, err);
  if (status != GM_OK) return status;
  const char *spec = gm_json_text(file.metadata, "arch");
  status = gm_architecture_parse(spec, gm_architecture_input(&t->network->architecture), &architecture, err);
  if (status == GM_OK && !may_come_from(&architecture, &t->network->architecture))
    status = gm_fail(err, GM_BAD_INPUT, "%s: its network \"%.200s\" is not this training's", path, spec);
  if (status == GM_OK) status = take_counters(path, file.metadata, t, err);
  if (status == GM_OK && architecture.n_parameters != t->network->architecture.n_parameters)
    status = gm_trainer_replace_network(t, &architecture, err); /* it was pruned */
  if (status == GM_OK) status = take_state(path, &file, t, err);
  if (status == GM_OK && t->config.shuffle) /* the permutations of the epochs so far, and of the one begun */
    for (int64_t e = 0; e < t->epoch + (t->batches_done > 0 ? 1 : 0); e++)
      gm_rng_permutation(t->rng, t->parts[GM_PART_TRAIN].n, t->permutation);
  if (status == GM_OK) *extra = json_object_get(file.metadata);
  gm_architecture_free(&architecture);
  gm_safetensors_free(&file);
  return status;
}
