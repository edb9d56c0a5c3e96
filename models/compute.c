/* SPDX-License-Identifier: MIT
 * What computations run on: a pool of threads, the kernels of this processor, OpenBLAS held to one thread of
 * its own, since work is cut into pieces above it. */
#include "models/compute.h"

#include "common/large_block.h"

#include <cblas.h>
#include <sched.h>
#include <stdlib.h>

gm_status gm_compute_init(gm_compute *compute, int threads, const char *isa, gm_error *err) {
  cpu_set_t set;
  if (threads <= 0) threads = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  *compute = (gm_compute){.kernels = gm_kernels_select(isa), .threads = threads};
  if (compute->kernels == NULL)
    return gm_fail(err, GM_BAD_INPUT,
                   "GREENMILE_ISA: expected baseline, avx2 or avx512 that this processor runs, got \"%s\"",
                   isa);
  openblas_set_num_threads(1);
  compute->scratch = gm_large_block((size_t)threads * GM_NONZEROS_SCRATCH * sizeof(float));
  if (compute->scratch == NULL) return gm_fail_memory(err, "the threads' scratch");
  const gm_status status = threads > 1 ? gm_parallel_create(&compute->pool, threads, err) : GM_OK;
  if (status != GM_OK) gm_compute_free(compute);
  return status;
}

void gm_compute_free(gm_compute *compute) {
  gm_parallel_free(compute->pool);
  free(compute->scratch);
  *compute = (gm_compute){0};
}

const char *gm_blas_description(void) {
  return openblas_get_config();
}
