/* SPDX-License-Identifier: MIT
 * conformance_pruner FIXTURE.json: decisions and thresholds of the percentile pruner
 * against those recorded from Optuna, exactly. */
#include "tests/conformance.h"
#include "tuning/pruners/percentile_pruner.h"

static const double exactly = 0.0;

static gm_pruner_config config_of(json *c) {
  gm_pruner_config config = gm_pruner_config_default();
  config.percentile = number(member(c, "percentile"));
  config.n_startup_trials = count(member(c, "n_startup_trials"));
  config.n_warmup_steps = (int64_t)count(member(c, "n_warmup_steps"));
  config.interval_steps = (int64_t)count(member(c, "interval_steps"));
  config.n_min_trials = count(member(c, "n_min_trials"));
  gm_error err;
  must(gm_pruner_config_check(&config, &err), &err);
  return config;
}

/* Null diagnostics could not be computed: there was nothing to compare. */
static void check_diagnostic(tally *t, const char *id, const char *name, double ours, json *expected) {
  char what[128];
  snprintf(what, sizeof what, "case %s, %s", id, name);
  if (expected != NULL) check_number(t, what, ours, number(expected), exactly);
}

static void check_case(tally *t, json *c) {
  const char *id = json_object_to_json_string(member(c, "id"));
  const gm_pruner_config config = config_of(c);
  gm_history history = {.direction = direction_of(member(c, "direction"))};
  json *others = member(c, "others");
  for (size_t i = 0; i < length(others); i++) add_trial(&history, element(others, i));
  gm_error err;
  gm_trial *current;
  must(gm_history_add(&history, &current, &err), &err);
  add_reports(current, member(c, "current"));

  bool prune;
  must(config.method->judge(&config, &history, current, &prune, &err), &err);
  const bool expected = truth(member(c, "prune"));
  t->passed += prune == expected;
  t->failed += prune != expected;
  if (prune != expected)
    printf("case %s: got prune = %d, expected %d (%s)\n", id, prune, expected, text(member(c, "reason")));

  check_diagnostic(t, id, "best_so_far", gm_best_report(current, 0, current->n_reports, history.direction),
                   member(c, "best_so_far"));
  const gm_intermediate *last = gm_trial_last_report(current);
  double threshold = NAN;
  if (last != NULL) must(gm_percentile_threshold(&config, &history, last->step, &threshold, &err), &err);
  check_diagnostic(t, id, "threshold", threshold, member(c, "threshold"));
  gm_history_free(&history);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: conformance_pruner FIXTURE.json\n");
    return 2;
  }
  gm_error err;
  json *root;
  must(gm_json_read(argv[1], &root, &err), &err);
  tally t = {0};
  json *cases = member(root, "cases");
  for (size_t i = 0; i < length(cases); i++) check_case(&t, element(cases, i));
  json_object_put(root);
  return report_tally(t);
}
