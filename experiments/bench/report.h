/* SPDX-License-Identifier: MIT
 * What the bench prints: Markdown tables that read well on a terminal, and JSON with
 * every sample. */
#ifndef EXPERIMENTS_BENCH_REPORT_H
#define EXPERIMENTS_BENCH_REPORT_H

#include "experiments/bench/case.h"

#include <stdio.h>

/* Machine, build, peers, one table per group, notes. */
void gm_bench_print(const gm_bench *bench, FILE *out);

/* The same and all samples, whole or not at all. */
gm_status gm_bench_write_json(const gm_bench *bench, const char *path, gm_error *err);

/* The last words, behind the tables: in how many cases greenmile is ahead of the fastest peer, and what the
 * bench has cost. `where`: what was written. */
void gm_bench_say_result(const gm_bench *bench, const char *where, FILE *out);

#endif
