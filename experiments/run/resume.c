/* SPDX-License-Identifier: MIT
 * Checkpoints of a metered training: whose they are, what they have cost so far, and going on from them. The
 * trainer's own state is models/network/checkpoint.h's. */
#include "experiments/run/resume.h"

#include "energy/energy_sum.h"
#include "experiments/run/model_input.h"
#include "models/files/checksum.h"
#include "models/network/checkpoint.h"

#include <stdlib.h>
#include <string.h>

static const char checkpoint_name[] = "checkpoint.safetensors";

/* ---- identity ------------------------------------------------------------------ */

struct json_object *gm_resume_identity(const gm_training *t, struct json_object *identity, gm_error *err) {
  const gm_experiment_options *o = &t->experiment->options;
  const gm_network *network = &t->network;
  char digits[GM_CHECKSUM_TEXT];
  gm_checksum *initial = gm_checksum_create();
  gm_status status = initial == NULL ? gm_fail_memory(err, "a checksum") : GM_OK;
  if (status == GM_OK) status = gm_data_identity(t->experiment, &t->experiment->samples, identity, err);
  if (status == GM_OK) {
    gm_checksum_add(initial, network->parameters,
                    network->architecture.n_parameters * sizeof *network->parameters);
    gm_json_add_text(identity, "initial_weights", gm_checksum_digits(initial, digits));
    gm_json_add_integer(identity, "seed", o->seed);
    gm_json_add_number(identity, "pue", o->pue);
    gm_json_add_text(identity, "protocol", o->protocol); /* a quick run cannot become a full one */
  } else {
    json_object_put(identity);
  }
  gm_checksum_free(initial);
  return status == GM_OK ? identity : NULL;
}

static const char *text_of(struct json_object *value) {
  return value != NULL ? json_object_get_string(value) : "none";
}

/* Appends "key theirs, here mine" to `text` for a member that differs. */
static void add_difference(char *text, size_t size, const char *key, struct json_object *theirs,
                           struct json_object *mine) {
  const size_t used = strlen(text);
  snprintf(text + used, size - used, "%s%s %.80s, here %.80s", used > 0 ? "; " : "", key, text_of(theirs),
           text_of(mine));
}

/* What differs between the two objects, "" for nothing. As texts: a number that is whole comes back from the
 * file as an integer. */
static void differences(const struct json_object *theirs, const struct json_object *mine, char *text,
                        size_t size) {
  struct json_object *other;
  text[0] = '\0';
  json_object_object_foreach(mine, key, value) {
    other = NULL;
    json_object_object_get_ex(theirs, key, &other);
    if (strcmp(text_of(value), text_of(other)) != 0) add_difference(text, size, key, other, value);
  }
  json_object_object_foreach(theirs, name, old) {
    if (!json_object_object_get_ex(mine, name, &other)) add_difference(text, size, name, old, NULL);
  }
}

static gm_status check_identity(const char *path, const char *stored, const struct json_object *mine,
                                gm_error *err) {
  struct json_object *theirs = stored != NULL ? json_tokener_parse(stored) : NULL;
  char text[GM_ERROR_LENGTH];
  gm_status status = GM_OK;
  if (!json_object_is_type(theirs, json_type_object)) {
    status = gm_fail(err, GM_BAD_INPUT, "%s: does not say which run it is of; remove it", path);
  } else {
    differences(theirs, mine, text, sizeof text);
    if (text[0] != '\0')
      status =
          gm_fail(err, GM_BAD_INPUT, "%s: of another run (remove it, or repeat its options): %s", path, text);
  }
  json_object_put(theirs);
  return status;
}

/* ---- saving ------------------------------------------------------------------ */

static struct json_object *epochs_array(const gm_training *t) {
  struct json_object *epochs = json_object_new_array();
  const gm_basis basis = gm_training_energy(t).basis;
  for (int64_t e = 1; e <= t->trainer.epoch; e++) {
    struct json_object *row = json_object_new_object();
    for (size_t i = 0; i < GM_EPOCH_NUMBERS; i++)
      gm_json_add_number(row, gm_epoch_names[i], *gm_epoch_number(&t->epochs[e - 1], i));
    gm_json_add_number(row, "energy_j", gm_training_epoch_energy_j(t, &basis, e));
    json_object_array_add(epochs, row);
  }
  return epochs;
}

/* Metadata hold strings, so the objects go in as text. */
static void add_as_text(struct json_object *metadata, const char *key, struct json_object *value) {
  gm_json_add_text(metadata, key, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
  json_object_put(value);
}

gm_status gm_resume_save(const gm_training *t, gm_error *err) {
  struct json_object *extra = json_object_new_object();
  const gm_energy energy = gm_training_energy(t);
  char *path = gm_experiment_path(t->experiment, checkpoint_name);
  add_as_text(extra, "identity",
              json_object_get((struct json_object *)t->identity)); /* json-c reads it only */
  add_as_text(extra, "energy", gm_energy_to_json(&energy));
  add_as_text(extra, "epochs", epochs_array(t));
  const gm_status status =
      path == NULL ? gm_fail_memory(err, "a file name") : gm_checkpoint_save(path, &t->trainer, extra, err);
  json_object_put(extra);
  free(path);
  return status;
}

/* ---- loading ------------------------------------------------------------------- */

static gm_status take_history(const char *path, const struct json_object *extra, gm_training *t,
                              gm_error *err) {
  const char *energy_text = gm_json_text(extra, "energy"), *epochs_text = gm_json_text(extra, "epochs");
  struct json_object *energy = energy_text != NULL ? json_tokener_parse(energy_text) : NULL;
  struct json_object *epochs = epochs_text != NULL ? json_tokener_parse(epochs_text) : NULL;
  gm_status status = GM_OK;
  if (!json_object_is_type(energy, json_type_object) || !json_object_is_type(epochs, json_type_array) ||
      (int64_t)json_object_array_length(epochs) != t->trainer.epoch) {
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected the energy and the epochs of the run so far", path);
  } else {
    t->earlier = gm_energy_from_json(energy);
    t->first_epoch = t->trainer.epoch;
    for (int64_t e = 0; e < t->first_epoch; e++) {
      const struct json_object *row = json_object_array_get_idx(epochs, (size_t)e);
      t->epochs[e] = (gm_epoch){.epoch = e + 1};
      for (size_t i = 0; i < GM_EPOCH_NUMBERS; i++)
        *gm_epoch_number(&t->epochs[e], i) = gm_json_number(row, gm_epoch_names[i]);
      t->earlier_epoch_j[e] = gm_json_number(row, "energy_j");
    }
  }
  json_object_put(energy);
  json_object_put(epochs);
  return status;
}

gm_status gm_resume_load(gm_training *t, bool *found, gm_error *err) {
  struct json_object *extra = NULL;
  char *path = gm_experiment_path(t->experiment, checkpoint_name);
  *found = false;
  if (path == NULL) return gm_fail_memory(err, "a file name");
  FILE *there = fopen(path, "rb");
  if (there == NULL) {
    free(path);
    return GM_OK;
  }
  fclose(there);
  gm_status status = gm_checkpoint_metadata(path, &extra, err);
  if (status == GM_OK) status = check_identity(path, gm_json_text(extra, "identity"), t->identity, err);
  json_object_put(extra);
  extra = NULL;
  if (status == GM_OK) status = gm_checkpoint_load(path, &t->trainer, &extra, err);
  if (status == GM_OK) status = take_history(path, extra, t, err);
  *found = status == GM_OK;
  json_object_put(extra);
  free(path);
  return status;
}

void gm_resume_remove(const gm_training *t) {
  char *path = gm_experiment_path(t->experiment, checkpoint_name);
  if (path != NULL) remove(path);
  free(path);
}
