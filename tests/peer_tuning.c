/* SPDX-License-Identifier: MIT
 * Program for scripts/peers: a study whose objective is another program, which reads the
 * suggestions from its standard output and answers on its standard input, so that another
 * implementation can be given the same objective. Not a test by itself.
 *
 *   written   the parameters' internal values, one line a trial, in the order of --space
 *   read      "VALUE", or "REPORT … REPORT VALUE": intermediate values of steps 0, 1, …, then the objective
 *   written   "STATE REPORTS": how the trial ended and after how many reports */
#include "common/json.h"
#include "common/options.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/study.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMETERS = 16 };

typedef struct {
  const char *space, *pruner;
  int64_t seed, trials, startup_trials;
  bool univariate;
  size_t n_parameters;
  gm_parameter parameters[MAX_PARAMETERS];
  void *labels[MAX_PARAMETERS];
  gm_study *study;
  char *answer; /* a line of standard input */
  size_t answer_size;
} program;

/* {"NAME": "distribution as Optuna writes it", …} */
static gm_status read_space(program *p, struct json_object *root, gm_error *err) {
  if (!json_object_is_type(root, json_type_object) || json_object_object_length(root) > MAX_PARAMETERS)
    return gm_fail(err, GM_BAD_INPUT, "--space: expected an object of at most %d distributions",
                   MAX_PARAMETERS);
  json_object_object_foreach(root, name, text) {
    const size_t i = p->n_parameters++;
    p->parameters[i].name = name;
    const gm_status status = gm_journal_distribution_parse(
        json_object_get_string(text), name, &p->parameters[i].distribution, &p->labels[i], err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

/* Tells the study what the line says: reports until the pruner stops it, then the value. */
static gm_status tell(program *p, gm_trial *trial, const char *line, gm_error *err) {
  char *end;
  double value = strtod(line, &end);
  if (end == line)
    return gm_fail(err, GM_BAD_INPUT, "trial %lld: expected numbers as the answer, got: %s",
                   (long long)trial->number, line);
  for (int64_t step = 0;; step++) {
    const char *rest = end;
    const double next = strtod(rest, &end);
    if (end == rest) return gm_study_tell(p->study, trial, GM_TRIAL_COMPLETE, value, err);
    bool prune = false;
    gm_status status = gm_study_report(p->study, trial, step, value, err);
    if (status == GM_OK) status = gm_study_should_prune(p->study, trial, &prune, err);
    if (status == GM_OK && prune) return gm_study_tell(p->study, trial, GM_TRIAL_PRUNED, value, err);
    if (status != GM_OK) return status;
    value = next;
  }
}

static gm_status run_trial(program *p, gm_error *err) {
  gm_trial *trial;
  gm_status status = gm_study_ask_with(p->study, p->n_parameters, p->parameters, &trial, err);
  if (status != GM_OK) return status;
  for (size_t i = 0; i < p->n_parameters; i++)
    printf("%s%.17g", i > 0 ? " " : "", gm_trial_parameter(trial, p->parameters[i].name));
  printf("\n");
  fflush(stdout);
  if (getline(&p->answer, &p->answer_size, stdin) < 0)
    return gm_fail(err, GM_BAD_INPUT, "standard input: expected the answer to trial %lld",
                   (long long)trial->number);
  status = tell(p, trial, p->answer, err);
  if (status != GM_OK) return status;
  printf("%s %zu\n", gm_trial_state_name(trial->state), trial->n_reports);
  fflush(stdout);
  return GM_OK;
}

static gm_status run(program *p, gm_error *err) {
  gm_study_config config = gm_study_config_default();
  if (p->space == NULL) return gm_fail(err, GM_BAD_INPUT, "--space: expected a JSON file");
  config.sampler.seed = (uint32_t)p->seed;
  config.sampler.multivariate = !p->univariate;
  config.sampler.n_startup_trials = (size_t)p->startup_trials;
  gm_status status = gm_pruner_parse(p->pruner, &config.pruner, err);
  if (status != GM_OK) return status;
  struct json_object *root = NULL;
  status = gm_json_read(p->space, &root, err);
  if (status == GM_OK) status = read_space(p, root, err);
  if (status == GM_OK) status = gm_study_create(&config, &p->study, err);
  for (int64_t i = 0; i < p->trials && status == GM_OK; i++) status = run_trial(p, err);
  json_object_put(root);
  return status;
}

int main(int argc, char **argv) {
  program p = {.pruner = "none", .trials = 30};
  p.startup_trials = (int64_t)gm_sampler_config_default().n_startup_trials;
  gm_error err = {GM_OK, ""};
  gm_options_action action = GM_OPTIONS_RUN;
  const gm_option options[] = {
      {"space", "FILE.json", "parameters: {\"NAME\": \"distribution, as Optuna writes it\", …}",
       GM_OPTION_TEXT, &p.space, 0, 0, false},
      {"seed", "N", "of the sampler", GM_OPTION_INTEGER, &p.seed, 0, 4294967295.0, false},
      {"trials", "N", "", GM_OPTION_INTEGER, &p.trials, 1, 1e6, false},
      {"startup-trials", "N", "random ones first", GM_OPTION_INTEGER, &p.startup_trials, 0, 1e6, false},
      {"univariate", NULL, "TPE for each parameter alone, not jointly", GM_OPTION_FLAG, &p.univariate, 0, 0,
       false},
      {"pruner", "none|median|percentile:P", "", GM_OPTION_TEXT, &p.pruner, 0, 0, false},
  };
  const gm_option_group group = {"Options", options, sizeof options / sizeof *options};
  const gm_program self = {"peer_tuning", "[options]", "Runs a study for comparison with a peer.",
                           NULL,          &group,      1};
  gm_status status = gm_options_parse(&self, argc, argv, &action, NULL, &err);
  if (status == GM_OK && action != GM_OPTIONS_RUN)
    gm_options_print_help(&self, stdout);
  else if (status == GM_OK)
    status = run(&p, &err);
  if (status != GM_OK) fprintf(stderr, "peer_tuning: %s\n", err.message);
  gm_study_free(p.study);
  for (size_t i = 0; i < p.n_parameters; i++) free(p.labels[i]);
  free(p.answer);
  return gm_exit_code(status);
}
