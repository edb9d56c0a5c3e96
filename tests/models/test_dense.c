/* SPDX-License-Identifier: MIT
 * The fully connected layer: exact small case, naive twins on both of its paths (own kernels
 * and OpenBLAS), adjoint identity, step equal to gradient and step, zeros left out, threads. */
#include "models/network/dense.h"
#include "tests/numbers.h"

#include <stdbool.h>

typedef struct {
  size_t n, inputs, outputs;
  float *x, *w, *b, *y, *dy, *dx, *dw, *db;
} layer;

/* Random x, w, b, dy; the rest zero. */
static layer layer_new(size_t n, size_t inputs, size_t outputs) {
  gm_rng rng;
  gm_rng_seed(&rng, (uint32_t)(n * 1000 + inputs * 10 + outputs));
  return (layer){.n = n,
                 .inputs = inputs,
                 .outputs = outputs,
                 .x = random_floats(&rng, n * inputs, -1, 1),
                 .w = random_floats(&rng, outputs * inputs, -1, 1),
                 .b = random_floats(&rng, outputs, -1, 1),
                 .dy = random_floats(&rng, n * outputs, -1, 1),
                 .y = new_floats(n * outputs),
                 .dx = new_floats(n * inputs),
                 .dw = new_floats(outputs * inputs),
                 .db = new_floats(outputs)};
}

static void layer_free(layer *l) {
  free(l->x);
  free(l->w);
  free(l->b);
  free(l->y);
  free(l->dy);
  free(l->dx);
  free(l->dw);
  free(l->db);
}

/* Batches on both sides of the switch to OpenBLAS (32), more than one piece of outputs
 * (64) and of inputs (256), remainders everywhere. */
static const size_t shapes[][3] = {{1, 1, 1},   {1, 300, 5},  {2, 17, 3},   {5, 256, 64}, {7, 257, 65},
                                   {10, 12, 1}, {10, 520, 7}, {32, 33, 70}, {33, 33, 70}, {128, 300, 3}};
enum { N_SHAPES = 10 };

static void a_hand_computed_case(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  const float x[2][3] = {{1, 2, 3}, {-1, 0, 1}}, w[2][3] = {{1, 0, -1}, {2, 1, 0}}, b[2] = {10, 20};
  const float expected_y[2][2] = {{8, 24}, {8, 18}}, dy[2][2] = {{1, 2}, {3, -1}};
  const float expected_dx[2][3] = {{5, 2, -1}, {1, -1, -3}}; /* dy·W */
  const float expected_dw[2][3] = {{-2, 2, 6}, {3, 4, 5}};   /* dyᵀ·x */
  const float expected_db[2] = {4, 1};
  float y[2][2], dx[2][3], dw[2][3], db[2];
  gm_dense_forward(&compute, &(gm_dense_weights){3, 2, w[0], b, NULL}, 2, x[0], y[0], NULL);
  assert_memory_equal(y, expected_y, sizeof y);
  gm_dense_backward(&compute, 2, 3, 2, x[0], w[0], dy[0], dx[0], dw[0], db);
  assert_memory_equal(dx, expected_dx, sizeof dx);
  assert_memory_equal(dw, expected_dw, sizeof dw);
  assert_memory_equal(db, expected_db, sizeof db);
}

static void forward_and_backward_equal_naive_sums(void **state) {
  (void)state;
  const gm_compute compute = compute_with(2, NULL);
  for (size_t s = 0; s < N_SHAPES; s++) {
    layer l = layer_new(shapes[s][0], shapes[s][1], shapes[s][2]);
    gm_dense_forward(&compute, &(gm_dense_weights){l.inputs, l.outputs, l.w, l.b, NULL}, l.n, l.x, l.y, NULL);
    gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, l.dx, l.dw, l.db);
    double *dx = calloc(l.n * l.inputs, sizeof *dx), *dw = calloc(l.outputs * l.inputs, sizeof *dw);
    double *db = calloc(l.outputs, sizeof *db);
    for (size_t i = 0; i < l.n; i++)
      for (size_t o = 0; o < l.outputs; o++) {
        const double dy = (double)l.dy[i * l.outputs + o];
        assert_near((double)l.y[i * l.outputs + o],
                    (double)l.b[o] + dot(l.x + i * l.inputs, l.w + o * l.inputs, l.inputs),
                    sum_tolerance(l.inputs));
        db[o] += dy;
        for (size_t k = 0; k < l.inputs; k++) {
          dx[i * l.inputs + k] += dy * (double)l.w[o * l.inputs + k];
          dw[o * l.inputs + k] += dy * (double)l.x[i * l.inputs + k];
        }
      }
    assert_all_near(l.dx, dx, l.n * l.inputs, sum_tolerance(l.outputs));
    assert_all_near(l.dw, dw, l.outputs * l.inputs, sum_tolerance(l.n));
    assert_all_near(l.db, db, l.outputs, sum_tolerance(l.n));
    free(dx);
    free(dw);
    free(db);
    layer_free(&l);
  }
}

/* With b = 0: <x·Wᵀ, dy> = <x, dy·W> = <W, dyᵀ·x>. */
static void backward_is_the_adjoint_of_forward(void **state) {
  (void)state;
  const gm_compute compute = compute_with(1, NULL);
  for (size_t s = 0; s < N_SHAPES; s++) {
    layer l = layer_new(shapes[s][0], shapes[s][1], shapes[s][2]);
    memset(l.b, 0, l.outputs * sizeof *l.b);
    gm_dense_forward(&compute, &(gm_dense_weights){l.inputs, l.outputs, l.w, l.b, NULL}, l.n, l.x, l.y, NULL);
    gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, l.dx, l.dw, l.db);
    const double forward = dot(l.y, l.dy, l.n * l.outputs);
    const double tolerance = sum_tolerance(l.inputs) * (double)(l.n * l.outputs);
    assert_near(dot(l.x, l.dx, l.n * l.inputs), forward,
                tolerance + sum_tolerance(l.outputs) * (double)(l.n * l.inputs));
    assert_near(dot(l.w, l.dw, l.outputs * l.inputs), forward,
                tolerance + sum_tolerance(l.n) * (double)(l.outputs * l.inputs));
    layer_free(&l);
  }
}

static gm_step sgd_step(void) {
  return (gm_step){.rule = GM_RULE_SGD_MOMENTUM, .learning_rate = 0.5f, .momentum = 0.5f};
}

/* Runs backward_step on a copy of the weights; gives W, b, dx as it left them. */
static void run_step(const gm_compute *compute, const layer *l, float *w, float *b, float *dx) {
  const gm_step step = sgd_step();
  float *mw = new_floats(l->outputs * l->inputs), *mb = new_floats(l->outputs);
  float *scratch = new_floats(gm_dense_scratch_size(l->n, l->inputs, l->outputs));
  memcpy(w, l->w, l->outputs * l->inputs * sizeof *w);
  memcpy(b, l->b, l->outputs * sizeof *b);
  gm_dense_backward_step(compute, &step, l->n, l->inputs, l->outputs, l->x, l->dy,
                         (gm_tensor){.w = w, .m = mw}, (gm_tensor){.w = b, .m = mb}, dx, scratch);
  free(mw);
  free(mb);
  free(scratch);
}

static void the_fused_step_equals_gradient_then_step(void **state) {
  (void)state;
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++) {
    const gm_compute compute = compute_with(2, runnable_kernels(isa)->isa);
    for (size_t s = 0; s < N_SHAPES; s++) {
      layer l = layer_new(shapes[s][0], shapes[s][1], shapes[s][2]);
      const size_t n_w = l.outputs * l.inputs;
      float *w = new_floats(n_w), *b = new_floats(l.outputs), *dx = new_floats(l.n * l.inputs);
      gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, l.dx, l.dw, l.db);
      run_step(&compute, &l, w, b, dx);
      double *expected_dx = widened(l.dx, l.n * l.inputs), *expected_w = widened(l.w, n_w);
      double *expected_b = widened(l.b, l.outputs);
      for (size_t i = 0; i < n_w; i++) expected_w[i] -= 0.5 * (double)l.dw[i]; /* first step: m = g */
      for (size_t o = 0; o < l.outputs; o++) expected_b[o] -= 0.5 * (double)l.db[o];
      assert_all_near(dx, expected_dx, l.n * l.inputs, 2 * sum_tolerance(l.outputs));
      assert_all_near(w, expected_w, n_w, 2 * sum_tolerance(l.n));
      assert_all_near(b, expected_b, l.outputs, sum_tolerance(l.n));
      free(expected_dx);
      free(expected_w);
      free(expected_b);
      free(w);
      free(b);
      free(dx);
      layer_free(&l);
    }
  }
}

static void any_number_of_threads_gives_the_same_bits(void **state) {
  (void)state;
  layer l = layer_new(10, 700, 200);
  for (size_t i = 0; i < l.n * l.outputs; i++) /* units behind a ReLU */
    if (l.dy[i] < 0) l.dy[i] = 0;
  const size_t n_w = l.outputs * l.inputs, n_x = l.n * l.inputs, n_y = l.n * l.outputs;
  float *w[2] = {new_floats(n_w), new_floats(n_w)}, *b[2] = {new_floats(l.outputs), new_floats(l.outputs)};
  float *dx[2] = {new_floats(n_x), new_floats(n_x)}, *y = new_floats(n_y), *dw = new_floats(n_w);
  for (int threads = 1; threads <= 4; threads++) {
    const gm_compute compute = compute_with(threads, NULL);
    const int to = threads > 1;
    gm_dense_forward(&compute, &(gm_dense_weights){l.inputs, l.outputs, l.w, l.b, NULL}, l.n, l.x,
                     to ? y : l.y, NULL);
    gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, l.dx, to ? dw : l.dw, l.db);
    run_step(&compute, &l, w[to], b[to], dx[to]);
    if (!to) continue;
    assert_memory_equal(y, l.y, n_y * sizeof *y);
    assert_memory_equal(dw, l.dw, n_w * sizeof *dw);
    assert_memory_equal(w[1], w[0], n_w * sizeof *w[0]);
    assert_memory_equal(b[1], b[0], l.outputs * sizeof *b[0]);
    assert_memory_equal(dx[1], dx[0], n_x * sizeof *dx[0]);
  }
  for (int i = 0; i < 2; i++) {
    free(w[i]);
    free(b[i]);
    free(dx[i]);
  }
  free(y);
  free(dw);
  layer_free(&l);
}

/* ---- zeros of dy --------------------------------------------------------------- */

/* One matrix with its optimiser's state. */
typedef struct {
  size_t n;
  float *w, *m, *v;
  uint8_t *mask, *moved;
} matrix;

static matrix matrix_new(const float *w, size_t n, bool masked) {
  matrix a = {n, copy_floats(w, n), new_floats(n), new_floats(n), masked ? malloc(n) : NULL, calloc(n, 1)};
  for (size_t i = 0; masked && i < n; i++) a.mask[i] = i % 3 != 0;
  return a;
}

static void matrix_free(matrix *a) {
  free(a->w);
  free(a->m);
  free(a->v);
  free(a->mask);
  free(a->moved);
}

static gm_tensor tensor_of(const matrix *a, gm_rule rule) {
  const bool moments = rule != GM_RULE_SGD;
  return (gm_tensor){.w = a->w,
                     .m = moments ? a->m : NULL,
                     .v = rule == GM_RULE_ADAM ? a->v : NULL,
                     .mask = a->mask,
                     .moved = moments ? a->moved : NULL};
}

/* The kernel itself with every row in the order in which they lie, whatever its gradient. */
static void step_every_row(const gm_compute *compute, const gm_step *step, const layer *l, gm_tensor weight,
                           float *dx) {
  uint32_t *row = calloc(l->outputs, sizeof *row);
  float *panels = new_floats(gm_kernels_panels_size(l->n, l->inputs));
  for (size_t o = 0; o < l->outputs; o++) row[o] = (uint32_t)o;
  compute->kernels->dense_backward_step(step, l->n, l->inputs, (gm_rows){l->outputs, row}, 0, l->inputs, l->x,
                                        l->dy, weight, dx, panels);
  free(row);
  free(panels);
}

/* dx = dy·W; its sums run over rows in an order that depends on the batch. */
static void check_dx(const layer *l, const float *w, const float *dx) {
  double *expected = calloc(l->n * l->inputs, sizeof *expected);
  for (size_t i = 0; i < l->n; i++)
    for (size_t o = 0; o < l->outputs; o++)
      for (size_t k = 0; k < l->inputs; k++)
        expected[i * l->inputs + k] += (double)l->dy[i * l->outputs + o] * (double)w[o * l->inputs + k];
  assert_all_near(dx, expected, l->n * l->inputs, sum_tolerance(l->outputs));
  free(expected);
}

/* Steps of n samples; units 0, 4, 8 … never have a gradient, the others have none in every other step, and
 * then in half of the samples. */
static void check_steps_with_zeros(const gm_compute *compute, gm_rule rule, float weight_decay, bool masked,
                                   const size_t shape[3]) {
  enum { STEPS = 6 };
  const size_t n = shape[0], inputs = shape[1], outputs = shape[2];
  const gm_step step = step_of(rule, weight_decay);
  layer l = layer_new(n, inputs, outputs);
  const size_t n_w = outputs * inputs;
  matrix ours = matrix_new(l.w, n_w, masked), every = matrix_new(l.w, n_w, masked);
  float *dx = new_floats(n * inputs), *scratch = new_floats(gm_dense_scratch_size(n, inputs, outputs));
  float *mb = new_floats(outputs), *vb = new_floats(outputs);
  const gm_tensor bias = {.w = l.b, .m = mb, .v = vb};
  gm_rng rng;
  gm_rng_seed(&rng, 9);
  for (size_t t = 0; t < STEPS; t++) {
    for (size_t i = 0; i < n * outputs; i++) {
      const size_t o = i % outputs;
      const float dy = gm_rng_uniform_float(&rng, -1, 1);
      l.dy[i] = o % 4 == 0 || (o + t) % 2 == 0 || dy < 0 ? 0 : dy;
    }
    gm_dense_backward_step(compute, &step, n, inputs, outputs, l.x, l.dy, tensor_of(&ours, rule), bias, dx,
                           scratch);
    check_dx(&l, every.w, dx);
    step_every_row(compute, &step, &l, tensor_of(&every, rule), l.dx);
    assert_memory_equal(ours.w, every.w, n_w * sizeof *ours.w);
    assert_memory_equal(ours.m, every.m, n_w * sizeof *ours.m);
    assert_memory_equal(ours.v, every.v, n_w * sizeof *ours.v);
  }
  for (size_t o = 0; o < outputs && rule != GM_RULE_SGD; o++)
    assert_int_equal(ours.moved[o], weight_decay != 0 || o % 4 != 0);
  matrix_free(&ours);
  matrix_free(&every);
  free(dx);
  free(scratch);
  free(mb);
  free(vb);
  layer_free(&l);
}

/* Rows without a gradient are left out, then samples that move none of a block's rows, and in the larger
 * batches every zero of dy; with remainders of the groups of columns and the blocks of rows, and batches on
 * both sides of where that begins and ends. */
static void zeros_may_be_left_out_and_no_bit_of_a_weight_changes(void **state) {
  (void)state;
  static const gm_rule rules[] = {GM_RULE_SGD, GM_RULE_SGD_MOMENTUM, GM_RULE_ADAM};
  static const size_t some[][3] = {{7, 53, 45},    {15, 192, 60}, {16, 192, 60},  {24, 192, 200},
                                   {31, 192, 60},  {32, 192, 60}, {50, 278, 270}, {255, 198, 70},
                                   {256, 198, 70}, {255, 83, 70}};
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++)
    for (size_t s = 0; s < sizeof some / sizeof *some; s++)
      for (size_t r = 0; r < 3; r++)
        for (int variant = 0; variant < 4; variant++) {
          const gm_compute compute = compute_with(1 + variant % 3, runnable_kernels(isa)->isa);
          check_steps_with_zeros(&compute, rules[r], variant / 2 == 1 ? 0.0625f : 0, variant % 2 == 1,
                                 some[s]);
        }
}

/* Both kernels, with the same rows in the same order: also to the last bit of dx. */
static void check_lists(const gm_kernels *kernels, gm_rule rule, size_t n, size_t lines) {
  enum { OUTPUTS = 150, ROWS = 90 };
  const size_t inputs = lines * GM_BACKWARD_LINE;
  const gm_step step = step_of(rule, 0.0625f);
  layer l = layer_new(n, inputs, OUTPUTS);
  matrix with = matrix_new(l.w, OUTPUTS * inputs, true), without = matrix_new(l.w, OUTPUTS * inputs, true);
  float *dy = new_floats(n * ROWS), *dx = new_floats(n * inputs),
        *panels = new_floats(gm_kernels_panels_size(n, inputs)), *value[2];
  uint8_t *index[2], *count = calloc(ROWS + n * gm_pieces(ROWS, GM_BACKWARD_ROWS), 1);
  uint32_t row[ROWS];
  for (uint32_t r = 0; r < ROWS; r++) row[r] = r * 7 % OUTPUTS; /* each at most once: 7 and 150 are coprime */
  for (size_t i = 0; i < n * ROWS; i++) dy[i] = l.dy[i] < 0 ? 0 : l.dy[i];
  for (int i = 0; i < 2; i++) value[i] = new_floats(n * ROWS), index[i] = malloc(n * ROWS);
  gm_dy_lists lists = {{value[0], index[0], count}, {value[1], index[1], count + ROWS}};
  const gm_rows rows = {ROWS, row};
  for (size_t first = 0; first < ROWS; first += GM_BACKWARD_ROWS)
    kernels->list_dy(n, rows, first, dy, &lists);
  kernels->dense_backward_nonzeros(&step, n, inputs, rows, 0, inputs, l.x, &lists, tensor_of(&with, rule), dx,
                                   panels);
  kernels->dense_backward_step(&step, n, inputs, rows, 0, inputs, l.x, dy, tensor_of(&without, rule), l.dx,
                               panels);
  assert_memory_equal(dx, l.dx, n * inputs * sizeof *dx);
  assert_memory_equal(with.w, without.w, with.n * sizeof *with.w);
  assert_memory_equal(with.m, without.m, with.n * sizeof *with.m);
  assert_memory_equal(with.v, without.v, with.n * sizeof *with.v);
  for (int i = 0; i < 2; i++) free(value[i]), free(index[i]);
  free(count);
  free(dy);
  free(dx);
  free(panels);
  matrix_free(&with);
  matrix_free(&without);
  layer_free(&l);
}

static void products_with_lists_have_the_bits_of_those_without(void **state) {
  (void)state;
  static const gm_rule rules[] = {GM_RULE_SGD, GM_RULE_SGD_MOMENTUM, GM_RULE_ADAM};
  static const size_t batches[] = {1, 10, 33, GM_BACKWARD_SAMPLES};
  const gm_kernels *kernels;
  for (size_t isa = 0; (kernels = runnable_kernels(isa)) != NULL; isa++)
    for (size_t r = 0; r < 3; r++)
      for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
        for (size_t less = 0; less < 2; less++)
          check_lists(kernels, rules[r], batches[b], kernels->backward_lines - less);
}

/* They share blocks of the kernel, wherever they lie: a NaN in a sample of x meets the rows that it moves,
 * and no other. In batches of so few, or of 31 with moments, no product is left out one by one. */
static void rows_that_the_same_samples_move_stand_together(void **state) {
  (void)state;
  enum { INPUTS = 20, OUTPUTS = 64, SETS = 4 };
  static const size_t batches[] = {4, 15, 31},
                      samples[][SETS] = {{0, 1, 2, 3}, {0, 5, 10, 14}, {0, 10, 11, 30}};
  for (size_t isa = 0; runnable_kernels(isa) != NULL; isa++)
    for (size_t b = 0; b < 3; b++)
      for (size_t bad = 0; bad < SETS; bad++) {
        const gm_compute compute = compute_with(2, runnable_kernels(isa)->isa);
        const gm_step step = step_of(GM_RULE_ADAM, 0);
        layer l = layer_new(batches[b], INPUTS, OUTPUTS);
        matrix w = matrix_new(l.w, OUTPUTS * INPUTS, false);
        float *scratch = new_floats(gm_dense_scratch_size(l.n, INPUTS, OUTPUTS)), *mb = new_floats(OUTPUTS),
              *vb = new_floats(OUTPUTS);
        for (size_t i = 0; i < l.n * OUTPUTS; i++)
          if (i / OUTPUTS != samples[b][i % SETS]) l.dy[i] = 0;
        for (size_t k = 0; k < INPUTS; k++) l.x[samples[b][bad] * INPUTS + k] = NAN;
        gm_dense_backward_step(&compute, &step, l.n, INPUTS, OUTPUTS, l.x, l.dy, tensor_of(&w, GM_RULE_ADAM),
                               (gm_tensor){.w = l.b, .m = mb, .v = vb}, l.dx, scratch);
        for (size_t i = 0; i < w.n; i++) assert_true(isnan(w.w[i]) == (i / INPUTS % SETS == bad));
        matrix_free(&w);
        free(scratch);
        free(mb);
        free(vb);
        layer_free(&l);
      }
}

/* The workspace is one for all batches of an epoch, and the last one may be short. */
static void a_smaller_batch_fits_the_scratch_of_a_larger_one(void **state) {
  (void)state;
  static const size_t some[][2] = {{1, 1}, {12, 1}, {100, 160}, {1536, 2400}, {2400, 1364}, {20160, 345}};
  for (size_t s = 0; s < sizeof some / sizeof *some; s++)
    for (size_t n = 1; n < 600; n++)
      assert_true(gm_dense_scratch_size(n, some[s][0], some[s][1]) <=
                  gm_dense_scratch_size(n + 1, some[s][0], some[s][1]));
}

/* They are not even read, which is what makes the step fast: a NaN there meets nothing. */
static void a_row_that_stays_as_it_is_is_not_touched(void **state) {
  (void)state;
  enum { N = 2, INPUTS = 20, OUTPUTS = 3 };
  const gm_compute compute = compute_with(1, NULL);
  const gm_step step = {.rule = GM_RULE_SGD, .learning_rate = 0.5f};
  layer l = layer_new(N, INPUTS, OUTPUTS);
  for (size_t k = 0; k < INPUTS; k++) l.w[INPUTS + k] = NAN;
  for (size_t n = 0; n < N; n++) l.dy[n * OUTPUTS + 1] = 0;
  float *scratch = new_floats(gm_dense_scratch_size(N, INPUTS, OUTPUTS)),
        *before = copy_floats(l.w, 3 * INPUTS);
  gm_dense_backward_step(&compute, &step, N, INPUTS, OUTPUTS, l.x, l.dy, (gm_tensor){.w = l.w},
                         (gm_tensor){.w = l.b}, l.dx, scratch);
  for (size_t i = 0; i < N * INPUTS; i++) assert_true(isfinite(l.dx[i]));
  for (size_t i = 0; i < OUTPUTS * INPUTS; i++)
    assert_true(i / INPUTS == 1 ? isnan(l.w[i]) : l.w[i] != before[i]);
  free(scratch);
  free(before);
  layer_free(&l);
}

/* The infinity in a row of W reaches the sample that has a gradient there, and no other. */
static void products_with_a_zero_are_not_made_in_a_large_batch(void **state) {
  (void)state;
  enum { N = 60, INPUTS = 163, OUTPUTS = 90, ROW = 7, COLUMN = 3 };
  const gm_compute compute = compute_with(1, NULL);
  const gm_step step = step_of(GM_RULE_SGD, 0);
  layer l = layer_new(N, INPUTS, OUTPUTS);
  for (size_t i = 0; i < N * OUTPUTS; i++)
    if (l.dy[i] < 0 || i % OUTPUTS == ROW) l.dy[i] = 0;
  l.dy[ROW] = 1; /* of the first sample */
  l.w[ROW * INPUTS + COLUMN] = INFINITY;
  float *scratch = new_floats(gm_dense_scratch_size(N, INPUTS, OUTPUTS));
  gm_dense_backward_step(&compute, &step, N, INPUTS, OUTPUTS, l.x, l.dy, (gm_tensor){.w = l.w},
                         (gm_tensor){.w = l.b}, l.dx, scratch);
  for (size_t i = 0; i < N * INPUTS; i++) assert_true(i == COLUMN ? isinf(l.dx[i]) : isfinite(l.dx[i]));
  free(scratch);
  layer_free(&l);
}

/* With every product, and without those with a zero of dy. */
static void the_input_gradient_is_optional(void **state) {
  (void)state;
  enum { INPUTS = 163, OUTPUTS = 90, N_W = OUTPUTS * INPUTS };
  static const size_t batches[] = {5, 60};
  const gm_compute compute = compute_with(1, NULL);
  for (size_t i = 0; i < 2; i++) {
    layer l = layer_new(batches[i], INPUTS, OUTPUTS);
    for (size_t k = 0; k < l.n * OUTPUTS; k++)
      if (l.dy[k] < 0) l.dy[k] = 0;
    float *dw = new_floats(N_W), *w[2] = {new_floats(N_W), new_floats(N_W)}, b[OUTPUTS];
    gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, l.dx, l.dw, l.db);
    gm_dense_backward(&compute, l.n, l.inputs, l.outputs, l.x, l.w, l.dy, NULL, dw, l.db);
    assert_memory_equal(dw, l.dw, N_W * sizeof *dw);
    run_step(&compute, &l, w[0], b, l.dx);
    run_step(&compute, &l, w[1], b, NULL);
    assert_memory_equal(w[1], w[0], N_W * sizeof *dw);
    free(dw);
    free(w[0]);
    free(w[1]);
    layer_free(&l);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_hand_computed_case),
      cmocka_unit_test(forward_and_backward_equal_naive_sums),
      cmocka_unit_test(backward_is_the_adjoint_of_forward),
      cmocka_unit_test(the_fused_step_equals_gradient_then_step),
      cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
      cmocka_unit_test(zeros_may_be_left_out_and_no_bit_of_a_weight_changes),
      cmocka_unit_test(products_with_lists_have_the_bits_of_those_without),
      cmocka_unit_test(rows_that_the_same_samples_move_stand_together),
      cmocka_unit_test(a_smaller_batch_fits_the_scratch_of_a_larger_one),
      cmocka_unit_test(a_row_that_stays_as_it_is_is_not_touched),
      cmocka_unit_test(products_with_a_zero_are_not_made_in_a_large_batch),
      cmocka_unit_test(the_input_gradient_is_optional),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
