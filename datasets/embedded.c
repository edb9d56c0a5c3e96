/* SPDX-License-Identifier: MIT
 * The list of embedded datasets, made from GM_DATASETS. */
#include "datasets/embedded.h"

#include "common/suggestion.h"

#include <stdio.h>
#include <string.h>

#define DECLARE(name) extern const gm_embedded_dataset gm_##name##_dataset;
#define ADDRESS(name) &gm_##name##_dataset,

GM_DATASETS(DECLARE)

const gm_embedded_dataset *gm_embedded_dataset_at(size_t i) {
  static const gm_embedded_dataset *const all[] = {GM_DATASETS(ADDRESS)};
  return i < sizeof all / sizeof *all ? all[i] : NULL;
}

const char *gm_embedded_dataset_list(char *text, size_t size) {
  const gm_embedded_dataset *d;
  size_t used = 0;
  for (size_t i = 0; (d = gm_embedded_dataset_at(i)) != NULL && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, "%s%s (%s)", i > 0 ? ", " : "", d->name, d->summary);
  return text;
}

gm_status gm_embedded_dataset_find(const char *name, const gm_embedded_dataset **dataset, gm_error *err) {
  char names[GM_ERROR_LENGTH / 2] = "";
  for (size_t i = 0; (*dataset = gm_embedded_dataset_at(i)) != NULL; i++) {
    if (strcmp((*dataset)->name, name) == 0) return GM_OK;
    const size_t used = strlen(names);
    snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", (*dataset)->name);
  }
  gm_fail(err, GM_BAD_INPUT, "--dataset: expected %s, got \"%s\"; for a file use --csv", names, name);
  return gm_suggest(err, name, strlen(name), names);
}
