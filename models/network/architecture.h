/* SPDX-License-Identifier: MIT
 * A network on paper: layers with their shapes and the places of their parameters
 * in one flat block. Written as a string, e.g. the default for index series
 *
 *   conv:64:3,relu,conv:128:3,relu,flatten,dense:2400,relu,dense:1364,relu,dense:1
 *
 * conv:C_OUT:K (stride 1, padding K/2, odd K), relu, maxpool:K (stride K),
 * flatten, dense:N; the list is GM_LAYERS in layer.h. Equivalent to the torch.nn.Sequential of the same
 * layers. */
#ifndef MODELS_ARCHITECTURE_H
#define MODELS_ARCHITECTURE_H

#include "common/status.h"
#include "models/network/layer.h"

#include <stddef.h>
#include <stdio.h>

/* 6,990,089 parameters on 1 × 12, the size of the poster's network. */
#define GM_ARCHITECTURE_INDEX "conv:64:3,relu,conv:128:3,relu,flatten,dense:2400,relu,dense:1364,relu,dense:1"

typedef struct {
  size_t n_layers;
  gm_layer *layers;    /* n_layers, owned */
  size_t n_parameters; /* of all layers; weight then bias, layer by layer */
} gm_architecture;

/* Parses `spec` for inputs of `input`; an error names the layer and what it expected. */
gm_status gm_architecture_parse(const char *spec, gm_shape input, gm_architecture *architecture,
                                gm_error *err);
void gm_architecture_free(gm_architecture *architecture);

/* The string again, in fresh memory the caller frees; NULL without memory. */
char *gm_architecture_format(const gm_architecture *architecture);

gm_shape gm_architecture_input(const gm_architecture *architecture);
gm_shape gm_architecture_output(const gm_architecture *architecture);

/* Every layer there is, as it is written: "conv:C_OUT:K, relu, …, dense:N" in text. */
enum { GM_LAYER_LIST = 256 };
const char *gm_layer_list(char text[GM_LAYER_LIST]);

/* The layer table: number, layer, output shape, parameters; and their sum. */
void gm_architecture_print(const gm_architecture *architecture, FILE *out);

/* ---- counting ----------------------------------------------------------------------- */

/* Floating-point operations of one sample, a multiplication and an addition per use of a weight: forward; one
 * training step, which goes through every weight three times (forward, gradient of the weights, gradient of
 * the input) but for the last of the first layer with weights. Activations, pooling and the optimizer's
 * update are not counted; masked weights and products with a zero, which need not be done, are. */
double gm_architecture_forward_flop(const gm_architecture *architecture);
double gm_architecture_step_flop(const gm_architecture *architecture);

/* Of a whole training: so many samples stepped through, so many evaluated, over all epochs. */
double gm_architecture_training_flop(const gm_architecture *architecture, double stepped, double evaluated);

/* The same from the facts of the layers, one after another into a zeroed count: how many weights each has,
 * and at how many positions its output uses them. */
typedef struct {
  double forward, first; /* of one sample; what the first layer with weights has of it */
} gm_flop;
void gm_flop_add_layer(gm_flop *flop, double weights, double length);
double gm_flop_training(const gm_flop *flop, double stepped, double evaluated);

#endif
