/* SPDX-License-Identifier: MIT
 * Which NVIDIA devices a list means ("0,2", "GPU-1a2b", "MIG-…", "-1" ends it, "" is none). Indices are
 * NVML's, in PCI order, which are not always CUDA's: UUIDs say what they mean (energy.md 3.2). */
#ifndef ENERGY_NVML_CHOICE_H
#define ENERGY_NVML_CHOICE_H

#include "energy/sources/nvml_library.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  gm_nvml_device handle; /* of the board */
  bool slice;            /* a MIG slice of it was named */
} gm_nvml_chosen;

/* Fills the boards that `list` (NULL: all) means, each once; their number, `capacity` at most. *missing: a
 * board could not be had, or an entry names none; the first such entry is in `unknown` (of `size`), else "".
 */
size_t gm_nvml_choose(const gm_nvml *nvml, const char *list, gm_nvml_chosen *chosen, size_t capacity,
                      bool *missing, char *unknown, size_t size);

#endif
