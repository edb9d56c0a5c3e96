/* SPDX-License-Identifier: MIT
 * Backward pass and optimiser step of a fully connected layer, without what cannot change anything: rows of W
 * that no sample moves, and in large batches the products with a zero of dy. */
#include "models/network/dense.h"

#include "models/memory.h"

#include <stdbool.h>

enum { PANEL_FLOATS = 1 << 18 /* 1 MB: half of many processors' level-2 cache */ };

/* What the pieces of a step share. */
typedef struct {
  const gm_kernels *kernels;
  const gm_step *step;
  size_t n, inputs, outputs;
  gm_rows rows, fading; /* with a gradient; without, but with moments */
  const float *x, *dy;  /* dy of all rows, or of those with a gradient once they are taken */
  float *taken;
  float *dx;
  gm_tensor weight;
  int threads;
  size_t pieces;  /* of a loop over columns */
  size_t columns; /* of W per piece */
  size_t groups;  /* of columns, without zeros */
  gm_dy_lists lists;
  float *panels;
} work;

/* db[o] = sum_n dy[n][o] */
void gm_dense_bias_gradient(size_t n, size_t outputs, const float *dy, float *db) {
  for (size_t o = 0; o < outputs; o++) db[o] = 0;
  for (size_t i = 0; i < n; i++)
#pragma omp simd
    for (size_t o = 0; o < outputs; o++) db[o] += dy[i * outputs + o];
}

/* ---- rows --------------------------------------------------------------------------- */

/* Numbers of each row: the set of samples that move it, of which bit i stands for samples i, i + 32, …; and
 * room to list and sort. */
typedef struct {
  uint32_t *pattern, *list, *other;
} row_facts;
enum { ROW_FACTS = sizeof(row_facts) / sizeof(uint32_t *), PATTERN_BITS = 32 };

static row_facts facts_at(size_t outputs, float *scratch) {
  uint32_t *first = (uint32_t *)(void *)scratch;
  return (row_facts){first, first + outputs, first + 2 * outputs};
}

/* The place of a set in the order of a Gray code, where neighbours differ in one sample. */
static uint32_t place_of(uint32_t set) {
  set ^= set >> 1;
  set ^= set >> 2;
  set ^= set >> 4;
  set ^= set >> 8;
  return set ^ set >> 16;
}

/* Fills the patterns in, each as its place, and returns how much of dy is not 0. */
static size_t look_at_rows(size_t n, size_t outputs, const float *dy, uint32_t *pattern) {
  size_t nonzeros = 0;
  for (size_t o = 0; o < outputs; o++) pattern[o] = 0;
  for (size_t i = 0; i < n; i++) {
    const uint32_t shift = i % PATTERN_BITS;
    uint32_t moved = 0;
#pragma omp simd reduction(+ : moved)
    for (size_t o = 0; o < outputs; o++) {
      const uint32_t moves = dy[i * outputs + o] != 0;
      pattern[o] |= moves << shift;
      moved += moves;
    }
    nonzeros += moved;
  }
#pragma omp simd
  for (size_t o = 0; o < outputs; o++) pattern[o] = place_of(pattern[o]);
  return nonzeros;
}

/* Sorts `count` numbers of rows in facts->list by their patterns of n samples, a digit at a time from the
 * lowest on; ties stay in order. */
static void sort_rows(size_t n, size_t count, row_facts *facts) {
  enum { DIGIT = 11, VALUES = 1 << DIGIT }; /* study batches of 10 take one round */
  for (unsigned shift = 0; shift < gm_least(n, PATTERN_BITS); shift += DIGIT) {
    uint32_t begin[VALUES + 1] = {0};
    uint32_t *from = facts->list, *to = facts->other;
    for (size_t i = 0; i < count; i++) begin[(facts->pattern[from[i]] >> shift) % VALUES + 1]++;
    for (size_t v = 0; v < VALUES; v++) begin[v + 1] += begin[v];
    for (size_t i = 0; i < count; i++) to[begin[(facts->pattern[from[i]] >> shift) % VALUES]++] = from[i];
    facts->list = to;
    facts->other = from;
  }
}

/* Finds the rows of W that a step changes, in `scratch` of ROW_FACTS numbers a row, and returns how much of
 * dy is not 0. Where dy[n][o] is 0 in the whole batch, because unit o is behind a ReLU that none of its
 * samples passes, row o has the gradient 0 and adds nothing to dx. With momentum or Adam its moments fade all
 * the same; but as long as they are 0, as before its first gradient, and without weight decay, the step
 * leaves the row as it is: W − lr · 0, W − lr · 0/(0 + ε). A step of small batches is bound by reading and
 * writing rows, and in the study half of them have no gradient.
 *
 * Rows that the same samples move stand together, so that the kernel can leave the others out. */
static size_t rows_to_step(const gm_step *step, size_t n, size_t outputs, const float *dy, uint8_t *moved,
                           float *scratch, gm_rows *rows, gm_rows *fading) {
  row_facts facts = facts_at(outputs, scratch);
  const size_t nonzeros = look_at_rows(n, outputs, dy, facts.pattern);
  size_t count = 0, fade = 0;
  for (size_t o = 0; o < outputs; o++) {
    facts.list[count] = (uint32_t)o;
    count += facts.pattern[o] != 0;
  }
  if (nonzeros < n * count) sort_rows(n, count, &facts);
  uint32_t *row = facts.list, *without = facts.other;
  for (size_t o = 0; o < outputs && (step->rule != GM_RULE_SGD || step->weight_decay != 0); o++) {
    const bool fades = step->weight_decay != 0 || moved == NULL || moved[o];
    without[fade] = (uint32_t)o;
    fade += facts.pattern[o] == 0 && fades;
  }
  for (size_t r = 0; moved != NULL && r < count; r++) moved[row[r]] = 1;
  for (size_t r = 0; moved != NULL && r < fade; r++) moved[without[r]] = 1;
  *rows = (gm_rows){count, row};
  *fading = (gm_rows){fade, without};
  return nonzeros;
}

/* dy of one sample, of the rows with a gradient. */
static void take_rows(void *context, size_t i) {
  const work *l = context;
  for (size_t r = 0; r < l->rows.count; r++)
    l->taken[i * l->rows.count + r] = l->dy[i * l->outputs + l->rows.row[r]];
}

/* ---- columns ------------------------------------------------------------------------- */

/* The columns of W are independent of one another, so their split may follow the number of threads without
 * touching a bit of the result. One piece a thread where the batch is small, or two without moments: long
 * runs of a row keep the prefetchers busy. Where it is large, x and dx of a piece fit a level-2 cache. Whole
 * cache lines, so that no two threads write one. */
static size_t columns_a_piece(const gm_step *step, int threads, size_t batch, size_t inputs) {
  enum { LONG_RUN = 256 };
  const size_t line = GM_ALIGNMENT / sizeof(float), fitting = PANEL_FLOATS / (2 * batch);
  const size_t share = gm_pieces(inputs, (size_t)threads);
  const size_t parts = gm_pieces(share, fitting > line ? fitting : line); /* as many for every thread */
  const size_t fewest = step->rule == GM_RULE_SGD && threads > 1 && share >= 2 * LONG_RUN ? 2 : 1;
  return gm_pieces(gm_pieces(share, parts > fewest ? parts : fewest), line) * line;
}

/* The pieces of a loop, taken far from one another: number 0 of every thread's share, then number 1 … Of two
 * processors on neighbouring columns each fetches ahead, beyond the end of its run, lines that the other is
 * about to write. Past the last piece there may be a few numbers more. */
static size_t piece_at(const work *l, size_t index) {
  const size_t shares = (size_t)l->threads;
  return index % shares * gm_pieces(l->pieces, shares) + index / shares;
}

static void for_each_piece(const gm_compute *compute, size_t pieces, gm_piece run, work *l) {
  const size_t shares = (size_t)compute->threads;
  l->pieces = pieces;
  gm_parallel_for(compute->pool, shares * gm_pieces(pieces, shares), run, l);
}

/* Where the panels of the columns from `first` on lie. */
static float *panels_at(const work *l, size_t first) {
  return l->panels + gm_kernels_panels_size(l->n, first);
}

/* The columns [first, last) of the rows with a gradient. */
static void step_rows(const work *l, size_t first, size_t last) {
  l->kernels->dense_backward_step(l->step, l->n, l->inputs, l->rows, first, last, l->x, l->dy, l->weight,
                                  l->dx, panels_at(l, first));
}

/* The same of those without: a step with no samples. */
static void fade_rows(const work *l, size_t first, size_t last) {
  l->kernels->dense_backward_step(l->step, 0, l->inputs, l->fading, first, last, l->x, l->dy, l->weight, NULL,
                                  panels_at(l, first));
}

static void step_columns(void *context, size_t index) {
  const work *l = context;
  const size_t first = piece_at(l, index) * l->columns, last = gm_least(first + l->columns, l->inputs);
  if (first >= last) return;
  step_rows(l, first, last);
  fade_rows(l, first, last);
}

/* ---- without zeros ------------------------------------------------------------------- */

/* Groups of columns, of which every thread has one at least; 0: there are too few. */
static size_t groups_of(const gm_compute *compute, size_t inputs) {
  const size_t threads = (size_t)compute->threads;
  const size_t groups = gm_even_groups(inputs / GM_BACKWARD_LINE, compute->kernels->backward_lines, threads);
  return groups >= threads ? groups : 0;
}

/* Leaving out single products pays where they are many and, for the reading of W hides behind fewer of them,
 * in so many samples; it is even where some 60 % of dy are not 0. Groups are whole, so that some threads may
 * have more than their share. */
static bool leaves_zeros_out(const work *l, size_t nonzeros) {
  enum { SAMPLES = 16, SAMPLES_WITH_MOMENTS = 32, PERCENT = 60 };
  const size_t least = l->step->rule == GM_RULE_SGD ? SAMPLES : SAMPLES_WITH_MOMENTS;
  if (l->groups == 0 || l->n < least || l->n > GM_BACKWARD_SAMPLES) return false;
  const size_t threads = (size_t)l->threads, share = gm_pieces(l->groups, threads) * threads;
  return nonzeros * 100 * share <= l->n * l->rows.count * PERCENT * l->groups;
}

/* Floats for the values, their indices and counts. They have their room in larger batches too: the last one
 * of an epoch may be short. */
static size_t lists_size(size_t n, size_t rows) {
  const size_t listed = gm_least(n, GM_BACKWARD_SAMPLES), values = listed * rows;
  const size_t counts = rows + listed * gm_pieces(rows, GM_BACKWARD_ROWS);
  return gm_floats_padded(values + gm_pieces(values + counts, sizeof(float)));
}

static gm_nonzero_lists lists_at(size_t n, size_t rows, float *scratch) {
  const size_t values = gm_least(n, GM_BACKWARD_SAMPLES) * rows;
  uint8_t *index = (uint8_t *)(scratch + values);
  return (gm_nonzero_lists){scratch, index, index + values};
}

static void list_rows(void *context, size_t index) {
  work *l = context;
  l->kernels->list_dy(l->n, l->rows, index * GM_BACKWARD_ROWS, l->dy, &l->lists);
}

/* Where group g begins. */
static size_t group_at(const work *l, size_t g) {
  return g * (l->inputs / GM_BACKWARD_LINE) / l->groups * GM_BACKWARD_LINE;
}

static void step_group(void *context, size_t index) {
  const work *l = context;
  const size_t g = piece_at(l, index);
  const size_t first = group_at(l, g), last = g < l->groups ? group_at(l, g + 1) : l->inputs;
  if (g >= l->pieces) return;
  if (g < l->groups)
    l->kernels->dense_backward_nonzeros(l->step, l->n, l->inputs, l->rows, first, last, l->x, &l->lists,
                                        l->weight, l->dx, panels_at(l, first));
  else
    step_rows(l, first, last); /* fewer columns than a line */
  fade_rows(l, first, last);
}

/* ---- all of it ------------------------------------------------------------------------ */

size_t gm_dense_scratch_size(size_t n, size_t inputs, size_t outputs) {
  const size_t bias = gm_floats_padded(outputs), rows = ROW_FACTS * bias, dy = gm_floats_padded(n * outputs);
  return bias + rows + dy + 2 * lists_size(n, outputs) + gm_kernels_panels_size(n, inputs);
}

void gm_dense_backward_step(const gm_compute *compute, const gm_step *step, size_t n, size_t inputs,
                            size_t outputs, const float *x, const float *dy, gm_tensor weight, gm_tensor bias,
                            float *dx, float *scratch) {
  float *db = scratch, *rows = db + gm_floats_padded(outputs),
        *taken = rows + ROW_FACTS * gm_floats_padded(outputs);
  float *lists = taken + gm_floats_padded(n * outputs);
  work l = {.kernels = compute->kernels,
            .step = step,
            .n = n,
            .inputs = inputs,
            .outputs = outputs,
            .taken = taken,
            .x = x,
            .dy = dy,
            .dx = dx,
            .weight = weight,
            .threads = compute->threads,
            .columns = columns_a_piece(step, compute->threads, n, inputs),
            .groups = groups_of(compute, inputs),
            .lists = {lists_at(n, outputs, lists), lists_at(n, outputs, lists + lists_size(n, outputs))},
            .panels = lists + 2 * lists_size(n, outputs)};
  const size_t nonzeros = rows_to_step(step, n, outputs, dy, weight.moved, rows, &l.rows, &l.fading);
  if (nonzeros < n * outputs) {
    gm_parallel_for(compute->pool, n, take_rows, &l);
    l.dy = l.taken;
  }
  if (leaves_zeros_out(&l, nonzeros)) {
    gm_parallel_for(compute->pool, gm_pieces(l.rows.count, GM_BACKWARD_ROWS), list_rows, &l);
    for_each_piece(compute, l.groups + (inputs % GM_BACKWARD_LINE != 0), step_group, &l);
  } else {
    for_each_piece(compute, gm_pieces(inputs, l.columns), step_columns, &l);
  }
  gm_dense_bias_gradient(n, outputs, dy, db);
  compute->kernels->step(step, outputs, bias, db);
}
