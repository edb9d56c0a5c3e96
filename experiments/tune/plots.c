/* SPDX-License-Identifier: MIT
 * tune --plots DIR: figures of any study, drawn by gnuplot in the look of the report's. */
#include "experiments/tune/plots.h"

#include "common/atomic_file.h"
#include "experiments/run/gnuplot.h"
#include "experiments/tune/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* scripts/figures/style.gp, and of this directory one script per figure. */
extern const char gm_figure_style[], gm_figure_history[], gm_figure_front[], gm_figure_slice[],
    gm_figure_parallel[], gm_figure_importance[];

static const char *const endings[] = {"svg", "pdf", "png"};

enum { SLICES_IN_A_ROW = 4 };

typedef struct {
  const char *name, *text; /* of its script */
  double width_cm, height_cm;
} figure;

/* ---- one figure ------------------------------------------------------------------------- */

/* The script ARG1 = file, ARG2 = its ending: what there is to draw, the look, then how. */
static FILE *begin(const gm_plots *plots, const figure *f) {
  FILE *script = tmpfile();
  if (script == NULL) return NULL;
  fprintf(script, "width_cm = %g; height_cm = %g\n", f->width_cm, f->height_cm);
  gm_plots_put_common(plots, script);
  return script;
}

/* What a whole file ends with; gnuplot does not say when the disk is full. */
static bool is_whole(const gm_atomic_file *file, const char *ending) {
  static const char *const last[] = {"</svg>", "%%EOF", "IEND"};
  enum { TAIL = 16 };
  char tail[TAIL + 1] = "";
  size_t e = 0;
  FILE *drawn = fopen(file->temporary, "r");
  const bool read =
      drawn != NULL && fseek(drawn, -TAIL, SEEK_END) == 0 && fread(tail, 1, TAIL, drawn) == TAIL;
  if (drawn != NULL) fclose(drawn);
  while (strcmp(endings[e], ending) != 0) e++;
  for (size_t i = 0; read && i < TAIL; i++)
    if (strncmp(tail + i, last[e], strlen(last[e])) == 0) return true;
  return false;
}

static gm_status draw(FILE *script, const char *directory, const figure *f, const char *ending,
                      gm_error *err) {
  char name[40];
  gm_atomic_file file;
  snprintf(name, sizeof name, "%s.%s", f->name, ending);
  char *path = gm_path_join(directory, name);
  gm_status status =
      path == NULL ? gm_fail_memory(err, "a file name") : gm_atomic_file_open(&file, path, err);
  if (status == GM_OK) {
    /* gnuplot takes what begins with | for a command, and with ~ for a home */
    char *where = file.temporary[0] == '/' ? strdup(file.temporary) : gm_path_join(".", file.temporary);
    status =
        where == NULL ? gm_fail_memory(err, "a file name") : gm_gnuplot_run(script, where, ending, path, err);
    free(where);
    if (status == GM_OK && !is_whole(&file, ending))
      status = gm_fail(err, GM_IO_ERROR, "%s: gnuplot could not write all of it", path);
    status = gm_atomic_file_close(&file, status, err);
  }
  free(path);
  return status;
}

static gm_status finish(FILE *script, const char *directory, const figure *f, FILE *out, gm_error *err) {
  gm_status status = GM_OK;
  fputs(gm_figure_style, script);
  fputs(f->text, script);
  for (size_t e = 0; e < sizeof endings / sizeof *endings && status == GM_OK; e++) {
    status = draw(script, directory, f, endings[e], err);
    if (status == GM_OK) fprintf(out, "%s/%s.%s\n", directory, f->name, endings[e]);
  }
  fclose(script);
  return status;
}

/* ---- all of them ---------------------------------------------------------------------------- */

typedef struct {
  figure figure;
  void (*put)(const gm_plots *plots, FILE *script);
} plan;

static gm_status draw_plan(const gm_plots *plots, const plan *p, const char *directory, FILE *out,
                           gm_error *err) {
  FILE *script = begin(plots, &p->figure);
  if (script == NULL) return gm_fail(err, GM_IO_ERROR, "a temporary file: %s", strerror(errno));
  p->put(plots, script);
  return finish(script, directory, &p->figure, out, err);
}

/* Where the study tells something of its parameters; else that is said. */
static gm_status draw_importance(gm_tune *t, const gm_plots *plots, const char *directory, FILE *out,
                                 gm_error *err) {
  gm_importances found;
  gm_error reason;
  char text[sizeof reason.message + 40];
  const gm_status status = gm_study_importances(plots->study, &found, &reason);
  if (status == GM_FAILED) {
    snprintf(text, sizeof text, "--plots: no figure of importance: %s", reason.message);
    gm_experiment_warn(&t->experiment, text);
    return GM_OK;
  }
  if (status != GM_OK) {
    *err = reason;
    return status;
  }
  const figure f = {"importance", gm_figure_importance, 8.4, 1.7 + 0.45 * (double)found.n};
  FILE *script = begin(plots, &f);
  if (script != NULL) gm_plots_put_importance(&found, script);
  gm_importances_free(&found);
  if (script == NULL) return gm_fail(err, GM_IO_ERROR, "a temporary file: %s", strerror(errno));
  return finish(script, directory, &f, out, err);
}

gm_status gm_tune_plot(gm_tune *t, const gm_study_record *study, FILE *out, gm_error *err) {
  gm_plots plots;
  gm_status status = gm_plots_prepare(&plots, study, err);
  if (status != GM_OK) return status;
  const size_t rows = (plots.n_parameters + SLICES_IN_A_ROW - 1) / SLICES_IN_A_ROW * plots.n_objectives;
  const plan plans[] = {
      plots.n_objectives == 1 ? (plan){{"history", gm_figure_history, 8.4, 5.6}, gm_plots_put_history}
                              : (plan){{"front", gm_figure_front, 8.4, 6.4}, gm_plots_put_front},
      {{"slice", gm_figure_slice, 17.4, 0.6 + gm_plots_row_cm(&plots) * (double)rows}, gm_plots_put_slice},
      {{"parallel", gm_figure_parallel, 17.4, 6.2}, gm_plots_put_parallel},
  };
  status = gm_make_directories(t->plots, err);
  for (size_t i = 0; i < sizeof plans / sizeof *plans && status == GM_OK; i++)
    status = draw_plan(&plots, &plans[i], t->plots, out, err);
  if (status == GM_OK) status = draw_importance(t, &plots, t->plots, out, err);
  gm_plots_release(&plots);
  return status;
}
