/* SPDX-License-Identifier: MIT
 * Reading what scripts/peers/torch_fixtures.py wrote, and making the data it made. A
 * fixture that is not there or of another layout fails the test. */
#ifndef TESTS_TORCH_FIXTURE_H
#define TESTS_TORCH_FIXTURE_H

#include "tests/numbers.h"

#include "common/json.h"

#include <stdbool.h>

/* The whole fixture; json_object_put it. */
static inline struct json_object *fixture_read(const char *path) {
  struct json_object *root;
  gm_error err;
  if (gm_json_read(path, &root, &err) != GM_OK) fail_msg("%s", err.message);
  return root;
}

static inline struct json_object *fixture_member(const struct json_object *object, const char *key) {
  struct json_object *found = NULL;
  if (!json_object_object_get_ex(object, key, &found)) fail_msg("fixture without \"%s\"", key);
  return found;
}

static inline double fixture_number(const struct json_object *object, const char *key) {
  return json_object_get_double(fixture_member(object, key));
}
static inline size_t fixture_count(const struct json_object *object, const char *key) {
  return (size_t)json_object_get_int64(fixture_member(object, key));
}
static inline const char *fixture_text(const struct json_object *object, const char *key) {
  return json_object_get_string(fixture_member(object, key));
}
static inline bool fixture_truth(const struct json_object *object, const char *key) {
  return json_object_get_boolean(fixture_member(object, key));
}

/* The numbers of an array, *n of them. */
static inline double *fixture_numbers(const struct json_object *object, const char *key, size_t *n) {
  struct json_object *array = fixture_member(object, key);
  *n = json_object_array_length(array);
  double *numbers = calloc(*n > 0 ? *n : 1, sizeof *numbers);
  assert_non_null(numbers);
  for (size_t i = 0; i < *n; i++) numbers[i] = json_object_get_double(json_object_array_get_idx(array, i));
  return numbers;
}

/* word_sum of the generator: sum of (2i + 1)·word modulo 2^64. */
static inline uint64_t word_sum(const void *words, size_t n) {
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t word;
    memcpy(&word, (const char *)words + i * sizeof word, sizeof word);
    sum += (2 * (uint64_t)i + 1) * word;
  }
  return sum;
}

static inline uint64_t fixture_word_sum(const struct json_object *object) {
  return strtoull(fixture_text(object, "word_sum"), NULL, 10);
}

/* (2 · RandomState.random_sample(n) − 1) as float32, the next n of them. */
static inline float *numpy_floats(gm_rng *rng, size_t n) {
  float *x = new_floats(n);
  for (size_t i = 0; i < n; i++) x[i] = (float)(2 * gm_rng_double(rng) - 1);
  return x;
}

#endif
