/* SPDX-License-Identifier: MIT
 * Choosing NVIDIA devices: index, UUID or MIG slice to the board that draws the power. */
#include "energy/sources/nvml_choice.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* "GPU-1a2b…", possibly cut short: the one device whose UUID begins so. */
static bool by_prefix(const gm_nvml *nvml, unsigned n, const char *prefix, gm_nvml_device *found) {
  int matches = 0;
  for (unsigned i = 0; i < n && nvml->uuid != NULL; i++) {
    char uuid[96] = "";
    gm_nvml_device handle;
    if (nvml->by_index(i, &handle) != NVML_SUCCESS) continue;
    if (nvml->uuid(handle, uuid, sizeof uuid) != NVML_SUCCESS) continue;
    if (strncasecmp(uuid, prefix, strlen(prefix)) != 0) continue;
    *found = handle;
    matches++;
  }
  return matches == 1;
}

/* The board of "MIG-uuid", or of the older "MIG-GPU-uuid/instance/instance". */
static bool by_slice(const gm_nvml *nvml, unsigned n, const char *name, gm_nvml_device *found) {
  if (strncmp(name, "MIG-GPU-", 8) == 0) {
    char board[96];
    snprintf(board, sizeof board, "%.*s", (int)strcspn(name + 4, "/"), name + 4);
    return by_prefix(nvml, n, board, found);
  }
  gm_nvml_device slice;
  return nvml->by_uuid != NULL && nvml->parent != NULL && nvml->by_uuid(name, &slice) == NVML_SUCCESS &&
         nvml->parent(slice, found) == NVML_SUCCESS;
}

/* The board that one entry of the list names; false where that is none. */
static bool find(const gm_nvml *nvml, unsigned n, const gm_gpu_choice *choice, size_t entry, int first,
                 gm_nvml_chosen *found) {
  const char *name = choice->name[entry];
  const int index = gm_gpu_choice_index(choice, entry) - first;
  found->slice = strncmp(name, "MIG-", 4) == 0;
  if (found->slice) return by_slice(nvml, n, name, &found->handle);
  if (strncasecmp(name, "GPU-", 4) == 0) return by_prefix(nvml, n, name, &found->handle);
  return index >= 0 && (unsigned)index < n && nvml->by_index((unsigned)index, &found->handle) == NVML_SUCCESS;
}

/* Adds a board unless it is there: named twice, or two slices of it. */
static size_t add(gm_nvml_chosen *chosen, size_t n, size_t capacity, gm_nvml_chosen one) {
  for (size_t i = 0; i < n; i++)
    if (chosen[i].handle == one.handle) {
      chosen[i].slice = chosen[i].slice || one.slice;
      return n;
    }
  if (n < capacity) chosen[n++] = one;
  return n;
}

size_t gm_nvml_choose(const gm_nvml *nvml, gm_gpu_choice *choice, int first, gm_nvml_chosen *chosen,
                      size_t capacity, bool *missing) {
  unsigned there = 0;
  size_t n = 0;
  *missing = false;
  if (nvml->count(&there) != NVML_SUCCESS) there = 0;
  for (unsigned i = 0; choice->all && i < there; i++) {
    gm_nvml_chosen one = {.slice = false};
    if (nvml->by_index(i, &one.handle) == NVML_SUCCESS)
      n = add(chosen, n, capacity, one);
    else
      *missing = true;
  }
  for (size_t i = 0; i < choice->n; i++) {
    gm_nvml_chosen one;
    if (!find(nvml, there, choice, i, first, &one)) continue;
    choice->found[i] = true;
    n = add(chosen, n, capacity, one);
  }
  return n;
}
