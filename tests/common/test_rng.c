/* SPDX-License-Identifier: MIT
 * MT19937 against its authors' published outputs, numpy 1.24 (RandomState) and
 * PyTorch 1.13 (torch.randperm, Tensor.uniform_). */
#include "common/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static gm_rng seeded(uint32_t seed) {
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  return rng;
}

/* The first outputs of the authors' mt19937ar.c, the 10000th as the C++ standard demands of mt19937, and the
 * sum of all of them modulo 2^32 by numpy 2 and libstdc++, to which every word of the state counts. */
static void published_outputs_of_the_default_seed(void **state) {
  (void)state;
  static const uint32_t first[] = {3499211612u, 581869302u, 3890346734u, 3586334585u, 545404204u};
  gm_rng rng = seeded(5489);
  for (size_t i = 0; i < 5; i++) assert_int_equal(gm_rng_u32(&rng), first[i]);
  uint32_t last = 0, sum = 0;
  for (size_t i = 0; i < 5; i++) sum += first[i];
  for (int i = 6; i <= 10000; i++) sum += last = gm_rng_u32(&rng);
  assert_int_equal(last, 4123659995u);
  assert_int_equal(sum, 1987662799u);
}

static void doubles_are_those_of_numpy(void **state) {
  (void)state;
  static const double of_42[] = {0.3745401188473625, 0.9507143064099162, 0.7319939418114051,
                                 0.5986584841970366, 0.15601864044243652};
  static const double of_the_largest_seed[] = {0.0976320289940138, 0.9123828453026218, 0.78903530185164};
  gm_rng rng = seeded(42);
  for (size_t i = 0; i < 5; i++) assert_true(gm_rng_double(&rng) == of_42[i]);
  rng = seeded(UINT32_MAX);
  for (size_t i = 0; i < 3; i++) assert_true(gm_rng_double(&rng) == of_the_largest_seed[i]);
  rng = seeded(0); /* across three refills of the state */
  for (int i = 0; i < 999; i++) gm_rng_double(&rng);
  assert_true(gm_rng_double(&rng) == 0.6771411441114241);
}

static void floats_are_those_of_pytorch(void **state) {
  (void)state;
  /* torch.manual_seed(3); torch.empty(6).uniform_(-0.5, 0.25) */
  static const float skewed[] = {-0x1.fcb9c2p-2f, -0x1.aeec38p-2f, -0x1.247914p-2f,
                                 -0x1.eb4c78p-2f, -0x1.2b99bp-3f,  -0x1.d1d4a8p-2f};
  /* the same with bounds ±float32(1/sqrt(3)), as a layer with three inputs draws its biases */
  static const float symmetric[] = {-0x1.25152cp-1f, -0x1.d2614ap-2f, -0x1.fa7206p-3f,
                                    -0x1.17aadep-1f, -0x1.0c822ap-5f, -0x1.040fecp-1f};
  const float bound = 0x1.279a74p-1f;
  gm_rng rng = seeded(3);
  for (size_t i = 0; i < 6; i++) assert_true(gm_rng_uniform_float(&rng, -0.5f, 0.25f) == skewed[i]);
  rng = seeded(3);
  for (size_t i = 0; i < 6; i++) assert_true(gm_rng_uniform_float(&rng, -bound, bound) == symmetric[i]);
}

static void permutations_are_those_of_pytorch(void **state) {
  (void)state;
  static const size_t ten[] = {4, 1, 7, 5, 3, 9, 0, 8, 6, 2};
  static const size_t first[] = {15, 8, 0, 7, 11, 2, 13, 12, 3, 1, 14, 9, 4, 6, 10, 5};
  static const size_t second[] = {10, 7, 12, 9, 0, 14, 6, 2, 15, 1, 3, 5, 8, 13, 11, 4};
  size_t order[192];
  gm_rng rng = seeded(0);
  gm_rng_permutation(&rng, 10, order);
  assert_memory_equal(order, ten, sizeof ten);
  rng = seeded(7); /* the second one goes on in the same stream */
  gm_rng_permutation(&rng, 16, order);
  assert_memory_equal(order, first, sizeof first);
  gm_rng_permutation(&rng, 16, order);
  assert_memory_equal(order, second, sizeof second);
  rng = seeded(0);
  gm_rng_permutation(&rng, 192, order);
  size_t checksum = 0;
  for (size_t i = 0; i < 192; i++) checksum += i * order[i];
  assert_int_equal(checksum, 1781185);
}

static void weights_and_permutations_share_one_stream_as_in_pytorch(void **state) {
  (void)state;
  static const size_t expected[] = {2, 4, 3, 1, 0};
  size_t order[5];
  gm_rng rng = seeded(123); /* torch.manual_seed(123); torch.empty(7).uniform_(); torch.randperm(5) */
  for (int i = 0; i < 7; i++) gm_rng_uniform_float(&rng, 0, 1);
  gm_rng_permutation(&rng, 5, order);
  assert_memory_equal(order, expected, sizeof expected);
}

static void a_permutation_takes_one_output_less_than_its_length(void **state) {
  (void)state;
  size_t order[8];
  for (size_t n = 0; n <= 8; n++) {
    gm_rng permuted = seeded(11), drawn = seeded(11);
    gm_rng_permutation(&permuted, n, order);
    for (size_t i = 0; i + 1 < n; i++) gm_rng_u32(&drawn);
    assert_int_equal(gm_rng_u32(&permuted), gm_rng_u32(&drawn));
  }
}

static void a_copy_of_a_generator_goes_on_alike(void **state) {
  (void)state;
  gm_rng rng = seeded(1);
  for (int i = 0; i < 700; i++) gm_rng_u32(&rng);
  gm_rng copy = rng;
  for (int i = 0; i < 700; i++) assert_int_equal(gm_rng_u32(&copy), gm_rng_u32(&rng));
}

/* Bounds of all kinds: a layer's, of one sign, of lengths far apart, subnormal; pieces that end before, at
 * and behind a refill. */
static void many_floats_are_those_drawn_one_by_one(void **state) {
  (void)state;
  static const float bounds[][2] = {{-0x1.279a74p-1f, 0x1.279a74p-1f},
                                    {-0.001f, 0.001f},
                                    {0, 1},
                                    {-0.5f, 0.25f},
                                    {1e-3f, 1e-2f},
                                    {-2, -1},
                                    {1000, 1000.01f},
                                    {-1e-9f, 1},
                                    {-1e-30f, 1e30f},
                                    {-1e-30f, 3}, /* between two floats but for the last bits of a sum */
                                    {-0x1p-140f, 0x1p-139f},
                                    {0.75f, 0.75f},
                                    {1, -1},
                                    {16, 17},
                                    {-0x1p-4f, 0.9375f}};
  static const size_t lengths[] = {0, 1, 15, 17, 600, 623, 624, 625, 2000};
  float many[2000];
  gm_rng rng = seeded(9), one = seeded(9);
  for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
      gm_rng_uniform_floats(&rng, bounds[b][0], bounds[b][1], many, lengths[l]);
      for (size_t i = 0; i < lengths[l]; i++)
        assert_true(many[i] == gm_rng_uniform_float(&one, bounds[b][0], bounds[b][1]));
      assert_int_equal(gm_rng_u32(&rng), gm_rng_u32(&one));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_outputs_of_the_default_seed),
      cmocka_unit_test(doubles_are_those_of_numpy),
      cmocka_unit_test(floats_are_those_of_pytorch),
      cmocka_unit_test(permutations_are_those_of_pytorch),
      cmocka_unit_test(weights_and_permutations_share_one_stream_as_in_pytorch),
      cmocka_unit_test(a_permutation_takes_one_output_less_than_its_length),
      cmocka_unit_test(many_floats_are_those_drawn_one_by_one),
      cmocka_unit_test(a_copy_of_a_generator_goes_on_alike),
  };
  return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
