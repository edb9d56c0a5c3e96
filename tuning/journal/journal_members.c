/* SPDX-License-Identifier: MIT
 * Members of journal records by type, with a sentence where one is missing or of another type. */
#include "tuning/journal/journal_members.h"

#include "common/json.h"
#include "tuning/journal/journal_time.h"

#include <math.h>

gm_status gm_member_missing(gm_error *err, const char *key, const char *expected) {
  return gm_fail(err, GM_BAD_INPUT, "the record has no member \"%s\" that is %s", key, expected);
}

gm_status gm_member_integer(struct json_object *record, const char *key, int64_t *value, gm_error *err) {
  struct json_object *member;
  if (!json_object_object_get_ex(record, key, &member) || !json_object_is_type(member, json_type_int))
    return gm_member_missing(err, key, "a whole number");
  *value = json_object_get_int64(member);
  return GM_OK;
}

gm_status gm_member_text(struct json_object *record, const char *key, const char **text, gm_error *err) {
  *text = gm_json_text(record, key);
  return *text != NULL ? GM_OK : gm_member_missing(err, key, "a text");
}

bool gm_member_is_number(struct json_object *value) {
  const enum json_type type = json_object_get_type(value);
  return type == json_type_double || type == json_type_int;
}

gm_status gm_member_number(struct json_object *member, const char *key, double *value, gm_error *err) {
  if (!gm_member_is_number(member)) return gm_member_missing(err, key, "a number");
  *value = json_object_get_double(member);
  return GM_OK;
}

/* An object of `n` members, or of any number of them where n < 0. */
gm_status gm_member_object(struct json_object *record, const char *key, int n, struct json_object **object,
                           gm_error *err) {
  if (!json_object_object_get_ex(record, key, object) || !json_object_is_type(*object, json_type_object))
    return gm_member_missing(err, key, "an object");
  if (n >= 0 && json_object_object_length(*object) != n)
    return gm_member_missing(err, key, "an object of one member");
  return GM_OK;
}

/* A date; null (allowed or not) is NaN. */
gm_status gm_member_time(struct json_object *record, const char *key, bool null_allowed, double *seconds,
                         gm_error *err) {
  struct json_object *member;
  *seconds = NAN;
  if (!json_object_object_get_ex(record, key, &member)) return gm_member_missing(err, key, "a date");
  if (member == NULL && null_allowed) return GM_OK;
  if (!json_object_is_type(member, json_type_string) ||
      !gm_journal_time_parse(json_object_get_string(member), seconds))
    return gm_member_missing(err, key, "a date such as 2026-01-02T03:04:05.000001");
  return GM_OK;
}

gm_status gm_member_state(struct json_object *record, gm_trial_state *state, gm_error *err) {
  int64_t number = 0;
  const gm_status status = gm_member_integer(record, "state", &number, err);
  if (status != GM_OK) return status;
  if (number < GM_TRIAL_RUNNING || number > GM_TRIAL_WAITING)
    return gm_member_missing(err, "state", "from 0 (running) to 4 (waiting)");
  *state = (gm_trial_state)number;
  return GM_OK;
}
