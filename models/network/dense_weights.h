/* SPDX-License-Identifier: MIT
 * The weights of a fully connected layer, as its forward products take them. */
#ifndef MODELS_DENSE_WEIGHTS_H
#define MODELS_DENSE_WEIGHTS_H

#include <stddef.h>

typedef struct {
  size_t inputs, outputs;
  const float *w, *b;
  const float *turned; /* as gm_dense_turn (dense_nonzeros.h) left it of this W with these kernels, or NULL */
} gm_dense_weights;

#endif
