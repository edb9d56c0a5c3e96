/* SPDX-License-Identifier: MIT
 * JSON files: numbers come back bit by bit, what is not finite is null, what is
 * not one whole JSON value is refused with the file's name. */
#include "common/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void new_path(char path[32]) {
  strcpy(path, "/tmp/gm_json_XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

static gm_status read_bytes(const char *text, size_t length, struct json_object **root, gm_error *err) {
  char path[32];
  new_path(path);
  FILE *stream = fopen(path, "w");
  assert_non_null(stream);
  assert_int_equal(fwrite(text, 1, length, stream), length);
  fclose(stream);
  const gm_status status = gm_json_read(path, root, err);
  unlink(path);
  return status;
}

static gm_status read_text(const char *text, struct json_object **root, gm_error *err) {
  return read_bytes(text, strlen(text), root, err);
}

static struct json_object *written_and_read(struct json_object *root) {
  char path[32];
  struct json_object *back;
  gm_error err = {GM_OK, ""};
  new_path(path);
  assert_int_equal(gm_json_write(path, root, &err), GM_OK);
  if (gm_json_read(path, &back, &err) != GM_OK) fail_msg("%s", err.message);
  unlink(path);
  return back;
}

static void numbers_come_back_bit_by_bit(void **state) {
  (void)state;
  const double values[] = {0,      -0.0, 0.1, 1.0 / 3, 0.1 + 0.2, 1e21, 0x1p-1074, 0x1.fffffffffffffp1023,
                           -2.5e-9};
  const size_t n = sizeof values / sizeof *values;
  struct json_object *root = json_object_new_object();
  char key[8];
  for (size_t i = 0; i < n; i++) {
    snprintf(key, sizeof key, "v%zu", i);
    gm_json_add_number(root, key, values[i]);
  }
  gm_json_add_integer(root, "largest", INT64_MAX);
  struct json_object *back = written_and_read(root), *largest;
  for (size_t i = 0; i < n; i++) {
    snprintf(key, sizeof key, "v%zu", i);
    const double value = gm_json_number(back, key);
    if (values[i] != 0) assert_memory_equal(&value, &values[i], sizeof value);
    assert_true(value == values[i]);
  }
  assert_true(json_object_object_get_ex(back, "largest", &largest));
  assert_true(json_object_get_int64(largest) == INT64_MAX);
  json_object_put(root);
  json_object_put(back);
}

static void what_is_not_finite_becomes_null(void **state) {
  (void)state;
  struct json_object *root = json_object_new_object();
  gm_json_add_number(root, "nan", NAN);
  gm_json_add_number(root, "infinity", INFINITY);
  gm_json_add_number(root, "minus", -INFINITY);
  gm_json_add_text(root, "text", NULL);
  assert_string_equal(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN),
                      "{\"nan\":null,\"infinity\":null,\"minus\":null,\"text\":null}");
  json_object_put(root);
}

static void numbers_are_written_as_short_as_they_come_back(void **state) {
  (void)state;
  struct json_object *root = json_object_new_object();
  gm_json_add_number(root, "a", 0.1);
  gm_json_add_number(root, "b", 3);
  gm_json_add_bool(root, "c", 1);
  assert_string_equal(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN),
                      "{\"a\":0.1,\"b\":3,\"c\":true}");
  json_object_put(root);
}

static void texts_come_back_and_stay_utf_8(void **state) {
  (void)state;
  struct json_object *root = json_object_new_object();
  gm_json_add_text(root, "good", "Niño 1+2, \"°C\" / \\ \t\n 🌍");
  gm_json_add_text(root, "latin1", "Ni\xf1o");                         /* a lone byte of another encoding */
  gm_json_add_text(root, "cut", "a\xe2\x82");                          /* a character cut short */
  gm_json_add_text(root, "hostile", "\xc0\xaf|\xed\xa0\x80|\xf5\x80"); /* overlong, surrogate, too large */
  struct json_object *back = written_and_read(root);
  assert_string_equal(gm_json_text(back, "good"), "Niño 1+2, \"°C\" / \\ \t\n 🌍");
  assert_string_equal(gm_json_text(back, "latin1"), "Ni\xef\xbf\xbdo");
  assert_string_equal(gm_json_text(back, "cut"), "a\xef\xbf\xbd\xef\xbf\xbd");
  assert_string_equal(
      gm_json_text(back, "hostile"),
      "\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd");
  json_object_put(root);
  json_object_put(back);
}

static void members_of_another_type_count_as_absent(void **state) {
  (void)state;
  struct json_object *root;
  assert_int_equal(read_text("{\"n\": 7, \"x\": 0.5, \"s\": \"7\", \"z\": null, \"l\": [1], "
                             "\"zero\": \"a\\u0000b\"}\n",
                             &root, NULL),
                   GM_OK);
  assert_true(gm_json_number(root, "n") == 7 && gm_json_number(root, "x") == 0.5);
  assert_true(isnan(gm_json_number(root, "s")) && isnan(gm_json_number(root, "z")));
  assert_true(isnan(gm_json_number(root, "l")) && isnan(gm_json_number(root, "missing")));
  assert_string_equal(gm_json_text(root, "s"), "7");
  assert_null(gm_json_text(root, "n"));
  assert_null(gm_json_text(root, "z"));
  assert_null(gm_json_text(root, "missing"));
  assert_null(gm_json_text(root, "zero"));
  json_object_put(root);
}

static void pythons_nan_is_read_as_nan(void **state) {
  (void)state;
  struct json_object *root;
  assert_int_equal(read_text("{\"a\": NaN, \"b\": -Infinity}", &root, NULL), GM_OK);
  assert_true(isnan(gm_json_number(root, "a")));
  assert_true(isinf(gm_json_number(root, "b")));
  json_object_put(root);
}

static void a_truncated_file_is_refused(void **state) {
  (void)state;
  static const char whole[] = "{\"schema\": \"greenmile-run-2\", \"values\": [1.5, true, null], \"end\": {}}";
  for (size_t length = 0; length < sizeof whole - 1; length++) {
    struct json_object *root;
    gm_error err;
    assert_int_equal(read_bytes(whole, length, &root, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, ": not valid JSON: it ends too early"));
    assert_null(root);
  }
}

/* What RFC 8259 has, and what it has not, whatever version of json-c there is; the texts of the second column
 * are what json-c writes for the value. */
static const struct {
  const char *text, *plain; /* plain: NULL where the text must be refused */
} documents[] = {
    /* strings: every kind of UTF-8, every escape */
    {"{\"a\":\"Niño\"}", "{\"a\":\"Niño\"}"},
    {"{\"ñ\": {\"unit\": \"°C\"}}", "{\"ñ\":{\"unit\":\"°C\"}}"},
    {"\"CO₂ 🌍\"", "\"CO₂ 🌍\""},
    {"[\"\xc2\x80\", \"\xdf\xbf\", \"\xe0\xa0\x80\", \"\xed\x9f\xbf\", \"\xee\x80\x80\", "
     "\"\xf4\x8f\xbf\xbf\"]",
     "[\"\xc2\x80\",\"\xdf\xbf\",\"\xe0\xa0\x80\",\"\xed\x9f\xbf\",\"\xee\x80\x80\",\"\xf4\x8f\xbf\xbf\"]"},
    {"\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\"", "\"\\\" \\\\ / \\b \\f \\n \\r \\t\""},
    {"\"\\u0041\\u00f1\\u20AC\\uD83C\\uDF0D\"", "\"Añ€🌍\""},
    {"\"\\ud83c|\\udf0d|\\ud83c\\u0041\"", "\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd"
                                           "A\""},
    {"\"a\\u0000b\"", "\"a\\u0000b\""},
    {"\"\x7f\"", "\"\x7f\""},
    {"\"\xc0\xaf\"", NULL},         /* overlong */
    {"\"\xe0\x80\xaf\"", NULL},     /* overlong */
    {"\"\xf0\x80\x80\xaf\"", NULL}, /* overlong */
    {"\"\xed\xa0\x80\"", NULL},     /* a surrogate */
    {"\"\xf4\x90\x80\x80\"", NULL}, /* U+110000 */
    {"\"\xff\"", NULL},
    {"\"\x80\"", NULL},     /* a continuation byte alone */
    {"\"\xe2\x82\"", NULL}, /* cut short */
    {"{\"\xe2\x82\": 1}", NULL},
    {"\xef\xbb\xbf{}", NULL}, /* a byte-order mark */
    {"\"a\nb\"", NULL},       /* control characters */
    {"\"a\tb\"", NULL},
    {"{\"a\x01\": 1}", NULL},
    {"\x0c{}", NULL},
    {"\"\\x41\"", NULL},
    {"\"\\u12g4\"", NULL},
    {"\"\\'\"", NULL},
    {"'a'", NULL},
    {"{\"a\\u0000b\": 1}", NULL}, /* json-c would end the name at the zero byte */
    /* numbers */
    {"[0, -0.0, 1e5, 1E+2, -1.5e-3, 9223372036854775807, -9223372036854775808]",
     "[0,-0.0,1e5,1E+2,-1.5e-3,9223372036854775807,-9223372036854775808]"},
    {"[NaN, Infinity, -Infinity]", "[NaN,Infinity,-Infinity]"},
    {"9223372036854775808", NULL},
    {"-9223372036854775809", NULL},
    {"18446744073709551616", NULL},
    {"{\"n\": 123456789012345678901234567890}", NULL},
    {"1e999", NULL},
    {"-1e999", NULL},
    {"01", NULL},
    {"-", NULL},
    {"+1", NULL},
    {".5", NULL},
    {"1.", NULL},
    {"1e", NULL},
    {"0x10", NULL},
    {"1_000", NULL},
    {"nan", NULL},
    {"Inf", NULL},
    {"-NaN", NULL},
    {"{\"a\": 01x}", NULL},
    /* words, arrays, objects, what stands around them */
    {" [ true , false , null ] \r\n\t", "[true,false,null]"},
    {"{}\r\n\n \t", "{}"},
    {"[]", "[]"},
    {"12\n", "12"},
    {"{\"\": {\"a\": [[], {}]}}", "{\"\":{\"a\":[[],{}]}}"},
    {"", NULL},
    {" \n", NULL},
    {"nul", NULL},
    {"True", NULL},
    {"nullx", NULL},
    {"{} junk", NULL},
    {"{}{}", NULL},
    {"[1] [2]\n", NULL},
    {"{} // comment", NULL},
    {"/* comment */ {}", NULL},
    {"[1, /* comment */ 2]", NULL},
    {"[1,]", NULL},
    {"[,1]", NULL},
    {"[1 2]", NULL},
    {"[1, 2", NULL},
    {"[1}", NULL},
    {"{\"a\":1,}", NULL},
    {"{\"a\" 1}", NULL},
    {"{a: 1}", NULL},
    {"{\"a\": 1 \"b\": 2}", NULL},
    {"{1: 2}", NULL},
    {"{\"a\"}", NULL},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", NULL}, /* which of them? */
};

static void json_is_what_the_standard_says(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
    struct json_object *root;
    gm_error err = {GM_OK, ""};
    const char *text = documents[i].text, *plain = documents[i].plain;
    const gm_status status = read_text(text, &root, &err);
    if (status != (plain != NULL ? GM_OK : GM_BAD_INPUT)) fail_msg("%s: %d %s", text, status, err.message);
    if (plain == NULL) {
      assert_null(root);
      assert_non_null(strstr(err.message, "/tmp/gm_json_"));
      assert_non_null(strstr(err.message, ": not valid JSON: "));
      continue;
    }
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    assert_string_equal(json_object_to_json_string_ext(root, flags), plain);
    json_object_put(root);
  }
}

static void a_zero_byte_ends_no_document(void **state) {
  (void)state;
  static const char inside[] = "\"a\0b\"", behind[] = "{}\0{}";
  struct json_object *root;
  assert_int_equal(read_bytes(inside, sizeof inside - 1, &root, NULL), GM_BAD_INPUT);
  assert_int_equal(read_bytes(behind, sizeof behind - 1, &root, NULL), GM_BAD_INPUT);
  assert_int_equal(read_bytes(behind, 3, &root, NULL), GM_BAD_INPUT);
}

static gm_status parse(const char *text, unsigned allowed, struct json_object **root) {
  return gm_json_parse(text, strlen(text), allowed, root, NULL);
}

static void callers_say_what_else_they_take(void **state) {
  (void)state;
  struct json_object *root;
  assert_int_equal(parse("[NaN]", 0, &root), GM_BAD_INPUT);
  assert_int_equal(parse("[-Infinity]", 0, &root), GM_BAD_INPUT);
  assert_int_equal(parse("{\"a\": 1, \"a\": 3}", GM_JSON_DUPLICATES, &root), GM_OK);
  assert_true(gm_json_number(root, "a") == 3);
  json_object_put(root);
  assert_int_equal(parse("{\"a\": 36893488147419103232, \"b\": 1e999}", GM_JSON_HUGE_NUMBERS, &root), GM_OK);
  assert_true(gm_json_number(root, "a") == 0x1p65 && isinf(gm_json_number(root, "b")));
  assert_string_equal(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN),
                      "{\"a\":36893488147419103232,\"b\":1e999}"); /* written as it was read */
  json_object_put(root);
}

static void messages_name_the_line(void **state) {
  (void)state;
  struct json_object *root;
  gm_error err;
  const char *text = "{\n \"a\": 1,\n \"b\": 01\n}\n";
  assert_int_equal(gm_json_parse(text, strlen(text), 0, &root, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "line 3: expected a comma or }");
  text = "{\"a\": 1,\n \"a\": 2}";
  assert_int_equal(gm_json_parse(text, strlen(text), 0, &root, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "line 2: a name that the object has already");
}

/* A text that ends where the memory ends: no byte behind it is looked at. */
static void nothing_is_read_behind_the_end(void **state) {
  (void)state;
  const char *const texts[] = {"12",  "[1, tru", "\"\\u00", "{\"a\": \"\xe2\x82", "-", "\"\\",
                               "[1e", "Na",      "-I"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const size_t length = strlen(texts[i]);
    char *exact = malloc(length);
    struct json_object *root;
    assert_non_null(exact);
    memcpy(exact, texts[i], length);
    gm_json_parse(exact, length, GM_JSON_NAN, &root, NULL); /* ASan and valgrind are the judges */
    assert_true((root != NULL) == (i == 0));
    json_object_put(root);
    free(exact);
  }
}

/* Longer than the memory a file is first given, with and without something after it. */
static void large_files_are_read_whole(void **state) {
  (void)state;
  const size_t n = 300000;
  char *text = malloc(n + 16);
  assert_non_null(text);
  text[0] = '"';
  memset(text + 1, 'x', n);
  strcpy(text + 1 + n, "\"");
  struct json_object *root;
  assert_int_equal(read_text(text, &root, NULL), GM_OK);
  assert_int_equal(json_object_get_string_len(root), n);
  json_object_put(root);
  memset(text, ' ', n);
  memcpy(text, "{}", 2);
  strcpy(text + n, "\n");
  assert_int_equal(read_text(text, &root, NULL), GM_OK);
  json_object_put(root);
  strcpy(text + n, "{}");
  assert_int_equal(read_text(text, &root, NULL), GM_BAD_INPUT);
  free(text);
}

static void hostile_nesting_is_refused(void **state) {
  (void)state;
  char text[100001];
  struct json_object *root;
  memset(text, '[', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  assert_int_equal(read_text(text, &root, NULL), GM_BAD_INPUT);
}

static void what_is_no_readable_file_is_refused(void **state) {
  (void)state;
  struct json_object *root;
  gm_error err;
  assert_int_equal(gm_json_read("/nonexistent/x.json", &root, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/nonexistent/x.json: cannot open it: "));
  assert_int_equal(gm_json_read("/", &root, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "/: cannot read it: "));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_come_back_bit_by_bit),
      cmocka_unit_test(what_is_not_finite_becomes_null),
      cmocka_unit_test(numbers_are_written_as_short_as_they_come_back),
      cmocka_unit_test(texts_come_back_and_stay_utf_8),
      cmocka_unit_test(members_of_another_type_count_as_absent),
      cmocka_unit_test(pythons_nan_is_read_as_nan),
      cmocka_unit_test(a_truncated_file_is_refused),
      cmocka_unit_test(json_is_what_the_standard_says),
      cmocka_unit_test(a_zero_byte_ends_no_document),
      cmocka_unit_test(callers_say_what_else_they_take),
      cmocka_unit_test(messages_name_the_line),
      cmocka_unit_test(nothing_is_read_behind_the_end),
      cmocka_unit_test(large_files_are_read_whole),
      cmocka_unit_test(hostile_nesting_is_refused),
      cmocka_unit_test(what_is_no_readable_file_is_refused),
  };
  return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
