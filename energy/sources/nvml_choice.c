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

/* One board under two handles has one UUID. */
static bool is_same(const gm_nvml *nvml, gm_nvml_device a, gm_nvml_device b) {
  char first[96] = "", second[96] = "";
  return a == b ||
         (nvml->uuid != NULL && nvml->uuid(a, first, sizeof first) == NVML_SUCCESS && first[0] != '\0' &&
          nvml->uuid(b, second, sizeof second) == NVML_SUCCESS && strcmp(first, second) == 0);
}

/* Adds a board unless it is there: named or listed twice, or two slices of it; *missing where there is no
 * room.
 */
static size_t add(const gm_nvml *nvml, gm_nvml_chosen *chosen, size_t n, size_t capacity, gm_nvml_chosen one,
                  bool *missing) {
  for (size_t i = 0; i < n; i++)
    if (is_same(nvml, chosen[i].handle, one.handle)) {
      chosen[i].slice = chosen[i].slice || one.slice;
      return n;
    }
  if (n < capacity)
    chosen[n++] = one;
  else
    *missing = true;
  return n;
}

unsigned gm_nvml_count(const gm_nvml *nvml) {
  static const unsigned most = 1024; /* far above any machine; 0xffffffff is no number of cards */
  unsigned there = 0;
  return nvml->count(&there) == NVML_SUCCESS && there <= most ? there : 0;
}

size_t gm_nvml_choose(const gm_nvml *nvml, gm_gpu_choice *choice, int first, gm_nvml_chosen *chosen,
                      size_t capacity, bool *missing) {
  const unsigned there = gm_nvml_count(nvml);
  size_t n = 0;
  *missing = false;
  for (unsigned i = 0; choice->all && i < there; i++) {
    gm_nvml_chosen one = {.slice = false};
    if (nvml->by_index(i, &one.handle) == NVML_SUCCESS)
      n = add(nvml, chosen, n, capacity, one, missing);
    else
      *missing = true;
  }
  for (size_t i = 0; i < choice->n; i++) {
    gm_nvml_chosen one;
    if (!find(nvml, there, choice, i, first, &one)) continue;
    choice->found[i] = true;
    n = add(nvml, chosen, n, capacity, one, missing);
  }
  return n;
}
