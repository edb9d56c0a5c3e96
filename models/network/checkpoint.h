/* SPDX-License-Identifier: MIT
 * The state of a training between two steps as a safetensors file, so that a run
 * which was interrupted and resumed gives the same bits as one that was not:
 * parameters, optimiser state, mask, best weights and (where they are kept) the losses of all steps as flat
 * tensors, counters as metadata. The generator is not stored: it is replayed from the seed. */
#ifndef MODELS_CHECKPOINT_H
#define MODELS_CHECKPOINT_H

#include "common/json.h"
#include "models/network/trainer.h"

/* Writes the state whole or not at all. `extra` (strings; may be NULL) is the
 * caller's and comes back on loading. */
gm_status gm_checkpoint_save(const char *path, const gm_trainer *trainer, const struct json_object *extra,
                             gm_error *err);

/* Reads the metadata alone (*metadata is the caller's to put), as gm_checkpoint_load would find them: to see
 * whose checkpoint it is. */
gm_status gm_checkpoint_metadata(const char *path, struct json_object **metadata, gm_error *err);

/* Brings a trainer that was just created, with its network and a generator that has
 * drawn the initial weights, into the stored state. *extra (the caller's to put)
 * gets all metadata. A file that does not fit is GM_BAD_INPUT. */
gm_status gm_checkpoint_load(const char *path, gm_trainer *trainer, struct json_object **extra,
                             gm_error *err);

#endif
