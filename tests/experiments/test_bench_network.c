/* SPDX-License-Identifier: MIT
 * What the bench counts: parameters of its networks, operations of a step, by hand. */
#include "experiments/bench/case.h"
#include "experiments/bench/network.h"
#include "tests/assert_near.h"

static void the_networks_have_about_6_99_million_parameters(void **state) {
  (void)state;
  const struct {
    const gm_bench_shape *shape;
    size_t parameters;
  } cases[] = {{&gm_bench_index, 6990089}, /* 256 + 24704 + 3688800 + 3274964 + 1365 */
               /* 6·3 + 6, 16·6·5 + 16, flatten 16·565, 768·9041, 60·769, 61 */
               {&gm_bench_map, 24 + 496 + 768 * 9041 + 60 * 769 + 61}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_architecture a;
    gm_error err;
    assert_int_equal(gm_architecture_parse(cases[i].shape->arch, cases[i].shape->input, &a, &err), GM_OK);
    assert_int_equal(a.n_parameters, cases[i].parameters);
    gm_architecture_free(&a);
  }
}

static void operations_are_those_counted_by_hand(void **state) {
  (void)state;
  /* conv: 2 channels · 3 taps at 12 positions; dense 24 → 5 → 1 */
  const double conv = 2 * 2 * 3 * 12, dense = 2 * (24 * 5 + 5 * 1);
  gm_architecture a;
  gm_error err;
  assert_int_equal(
      gm_architecture_parse("conv:2:3,relu,flatten,dense:5,relu,dense:1", (gm_shape){1, 12, false}, &a, &err),
      GM_OK);
  assert_true(gm_architecture_forward_flop(&a) == conv + dense);
  /* forward, weight gradient, and the input gradient of all layers but the first */
  assert_true(gm_architecture_step_flop(&a) == 2 * conv + 3 * dense);
  gm_architecture_free(&a);
}

static void steps_use_one_batch_after_another_and_change_the_weights(void **state) {
  (void)state;
  const gm_bench_shape shape = {"tiny", "flatten,dense:3,relu,dense:1", {1, 12, false}};
  gm_bench_network b;
  gm_bench_network_call call = {.network = &b};
  gm_error err;
  assert_int_equal(gm_compute_init(&call.compute, 1, NULL, &err), GM_OK);
  assert_int_equal(gm_bench_network_create(&b, &shape, 4, 10, GM_OPTIMIZER_ADAM, true, &err), GM_OK);
  const size_t output_bias = b.network.architecture.n_parameters - 1;
  const float before = b.network.parameters[output_bias];
  const size_t positions[] = {4, 8, 4}; /* of 10 samples the last two make no batch of 4 */
  for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
    assert_int_equal(gm_bench_network_step(&call, &err), GM_OK);
    assert_int_equal(b.position, positions[i]);
  }
  assert_int_equal(b.optimizer.t, 3);
  assert_true(b.network.parameters[output_bias] != before);
  gm_bench_network_free(&b);
  gm_compute_free(&call.compute);
}

static void only_takes_groups_cases_and_what_lies_between(void **state) {
  (void)state;
  const gm_bench bench = {.only = "step.index.adam,tpe.1000"};
  const char *const wanted[] = {"step", "step.index.adam", "step.index.adam.10", "tpe", "tpe.1000"};
  const char *const not_wanted[] = {"step.map.adam.10", "step.index.sgd.1", "tpe.100", "tpe.10000", "csv"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    assert_true(gm_bench_wanted(&bench, wanted[i]));
    assert_false(gm_bench_wanted(&bench, not_wanted[i]));
  }
  assert_true(gm_bench_wanted(&(gm_bench){.only = NULL}, "csv"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_networks_have_about_6_99_million_parameters),
      cmocka_unit_test(operations_are_those_counted_by_hand),
      cmocka_unit_test(steps_use_one_batch_after_another_and_change_the_weights),
      cmocka_unit_test(only_takes_groups_cases_and_what_lies_between),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
