/* SPDX-License-Identifier: MIT
 * Which k of n values are the smallest, ties resolved exactly as torch.topk(…,
 * largest=False) resolves them on the CPU.
 *
 * PyTorch (ATen/native/TopKImpl.h) calls std::partial_sort when 64·k ≤ n and
 * std::nth_element otherwise; with equal values the choice is the algorithm's.
 * These are the published algorithms of GNU libstdc++: Musser's introselect
 * (median of 3 with unguarded partition, insertion sort for the last 3, heap
 * selection when the depth 2·log2(n) is used up) and heap selection. */
#ifndef MODELS_SMALLEST_K_H
#define MODELS_SMALLEST_K_H

#include "common/status.h"

#include <stddef.h>
#include <stdint.h>

/* selected[i] = 1 for the k smallest of values[0 … n−1] (k ≤ n), else 0. */
gm_status gm_smallest_k(const float *values, size_t n, size_t k, uint8_t *selected, gm_error *err);

#endif
