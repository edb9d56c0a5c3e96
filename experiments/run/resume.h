/* SPDX-License-Identifier: MIT
 * Interrupting a training and going on later: DIR/checkpoint.safetensors holds the
 * trainer's state and, beside it, what the run has cost and measured so far. */
#ifndef EXPERIMENTS_RESUME_H
#define EXPERIMENTS_RESUME_H

#include "experiments/run/training.h"

/* Writes the checkpoint. `identity` is a text that says which run this is. */
gm_status gm_resume_save(const gm_training *training, const char *identity, gm_error *err);

/* Brings a training that was just created to where the checkpoint stands; *found is
 * false, and nothing done, when there is none. GM_BAD_INPUT when it belongs to a run
 * of another identity. */
gm_status gm_resume_load(gm_training *training, const char *identity, bool *found, gm_error *err);

/* Removes the checkpoint of a run that is complete. */
void gm_resume_remove(const gm_training *training);

#endif
