/* SPDX-License-Identifier: MIT
 * The tables of the bench, from times made by hand: what they are divided by, and when no ratio is given. */
#include "experiments/bench/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3 };

/* A side of one thread whose rounds took `median` − half, `median` and `median` + half seconds. */
static gm_bench_side timed(gm_side_role role, const char *label, double median, double half) {
  gm_bench_side side = {.role = role, .threads = 1, .calls = 1, .n = ROUNDS};
  strcpy(side.label, label);
  for (int i = 0; i < ROUNDS; i++) side.sample_s[i] = median + (i - 1) * half;
  gm_bench_summarise(&side);
  return side;
}

static char *printed(gm_bench_case *cases, size_t n) {
  gm_bench bench = {.threads = {1}, .n_threads = 1, .cases = cases, .n_cases = n};
  bench.notes = json_object_new_array();
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  gm_bench_print(&bench, out);
  assert_int_equal(fclose(out), 0);
  json_object_put(bench.notes);
  return text;
}

/* 6 ms against 2 ms in every round. */
static void a_case_stands_beside_its_peer(void **state) {
  (void)state;
  gm_bench_case c = {.name = "step.x", .what = "a step", .n_sides = 2};
  c.sides[0] = timed(GM_SIDE_OURS, "greenmile", 0.002, 0);
  c.sides[1] = timed(GM_SIDE_PEER, "other", 0.006, 0);
  char *text = printed(&c, 1);
  assert_non_null(strstr(text, "| a step | 2.00 ms (2.00–2.00) |"));
  assert_non_null(strstr(text, "other, 1 thread | 6.00 ms (6.00–6.00) | 3.00 × (3.00–3.00) |\n"));
  assert_null(strstr(text, "### Growth"));
  free(text);
}

/* Quartiles of 1.5 ms and 2.5 ms around 2 ms: half the median apart. */
static void no_ratio_is_told_of_times_that_scatter(void **state) {
  (void)state;
  gm_bench_case c = {.name = "step.x", .what = "a step", .n_sides = 2};
  c.sides[0] = timed(GM_SIDE_OURS, "greenmile", 0.002, 0.001);
  c.sides[1] = timed(GM_SIDE_PEER, "other", 0.006, 0);
  char *text = printed(&c, 1);
  assert_non_null(strstr(text, "| 6.00 ms (6.00–6.00) | too noisy to tell (quartiles 50 % apart) |\n"));
  free(text);
}

/* 4 ms for 1000 samples, 30 ms for 10^6 parameters; of a case that was not measured there is no row. */
static void growth_is_told_per_sample_and_per_parameter(void **state) {
  (void)state;
  gm_bench_case c[] = {{.name = "growth.samples.1000",
                        .what = "an epoch",
                        .n_sides = 1,
                        .samples = 1000,
                        .parameters = 7,
                        .allocated_bytes = 3000000},
                       {.name = "growth.parameters.1M",
                        .what = "a step",
                        .n_sides = 1,
                        .parameters = 1000000,
                        .allocated_bytes = 16000000},
                       {.name = "growth.parameters.10M", .what = "a large step", .parameters = 10000000}};
  c[0].sides[0] = timed(GM_SIDE_OURS, "greenmile", 0.004, 0);
  c[1].sides[0] = timed(GM_SIDE_OURS, "greenmile", 0.03, 0);
  char *text = printed(c, 3);
  const char *growth =
      strstr(text, "\n### Growth, per parameter and per sample\n\n"
                   "| what | time | per parameter or sample | memory held |\n|---|---|---|---|\n"
                   "| an epoch | 4.00 ms (4.00–4.00) | 4.00 µs | 3.0 MB |\n"
                   "| a step | 30.0 ms (30.0–30.0) | 30.0 ns | 16.0 MB |\n");
  assert_non_null(growth);
  assert_null(strstr(growth, "a large step"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_case_stands_beside_its_peer),
      cmocka_unit_test(no_ratio_is_told_of_times_that_scatter),
      cmocka_unit_test(growth_is_told_per_sample_and_per_parameter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
