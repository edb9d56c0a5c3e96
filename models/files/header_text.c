/* SPDX-License-Identifier: MIT
 * One pass over the text of a safetensors header. */
#include "models/files/header_text.h"

#include "common/json.h"

#include <stdbool.h>
#include <string.h>

/* Fields that the reference library knows by name and takes once. */
static const char *const fields[] = {"__metadata__", "dtype", "shape", "data_offsets"};
enum { METADATA, DTYPE, N_FIELDS = sizeof fields / sizeof *fields };

/* The end of the string that starts at its opening quotation mark: one behind the closing one. */
static const char *string_end(const char *p) {
  for (p++; *p != '"'; p++)
    if (*p == '\\') p++;
  return p + 1;
}

/* Which field a name (with its quotation marks) is, N_FIELDS for none, −1 when it holds a NUL. */
static int field_of(const char *begin, const char *end) {
  const size_t length = (size_t)(end - begin) - 2;
  char quoted[8 * sizeof "__metadata__"]; /* \uXXXX for every character, at the most */
  int found = N_FIELDS;
  for (const char *p = begin; p + 6 < end; p++) {
    if (*p != '\\') continue;
    if (strncmp(p, "\\u0000", 6) == 0) return -1;
    p++;
  }
  if (length + 3 > sizeof quoted) return N_FIELDS;
  memcpy(quoted, begin, length + 2);
  quoted[length + 2] = '\0';
  struct json_object *name = json_tokener_parse(quoted); /* resolves its escapes */
  for (int f = 0; f < N_FIELDS && name != NULL; f++)
    if (strcmp(json_object_get_string(name), fields[f]) == 0) found = f;
  json_object_put(name);
  return found;
}

/* Names at depth 1 are the tensors' and __metadata__; a tensor's own fields are at depth 2. */
const char *gm_header_text_check(const char *text) {
  int depth = 0;
  bool seen[N_FIELDS] = {false}, in_metadata = false;
  for (const char *p = text; *p != '\0';) {
    if (*p == '{' || *p == '[') {
      depth++;
      if (depth == 2) memset(seen + DTYPE, 0, (N_FIELDS - DTYPE) * sizeof *seen);
    }
    if (*p == '}' || *p == ']') depth--;
    if (*p != '"') {
      p++;
      continue;
    }
    const char *end = string_end(p), *next = end + strspn(end, " \t\r\n");
    const int field = *next == ':' ? field_of(p, end) : N_FIELDS;
    if (field < 0) return "a name holds a NUL";
    if (depth == 1 && *next == ':') in_metadata = field == METADATA;
    if (field < N_FIELDS && (depth == 1 ? field == METADATA : depth == 2 && field >= DTYPE && !in_metadata)) {
      if (seen[field]) return "one of __metadata__, dtype, shape and data_offsets is there twice";
      seen[field] = true;
    }
    p = end;
  }
  return NULL;
}
