/* SPDX-License-Identifier: MIT
 * What a linear regression is asked for, and what it says of what became of it. */
#include "models/regression/linear_model.h"

#include "common/csv.h"
#include "common/suggestion.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- configuration ---------------------------------------------------- */

gm_linear_regression_config gm_linear_regression_config_default(void) {
  return (gm_linear_regression_config){
      .ridge = GM_RIDGE_AUTO, .intercept = true, .data_epsilon = DBL_EPSILON};
}

const char *gm_linear_regression_config_check(const gm_linear_regression_config *config) {
  if (config->ridge == GM_RIDGE_FIXED && !(config->lambda > 0 && isfinite(config->lambda)))
    return "ridge: expected a positive number, blocks, loo or none";
  if (!(config->rcond >= 0 && config->rcond < 1))
    return "rcond: expected a relative cut-off of at least 0 and below 1";
  if (!(config->data_epsilon > 0 && config->data_epsilon < 1))
    return "data_epsilon: expected a relative spacing between 0 and 1";
  return NULL;
}

const char *gm_ridge_text(gm_ridge ridge) {
  static const char *const text[] = {[GM_RIDGE_AUTO] = "auto",
                                     [GM_RIDGE_NONE] = "none",
                                     [GM_RIDGE_FIXED] = "fixed",
                                     [GM_RIDGE_BLOCKS] = "blocks",
                                     [GM_RIDGE_LOO] = "loo"};
  return text[ridge];
}

/* "blocks" or "blocks:N". */
static bool parse_blocks(const char *text, size_t *block) {
  static const char word[] = "blocks";
  const size_t length = sizeof word - 1;
  *block = 0;
  if (strncmp(text, word, length) != 0) return false;
  if (text[length] == '\0') return true;
  double steps;
  const double most = 1e6;
  if (text[length] != ':' || !gm_parse_double(text + length + 1, &steps)) return false;
  if (!(steps >= 1 && steps <= most) || steps != floor(steps)) return false;
  *block = (size_t)steps;
  return true;
}

gm_status gm_ridge_parse(const char *text, gm_linear_regression_config *config, gm_error *err) {
  config->lambda = 0;
  if (strcmp(text, "none") == 0)
    config->ridge = GM_RIDGE_NONE;
  else if (strcmp(text, "loo") == 0 || strcmp(text, "gcv") == 0)
    config->ridge = GM_RIDGE_LOO;
  else if (parse_blocks(text, &config->block))
    config->ridge = GM_RIDGE_BLOCKS;
  else if (gm_parse_double(text, &config->lambda) && config->lambda > 0 && isfinite(config->lambda))
    config->ridge = GM_RIDGE_FIXED;
  else {
    gm_fail(err, GM_BAD_INPUT,
            "ridge: expected a positive number, blocks[:TIME_STEPS], loo or none, got \"%s\"", text);
    return gm_suggest(err, text, strcspn(text, ":"), "blocks, loo or none");
  }
  return GM_OK;
}

/* A block of its own accord is never more than a quarter of the samples, nor its gap more than leaves a few
 * of them. */
gm_folds gm_linear_regression_folds(const gm_linear_regression_config *config, size_t n) {
  const size_t quarter = n < 4 ? 1 : n / 4;
  gm_folds folds = {.block = config->block, .gap = config->gap, .time = config->time};
  if (folds.block > 0) return folds;
  folds.block = quarter < GM_RIDGE_BLOCK ? quarter : GM_RIDGE_BLOCK;
  if (2 * folds.gap + folds.block >= n) folds.gap = (n - 1 - folds.block) / 2;
  return folds;
}

/* ---- what became of it ------------------------------------------------ */

/* Sentence number `part`; empty when there is nothing to say. */
static void warning_part(const gm_linear_regression *m, int part, char *text, size_t size) {
  char choice[128] = "";
  text[0] = '\0';
  if (m->ridge == GM_RIDGE_BLOCKS)
    snprintf(choice, sizeof choice,
             ", chosen by leaving out blocks of %zu time steps with %zu on either side", m->block, m->gap);
  if (m->ridge == GM_RIDGE_LOO)
    snprintf(choice, sizeof choice,
             ", chosen by leaving out one sample at a time (loo, gcv): too small "
             "where neighbouring samples are alike");
  if (part == 0 && m->ridge != GM_RIDGE_NONE)
    snprintf(text, size, "The regression is regularised: ridge penalty %g%s.", m->lambda, choice);
  if (part == 1 && m->singular)
    snprintf(text, size,
             "Least squares is singular here, as the predictors repeat one another or do not vary: rank %zu "
             "of %zu.",
             m->rank, m->p);
  if (part == 2 && m->lambda_at_grid_end)
    snprintf(text, size, "The chosen penalty is at the %s end of the grid, %s; the best may lie outside.",
             m->lambda > 1 ? "upper" : "lower",
             m->lambda > 1 ? "where the forecast is close to the training mean" : "almost none");
  if (part == 3 && m->ridge == GM_RIDGE_NONE && m->rank < m->p && m->components == 0)
    snprintf(text, size,
             "The predictors have rank %zu of %zu at a relative cut-off of %g: minimum-norm solution.",
             m->rank, m->p, m->singular_value_cutoff);
  if (part == 4 && m->ill_conditioned)
    snprintf(text, size,
             "The least-squares problem is ill-conditioned (%.2g): forecasts may be far off, as fewer than "
             "half of the data's digits reach the coefficients.",
             m->condition);
}

bool gm_linear_regression_warning(const gm_linear_regression *model, char *text, size_t size) {
  enum { PARTS = 5 };
  size_t used = 0;
  text[0] = '\0';
  for (int part = 0; part < PARTS && used < size; part++) {
    char sentence[256];
    warning_part(model, part, sentence, sizeof sentence);
    if (sentence[0] == '\0') continue;
    const int n = snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", sentence);
    used += n > 0 ? (size_t)n : 0;
  }
  return used > 0;
}

void gm_linear_regression_free(gm_linear_regression *model) {
  free(model->coefficients);
  *model = (gm_linear_regression){0};
}
