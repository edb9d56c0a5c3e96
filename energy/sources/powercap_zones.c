/* SPDX-License-Identifier: MIT
 * Which powercap zones there are, by name and not by number (docs/energy-model.md, Counters). Reading them is
 * powercap.c's. */
#include "energy/sources/powercap_zones.h"

#include "common/atomic_file.h"
#include "energy/sources/small_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Control type, package, its part: the tree is never deeper; a guard against odd links. */
static const int deepest = 3;

/* What the kernel's RAPL drivers call their control types (intel-rapl, intel-rapl-mmio), AMD's too. */
static const char control_prefix[] = "intel-rapl";

typedef struct {
  char entry[64];
  char *path;
} candidate;

typedef struct {
  candidate *items;
  size_t n, capacity;
} candidates;

static bool add(candidates *all, const char *entry, const char *path) {
  const size_t length = strlen(entry);
  if (length >= sizeof all->items->entry) return true; /* no name the kernel gives */
  for (size_t i = 0; i < all->n; i++)
    if (strcmp(all->items[i].entry, entry) == 0) return true;
  if (all->n == all->capacity) {
    const size_t capacity = all->capacity == 0 ? 16 : 2 * all->capacity;
    candidate *larger = realloc(all->items, capacity * sizeof *larger);
    if (larger == NULL) return false;
    all->items = larger;
    all->capacity = capacity;
  }
  candidate *c = &all->items[all->n];
  c->path = strdup(path);
  if (c->path == NULL) return false;
  memcpy(c->entry, entry, length + 1);
  all->n++;
  return true;
}

/* Adds the zones below `path`: entries with a ':' are zones, all of ours may hold more. */
static bool scan(candidates *all, const char *path, int depth) {
  DIR *directory = opendir(path);
  if (directory == NULL) return true; /* nothing to see */
  bool ok = true;
  const struct dirent *entry;
  while (ok && (entry = readdir(directory)) != NULL) {
    if (strncmp(entry->d_name, control_prefix, sizeof control_prefix - 1) != 0) continue;
    char *below = gm_path_join(path, entry->d_name);
    ok = below != NULL;
    if (ok && strchr(entry->d_name, ':') != NULL) ok = add(all, entry->d_name, below);
    if (ok && depth < deepest) ok = scan(all, below, depth + 1);
    free(below);
  }
  closedir(directory);
  return ok;
}

static bool kind_of(const char *name, gm_powercap_kind *kind) {
  if (strncmp(name, "package-", 8) == 0)
    *kind = GM_ZONE_PACKAGE;
  else if (strcmp(name, "dram") == 0)
    *kind = GM_ZONE_DRAM;
  else if (strcmp(name, "psys") == 0)
    *kind = GM_ZONE_PSYS;
  else
    return false;
  return true;
}

/* Names the parent of zone `i` ("intel-rapl:0" of "intel-rapl:0:2"), where it is in the list. */
static void find_parent(gm_powercap_list *list, size_t i) {
  gm_powercap_zone *zone = &list->zones[i];
  const size_t length = (size_t)(strrchr(zone->entry, ':') - zone->entry);
  for (size_t j = 0; j < list->n; j++) {
    const gm_powercap_zone *other = &list->zones[j];
    if (strlen(other->entry) == length && strncmp(other->entry, zone->entry, length) == 0)
      memcpy(zone->parent, other->name, sizeof zone->parent);
  }
}

static int by_type_and_entry(const void *left, const void *right) {
  const gm_powercap_zone *a = left, *b = right;
  const int type = strcmp(a->type, b->type); /* "intel-rapl" sorts before "intel-rapl-mmio" */
  return type != 0 ? type : strcmp(a->entry, b->entry);
}

gm_status gm_powercap_list_read(const char *sysfs_root, gm_powercap_list *list, gm_error *err) {
  candidates all = {0};
  *list = (gm_powercap_list){0};
  char *root = gm_path_join(sysfs_root, "class/powercap");
  bool ok = root != NULL && scan(&all, root, 0);
  if (ok && all.n > 0) {
    list->zones = calloc(all.n, sizeof *list->zones);
    ok = list->zones != NULL;
  }
  for (size_t i = 0; ok && i < all.n; i++) {
    gm_powercap_zone *zone = &list->zones[list->n];
    *zone = (gm_powercap_zone){0};
    if (!gm_small_text(all.items[i].path, "name", zone->name, sizeof zone->name) ||
        !kind_of(zone->name, &zone->kind))
      continue;
    snprintf(zone->entry, sizeof zone->entry, "%s", all.items[i].entry);
    snprintf(zone->type, sizeof zone->type, "%.*s", (int)strcspn(zone->entry, ":"), zone->entry);
    zone->path = all.items[i].path;
    all.items[i].path = NULL;
    list->n++;
  }
  for (size_t i = 0; i < list->n; i++) find_parent(list, i);
  for (size_t i = 0; i < all.n; i++) free(all.items[i].path);
  free(all.items);
  free(root);
  if (!ok) {
    gm_powercap_list_free(list);
    return gm_fail_memory(err, "the list of powercap zones");
  }
  if (list->n > 0) qsort(list->zones, list->n, sizeof *list->zones, by_type_and_entry);
  return GM_OK;
}

void gm_powercap_list_free(gm_powercap_list *list) {
  for (size_t i = 0; i < list->n; i++) free(list->zones[i].path);
  free(list->zones);
  *list = (gm_powercap_list){0};
}

bool gm_powercap_same(const gm_powercap_zone *a, const gm_powercap_zone *b) {
  return strcmp(a->name, b->name) == 0 && strcmp(a->parent, b->parent) == 0;
}
