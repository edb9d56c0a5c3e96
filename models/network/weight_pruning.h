/* SPDX-License-Identifier: MIT
 * Two ways to prune a network while it is being trained.
 *
 * Unstructured (magnitude, global): the round(fraction · n) weights of all conv and
 * dense layers together with the smallest |w| are set to zero and kept there by a
 * mask; biases stay. Equals torch.nn.utils.prune.global_unstructured with
 * L1Unstructured, ties included (models/network/smallest_k.h). The network is not smaller.
 *
 * Structured: in every hidden layer the round(fraction · channels) output channels
 * or units whose weights have the smallest L2 norm (ties: lower index first) are
 * removed, with their biases, their outgoing weights and their optimiser state. The
 * network becomes smaller and cheaper. At least one channel of a layer stays.
 *
 * round() is to nearest, halves to even, as Python's. */
#ifndef MODELS_WEIGHT_PRUNING_H
#define MODELS_WEIGHT_PRUNING_H

#include "models/network/network.h"
#include "models/network/optimizer.h"

/* Weights of conv and dense layers, the ones unstructured pruning chooses from. */
size_t gm_network_weight_count(const gm_architecture *architecture);

/* Masks network and optimiser: pruned weights and their state become 0 and the
 * optimiser's mask is set. *n_pruned = how many (may be NULL). Weights pruned
 * before are the smallest, so they stay pruned. */
gm_status gm_prune_unstructured(gm_network *network, gm_optimizer *optimizer, double fraction,
                                size_t *n_pruned, gm_error *err);

/* Shrinks network and optimiser in place. Workspaces for the old architecture are
 * no longer valid. A masked network is GM_BAD_INPUT. On failure nothing has changed. */
gm_status gm_prune_structured(gm_network *network, gm_optimizer *optimizer, double fraction, gm_error *err);

#endif
