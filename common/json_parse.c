/* SPDX-License-Identifier: MIT
 * JSON text into json-c's objects, by the grammar of RFC 8259. What json-c's own tokener takes and refuses
 * differs between its versions (0.18's strict mode refuses every byte above 127, issues 875 and 892 there),
 * so the text is read here; the objects, and the writing, are json-c's. */
#include "common/json.h"
#include "common/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 256 }; /* levels of nesting: far more than any file has, far less than the stack holds */

typedef struct {
  const char *text, *at, *end;
  unsigned allowed; /* gm_json_allowed */
  size_t depth;
  char *token; /* where the next string or number is put, behind the names that are still needed; of the
                  text's length, which is enough, since nothing takes more room than it does in the text */
  gm_error *err;
} parser;

/* ---- refusing --------------------------------------------------------------------- */

static bool refuse(parser *p, const char *what) {
  if (p->at >= p->end) {
    gm_fail(p->err, GM_BAD_INPUT, "it ends too early");
    return false;
  }
  size_t line = 1;
  for (const char *c = p->text; c < p->at; c++) line += *c == '\n';
  gm_fail(p->err, GM_BAD_INPUT, "line %zu: %s", line, what);
  return false;
}

static bool no_memory(parser *p) {
  gm_fail_memory(p->err, "a JSON value");
  return false;
}

/* ---- the smallest parts ---------------------------------------------------------------- */

static void skip_space(parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) p->at++;
}

static bool next_is(const parser *p, char c) {
  return p->at < p->end && *p->at == c;
}

/* Takes `c` where it stands next. */
static bool took(parser *p, char c) {
  if (!next_is(p, c)) return false;
  p->at++;
  return true;
}

static bool took_word(parser *p, const char *word) {
  const size_t length = strlen(word), there = (size_t)(p->end - p->at);
  if (memcmp(p->at, word, length < there ? length : there) != 0) return false;
  p->at += length < there ? length : there;
  return length <= there;
}

static bool digit(const parser *p) {
  return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

/* One digit or more. */
static bool digits(parser *p) {
  if (!digit(p)) return refuse(p, "expected a digit");
  while (digit(p)) p->at++;
  return true;
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* Takes the text of a number: [-] (0 | 1-9 digits) [. digits] [e [+-] digits]. */
static bool number_text(parser *p, bool *whole) {
  took(p, '-');
  if (!took(p, '0') && !digits(p)) return false;
  *whole = true;
  if (took(p, '.')) {
    *whole = false;
    if (!digits(p)) return false;
  }
  if (took(p, 'e') || took(p, 'E')) {
    *whole = false;
    if (!took(p, '+')) took(p, '-');
    if (!digits(p)) return false;
  }
  return true;
}

static bool parse_number(parser *p, struct json_object **value) {
  const char *start = p->at;
  bool whole;
  if (!number_text(p, &whole)) return false;
  const size_t length = (size_t)(p->at - start);
  memcpy(p->token, start, length);
  p->token[length] = '\0';
  errno = 0;
  const int64_t integer = whole ? strtoll(p->token, NULL, 10) : 0;
  const bool fits = whole && errno != ERANGE;
  const double number = strtod(p->token, NULL);
  if (!(p->allowed & GM_JSON_HUGE_NUMBERS) && (isinf(number) || (whole && !fits))) {
    p->at = start;
    return refuse(p, whole ? "an integer beyond 64 bits" : "a number beyond the range of double precision");
  }
  *value = fits ? json_object_new_int64(integer) : json_object_new_double_s(number, p->token);
  return *value != NULL || no_memory(p);
}

/* Python's words for what JSON has no number for. */
static bool parse_nan(parser *p, struct json_object **value) {
  const bool minus = took(p, '-');
  const double number = next_is(p, 'N') ? NAN : minus ? -INFINITY : INFINITY;
  if (!took_word(p, isnan(number) ? "NaN" : "Infinity")) return refuse(p, "expected a JSON value");
  *value = json_object_new_double(number);
  return *value != NULL || no_memory(p);
}

/* ---- strings -------------------------------------------------------------------------------- */

/* The four digits of \uXXXX. */
static bool code_unit(parser *p, unsigned long *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, p->at++) {
    static const char digits_of[] = "0123456789abcdef0123456789ABCDEF";
    const char *d = p->at < p->end && *p->at != '\0' ? strchr(digits_of, *p->at) : NULL;
    if (d == NULL) return refuse(p, "expected four hexadecimal digits after \\u");
    *unit = *unit << 4 | (unsigned long)((d - digits_of) & 15);
  }
  return true;
}

/* \uXXXX, two of them for what lies beyond 16 bits; half a pair alone becomes U+FFFD. */
static bool unicode_escape(parser *p, char **out) {
  unsigned long code, low;
  if (!code_unit(p, &code)) return false;
  if (code >= 0xd800 && code < 0xdc00 && p->end - p->at >= 2 && p->at[0] == '\\' && p->at[1] == 'u') {
    const char *before = p->at;
    p->at += 2;
    if (!code_unit(p, &low)) return false;
    if (low >= 0xdc00 && low < 0xe000)
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    else
      p->at = before;
  }
  *out += gm_utf8_write(code >= 0xd800 && code < 0xe000 ? 0xfffd : code, *out);
  return true;
}

static bool escape(parser *p, char **out) {
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  if (took(p, 'u')) return unicode_escape(p, out);
  const char *letter = p->at < p->end && *p->at != '\0' ? strchr(letters, *p->at) : NULL;
  if (letter == NULL) return refuse(p, "an escape that JSON does not have");
  *(*out)++ = meanings[letter - letters];
  p->at++;
  return true;
}

/* A string into p->token, terminated; its bytes into *length. No escape is shorter than what it means. */
static bool string(parser *p, size_t *length) {
  char *out = p->token;
  if (!took(p, '"')) return refuse(p, "expected a name in quotation marks");
  while (!took(p, '"')) {
    if (took(p, '\\')) {
      if (!escape(p, &out)) return false;
      continue;
    }
    if (p->at < p->end && (unsigned char)*p->at < 0x20)
      return refuse(p, "a control character inside a string");
    const size_t n = p->at < p->end ? gm_utf8_length(p->at, (size_t)(p->end - p->at)) : 0;
    if (n == 0) return refuse(p, "bytes that are not UTF-8");
    memcpy(out, p->at, n);
    out += n;
    p->at += n;
  }
  *out = '\0';
  *length = (size_t)(out - p->token);
  return true;
}

static bool parse_string(parser *p, struct json_object **value) {
  size_t length;
  if (!string(p, &length)) return false;
  *value = json_object_new_string_len(p->token, (int)length);
  return *value != NULL || no_memory(p);
}

/* ---- arrays and objects ---------------------------------------------------------------------------- */

static bool parse_value(parser *p, struct json_object **value);

static bool parse_array(parser *p, struct json_object **value) {
  *value = json_object_new_array();
  if (*value == NULL) return no_memory(p);
  p->at++;
  skip_space(p);
  if (took(p, ']')) return true;
  for (;;) {
    struct json_object *item = NULL;
    const bool ok = parse_value(p, &item);
    if (!ok || json_object_array_add(*value, item) != 0) {
      json_object_put(item);
      return ok ? no_memory(p) : false;
    }
    skip_space(p);
    if (took(p, ']')) return true;
    if (!took(p, ',')) return refuse(p, "expected a comma or ]");
  }
}

/* "name": value */
static bool parse_member(parser *p, struct json_object *object) {
  struct json_object *value = NULL;
  size_t length;
  const char *start = p->at;
  char *name = p->token;
  if (!string(p, &length)) return false;
  const bool twice = !(p->allowed & GM_JSON_DUPLICATES) && json_object_object_get_ex(object, name, NULL);
  if (twice || strlen(name) != length) { /* json-c's names end at a zero byte */
    p->at = start;
    return refuse(p, twice ? "a name that the object has already" : "a name with the character U+0000");
  }
  skip_space(p);
  if (!took(p, ':')) return refuse(p, "expected a colon");
  p->token += length + 1;
  bool ok = parse_value(p, &value);
  p->token = name;
  if (ok && json_object_object_add(object, name, value) != 0) ok = no_memory(p);
  if (!ok) json_object_put(value);
  return ok;
}

static bool parse_object(parser *p, struct json_object **value) {
  *value = json_object_new_object();
  if (*value == NULL) return no_memory(p);
  p->at++;
  skip_space(p);
  if (took(p, '}')) return true;
  for (;;) {
    skip_space(p);
    if (!parse_member(p, *value)) return false;
    skip_space(p);
    if (took(p, '}')) return true;
    if (!took(p, ',')) return refuse(p, "expected a comma or }");
  }
}

/* ---- values ------------------------------------------------------------------------------------------ */

static bool parse_word(parser *p, const char *word, struct json_object **value) {
  if (!took_word(p, word)) return refuse(p, "expected a JSON value");
  *value = word[0] == 'n' ? NULL : json_object_new_boolean(word[0] == 't'); /* json-c's null is NULL */
  return word[0] == 'n' || *value != NULL || no_memory(p);
}

static bool parse_nested(parser *p, struct json_object **value) {
  if (p->depth == DEEPEST) return refuse(p, "nested too deeply");
  p->depth++;
  const bool ok = *p->at == '{' ? parse_object(p, value) : parse_array(p, value);
  p->depth--;
  return ok;
}

/* On failure *value is what was read so far, or NULL; the caller puts it. */
static bool parse_value(parser *p, struct json_object **value) {
  skip_space(p);
  const char first = p->at < p->end ? *p->at : '\0';
  const bool named = first == 'N' || first == 'I' || (first == '-' && p->end - p->at > 1 && p->at[1] == 'I');
  if (first == '{' || first == '[') return parse_nested(p, value);
  if (first == '"') return parse_string(p, value);
  if (first == 't') return parse_word(p, "true", value);
  if (first == 'f') return parse_word(p, "false", value);
  if (first == 'n') return parse_word(p, "null", value);
  if (named && (p->allowed & GM_JSON_NAN)) return parse_nan(p, value);
  if (!named && (first == '-' || digit(p))) return parse_number(p, value);
  return refuse(p, "expected a JSON value");
}

gm_status gm_json_parse(const char *text, size_t length, unsigned allowed, struct json_object **root,
                        gm_error *err) {
  gm_error own = {GM_OK, ""};
  parser p = {text, text, text + length, allowed, 0, NULL, err != NULL ? err : &own};
  *root = NULL;
  if (length > INT32_MAX) /* json-c counts in int */
    return gm_fail(err, GM_BAD_INPUT, "longer than %d bytes", INT32_MAX);
  char *tokens = malloc(length + 1);
  if (tokens == NULL) return gm_fail_memory(err, "a JSON value");
  p.token = tokens;
  bool ok = parse_value(&p, root);
  skip_space(&p);
  if (ok && p.at < p.end) ok = refuse(&p, "something follows the value");
  free(tokens);
  if (ok) return GM_OK;
  json_object_put(*root);
  *root = NULL;
  return p.err->status;
}
