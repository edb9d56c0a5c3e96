/* SPDX-License-Identifier: MIT
 * JSON (RFC 8259) in and out. The objects and the writing are json-c's; this reads the text, the same with
 * every version of json-c, writes files whole, and gets members of the right type. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include "common/status.h"

#include <json-c/json.h>

/* What a reader accepts beyond, or despite, the letter of RFC 8259. */
typedef enum {
  GM_JSON_NAN = 1 << 0,          /* NaN, Infinity and -Infinity, which Python writes, are numbers */
  GM_JSON_DUPLICATES = 1 << 1,   /* of members with one name the last counts, as in Python */
  GM_JSON_HUGE_NUMBERS = 1 << 2, /* an integer beyond 64 bits becomes the nearest double, 1e999 infinity */
} gm_json_allowed;

/* Parses the `length` bytes of `text` as one JSON value in UTF-8 and nothing but white space around it.
 * Refused with a sentence that names the line, as GM_BAD_INPUT: all that RFC 8259 does not have (byte-order
 * marks, control characters in strings, bad UTF-8, comments …), more than 256 levels, a name with U+0000 and,
 * unless `allowed` holds them, the above. Half a surrogate pair (\ud800) becomes U+FFFD. *root is the
 * caller's to put. */
gm_status gm_json_parse(const char *text, size_t length, unsigned allowed, struct json_object **root,
                        gm_error *err);

/* The same of the file `path`, with GM_JSON_NAN; messages begin with "PATH: not valid JSON". */
gm_status gm_json_read(const char *path, struct json_object **root, gm_error *err);

/* Writes `root` indented, with a final newline, through gm_atomic_file. */
gm_status gm_json_write(const char *path, struct json_object *root, gm_error *err);
/* The same into directory/name. */
gm_status gm_json_write_in(const char *directory, const char *name, struct json_object *root, gm_error *err);

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
/* obj[key] as text that lives as long as obj, NULL where absent, null, no string, or one with U+0000 in it.
 */
const char *gm_json_text(const struct json_object *obj, const char *key);

#endif
