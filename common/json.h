/* SPDX-License-Identifier: MIT
 * The few things json-c leaves to its caller: reading a file with a message that
 * names it, writing one whole, and getting members of the right type. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include "common/status.h"

#include <json-c/json.h>

/* Parses `path`, one strict JSON value in UTF-8 and nothing after it (NaN and Infinity,
 * which Python writes, are read as such); *root is the caller's to put (json_object_put). */
gm_status gm_json_read(const char *path, struct json_object **root, gm_error *err);

/* Writes `root` indented, with a final newline, through gm_atomic_file. */
gm_status gm_json_write(const char *path, struct json_object *root, gm_error *err);

/* obj[key] = value, written with the shortest text that reads back the same
 * (gm_format_double); NaN and infinities become null. */
void gm_json_add_number(struct json_object *obj, const char *key, double value);
void gm_json_add_integer(struct json_object *obj, const char *key, int64_t value);
/* `text` as a JSON string; bytes that are not UTF-8 (a file name may have some) become
 * U+FFFD. NULL, which json-c writes as null, for NULL. */
struct json_object *gm_json_string(const char *text);
void gm_json_add_text(struct json_object *obj, const char *key, const char *text);
void gm_json_add_bool(struct json_object *obj, const char *key, bool value);

/* obj[key] as a number, NaN where it is absent, null or no number. */
double gm_json_number(const struct json_object *obj, const char *key);
/* obj[key] as text that lives as long as obj, NULL where absent, null or no string. */
const char *gm_json_text(const struct json_object *obj, const char *key);

#endif
