/* SPDX-License-Identifier: MIT
 * Derivatives of a network's forecast by its inputs, sample by sample: what a saliency
 * map averages (Simonyan, Vedaldi & Zisserman, arXiv:1312.6034, section 3). */
#ifndef MODELS_INPUT_GRADIENT_H
#define MODELS_INPUT_GRADIENT_H

#include "models/network/network.h"
#include "models/network/trainer.h"

/* Called once per sample in order; gradient (channels, length) is valid during the call only. */
typedef void (*gm_input_gradient_visitor)(void *context, size_t sample, const float *gradient);

/* ∂ŷ/∂x of every sample of `examples`, for a network with one output. */
gm_status gm_input_gradients(const gm_compute *compute, const gm_network *network,
                             const gm_examples *examples, gm_input_gradient_visitor visit, void *context,
                             gm_error *err);

#endif
