/* SPDX-License-Identifier: MIT
 * Internal to tune --plots: what gnuplot is told of a study, and which figures there are. */
#ifndef EXPERIMENTS_TUNE_PLOTS_H
#define EXPERIMENTS_TUNE_PLOTS_H

#include "tuning/importance.h"
#include "tuning/study_record.h"

#include <stdio.h>

enum {
  GM_PLOTS_PARAMETERS = 16, /* that fit on a page */
  GM_PLOTS_TRIALS = 2000,   /* lines and points that can be told apart, and more than that */
  GM_PLOTS_POINTS = 10000,  /* of a history; an SVG with more opens nowhere */
  GM_PLOTS_NAME = 30,       /* characters of a name */
  GM_PLOTS_BAR = 20,        /* likewise, beside a bar */
  GM_PLOTS_CHOICES = 12,    /* of a parameter that are named at its axis */
  GM_PLOTS_CHOICE = 14      /* characters of such a name */
};

/* The range of an objective's axis: all values, or, where a few lie far beyond the others, those others. */
typedef struct {
  double low, high;
  size_t n_outside;
} gm_plots_frame;

/* What is drawn; everything is borrowed but parameters and trials. */
typedef struct {
  const gm_study_record *study;
  size_t n_objectives;
  gm_plots_frame frame[2];
  size_t n_parameters;
  const gm_parameter *parameters[GM_PLOTS_PARAMETERS]; /* each as its last trial knows it */
  size_t n_complete;                                   /* complete trials with finite values */
  size_t n_left_out;                                   /* complete ones whose values are not finite */
  size_t n_trials;
  const gm_trial **trials; /* (n_trials) of those complete ones at most GM_PLOTS_TRIALS, evenly */
} gm_plots;

/* GM_FAILED: the study has no complete trial with finite values. GM_BAD_INPUT: too many objectives or
 * parameters. */
gm_status gm_plots_prepare(gm_plots *plots, const gm_study_record *study, gm_error *err);
void gm_plots_release(gm_plots *plots);

/* Height of a row of slices with what stands below it. */
double gm_plots_row_cm(const gm_plots *plots);

/* Variables of the scripts, then data: each writes what its figure's script reads. */
void gm_plots_put_common(const gm_plots *plots, FILE *script);
void gm_plots_put_history(const gm_plots *plots, FILE *script);
void gm_plots_put_front(const gm_plots *plots, FILE *script);
void gm_plots_put_slice(const gm_plots *plots, FILE *script);
void gm_plots_put_parallel(const gm_plots *plots, FILE *script);
void gm_plots_put_importance(const gm_importances *found, FILE *script);

#endif
