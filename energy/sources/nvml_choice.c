/* SPDX-License-Identifier: MIT
 * Choosing NVIDIA devices. */
#include "energy/sources/nvml_choice.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
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
static bool find(const gm_nvml *nvml, unsigned n, const char *name, gm_nvml_chosen *found) {
  char *end;
  found->slice = strncmp(name, "MIG-", 4) == 0;
  if (found->slice) return by_slice(nvml, n, name, &found->handle);
  if (strncmp(name, "GPU-", 4) == 0) return by_prefix(nvml, n, name, &found->handle);
  const unsigned long index = strtoul(name, &end, 10);
  return isdigit((unsigned char)name[0]) && *end == '\0' && index < n &&
         nvml->by_index((unsigned)index, &found->handle) == NVML_SUCCESS;
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

size_t gm_nvml_choose(const gm_nvml *nvml, const char *list, gm_nvml_chosen *chosen, size_t capacity,
                      bool *missing, char *unknown, size_t size) {
  char text[1024], *rest = NULL;
  unsigned there = 0;
  size_t n = 0;
  *missing = false;
  unknown[0] = '\0';
  if (nvml->count(&there) != NVML_SUCCESS) there = 0;
  for (unsigned i = 0; list == NULL && i < there; i++) {
    gm_nvml_chosen one = {.slice = false};
    if (nvml->by_index(i, &one.handle) == NVML_SUCCESS)
      n = add(chosen, n, capacity, one);
    else
      *missing = true;
  }
  snprintf(text, sizeof text, "%s", list != NULL ? list : "");
  for (char *name = strtok_r(text, ", ", &rest); name != NULL; name = strtok_r(NULL, ", ", &rest)) {
    gm_nvml_chosen one;
    if (strcmp(name, "-1") == 0) break; /* as CUDA: none from here on */
    if (find(nvml, there, name, &one)) {
      n = add(chosen, n, capacity, one);
    } else if (!*missing) {
      *missing = true;
      snprintf(unknown, size, "%s", name);
    }
  }
  return n;
}
