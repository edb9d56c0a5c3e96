/* SPDX-License-Identifier: MIT
 * Notes and life of a map. */
#include "datasets/maps/sst_map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void gm_sst_map_note(gm_sst_map *map, const char *format, ...) {
  if (map->n_notes == GM_MAP_NOTES) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(map->note[map->n_notes++], GM_MAP_NOTE, format, arguments);
  va_end(arguments);
}

void gm_sst_map_free(gm_sst_map *map) {
  free(map->variable);
  free(map->values);
  free(map->latitude);
  free(map->longitude);
  gm_series_free(&map->index);
  *map = (gm_sst_map){0};
}
