/* SPDX-License-Identifier: MIT
 * Architecture strings: shapes and counts worked out by hand, and the sentence for every
 * kind of mistake. */
#include "models/network/architecture.h"
#include "tests/assert_near.h"
#include "tests/numbers.h"

#include <stdint.h>

static const gm_shape index_input = {.channels = 1, .length = 12};

static gm_architecture parse(const char *spec, gm_shape input) {
  gm_architecture a;
  gm_error err = {GM_OK, ""};
  if (gm_architecture_parse(spec, input, &a, &err) != GM_OK) fail_msg("%s", err.message);
  return a;
}

static void the_default_index_network_has_the_study_s_parameters(void **state) {
  (void)state;
  static const size_t counts[] = {256,     0, 24704,   0, 0,
                                  3688800, 0, 3274964, 0, 1365}; /* c_out·c_in·k + c_out, n·m + n */
  gm_architecture a = parse(GM_ARCHITECTURE_INDEX, index_input);
  assert_int_equal(a.n_layers, 10);
  assert_int_equal(a.n_parameters, 6990089);
  for (size_t i = 0; i < a.n_layers; i++)
    assert_int_equal(a.layers[i].n_weight + a.layers[i].n_bias, counts[i]);
  gm_architecture_free(&a);
}

static void shapes_and_offsets_follow_the_layers(void **state) {
  (void)state;
  gm_architecture a = parse("conv:6:3,relu,maxpool:2,conv:16:5,maxpool:3,flatten,dense:4,relu,dense:1",
                            (gm_shape){2, 13, false});
  static const gm_shape out[] = {{6, 13, false}, {6, 13, false}, {6, 6, false},
                                 {16, 6, false}, {16, 2, false}, {32, 1, true},
                                 {4, 1, true},   {4, 1, true},   {1, 1, true}};
  static const size_t weight[] = {0, 0, 0, 42, 0, 0, 538, 0, 670},
                      n_weight[] = {36, 0, 0, 480, 0, 0, 128, 0, 4};
  assert_int_equal(a.n_layers, 9);
  for (size_t i = 0; i < 9; i++) {
    const gm_layer *l = &a.layers[i];
    assert_int_equal(l->out.channels, out[i].channels);
    assert_int_equal(l->out.length, out[i].length);
    assert_int_equal(l->out.flat, out[i].flat);
    assert_int_equal(l->n_weight, n_weight[i]);
    if (i > 0) assert_int_equal(gm_shape_size(l->in), gm_shape_size(out[i - 1]));
    if (l->n_weight == 0) continue;
    assert_int_equal(l->weight, weight[i]);
    assert_int_equal(l->bias, weight[i] + n_weight[i]);
    assert_int_equal(l->n_bias, l->out.channels);
  }
  assert_int_equal(a.n_parameters, 675);
  assert_int_equal(gm_shape_size(gm_architecture_input(&a)), 26);
  assert_int_equal(gm_shape_size(gm_architecture_output(&a)), 1);
  gm_architecture_free(&a);
}

static void formatting_gives_the_string_back(void **state) {
  (void)state;
  static const char *const specs[] = {GM_ARCHITECTURE_INDEX, "relu", "flatten,flatten,dense:1",
                                      "maxpool:3,conv:1:9,relu,relu,flatten"};
  for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
    gm_architecture a = parse(specs[i], index_input);
    char *text = gm_architecture_format(&a);
    assert_string_equal(text, specs[i]);
    free(text);
    gm_architecture_free(&a);
  }
}

static void the_summary_lists_layers_shapes_and_counts(void **state) {
  (void)state;
  gm_architecture a = parse("conv:2:3,maxpool:5,flatten,dense:1", index_input);
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  gm_architecture_print(&a, out);
  fclose(out);
  assert_string_equal(text, "layer  kind           output           parameters\n"
                            "       input              1 × 12                 \n"
                            "    0  conv:2:3           2 × 12                8\n"
                            "    1  maxpool:5          2 × 2                 0\n"
                            "    2  flatten            4 × 1                 0\n"
                            "    3  dense:1            1 × 1                 5\n"
                            "       total                                   13\n");
  free(text);
  gm_architecture_free(&a);
}

/* ---- mistakes --------------------------------------------------------------------------- */

#define LAYERS_EXPECTED "expected conv:C_OUT:K, relu, maxpool:K, flatten or dense:N"

static void every_mistake_is_a_sentence_naming_the_layer(void **state) {
  (void)state;
  static const char numbers[] = "its numbers: expected whole ones from 1 to 100000000";
  static const struct {
    const char *spec, *layer, *wrong; /* which layer, what is said of it */
  } cases[] = {
      {"", "0 \"\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"relu,", "1 \"\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"conv:4:3,,relu", "1 \"\" on an input of 4 × 12", LAYERS_EXPECTED},
      {"gelu", "0 \"gelu\" on an input of 1 × 12", LAYERS_EXPECTED "; did you mean relu?"},
      {"relu:1", "0 \"relu:1\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"relu:", "0 \"relu:\" on an input of 1 × 12", LAYERS_EXPECTED},
      {":relu", "0 \":relu\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"relu, relu", "1 \" relu\" on an input of 1 × 12", LAYERS_EXPECTED "; did you mean relu?"},
      {"conv:4", "0 \"conv:4\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"conv::4:3", "0 \"conv::4:3\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"conv:4:3:1", "0 \"conv:4:3:1\" on an input of 1 × 12", LAYERS_EXPECTED},
      {"conv:0:3", "0 \"conv:0:3\" on an input of 1 × 12", numbers},
      {"conv:-4:3", "0 \"conv:-4:3\" on an input of 1 × 12", numbers},
      {"conv:4:3x", "0 \"conv:4:3x\" on an input of 1 × 12", numbers},
      {"flatten,dense:99999999999999999999", "1 \"dense:99999999999999999999\" on an input of 12 × 1",
       numbers},
      {"conv:4:2", "0 \"conv:4:2\" on an input of 1 × 12", "expected an odd kernel size of at most 9999"},
      {"conv:4:10001", "0 \"conv:4:10001\" on an input of 1 × 12",
       "expected an odd kernel size of at most 9999"},
      {"flatten,conv:4:3", "1 \"conv:4:3\" on an input of 12 × 1", "a convolution cannot follow flatten"},
      {"flatten,maxpool:2", "1 \"maxpool:2\" on an input of 12 × 1", "max pooling cannot follow flatten"},
      {"conv:4:3,maxpool:13", "1 \"maxpool:13\" on an input of 4 × 12",
       "the window is longer than its input"},
      {"conv:4:3,dense:1", "1 \"dense:1\" on an input of 4 × 12", "a dense layer needs flatten before it"},
      {"conv:10000000:3", "0 \"conv:10000000:3\" on an input of 1 × 12", "the layer is too large"},
      {"flatten,dense:100000000,dense:100000000", "2 \"dense:100000000\" on an input of 100000000 × 1",
       "the layer is too large"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_architecture a;
    gm_error err = {GM_OK, ""};
    char expected[GM_ERROR_LENGTH];
    snprintf(expected, sizeof expected, "architecture, layer %s: %s", cases[i].layer, cases[i].wrong);
    assert_int_equal(gm_architecture_parse(cases[i].spec, index_input, &a, &err), GM_BAD_INPUT);
    assert_string_equal(err.message, expected);
    assert_null(a.layers);
  }
}

/* c_in · c_out · kernel just above 2^64 (SIZE_MAX + 1) leaves a small number in a size_t. */
static void a_parameter_count_that_wraps_around_is_refused(void **state) {
  (void)state;
  gm_architecture a;
  gm_error err;
  size_t kernel = 9999, c_out = 0;
  for (; kernel > 1; kernel -= 2) {
    c_out = SIZE_MAX / (100000000 * kernel) + 1;
    if (c_out <= 100000000 && c_out * 100000000u * kernel < 1500000000u) break;
  }
  assert_true(kernel > 1);
  char spec[64];
  snprintf(spec, sizeof spec, "conv:%zu:%zu", c_out, kernel);
  assert_int_equal(gm_architecture_parse(spec, (gm_shape){100000000, 1, false}, &a, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "the layer is too large"));
}

static void an_impossible_input_is_refused(void **state) {
  (void)state;
  static const gm_shape inputs[] = {{.channels = 0, .length = 12},
                                    {.channels = 1, .length = 0},
                                    {.channels = (size_t)1 << 32, .length = (size_t)1 << 32},
                                    {.channels = 2, .length = 60000000}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    gm_architecture a;
    gm_error err;
    assert_int_equal(gm_architecture_parse("flatten,dense:1", inputs[i], &a, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected from 1 to 100000000 values a sample"));
  }
}

static void a_string_of_too_many_layers_is_refused(void **state) {
  (void)state;
  enum { LAYERS = 1001 };
  char spec[LAYERS * 5];
  for (size_t i = 0; i < LAYERS; i++) memcpy(spec + 5 * i, "relu,", 5);
  spec[sizeof spec - 1] = '\0'; /* over the last comma */
  gm_architecture a;
  gm_error err;
  assert_int_equal(gm_architecture_parse(spec, index_input, &a, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "architecture: 1001 layers, expected at most 1000");
  spec[5 * (LAYERS - 1) - 1] = '\0';
  assert_int_equal(gm_architecture_parse(spec, index_input, &a, &err), GM_OK);
  gm_architecture_free(&a);
}

static void a_very_long_layer_is_refused_and_quoted_in_part(void **state) {
  (void)state;
  char spec[5001];
  memset(spec, 'x', sizeof spec - 1);
  spec[sizeof spec - 1] = '\0';
  gm_architecture a;
  gm_error err;
  assert_int_equal(gm_architecture_parse(spec, index_input, &a, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, LAYERS_EXPECTED));
}

/* conv:2:3 on 1 × 4: 6 weights at 4 places; dense:5 of 8 inputs: 40 weights; dense:1: 5. A multiplication and
 * an addition each. A step uses every weight three times, those of the first layer twice: its input needs no
 * gradient. */
static void operations_are_counted_by_use_of_weights(void **state) {
  (void)state;
  gm_architecture a = parse("conv:2:3,relu,flatten,dense:5,relu,dense:1", (gm_shape){1, 4, false});
  const double forward = 2 * (6 * 4 + 40 + 5), step = 3 * forward - 2 * 6 * 4;
  assert_near(gm_architecture_forward_flop(&a), forward, 0);
  assert_near(gm_architecture_step_flop(&a), step, 0);
  assert_near(gm_architecture_training_flop(&a, 1000, 10), 1000 * step + 10 * forward, 0);
  gm_architecture_free(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_default_index_network_has_the_study_s_parameters),
      cmocka_unit_test(shapes_and_offsets_follow_the_layers),
      cmocka_unit_test(formatting_gives_the_string_back),
      cmocka_unit_test(the_summary_lists_layers_shapes_and_counts),
      cmocka_unit_test(every_mistake_is_a_sentence_naming_the_layer),
      cmocka_unit_test(a_parameter_count_that_wraps_around_is_refused),
      cmocka_unit_test(an_impossible_input_is_refused),
      cmocka_unit_test(a_string_of_too_many_layers_is_refused),
      cmocka_unit_test(a_very_long_layer_is_refused_and_quoted_in_part),
      cmocka_unit_test(operations_are_counted_by_use_of_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
