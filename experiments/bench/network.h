/* SPDX-License-Identifier: MIT
 * Networks for the bench: parameters, optimiser, activations and a pool of random
 * samples, and the calls that are timed on them. */
#ifndef EXPERIMENTS_BENCH_NETWORK_H
#define EXPERIMENTS_BENCH_NETWORK_H

#include "common/json.h"
#include "common/status.h"
#include "models/network/network.h"
#include "models/network/optimizer.h"

#include <stdbool.h>
#include <stddef.h>

/* An architecture with the shape of one sample. */
typedef struct {
  const char *name; /* part of case names */
  const char *arch;
  gm_shape input;
} gm_bench_shape;

extern const gm_bench_shape gm_bench_index; /* the study's: 1 × 12, 6,990,089 parameters */
extern const gm_bench_shape gm_bench_map;   /* the study's map network on 1 × 2,261: 6,990,209 */

/* Steps and forecasts cycle through so many samples: ten batches of the largest size. */
enum { GM_BENCH_POOL = 1280 };

typedef struct {
  gm_network network;
  gm_optimizer optimizer;
  gm_workspace workspace;     /* of `batch` samples */
  size_t batch, size, n;      /* size: floats of a sample; n: samples of the pool */
  size_t position;            /* next sample */
  float *x, *y, *dy;          /* (n, size), (n), (batch); x and y random, uniform on [−1, 1) */
  const float **rows;         /* n pointers into x */
  double *truth, *prediction; /* n each */
} gm_bench_network;

/* Context of the calls. */
typedef struct {
  gm_bench_network *network;
  gm_compute compute;
} gm_bench_network_call;

/* `training` false leaves out what only a step needs. */
gm_status gm_bench_network_create(gm_bench_network *network, const gm_bench_shape *shape, size_t batch,
                                  size_t n, gm_optimizer_kind kind, bool training, gm_error *err);
void gm_bench_network_free(gm_bench_network *network);

/* Forward, loss, backward and optimiser step on the next batch. */
gm_status gm_bench_network_step(void *call, gm_error *err);
/* One forward pass of the next batch. */
gm_status gm_bench_network_forecast(void *call, gm_error *err);
/* Forecasts of all n samples, in batches. */
gm_status gm_bench_network_evaluate(void *call, gm_error *err);

/* {"case": …, "arch", "channels", "length", "batch"} for the peer. */
struct json_object *gm_bench_network_request(const char *case_name, const gm_bench_shape *shape,
                                             size_t batch);

#endif
