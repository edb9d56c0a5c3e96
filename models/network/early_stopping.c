/* SPDX-License-Identifier: MIT
 * Early stopping: the best value so far and how many epochs it is old. The trainer measures and stops. */
#include "models/network/early_stopping.h"

#include <math.h>

gm_early_stopping gm_early_stopping_start(int64_t patience, double min_delta) {
  return (gm_early_stopping){.patience = patience, .min_delta = min_delta, .best = INFINITY};
}

bool gm_early_stopping_update(gm_early_stopping *s, double value) {
  if (value < s->best - s->min_delta) {
    s->best = value;
    s->waited = 0;
    return true;
  }
  s->waited++;
  return false;
}

bool gm_early_stopping_should_stop(const gm_early_stopping *s) {
  return s->patience > 0 && s->waited >= s->patience;
}
