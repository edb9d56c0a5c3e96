/* SPDX-License-Identifier: MIT
 * A linear regression before and after its fit: what is asked for, and the model with what became of it. The
 * fit is linear_regression.h's.
 *
 * Letters: n samples, p predictors. */
#ifndef MODELS_LINEAR_MODEL_H
#define MODELS_LINEAR_MODEL_H

#include "common/parallel.h"
#include "common/status.h"
#include "models/regression/cross_validation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- configuration ---------------------------------------------------- */

typedef enum {
  GM_RIDGE_AUTO,   /* none where p <= n/3 and the predictors are independent, or where rcond is given; else
                      blocks */
  GM_RIDGE_NONE,   /* least squares */
  GM_RIDGE_FIXED,  /* penalty `lambda` */
  GM_RIDGE_BLOCKS, /* penalty chosen by leaving out blocks */
  GM_RIDGE_LOO,    /* penalty chosen by leaving out one sample at a time */
} gm_ridge;

#define GM_RIDGE_GRID_SIZE 49 /* λ = 1e-4 … 1e8, four per decade */
enum { GM_RIDGE_BLOCK = 24 }; /* time steps: two years of months */

typedef struct {
  gm_ridge ridge; /* default GM_RIDGE_AUTO */
  double lambda;  /* of GM_RIDGE_FIXED, > 0 */
  size_t block; /* of GM_RIDGE_BLOCKS: time steps left out together; 0 (default) = GM_RIDGE_BLOCK, fewer where
                   there are fewer than four such blocks */
  size_t gap;   /* and time steps left out with them on either side: lead + T − 1 share data; default 0 */
  const int64_t *time; /* (n) of the samples, ascending, borrowed; NULL (default): consecutive */
  double rcond;   /* singular values <= rcond · largest count as zero; 0 = max(n, p) · data_epsilon. Given
                     explicitly it asks for the minimum-norm solution of X as it is (not scaled) */
  bool intercept; /* default true; false: through the origin, nothing centred */
  double data_epsilon; /* relative spacing of the data's own type, default DBL_EPSILON */
  gm_parallel *pool;   /* for many predictors; borrowed, NULL (default) runs on one thread; the result is
                          the same on any */
} gm_linear_regression_config;

gm_linear_regression_config gm_linear_regression_config_default(void);

/* NULL, or a sentence naming the field and what was expected. */
const char *gm_linear_regression_config_check(const gm_linear_regression_config *config);

/* "blocks", "blocks:N", "loo" (also under its older name "gcv"), "none" or a positive number, as --ridge
 * takes it. */
gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err);

/* "auto", "none", "fixed", "blocks" or "loo". */
const char *gm_ridge_text(gm_ridge ridge);

/* What a fit of n samples leaves out to choose: config's blocks, or what stands in their place by default. */
gm_folds gm_linear_regression_folds(const gm_linear_regression_config *config, size_t n);

/* ---- model ------------------------------------------------------------ */

typedef struct {
  size_t p;
  double *coefficients;         /* (p), owned */
  double intercept;             /* b0; 0 without intercept */
  gm_ridge ridge;               /* what was done: never GM_RIDGE_AUTO */
  double lambda;                /* λ, 0 without ridge */
  size_t rank;                  /* singular values above the cut-off */
  double singular_value_cutoff; /* relative to the largest one */
  double condition;             /* largest / smallest singular value above the cut-off */
  double rss;                   /* ‖y − b0 − X b‖² on the training samples */
  size_t components;       /* of a regression on so many patterns (component_regression.h), otherwise 0 */
  size_t block, gap;       /* what was left out to choose λ or components; 0 where nothing was chosen */
  double cv_rmse;          /* RMSE of the samples left out, at λ (blocks, loo), NaN otherwise */
  bool rank_deficient;     /* rank below what n and p allow */
  bool singular;           /* GM_RIDGE_AUTO chose a penalty because least squares is singular */
  bool ill_conditioned;    /* without ridge: condition > 1/√data_epsilon, half the digits are lost */
  bool lambda_at_grid_end; /* the least or the greatest λ was chosen: the optimum may lie outside */
} gm_linear_regression;

/* What a reader of the result must know (regularised or not, rank, condition), one or more sentences;
 * false and "" when there is nothing to say. */
bool gm_linear_regression_warning(const gm_linear_regression *model, char *text, size_t size);

/* Accepts a zeroed model. */
void gm_linear_regression_free(gm_linear_regression *model);

#endif
