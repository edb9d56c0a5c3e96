/* SPDX-License-Identifier: MIT
 * safetensors files (huggingface/safetensors, format description): the header is read as hostile, every
 * length, offset and overlap checked before use. */
#include "models/files/safetensors.h"

#include "common/atomic_file.h"
#include "models/files/checksum.h"
#include "models/files/header_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors data are little-endian; this code copies them as they are"
#endif

/* The reference reader refuses longer headers (safetensors, MAX_HEADER_SIZE). */
static const uint64_t largest_header = 100 * 1000 * 1000;
enum { HEADER_ALIGNMENT = 8 };

/* ---- writing ---------------------------------------------------------------- */

static size_t count_of(const gm_named_tensor *t) {
  size_t count = 1;
  for (size_t i = 0; i < t->rank; i++) count *= t->shape[i];
  return count;
}

static struct json_object *integers(const size_t *values, size_t n) {
  struct json_object *array = json_object_new_array();
  for (size_t i = 0; i < n; i++) json_object_array_add(array, json_object_new_int64((int64_t)values[i]));
  return array;
}

/* __metadata__: the caller's texts and the seal. */
static struct json_object *sealed_metadata(const struct json_object *metadata) {
  struct json_object *copy = NULL;
  if (metadata != NULL)
    json_object_deep_copy((struct json_object *)metadata, &copy, NULL); /* json-c reads it only */
  if (copy == NULL) copy = json_object_new_object();
  gm_seal_add(copy);
  return copy;
}

/* The header as text in fresh memory, padded with spaces as the format asks. */
static char *header_text(const gm_named_tensor *tensors, size_t n, const struct json_object *metadata) {
  struct json_object *header = json_object_new_object();
  json_object_object_add(header, "__metadata__", sealed_metadata(metadata));
  for (size_t i = 0, offset = 0; i < n; i++) {
    struct json_object *entry = json_object_new_object();
    const size_t offsets[2] = {offset, offset + count_of(&tensors[i]) * sizeof(float)};
    gm_json_add_text(entry, "dtype", "F32");
    json_object_object_add(entry, "shape", integers(tensors[i].shape, tensors[i].rank));
    json_object_object_add(entry, "data_offsets", integers(offsets, 2));
    json_object_object_add(header, tensors[i].name, entry);
    offset = offsets[1];
  }
  const char *json =
      json_object_to_json_string_ext(header, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
  const size_t length = json != NULL ? strlen(json) : 0;
  const size_t padding = (HEADER_ALIGNMENT - length % HEADER_ALIGNMENT) % HEADER_ALIGNMENT;
  char *text = json != NULL ? malloc(length + padding + 1) : NULL;
  if (text != NULL) snprintf(text, length + padding + 1, "%s%*s", json, (int)padding, "");
  json_object_put(header);
  return text;
}

gm_status gm_safetensors_write(const char *path, const gm_named_tensor *tensors, size_t n,
                               const struct json_object *metadata, gm_error *err) {
  gm_atomic_file file = {0};
  gm_checksum *content = gm_checksum_create();
  char *text = header_text(tensors, n, metadata);
  gm_status status = content == NULL || text == NULL ? gm_fail_memory(err, path) : GM_OK;
  if (status == GM_OK) status = gm_atomic_file_open(&file, path, err);
  if (status == GM_OK) {
    const uint64_t length = strlen(text);
    gm_checksum_add(content, text, (size_t)length);
    for (size_t i = 0; i < n; i++)
      gm_checksum_add(content, tensors[i].data, count_of(&tensors[i]) * sizeof(float));
    gm_seal_set(text, content);
    fwrite(&length, sizeof length, 1, file.stream);
    fwrite(text, 1, (size_t)length, file.stream);
    for (size_t i = 0; i < n; i++) fwrite(tensors[i].data, sizeof(float), count_of(&tensors[i]), file.stream);
    status = gm_atomic_file_commit(&file, err);
  }
  gm_checksum_free(content);
  free(text);
  return status;
}

/* ---- reading ------------------------------------------------------------------ */

/* A whole number of JSON in [0, limit]. */
static bool size_from_json(struct json_object *value, size_t limit, size_t *size) {
  if (!json_object_is_type(value, json_type_int)) return false;
  const int64_t number = json_object_get_int64(value);
  *size = (size_t)number;
  return number >= 0 && (uint64_t)number <= limit;
}

/* Fills `t` from a header entry; on failure says what was expected. */
static const char *read_entry(struct json_object *entry, const float *data, size_t data_size,
                              gm_named_tensor *t) {
  struct json_object *shape, *offsets;
  size_t begin, end;
  const char *dtype = json_object_is_type(entry, json_type_object) ? gm_json_text(entry, "dtype") : NULL;
  if (dtype == NULL || strcmp(dtype, "F32") != 0) return "expected dtype F32";
  if (!json_object_object_get_ex(entry, "shape", &shape) || !json_object_is_type(shape, json_type_array) ||
      json_object_array_length(shape) > GM_TENSOR_MAX_RANK)
    return "expected a shape of at most 8 dimensions";
  t->rank = json_object_array_length(shape);
  t->count = 1;
  for (size_t i = 0; i < t->rank; i++) {
    if (!size_from_json(json_object_array_get_idx(shape, i), data_size, &t->shape[i]))
      return "a dimension is no whole number that fits the file";
    if (t->shape[i] != 0 && t->count > data_size / t->shape[i]) return "its shape is larger than the file";
    t->count *= t->shape[i];
  }
  if (!json_object_object_get_ex(entry, "data_offsets", &offsets) ||
      !json_object_is_type(offsets, json_type_array) || json_object_array_length(offsets) != 2 ||
      !size_from_json(json_object_array_get_idx(offsets, 0), data_size, &begin) ||
      !size_from_json(json_object_array_get_idx(offsets, 1), data_size, &end) || begin > end)
    return "expected two ascending data offsets inside the file";
  if (begin % sizeof(float) != 0 || (end - begin) / sizeof(float) != t->count ||
      (end - begin) % sizeof(float) != 0)
    return "its data offsets do not fit its shape";
  t->data = data + begin / sizeof(float);
  return NULL;
}

static int by_data(const void *a, const void *b) {
  const gm_named_tensor *x = a, *y = b;
  if (x->data != y->data) return x->data < y->data ? -1 : 1;
  return x->count < y->count ? -1 : x->count > y->count;
}

/* Reads the header text and the data behind it. */
static gm_status read_parts(FILE *stream, const char *path, gm_safetensors *f, size_t *data_size,
                            gm_error *err) {
  struct stat info;
  uint64_t length;
  if (fstat(fileno(stream), &info) != 0 || !S_ISREG(info.st_mode))
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a regular file", path);
  const uint64_t file_size = (uint64_t)info.st_size;
  if (fread(&length, sizeof length, 1, stream) != 1 || length > largest_header ||
      length > file_size - sizeof length)
    return gm_fail(err, GM_BAD_INPUT, "%s: not a safetensors file: its header length is wrong", path);
  *data_size = (size_t)(file_size - sizeof length - length);
  char *text = malloc((size_t)length + 1);
  f->data = malloc(*data_size + sizeof(float));
  gm_status status = GM_OK;
  if (text == NULL || f->data == NULL)
    status = gm_fail_memory(err, path);
  else if (fread(text, 1, (size_t)length, stream) != length ||
           fread(f->data, 1, *data_size, stream) != *data_size)
    status = gm_fail(err, GM_IO_ERROR, "%s: cannot read it: %s", path, strerror(errno));
  if (status == GM_OK) {
    text[length] = '\0';
    /* What is too large or there twice is refused where it stands. */
    gm_json_parse(text, (size_t)length, GM_JSON_HUGE_NUMBERS | GM_JSON_DUPLICATES, &f->header, NULL);
    if (!json_object_is_type(f->header, json_type_object))
      status = gm_fail(err, GM_BAD_INPUT, "%s: not a safetensors file: its header is no JSON object", path);
  }
  if (status == GM_OK) {
    const char *wrong = gm_header_text_check(text);
    if (wrong != NULL) status = gm_fail(err, GM_BAD_INPUT, "%s: not a safetensors file: %s", path, wrong);
  }
  if (status == GM_OK)
    status = gm_seal_check(path, text, (size_t)length, f->data, *data_size, &f->sealed, err);
  free(text);
  return status;
}

/* An object of strings, or none: absent or null. */
static gm_status check_metadata(const char *path, struct json_object *metadata, gm_error *err) {
  if (metadata == NULL) return GM_OK;
  if (!json_object_is_type(metadata, json_type_object))
    return gm_fail(err, GM_BAD_INPUT, "%s: __metadata__: expected an object of strings", path);
  json_object_object_foreach(metadata, key, value) {
    if (!json_object_is_type(value, json_type_string))
      return gm_fail(err, GM_BAD_INPUT, "%s: __metadata__: \"%.80s\": expected a string", path, key);
  }
  return GM_OK;
}

static gm_status index_tensors(const char *path, gm_safetensors *f, size_t data_size, gm_error *err) {
  f->tensors = calloc((size_t)json_object_object_length(f->header) + 1, sizeof *f->tensors);
  if (f->tensors == NULL) return gm_fail_memory(err, path);
  json_object_object_foreach(f->header, name, entry) {
    if (strcmp(name, "__metadata__") == 0) {
      f->metadata = entry;
      continue;
    }
    gm_named_tensor *t = &f->tensors[f->n++];
    t->name = name;
    const char *wrong = read_entry(entry, f->data, data_size, t);
    if (wrong != NULL) return gm_fail(err, GM_BAD_INPUT, "%s: tensor \"%.80s\": %s", path, name, wrong);
  }
  gm_status status = check_metadata(path, f->metadata, err);
  if (status != GM_OK) return status;
  qsort(f->tensors, f->n, sizeof *f->tensors, by_data);
  const float *expected = f->data; /* the format allows neither holes nor overlaps */
  for (size_t i = 0; i < f->n; expected += f->tensors[i].count, i++)
    if (f->tensors[i].data != expected)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: tensor \"%.80s\": its data overlap another tensor's or leave a hole", path,
                     f->tensors[i].name);
  if ((size_t)(expected - f->data) * sizeof(float) != data_size)
    return gm_fail(err, GM_BAD_INPUT, "%s: data behind the last tensor", path);
  return GM_OK;
}

gm_status gm_safetensors_read(const char *path, gm_safetensors *f, gm_error *err) {
  size_t data_size = 0;
  *f = (gm_safetensors){0};
  FILE *stream = fopen(path, "rb");
  if (stream == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it: %s", path, strerror(errno));
  gm_status status = read_parts(stream, path, f, &data_size, err);
  fclose(stream);
  if (status == GM_OK) status = index_tensors(path, f, data_size, err);
  if (status != GM_OK) gm_safetensors_free(f);
  return status;
}

void gm_safetensors_free(gm_safetensors *f) {
  free(f->tensors);
  free(f->data);
  json_object_put(f->header);
  *f = (gm_safetensors){0};
}

const gm_named_tensor *gm_safetensors_find(const gm_safetensors *f, const char *name) {
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->tensors[i].name, name) == 0) return &f->tensors[i];
  return NULL;
}
