/* SPDX-License-Identifier: MIT
 * State of the optimisers and the constants of a step; the step itself is in kernels/optimizer_step.h. */
#include "models/network/optimizer.h"

#include "common/suggestion.h"
#include "models/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

gm_optimizer_config gm_optimizer_config_default(void) {
  return (gm_optimizer_config){
      .kind = GM_OPTIMIZER_ADAM, .learning_rate = 1e-4, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
}

gm_status gm_optimizer_config_check(const gm_optimizer_config *c, gm_error *err) {
  if (!(c->learning_rate > 0) || !isfinite(c->learning_rate))
    return gm_fail(err, GM_BAD_INPUT, "learning rate %g: expected a number above 0", c->learning_rate);
  if (!(c->momentum >= 0 && c->momentum < 1))
    return gm_fail(err, GM_BAD_INPUT, "momentum %g: expected a number in [0, 1)", c->momentum);
  if (c->kind == GM_OPTIMIZER_ADAM && c->momentum != 0)
    return gm_fail(err, GM_BAD_INPUT, "momentum %g with Adam: it belongs to SGD, Adam has its own moments",
                   c->momentum);
  if (!(c->weight_decay >= 0) || !isfinite(c->weight_decay))
    return gm_fail(err, GM_BAD_INPUT, "weight decay %g: expected a number of at least 0", c->weight_decay);
  if (!(c->beta1 >= 0 && c->beta1 < 1 && c->beta2 >= 0 && c->beta2 < 1 && c->epsilon > 0))
    return gm_fail(err, GM_BAD_INPUT, "Adam: expected beta1 and beta2 in [0, 1) and epsilon above 0");
  return GM_OK;
}

const char *gm_optimizer_name(gm_optimizer_kind kind) {
  return kind == GM_OPTIMIZER_ADAM ? "adam" : "sgd";
}

gm_status gm_optimizer_from_name(const char *name, gm_optimizer_kind *kind, gm_error *err) {
  if (strcmp(name, "adam") == 0)
    *kind = GM_OPTIMIZER_ADAM;
  else if (strcmp(name, "sgd") == 0)
    *kind = GM_OPTIMIZER_SGD;
  else {
    static const char expected[] = "adam or sgd";
    gm_fail(err, GM_BAD_INPUT, "optimizer \"%s\": expected %s", name, expected);
    return gm_suggest(err, name, strlen(name), expected);
  }
  return GM_OK;
}

/* A step has one line of W, m and v of several rows in hand, and rows are often a multiple of 2 KB long. If
 * the three blocks lay alike within 4 KB, the sets of a level-1 cache and the reach of a processor's
 * comparison of loads with stores before them, the lines would push one another out: they lie five lines
 * apart. */
enum { PERIOD = 4096 / sizeof(float), APART = 5 * GM_ALIGNMENT / sizeof(float) };

gm_status gm_optimizer_create(gm_optimizer *o, const gm_optimizer_config *config, size_t n, gm_error *err) {
  *o = (gm_optimizer){.config = *config, .n = n};
  const gm_status status = gm_optimizer_config_check(config, err);
  if (status != GM_OK) return status;
  const bool adam = config->kind == GM_OPTIMIZER_ADAM;
  const size_t buffers = adam ? 2 : config->momentum > 0 ? 1 : 0;
  if (buffers == 0) return GM_OK;
  const size_t m_to_v = (APART + n + PERIOD - 1) / PERIOD * PERIOD + APART;
  o->block = gm_floats_alloc(APART + n + (adam ? m_to_v : 0));
  o->moved = calloc(n, sizeof *o->moved);
  if (o->block == NULL || o->moved == NULL) {
    gm_optimizer_free(o);
    return gm_fail_memory(err, "the optimiser state");
  }
  o->m = o->block + APART;
  if (adam) o->v = o->m + m_to_v;
  return GM_OK;
}

void gm_optimizer_free(gm_optimizer *o) {
  free(o->block);
  free(o->mask);
  free(o->moved);
  *o = (gm_optimizer){0};
}

void gm_optimizer_begin_step(gm_optimizer *o) {
  const gm_optimizer_config *c = &o->config;
  o->t++;
  const double bias_correction1 = 1 - pow(c->beta1, (double)o->t);
  const double bias_correction2 = 1 - pow(c->beta2, (double)o->t);
  o->step = (gm_step){
      .rule = c->kind == GM_OPTIMIZER_ADAM ? GM_RULE_ADAM
              : c->momentum > 0            ? GM_RULE_SGD_MOMENTUM
                                           : GM_RULE_SGD,
      .learning_rate = (float)c->learning_rate,
      .weight_decay = (float)c->weight_decay,
      .momentum = (float)c->momentum,
      .beta1 = (float)c->beta1,
      .beta2 = (float)c->beta2,
      .one_minus_beta1 = (float)(1 - c->beta1),
      .one_minus_beta2 = (float)(1 - c->beta2),
      .epsilon = (float)c->epsilon,
      .step_size = (float)(c->learning_rate / bias_correction1),
      .inverse_sqrt_bias_correction2 = (float)(1 / sqrt(bias_correction2)),
  };
}

void gm_optimizer_find_moved(gm_optimizer *o, size_t offset, size_t rows, size_t length) {
  if (o->moved == NULL) return;
  for (size_t r = 0; r < rows; r++) {
    const size_t first = offset + r * length;
    size_t i = 0;
    while (i < length && o->m[first + i] == 0 && (o->v == NULL || o->v[first + i] == 0)) i++;
    o->moved[offset + r] = i < length;
  }
}

gm_tensor gm_optimizer_tensor(const gm_optimizer *o, float *parameters, size_t offset) {
  return (gm_tensor){
      .w = parameters + offset,
      .m = o->m != NULL ? o->m + offset : NULL,
      .v = o->v != NULL ? o->v + offset : NULL,
      .mask = o->mask != NULL ? o->mask + offset : NULL,
      .moved = o->moved != NULL ? o->moved + offset : NULL,
  };
}
