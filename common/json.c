/* SPDX-License-Identifier: MIT
 * Conveniences over json-c. */
#include "common/json.h"

#include "common/atomic_file.h"
#include "common/csv.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Feeds the stream to the tokener until it has a value, which nothing but white space may follow. */
static enum json_tokener_error parse(FILE *stream, struct json_tokener *tokener, struct json_object **root) {
  enum json_tokener_error state = json_tokener_continue;
  char block[1 << 16];
  size_t n;
  while ((n = fread(block, 1, sizeof block, stream)) > 0) {
    if (state == json_tokener_continue) { /* strict: refuses what follows the value in this block */
      *root = json_tokener_parse_ex(tokener, block, (int)n);
      state = json_tokener_get_error(tokener);
    } else {
      for (size_t i = 0; i < n; i++)
        if (strchr(" \t\r\n", block[i]) == NULL || block[i] == '\0')
          return json_tokener_error_parse_unexpected;
    }
    if (state != json_tokener_continue && state != json_tokener_success) return state;
  }
  if (state == json_tokener_continue) { /* a number at the top ends with the file */
    *root = json_tokener_parse_ex(tokener, "", 1);
    state = json_tokener_get_error(tokener);
  }
  return state;
}

gm_status gm_json_read(const char *path, struct json_object **root, gm_error *err) {
  *root = NULL;
  FILE *stream = fopen(path, "r");
  if (stream == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it: %s", path, strerror(errno));
  gm_status status = GM_OK;
  struct json_tokener *tokener = json_tokener_new();
  if (tokener == NULL) {
    status = gm_fail_memory(err, path);
    goto done;
  }
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  const enum json_tokener_error state = parse(stream, tokener, root);
  if (ferror(stream))
    status = gm_fail(err, errno == EISDIR ? GM_BAD_INPUT : GM_IO_ERROR, "%s: cannot read it: %s", path,
                     strerror(errno));
  else if (state == json_tokener_continue || state == json_tokener_error_parse_eof)
    status = gm_fail(err, GM_BAD_INPUT, "%s: not valid JSON: it ends too early", path);
  else if (state != json_tokener_success)
    status = gm_fail(err, GM_BAD_INPUT, "%s: not valid JSON: %s", path, json_tokener_error_desc(state));
  json_tokener_free(tokener);
done:
  fclose(stream);
  if (status != GM_OK) {
    json_object_put(*root);
    *root = NULL;
  }
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

/* Bytes of the UTF-8 character at `s` (RFC 3629, section 4), 0 where there is none. */
static size_t character_length(const unsigned char *s) {
  if (s[0] < 0x80) return 1;
  const size_t n = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
                   : (s[0] & 0xf0) == 0xe0       ? 3
                   : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                 : 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  const bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
  const bool outside = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
  return overlong || outside ? 0 : n;
}

struct json_object *gm_json_string(const char *text) {
  static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
  if (text == NULL) return NULL;
  char *valid = malloc(strlen(text) * strlen(replacement) + 1), *end = valid;
  if (valid == NULL) return NULL;
  for (const char *p = text; *p != '\0';) {
    const size_t n = character_length((const unsigned char *)p);
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
  return json_object_get_string(member);
}
