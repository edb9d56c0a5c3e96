/* SPDX-License-Identifier: MIT
 * The inner loops that decide the speed of a training step and of an evaluation, one table of them per
 * instruction set.
 *
 * Letters: n batch, o outputs (rows of W), k inputs (columns of W).
 * W is (outputs, inputs) row-major, as torch.nn.Linear.weight. */
#ifndef MODELS_KERNELS_KERNELS_H
#define MODELS_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- optimiser step ------------------------------------------------------ */

typedef enum { GM_RULE_SGD, GM_RULE_SGD_MOMENTUM, GM_RULE_ADAM } gm_rule;

/* The constants of one optimiser step, in float as PyTorch applies them; the
 * formulas are in optimizer_step.h and documented in models/network/optimizer.h. */
typedef struct {
  gm_rule rule;
  float learning_rate, weight_decay;
  float momentum; /* SGD */
  float beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon;
  float step_size;                     /* Adam: learning_rate / (1 − beta1^t) */
  float inverse_sqrt_bias_correction2; /* Adam: 1 / sqrt(1 − beta2^t) */
} gm_step;

/* One parameter tensor, or a part of it, with its optimiser state. */
typedef struct {
  float *w;            /* parameters */
  float *m;            /* momentum buffer or first moment; NULL for plain SGD */
  float *v;            /* second moment; NULL for SGD */
  const uint8_t *mask; /* 1 keeps, 0 is pruned; NULL keeps all */
  uint8_t *moved; /* of a matrix, one a row: 0 where all of its m and v are 0; NULL where there are none */
} gm_tensor;

/* Some rows of a matrix, in ascending order. */
typedef struct {
  size_t count;
  const uint32_t *row;
} gm_rows;

/* ---- convolution over padded lines --------------------------------------- */

/* A line is one channel of several samples, zeros between them (conv1d.h). Lengths count positions of a line,
 * a multiple of GM_LINE_STEP; a line holds length + taps − 1 readable floats. Pitches lead from one line to
 * the next. */
enum { GM_LINE_STEP = 16 };

/* The weight of output o, input i and tap j is w[o·w_out + i·w_in + j·w_tap]. */
typedef struct {
  size_t inputs, taps;
  size_t in_pitch, out_pitch;
  size_t w_out, w_in;
  ptrdiff_t w_tap; /* negative: the kernel reversed */
} gm_convolution;

typedef struct {
  size_t inputs, taps, length;
  size_t in_pitch, dy_pitch;
} gm_line_correlation;

/* ---- forward product without zeros ----------------------------------------- */

/* Pieces of outputs that dense_forward_nonzeros takes in one go; at most so many samples a call. */
enum { GM_NONZEROS_WIDE = 80, GM_NONZEROS_NARROW = 64, GM_NONZEROS_SAMPLES = 256 };

/* Floats: of the part of a panel that a list runs through, of all panels of 2,560 inputs, and of the scratch
 * of a call, which has five sums of every sample and output behind them. */
enum {
  GM_NONZEROS_PANEL = 7680,
  GM_NONZEROS_LINE = 16,
  GM_NONZEROS_CHUNK = 2560,
  GM_NONZEROS_PANELS = (GM_NONZEROS_CHUNK + GM_NONZEROS_LINE) * GM_NONZEROS_WIDE,
  GM_NONZEROS_SCRATCH = GM_NONZEROS_PANELS + 5 * GM_NONZEROS_SAMPLES * GM_NONZEROS_WIDE,
};

/* Floats of the lists of so many samples: values, their steps in a byte each, and for every list, of which
 * there is one for 96 steps or a rest of a chunk, their count in a byte. */
static inline size_t gm_kernels_nonzeros_size(size_t batch, size_t inputs) {
  const size_t values = inputs + 16, lists = inputs / 32 + 32;
  return batch * values + (batch * (values + lists) + sizeof(float) - 1) / sizeof(float);
}

/* Of W turned once and for all: rows of outputs that each input and the end of every panel takes. */
static inline size_t gm_kernels_turned_size(size_t inputs, size_t outputs) {
  return outputs * (inputs + 16 + (inputs / GM_NONZEROS_CHUNK + 1) * 16);
}

/* One sample: values, rows of their weights, and how many there are of each chunk and lane. */
enum { GM_SAMPLE_ROWS_AHEAD = 32 };
static inline size_t gm_kernels_sample_size(size_t inputs) {
  return 2 * inputs + GM_SAMPLE_ROWS_AHEAD + (inputs / GM_NONZEROS_CHUNK + 1) * 16;
}

/* ---- backward product without zeros ---------------------------------------- */

/* Columns of W are counted in lines of so many; rows of W in a block; most samples, which are counted in
 * bytes. */
enum { GM_BACKWARD_LINE = 16, GM_BACKWARD_ROWS = 64, GM_BACKWARD_SAMPLES = 255 };

/* Values and where they stood; the lists of a block of rows lie behind one another. */
typedef struct {
  float *value;
  uint8_t *index, *count;
} gm_nonzero_lists;

/* The values of dy that are not zero: for every row its samples, and in each block of GM_BACKWARD_ROWS rows
 * for every sample its rows. */
typedef struct {
  gm_nonzero_lists of_row, of_sample;
} gm_dy_lists;

/* ---- the table -------------------------------------------------------------- */

typedef struct {
  const char *isa; /* "baseline", "avx2", "avx512" */

  /* y[n][o] = bias[o] + sum_k x[n][k] · W[o][k] for o in [first, last).
   * x: (batch, inputs), w: (outputs, inputs), y: (batch, outputs). */
  void (*dense_forward)(size_t batch, size_t inputs, size_t outputs, size_t first, size_t last,
                        const float *x, const float *w, const float *bias, float *y);

  /* The same, to the last bit, without the products with zeros of x, for batch ≤ GM_NONZEROS_SAMPLES. First
   * list_nonzeros for each lane < lanes, into lists of gm_kernels_nonzeros_size floats; it returns whether
   * the lane of x is finite, without which nothing may be left out. Then any ranges of outputs, best
   * GM_NONZEROS_WIDE or _NARROW at a time; meanwhile the rows of W from `fetch` on are fetched into the
   * caches, none if that is `outputs`. scratch: GM_NONZEROS_SCRATCH floats. `turned`: W as turn left it,
   * and then only ranges that were turned; NULL: the rows are turned on the way. */
  size_t lanes;
  bool (*list_nonzeros)(size_t batch, size_t inputs, size_t lane, const float *x, float *lists);
  void (*dense_forward_nonzeros)(size_t batch, size_t inputs, size_t outputs, size_t first, size_t last,
                                 size_t fetch, const float *x, float *lists, const float *w,
                                 const float *turned, const float *bias, float *y, float *scratch);

  /* W's rows [first, last), GM_NONZEROS_WIDE or _NARROW of them, at their place in a block of
   * gm_kernels_turned_size floats, laid out for this table's kernels alone; false if a weight is not finite,
   * which forbids to leave anything out. */
  bool (*turn)(size_t inputs, size_t first, size_t last, const float *w, float *turned);

  /* One sample likewise, of the ranges that were turned. First list_sample, into gm_kernels_sample_size
   * floats; it returns how many values are not zero, SIZE_MAX if one is not finite. */
  size_t (*list_sample)(size_t inputs, const float *x, float *list);
  void (*dense_forward_sample)(size_t inputs, size_t first, size_t last, const float *list,
                               const float *turned, const float *bias, float *y);

  /* For the columns [first, last) of the rows o = rows.row[i] of W, in one pass over them:
   *   dx[n][k]  = sum_i dy[n][i] · W[o][k]                    (old W; skipped when dx is NULL)
   *   dW[o][k]  = sum_n dy[n][i] · x[n][k]                    (never stored)
   *   W, m, v  <- optimiser step with dW.
   * x, dx: (batch, inputs), dy: (batch, rows.count), of those rows alone. A sample is left out of a block of
   * neighbours in the list if it moves none of them (its dy is 0 in all), so rows take least time in an order
   * where neighbours are moved by the same samples. panels: scratch of gm_kernels_panels_size(batch, last −
   * first) floats. */
  void (*dense_backward_step)(const gm_step *step, size_t batch, size_t inputs, gm_rows rows, size_t first,
                              size_t last, const float *x, const float *dy, gm_tensor weight, float *dx,
                              float *panels);

  /* The same to the last bit for the columns [first, last), a group of backward_lines lines or one less, and
   * batch ≤ GM_BACKWARD_SAMPLES; with dy listed before by list_dy for each block of rows from a multiple of
   * GM_BACKWARD_ROWS on. */
  size_t backward_lines;
  void (*dense_backward_nonzeros)(const gm_step *step, size_t batch, size_t inputs, gm_rows rows,
                                  size_t first, size_t last, const float *x, const gm_dy_lists *lists,
                                  gm_tensor weight, float *dx, float *panels);
  void (*list_dy)(size_t batch, gm_rows rows, size_t first, const float *dy, gm_dy_lists *lists);

  /* out[o][l] = sum_{i,j} w[o,i,j] · in[i][l + j] for `outputs` lines of `length` positions. */
  void (*convolve)(const gm_convolution *c, size_t outputs, size_t length, const float *w, const float *in,
                   float *out);

  /* dw[o][i][j] += sum_l dy[o][l] · in[i][l + j]; dw: (outputs, inputs, taps). */
  void (*correlate)(const gm_line_correlation *c, size_t outputs, const float *dy, const float *in,
                    float *dw);

  /* The optimiser step for n parameters whose gradient g is in memory. */
  void (*step)(const gm_step *step, size_t n, gm_tensor parameters, const float *g);
} gm_kernels;

/* Floats of x and dx of so many columns, rounded up to lines. */
static inline size_t gm_kernels_panels(size_t batch, size_t columns) {
  return 2 * batch * ((columns + GM_BACKWARD_LINE - 1) / GM_BACKWARD_LINE * GM_BACKWARD_LINE);
}

/* Scratch of dense_backward_step: these, and a number for each sample. Every line brings room for those
 * numbers, so that sizes add up: the scratch of a piece of W begins at the size of all the columns before it.
 */
static inline size_t gm_kernels_panels_size(size_t batch, size_t columns) {
  return gm_kernels_panels(batch, columns) + gm_kernels_panels(batch, columns) / (2 * GM_BACKWARD_LINE);
}

/* The fastest table this processor runs, or the one named by `isa` when it is
 * not NULL (GREENMILE_ISA); NULL when that is unknown or cannot run here. */
const gm_kernels *gm_kernels_select(const char *isa);

#endif
