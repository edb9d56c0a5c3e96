/* SPDX-License-Identifier: MIT
 * The Parzen estimator: hand-computed bandwidths, and densities that sum and integrate to 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rng.h"
#include "tuning/samplers/parzen_estimator.h"

#include <math.h>

enum { MAX_N = 400 };
/* Sums of at most 2^14 numbers that are good to a few roundings. */
static const double sum_tolerance = 1e-11;
/* Trapezoids much narrower than any bandwidth (R / 100 >= 100 panels): limited by the ends of the range. */
static const double integral_tolerance = 1e-5;

static gm_distribution checked(gm_distribution d) {
  gm_error err;
  assert_int_equal(gm_distribution_check(&d, "p", &err), GM_OK);
  return d;
}

/* From nothing: values (d, stride). */
static void build_all(gm_parzen_estimator *e, size_t d, const gm_distribution *const *ds, size_t n,
                      const double *values, size_t stride) {
  uint32_t ids[MAX_N];
  gm_error err;
  assert_true(n <= MAX_N);
  for (uint32_t i = 0; i < n; i++) ids[i] = i;
  gm_parzen_forget(e);
  const gm_parzen_observations observations = {n, ids, values, stride};
  assert_int_equal(gm_parzen_update(e, d, ds, &observations, &err), GM_OK);
}

static void build(gm_parzen_estimator *e, const gm_distribution *d, size_t n, const double *observations) {
  build_all(e, 1, &d, n, observations, n);
}

/* Half of the observations equal to each other, the rest random: legal values of d. */
static void fill(gm_rng *rng, const gm_distribution *d, size_t n, double *values) {
  for (size_t i = 0; i < n; i++) {
    const double u = i % 2 == 0 ? gm_rng_double(rng) : 0.3;
    values[i] = d->kind == GM_CATEGORICAL ? floor(u * (double)d->n_choices)
                                          : gm_distribution_snap(d, d->low + (d->high - d->low) * u);
  }
}

static double density(gm_parzen_estimator *e, double x) {
  double log_density;
  gm_parzen_log_density(e, 1, &x, &log_density);
  return exp(log_density);
}

static void weights_ramp_up_before_the_newest_25(void **state) {
  (void)state;
  double w[MAX_N];
  gm_parzen_weights(25, w);
  for (int i = 0; i < 25; i++) assert_true(w[i] == 1.0);
  gm_parzen_weights(26, w);
  assert_true(w[0] == 1.0 / 26.0 && w[1] == 1.0);
  gm_parzen_weights(28, w);
  assert_true(w[0] == 1.0 / 28.0 && fabs(w[1] - (1.0 + 1.0 / 28.0) / 2.0) < 1e-16 && w[2] == 1.0 &&
              w[27] == 1.0);
}

static void bandwidths_are_the_larger_gap_between_the_clips(void **state) {
  (void)state;
  const gm_distribution d = gm_float_range(0.0, 10.0);
  gm_parzen_estimator e = {0};
  /* Sorted 1 2 2 6 9: outermost look inwards; R / (N + 2) = 10 / 7 is the least. */
  build(&e, &d, 5, (const double[]){6.0, 2.0, 9.0, 1.0, 2.0});
  const double least = 10.0 / 7.0, expected[] = {4.0, least, 3.0, least, 4.0, 10.0};
  for (int k = 0; k < 6; k++) assert_true(e.dimensions[0].kernels[k].sigma == expected[k]);
  assert_true(e.dimensions[0].kernels[5].mu == 5.0);
  /* The first of the two equal observations has the left gap, the second the right one: stable. */
  build(&e, &d, 5, (const double[]){2.0, 2.0, 9.0, 0.0, 6.0});
  assert_true(e.dimensions[0].kernels[0].sigma == 2.0 && e.dimensions[0].kernels[1].sigma == 4.0);
  /* A single observation keeps the larger gap to the ends of the range; nothing exceeds the range. */
  build(&e, &d, 1, (const double[]){3.0});
  assert_true(e.dimensions[0].kernels[0].sigma == 7.0 && e.weights[0] == 0.5 && e.weights[1] == 0.5);
  build(&e, &d, 2, (const double[]){-30.0, 50.0});
  assert_true(e.dimensions[0].kernels[0].sigma == 10.0 && e.dimensions[0].kernels[1].sigma == 10.0);
  gm_parzen_free(&e);
}

static void probabilities_sum_to_one_over_every_grid(void **state) {
  (void)state;
  const gm_distribution grids[] = {gm_int_range(-3, 12),     gm_int_grid(16, 256, 16),
                                   gm_int_log_range(1, 300), gm_float_grid(-0.3, 1.0, 0.2),
                                   gm_choice(7, NULL),       gm_int_range(0, 9999)};
  static const size_t sizes[] = {0, 1, 2, 17, 60, MAX_N};
  gm_rng rng;
  gm_rng_seed(&rng, 9);
  gm_parzen_estimator e = {0};
  double values[MAX_N];
  for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
    const gm_distribution d = checked(grids[g]);
    const bool categorical = d.kind == GM_CATEGORICAL;
    const size_t cells = categorical ? d.n_choices : 1 + (size_t)lrint((d.high - d.low) / d.step);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      fill(&rng, &d, sizes[s], values);
      build(&e, &d, sizes[s], values);
      double sum = 0.0;
      for (size_t c = 0; c < cells; c++)
        sum += density(&e, categorical ? (double)c : d.low + (double)c * d.step);
      assert_true(fabs(sum - 1.0) < sum_tolerance);
    }
  }
  gm_parzen_free(&e);
}

static void densities_integrate_to_one_over_the_range_of_z(void **state) {
  (void)state;
  const gm_distribution ranges[] = {gm_float_range(-2.0, 5.0), gm_float_log_range(1e-5, 1e-1)};
  enum { PANELS = 20000 };
  gm_rng rng;
  gm_rng_seed(&rng, 10);
  gm_parzen_estimator e = {0};
  double values[MAX_N];
  for (size_t r = 0; r < 2; r++) {
    for (size_t n = 0; n <= MAX_N; n = 3 * n + 1) {
      fill(&rng, &ranges[r], n, values);
      build(&e, &ranges[r], n, values);
      const double lower = e.dimensions[0].lower, h = (e.dimensions[0].upper - lower) / PANELS;
      double sum = 0.0;
      for (int i = 0; i < PANELS; i++) { /* midpoints: the ends round out of the range on the log scale */
        const double z = lower + h * (i + 0.5);
        sum += density(&e, r == 0 ? z : exp(z)) * h;
      }
      assert_true(fabs(sum - 1.0) < integral_tolerance);
    }
  }
  gm_parzen_free(&e);
}

static void without_observations_the_prior_alone_is_left(void **state) {
  (void)state;
  const gm_distribution d = gm_float_range(0.0, 4.0), c = gm_choice(4, NULL);
  gm_parzen_estimator e = {0};
  build(&e, &d, 0, NULL);
  /* N(2, 4²) cut to [0, 4]: phi(0) / (4 (2 Phi(1/2) - 1)), Phi(1/2) = 0.69146246127401310364 */
  assert_true(fabs(density(&e, 2.0) - 0.39894228040143267794 / (4.0 * 0.38292492254802620728)) < 1e-15);
  build(&e, &c, 0, NULL);
  assert_true(density(&e, 3.0) == 0.25);
  gm_parzen_free(&e);
}

static void a_continuous_density_is_zero_outside_the_range(void **state) {
  (void)state;
  const gm_distribution d = gm_float_range(0.0, 1.0);
  gm_parzen_estimator e = {0};
  build(&e, &d, 2, (const double[]){-5.0, 1.5}); /* observed when the range was another */
  assert_true(density(&e, -0.1) == 0.0 && density(&e, 1.1) == 0.0);
  assert_true(density(&e, 0.0) > 0.0 && density(&e, 1.0) > 0.0);
  gm_parzen_free(&e);
}

/* The mixture of products, written out with the long formulas, beside the estimator that skips what cannot
 * matter. */
static void joint_density_agrees_with_its_naive_twin(void **state) {
  (void)state;
  enum { D = 4, N = 60, N_QUERIES = 50 };
  const gm_distribution ds[D] = {gm_float_range(-1.0, 1.0), gm_choice(3, NULL), gm_int_range(1, 30),
                                 gm_int_log_range(1, 64)};
  const gm_distribution *const pointers[D] = {&ds[0], &ds[1], &ds[2], &ds[3]};
  double observations[D][N], queries[D][N_QUERIES], ours[N_QUERIES];
  gm_rng rng;
  gm_rng_seed(&rng, 12);
  for (int d = 0; d < D; d++) {
    fill(&rng, &ds[d], N, observations[d]);
    fill(&rng, &ds[d], N_QUERIES, queries[d]);
  }
  gm_parzen_estimator e = {0};
  build_all(&e, D, pointers, N, observations[0], N);
  gm_parzen_log_density(&e, N_QUERIES, queries[0], ours);
  for (int q = 0; q < N_QUERIES; q++) {
    long double sum = 0.0L;
    for (int k = 0; k <= N; k++) {
      long double product = e.weights[k];
      for (int d = 0; d < D; d++) {
        const double x = queries[d][q];
        if (ds[d].kind == GM_CATEGORICAL) {
          product *= (long double)gm_parzen_category_probability(&e, (size_t)d, (size_t)k, (size_t)x);
          continue;
        }
        const gm_parzen_kernel *kernel = &e.dimensions[d].kernels[k];
        const long double mu = kernel->mu, sigma = kernel->sigma, root = sqrtl(0.5L);
        const long double a = (e.dimensions[d].lower - mu) / sigma, b = (e.dimensions[d].upper - mu) / sigma;
        const long double inside = 0.5L * (erfl(b * root) - erfl(a * root));
        const double left = gm_distribution_z(&ds[d], x - 0.5), right = gm_distribution_z(&ds[d], x + 0.5);
        if (d == 0)
          product *= expl(-0.5L * (x - mu) / sigma * (x - mu) / sigma) / sqrtl(2.0L * acosl(-1.0L)) / sigma;
        else
          product *= 0.5L * (erfl((right - mu) / sigma * root) - erfl((left - mu) / sigma * root));
        product /= inside;
      }
      sum += product;
    }
    assert_true(fabs(ours[q] - (double)logl(sum)) < sum_tolerance);
  }
  gm_parzen_free(&e);
}

/* Draws by the estimator must have its own density: chi² over 8 cells, 0.9999 quantile with 7 degrees
 * is 29.9. */
static void samples_follow_the_density(void **state) {
  (void)state;
  enum { N = 20000, CELLS = 8 };
  static const double chi_square_7_limit = 29.9;
  static double u_component[N], u_value[N], x[N];
  const gm_distribution d = gm_int_range(1, CELLS);
  gm_parzen_estimator e = {0};
  gm_rng rng;
  gm_rng_seed(&rng, 20);
  build(&e, &d, 3, (const double[]){2.0, 3.0, 7.0});
  for (int i = 0; i < N; i++) u_component[i] = gm_rng_double(&rng), u_value[i] = gm_rng_double(&rng);
  gm_parzen_sample(&e, N, u_component, u_value, NULL, x);
  double counts[CELLS] = {0}, chi_square = 0.0;
  for (int i = 0; i < N; i++) counts[(int)x[i] - 1] += 1.0;
  for (int c = 0; c < CELLS; c++) {
    const double expected = N * density(&e, c + 1.0);
    chi_square += (counts[c] - expected) * (counts[c] - expected) / expected;
  }
  assert_true(chi_square < chi_square_7_limit);
  gm_parzen_free(&e);
}

static void extreme_uniforms_stay_in_the_range(void **state) {
  (void)state;
  const gm_distribution ds[] = {gm_float_log_range(1e-5, 0.1), gm_float_range(0.1, 0.7),
                                gm_int_log_range(1, 9), gm_choice(3, NULL)};
  static const double u[] = {0.0, 0x1p-53, 1.0 - 0x1p-53},
                      last[] = {1.0 - 0x1p-53, 1.0 - 0x1p-53, 1.0 - 0x1p-53};
  gm_parzen_estimator e = {0};
  for (size_t i = 0; i < sizeof ds / sizeof ds[0]; i++) {
    double x[3];
    uint32_t component[3];
    build(&e, &ds[i], 1, (const double[]){ds[i].kind == GM_CATEGORICAL ? 2.0 : ds[i].high});
    gm_parzen_sample(&e, 3, last, u, component, x);
    for (int j = 0; j < 3; j++) assert_true(gm_distribution_contains(&ds[i], x[j]) && component[j] == 1);
  }
  gm_parzen_free(&e);
}

/* One dimension without a density has one term for each different kernel, a density keeps them all. */
static void equal_components_are_one_term(void **state) {
  (void)state;
  const gm_distribution range = checked(gm_int_range(1, 12)), choice = gm_choice(3, NULL),
                        density = gm_float_range(0.0, 13.0);
  const gm_distribution *const both[] = {&range, &choice};
  double values[2][MAX_N], x[2] = {3.0, 1.0}, log_density;
  gm_parzen_estimator e = {0};
  gm_rng rng;
  gm_rng_seed(&rng, 30);
  fill(&rng, &range, MAX_N, values[0]);
  fill(&rng, &choice, MAX_N, values[1]);
  build(&e, &range, MAX_N, values[0]);
  gm_parzen_log_density(&e, 1, x, &log_density);
  assert_true(e.n_components == MAX_N + 1 && e.n_terms == e.dimensions[0].n_groups && e.n_terms <= 3 * 12);
  build(&e, &choice, MAX_N, values[1]);
  gm_parzen_log_density(&e, 1, x, &log_density);
  assert_int_equal(e.n_terms, 3);
  build(&e, &density, MAX_N, values[0]);
  gm_parzen_log_density(&e, 1, x, &log_density);
  assert_int_equal(e.n_terms, MAX_N);
  build_all(&e, 2, both, MAX_N, values[0], MAX_N);
  gm_parzen_log_density(&e, 1, x, &log_density);
  assert_int_equal(e.n_terms, MAX_N);
  gm_parzen_free(&e);
}

/* Observations come and go, few or many at a time: every number is the one of an estimator built anew. */
static void check_updates(size_t d, const gm_distribution *const *ds, uint32_t seed) {
  enum { N_QUERIES = 20, ROUNDS = 60 };
  double values[4][MAX_N], kept[4][MAX_N], x[4][N_QUERIES], ours[N_QUERIES], anew[N_QUERIES];
  uint32_t ids[MAX_N];
  bool there[MAX_N] = {0};
  gm_parzen_estimator e = {0}, fresh = {0};
  gm_error err;
  gm_rng rng;
  gm_rng_seed(&rng, seed);
  for (size_t j = 0; j < d; j++) fill(&rng, ds[j], MAX_N, values[j]);
  for (int round = 0; round < ROUNDS; round++) {
    const int changes = round % 10 == 0 ? 60 : round % 4; /* 0: nothing changes */
    for (int c = 0; c < changes; c++) {
      const size_t i = (size_t)(MAX_N * gm_rng_double(&rng));
      there[i] = !there[i];
    }
    size_t n = 0;
    for (uint32_t i = 0; i < MAX_N; i++) {
      if (!there[i]) continue;
      for (size_t j = 0; j < d; j++) kept[j][n] = values[j][i];
      ids[n++] = i;
    }
    for (size_t j = 0; j < d; j++) fill(&rng, ds[j], N_QUERIES, x[j]);
    const gm_parzen_observations observations = {n, ids, values[0], MAX_N};
    assert_int_equal(gm_parzen_update(&e, d, ds, &observations, &err), GM_OK);
    build_all(&fresh, d, ds, n, kept[0], MAX_N);
    assert_int_equal(e.n_components, n + 1);
    assert_memory_equal(e.weights, fresh.weights, (n + 1) * sizeof *e.weights);
    for (size_t j = 0; j < d; j++)
      if (ds[j]->kind != GM_CATEGORICAL)
        assert_memory_equal(e.dimensions[j].kernels, fresh.dimensions[j].kernels,
                            (n + 1) * sizeof *e.dimensions[j].kernels);
    gm_parzen_log_density(&e, N_QUERIES, x[0], ours);
    gm_parzen_log_density(&fresh, N_QUERIES, x[0], anew);
    assert_memory_equal(ours, anew, sizeof ours);
  }
  gm_parzen_free(&e);
  gm_parzen_free(&fresh);
}

static void an_update_is_what_building_anew_gives(void **state) {
  (void)state;
  const gm_distribution a = gm_float_range(-1.0, 1.0), b = gm_choice(3, NULL), c = gm_int_range(1, 12),
                        w = gm_int_range(0, 100000), l = gm_float_log_range(1e-5, 1.0);
  const gm_distribution *const lists[][4] = {{&a},        {&b}, {&c}, {&w}, {&c, &b}, {&c, &l, &b, &w},
                                             {&b, &a, &l}};
  static const size_t sizes[] = {1, 1, 1, 1, 2, 4, 3};
  for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check_updates(sizes[i], lists[i], i);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(weights_ramp_up_before_the_newest_25),
      cmocka_unit_test(bandwidths_are_the_larger_gap_between_the_clips),
      cmocka_unit_test(probabilities_sum_to_one_over_every_grid),
      cmocka_unit_test(densities_integrate_to_one_over_the_range_of_z),
      cmocka_unit_test(without_observations_the_prior_alone_is_left),
      cmocka_unit_test(a_continuous_density_is_zero_outside_the_range),
      cmocka_unit_test(joint_density_agrees_with_its_naive_twin),
      cmocka_unit_test(samples_follow_the_density),
      cmocka_unit_test(extreme_uniforms_stay_in_the_range),
      cmocka_unit_test(equal_components_are_one_term),
      cmocka_unit_test(an_update_is_what_building_anew_gives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
