/* SPDX-License-Identifier: MIT
 * What the input of a model is made from: the options of the data, the unit and the checksum of the
 * training samples, as text members of the model's file. One list (model_input.c) says which; a model
 * is written with them, and `inference` rebuilds its input from them alone.
 *
 * A new option of the data that changes what a model sees is one line in that list. */
#ifndef EXPERIMENTS_MODEL_INPUT_H
#define EXPERIMENTS_MODEL_INPUT_H

#include "experiments/run/experiment.h"

/* The members, for a model trained on `samples` of the experiment's data. NULL and *err on an error. */
struct json_object *gm_model_input(const gm_experiment *experiment, const gm_samples *samples, gm_error *err);

/* Adds to `object` what decides the samples of a run: the options of the list, the unit, and the checksums of
 * all three splits. Two runs that have the same members see the same numbers; the place of a file is none. */
gm_status gm_data_identity(const gm_experiment *experiment, const gm_samples *samples,
                           struct json_object *object, gm_error *err);

/* Fills the options that the command line leaves open from the members in `input` (borrowed as long as the
 * options are used; NULL: a file without any). GM_BAD_INPUT, one sentence with both values, where the
 * command line contradicts them; only --validation and --test may differ, and the place of a data file,
 * whose content is checked later. `model` is the file's name. */
gm_status gm_model_input_take(gm_experiment *experiment, const char *model, const struct json_object *input,
                              gm_error *err);

/* After the data were loaded: their unit and training samples are those the model was made from. */
gm_status gm_model_input_check(const gm_experiment *experiment, const char *model,
                               const struct json_object *input, gm_error *err);

/* Whether the list has an option of this name. */
bool gm_model_input_knows(const char *option);

#endif
