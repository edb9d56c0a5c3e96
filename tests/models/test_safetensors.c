/* SPDX-License-Identifier: MIT
 * The format, byte by byte: a file written here has the published layout, and damaged or
 * hostile ones are refused with a sentence. */
#include "models/files/safetensors.h"
#include "tests/numbers.h"
#include "tests/scratch.h"

#include <stdio.h>

/* Writes header and data with the length in front, or with `length` where it is not 0. */
static void write_raw(const char *path, uint64_t length, const char *header, const void *data, size_t size) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  if (length == 0) length = strlen(header);
  fwrite(&length, sizeof length, 1, f);
  fwrite(header, 1, strlen(header), f);
  fwrite(data, 1, size, f);
  assert_int_equal(fclose(f), 0);
}

/* ---- good files -------------------------------------------------------------------------- */

static const float numbers[7] = {1, -2, 3.5f, 0, FLT_MAX, -FLT_MIN, 0x1p-149f};

static void a_written_file_has_the_published_layout(void **state) {
  const char *path = scratch_path(*state, "a.safetensors");
  const gm_named_tensor tensors[2] = {{.name = "0.weight", .rank = 3, .shape = {2, 1, 3}, .data = numbers},
                                      {.name = "0.bias", .rank = 1, .shape = {1}, .data = numbers + 6}};
  struct json_object *metadata = json_object_new_object();
  gm_json_add_text(metadata, "arch", "conv:2:3");
  assert_int_equal(gm_safetensors_write(path, tensors, 2, metadata, NULL), GM_OK);
  json_object_put(metadata);
  /* the checksum of the whole with 32 zeros in its place, by Python's xxhash 3: xxh3_128_hexdigest */
  static const char header[] =
      "{\"__metadata__\":{\"arch\":\"conv:2:3\",\"checksum\":\"d1c5c6436a0fa04ef9970c46e56c5ae7\"},"
      "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[2,1,3],\"data_offsets\":[0,24]},"
      "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}";
  unsigned char expected[512], bytes[512];
  size_t n = sizeof header - 1;
  memcpy(expected + 8, header, n);
  while (n % 8 != 0) expected[8 + n++] = ' ';
  for (size_t i = 0; i < 8; i++) expected[i] = (unsigned char)(n >> (8 * i));
  memcpy(expected + 8 + n, numbers, sizeof numbers);
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  assert_int_equal(fread(bytes, 1, sizeof bytes, f), 8 + n + sizeof numbers);
  fclose(f);
  assert_memory_equal(bytes, expected, 8 + n + sizeof numbers);
}

static void what_was_written_is_read_back(void **state) {
  const char *path = scratch_path(*state, "a.safetensors");
  const gm_named_tensor tensors[4] = {{.name = "scalar", .rank = 0, .data = numbers},
                                      {.name = "none", .rank = 2, .shape = {3, 0}, .data = numbers},
                                      {.name = "a \"b\" Ω", .rank = 2, .shape = {2, 3}, .data = numbers + 1},
                                      {.name = "nothing", .rank = 1, .shape = {0}, .data = numbers}};
  gm_safetensors file;
  assert_int_equal(gm_safetensors_write(path, tensors, 4, NULL, NULL), GM_OK);
  assert_int_equal(gm_safetensors_read(path, &file, NULL), GM_OK);
  assert_int_equal(file.n, 4);
  assert_int_equal(json_object_object_length(file.metadata), 1); /* the checksum */
  assert_true(file.sealed);
  for (size_t i = 0; i < 4; i++) {
    const gm_named_tensor *t = gm_safetensors_find(&file, tensors[i].name);
    assert_non_null(t);
    assert_int_equal(t->rank, tensors[i].rank);
    assert_memory_equal(t->shape, tensors[i].shape, t->rank * sizeof *t->shape);
    assert_int_equal(t->count, i == 0 ? 1 : i == 2 ? 6 : 0);
    assert_memory_equal(t->data, tensors[i].data, t->count * sizeof(float));
  }
  assert_null(gm_safetensors_find(&file, "other"));
  gm_safetensors_free(&file);
  gm_safetensors_free(&file); /* harmless */
}

static void tensors_come_in_the_order_of_their_data(void **state) {
  const char *path = scratch_path(*state, "a.safetensors");
  gm_safetensors file;
  write_raw(path, 0,
            "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
            "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   ",
            numbers, 12);
  assert_int_equal(gm_safetensors_read(path, &file, NULL), GM_OK);
  assert_string_equal(file.tensors[0].name, "a");
  assert_string_equal(file.tensors[1].name, "b");
  assert_true(file.tensors[1].data[0] == numbers[2]);
  gm_safetensors_free(&file);
  write_raw(path, 0, "{}", numbers, 0);
  assert_int_equal(gm_safetensors_read(path, &file, NULL), GM_OK);
  assert_int_equal(file.n, 0);
  gm_safetensors_free(&file);
}

/* ---- hostile files ---------------------------------------------------------------------------- */

#define ENTRY(name, shape, offsets)                                                                          \
  "\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void hostile_headers_are_refused_with_a_sentence(void **state) {
  /* each with 12 bytes of data behind the header */
  static const char offsets_wrong[] = "tensor \"a\": expected two ascending data offsets inside the file";
  static const char not_fitting[] = "tensor \"a\": its data offsets do not fit its shape";
  static const char no_json[] = "not a safetensors file: its header is no JSON object";
  static const char not_whole[] = "tensor \"a\": a dimension is no whole number that fits the file";
  static const char twice[] = "one of __metadata__, dtype, shape and data_offsets is there twice";
  static const char overlapping[] = "its data overlap another tensor's or leave a hole";
  static const struct {
    const char *header, *wrong;
  } cases[] = {
      {"{" ENTRY("a", "[3]", "[0,12]"), no_json}, /* never closed */
      {"", no_json},
      {"hello", no_json},
      {"[1,2]", no_json},
      {"null", no_json},
      {"{" ENTRY("a", "[3]", "[0,12]") "} trailing", no_json},
      {"{" ENTRY("a", "[3]", "[0,12]") "}{}", no_json},
      {"/* */{" ENTRY("a", "[3]", "[0,12]") "}", no_json},
      {"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
       "tensor \"a\": expected dtype F32"},
      {"{\"a\":1}", "tensor \"a\": expected dtype F32"},
      {"{\"a\":null}", "tensor \"a\": expected dtype F32"},
      {"{\"a\":{\"shape\":[3],\"data_offsets\":[0,12]}}", "tensor \"a\": expected dtype F32"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}",
       "tensor \"a\": expected dtype F32"},
      {"{\"a\":{\"dtype\":4,\"shape\":[3],\"data_offsets\":[0,12]}}", "tensor \"a\": expected dtype F32"},
      {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,12]}}",
       "tensor \"a\": expected a shape of at most 8 dimensions"},
      {"{" ENTRY("a", "3", "[0,12]") "}", "tensor \"a\": expected a shape of at most 8 dimensions"},
      {"{" ENTRY("a", "[3,1,1,1,1,1,1,1,1]", "[0,12]") "}",
       "tensor \"a\": expected a shape of at most 8 dimensions"},
      {"{" ENTRY("a", "[-3]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[3.0]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[\"3\"]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[4294967296]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[18446744073709551615]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[99999999999999999999999999]", "[0,12]") "}", not_whole},
      {"{" ENTRY("a", "[12,12]", "[0,12]") "}", "tensor \"a\": its shape is larger than the file"},
      {"{" ENTRY("a", "[8,8,8,8,8,8,8,8]", "[0,12]") "}", "tensor \"a\": its shape is larger than the file"},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3]}}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[0]") "}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[0,12,12]") "}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[12,0]") "}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[-12,0]") "}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[4,16]") "}", offsets_wrong},
      {"{" ENTRY("a", "[3]", "[18446744073709551604,18446744073709551615]") "}", offsets_wrong},
      {"{" ENTRY("a", "[2]", "[0,12]") "}", not_fitting},
      {"{" ENTRY("a", "[0]", "[0,12]") "}", not_fitting},
      {"{" ENTRY("a", "[2]", "[2,10]") "}", not_fitting},
      {"{" ENTRY("a", "[2]", "[0,9]") "}", not_fitting},
      {"{" ENTRY("a", "[2]", "[0,8]") "}", "data behind the last tensor"},
      {"{" ENTRY("a", "[2]", "[4,12]") "}", overlapping},
      {"{" ENTRY("a", "[2]", "[0,8]") "," ENTRY("b", "[2]", "[4,12]") "}", overlapping},
      {"{" ENTRY("a", "[3]", "[0,12]") "," ENTRY("b", "[3]", "[0,12]") "}", overlapping},
      {"{" ENTRY("a", "[1]", "[0,4]") "," ENTRY("b", "[1]", "[8,12]") "}", overlapping},
      {"{" ENTRY("a", "[3]", "[0,12]") "," ENTRY("a", "[2]", "[4,12]") "}",
       overlapping}, /* the last counts */
      {"{" ENTRY("a", "[2]", "[0,8]") "," ENTRY("a", "[1]", "[8,12]") "}", overlapping},
      {"{\"__metadata__\":{},\"__metadata__\":{}," ENTRY("a", "[3]", "[0,12]") "}", twice},
      {"{\"__metadata__\":{},\"\\u005f_metadata__\":{}," ENTRY("a", "[3]", "[0,12]") "}", twice},
      {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", twice},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[3],\"data_offsets\":[0,12]}}", twice},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4],\"data_offsets\":[0,12]}}", twice},
      {"{" ENTRY("a\\u0000b", "[3]", "[0,12]") "}", no_json},
      {"{\"__metadata__\":{\"x\":1}," ENTRY("a", "[3]", "[0,12]") "}",
       "__metadata__: \"x\": expected a string"},
      {"{\"__metadata__\":{\"x\":null}," ENTRY("a", "[3]", "[0,12]") "}",
       "__metadata__: \"x\": expected a string"},
      {"{\"__metadata__\":{\"x\":[\"1\"]}," ENTRY("a", "[3]", "[0,12]") "}",
       "__metadata__: \"x\": expected a string"},
      {"{\"__metadata__\":[]," ENTRY("a", "[3]", "[0,12]") "}",
       "__metadata__: expected an object of strings"},
      {"{\"__metadata__\":7," ENTRY("a", "[3]", "[0,12]") "}", "__metadata__: expected an object of strings"},
      {"{}", "data behind the last tensor"},
  };
  const char *path = scratch_path(*state, "a.safetensors");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_safetensors file;
    gm_error err = {GM_OK, ""};
    write_raw(path, 0, cases[i].header, numbers, 12);
    const gm_status status = gm_safetensors_read(path, &file, &err);
    if (status != GM_BAD_INPUT) fail_msg("accepted: %s", cases[i].header);
    if (strstr(err.message, cases[i].wrong) == NULL)
      fail_msg("%s: \"%s\", expected \"%s\"", cases[i].header, err.message, cases[i].wrong);
    assert_ptr_equal(strstr(err.message, path), err.message); /* names the file first */
    assert_null(file.tensors);
    assert_null(file.data);
  }
}

/* What safetensors 0.8.0 (Python) makes of the same headers, tried on it. */
static void doubled_names_count_as_in_the_reference_library(void **state) {
  static const struct {
    const char *header;
    size_t rank;
    const char *x; /* of the metadata */
  } cases[] = {
      {"{" ENTRY("a", "[3]", "[0,12]") "," ENTRY("a", "[3,1]", "[0,12]") "}", 2, NULL},
      {"{" ENTRY("a", "[3,1]", "[0,12]") "," ENTRY("\\u0061", "[3]", "[0,12]") "}", 1, NULL},
      {"{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}," ENTRY("a", "[3]", "[0,12]") "}", 1, "2"},
      {"{\"__metadata__\":{\"dtype\":\"1\",\"dtype\":\"2\",\"x\":\"{\"}," ENTRY("a", "[3]", "[0,12]") "}", 1,
       "{"},
      {"{\"__metadata__\":null," ENTRY("a", "[3]", "[0,12]") "}", 1, NULL},
      {"{" ENTRY("dtype", "[1]", "[0,4]") "," ENTRY("shape", "[2]", "[4,12]") "}", 1, NULL},
  };
  const char *path = scratch_path(*state, "a.safetensors");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_safetensors file;
    gm_error err = {GM_OK, ""};
    write_raw(path, 0, cases[i].header, numbers, 12);
    if (gm_safetensors_read(path, &file, &err) != GM_OK) fail_msg("%s", err.message);
    assert_int_equal(file.tensors[0].rank, cases[i].rank);
    assert_false(file.sealed);
    if (cases[i].x == NULL)
      assert_null(file.metadata);
    else
      assert_string_equal(gm_json_text(file.metadata, "x"), cases[i].x);
    gm_safetensors_free(&file);
  }
}

static size_t read_bytes(const char *path, unsigned char *bytes, size_t size) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  const size_t n = fread(bytes, 1, size, f);
  assert_int_equal(fclose(f), 0);
  assert_true(n < size);
  return n;
}

static void write_bytes(const char *path, const unsigned char *bytes, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

/* Every single flipped bit of a sealed file is refused, or breaks the word "checksum" itself: then the
 * file counts as unsealed, which those who ask for a seal refuse. */
static void no_flipped_bit_passes(void **state) {
  const char *path = scratch_path(*state, "a.safetensors");
  const gm_named_tensor tensor = {.name = "a", .rank = 1, .shape = {7}, .data = numbers};
  struct json_object *metadata = json_object_new_object();
  unsigned char bytes[512];
  gm_safetensors file;
  gm_json_add_text(metadata, "epoch", "12");
  assert_int_equal(gm_safetensors_write(path, &tensor, 1, metadata, NULL), GM_OK);
  json_object_put(metadata);
  const size_t n = read_bytes(path, bytes, sizeof bytes);
  assert_int_equal(gm_safetensors_read(path, &file, NULL), GM_OK);
  assert_true(file.sealed);
  gm_safetensors_free(&file);
  for (size_t bit = 0; bit < 8 * n; bit++) {
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    write_bytes(path, bytes, n);
    if (gm_safetensors_read(path, &file, NULL) == GM_OK) {
      if (file.sealed) fail_msg("bit %zu of byte %zu flipped, and accepted", bit % 8, bit / 8);
      gm_safetensors_free(&file);
    }
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
  }
}

static void wrong_header_lengths_are_refused(void **state) {
  static const char header[] = "{" ENTRY("a", "[3]", "[0,12]") "}";
  const uint64_t whole = sizeof header - 1;
  const uint64_t lengths[] = {whole + 13, UINT64_MAX, UINT64_MAX - 7, (uint64_t)1 << 63, 100000001};
  const char *path = scratch_path(*state, "a.safetensors");
  gm_safetensors file;
  gm_error err;
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    write_raw(path, lengths[i], header, numbers, 12);
    assert_int_equal(gm_safetensors_read(path, &file, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "not a safetensors file: its header length is wrong"));
  }
  write_raw(path, whole - 1, header, numbers, 12); /* one byte short: the brace belongs to the data */
  assert_int_equal(gm_safetensors_read(path, &file, &err), GM_BAD_INPUT);
  write_raw(path, whole + 1, header, "\0                ", 12); /* a NUL inside the header */
  assert_int_equal(gm_safetensors_read(path, &file, &err), GM_BAD_INPUT);
}

/* Every prefix of a good file is refused, and none upsets the sanitizers. */
static void truncated_files_are_refused(void **state) {
  static const char header[] = "{" ENTRY("a", "[3]", "[0,12]") "}";
  const char *path = scratch_path(*state, "a.safetensors");
  unsigned char bytes[256];
  write_raw(path, 0, header, numbers, 12);
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  const size_t n = fread(bytes, 1, sizeof bytes, f);
  fclose(f);
  for (size_t cut = 0; cut < n; cut++) {
    gm_safetensors file;
    gm_error err;
    f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(bytes, 1, cut, f);
    fclose(f);
    assert_int_equal(gm_safetensors_read(path, &file, &err), GM_BAD_INPUT);
  }
}

static void what_is_no_file_is_refused(void **state) {
  gm_safetensors file;
  gm_error err;
  assert_int_equal(gm_safetensors_read(scratch_path(*state, "absent"), &file, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "absent: cannot open it: No such file or directory"));
  assert_int_equal(gm_safetensors_read("/dev/null", &file, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "/dev/null: expected a regular file");
  assert_int_equal(gm_safetensors_read("/dev", &file, &err), GM_BAD_INPUT);
}

static void a_file_that_cannot_be_written_leaves_nothing(void **state) {
  gm_error err;
  const gm_named_tensor tensor = {.name = "a", .rank = 1, .shape = {7}, .data = numbers};
  assert_int_equal(gm_safetensors_write(scratch_path(*state, "no/such/folder"), &tensor, 1, NULL, &err),
                   GM_IO_ERROR);
}

int main(void) {
#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
  const struct CMUnitTest tests[] = {
      WITH_SCRATCH(a_written_file_has_the_published_layout),
      WITH_SCRATCH(what_was_written_is_read_back),
      WITH_SCRATCH(tensors_come_in_the_order_of_their_data),
      WITH_SCRATCH(hostile_headers_are_refused_with_a_sentence),
      WITH_SCRATCH(doubled_names_count_as_in_the_reference_library),
      WITH_SCRATCH(no_flipped_bit_passes),
      WITH_SCRATCH(wrong_header_lengths_are_refused),
      WITH_SCRATCH(truncated_files_are_refused),
      WITH_SCRATCH(what_is_no_file_is_refused),
      WITH_SCRATCH(a_file_that_cannot_be_written_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
