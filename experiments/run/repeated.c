/* SPDX-License-Identifier: MIT
 * Repeats, and says so before and after. */
#include "experiments/run/repeated.h"

#include "common/terminal.h"

#include <math.h>

static void say_plan(const gm_experiment *e, const char *work, const gm_repetition_config *config) {
  gm_say(
      stderr,
      "%s: one %s is too short to be metered: repeating it in batches of %.3g s until their mean energy is "
      "known to %.0f %%, %d to %d of them, or half as many where all would not do",
      e->program, work, config->batch_s, 100 * config->precision, config->batches, config->max_batches);
}

gm_status gm_repeated_run(gm_experiment *e, const gm_repeated_work *work, gm_repetition *repetition,
                          gm_error *err) {
  gm_repetition_config config = gm_repetition_config_default();
  config.batch_s = work->batch_s;
  config.latency_s = fmin(config.latency_s, work->batch_s);
  say_plan(e, work->name, &config);
  gm_experiment_start(e);
  const gm_status status = gm_energy_repeat(e->meter, work->call, work->context, &config, repetition, err);
  gm_experiment_stop(e);
  return status;
}

void gm_repeated_say(const gm_experiment *e, const gm_repetition *r) {
  if (!(r->energy_j > 0)) return;
  gm_say(stderr, "%s: %d batches of %lld calls; their mean is known to %.2g %% (95 %% of repetitions)",
         e->program, r->batches, (long long)r->calls_per_batch,
         100 * (r->repeat_high_j - r->energy_j) / r->energy_j);
}

void gm_repeated_add(struct json_object *to, const gm_repetition *r) {
  gm_json_add_integer(to, "repeat_batches", r->batches);
  gm_json_add_number(to, "energy_repeat_low_j", r->repeat_low_j);
  gm_json_add_number(to, "energy_repeat_high_j", r->repeat_high_j);
  gm_json_add_number(to, "latency_s", r->latency_s);
}
