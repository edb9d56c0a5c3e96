/* SPDX-License-Identifier: MIT
 * Is the RMSE difference of two models on the same months real? Paired moving-block
 * bootstrap (Künsch, Ann. Statist. 17, 1989): blocks of consecutive months keep the
 * autocorrelation of the errors, the same blocks for both models keep their pairing. */
#ifndef MODELS_BOOTSTRAP_H
#define MODELS_BOOTSTRAP_H

#include "common/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
  double difference; /* RMSE(a) − RMSE(b) on all n samples */
  double low, high;  /* 95 % percentile interval of the replicates */
} gm_bootstrap_interval;

/* truth, a, b: (n), consecutive in time. Each replicate draws ceil(n / block) blocks with
 * replacement from the n − block + 1 possible ones, cut to n samples. The interval is
 * the 2.5 and 97.5 % quantiles (linear between order statistics). The same seed gives the same
 * result. GM_BAD_INPUT unless 1 <= block <= n and replicates >= 1; values that are not finite GM_FAILED. */
gm_status gm_bootstrap_rmse_difference(const double *truth, const double *a, const double *b, size_t n,
                                       size_t block, size_t replicates, uint32_t seed,
                                       gm_bootstrap_interval *interval, gm_error *err);

#endif
