/* SPDX-License-Identifier: MIT
 * Which graphics cards a list means: "0,2", "[0, 1]", "GPU-1a2b", "MIG-…", "0000:03:00.0"; "" or "none" is
 * none, "-1" ends it. A list the user gives counts all cards of the machine through: NVIDIA's, AMD's,
 * Intel's, each vendor's in the order of the bus. Those of the environment (CUDA_, ROCR_,
 * HIP_VISIBLE_DEVICES, ZE_AFFINITY_MASK) count their vendor's alone. */
#ifndef ENERGY_GPU_CHOICE_H
#define ENERGY_GPU_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

enum { GM_MOST_GPU_NAMES = 64, GM_GPU_NAME = 96 };

typedef struct gm_gpu_choice {
  bool all; /* no list: every card */
  size_t n;
  char name[GM_MOST_GPU_NAMES][GM_GPU_NAME];
  bool found[GM_MOST_GPU_NAMES]; /* a card of this name is here */
  int seen;                      /* cards counted so far, over all sources */
} gm_gpu_choice;

/* NULL: all. Quotes, brackets and blanks around names do not matter. */
void gm_gpu_choice_parse(gm_gpu_choice *choice, const char *list);

/* True where the list means this card; notes that the name is known. uuid, address: "" where it has none. */
bool gm_gpu_choice_wants(gm_gpu_choice *choice, int index, const char *uuid, const char *address);

/* The index that entry `i` is, or −1. */
int gm_gpu_choice_index(const gm_gpu_choice *choice, size_t i);

/* The first name no card was found for; NULL: none. */
const char *gm_gpu_choice_unknown(const gm_gpu_choice *choice);

#endif
