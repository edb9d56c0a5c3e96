/* SPDX-License-Identifier: MIT
 * JSON files and members by type, over json-c's objects. The text is read by json_parse.c, not by json-c's
 * parser. */
#include "common/json.h"

#include "common/atomic_file.h"
#include "common/csv.h"
#include "common/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

gm_status gm_json_read(const char *path, struct json_object **root, gm_error *err) {
  char *text;
  size_t length;
  gm_error why = {GM_OK, ""};
  *root = NULL;
  gm_status status = gm_text_read(path, &text, &length, err);
  if (status == GM_OK) status = gm_json_parse(text, length, GM_JSON_NAN, root, &why);
  if (why.status == GM_BAD_INPUT)
    gm_fail(err, status, "%s: not valid JSON: %s", path, why.message);
  else if (why.status == GM_NO_MEMORY)
    gm_fail_memory(err, path);
  free(text);
  return status;
}

gm_status gm_json_write(const char *path, struct json_object *root, gm_error *err) {
  gm_atomic_file file;
  const gm_status status = gm_atomic_file_open(&file, path, err);
  if (status != GM_OK) return status;
  const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = json_object_to_json_string_ext(root, flags);
  if (text == NULL) {
    gm_atomic_file_abort(&file);
    return gm_fail_memory(err, path);
  }
  fprintf(file.stream, "%s\n", text);
  return gm_atomic_file_commit(&file, err);
}

gm_status gm_json_write_in(const char *directory, const char *name, struct json_object *root, gm_error *err) {
  char *path = gm_path_join(directory, name);
  const gm_status status = path != NULL ? gm_json_write(path, root, err) : gm_fail_memory(err, name);
  free(path);
  return status;
}

void gm_json_add_number(struct json_object *obj, const char *key, double value) {
  char text[GM_DOUBLE_TEXT];
  if (!isfinite(value)) {
    json_object_object_add(obj, key, NULL);
    return;
  }
  gm_format_double(value, text);
  json_object_object_add(obj, key, json_object_new_double_s(value, text));
}

void gm_json_add_integer(struct json_object *obj, const char *key, int64_t value) {
  json_object_object_add(obj, key, json_object_new_int64(value));
}

struct json_object *gm_json_string(const char *text) {
  static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
  if (text == NULL) return NULL;
  const size_t size = strlen(text);
  char *valid = malloc(size * strlen(replacement) + 1), *end = valid;
  if (valid == NULL) return NULL;
  for (const char *p = text; *p != '\0';) {
    const size_t n = gm_utf8_length(p, size - (size_t)(p - text));
    const size_t length = n > 0 ? n : strlen(replacement);
    memcpy(end, n > 0 ? p : replacement, length);
    end += length;
    p += n > 0 ? n : 1;
  }
  *end = '\0';
  struct json_object *string = json_object_new_string(valid);
  free(valid);
  return string;
}

void gm_json_add_text(struct json_object *obj, const char *key, const char *text) {
  json_object_object_add(obj, key, gm_json_string(text));
}

void gm_json_add_bool(struct json_object *obj, const char *key, bool value) {
  json_object_object_add(obj, key, json_object_new_boolean(value));
}

double gm_json_number(const struct json_object *obj, const char *key) {
  struct json_object *member;
  if (!json_object_object_get_ex(obj, key, &member)) return NAN;
  const enum json_type type = json_object_get_type(member);
  return type == json_type_double || type == json_type_int ? json_object_get_double(member) : NAN;
}

const char *gm_json_text(const struct json_object *obj, const char *key) {
  struct json_object *member;
  if (!json_object_object_get_ex(obj, key, &member) || !json_object_is_type(member, json_type_string))
    return NULL;
  const char *text = json_object_get_string(member);
  return strlen(text) == (size_t)json_object_get_string_len(member) ? text : NULL;
}
