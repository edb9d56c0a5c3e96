/* SPDX-License-Identifier: MIT
 * Energy of something too short to measure once (a linear fit, one forecast): call it
 * N times per batch so that a batch outlasts the counters' tick many times over, run K
 * batches, report per call. Mean, sd and a 95 % t-interval over batches say how well it
 * repeats; the meter's own interval says how well it is known. There are as many batches as
 * the asked precision of the mean needs: what repeats well is over soon, and what repeats so
 * badly that half of the batches show that all of them would not do goes no further. Stopping by its width
 * makes that interval a little too narrow: with normal batches it holds the mean in 93 to 95 %
 * of 20,000 simulated repetitions, the least with a spread of 2 %. Latency is timed apart, call
 * by call, so that timing does not weigh on the energy. */
#ifndef ENERGY_REPETITION_H
#define ENERGY_REPETITION_H

#include "energy/meter.h"

typedef struct {
  double batch_s;   /* shortest batch: 0.25 (> 0); never under min_ticks · τ for a measured zone */
  double min_ticks; /* 200: relative boundary error 2 τ/T ≤ 1 % (> 0) */
  double precision; /* no further batch once half the t-interval is at most so much of the mean: 0.01 (> 0) */
  int batches;      /* but at least so many: 5 [2, 1000] */
  int max_batches;  /* and at most so many: 20 [batches, 1000] */
  int warm_up_calls;     /* before anything is timed: 3 (≥ 1) */
  double latency_s;      /* time given to single timed calls: 0.5 (≥ 0) */
  int max_latency_calls; /* and at most so many of them: 1001 [1, 1000000] */
  int64_t max_calls;     /* per batch: 1e9 (≥ 1) */
} gm_repetition_config;

gm_repetition_config gm_repetition_config_default(void);
gm_status gm_repetition_config_check(const gm_repetition_config *config, gm_error *err);

/* One call of what is measured. Anything but GM_OK ends the repetition and is returned. */
typedef gm_status (*gm_repeated)(void *context, gm_error *err);

typedef struct {
  int64_t calls_per_batch;            /* N */
  int batches;                        /* K */
  double energy_j;                    /* mean per call, PUE included */
  double sd_j;                        /* over batches, of the per-call energy */
  double repeat_low_j, repeat_high_j; /* 95 % t-interval of the mean: repeats only, for ratios */
  double low_j, high_j; /* 95 % interval of the energy: repeats and the meter's, in quadrature */
  double min_j;         /* the smallest batch */
  double cv;            /* sd / mean; above 0.05 is worth a warning */
  double call_s;        /* mean wall time per call in the batches */
  double latency_s;     /* median of single timed calls */
  int latency_calls;
  gm_energy total; /* all batches, with sources and reasons */
} gm_repetition;

gm_status gm_energy_repeat(gm_meter *meter, gm_repeated call, void *context,
                           const gm_repetition_config *config, gm_repetition *result, gm_error *err);

/* The energy record of one call: total with every energy and the duration per call, and the
 * interval of the repetition. */
gm_energy gm_repetition_per_call(const gm_repetition *repetition);

#endif
