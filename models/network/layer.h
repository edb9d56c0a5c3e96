/* SPDX-License-Identifier: MIT
 * What a layer is: a const row of facts and functions in a file of its own. To add one: write NAME.c with a
 * gm_layer_type gm_NAME_layer and put NAME into GM_LAYERS; parsing, sizes, passes, files, pruning and --help
 * follow from the row, and tests/models/test_layer.c checks its gradient. */
#ifndef MODELS_LAYER_H
#define MODELS_LAYER_H

#include "models/compute.h"
#include "models/network/optimizer.h"

#include <stdbool.h>
#include <stddef.h>

/* All there are, in the order in which --help lists them. */
#define GM_LAYERS(ROW) ROW(conv1d) ROW(relu) ROW(maxpool1d) ROW(flatten) ROW(dense)

/* Bound that keeps every product of dimensions far inside size_t and OpenBLAS's int. */
enum { GM_LARGEST_DIMENSION = 100 * 1000 * 1000 };
enum { GM_LAYER_NUMBERS = 2, GM_LAYER_TEXT = 64, GM_WEIGHT_RANK = 3 };

/* ---- one layer of an architecture ------------------------------------------------- */

/* Of one sample. After flatten: channels = features, length = 1. */
typedef struct {
  size_t channels, length;
  bool flat;
} gm_shape;

/* Values of one sample in a shape. */
static inline size_t gm_shape_size(gm_shape shape) {
  return shape.channels * shape.length;
}

typedef struct gm_layer_type gm_layer_type;

typedef struct {
  const gm_layer_type *type;
  double number[GM_LAYER_NUMBERS]; /* as written: conv:64:3; a layer with weights begins with its outputs */
  gm_shape in, out;
  size_t weight_shape[GM_WEIGHT_RANK],
      weight_rank;         /* as PyTorch's, the outputs first; rank 0: no parameters */
  size_t weight, n_weight; /* offset and count in the parameter block */
  size_t bias, n_bias;     /* one per output */
} gm_layer;

/* ---- what it needs and does --------------------------------------------------------- */

/* Floats (or uint32_t, which are as wide). */
typedef struct {
  size_t kept;     /* from the forward to the backward pass of a batch, the layer's own */
  size_t scratch;  /* of either pass, shared with the other layers */
  size_t gradient; /* of a backward step, likewise */
  size_t settled;  /* of weights that stay as they are, in a form that is faster to read */
} gm_layer_sizes;

/* n samples going through a layer. Rows are samples: x and dx (n, in), y and dy (n, out). */
typedef struct {
  const gm_compute *compute;
  const gm_layer *layer;
  size_t n;
  const float *x;
  float *y;
  const float *dy;
  float *dx; /* NULL: nobody wants it */
  void *kept;
  float *scratch, *gradient;
  /* Weight and bias are at their offsets in the block of parameters. */
  float *parameters;             /* read; stepped in a backward pass with an optimiser */
  const float *settled;          /* forward: the same weights as `settle` left them, or NULL */
  const gm_optimizer *optimizer; /* backward: NULL writes the gradient into d_parameters instead */
  float *d_parameters;
} gm_layer_pass;

struct gm_layer_type {
  const char *name;      /* in architecture strings, e.g. "conv" */
  const char *arguments; /* what follows it there, e.g. ":C_OUT:K"; "" without */
  bool real;             /* its numbers are finite ones, which shape() looks at; else whole ones from 1 */
  /* Its output may share its input's memory (then y == x and dy == dx). The passes must be right either way:
   * a layer that says nothing here costs memory, not correctness. */
  bool in_place;
  /* From type, number and in: out (set to `in` before) and the shape of the weight. NULL, or the sentence
   * that says what was expected. */
  const char *(*shape)(gm_layer *layer);
  gm_layer_sizes (*sizes)(const gm_layer *layer, size_t batch); /* NULL: needs none */
  /* Fills `settled`; false: cannot be of these weights. NULL where the sizes have none. */
  bool (*settle)(const gm_compute *compute, const gm_layer *layer, const float *parameters, float *settled);
  void (*forward)(const gm_layer_pass *pass);
  void (*backward)(const gm_layer_pass *pass);
};

#define GM_DECLARE_LAYER(name) extern const gm_layer_type gm_##name##_layer;
GM_LAYERS(GM_DECLARE_LAYER)
#undef GM_DECLARE_LAYER

/* Type number i from 0, NULL past the last. */
const gm_layer_type *gm_layer_type_at(size_t i);

/* "conv:64:3" into text. */
void gm_layer_format(const gm_layer *layer, char text[GM_LAYER_TEXT]);

#endif
