/* SPDX-License-Identifier: MIT
 * Conveniences over json-c. */
#include "common/json.h"

#include "common/atomic_file.h"
#include "common/csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

gm_status gm_json_read(const char *path, struct json_object **root, gm_error *err) {
  *root = NULL;
  FILE *stream = fopen(path, "r");
  if (stream == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it: %s", path, strerror(errno));
  struct json_tokener *tokener = json_tokener_new();
  enum json_tokener_error state = json_tokener_continue;
  char block[1 << 16];
  size_t n;
  while (tokener != NULL && state == json_tokener_continue &&
         (n = fread(block, 1, sizeof block, stream)) > 0) {
    *root = json_tokener_parse_ex(tokener, block, (int)n);
    state = json_tokener_get_error(tokener);
  }
  fclose(stream);
  if (tokener != NULL) json_tokener_free(tokener);
  if (tokener == NULL) return gm_fail_memory(err, path);
  if (state == json_tokener_success) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: not valid JSON: %s", path,
                 state == json_tokener_continue ? "it ends too early" : json_tokener_error_desc(state));
}

gm_status gm_json_write(const char *path, struct json_object *root, gm_error *err) {
  gm_atomic_file file;
  const gm_status status = gm_atomic_file_open(&file, path, err);
  if (status != GM_OK) return status;
  const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  fprintf(file.stream, "%s\n", json_object_to_json_string_ext(root, flags));
  return gm_atomic_file_commit(&file, err);
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

void gm_json_add_text(struct json_object *obj, const char *key, const char *text) {
  json_object_object_add(obj, key, text != NULL ? json_object_new_string(text) : NULL);
}

void gm_json_add_bool(struct json_object *obj, const char *key, _Bool value) {
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
  return json_object_get_string(member);
}
