/* SPDX-License-Identifier: MIT
 * The Python process that does the same work with PyTorch, scikit-learn, Optuna and
 * CodeCarbon: one process for the whole run, driven over pipes, one JSON object a
 * line (scripts/peers/bench_peer.py describes them). It times its own calls. */
#ifndef EXPERIMENTS_BENCH_PEER_H
#define EXPERIMENTS_BENCH_PEER_H

#include "common/json.h"
#include "common/status.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define GM_BENCH_PEER_SCRIPT "scripts/peers/bench_peer.py"

/* Zeroed: there is no peer, and nothing is prepared. */
typedef struct {
  pid_t pid;
  FILE *to, *from;
  struct json_object *hello; /* "python" and "versions"; NULL without a peer */
} gm_bench_peer;

/* Starts `python` (a path, or a name looked up in PATH) on the script of the tree, which
 * must be the current directory. */
gm_status gm_bench_peer_start(gm_bench_peer *peer, const char *python, gm_error *err);

/* Ends the process; accepts a zeroed peer. */
void gm_bench_peer_stop(gm_bench_peer *peer);

/* Sends one request (taken over); *reply is the caller's to put. What the peer could not do
 * is GM_FAILED with its sentence. */
gm_status gm_bench_peer_ask(gm_bench_peer *peer, struct json_object *request, struct json_object **reply,
                            gm_error *err);

/* Runs what it prepared as `id`: `warm` calls untimed, then `calls` calls in *seconds. */
gm_status gm_bench_peer_run(gm_bench_peer *peer, int64_t id, int64_t warm, int64_t calls, int threads,
                            double *seconds, gm_error *err);

#endif
