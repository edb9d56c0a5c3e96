/* SPDX-License-Identifier: MIT
 * The tables of the bench, from times made by hand: what they are divided by, and when no ratio is given. */
#include "experiments/bench/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What the floors of a case follow from is in the file, for whoever checks them. */
static void the_file_has_what_a_case_costs(void **state) {
  (void)state;
  gm_bench_case c = {.name = "step.x",
                     .what = "a step",
                     .read_bytes = 1,
                     .update_bytes = 2,
                     .flops = 3,
                     .double_flops = 4,
                     .parameters = 5,
                     .samples = 6,
                     .allocated_bytes = 7};
  const gm_bench bench = {.threads = {1}, .n_threads = 1, .cases = &c, .n_cases = 1};
  static const char *const costs[] = {"read_bytes", "update_bytes", "flops",          "double_flops",
                                      "parameters", "samples",      "allocated_bytes"};
  char path[] = "/tmp/gm_bench_XXXXXX";
  const int fd = mkstemp(path);
  struct json_object *root;
  assert_true(fd >= 0);
  close(fd);
  assert_int_equal(gm_bench_write_json(&bench, path, NULL), GM_OK);
  assert_int_equal(gm_json_read(path, &root, NULL), GM_OK);
  unlink(path);
  struct json_object *written = json_object_array_get_idx(json_object_object_get(root, "cases"), 0);
  for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
    assert_true(gm_json_number(written, costs[i]) == (double)(i + 1));
  json_object_put(root);
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

/* A side of the memory floor, beside one of ours. */
static gm_bench_case above_a_floor(double ours, double half, double memory) {
  gm_bench_case c = {.name = "step.x", .what = "a step", .n_sides = 2};
  c.sides[0] = timed(GM_SIDE_OURS, "greenmile", ours, half);
  c.sides[1] = timed(GM_SIDE_FLOOR, "memory floor", memory, 0);
  c.sides[1].call = gm_stream_floor;
  return c;
}

/* 6 ms over a floor of 4 ms. */
static void a_case_stands_above_its_floor(void **state) {
  (void)state;
  gm_bench_case c = above_a_floor(0.006, 0, 0.004);
  char *text = printed(&c, 1);
  assert_non_null(strstr(text, "| 4.00 ms | 1.50 memory (1.50–1.50) | 1.50 (1.50–1.50) |"));
  free(text);
}

/* Nothing is faster than the machine: every round was, so the floor is not the machine's. */
static void no_ratio_is_told_of_a_floor_above_the_work(void **state) {
  (void)state;
  gm_bench_case c = above_a_floor(0.003, 0.0001, 0.004);
  char *text = printed(&c, 1);
  assert_non_null(strstr(
      text, "| 4.00 ms | floor disturbed: the work was faster | floor disturbed: the work was faster |"));
  assert_null(strstr(text, "0.75"));
  free(text);
}

/* But where zeros are left out, the floor of all products is no bound. */
static void work_without_its_zeros_may_be_below_the_floor(void **state) {
  (void)state;
  gm_bench_case c = above_a_floor(0.003, 0, 0.004);
  c.leaves_zeros_out = true;
  char *text = printed(&c, 1);
  assert_non_null(strstr(text, "| 4.00 ms | 0.75 memory (0.75–0.75), zeros left out | 0.75 (0.75–0.75) |"));
  free(text);
}

/* Arithmetic of 5 ms that others' work made of 2.5 ms: work of 4 ms is over neither, and the sum, which it
 * may well be below, is refused with it. */
static void no_sum_is_told_of_a_disturbed_floor(void **state) {
  (void)state;
  gm_bench_case c = above_a_floor(0.004, 0, 0.001);
  c.flops = 5e6;
  gm_bench bench = {.threads = {1}, .n_threads = 1, .single_flops_per_s = {1e9}};
  gm_bench_ratio r = gm_bench_over_bound(&bench, &c, &c.sides[0], 0, GM_BOUND_SUM);
  assert_true(r.below_floor && isnan(r.ratio) && isnan(r.low) && isnan(r.high));
  bench.single_flops_per_s[0] = 2e9;
  r = gm_bench_over_bound(&bench, &c, &c.sides[0], 0, GM_BOUND_LONGER);
  assert_true(!r.below_floor && r.ratio > 1.59 && r.ratio < 1.61); /* 4 / 2.5 */
}

/* Rounds of 3.9 ms, 4 ms and 4.1 ms over 4 ms are at the floor, as far as it can be told. */
static void work_at_its_floor_keeps_its_ratio(void **state) {
  (void)state;
  gm_bench_case c = above_a_floor(0.004, 0.0001, 0.004);
  char *text = printed(&c, 1);
  assert_non_null(strstr(text, "| 4.00 ms | 1.00 memory (0.99–1.01) |"));
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

/* Ratios 3, 0.5 and 4, and one case that scatters: their median, both ends, and what could not be told. */
static void the_last_words_sum_up_the_cases_that_can_be_told(void **state) {
  (void)state;
  static const char *const names[] = {"step.a", "csv.b", "tpe.c", "step.d"};
  static const double theirs_s[] = {0.006, 0.001, 0.008, 0.006};
  gm_bench_case cases[4];
  for (size_t i = 0; i < 4; i++) {
    cases[i] = (gm_bench_case){.n_sides = 2};
    strcpy(cases[i].name, names[i]);
    cases[i].sides[0] = timed(GM_SIDE_OURS, "greenmile", 0.002, i == 3 ? 0.001 : 0);
    cases[i].sides[1] = timed(GM_SIDE_PEER, "other", theirs_s[i], 0);
  }
  gm_bench bench = {.threads = {1, 2}, .n_threads = 2, .cases = cases, .n_cases = 4};
  bench.energy = (gm_energy){.duration_s = 60, .energy_j = 1250, .low_j = 800, .high_j = 2500};
  for (int quick = 0; quick < 2; quick++) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    bench.quick = quick == 1;
    gm_bench_say_result(&bench, "x.json", out);
    fclose(out);
    assert_string_equal(
        text,
        quick == 1
            ? "bench: 4 cases timed, too briefly to be results; 1.25 kJ (800 J to 2.5 kJ) for all sides "
              "together, modelled, in 60 s on 2 threads; in x.json\n"
            : "bench: ahead of the fastest peer in 2 of 3 cases, 3 times as fast in the median (from "
              "0.5, csv.b, to 4, tpe.c); 1 too noisy to tell\n"
              "bench: 4 cases timed; 1.25 kJ (800 J to 2.5 kJ) for all sides together, modelled, in 60 s "
              "on 2 threads; in x.json\n");
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_last_words_sum_up_the_cases_that_can_be_told),
      cmocka_unit_test(a_case_stands_beside_its_peer),
      cmocka_unit_test(no_ratio_is_told_of_times_that_scatter),
      cmocka_unit_test(a_case_stands_above_its_floor),
      cmocka_unit_test(no_ratio_is_told_of_a_floor_above_the_work),
      cmocka_unit_test(work_without_its_zeros_may_be_below_the_floor),
      cmocka_unit_test(no_sum_is_told_of_a_disturbed_floor),
      cmocka_unit_test(work_at_its_floor_keeps_its_ratio),
      cmocka_unit_test(the_file_has_what_a_case_costs),
      cmocka_unit_test(growth_is_told_per_sample_and_per_parameter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
