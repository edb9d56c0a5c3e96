/* SPDX-License-Identifier: MIT
 * The same study, two stacks: rows of this study beside those of the same protocol in PyTorch, scikit-learn
 * and Optuna. scripts/peers/study.py makes both by turns under the same meter and leaves them in
 * DIR/peers/stacks.json; nothing is started here. Whole programs, from start to end, on both sides; ours is
 * the mean of the runs between Python's. No rows where the file is not there; no rows but notes, the reason,
 * where what it did is not what the runs of the study did: another protocol, other data, other trials or
 * errors, another build, machine or number of threads, another PUE. A file that is not what study.py writes
 * is GM_BAD_INPUT. */
#include "experiments/report/stacks.h"
#include "common/atomic_file.h"
#include "energy/carbon/emissions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const rows_of_side[GM_STACKS_SIDES] = {NULL, "rows", "best_rows"};
static const char *const side_names[GM_STACKS_SIDES] = {"greenmile", "Python", "Python, fastest"};

gm_report_run gm_stacks_row(const gm_report_run *stacks, size_t i, gm_report_run_kind kind, char key[64]) {
  snprintf(key, 64, "%s.%s", rows_of_side[i], gm_report_run_kind_name(kind));
  return (gm_report_run){.json = gm_report_run_member(stacks, key)};
}

gm_report_run gm_stacks_turn(const gm_report_run *row) {
  return (gm_report_run){.json = gm_report_run_member(row, "greenmile")};
}

/* ---- one side of a row ------------------------------------------------- */

/* A whole program, and what it found. */
typedef struct {
  double wall_s, cpu_s, energy_kwh, energy_low_kwh, energy_high_kwh, emissions_kg, emissions_low_kg,
      emissions_high_kg;
  double training_s, epochs, rmse_validation, rmse_test; /* NaN in a total */
  bool busy;                                             /* other programs' work is in it */
} side;

static void set_emissions(side *s, const gm_report_run *study_run) {
  const gm_carbon_intensity intensity = {
      .g_per_kwh = gm_report_run_number(study_run, "carbon_intensity_g_per_kwh"),
      .low_g_per_kwh = gm_report_run_number(study_run, "carbon_intensity_low_g_per_kwh"),
      .high_g_per_kwh = gm_report_run_number(study_run, "carbon_intensity_high_g_per_kwh")};
  const gm_emissions kg = gm_emissions_of(s->energy_kwh * GM_J_PER_KWH, s->energy_low_kwh * GM_J_PER_KWH,
                                          s->energy_high_kwh * GM_J_PER_KWH, &intensity);
  s->emissions_kg = kg.kg;
  s->emissions_low_kg = kg.low_kg;
  s->emissions_high_kg = kg.high_kg;
}

/* `row` as study.py wrote it; the carbon intensity is that of the study's run. */
static side side_of(const gm_report_run *row, const gm_report_run *study_run) {
  side s = {.wall_s = gm_report_run_number(row, "process_duration_s"),
            .cpu_s = gm_report_run_number(row, "process_cpu_s"),
            .energy_kwh = gm_report_run_number(row, "process_energy_kwh"),
            .energy_low_kwh = gm_report_run_number(row, "process_energy_low_kwh"),
            .energy_high_kwh = gm_report_run_number(row, "process_energy_high_kwh"),
            .training_s = gm_report_run_number(row, "duration_s"),
            .epochs = gm_report_run_number(row, "epochs"),
            .rmse_validation = gm_report_run_number(row, "rmse_validation"),
            .rmse_test = gm_report_run_number(row, "rmse_test"),
            .busy = gm_report_is_flagged(row)};
  set_emissions(&s, study_run);
  return s;
}

/* Everything that has a sum. */
static void add(side *total, const side *s) {
  total->busy |= s->busy;
  total->wall_s += s->wall_s;
  total->cpu_s += s->cpu_s;
  total->energy_kwh += s->energy_kwh;
  total->energy_low_kwh += s->energy_low_kwh;
  total->energy_high_kwh += s->energy_high_kwh;
  total->emissions_kg += s->emissions_kg;
  total->emissions_low_kg += s->emissions_low_kg;
  total->emissions_high_kg += s->emissions_high_kg;
}

/* The mean of our runs just before Python's, which all have the study's errors. */
static side our_side(const gm_report_run *stacks, gm_report_run_kind kind, const gm_report_run *study_run) {
  enum { TURNS = GM_STACKS_SIDES - 1 };
  side mean = {.epochs = gm_report_run_number(study_run, "epochs"),
               .rmse_validation = gm_report_run_number(study_run, "rmse_validation"),
               .rmse_test = gm_report_run_number(study_run, "rmse_test")};
  for (size_t i = 1; i <= TURNS; i++) {
    char key[64];
    const gm_report_run row = gm_stacks_row(stacks, i, kind, key), turn = gm_stacks_turn(&row);
    const side s = side_of(&turn, study_run);
    add(&mean, &s);
    mean.training_s += s.training_s / TURNS;
  }
  mean.wall_s /= TURNS;
  mean.cpu_s /= TURNS;
  mean.energy_kwh /= TURNS;
  mean.energy_low_kwh /= TURNS;
  mean.energy_high_kwh /= TURNS;
  set_emissions(&mean, study_run);
  return mean;
}

/* ---- the table --------------------------------------------------------- */

static gm_status set_row(gm_report_table *table, size_t row, const char *model, const char *stack,
                         const side *s, gm_error *err) {
  const struct {
    const char *key;
    double value;
  } values[] = {{"process_duration_s", s->wall_s},
                {"process_cpu_s", s->cpu_s},
                {"process_energy_kwh", s->energy_kwh},
                {"process_energy_low_kwh", s->energy_low_kwh},
                {"process_energy_high_kwh", s->energy_high_kwh},
                {"process_emissions_kg", s->emissions_kg},
                {"process_emissions_low_kg", s->emissions_low_kg},
                {"process_emissions_high_kg", s->emissions_high_kg},
                {"duration_s", s->training_s},
                {"epochs", s->epochs},
                {"rmse_validation", s->rmse_validation},
                {"rmse_test", s->rmse_test}};
  for (size_t i = 0; i < COUNT(values); i++)
    gm_report_table_number(table, row, values[i].key, values[i].value);
  if (s->busy) gm_report_mark_busy(table, row);
  const gm_status status = gm_report_table_text(table, row, "model", model, err);
  return status == GM_OK ? gm_report_table_text(table, row, "stack", stack, err) : status;
}

static void mark_ratios(gm_report_table *table, size_t row) {
  for (size_t c = 0; c < table->n_columns; c++)
    if (strncmp(table->columns[c].key, "ratio_", strlen("ratio_")) == 0)
      table->cells[row * table->n_columns + c].marked = true;
}

/* Ours, then the others with their ratios to it. */
static gm_status set_rows_of(gm_report_table *table, size_t row, const char *model,
                             const side sides[GM_STACKS_SIDES], gm_error *err) {
  gm_status status = GM_OK;
  for (size_t i = 0; i < GM_STACKS_SIDES && status == GM_OK; i++) {
    status = set_row(table, row + i, model, side_names[i], &sides[i], err);
    if (i == 0) continue;
    gm_report_table_number(table, row + i, "ratio_duration", sides[i].wall_s / sides[0].wall_s);
    gm_report_table_number(table, row + i, "ratio_cpu", sides[i].cpu_s / sides[0].cpu_s);
    gm_report_table_number(table, row + i, "ratio_energy", sides[i].energy_kwh / sides[0].energy_kwh);
    if (sides[i].busy || sides[0].busy) mark_ratios(table, row + i);
  }
  return status;
}

static gm_status make_columns(gm_report *report, gm_report_table *table, size_t rows, gm_error *err) {
  const gm_report_column columns[] = {
      {.key = "model", .head = "Model"},
      {.key = "stack", .head = "Stack"},
      {.key = "process_duration_s", .head = "Wall time", .unit = "s", .format = SIGNIFICANT(3)},
      {.key = "ratio_duration", .head = "Wall ratio", .format = SIGNIFICANT(3)},
      {.key = "process_cpu_s", .head = "CPU time", .unit = "s", .format = SIGNIFICANT(3)},
      {.key = "ratio_cpu", .head = "CPU ratio", .format = SIGNIFICANT(3)},
      {.key = "process_energy_kwh",
       .head = "Energy",
       .unit = "kWh",
       .format = SCIENTIFIC(3),
       .low = "process_energy_low_kwh",
       .high = "process_energy_high_kwh"},
      {.key = "process_energy_low_kwh"},
      {.key = "process_energy_high_kwh"},
      {.key = "ratio_energy", .head = "Energy ratio", .format = SIGNIFICANT(3)},
      {.key = "process_emissions_kg",
       .head = "Emissions",
       .unit = KG,
       .format = SCIENTIFIC(3),
       .low = "process_emissions_low_kg",
       .high = "process_emissions_high_kg"},
      {.key = "process_emissions_low_kg"},
      {.key = "process_emissions_high_kg"},
      {.key = "rmse_validation", .head = "RMSE validation", .unit = report->unit, .format = ERRORS(4)},
      {.key = "rmse_test", .head = "RMSE test", .unit = report->unit, .format = ERRORS(4)},
      {.key = "duration_s"},
      {.key = "epochs"},
      {.key = "protocol"},
  };
  memcpy(report->stacks_columns, columns, sizeof columns);
  return gm_report_table_init(table, "stacks", report->stacks_columns, COUNT(columns), rows, err);
}

/* ---- filling --------------------------------------------------------------- */

/* Every row of Table 3 that both stacks have: without structured pruning and persistence. */
static gm_status set_rows(const gm_report *report, gm_report_table *table, const gm_report_run *stacks,
                          gm_error *err) {
  side total[GM_STACKS_SIDES];
  gm_status status = GM_OK;
  size_t r = 0;
  for (size_t i = 0; i < GM_STACKS_SIDES; i++)
    total[i] = (side){.training_s = NAN, .epochs = NAN, .rmse_validation = NAN, .rmse_test = NAN};
  for (gm_report_model m = GM_MODEL_LINEAR_REGRESSION; m < GM_MODEL_CLIMATOLOGY && status == GM_OK; m++) {
    const gm_report_run_kind kind = gm_report_model_run(m);
    if (kind == GM_RUN_CNN_STRUCTURED) continue;
    const gm_report_run *run = report->study->runs[kind];
    side sides[GM_STACKS_SIDES] = {our_side(stacks, kind, run)};
    for (size_t i = 0; i < GM_STACKS_SIDES; i++) {
      char key[64];
      if (i > 0) {
        const gm_report_run row = gm_stacks_row(stacks, i, kind, key);
        sides[i] = side_of(&row, run);
      }
      add(&total[i], &sides[i]);
    }
    status = set_rows_of(table, r, report->models[m].name, sides, err);
    r += GM_STACKS_SIDES;
  }
  return status == GM_OK ? set_rows_of(table, r, "Together", total, err) : status;
}

static gm_status fill(gm_report *report, gm_report_table *table, const gm_report_run *stacks,
                      const gm_stacks_trials trials[GM_STACKS_SEARCHES], gm_error *err) {
  enum { MODELS = GM_MODEL_CLIMATOLOGY - 2 + 1 }; /* two models less, the total more */
  gm_status status = make_columns(report, table, GM_STACKS_SIDES * MODELS, err);
  table->placement = GM_TABLE_ACROSS_PAGE;
  table->n_labels = 2; /* whose number it is: model and stack */
  if (status == GM_OK) status = set_rows(report, table, stacks, err);
  return status == GM_OK ? gm_stacks_put_notes(report, table, stacks, trials, err) : status;
}

/* The table of a file that is there, or the reason why there is none. */
static gm_status fill_or_say(gm_report *report, gm_report_table *table, const gm_report_run *stacks,
                             gm_error *err) {
  gm_stacks_trials trials[GM_STACKS_SEARCHES] = {0};
  const char *reason = NULL;
  gm_status status = gm_stacks_match(report, stacks, trials, &reason, err);
  if (status == GM_OK && reason == NULL) return fill(report, table, stacks, trials, err);
  if (status == GM_OK) status = make_columns(report, table, 0, err);
  return status == GM_OK ? gm_report_sentence(NULL, reason, NULL, 0, &table->notes, err) : status;
}

gm_status gm_report_make_stacks(gm_report *report, gm_report_table *table, gm_error *err) {
  char *path = gm_path_join(report->study->results, "peers/stacks.json");
  gm_report_run stacks = {0};
  if (path == NULL) return gm_fail_memory(err, "a file name");
  gm_status status;
  if (access(path, F_OK) != 0) {
    status = make_columns(report, table, 0, err);
  } else {
    status = gm_json_read(path, &stacks.json, err);
    if (status == GM_OK) status = gm_stacks_check(path, &stacks, err);
    if (status == GM_OK) status = fill_or_say(report, table, &stacks, err);
  }
  json_object_put(stacks.json);
  free(path);
  return status;
}
