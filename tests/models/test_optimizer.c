/* SPDX-License-Identifier: MIT
 * The optimisers' state and constants: hand-computed first steps, textbook runs in double,
 * configuration mistakes. */
#include "models/network/optimizer.h"
#include "tests/numbers.h"

/* Ten steps of numbers near 1 in float. */
static const double tolerance = 1e-6;

static gm_optimizer optimizer_new(gm_optimizer_config config, size_t n) {
  gm_optimizer o;
  gm_error err = {GM_OK, ""};
  if (gm_optimizer_create(&o, &config, n, &err) != GM_OK) fail_msg("%s", err.message);
  return o;
}

static void step(gm_optimizer *o, float *w, const float *g) {
  const gm_compute compute = compute_with(1, NULL);
  gm_optimizer_begin_step(o);
  compute.kernels->step(&o->step, o->n, gm_optimizer_tensor(o, w, 0), g);
}

static void plain_sgd_has_no_state(void **state) {
  (void)state;
  gm_optimizer o = optimizer_new(
      (gm_optimizer_config){
          .kind = GM_OPTIMIZER_SGD, .learning_rate = 0.5, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
      2);
  float w[2] = {1, -2};
  const float g[2] = {4, -1};
  assert_null(o.m);
  assert_null(o.v);
  assert_null(o.moved);
  step(&o, w, g);
  assert_true(w[0] == -1 && w[1] == -1.5f);
  assert_int_equal(o.t, 1);
  gm_optimizer_free(&o);
}

static void momentum_adds_up(void **state) {
  (void)state;
  gm_optimizer o = optimizer_new((gm_optimizer_config){.kind = GM_OPTIMIZER_SGD,
                                                       .learning_rate = 0.5,
                                                       .momentum = 0.5,
                                                       .weight_decay = 0.25,
                                                       .beta1 = 0.9,
                                                       .beta2 = 0.999,
                                                       .epsilon = 1e-8},
                                 1);
  float w = 4;
  const float g = 1;
  assert_null(o.v);
  step(&o, &w, &g); /* m = 1 + 0.25·4 = 2, w = 4 − 1 */
  assert_true(o.m[0] == 2 && w == 3);
  step(&o, &w, &g); /* m = 0.5·2 + 1 + 0.25·3 = 2.75, w = 3 − 1.375 */
  assert_true(o.m[0] == 2.75f && w == 1.625f);
  gm_optimizer_free(&o);
}

/* m/(1 − β1) = g and sqrt(v/(1 − β2)) = |g|: the first step is lr·sign(g), whatever g. */
static void adam_s_first_step_is_the_learning_rate(void **state) {
  (void)state;
  gm_optimizer_config config = gm_optimizer_config_default();
  config.learning_rate = 0.25;
  gm_optimizer o = optimizer_new(config, 4);
  float w[4] = {1, 1, 1, 1};
  const float g[4] = {1000, -1e-3f, 0.5f, 0};
  static const double expected[4] = {0.75, 1.25, 0.75, 1};
  step(&o, w, g);
  assert_all_near(w, expected, 4, 1e-5); /* ε = 1e-8 against 1e-3 */
  gm_optimizer_free(&o);
}

static void adam_equals_the_paper_s_algorithm(void **state) {
  (void)state;
  enum { N = 19, STEPS = 10 };
  gm_optimizer_config config = gm_optimizer_config_default();
  config.learning_rate = 0.01;
  config.weight_decay = 0.1;
  gm_rng rng;
  gm_rng_seed(&rng, 4);
  gm_optimizer o = optimizer_new(config, N);
  float *w = random_floats(&rng, N, -1, 1), *g = random_floats(&rng, N, 0.5f, 1);
  double *twin = widened(w, N), m[N] = {0}, v[N] = {0};
  for (int t = 1; t <= STEPS; t++) { /* Kingma & Ba 2015, algorithm 1, with g <- g + wd·w */
    step(&o, w, g);
    for (size_t i = 0; i < N; i++) {
      const double d = (double)g[i] + config.weight_decay * twin[i];
      m[i] = config.beta1 * m[i] + (1 - config.beta1) * d;
      v[i] = config.beta2 * v[i] + (1 - config.beta2) * d * d;
      const double m_hat = m[i] / (1 - pow(config.beta1, t)), v_hat = v[i] / (1 - pow(config.beta2, t));
      twin[i] -= config.learning_rate * m_hat / (sqrt(v_hat) + config.epsilon);
    }
  }
  assert_all_near(w, twin, N, tolerance);
  assert_all_near(o.m, m, N, tolerance);
  assert_all_near(o.v, v, N, tolerance);
  assert_int_equal(o.t, STEPS);
  free(w);
  free(g);
  free(twin);
  gm_optimizer_free(&o);
}

static void a_tensor_is_the_state_from_its_offset_on(void **state) {
  (void)state;
  float w[10];
  gm_optimizer o = optimizer_new(gm_optimizer_config_default(), 10);
  gm_tensor t = gm_optimizer_tensor(&o, w, 4);
  assert_ptr_equal(t.w, w + 4);
  assert_ptr_equal(t.m, o.m + 4);
  assert_ptr_equal(t.v, o.v + 4);
  assert_null(t.mask);
  for (size_t i = 0; i < 10; i++) assert_true(o.m[i] == 0 && o.v[i] == 0);
  o.mask = calloc(10, 1);
  t = gm_optimizer_tensor(&o, w, 4);
  assert_ptr_equal(t.mask, o.mask + 4);
  gm_optimizer_free(&o);
  gm_optimizer_free(&o); /* harmless */
}

/* Rows of 3 from element 2 on: one without moments, one with a first, one with a second moment only. */
static void rows_that_have_moments_are_found_again(void **state) {
  (void)state;
  gm_optimizer o = optimizer_new(gm_optimizer_config_default(), 12);
  for (size_t i = 0; i < 12; i++) assert_int_equal(o.moved[i], 0);
  o.m[0] = o.v[11] = 1; /* of others */
  o.m[2 + 3 + 2] = -1e-30f;
  o.v[2 + 6] = 1e-30f;
  o.moved[2] = 1; /* no longer so */
  gm_optimizer_find_moved(&o, 2, 3, 3);
  static const uint8_t expected[12] = {[2 + 1] = 1, [2 + 2] = 1};
  assert_memory_equal(o.moved, expected, 12);
  assert_ptr_equal(gm_optimizer_tensor(&o, o.m, 2).moved, o.moved + 2);
  gm_optimizer_free(&o);
}

/* Whole vectors on cache lines of their own, and never the same 64 bytes of 4 KB for W, m and v of one
 * weight. */
static void moments_lie_on_cache_lines_and_apart(void **state) {
  (void)state;
  enum { LINE = 64, PAGE = 4096 };
  static const size_t sizes[] = {1, 10, 1000, 6990089};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    gm_optimizer o = optimizer_new(gm_optimizer_config_default(), sizes[i]);
    assert_true((uintptr_t)o.m % LINE == 0 && (uintptr_t)o.v % LINE == 0);
    assert_true(o.v >= o.m + sizes[i]);
    assert_true(((uintptr_t)o.v - (uintptr_t)o.m) % PAGE != 0);
    gm_optimizer_free(&o);
  }
}

static void defaults_are_pytorch_s_with_the_poster_s_learning_rate(void **state) {
  (void)state;
  const gm_optimizer_config c = gm_optimizer_config_default();
  assert_true(c.kind == GM_OPTIMIZER_ADAM && c.learning_rate == 1e-4 && c.momentum == 0 &&
              c.weight_decay == 0);
  assert_true(c.beta1 == 0.9 && c.beta2 == 0.999 && c.epsilon == 1e-8);
  assert_int_equal(gm_optimizer_config_check(&c, NULL), GM_OK);
}

static void names_go_both_ways(void **state) {
  (void)state;
  static const gm_optimizer_kind kinds[] = {GM_OPTIMIZER_ADAM, GM_OPTIMIZER_SGD};
  gm_optimizer_kind kind;
  gm_error err;
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(gm_optimizer_from_name(gm_optimizer_name(kinds[i]), &kind, &err), GM_OK);
    assert_int_equal(kind, kinds[i]);
  }
  assert_int_equal(gm_optimizer_from_name("Adam", &kind, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "optimizer \"Adam\": expected adam or sgd; did you mean adam?");
}

static void every_mistake_is_a_sentence(void **state) {
  (void)state;
  static const struct {
    gm_optimizer_config config;
    const char *message;
  } cases[] = {
      {{GM_OPTIMIZER_ADAM, 0, 0, 0, 0.9, 0.999, 1e-8}, "learning rate 0: expected a number above 0"},
      {{GM_OPTIMIZER_ADAM, -1, 0, 0, 0.9, 0.999, 1e-8}, "learning rate -1: expected a number above 0"},
      {{GM_OPTIMIZER_SGD, INFINITY, 0, 0, 0.9, 0.999, 1e-8}, "learning rate inf: expected a number above 0"},
      {{GM_OPTIMIZER_SGD, 1, 1, 0, 0.9, 0.999, 1e-8}, "momentum 1: expected a number in [0, 1)"},
      {{GM_OPTIMIZER_SGD, 1, -0.5, 0, 0.9, 0.999, 1e-8}, "momentum -0.5: expected a number in [0, 1)"},
      {{GM_OPTIMIZER_ADAM, 1, 0.5, 0, 0.9, 0.999, 1e-8},
       "momentum 0.5 with Adam: it belongs to SGD, Adam has its own moments"},
      {{GM_OPTIMIZER_SGD, 1, 0, -1, 0.9, 0.999, 1e-8}, "weight decay -1: expected a number of at least 0"},
      {{GM_OPTIMIZER_ADAM, 1, 0, 0, 1, 0.999, 1e-8},
       "Adam: expected beta1 and beta2 in [0, 1) and epsilon above 0"},
      {{GM_OPTIMIZER_ADAM, 1, 0, 0, 0.9, -0.1, 1e-8},
       "Adam: expected beta1 and beta2 in [0, 1) and epsilon above 0"},
      {{GM_OPTIMIZER_ADAM, 1, 0, 0, 0.9, 0.999, 0},
       "Adam: expected beta1 and beta2 in [0, 1) and epsilon above 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_optimizer o;
    gm_error err = {GM_OK, ""};
    assert_int_equal(gm_optimizer_create(&o, &cases[i].config, 3, &err), GM_BAD_INPUT);
    assert_string_equal(err.message, cases[i].message);
    gm_optimizer_free(&o);
  }
  gm_optimizer_config c = gm_optimizer_config_default();
  c.learning_rate = NAN;
  assert_int_equal(gm_optimizer_config_check(&c, NULL), GM_BAD_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_sgd_has_no_state),
      cmocka_unit_test(momentum_adds_up),
      cmocka_unit_test(adam_s_first_step_is_the_learning_rate),
      cmocka_unit_test(adam_equals_the_paper_s_algorithm),
      cmocka_unit_test(a_tensor_is_the_state_from_its_offset_on),
      cmocka_unit_test(rows_that_have_moments_are_found_again),
      cmocka_unit_test(moments_lie_on_cache_lines_and_apart),
      cmocka_unit_test(defaults_are_pytorch_s_with_the_poster_s_learning_rate),
      cmocka_unit_test(names_go_both_ways),
      cmocka_unit_test(every_mistake_is_a_sentence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
