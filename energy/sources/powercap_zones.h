/* SPDX-License-Identifier: MIT
 * Which powercap zones there are, by name and parent, before any counter is opened.
 * Indices are allocation order printed in hexadecimal and mean nothing; the tree is shown
 * twice (flat below class/powercap and nested below each control type) and each zone is
 * taken once. */
#ifndef ENERGY_POWERCAP_ZONES_H
#define ENERGY_POWERCAP_ZONES_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum { GM_ZONE_PACKAGE, GM_ZONE_DRAM, GM_ZONE_PSYS } gm_powercap_kind;

typedef struct {
  gm_powercap_kind kind;
  char entry[64];  /* directory name: "intel-rapl:0:2" */
  char type[32];   /* control type: "intel-rapl", "intel-rapl-mmio" */
  char name[32];   /* "package-0", "package-1-die-0", "dram", "psys" */
  char parent[32]; /* name of the zone it is a part of, "" at the top */
  char *path;      /* of its directory, owned */
} gm_powercap_zone;

typedef struct {
  gm_powercap_zone *zones; /* packages, drams and psys only: core and uncore are inside their package */
  size_t n;
} gm_powercap_list;

/* Lists what is below sysfs_root/class/powercap; nothing there gives an empty list. Ordered
 * by control type (intel-rapl first) and entry. */
gm_status gm_powercap_list_read(const char *sysfs_root, gm_powercap_list *list, gm_error *err);
void gm_powercap_list_free(gm_powercap_list *list);

/* The same piece of hardware: equal name and parent. Control types may differ. */
bool gm_powercap_same(const gm_powercap_zone *a, const gm_powercap_zone *b);

#endif
