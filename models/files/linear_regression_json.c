/* SPDX-License-Identifier: MIT
 * linear.json: a fitted regression as a file, read back as a stranger's. */
#include "models/regression/linear_regression.h"

#include "common/atomic_file.h"
#include "common/csv.h"
#include "common/json.h"
#include "models/files/checksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "gcv" is the word of older files for "loo". */
static gm_ridge ridge_from_text(const char *text) {
  if (text != NULL && strcmp(text, gm_ridge_text(GM_RIDGE_BLOCKS)) == 0) return GM_RIDGE_BLOCKS;
  if (text != NULL && (strcmp(text, gm_ridge_text(GM_RIDGE_LOO)) == 0 || strcmp(text, "gcv") == 0))
    return GM_RIDGE_LOO;
  return GM_RIDGE_FIXED;
}

/* The object as the text of a file, indented, with its seal. */
static gm_status write_sealed(const char *path, struct json_object *root, gm_error *err) {
  const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *json = json_object_to_json_string_ext(root, flags);
  const size_t size = json != NULL ? strlen(json) + 2 : 0;
  char *text = json != NULL ? malloc(size) : NULL;
  gm_checksum *content = gm_checksum_create();
  gm_atomic_file file = {0};
  gm_status status = text == NULL || content == NULL ? gm_fail_memory(err, path) : GM_OK;
  if (status == GM_OK) status = gm_atomic_file_open(&file, path, err);
  if (status == GM_OK) {
    snprintf(text, size, "%s\n", json);
    gm_checksum_add(content, text, size - 1);
    gm_seal_set(text, content);
    fputs(text, file.stream);
    status = gm_atomic_file_commit(&file, err);
  }
  gm_checksum_free(content);
  free(text);
  return status;
}

gm_status gm_linear_regression_write(const char *path, const gm_linear_regression *model,
                                     struct json_object *input, gm_error *err) {
  struct json_object *root = json_object_new_object();
  struct json_object *coefficients = json_object_new_array();
  if (root == NULL || coefficients == NULL) {
    json_object_put(root);
    json_object_put(coefficients);
    return gm_fail_memory(err, path);
  }
  for (size_t j = 0; j < model->p; j++) {
    char text[GM_DOUBLE_TEXT];
    gm_format_double(model->coefficients[j], text);
    json_object_array_add(coefficients, json_object_new_double_s(model->coefficients[j], text));
  }
  gm_json_add_number(root, "intercept", model->intercept);
  json_object_object_add(root, "coefficients", coefficients);
  gm_json_add_number(root, "ridge", model->lambda);
  gm_json_add_text(root, "ridge_choice", gm_ridge_text(model->ridge));
  gm_json_add_bool(root, "ridge_at_grid_end", model->lambda_at_grid_end);
  gm_json_add_integer(root, "rank", (int64_t)model->rank);
  gm_json_add_bool(root, "rank_deficient", model->rank_deficient);
  gm_json_add_number(root, "singular_value_cutoff", model->singular_value_cutoff);
  gm_json_add_number(root, "condition", model->condition);
  gm_json_add_bool(root, "ill_conditioned", model->ill_conditioned);
  gm_json_add_number(root, "rss", model->rss);
  gm_json_add_integer(root, "components", (int64_t)model->components);
  gm_json_add_integer(root, "block", (int64_t)model->block);
  gm_json_add_integer(root, "gap", (int64_t)model->gap);
  gm_json_add_number(root, "cross_validation_rmse", model->cv_rmse);
  if (input != NULL) json_object_object_add(root, "input", json_object_get(input));
  gm_seal_add(root);
  const gm_status status = write_sealed(path, root, err);
  json_object_put(root);
  return status;
}

/* Reads the file as text and checks its seal. One that says greenmile wrote it has to have one. */
static gm_status check_seal(const char *path, const struct json_object *root, gm_error *err) {
  char *text;
  size_t length;
  bool sealed = false;
  gm_status status = gm_text_read(path, &text, &length, err);
  if (status == GM_OK) status = gm_seal_check(path, text, length, NULL, 0, &sealed, err);
  free(text);
  const struct json_object *input = json_object_object_get(root, "input");
  if (status == GM_OK && !sealed && input != NULL && gm_json_text(input, "written_by") != NULL)
    status = gm_fail(err, GM_BAD_INPUT, GM_SEAL_MISSING, path);
  return status;
}

/* obj[key], or GM_BAD_INPUT unless it is a finite number. */
static gm_status required_number(const char *path, const struct json_object *obj, const char *key,
                                 double *value, gm_error *err) {
  *value = gm_json_number(obj, key);
  if (isfinite(*value)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: expected a number as \"%s\"", path, key);
}

static bool flag(const struct json_object *obj, const char *key) {
  struct json_object *member;
  return json_object_object_get_ex(obj, key, &member) && json_object_get_boolean(member);
}

/* A whole number as the writer has it; 0 where there is none. */
static size_t count(const struct json_object *obj, const char *key) {
  const double value = gm_json_number(obj, key), most = 1e9;
  return value >= 0 && value <= most ? (size_t)value : 0;
}

static gm_status read_coefficients(const char *path, const struct json_object *root,
                                   gm_linear_regression *model, gm_error *err) {
  struct json_object *list;
  if (!json_object_object_get_ex(root, "coefficients", &list) ||
      !json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a list of numbers as \"coefficients\"", path);
  model->p = json_object_array_length(list);
  model->coefficients = malloc(model->p * sizeof *model->coefficients);
  if (model->coefficients == NULL) return gm_fail_memory(err, path);
  for (size_t j = 0; j < model->p; j++) {
    struct json_object *value = json_object_array_get_idx(list, j);
    const enum json_type type = json_object_get_type(value);
    model->coefficients[j] = json_object_get_double(value);
    if ((type != json_type_double && type != json_type_int) || !isfinite(model->coefficients[j]))
      return gm_fail(err, GM_BAD_INPUT, "%s: coefficient %zu is not a finite number", path, j + 1);
  }
  return GM_OK;
}

gm_status gm_linear_regression_read(const char *path, gm_linear_regression *model, struct json_object **input,
                                    gm_error *err) {
  struct json_object *root = NULL, *member = NULL;
  double rank = 0;
  *model = (gm_linear_regression){0};
  if (input != NULL) *input = NULL;
  gm_status status = gm_json_read(path, &root, err);
  if (status != GM_OK) return status;
  if (!json_object_is_type(root, json_type_object))
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected a JSON object", path);
  if (status == GM_OK) status = check_seal(path, root, err);
  if (status == GM_OK) status = read_coefficients(path, root, model, err);
  if (status == GM_OK) status = required_number(path, root, "intercept", &model->intercept, err);
  if (status == GM_OK) status = required_number(path, root, "ridge", &model->lambda, err);
  if (status == GM_OK) status = required_number(path, root, "rank", &rank, err);
  if (status == GM_OK)
    status = required_number(path, root, "singular_value_cutoff", &model->singular_value_cutoff, err);
  if (status == GM_OK && (model->lambda < 0 || rank < 0 || rank > (double)model->p))
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected \"ridge\" of at least 0 and \"rank\" from 0 to %zu",
                     path, model->p);
  if (status == GM_OK) {
    model->rank = (size_t)rank;
    model->ridge = model->lambda > 0 ? ridge_from_text(gm_json_text(root, "ridge_choice")) : GM_RIDGE_NONE;
    model->components = count(root, "components");
    model->block = count(root, "block");
    model->gap = count(root, "gap");
    model->lambda_at_grid_end = flag(root, "ridge_at_grid_end");
    model->rank_deficient = flag(root, "rank_deficient");
    model->condition = gm_json_number(root, "condition");
    model->ill_conditioned = flag(root, "ill_conditioned");
    model->rss = gm_json_number(root, "rss");
    model->cv_rmse = gm_json_number(root, "cross_validation_rmse");
    if (input != NULL && json_object_object_get_ex(root, "input", &member)) *input = json_object_get(member);
  } else {
    gm_linear_regression_free(model);
  }
  json_object_put(root);
  return status;
}
