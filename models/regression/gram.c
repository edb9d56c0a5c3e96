/* SPDX-License-Identifier: MIT
 * The Gram matrix as symmetric rank-k products of groups of columns. */
#include "models/regression/gram.h"

#include <cblas.h>
#include <stdlib.h>

/* Columns per update: 192 rows of them are 0.8 MB, about a level-2 cache. */
enum { GRAM_BLOCK = 512 };

/* Shares of K, one per group of columns: as many whatever the number of threads, each worth its n × n sum. */
enum { MOST_GROUPS = 8, LEAST_COLUMNS = 128 };

typedef struct {
  const gm_predictors *X;
  const double *mean;
  size_t groups, block_columns;
  double *shares; /* (groups, n, n) */
  double *block;  /* (groups, n, block_columns) scratch */
} gram;

static void gram_share(void *context, size_t group) {
  const gram *g = context;
  const gm_predictors *X = g->X;
  const size_t n = X->n, end = (group + 1) * X->p / g->groups;
  double *K = g->shares + group * n * n, *block = g->block + group * n * g->block_columns;
  double beta = 0;
  for (size_t first = group * X->p / g->groups; first < end; first += g->block_columns, beta = 1) {
    const size_t count = end - first < g->block_columns ? end - first : g->block_columns;
    for (size_t i = 0; i < n; i++) gm_predictors_copy(X, i, first, count, g->mean, block + i * count);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)n, (int)count, 1, block, (int)count, beta, K,
                (int)n);
  }
}

gm_status gm_gram_matrix(const gm_predictors *X, const double *mean, gm_parallel *pool, double *K,
                         gm_error *err) {
  const size_t n = X->n, most = (X->p + LEAST_COLUMNS - 1) / LEAST_COLUMNS;
  gram g = {.X = X, .mean = mean, .groups = most < MOST_GROUPS ? most : MOST_GROUPS};
  const size_t columns = (X->p + g.groups - 1) / g.groups;
  g.block_columns = columns < GRAM_BLOCK ? columns : GRAM_BLOCK;
  g.shares = malloc(g.groups * n * n * sizeof *g.shares);
  g.block = malloc(g.groups * n * g.block_columns * sizeof *g.block);
  if (g.shares != NULL && g.block != NULL) {
    gm_parallel_for(pool, g.groups, gram_share, &g);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j <= i; j++) {
        double sum = 0;
        for (size_t group = 0; group < g.groups; group++) sum += g.shares[(group * n + i) * n + j];
        K[i * n + j] = sum;
      }
  }
  const bool done = g.shares != NULL && g.block != NULL;
  free(g.shares);
  free(g.block);
  return done ? GM_OK : gm_fail_memory(err, "the Gram matrix");
}
