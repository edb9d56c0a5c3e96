/* SPDX-License-Identifier: MIT
 * Early stopping on a metric to be minimised: stop when `patience` epochs in a row
 * bring no new best (Prechelt 1998, "Early stopping — but when?"). */
#ifndef MODELS_EARLY_STOPPING_H
#define MODELS_EARLY_STOPPING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t patience; /* epochs without a new best before stopping; 0 = never stop */
  double min_delta; /* an epoch is a new best when value < best − min_delta */
  double best;      /* infinity before the first epoch */
  int64_t waited;   /* epochs since the best */
} gm_early_stopping;

gm_early_stopping gm_early_stopping_start(int64_t patience, double min_delta);

/* Takes the value of one more epoch; true when it is a new best. */
bool gm_early_stopping_update(gm_early_stopping *stopping, double value);

/* Whether the patience is used up. */
bool gm_early_stopping_should_stop(const gm_early_stopping *stopping);

#endif
