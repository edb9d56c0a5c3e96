/* SPDX-License-Identifier: MIT
 * The network for index series at other sizes: every width of
 *
 *   conv:64:3,relu,conv:128:3,relu,flatten,dense:2400,relu,dense:1364,relu,dense:1
 *
 * times one factor, rounded and at least 1, the factor chosen so that the number of parameters comes nearest
 * to what is wanted. Factor 1 is the default network itself. */
#ifndef MODELS_SCALED_ARCHITECTURE_H
#define MODELS_SCALED_ARCHITECTURE_H

#include "models/network/architecture.h"

enum { GM_SCALED_ARCHITECTURE_TEXT = 160 };

/* The architecture string for samples of `input` with about `parameters` trainable numbers; returns how many
 * it has. */
size_t gm_scaled_architecture(gm_shape input, size_t parameters, char text[GM_SCALED_ARCHITECTURE_TEXT]);

#endif
