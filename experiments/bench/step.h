/* SPDX-License-Identifier: MIT
 * One training step as a case of the bench, for any network. */
#ifndef EXPERIMENTS_BENCH_STEP_H
#define EXPERIMENTS_BENCH_STEP_H

#include "experiments/bench/case.h"
#include "experiments/bench/network.h"

/* Measures a step of that network, optimiser and batch as the case `name`. */
gm_status gm_bench_step(gm_bench *bench, const char *name, const gm_bench_shape *shape,
                        gm_optimizer_kind kind, size_t batch, gm_error *err);

#endif
