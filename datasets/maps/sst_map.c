/* SPDX-License-Identifier: MIT
 * Life of a map. */
#include "datasets/maps/sst_map.h"

#include <stdlib.h>

void gm_sst_map_free(gm_sst_map *map) {
  free(map->variable);
  free(map->values);
  free(map->latitude);
  free(map->longitude);
  gm_series_free(&map->index);
  *map = (gm_sst_map){0};
}
