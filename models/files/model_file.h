/* SPDX-License-Identifier: MIT
 * A network as a safetensors file whose tensors are named I.weight and I.bias, I =
 * position of the layer in the architecture string, so that it loads straight into
 * the equivalent torch.nn.Sequential. Metadata carry `arch`, `channels`, `length`
 * and what the caller adds. A file whose metadata name greenmile as `written_by` must be
 * sealed (checksum.h); those of other programs need not. */
#ifndef MODELS_MODEL_FILE_H
#define MODELS_MODEL_FILE_H

#include "common/json.h"
#include "models/network/network.h"

/* Writes the network. `metadata` (strings; may be NULL) is the caller's and is
 * completed with arch, channels and length in the file. */
gm_status gm_model_file_save(const char *path, const gm_network *network, const struct json_object *metadata,
                             gm_error *err);

/* Copies the tensors of a file into a network of a known architecture; every tensor
 * has to be there with its shape, and no other. */
gm_status gm_model_file_load_parameters(const char *path, gm_network *network, gm_error *err);

/* Builds the network a file describes. `arch` (may be NULL) with `input` is for
 * files without metadata. *metadata, the caller's to put, is NULL where there is
 * none. */
gm_status gm_model_file_load(const char *path, const char *arch, gm_shape input, gm_network *network,
                             struct json_object **metadata, gm_error *err);

#endif
