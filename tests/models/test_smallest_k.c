/* SPDX-License-Identifier: MIT
 * The k smallest: always k of the smallest, and of equal ones those that torch.topk takes
 * (tests/fixtures/torch_pruning.json). */
#include "models/network/smallest_k.h"
#include "tests/torch_fixture.h"

/* What the generator draws: floor(u · levels). */
static float *tied_floats(uint32_t seed, size_t n, double levels) {
  gm_rng rng;
  float *x = new_floats(n);
  gm_rng_seed(&rng, seed);
  for (size_t i = 0; i < n; i++) x[i] = (float)floor(gm_rng_double(&rng) * levels);
  return x;
}

static uint8_t *select_smallest(const float *values, size_t n, size_t k) {
  uint8_t *selected = malloc(n > 0 ? n : 1);
  assert_non_null(selected);
  assert_int_equal(gm_smallest_k(values, n, k, selected, NULL), GM_OK);
  return selected;
}

/* k flags, and no value left out is smaller than one taken. */
static void check_selection(const float *values, size_t n, size_t k, const uint8_t *selected) {
  size_t count = 0;
  float largest_taken = -INFINITY, smallest_left = INFINITY;
  for (size_t i = 0; i < n; i++) {
    assert_true(selected[i] <= 1);
    count += selected[i];
    if (selected[i]) largest_taken = fmaxf(largest_taken, values[i]);
    if (!selected[i]) smallest_left = fminf(smallest_left, values[i]);
  }
  assert_int_equal(count, k);
  assert_true(largest_taken <= smallest_left);
}

/* Fails unless the selection is sound and the fixture's. */
static void check_case(const float *values, size_t n, struct json_object *expected) {
  const size_t k = fixture_count(expected, "k");
  uint8_t *selected = select_smallest(values, n, k);
  uint32_t *words = calloc(n, sizeof *words);
  assert_non_null(words);
  check_selection(values, n, k, selected);
  for (size_t i = 0; i < n; i++) words[i] = selected[i];
  if (word_sum(words, n) != fixture_word_sum(expected))
    fail_msg("not PyTorch's choice: %s", json_object_to_json_string(expected));
  free(selected);
  free(words);
}

static void the_selection_is_pytorch_s_ties_included(void **state) {
  (void)state;
  struct json_object *root = fixture_read("tests/fixtures/torch_pruning.json");
  struct json_object *cases = fixture_member(root, "cases");
  assert_true(json_object_array_length(cases) > 100);
  for (size_t c = 0; c < json_object_array_length(cases); c++) {
    struct json_object *expected = json_object_array_get_idx(cases, c);
    const size_t n = fixture_count(expected, "n");
    float *values =
        tied_floats((uint32_t)fixture_count(expected, "seed"), n, fixture_number(expected, "levels"));
    check_case(values, n, expected);
    free(values);
  }
  json_object_put(root);
}

/* hard_orders of the generator. */
static float *hard_order(size_t order, size_t n) {
  const size_t divisor = order < 5 ? 1 : 2, half = n / 2;
  float *values = new_floats(n);
  for (size_t i = 0; i < n; i++) {
    const size_t ascending = i, descending = n - i, organ_pipe = i < half ? i : n - i;
    const size_t combs = i % 2 == 0 ? i / 2 : half + i / 2;
    const size_t killer = i >= half ? 2 * (i - half + 1) : i % 2 == 0 ? i + 1 : half + i + 1;
    const size_t all[5] = {ascending, descending, organ_pipe, combs, killer};
    values[i] = (float)(all[order % 5] / divisor);
  }
  return values;
}

static void orders_that_lead_quickselect_astray_are_selected_alike(void **state) {
  (void)state;
  struct json_object *root = fixture_read("tests/fixtures/torch_pruning.json");
  struct json_object *cases = fixture_member(root, "hard");
  assert_true(json_object_array_length(cases) > 0);
  for (size_t c = 0; c < json_object_array_length(cases); c++) {
    struct json_object *expected = json_object_array_get_idx(cases, c);
    const size_t n = fixture_count(expected, "n");
    float *values = hard_order(fixture_count(expected, "order"), n);
    check_case(values, n, expected);
    free(values);
  }
  json_object_put(root);
}

/* Few of many, which are held in a heap of k. */
static void few_of_many_are_the_smallest(void **state) {
  (void)state;
  enum { N = 1000, SEEDS = 8 };
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    float *values = tied_floats(seed, N, 1e6);
    values[0] = -1; /* the second smallest first, a larger one behind it, and the smallest late */
    values[N / 2] = -2;
    for (size_t k = 1; k <= 8; k++) {
      uint8_t *selected = select_smallest(values, N, k);
      check_selection(values, N, k, selected);
      free(selected);
    }
    free(values);
  }
}

static void the_ends_are_none_and_all(void **state) {
  (void)state;
  const float values[3] = {2, 1, 1};
  uint8_t selected[3] = {9, 9, 9};
  assert_int_equal(gm_smallest_k(values, 3, 0, selected, NULL), GM_OK);
  assert_true(selected[0] == 0 && selected[1] == 0 && selected[2] == 0);
  assert_int_equal(gm_smallest_k(values, 3, 3, selected, NULL), GM_OK);
  assert_true(selected[0] == 1 && selected[1] == 1 && selected[2] == 1);
  assert_int_equal(gm_smallest_k(values, 0, 0, selected, NULL), GM_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_selection_is_pytorch_s_ties_included),
      cmocka_unit_test(orders_that_lead_quickselect_astray_are_selected_alike),
      cmocka_unit_test(few_of_many_are_the_smallest),
      cmocka_unit_test(the_ends_are_none_and_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
