/* SPDX-License-Identifier: MIT
 * Which NVIDIA boards a list means. Indices are NVML's, in PCI order, which are not always CUDA's: UUIDs say
 * what they mean (docs/energy-model.md, Graphics cards). */
#ifndef ENERGY_NVML_CHOICE_H
#define ENERGY_NVML_CHOICE_H

#include "energy/sources/gpu_choice.h"
#include "energy/sources/nvml_library.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  gm_nvml_device handle; /* of the board */
  bool slice;            /* a MIG slice of it was named */
} gm_nvml_chosen;

/* How many cards there are; 0 where NVML does not say or says what no machine has. */
unsigned gm_nvml_count(const gm_nvml *nvml);

/* Fills the boards that `choice` means, each once, and marks the names that are known; their number,
 * `capacity` at most. Index 0 of the list is board −first. *missing: a board could not be had. */
size_t gm_nvml_choose(const gm_nvml *nvml, gm_gpu_choice *choice, int first, gm_nvml_chosen *chosen,
                      size_t capacity, bool *missing);

#endif
