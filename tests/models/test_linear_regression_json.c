/* SPDX-License-Identifier: MIT
 * linear.json: what is written comes back the same; a hostile file is one sentence. */
#include "common/json.h"
#include "models/regression/linear_regression.h"

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

/* A file name of its own, in path. */
static void make_path(char *path) {
  strcpy(path, "/tmp/gm_linear_XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

static void a_model_comes_back_bit_for_bit(void **state) {
  (void)state;
  const double X[] = {1, 2.5, 3, 5.1, 8, 13, 0.3, 7, 1e-3, 4}, y[] = {1, 2, 4.2, 3, 1};
  gm_linear_regression_config config = gm_linear_regression_config_default();
  config.ridge = GM_RIDGE_LOO;
  gm_linear_regression model, copy;
  struct json_object *input = json_object_new_object(), *input_copy;
  char path[32];
  make_path(path);
  gm_json_add_integer(input, "time_steps", 2);
  assert_int_equal(
      gm_linear_regression_fit(&config, &(gm_predictors){.n = 5, .p = 2, .x = X}, y, &model, NULL), GM_OK);
  model.block = 24; /* as of a choice by blocks */
  model.gap = 3;
  assert_int_equal(gm_linear_regression_write(path, &model, input, NULL), GM_OK);
  assert_int_equal(gm_linear_regression_read(path, &copy, &input_copy, NULL), GM_OK);
  assert_int_equal(copy.p, 2);
  assert_true(copy.block == 24 && copy.gap == 3);
  assert_memory_equal(copy.coefficients, model.coefficients, 2 * sizeof(double));
  assert_true(copy.intercept == model.intercept && copy.lambda == model.lambda && copy.ridge == GM_RIDGE_LOO);
  assert_true(copy.rank == model.rank && copy.singular_value_cutoff == model.singular_value_cutoff);
  assert_true(copy.condition == model.condition && copy.rss == model.rss && copy.cv_rmse == model.cv_rmse);
  assert_true(copy.lambda_at_grid_end == model.lambda_at_grid_end &&
              copy.rank_deficient == model.rank_deficient);
  assert_true(gm_json_number(input_copy, "time_steps") == 2);
  json_object_put(input);
  json_object_put(input_copy);
  gm_linear_regression_free(&model);
  gm_linear_regression_free(&copy);
  unlink(path);
}

static void hostile_files_are_one_sentence(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } bad[] = {
      {"", "not valid JSON"},
      {"[1]", "expected a JSON object"},
      {"{}", "\"coefficients\""},
      {"{\"coefficients\": []}", "\"coefficients\""},
      {"{\"coefficients\": [1, \"2\"]}", "coefficient 2"},
      {"{\"coefficients\": [1, null]}", "coefficient 2"},
      {"{\"coefficients\": [1e999]}", "beyond the range"},
      {"{\"coefficients\": [1]}", "\"intercept\""},
      {"{\"coefficients\": [1], \"intercept\": \"0\"}", "\"intercept\""},
      {"{\"coefficients\": [1], \"intercept\": 0}", "\"ridge\""},
      {"{\"coefficients\": [1], \"intercept\": 0, \"ridge\": 0}", "\"rank\""},
      {"{\"coefficients\": [1], \"intercept\": 0, \"ridge\": 0, \"rank\": 2, \"singular_value_cutoff\": 0}",
       "\"rank\""},
      {"{\"coefficients\": [1], \"intercept\": 0, \"ridge\": -1, \"rank\": 1, \"singular_value_cutoff\": 0}",
       "\"ridge\""},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char path[32];
    make_path(path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(bad[i].text, stream);
    fclose(stream);
    gm_linear_regression model;
    struct json_object *input;
    gm_error err = {0};
    assert_int_equal(gm_linear_regression_read(path, &model, &input, &err), GM_BAD_INPUT);
    if (strstr(err.message, bad[i].words) == NULL || strstr(err.message, path) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", err.message, bad[i].words);
    assert_true(model.coefficients == NULL && input == NULL);
    unlink(path);
  }
}

/* Every flipped bit of a file of ours is refused: by the seal, or because the seal is gone. */
static void no_flipped_bit_passes(void **state) {
  (void)state;
  double coefficient = 0.25;
  gm_linear_regression model = {.p = 1, .coefficients = &coefficient, .intercept = -3, .rank = 1};
  struct json_object *input = json_object_new_object();
  char path[32], bytes[1024];
  make_path(path);
  gm_json_add_text(input, "written_by", "greenmile");
  assert_int_equal(gm_linear_regression_write(path, &model, input, NULL), GM_OK);
  json_object_put(input);
  FILE *stream = fopen(path, "rb");
  assert_non_null(stream);
  const size_t n = fread(bytes, 1, sizeof bytes, stream);
  fclose(stream);
  assert_true(n < sizeof bytes);
  for (size_t bit = 0; bit < 8 * n; bit++) {
    gm_linear_regression read;
    bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    stream = fopen(path, "wb");
    assert_non_null(stream);
    fwrite(bytes, 1, n, stream);
    fclose(stream);
    if (gm_linear_regression_read(path, &read, NULL, NULL) == GM_OK)
      fail_msg("bit %zu of byte %zu flipped, and accepted", bit % 8, bit / 8);
    bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
  }
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_model_comes_back_bit_for_bit),
      cmocka_unit_test(hostile_files_are_one_sentence),
      cmocka_unit_test(no_flipped_bit_passes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
