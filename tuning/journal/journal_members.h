/* SPDX-License-Identifier: MIT
 * Internal to the replay of journals: members of a record by name and type. What is
 * not as expected is GM_BAD_INPUT with a sentence that names the member. */
#ifndef TUNING_JOURNAL_MEMBERS_H
#define TUNING_JOURNAL_MEMBERS_H

#include "common/status.h"
#include "tuning/trial.h"

#include <json-c/json_types.h>

#include <stdint.h>

/* The sentence: the record has no member "key" that is `expected`. */
gm_status gm_member_missing(gm_error *err, const char *key, const char *expected);

gm_status gm_member_integer(struct json_object *record, const char *key, int64_t *value, gm_error *err);
gm_status gm_member_text(struct json_object *record, const char *key, const char **text, gm_error *err);

/* An object of `n` members, or of any number of them where n < 0. */
gm_status gm_member_object(struct json_object *record, const char *key, int n, struct json_object **object,
                           gm_error *err);

/* A date in seconds since 1970; null, where it is allowed, is NaN. */
gm_status gm_member_time(struct json_object *record, const char *key, bool null_allowed, double *seconds,
                         gm_error *err);

/* The member "state". */
gm_status gm_member_state(struct json_object *record, gm_trial_state *state, gm_error *err);

/* A value that was found already: whether it is a number (NaN and infinities included), and which. */
bool gm_member_is_number(struct json_object *value);
gm_status gm_member_number(struct json_object *member, const char *key, double *value, gm_error *err);

#endif
