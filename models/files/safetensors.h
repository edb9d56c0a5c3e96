/* SPDX-License-Identifier: MIT
 * The safetensors format (huggingface/safetensors, format description of 0.4):
 * 8-byte little-endian length of a JSON header, the header
 *   {"__metadata__": {text: text}, name: {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}}
 * and the raw little-endian data. Only F32 is read and written. A file is treated
 * as hostile: no length, offset, overlap, gap or product of dimensions is believed
 * before it is checked. */
#ifndef MODELS_SAFETENSORS_H
#define MODELS_SAFETENSORS_H

#include "common/json.h"
#include "common/status.h"

#include <stddef.h>

enum { GM_TENSOR_MAX_RANK = 8 };

typedef struct {
  const char *name;
  size_t rank;
  size_t shape[GM_TENSOR_MAX_RANK];
  size_t count; /* product of the shape */
  const float *data;
} gm_named_tensor;

/* Writes n tensors (count is computed from the shape) and `metadata`, an object of
 * strings or NULL, whole or not at all. */
gm_status gm_safetensors_write(const char *path, const gm_named_tensor *tensors, size_t n,
                               const struct json_object *metadata, gm_error *err);

/* A file in memory; names and data of the tensors live as long as it does. */
typedef struct {
  size_t n;
  gm_named_tensor *tensors;     /* in the order of their data */
  struct json_object *metadata; /* NULL without one */
  struct json_object *header;
  float *data;
} gm_safetensors;

/* A damaged or foreign file is GM_BAD_INPUT: one sentence with the file and the tensor. */
gm_status gm_safetensors_read(const char *path, gm_safetensors *file, gm_error *err);
void gm_safetensors_free(gm_safetensors *file);

/* The tensor called `name`, or NULL. */
const gm_named_tensor *gm_safetensors_find(const gm_safetensors *file, const char *name);

#endif
