/* SPDX-License-Identifier: MIT
 * Optimisers with the semantics of torch.optim.SGD and torch.optim.Adam (defaults
 * included). The formulas, as code, are `stepped` in models/kernels/optimizer_step.h:
 *
 *   g  <- g + weight_decay·w
 *   SGD:   m <- momentum·m + g;  w <- w − lr·m          (momentum 0: w <- w − lr·g)
 *   Adam:  m <- β1·m + (1 − β1)·g,  v <- β2·v + (1 − β2)·g²,
 *          w <- w − lr/(1 − β1^t) · m / (sqrt(v)/sqrt(1 − β2^t) + ε)
 *
 * Adam: Kingma & Ba 2015 (arXiv:1412.6980), weight decay as L2, not AdamW. */
#ifndef MODELS_OPTIMIZER_H
#define MODELS_OPTIMIZER_H

#include "common/status.h"
#include "models/kernels/kernels.h"

#include <stddef.h>
#include <stdint.h>

typedef enum { GM_OPTIMIZER_ADAM, GM_OPTIMIZER_SGD } gm_optimizer_kind;

typedef struct {
  gm_optimizer_kind kind;
  double learning_rate; /* > 0; default 1e-4, the poster's */
  double momentum;      /* [0, 1); SGD alone; default 0 */
  double weight_decay;  /* ≥ 0; default 0 */
  double beta1, beta2;  /* [0, 1); Adam alone; defaults 0.9 and 0.999 */
  double epsilon;       /* > 0; Adam alone; default 1e-8 */
} gm_optimizer_config;

gm_optimizer_config gm_optimizer_config_default(void);
gm_status gm_optimizer_config_check(const gm_optimizer_config *config, gm_error *err);

/* "adam", "sgd", both ways. */
const char *gm_optimizer_name(gm_optimizer_kind kind);
gm_status gm_optimizer_from_name(const char *name, gm_optimizer_kind *kind, gm_error *err);

/* State beside a block of n parameters that somebody else owns. */
typedef struct {
  gm_optimizer_config config;
  size_t n;
  float *block;  /* the allocation of m and v */
  float *m, *v;  /* n each; NULL where the rule has none */
  uint8_t *mask; /* n, 1 keeps and 0 is pruned; NULL until something is pruned */
  /* n, NULL as m: of a dense layer's weights from element i on, row r of their matrix may have other moments
   * than 0 only where moved[i + r] is 1. The rest is never touched. */
  uint8_t *moved;
  int64_t t;    /* steps taken */
  gm_step step; /* constants of step t */
} gm_optimizer;

gm_status gm_optimizer_create(gm_optimizer *optimizer, const gm_optimizer_config *config, size_t n,
                              gm_error *err);
void gm_optimizer_free(gm_optimizer *optimizer);

/* t <- t + 1 and the constants of that step. Once before the tensors of a step. */
void gm_optimizer_begin_step(gm_optimizer *optimizer);

/* Finds `moved` again for a matrix of `rows` rows from element `offset` on, whose m and v came from
 * elsewhere. */
void gm_optimizer_find_moved(gm_optimizer *optimizer, size_t offset, size_t rows, size_t length);

/* The part of the state that goes with `parameters` (the whole block) from `offset` on. */
gm_tensor gm_optimizer_tensor(const gm_optimizer *optimizer, float *parameters, size_t offset);

#endif
