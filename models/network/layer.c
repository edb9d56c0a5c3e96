/* SPDX-License-Identifier: MIT
 * The list of layers, made from GM_LAYERS, and a layer as text. */
#include "models/network/layer.h"

#include "common/csv.h"

#include <stdio.h>
#include <string.h>

const gm_layer_type *gm_layer_type_at(size_t i) {
#define ADDRESS(name) &gm_##name##_layer,
  static const gm_layer_type *const types[] = {GM_LAYERS(ADDRESS) NULL};
#undef ADDRESS
  return types[i];
}

void gm_layer_format(const gm_layer *layer, char text[GM_LAYER_TEXT]) {
  size_t n = 0;
  int used = snprintf(text, GM_LAYER_TEXT, "%s", layer->type->name);
  for (const char *colon = layer->type->arguments; (colon = strchr(colon, ':')) != NULL; colon++) {
    char number[GM_DOUBLE_TEXT];
    gm_format_double(layer->number[n++], number);
    used += snprintf(text + used, GM_LAYER_TEXT - (size_t)used, ":%s", number);
  }
}
