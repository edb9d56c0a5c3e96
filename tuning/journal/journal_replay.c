/* SPDX-License-Identifier: MIT
 * Replay of journal records: studies, and which record does what. */
#include "tuning/journal/journal_replay.h"

#include "common/json.h"
#include "tuning/journal/journal_members.h"
#include "tuning/journal/journal_replay_trial.h"

#include <stdlib.h>
#include <string.h>

/* ---- look-up -------------------------------------------------------------------- */

/* The study of the record's study_id, NULL where there is none: the record is then ignored. */
gm_status gm_replay_study(const gm_journal_replay *replay, struct json_object *record,
                          gm_study_record **study, gm_error *err) {
  int64_t id = 0;
  const gm_status status = gm_member_integer(record, "study_id", &id, err);
  *study = NULL;
  if (status == GM_OK && id >= 0 && (uint64_t)id < replay->n_studies && !replay->studies[id]->deleted)
    *study = replay->studies[id];
  return status;
}

gm_study_record *gm_journal_find_study(const gm_journal_replay *replay, const char *name) {
  for (size_t i = 0; i < replay->n_studies; i++) {
    gm_study_record *study = replay->studies[i];
    if (!study->deleted && strcmp(study->name, name) == 0) return study;
  }
  return NULL;
}

bool gm_replay_reserve(void **items, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return true;
  const size_t wanted = *capacity == 0 ? 8 : 2 * *capacity;
  void *grown = realloc(*items, wanted * size);
  if (grown == NULL) return false;
  *items = grown;
  *capacity = wanted;
  return true;
}

/* ---- studies -------------------------------------------------------------------- */

static gm_status read_directions(struct json_object *record, gm_study_record *study, gm_error *err) {
  struct json_object *list;
  if (!json_object_object_get_ex(record, "directions", &list) || !json_object_is_type(list, json_type_array))
    return gm_member_missing(err, "directions", "a list");
  const size_t n = json_object_array_length(list);
  gm_direction *directions = calloc(n > 0 ? n : 1, sizeof *directions);
  if (directions == NULL) return gm_fail_memory(err, "a study");
  gm_status status = GM_OK;
  study->directed = n > 0;
  for (size_t i = 0; i < n && status == GM_OK; i++) {
    struct json_object *direction = json_object_array_get_idx(list, i);
    const int64_t number =
        json_object_is_type(direction, json_type_int) ? json_object_get_int64(direction) : -1;
    if (number < 0 || number > 2)
      status = gm_member_missing(err, "directions", "a list of 0, 1 (minimize) or 2 (maximize)");
    if (number == 0) study->directed = false;
    directions[i] = number == 2 ? GM_MAXIMIZE : GM_MINIMIZE;
  }
  if (status == GM_OK) status = gm_history_direct(&study->history, n, directions, err);
  free(directions);
  return status;
}

static gm_status create_study(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  const char *name;
  gm_status status = gm_member_text(record, "study_name", &name, err);
  if (status != GM_OK) return status;
  void *studies = replay->studies;
  if (!gm_replay_reserve(&studies, replay->n_studies, &replay->study_capacity, sizeof *replay->studies))
    return gm_fail_memory(err, "the studies");
  replay->studies = studies;
  gm_study_record *study = calloc(1, sizeof *study);
  if (study == NULL) return gm_fail_memory(err, "a study");
  status = read_directions(record, study, err);
  const bool known = gm_journal_find_study(replay, name) != NULL; /* ignored, and uses no id */
  if (status == GM_OK && !known && (study->name = strdup(name)) == NULL)
    status = gm_fail_memory(err, "a study");
  if (status != GM_OK || known) {
    gm_study_record_free(study);
    return status;
  }
  study->id = (int64_t)replay->n_studies;
  replay->studies[replay->n_studies++] = study;
  return GM_OK;
}

static gm_status delete_study(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  gm_study_record *study;
  const gm_status status = gm_replay_study(replay, record, &study, err);
  if (study != NULL) study->deleted = true; /* its trials keep their ids */
  return status;
}

static gm_status study_attribute(gm_journal_replay *replay, struct json_object *record, const char *member,
                                 gm_error *err) {
  gm_study_record *study;
  struct json_object *object;
  gm_status status = gm_replay_study(replay, record, &study, err);
  if (status != GM_OK || study == NULL) return status;
  status = gm_member_object(record, member, 1, &object, err);
  if (status != GM_OK) return status;
  struct json_object **attributes =
      strcmp(member, "user_attr") == 0 ? &study->user_attributes : &study->system_attributes;
  json_object_object_foreach(object, key, value) status =
      gm_attribute_set(attributes, key, json_object_get(value), err);
  return status;
}

/* ---- records --------------------------------------------------------------------- */

struct json_object *gm_journal_parse(const char *line, size_t length) {
  static const char byte_order_mark[] = "\xef\xbb\xbf";
  const size_t mark = sizeof byte_order_mark - 1;
  struct json_object *record;
  if (length >= mark && memcmp(line, byte_order_mark, mark) == 0) { /* Optuna passes over it in every line */
    line += mark;
    length -= mark;
  }
  gm_json_parse(line, length, GM_JSON_NAN | GM_JSON_DUPLICATES | GM_JSON_HUGE_NUMBERS, &record, NULL);
  return record;
}

gm_status gm_journal_apply(gm_journal_replay *replay, struct json_object *record, gm_error *err) {
  int64_t op = 0;
  const char *worker;
  gm_status status = gm_member_integer(record, "op_code", &op, err);
  if (status == GM_OK && op == GM_OP_DISCARD_TRIALS) return GM_OK;
  if (status == GM_OK && (op < GM_OP_CREATE_STUDY || op > GM_OP_DISCARD_TRIALS))
    return gm_fail(err, GM_BAD_INPUT, "unknown op_code %lld; expected 0 to %d", (long long)op,
                   GM_OP_DISCARD_TRIALS);
  if (status == GM_OK) status = gm_member_text(record, "worker_id", &worker, err);
  if (status != GM_OK) return status;
  switch ((gm_op_code)op) {
  case GM_OP_CREATE_STUDY:
    return create_study(replay, record, err);
  case GM_OP_DELETE_STUDY:
    return delete_study(replay, record, err);
  case GM_OP_STUDY_USER_ATTRIBUTE:
    return study_attribute(replay, record, "user_attr", err);
  case GM_OP_STUDY_SYSTEM_ATTRIBUTE:
    return study_attribute(replay, record, "system_attr", err);
  case GM_OP_CREATE_TRIAL:
    return gm_replay_create_trial(replay, record, err);
  case GM_OP_PARAMETER:
    return gm_replay_parameter(replay, record, err);
  case GM_OP_STATE:
    return gm_replay_state(replay, record, err);
  case GM_OP_REPORT:
    return gm_replay_report(replay, record, err);
  case GM_OP_USER_ATTRIBUTE:
    return gm_replay_attribute(replay, record, true, err);
  case GM_OP_SYSTEM_ATTRIBUTE:
    return gm_replay_attribute(replay, record, false, err);
  case GM_OP_DISCARD_TRIALS:
    break;
  }
  return GM_OK;
}

void gm_journal_replay_free(gm_journal_replay *replay) {
  for (size_t i = 0; i < replay->n_studies; i++) gm_study_record_free(replay->studies[i]);
  free(replay->studies);
  free(replay->trials);
  *replay = (gm_journal_replay){.own_trial = -1};
}
