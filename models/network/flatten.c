/* SPDX-License-Identifier: MIT
 * Flatten, as torch.nn.Flatten: the same values, channel by channel, as features for the dense layers. */
#include "models/network/layer.h"

#include <string.h>

static const char *shape(gm_layer *layer) {
  layer->out = (gm_shape){.channels = gm_shape_size(layer->in), .length = 1, .flat = true};
  return NULL;
}

static void copy(float *to, const float *from, const gm_layer_pass *pass) {
  if (to != NULL && to != from) memcpy(to, from, pass->n * gm_shape_size(pass->layer->in) * sizeof *to);
}

static void forward(const gm_layer_pass *pass) {
  copy(pass->y, pass->x, pass);
}

static void backward(const gm_layer_pass *pass) {
  copy(pass->dx, pass->dy, pass);
}

const gm_layer_type gm_flatten_layer = {.name = "flatten",
                                        .arguments = "",
                                        .in_place = true,
                                        .shape = shape,
                                        .forward = forward,
                                        .backward = backward};
