/* SPDX-License-Identifier: MIT
 * A network with parameters, and its forward and backward passes.
 *
 * Inputs are (n, channels, length), outputs (n, features), row-major float. All
 * parameters live in one block, all activations of a batch in another; nothing is
 * allocated once both exist. */
#ifndef MODELS_NETWORK_H
#define MODELS_NETWORK_H

#include "common/rng.h"
#include "common/status.h"
#include "models/compute.h"
#include "models/network/architecture.h"
#include "models/network/optimizer.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
  gm_architecture architecture;
  float *parameters; /* architecture.n_parameters: weight, bias, layer by layer */
  float **settled;   /* per layer, or NULL: its weights once more (gm_network_settle) */
  float *settled_block;
  const gm_kernels *settled_for; /* whose layout they have */
} gm_network;

/* Takes over *architecture (zeroed on success); parameters are zero. */
gm_status gm_network_create(gm_network *network, gm_architecture *architecture, gm_error *err);
void gm_network_free(gm_network *network);

/* PyTorch's default initialisation of Conv1d and Linear (kaiming_uniform with
 * a = sqrt(5)), bit for bit after torch.manual_seed: every weight and bias uniform
 * in ±bound, bound(weight) = sqrt(3)·(sqrt(2/(1+5))/sqrt(fan_in)), bound(bias) =
 * 1/sqrt(fan_in), fan_in = c_in·k or inputs. */
void gm_network_initialize(gm_network *network, gm_rng *rng);

/* Lays the weights of large layers out once more, as many floats again, in the form that forecasts with the
 * same kernels read fastest: a single sample then skips the weights that its zeros make needless; the bits
 * stay the same. For a network that is trained and only asked from now on. What writes parameters here
 * (initialising, training, pruning) unsettles it; who writes them elsewhere has to. Without memory for it all
 * stays as it was. */
void gm_network_settle(const gm_compute *compute, gm_network *network);
void gm_network_unsettle(gm_network *network);

/* ---- one batch --------------------------------------------------------------- */

/* Activations, gradients and scratch for up to `batch` samples of one architecture. */
typedef struct {
  size_t batch;
  float *block;       /* the one allocation */
  float *input;       /* (batch, channels, length): the caller fills it */
  float **activation; /* per layer, its output; layers in place share their input's */
  float **gradient;   /* likewise, of the loss; NULL without backward */
  float *input_gradient;
  float **kept;                        /* per layer, what its backward pass needs of the forward pass */
  float *scratch, *parameter_gradient; /* of the layers (gm_layer_sizes) */
} gm_workspace;

/* `backward` false leaves out what only the backward pass needs. A batch whose
 * widest layer holds 2^31 values or more is GM_BAD_INPUT. */
gm_status gm_workspace_create(gm_workspace *workspace, const gm_architecture *architecture, size_t batch,
                              bool backward, gm_error *err);
void gm_workspace_free(gm_workspace *workspace);

/* The largest batch up to `wanted` whose forward workspace stays within `bytes`; at least 1. */
size_t gm_workspace_batch(const gm_architecture *architecture, size_t wanted, size_t bytes);

/* Runs workspace->input (n ≤ batch samples) through the network; returns the
 * outputs (n, features), inside the workspace. */
const float *gm_network_forward(const gm_compute *compute, const gm_network *network, gm_workspace *workspace,
                                size_t n);

/* After a forward pass of the same n: one optimiser step (already begun) with the
 * gradient of the loss whose derivative by the outputs is dy (n, features). */
void gm_network_backward_step(const gm_compute *compute, gm_network *network, gm_workspace *workspace,
                              size_t n, const float *dy, const gm_optimizer *optimizer);

/* The same gradient into memory instead: d_parameters like network->parameters;
 * the gradient by the inputs is left in workspace->input_gradient (n, channels,
 * length). For gradient checks and saliency; training does not need it. */
void gm_network_gradient(const gm_compute *compute, const gm_network *network, gm_workspace *workspace,
                         size_t n, const float *dy, float *d_parameters);

#endif
