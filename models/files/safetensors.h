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

#include <stdbool.h>
#include <stddef.h>

enum { GM_TENSOR_MAX_RANK = 8 };

typedef struct {
  const char *name;
  size_t rank;
  size_t shape[GM_TENSOR_MAX_RANK];
  size_t count; /* product of the shape */
  const float *data;
} gm_named_tensor;

/* Writes n tensors (count is computed from the shape) and `metadata`, an object of strings or NULL, whole
 * or not at all, and seals them (checksum.h): a "checksum" among the metadata, which other readers pass
 * over. */
gm_status gm_safetensors_write(const char *path, const gm_named_tensor *tensors, size_t n,
                               const struct json_object *metadata, gm_error *err);

/* A file in memory; names and data of the tensors live as long as it does. */
typedef struct {
  size_t n;
  gm_named_tensor *tensors;     /* in the order of their data */
  struct json_object *metadata; /* NULL without one */
  struct json_object *header;
  float *data;
  bool sealed; /* it carries a checksum, which has been verified */
} gm_safetensors;

/* A damaged or foreign file is GM_BAD_INPUT: one sentence with the file and the tensor. Names that are
 * there twice and metadata that are no strings are treated as the safetensors library (0.8) does: of two
 * tensors, or two metadata, of one name the last one counts; a "__metadata__", "dtype", "shape" or
 * "data_offsets" given twice, and a metadatum that is no string, make a bad file. */
gm_status gm_safetensors_read(const char *path, gm_safetensors *file, gm_error *err);
void gm_safetensors_free(gm_safetensors *file);

/* The tensor called `name`, or NULL. */
const gm_named_tensor *gm_safetensors_find(const gm_safetensors *file, const char *name);

#endif
