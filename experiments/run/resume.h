/* SPDX-License-Identifier: MIT
 * Interrupting a training and going on later: DIR/checkpoint.safetensors holds the
 * trainer's state and, beside it, what the run has cost and measured so far. */
#ifndef EXPERIMENTS_RESUME_H
#define EXPERIMENTS_RESUME_H

#include "experiments/run/training.h"

/* Completes `identity`, an object with the options of the program itself (taken over), with everything else
 * that decides the numbers of this training: the data (gm_data_identity), the seed, the initial weights, the
 * PUE of its energy. NULL and *err on an error. */
struct json_object *gm_resume_identity(const gm_training *training, struct json_object *identity,
                                       gm_error *err);

/* Writes the checkpoint of the run that training->identity says. */
gm_status gm_resume_save(const gm_training *training, gm_error *err);

/* Brings a training that was just created to where the checkpoint stands; *found is
 * false, and nothing done, when there is none. GM_BAD_INPUT when it belongs to a run
 * of another identity, with what differs and both values. */
gm_status gm_resume_load(gm_training *training, bool *found, gm_error *err);

/* Removes the checkpoint of a run that is complete. */
void gm_resume_remove(const gm_training *training);

#endif
