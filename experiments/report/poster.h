/* SPDX-License-Identifier: MIT
 * Every number the poster "The Green Mile" (Sahoo, Singh, Jojo) prints, as it
 * prints it. "Emission Rate" in its Table 3 is a total in kg; its RMSE names no
 * split and may be a mean squared error, so nothing is ever subtracted from it. */
#ifndef EXPERIMENTS_REPORT_POSTER_H
#define EXPERIMENTS_REPORT_POSTER_H

#include <stddef.h>

/* Rows of Table 3, in its order, with two the poster does not have. */
typedef enum {
  GM_MODEL_PERSISTENCE,
  GM_MODEL_LINEAR_REGRESSION,
  GM_MODEL_CNN,
  GM_MODEL_CNN_PRUNED,
  GM_MODEL_CNN_STRUCTURED,
  GM_MODEL_CNN_EARLY_STOPPING,
  GM_MODEL_TUNE,
  GM_MODEL_TUNE_PRUNED,
  GM_MODEL_CLIMATOLOGY, /* beyond the poster: rows of maps */
  GM_MODEL_EOF_REGRESSION,
  GM_MODELS
} gm_report_model;

/* NaN: the poster has no such row. */
typedef struct {
  double emissions_kg, rmse;
} gm_poster_row;
extern const gm_poster_row gm_poster_table3[GM_MODELS];

/* The poster prints one significant digit for the linear regression: 0.00003 kg
 * stands for anything in this interval. */
extern const double gm_poster_lr_emissions_low_kg, gm_poster_lr_emissions_high_kg;

/* kg CO2eq of one inference. */
extern const double gm_poster_lr_inference_kg, gm_poster_cnn_inference_kg;

/* Tables 1 and 2. */
typedef struct {
  double num_input_time_steps, learning_rate, rmse;
  const char *optimizer;
} gm_poster_search;
extern const gm_poster_search gm_poster_table1, gm_poster_not_pruned, gm_poster_pruned;

/* Table 4: Patterson et al. 2021, "Carbon Emissions and Large Neural Network
 * Training" (arXiv:2104.10350), Table 4 there. */
typedef struct {
  const char *model;
  double energy_mwh, emissions_t;
} gm_patterson_row;
#define GM_PATTERSON_ROWS 4
extern const gm_patterson_row gm_patterson[GM_PATTERSON_ROWS];

#endif
