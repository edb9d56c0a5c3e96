/* SPDX-License-Identifier: MIT
 * A network as a safetensors file that PyTorch's Sequential loads, with what inference needs in its metadata.
 */
#include "models/files/model_file.h"

#include "common/csv.h"
#include "models/files/checksum.h"
#include "models/files/safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 32 };

/* The one or two tensors of layer i, with the shapes PyTorch gives them. */
static size_t layer_tensors(const gm_layer *layer, size_t i, const float *parameters,
                            char names[2][NAME_SIZE], gm_named_tensor tensors[2]) {
  if (layer->n_weight == 0) return 0;
  snprintf(names[0], NAME_SIZE, "%zu.weight", i);
  snprintf(names[1], NAME_SIZE, "%zu.bias", i);
  tensors[0] = (gm_named_tensor){.name = names[0],
                                 .rank = layer->weight_rank,
                                 .count = layer->n_weight,
                                 .data = parameters + layer->weight};
  memcpy(tensors[0].shape, layer->weight_shape, sizeof layer->weight_shape);
  tensors[1] = (gm_named_tensor){.name = names[1],
                                 .rank = 1,
                                 .shape = {layer->out.channels},
                                 .count = layer->n_bias,
                                 .data = parameters + layer->bias};
  return 2;
}

gm_status gm_model_file_save(const char *path, const gm_network *network, const struct json_object *metadata,
                             gm_error *err) {
  const gm_architecture *a = &network->architecture;
  const gm_shape input = gm_architecture_input(a);
  char number[NAME_SIZE];
  char(*names)[2][NAME_SIZE] = calloc(a->n_layers, sizeof *names);
  gm_named_tensor *tensors = calloc(2 * a->n_layers, sizeof *tensors);
  char *spec = gm_architecture_format(a);
  struct json_object *all = NULL;
  gm_status status = GM_OK;
  if (names == NULL || tensors == NULL || spec == NULL) {
    status = gm_fail_memory(err, path);
    goto done;
  }
  if (metadata != NULL)
    json_object_deep_copy((struct json_object *)metadata, &all, NULL); /* json-c reads it only */
  if (all == NULL) all = json_object_new_object();
  gm_json_add_text(all, "format", "pt"); /* what the safetensors library writes for PyTorch tensors */
  gm_json_add_text(all, "arch", spec);
  snprintf(number, sizeof number, "%zu", input.channels);
  gm_json_add_text(all, "channels", number);
  snprintf(number, sizeof number, "%zu", input.length);
  gm_json_add_text(all, "length", number);
  size_t n = 0;
  for (size_t i = 0; i < a->n_layers; i++)
    n += layer_tensors(&a->layers[i], i, network->parameters, names[i], tensors + n);
  status = gm_safetensors_write(path, tensors, n, all, err);
done:
  json_object_put(all);
  free(spec);
  free(names);
  free(tensors);
  return status;
}

/* "64 × 1 × 3" */
static const char *shape_text(const gm_named_tensor *t, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (size_t d = 0; d < t->rank && used < size; d++)
    used += (size_t)snprintf(text + used, size - used, "%s%zu", d > 0 ? " × " : "", t->shape[d]);
  return text;
}

static gm_status copy_tensors(const char *path, const gm_safetensors *file, gm_network *network,
                              gm_error *err) {
  const gm_architecture *a = &network->architecture;
  size_t expected = 0;
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    char names[2][NAME_SIZE];
    gm_named_tensor wanted[2];
    const size_t n = layer_tensors(layer, i, network->parameters, names, wanted);
    for (size_t j = 0; j < n; j++) {
      const gm_named_tensor *found = gm_safetensors_find(file, wanted[j].name);
      if (found == NULL)
        return gm_fail(err, GM_BAD_INPUT, "%s: tensor \"%s\" of the architecture is missing", path,
                       wanted[j].name);
      if (found->rank != wanted[j].rank ||
          memcmp(found->shape, wanted[j].shape, wanted[j].rank * sizeof *found->shape) != 0) {
        char has[128], needs[128];
        return gm_fail(err, GM_BAD_INPUT, "%s: tensor \"%s\" is %s, the architecture needs %s", path,
                       wanted[j].name, shape_text(found, has, sizeof has),
                       shape_text(&wanted[j], needs, sizeof needs));
      }
      for (size_t v = 0; v < found->count; v++)
        if (!isfinite(found->data[v]))
          return gm_fail(err, GM_BAD_INPUT, "%s: tensor \"%s\": value %zu of %zu is not a finite number",
                         path, wanted[j].name, v + 1, found->count);
      memcpy(network->parameters + (j == 0 ? layer->weight : layer->bias), found->data,
             found->count * sizeof *found->data);
    }
    expected += n;
  }
  if (file->n != expected)
    return gm_fail(err, GM_BAD_INPUT, "%s: %zu tensors, the architecture has %zu", path, file->n, expected);
  return GM_OK;
}

/* Reads the tensors; a file that says it is ours has a seal. */
static gm_status read_file(const char *path, gm_safetensors *file, gm_error *err) {
  gm_status status = gm_safetensors_read(path, file, err);
  if (status != GM_OK || file->sealed || file->metadata == NULL) return status;
  if (gm_json_text(file->metadata, "written_by") == NULL) return GM_OK; /* another program's */
  gm_safetensors_free(file);
  return gm_fail(err, GM_BAD_INPUT, GM_SEAL_MISSING, path);
}

gm_status gm_model_file_load_parameters(const char *path, gm_network *network, gm_error *err) {
  gm_safetensors file;
  gm_status status = read_file(path, &file, err);
  if (status != GM_OK) return status;
  status = copy_tensors(path, &file, network, err);
  gm_safetensors_free(&file);
  return status;
}

/* Metadata values are strings, numbers among them too. */
static gm_status dimension(const char *path, const struct json_object *metadata, const char *key,
                           size_t *value, gm_error *err) {
  int64_t number;
  const char *text = gm_json_text(metadata, key);
  if (text == NULL || !gm_parse_integer(text, &number) || number < 1)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: metadata \"%s\": expected a whole number of at least 1, got \"%.40s\"", path, key,
                   text != NULL ? text : "");
  *value = (size_t)number;
  return GM_OK;
}

gm_status gm_model_file_load(const char *path, const char *arch, gm_shape input, gm_network *network,
                             struct json_object **metadata, gm_error *err) {
  gm_safetensors file;
  gm_architecture architecture = {0};
  *network = (gm_network){0};
  *metadata = NULL;
  gm_status status = read_file(path, &file, err);
  if (status != GM_OK) return status;
  const char *spec = file.metadata != NULL ? gm_json_text(file.metadata, "arch") : NULL;
  if (spec != NULL) {
    status = dimension(path, file.metadata, "channels", &input.channels, err);
    if (status == GM_OK) status = dimension(path, file.metadata, "length", &input.length, err);
  } else if (arch == NULL) {
    status = gm_fail(err, GM_BAD_INPUT, "%s: no architecture in its metadata, give it with --arch", path);
  }
  if (status == GM_OK) {
    status = gm_architecture_parse(arch != NULL ? arch : spec, input, &architecture, err);
    if (status != GM_OK) gm_error_prefix(err, path);
  }
  size_t n_values = 0; /* compared first, so that a false architecture cannot ask for memory */
  for (size_t i = 0; i < file.n; i++) n_values += file.tensors[i].count;
  if (status == GM_OK && architecture.n_parameters != n_values)
    status = gm_fail(err, GM_BAD_INPUT, "%s: %zu values, its architecture has %zu parameters", path, n_values,
                     architecture.n_parameters);
  if (status == GM_OK) status = gm_network_create(network, &architecture, err);
  if (status == GM_OK) status = copy_tensors(path, &file, network, err);
  if (status == GM_OK && file.metadata != NULL) *metadata = json_object_get(file.metadata);
  gm_architecture_free(&architecture);
  gm_safetensors_free(&file);
  if (status != GM_OK) gm_network_free(network);
  return status;
}
