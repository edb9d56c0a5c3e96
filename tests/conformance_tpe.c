/* SPDX-License-Identifier: MIT
 * conformance_tpe FIXTURE.json: every section of the fixture recorded from Optuna 5
 * (gamma, weights, cases, splits, sampling, numerics, e2e) against this TPE. Members of
 * e2e runs beyond seed, multivariate and trials: see scripts/peers/tpe_reference.py. */
#include "tests/conformance.h"
#include "tuning/samplers/tpe.h"
#include "tuning/samplers/truncated_normal.h"
#include "tuning/study.h"

enum { MAX_PARAMETERS = 16, MAX_LABEL = 160 };

static const double exactly = 0.0;
static const double density_tolerance = 1e-9; /* absolute, of log l and log g: the fixture's own */
static const double score_tolerance = 2e-9;   /* of their difference */
static const double sample_tolerance = 1e-9;  /* relative: the fixture's own */
static const double numeric_tolerance = 1e-10;
static const double model_tolerance = 1e-12; /* relative: a few roundings, nothing iterative */
/* A sample near 0 is the difference of numbers of the size of the range; they round at 1e-16. */
static const double sample_rounding = 1e-14;

static double relative(double expected, double tolerance) {
  return fabs(expected) * tolerance + sample_rounding;
}

/* ---- parameters and trials -------------------------------------------------- */

typedef struct {
  size_t n;
  gm_search_space space;
  const gm_parameter *items[MAX_PARAMETERS];
} parameter_list;

static gm_distribution distribution_of(json *p) {
  const char *kind = text(member(p, "kind"));
  if (strcmp(kind, "categorical") == 0) return gm_choice(count(member(p, "n_choices")), NULL);
  json *step = member(p, "step");
  gm_distribution d = {
      .log = truth(member(p, "log")), .low = number(member(p, "low")), .high = number(member(p, "high"))};
  if (strcmp(kind, "float") != 0 && strcmp(kind, "int") != 0) bad_fixture(kind, "float, int or categorical");
  d.kind = strcmp(kind, "int") == 0 ? GM_INT : GM_FLOAT;
  d.step = step != NULL ? number(step) : d.kind == GM_INT ? 1.0 : 0.0;
  return d;
}

static void read_parameters(parameter_list *list, json *records) {
  gm_error err;
  *list = (parameter_list){.n = length(records)};
  if (list->n > MAX_PARAMETERS) bad_fixture("params", "at most 16 parameters");
  for (size_t d = 0; d < list->n; d++) {
    json *record = element(records, d);
    const char *name = text(member(record, "name"));
    gm_distribution distribution = distribution_of(record);
    must(gm_distribution_check(&distribution, name, &err), &err);
    must(gm_search_space_add(&list->space, name, &distribution, &list->items[d], &err), &err);
  }
}

/* `list` may be NULL: trials without parameters. */
static void read_trials(gm_history *history, json *records, const parameter_list *list) {
  gm_error err;
  for (size_t i = 0; i < length(records); i++) {
    json *record = element(records, i), *value;
    gm_trial *trial = add_trial(history, record);
    trial->number = (int64_t)count(member(record, "number"));
    trial->value = number(member(record, "value"));
    for (size_t d = 0; list != NULL && d < list->n; d++) {
      if (json_object_object_get_ex(member(record, "params"), list->items[d]->name, &value))
        must(gm_assignments_set(&trial->parameters, list->items[d], number(value), &err), &err);
    }
  }
}

/* ---- gamma, weights, numerics ------------------------------------------------ */

static void check_gamma(tally *t, json *rows) {
  char what[MAX_LABEL];
  for (size_t i = 0; i < length(rows); i++) {
    json *row = element(rows, i);
    const size_t n = count(element(row, 0));
    snprintf(what, sizeof what, "gamma(%zu)", n);
    check_number(t, what, (double)gm_tpe_gamma(n), number(element(row, 1)), exactly);
    snprintf(what, sizeof what, "hyperopt's gamma(%zu)", n);
    check_number(t, what, (double)gm_tpe_gamma_hyperopt(n), number(element(row, 2)), exactly);
  }
}

static void check_weights(tally *t, json *table) {
  json_object_object_foreach(table, key, expected) {
    const size_t n = (size_t)strtoul(key, NULL, 10);
    char what[MAX_LABEL];
    snprintf(what, sizeof what, "weights, N = %s: their number", key);
    check_number(t, what, (double)length(expected), (double)n, exactly);
    double *weights = malloc((n + 1) * sizeof *weights);
    if (weights == NULL) bad_fixture(key, "memory");
    gm_parzen_weights(n, weights);
    for (size_t i = 0; i < n && i < length(expected); i++) {
      snprintf(what, sizeof what, "weights, N = %s: weight %zu", key, i);
      check_number(t, what, weights[i], number(element(expected, i)), model_tolerance);
    }
    free(weights);
  }
}

static void check_numerics(tally *t, json *numerics) {
  char what[MAX_LABEL];
  json *rows = member(numerics, "log_ndtr");
  for (size_t i = 0; i < length(rows); i++) {
    const double x = number(element(element(rows, i), 0));
    snprintf(what, sizeof what, "log_ndtr(%g)", x);
    check_number(t, what, gm_log_ndtr(x), number(element(element(rows, i), 1)), numeric_tolerance);
  }
  rows = member(numerics, "log_mass");
  for (size_t i = 0; i < length(rows); i++) {
    const double a = number(element(element(rows, i), 0)), b = number(element(element(rows, i), 1));
    snprintf(what, sizeof what, "log_mass(%g, %g)", a, b);
    check_number(t, what, gm_log_normal_mass(a, b), number(element(element(rows, i), 2)), numeric_tolerance);
  }
  rows = member(numerics, "ppf");
  for (size_t i = 0; i < length(rows); i++) {
    json *row = element(rows, i);
    const double q = number(element(row, 0)), a = number(element(row, 1)), b = number(element(row, 2));
    snprintf(what, sizeof what, "ppf(%g; %g, %g)", q, a, b);
    check_number(t, what, gm_truncated_normal_quantile(q, a, b), number(element(row, 3)), numeric_tolerance);
  }
}

/* ---- splits -------------------------------------------------------------------- */

static void check_numbers(tally *t, const char *id, const char *group, size_t n, const uint32_t *places,
                          const gm_history *history, json *expected) {
  char what[MAX_LABEL];
  snprintf(what, sizeof what, "%s: number of trials %s", id, group);
  check_number(t, what, (double)n, (double)length(expected), exactly);
  for (size_t i = 0; i < n && i < length(expected); i++) {
    snprintf(what, sizeof what, "%s: trial %zu of those %s", id, i, group);
    check_number(t, what, (double)history->trials[places[i]]->number, number(element(expected, i)), exactly);
  }
}

static void check_split(tally *t, const char *id, const gm_history *history, json *c) {
  char what[MAX_LABEL];
  const size_t n_finished = gm_history_count_finished(history), n_below = gm_tpe_gamma(n_finished);
  snprintf(what, sizeof what, "%s: n_finished", id);
  check_number(t, what, (double)n_finished, number(member(c, "n_finished")), exactly);
  snprintf(what, sizeof what, "%s: n_below", id);
  check_number(t, what, (double)n_below, number(member(c, "n_below")), exactly);
  uint32_t *places = malloc((GM_MAX_BELOW + history->n_trials) * sizeof *places);
  if (places == NULL) bad_fixture(id, "memory");
  gm_tpe_past past = {0};
  gm_error err;
  must(gm_tpe_read(&past, history, &err), &err);
  gm_tpe_groups groups = {.below = places, .above = places + GM_MAX_BELOW};
  gm_tpe_split(&past, NULL, truth(member(c, "constant_liar")), n_below, &groups);
  check_numbers(t, id, "below", groups.n_below, groups.below, history, member(c, "below"));
  check_numbers(t, id, "above", groups.n_above, groups.above, history, member(c, "above"));
  gm_tpe_past_free(&past);
  free(places);
}

static void check_splits(tally *t, json *splits) {
  for (size_t i = 0; i < length(splits); i++) {
    json *c = element(splits, i);
    char id[MAX_LABEL / 2];
    snprintf(id, sizeof id, "split %s", json_object_to_json_string(member(c, "id")));
    gm_history history = {.direction = direction_of(member(c, "direction"))};
    read_trials(&history, member(c, "trials"), NULL);
    check_split(t, id, &history, c);
    gm_history_free(&history);
  }
}

/* ---- cases: densities and models ----------------------------------------------- */

static void check_dimension(tally *t, const char *id, const gm_parzen_estimator *e, size_t d, json *model) {
  char what[2 * MAX_LABEL];
  const gm_parzen_dimension *dim = &e->dimensions[d];
  const bool categorical = dim->distribution.kind == GM_CATEGORICAL;
  for (size_t k = 0; k < e->n_components; k++) {
    if (categorical) {
      json *row = element(member(model, "rows"), k);
      for (size_t c = 0; c < dim->distribution.n_choices; c++) {
        snprintf(what, sizeof what, "%s: row %zu, category %zu", id, k, c);
        check_number(t, what, gm_parzen_category_probability(e, d, k, c), number(element(row, c)),
                     model_tolerance);
      }
      continue;
    }
    const double mu = number(element(member(model, "mu"), k)),
                 sigma = number(element(member(model, "sigma"), k));
    snprintf(what, sizeof what, "%s: mu %zu", id, k);
    check_number(t, what, dim->kernels[k].mu, mu, relative(mu, model_tolerance));
    snprintf(what, sizeof what, "%s: sigma %zu", id, k);
    check_number(t, what, dim->kernels[k].sigma, sigma, relative(sigma, model_tolerance));
  }
}

static void check_model(tally *t, const char *id, const gm_parzen_estimator *e, const parameter_list *list,
                        json *model) {
  char what[MAX_LABEL];
  json *weights = member(model, "weights");
  snprintf(what, sizeof what, "%s: number of components", id);
  check_number(t, what, (double)e->n_components, (double)length(weights), exactly);
  if (e->n_components != length(weights)) return;
  for (size_t k = 0; k < e->n_components; k++) {
    snprintf(what, sizeof what, "%s: weight %zu", id, k);
    check_number(t, what, e->weights[k], number(element(weights, k)), model_tolerance);
  }
  for (size_t d = 0; d < list->n; d++) {
    snprintf(what, sizeof what, "%s, %s", id, list->items[d]->name);
    check_dimension(t, what, e, d, member(model, list->items[d]->name));
  }
}

static void check_queries(tally *t, const char *name, gm_tpe_model *model, const parameter_list *list,
                          json *c) {
  char what[MAX_LABEL];
  json *queries = member(c, "query"), *ref = member(member(c, "ref"), "v5");
  const size_t n = length(queries);
  double *x = calloc((list->n + 4) * n, sizeof *x); /* queries, log l, log g, score, scratch */
  if (x == NULL) bad_fixture(name, "memory");
  double *log_l = x + list->n * n, *log_g = log_l + n, *score = log_g + n, *scratch = score + n;
  for (size_t i = 0; i < n; i++) {
    for (size_t d = 0; d < list->n; d++)
      x[d * n + i] = number(member(element(queries, i), list->items[d]->name));
  }
  gm_parzen_log_density(&model->below, n, x, log_l);
  gm_parzen_log_density(&model->above, n, x, log_g);
  for (size_t i = 0; i < n; i++) {
    snprintf(what, sizeof what, "case %s, query %zu: log l", name, i);
    check_number(t, what, log_l[i], number(element(member(ref, "log_l"), i)), density_tolerance);
    snprintf(what, sizeof what, "case %s, query %zu: log g", name, i);
    check_number(t, what, log_g[i], number(element(member(ref, "log_g"), i)), density_tolerance);
  }
  snprintf(what, sizeof what, "case %s: argmax", name);
  check_number(t, what, (double)gm_tpe_best(model, n, x, score, scratch), number(member(ref, "argmax")),
               exactly);
  free(x);
}

/* ---- sampling: fixed uniforms ---------------------------------------------------- */

static void check_samples(tally *t, const char *name, gm_tpe_model *model, const parameter_list *list,
                          json *s) {
  char what[MAX_LABEL];
  json *u_component = member(s, "u_component");
  const size_t n = length(u_component), d = list->n;
  double *u = calloc((2 * d + 3) * n, sizeof *u); /* uniforms, samples, score, scratch */
  uint32_t *component = calloc(n, sizeof *component);
  if (u == NULL || component == NULL) bad_fixture(name, "memory");
  double *u_value = u + n, *x = u_value + d * n, *score = x + d * n, *scratch = score + n;
  for (size_t i = 0; i < n; i++) {
    u[i] = number(element(u_component, i));
    for (size_t j = 0; j < d; j++)
      u_value[j * n + i] = number(element(member(member(s, "u_value"), list->items[j]->name), i));
  }
  gm_parzen_sample(&model->below, n, u, u_value, component, x);
  const size_t chosen = gm_tpe_best(model, n, x, score, scratch);
  for (size_t i = 0; i < n; i++) {
    snprintf(what, sizeof what, "sampling %s, candidate %zu: component", name, i);
    check_number(t, what, component[i], number(element(member(s, "component"), i)), exactly);
    for (size_t j = 0; j < d; j++) {
      const double expected = number(element(member(member(s, "sample"), list->items[j]->name), i));
      const bool categorical = list->items[j]->distribution.kind == GM_CATEGORICAL;
      snprintf(what, sizeof what, "sampling %s, candidate %zu: %s", name, i, list->items[j]->name);
      check_number(t, what, x[j * n + i], expected,
                   categorical ? exactly : relative(expected, sample_tolerance));
    }
    snprintf(what, sizeof what, "sampling %s, candidate %zu: score", name, i);
    check_number(t, what, score[i], number(element(member(s, "score"), i)), score_tolerance);
  }
  snprintf(what, sizeof what, "sampling %s: chosen", name);
  check_number(t, what, (double)chosen, number(member(s, "chosen")), exactly);
  free(component);
  free(u);
}

static void check_case(tally *t, json *c, json *sampling) {
  gm_error err;
  char id[MAX_LABEL / 2];
  const char *name = text(member(c, "name"));
  parameter_list list;
  read_parameters(&list, member(c, "params"));
  gm_history history = {.direction = direction_of(member(c, "direction"))};
  read_trials(&history, member(c, "trials"), &list);
  snprintf(id, sizeof id, "case %s", name);
  check_split(t, id, &history, c);

  gm_tpe_model model = {0};
  must(
      gm_tpe_model_build(&model, &history, NULL, truth(member(c, "constant_liar")), list.n, list.items, &err),
      &err);
  json *expected = member(member(c, "model"), "v5");
  snprintf(id, sizeof id, "case %s, below", name);
  check_model(t, id, &model.below, &list, member(expected, "below"));
  snprintf(id, sizeof id, "case %s, above", name);
  check_model(t, id, &model.above, &list, member(expected, "above"));
  check_queries(t, name, &model, &list, c);
  for (size_t i = 0; i < length(sampling); i++) {
    json *s = element(sampling, i);
    if (strcmp(text(member(s, "case")), name) == 0) check_samples(t, name, &model, &list, s);
  }
  gm_tpe_model_free(&model);
  gm_history_free(&history);
  gm_search_space_free(&list.space);
}

/* Every sampling entry belongs to a case of the same file. */
static void check_names(tally *t, json *cases, json *sampling) {
  for (size_t i = 0; i < length(sampling); i++) {
    const char *name = text(member(element(sampling, i), "case"));
    bool known = false;
    for (size_t j = 0; j < length(cases) && !known; j++)
      known = strcmp(text(member(element(cases, j), "name")), name) == 0;
    t->passed += known;
    t->failed += !known;
    if (!known) printf("sampling %s: got no case of that name, expected one\n", name);
  }
}

/* ---- e2e: seeded runs ------------------------------------------------------------- */

static double suggest(gm_study *study, gm_trial *trial, const gm_parameter *parameter) {
  gm_error err;
  double x;
  int64_t whole;
  size_t index;
  const gm_distribution d = parameter->distribution;
  switch (d.kind) {
  case GM_FLOAT:
    must(gm_study_suggest_float(study, trial, parameter->name, d, &x, &err), &err);
    return x;
  case GM_INT:
    must(gm_study_suggest_int(study, trial, parameter->name, d, &whole, &err), &err);
    return (double)whole;
  case GM_CATEGORICAL:
    break;
  }
  must(gm_study_suggest_categorical(study, trial, parameter->name, d, &index, &err), &err);
  return (double)index;
}

/* An optional member of a run, or NULL. */
static json *optional(json *object, const char *key) {
  json *found = NULL;
  json_object_object_get_ex(object, key, &found);
  return found;
}

static gm_study *study_of(json *run) {
  gm_error err;
  gm_study *study;
  gm_study_config config = gm_study_config_default();
  config.sampler.seed = (uint32_t)count(member(run, "seed"));
  config.sampler.multivariate = truth(member(run, "multivariate"));
  config.sampler.constant_liar =
      optional(run, "constant_liar") != NULL && truth(optional(run, "constant_liar"));
  if (optional(run, "direction") != NULL) config.direction = direction_of(optional(run, "direction"));
  if (optional(run, "n_startup_trials") != NULL)
    config.sampler.n_startup_trials = count(optional(run, "n_startup_trials"));
  must(gm_study_create(&config, &study, &err), &err);
  return study;
}

/* Suggests what the recorded trial was asked, in that order: `asked` of the space, or all of it. */
static void replay_suggestions(tally *t, const char *id, gm_study *study, gm_trial *trial,
                               const parameter_list *list, json *expected) {
  char what[MAX_LABEL];
  json *asked = optional(expected, "asked"), *params = member(expected, "params");
  const size_t n = asked != NULL ? length(asked) : list->n;
  for (size_t i = 0; i < n; i++) {
    const size_t d = asked != NULL ? count(element(asked, i)) : i;
    if (d >= list->n) bad_fixture("asked", "indexes into the space");
    const gm_parameter *parameter = list->items[d];
    const double x = number(asked != NULL ? element(params, i) : member(params, parameter->name));
    const bool continuous = parameter->distribution.kind == GM_FLOAT;
    snprintf(what, sizeof what, "%s, trial %lld: %s", id, (long long)trial->number, parameter->name);
    check_number(t, what, suggest(study, trial, parameter), x,
                 continuous ? relative(x, sample_tolerance) : exactly);
  }
}

static void replay_outcome(gm_study *study, gm_trial *trial, json *expected) {
  gm_error err;
  gm_trial_state state = GM_TRIAL_COMPLETE;
  json *reports = optional(expected, "intermediate"), *name = optional(expected, "state");
  for (size_t i = 0; reports != NULL && i < length(reports); i++) {
    json *report = element(reports, i);
    must(gm_study_report(study, trial, (int64_t)count(element(report, 0)), number(element(report, 1)), &err),
         &err);
  }
  if (name != NULL) state = state_of(name);
  must(gm_study_tell(study, trial, state, number(member(expected, "value")), &err), &err);
}

static void check_run(tally *t, json *run, const parameter_list *common_space) {
  gm_error err;
  char id[MAX_LABEL / 2];
  parameter_list own = {0};
  if (optional(run, "space") != NULL) read_parameters(&own, optional(run, "space"));
  const parameter_list *list = own.n > 0 ? &own : common_space;
  snprintf(id, sizeof id, "e2e seed %zu%s", count(member(run, "seed")),
           truth(member(run, "multivariate")) ? ", multivariate" : "");
  gm_study *study = study_of(run);
  json *trials = member(run, "trials");
  const size_t n = length(trials), batch = optional(run, "batch") != NULL ? count(optional(run, "batch")) : 1;
  if (batch < 1) bad_fixture("batch", "at least 1");
  for (size_t first = 0; first < n; first += batch) {
    gm_trial *trial;
    for (size_t i = first; i < first + batch && i < n; i++) {
      must(gm_study_ask(study, &trial, &err), &err);
      replay_suggestions(t, id, study, trial, list, element(trials, i));
    }
    for (size_t i = first; i < first + batch && i < n; i++)
      replay_outcome(study, gm_study_history(study)->trials[i], element(trials, i));
  }
  gm_study_free(study);
  gm_search_space_free(&own.space);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: conformance_tpe FIXTURE.json\n");
    return 2;
  }
  gm_error err;
  json *root;
  must(gm_json_read(argv[1], &root, &err), &err);
  tally t = {0};
  check_gamma(&t, member(root, "gamma"));
  check_weights(&t, member(root, "weights"));
  check_numerics(&t, member(root, "numerics"));
  check_splits(&t, member(root, "splits"));
  json *cases = member(root, "cases"), *sampling = member(root, "sampling");
  for (size_t i = 0; i < length(cases); i++) check_case(&t, element(cases, i), sampling);
  check_names(&t, cases, sampling);
  parameter_list space;
  read_parameters(&space, member(root, "e2e_space"));
  json *runs = member(root, "e2e");
  for (size_t i = 0; i < length(runs); i++) check_run(&t, element(runs, i), &space);
  gm_search_space_free(&space.space);
  json_object_put(root);
  return report_tally(t);
}
