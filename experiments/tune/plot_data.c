/* SPDX-License-Identifier: MIT
 * A study as gnuplot reads it: names as arrays of strings, numbers as data blocks. */
#include "common/ascending.h"
#include "common/json.h"
#include "experiments/run/gnuplot.h"
#include "experiments/tune/plots.h"
#include "tuning/journal/journal_distribution.h"
#include "tuning/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is drawn ---------------------------------------------------------------------- */

static double value_of(const gm_plots *p, const gm_trial *trial, size_t k) {
  if (p->n_objectives == 1) return trial->value;
  return trial->values != NULL ? trial->values[k] : NAN;
}

static bool has_values(const gm_plots *p, const gm_trial *trial) {
  bool finite = trial->state == GM_TRIAL_COMPLETE;
  for (size_t k = 0; k < p->n_objectives; k++) finite = finite && isfinite(value_of(p, trial, k));
  return finite;
}

static gm_direction direction_of(const gm_plots *p, size_t k) {
  const gm_history *history = &p->study->history;
  return gm_history_has_several(history) ? history->directions[k] : history->direction;
}

/* Values that lie further from the best than this many times the best three quarters are outside. */
static const double far_out = 4.0;

static gm_plots_frame frame_of(size_t n, double *values, gm_direction direction) {
  const double sign = direction == GM_MINIMIZE ? 1.0 : -1.0;
  for (size_t i = 0; i < n; i++) values[i] *= sign;
  qsort(values, n, sizeof *values, gm_ascending);
  const double best = values[0], span = values[(n - 1) * 3 / 4] - best;
  double worst = values[n - 1];
  gm_plots_frame frame = {0};
  if (span > 0.0 && worst - best > far_out * span) worst = best + 2.0 * span;
  for (size_t i = 0; i < n; i++) frame.n_outside += values[i] > worst;
  double margin = 0.05 * (worst - best);
  if (!(margin > 1e-12 * fabs(best))) margin = best != 0.0 ? 0.05 * fabs(best) : 1.0;
  frame.low = direction == GM_MINIMIZE ? best - margin : -worst - margin;
  frame.high = direction == GM_MINIMIZE ? worst + margin : -best + margin;
  return frame;
}

/* Complete trials with values, and the frames that they need. */
static gm_status choose_trials(gm_plots *p, gm_error *err) {
  const gm_history *history = &p->study->history;
  p->trials = malloc((history->n_trials + 1) * sizeof *p->trials);
  double *values = malloc((history->n_trials + 1) * sizeof *values);
  bool too_wide = false;
  if (p->trials == NULL || values == NULL) {
    free(values);
    return gm_fail_memory(err, "the figures");
  }
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    p->n_left_out += trial->state == GM_TRIAL_COMPLETE && !has_values(p, trial);
    if (has_values(p, trial)) p->trials[p->n_complete++] = trial;
  }
  for (size_t k = 0; k < p->n_objectives && p->n_complete > 0; k++) {
    for (size_t i = 0; i < p->n_complete; i++) values[i] = value_of(p, p->trials[i], k);
    p->frame[k] = frame_of(p->n_complete, values, direction_of(p, k));
    too_wide = too_wide || !isfinite(p->frame[k].high - p->frame[k].low);
  }
  free(values);
  if (too_wide)
    return gm_fail(err, GM_FAILED, "--plots: the values of study '%s' fit on no axis", p->study->name);
  p->n_trials = p->n_complete < GM_PLOTS_TRIALS ? p->n_complete : GM_PLOTS_TRIALS;
  for (size_t i = 0; i < p->n_trials; i++) p->trials[i] = p->trials[i * p->n_complete / p->n_trials];
  return GM_OK;
}

/* The parameters of the complete trials, by order of first use, single-valued ones left out. */
static gm_status choose_parameters(gm_plots *p, gm_error *err) {
  const gm_study_record *study = p->study;
  for (size_t i = 0; i < study->space.n_names; i++) {
    const gm_parameter *last = NULL;
    for (size_t j = p->n_trials; j > 0 && last == NULL; j--) {
      const gm_assignment *a = gm_assignments_find(&p->trials[j - 1]->parameters, study->space.names[i]);
      if (a != NULL) last = a->parameter;
    }
    if (last == NULL || gm_distribution_single(&last->distribution)) continue;
    if (p->n_parameters == GM_PLOTS_PARAMETERS)
      return gm_fail(err, GM_BAD_INPUT,
                     "--plots: study '%s' has more than %d parameters, which fit on no page", study->name,
                     GM_PLOTS_PARAMETERS);
    if (!isfinite(last->distribution.high - last->distribution.low))
      return gm_fail(err, GM_BAD_INPUT, "--plots: the range of parameter '%s' fits on no axis",
                     study->space.names[i]);
    p->parameters[p->n_parameters++] = last;
  }
  if (p->n_parameters == 0)
    return gm_fail(err, GM_FAILED, "--plots: study '%s' has no parameter with more than one value",
                   study->name);
  return GM_OK;
}

gm_status gm_plots_prepare(gm_plots *p, const gm_study_record *study, gm_error *err) {
  *p = (gm_plots){.study = study, .n_objectives = study->history.n_objectives};
  if (p->n_objectives < 1 || p->n_objectives > 2)
    return gm_fail(err, GM_BAD_INPUT, "--plots: study '%s' has %zu objectives; expected one or two",
                   study->name, p->n_objectives);
  gm_status status = choose_trials(p, err);
  if (status == GM_OK && p->n_complete == 0)
    status =
        gm_fail(err, GM_FAILED, "--plots: study '%s' has no complete trial with finite values", study->name);
  if (status == GM_OK) status = choose_parameters(p, err);
  if (status != GM_OK) gm_plots_release(p);
  return status;
}

void gm_plots_release(gm_plots *p) {
  free(p->trials);
  *p = (gm_plots){0};
}

/* ---- names --------------------------------------------------------------------------------- */

/* What an axis is called: as tune's own objectives, or as the study names its metric. */
static void objective_name(const gm_plots *p, size_t k, char *name, size_t size) {
  struct json_object *attributes = p->study->user_attributes;
  const char *text = attributes != NULL ? gm_json_text(attributes, "settings") : NULL;
  struct json_object *settings = text != NULL ? json_tokener_parse(text) : NULL;
  const char *unit = json_object_is_type(settings, json_type_object) ? gm_json_text(settings, "unit") : NULL;
  const char *metric = gm_study_record_metric(p->study, k);
  if (settings != NULL && k == 0)
    snprintf(name, size, unit != NULL && unit[0] != '\0' ? "RMSE, validation (%s)" : "RMSE, validation",
             unit);
  else if (settings != NULL)
    snprintf(name, size, "Energy of the trial (J)");
  else if (metric != NULL)
    snprintf(name, size, "%s", metric);
  else if (p->n_objectives == 1)
    snprintf(name, size, "Objective value");
  else
    snprintf(name, size, "Objective %zu", k + 1);
  json_object_put(settings);
}

static void put_text(FILE *script, const char *array, size_t i, const char *text, size_t longest) {
  fprintf(script, "%s[%zu] = ", array, i + 1);
  gm_gnuplot_string(script, text, longest);
  fputc('\n', script);
}

static void put_number(FILE *script, const char *array, size_t i, double value) {
  fprintf(script, "%s[%zu] = %.17g\n", array, i + 1, value);
}

/* How many choices of a parameter are named at its axis: all or none. */
static size_t named_choices(const gm_parameter *parameter) {
  const gm_distribution *d = &parameter->distribution;
  return d->kind == GM_CATEGORICAL && d->n_choices <= GM_PLOTS_CHOICES ? d->n_choices : 0;
}

double gm_plots_row_cm(const gm_plots *p) {
  enum { SIDE_BY_SIDE = 3 };
  bool slanted = false;
  for (size_t i = 0; i < p->n_parameters; i++) slanted |= named_choices(p->parameters[i]) > SIDE_BY_SIDE;
  return slanted ? 4.9 : 4.0;
}

/* Labels of the choices of all parameters, one after the other. */
static void put_choices(const gm_plots *p, FILE *script) {
  size_t n = 0;
  for (size_t i = 0; i < p->n_parameters; i++) {
    const gm_distribution *d = &p->parameters[i]->distribution;
    const size_t shown = named_choices(p->parameters[i]);
    fprintf(script, "first_choice[%zu] = %zu; n_choices[%zu] = %zu\n", i + 1, n, i + 1, shown);
    for (size_t c = 0; c < shown; c++, n++) {
      struct json_object *value = gm_journal_external_value(d, (double)c);
      put_text(script, "choice", n, value != NULL ? json_object_get_string(value) : "None", GM_PLOTS_CHOICE);
      json_object_put(value);
    }
  }
}

/* The parameter, with how many choices it has where they are not named. */
static void put_name(const gm_plots *p, FILE *script, size_t i) {
  const gm_distribution *d = &p->parameters[i]->distribution;
  const char *own = p->parameters[i]->name;
  char name[GM_PLOTS_NAME + 40];
  snprintf(name, sizeof name, "%.*s (%zu choices)", GM_PLOTS_NAME - 12, own, d->n_choices);
  const bool unnamed = d->kind == GM_CATEGORICAL && named_choices(p->parameters[i]) == 0;
  put_text(script, "name", i, unnamed ? name : own, GM_PLOTS_NAME);
}

void gm_plots_put_common(const gm_plots *p, FILE *script) {
  char name[120];
  const size_t n = p->n_parameters;
  fprintf(script,
          "out = ARG1; ending = ARG2; data = '/nonexistent'\nn_objectives = %zu; n_parameters = %zu\n"
          "array objective[2]; array low[2]; array high[2]; array outside[2]; array maximize[2]\n"
          "array name[%zu]; array from[%zu]; array to[%zu]; array is_log[%zu]; array is_choice[%zu]\n"
          "array first_choice[%zu]; array n_choices[%zu]; array choice[%zu]\n",
          p->n_objectives, n, n, n, n, n, n, n, n, n * GM_PLOTS_CHOICES);
  for (size_t k = 0; k < p->n_objectives; k++) {
    objective_name(p, k, name, sizeof name);
    put_text(script, "objective", k, name, GM_PLOTS_NAME);
    put_number(script, "low", k, p->frame[k].low);
    put_number(script, "high", k, p->frame[k].high);
    fprintf(script, "outside[%zu] = %zu; maximize[%zu] = %d\n", k + 1, p->frame[k].n_outside, k + 1,
            direction_of(p, k) == GM_MAXIMIZE);
  }
  for (size_t i = 0; i < n; i++) {
    const gm_distribution *d = &p->parameters[i]->distribution;
    const bool choices = d->kind == GM_CATEGORICAL;
    put_name(p, script, i);
    put_number(script, "from", i, choices ? -0.5 : d->low);
    put_number(script, "to", i, choices ? (double)d->n_choices - 0.5 : d->high);
    fprintf(script, "is_log[%zu] = %d; is_choice[%zu] = %d\n", i + 1, !choices && d->log, i + 1, choices);
  }
  put_choices(p, script);
  fprintf(script, "row_cm = %g; n_complete = %zu; n_drawn = %zu; n_left_out = %zu\n", gm_plots_row_cm(p),
          p->n_complete, p->n_trials, p->n_left_out);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void put_cell(FILE *script, double value) {
  if (isfinite(value))
    fprintf(script, ",%.10g", value);
  else
    fputs(",NaN", script);
}

/* Values and parameters of a trial, whose ranges may have been others. */
static double parameter_of(const gm_plots *p, const gm_trial *trial, size_t i) {
  const gm_assignment *a = gm_assignments_find(&trial->parameters, p->parameters[i]->name);
  return a != NULL ? a->value : NAN;
}

/* trial,kind,value,best: kind 1 complete, 2 pruned, 0 failed. Of very many trials some, evenly, and all that
 * were the best so far. */
void gm_plots_put_history(const gm_plots *p, FILE *script) {
  const gm_history *history = &p->study->history;
  const double sign = history->direction == GM_MINIMIZE ? 1.0 : -1.0;
  const size_t every = history->n_trials / GM_PLOTS_POINTS + 1;
  double best = NAN;
  fprintf(script, "n_trials = %zu; every = %zu\n$history << EOD\ntrial,kind,value,best\n", history->n_trials,
          every);
  for (size_t i = 0; i < history->n_trials; i++) {
    const gm_trial *trial = history->trials[i];
    const bool counts = has_values(p, trial) && !(trial->constraint_violation > 0.0);
    const bool improves = counts && !(sign * trial->value >= sign * best);
    const int kind = trial->state == GM_TRIAL_COMPLETE ? 1 : trial->state == GM_TRIAL_PRUNED ? 2 : 0;
    if (improves) best = trial->value;
    if (!gm_trial_finished(trial) || (i % every != 0 && !improves)) continue;
    fprintf(script, "%lld,%d", (long long)trial->number, kind);
    put_cell(script, trial->value);
    put_cell(script, best);
    fputc('\n', script);
  }
  fputs("EOD\n", script);
}

/* trial,first,second,on_front, those of the front by the second at the end. */
void gm_plots_put_front(const gm_plots *p, FILE *script) {
  const gm_history *history = &p->study->history;
  const gm_trial **front = malloc((history->n_trials + 1) * sizeof *front);
  gm_error ignored;
  size_t n = 0;
  if (front == NULL || gm_history_front(history, front, &n, &ignored) != GM_OK) n = 0;
  fputs("$trials << EOD\ntrial,first,second\n", script);
  for (size_t i = 0; i < p->n_trials; i++)
    fprintf(script, "%lld,%.10g,%.10g\n", (long long)p->trials[i]->number, value_of(p, p->trials[i], 0),
            value_of(p, p->trials[i], 1));
  fputs("EOD\n$front << EOD\ntrial,first,second\n", script);
  for (size_t i = 1; i < n; i++) { /* by the second objective */
    const gm_trial *trial = front[i];
    size_t j = i;
    for (; j > 0 && front[j - 1]->values[1] > trial->values[1]; j--) front[j] = front[j - 1];
    front[j] = trial;
  }
  for (size_t i = 0; i < n; i++)
    fprintf(script, "%lld,%.10g,%.10g\n", (long long)front[i]->number, front[i]->values[0],
            front[i]->values[1]);
  fputs("EOD\n", script);
  free(front);
}

/* trial,first[,second],parameters: those of each trial that it has. */
void gm_plots_put_slice(const gm_plots *p, FILE *script) {
  fputs("$slice << EOD\ntrial", script);
  for (size_t i = 0; i < p->n_objectives + p->n_parameters; i++) fprintf(script, ",column_%zu", i);
  fputc('\n', script);
  for (size_t t = 0; t < p->n_trials; t++) {
    fprintf(script, "%lld", (long long)p->trials[t]->number);
    for (size_t k = 0; k < p->n_objectives; k++) put_cell(script, value_of(p, p->trials[t], k));
    for (size_t i = 0; i < p->n_parameters; i++) put_cell(script, parameter_of(p, p->trials[t], i));
    fputc('\n', script);
  }
  fputs("EOD\n", script);
}

/* Where a value stands on its axis, from 0 to 1. */
static double place(const gm_distribution *d, double value) {
  if (d->kind == GM_CATEGORICAL) return (value + 0.5) / (double)d->n_choices;
  if (d->log) return (log(value) - log(d->low)) / (log(d->high) - log(d->low));
  return (value - d->low) / (d->high - d->low);
}

typedef struct {
  double loss;
  const gm_trial *trial;
} line;

static int worst_first(const void *a, const void *b) {
  const line *left = a, *right = b;
  if (left->loss != right->loss) return left->loss > right->loss ? -1 : 1;
  return left->trial->number < right->trial->number ? 1 : -1; /* of equals the first on top */
}

static void put_line(const gm_plots *p, const line *l, size_t rank, FILE *script) {
  const double shade = p->n_trials > 1 ? (double)rank / (double)(p->n_trials - 1) : 1.0;
  for (size_t k = 0; k < p->n_objectives; k++) {
    const gm_plots_frame *frame = &p->frame[k];
    double at = (value_of(p, l->trial, k) - frame->low) / (frame->high - frame->low);
    at = fmin(fmax(at, 0.0), 1.0); /* those outside the frame run along its edge */
    fprintf(script, "%lld,%zu,%.6g,%.6g\n", (long long)l->trial->number, k + 1, at, shade);
  }
  for (size_t i = 0; i < p->n_parameters; i++) {
    const double value = parameter_of(p, l->trial, i);
    if (isnan(value))
      fputc('\n', script); /* the line is broken where the trial has no such parameter */
    else
      fprintf(script, "%lld,%zu,%.6g,%.6g\n", (long long)l->trial->number, p->n_objectives + i + 1,
              place(&p->parameters[i]->distribution, value), shade);
  }
  fputc('\n', script);
}

/* trial,axis,place,shade, a blank line behind each trial: axes are the objectives and then the parameters;
 * shade from 0, the worst of the first objective, to 1. The best one once more, alone. */
void gm_plots_put_parallel(const gm_plots *p, FILE *script) {
  line *lines = malloc(p->n_trials * sizeof *lines);
  const size_t n = lines != NULL ? p->n_trials : 0;
  for (size_t i = 0; i < n; i++)
    lines[i] = (line){gm_history_loss(&p->study->history, p->trials[i], 0), p->trials[i]};
  if (n > 0) qsort(lines, n, sizeof *lines, worst_first);
  fputs("$lines << EOD\ntrial,axis,place,shade\n", script);
  for (size_t i = 0; i < n; i++) put_line(p, &lines[i], i, script);
  fputs("EOD\n$best << EOD\ntrial,axis,place,shade\n", script);
  if (n > 0) put_line(p, &lines[n - 1], n - 1, script);
  fputs("EOD\n", script);
  free(lines);
}

/* of[i]: importance of name[i], the most important first. */
void gm_plots_put_importance(const gm_importances *found, FILE *script) {
  const size_t n = found->n;
  fprintf(script, "n_best = %zu; n_judged = %zu; n_named = %zu\narray named[%zu]; array of[%zu]\n",
          found->n_best, found->n_trials, n, n, n);
  for (size_t i = 0; i < n; i++) {
    put_text(script, "named", i, found->of[i].name, GM_PLOTS_BAR);
    put_number(script, "of", i, found->of[i].importance);
  }
}
