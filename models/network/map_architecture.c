/* SPDX-License-Identifier: MIT
 * Widths by search: for every H the W whose total is nearest. */
#include "models/network/map_architecture.h"

#include <stdbool.h>
#include <stdio.h>

enum {
  CHANNELS_1 = 6,
  KERNEL_1 = 3,
  CHANNELS_2 = 16,
  KERNEL_2 = 5,
  POOL = 2,
  LEAST_WIDTH = 32,
  MOST_WIDTH = 512,
  PREFERRED_WIDTH = 64,
};
static const size_t wanted_parameters = 6990000, least_parameters = 6985000;

static size_t distance(size_t a, size_t b) {
  return a > b ? a - b : b - a;
}

/* Both convolutions, and three dense layers on `features` inputs. */
static size_t count_parameters(size_t features, size_t w, size_t h) {
  const size_t convolutions =
      (KERNEL_1 * CHANNELS_1 + CHANNELS_1) + (CHANNELS_1 * KERNEL_2 * CHANNELS_2 + CHANNELS_2);
  return convolutions + (features + 1) * w + (w + 1) * h + (h + 1);
}

/* The best pair with W up to `most`: count(W, H) is linear in W, so its best W is next to the root. */
static gm_map_widths search(size_t features, size_t most) {
  gm_map_widths best = {0};
  bool any = false;
  for (size_t h = LEAST_WIDTH; h <= MOST_WIDTH; h++) {
    const size_t fixed = count_parameters(features, 0, h), per_width = features + 1 + h;
    const size_t root = fixed < wanted_parameters ? (wanted_parameters - fixed) / per_width : 0;
    for (size_t w = root; w <= root + 1; w++) {
      const size_t width = w < LEAST_WIDTH ? LEAST_WIDTH : w > most ? most : w;
      const gm_map_widths pair = {width, h, count_parameters(features, width, h)};
      const size_t miss = distance(pair.n_parameters, wanted_parameters);
      const size_t best_miss = distance(best.n_parameters, wanted_parameters);
      const size_t off = distance(width, PREFERRED_WIDTH) + distance(h, PREFERRED_WIDTH);
      const size_t best_off =
          distance(best.width_1, PREFERRED_WIDTH) + distance(best.width_2, PREFERRED_WIDTH);
      if (!any || miss < best_miss || (miss == best_miss && off < best_off)) best = pair;
      any = true;
    }
  }
  return best;
}

gm_map_widths gm_map_architecture_widths(size_t n_points) {
  const size_t features = CHANNELS_2 * (n_points / POOL / POOL);
  const gm_map_widths widths = search(features, MOST_WIDTH);
  return widths.n_parameters >= least_parameters ? widths : search(features, wanted_parameters);
}

void gm_map_architecture(size_t n_points, char text[GM_MAP_ARCHITECTURE_TEXT]) {
  const gm_map_widths w = gm_map_architecture_widths(n_points);
  snprintf(
      text, GM_MAP_ARCHITECTURE_TEXT,
      "conv:%d:%d,relu,maxpool:%d,conv:%d:%d,relu,maxpool:%d,flatten,dense:%zu,relu,dense:%zu,relu,dense:1",
      CHANNELS_1, KERNEL_1, POOL, CHANNELS_2, KERNEL_2, POOL, w.width_1, w.width_2);
}
