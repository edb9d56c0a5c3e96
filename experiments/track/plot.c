/* SPDX-License-Identifier: MIT
 * track plot: a timeline of track as a figure, drawn by gnuplot. */
#include "common/csv.h"
#include "experiments/run/gnuplot.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Colours of the report's figures; a component keeps its own. */
static const struct {
  const char *column, *title, *colour;
} lines[] = {{"power_w", "all", "black"},
             {"cpu_w", "CPU", "#0072b2"},
             {"ram_w", "RAM", "#009e73"},
             {"gpu_w", "GPU", "#d55e00"},
             {"wall_w", "whole machine", "#cc79a7"}};
enum { n_lines = sizeof lines / sizeof *lines };

static const char *terminal_of(const char *output) {
  const char *dot = strrchr(output, '.');
  if (dot == NULL) return NULL;
  if (strcmp(dot, ".svg") == 0) return "svg size 900,420 background 'white' font 'Helvetica,14'";
  if (strcmp(dot, ".png") == 0) return "pngcairo size 900,420 font 'Helvetica,11'";
  return NULL;
}

static gm_status has_values(const gm_csv_table *table, const char *column, bool *has, gm_error *err) {
  size_t index;
  *has = false;
  const gm_status status = gm_csv_column(table, column, &index, err);
  for (size_t row = 0; status == GM_OK && row < table->n_rows; row++)
    *has = *has || gm_csv_field(table, row, index)[0] != '\0';
  return status;
}

/* A field that may be empty: NaN then; a power is not negative. */
static gm_status read_power(const gm_csv_table *table, size_t row, size_t column, double *power_w,
                            gm_error *err) {
  *power_w = NAN;
  if (gm_csv_field(table, row, column)[0] == '\0') return GM_OK;
  const gm_status status = gm_csv_number(table, row, column, power_w, err);
  if (status != GM_OK || *power_w >= 0) return status;
  return gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a power of at least 0 in %s, got %g", table->name,
                 table->line[row], table->header[column], *power_w);
}

/* Time goes on, and each power is in its interval. */
static gm_status check_timeline(const gm_csv_table *table, gm_error *err) {
  enum { TIME, LOW, POWER, HIGH, N };
  static const char *const names[N] = {"time_s", "low_w", "power_w", "high_w"};
  static const double rounding = 1e-9;
  size_t column[N];
  double before = -INFINITY, value[N];
  gm_status status = GM_OK;
  for (int c = 0; c < N && status == GM_OK; c++) status = gm_csv_column(table, names[c], &column[c], err);
  for (size_t row = 0; row < table->n_rows && status == GM_OK; row++) {
    status = gm_csv_number(table, row, column[TIME], &value[TIME], err);
    for (int c = LOW; c < N && status == GM_OK; c++)
      status = read_power(table, row, column[c], &value[c], err);
    if (status == GM_OK && !(value[TIME] > before))
      status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: expected a time after that of the line before, got %g",
                       table->name, table->line[row], value[TIME]);
    if (status == GM_OK &&
        (value[LOW] > value[POWER] * (1 + rounding) || value[POWER] > value[HIGH] * (1 + rounding)))
      status = gm_fail(err, GM_BAD_INPUT, "%s:%zu: power_w %g is not between low_w %g and high_w %g",
                       table->name, table->line[row], value[POWER], value[LOW], value[HIGH]);
    before = value[TIME];
  }
  return status;
}

/* What gnuplot is told: ARG1 is the data, ARG2 the figure. */
static gm_status write_script(FILE *out, const gm_csv_table *table, const char *terminal, gm_error *err) {
  gm_status status = GM_OK;
  bool has;
  fprintf(
      out,
      "set terminal %s\nset output ARG2\nset datafile separator ','\nset xlabel 'time, s'\nset ylabel "
      "'power, W'\n"
      "set yrange [0:*]\nset key outside right top\nset grid lc rgb '#dddddd'\nset border 3\nset tics "
      "nomirror\n"
      "plot ARG1 using 'time_s':'low_w':'high_w' with filledcurves lc rgb '#dddddd' title '95 %% interval'",
      terminal);
  for (int i = 0; i < n_lines && status == GM_OK; i++) {
    status = has_values(table, lines[i].column, &has, err);
    if (status == GM_OK && has)
      fprintf(out, ", '' using 'time_s':'%s' with lines lw %d lc rgb '%s' title '%s'", lines[i].column,
              i == 0 ? 3 : 2, lines[i].colour, lines[i].title);
  }
  fputc('\n', out);
  return status;
}

static gm_status plot(const char *data, const char *output, gm_error *err) {
  gm_csv_table table = {0};
  const char *terminal = terminal_of(output);
  if (terminal == NULL)
    return gm_fail(err, GM_BAD_INPUT, "--figure: expected a name ending in .png or .svg, got \"%s\"", output);
  gm_status status = gm_csv_read(data, &table, err);
  if (status == GM_OK && table.n_rows < 2)
    status = gm_fail(err, GM_BAD_INPUT, "%s: expected at least two lines of a timeline, got %zu", data,
                     table.n_rows);
  if (status == GM_OK) status = check_timeline(&table, err);
  FILE *script = status == GM_OK ? tmpfile() : NULL;
  if (status == GM_OK && script == NULL)
    status = gm_fail(err, GM_IO_ERROR, "a temporary file: %s", strerror(errno));
  if (status == GM_OK) status = write_script(script, &table, terminal, err);
  if (status == GM_OK) status = gm_gnuplot_run(script, data, output, output, err);
  if (status == GM_OK) printf("%s\n", output);
  if (script != NULL) fclose(script);
  gm_csv_free(&table);
  return status;
}

int gm_track_plot(int argc, char **argv) {
  const char *output = "timeline.png";
  gm_error err = {0};
  gm_options_action action;
  int first = argc;
  const gm_option own[] = {{.name = "figure",
                            .argument = "FILE",
                            .help = "where it goes, .png or .svg",
                            .kind = GM_OPTION_TEXT,
                            .target = &output}};
  const gm_option_group groups[] = {{"Of this command", own, 1}};
  const gm_program program = {.name = "track plot",
                              .usage = "[--figure FILE] TIMELINE.csv",
                              .description =
                                  "Draws what track --timeline wrote: power against time, with its interval.",
                              .groups = groups,
                              .n_groups = 1};
  gm_status status = gm_options_parse(&program, argc, argv, &action, &first, &err);
  if (status == GM_OK && !gm_options_answer(&program, action))
    status = first + 1 != argc ? gm_fail(&err, GM_BAD_INPUT,
                                         "expected one timeline: track plot [--figure FILE] TIMELINE.csv")
                               : plot(argv[first], output, &err);
  return gm_track_exit(status, &err);
}
