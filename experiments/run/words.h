/* SPDX-License-Identifier: MIT
 * What a program says at its end, in two lines on stderr: how good the forecast is, with persistence beside
 * it, and what it has cost, with intervals, and where it was written. */
#ifndef EXPERIMENTS_WORDS_H
#define EXPERIMENTS_WORDS_H

#include "experiments/run/run_directory.h"

/* "44.3 J", "12.3 mJ", "1.24 MJ": three digits and the prefix that suits. */
#define GM_ENERGY_TEXT 24
const char *gm_energy_text(double energy_j, char text[GM_ENERGY_TEXT]);

#define GM_UNIT_SUFFIX 32
/* " °C", or nothing where the data name no unit. */
const char *gm_unit_suffix(const gm_experiment *experiment, char text[GM_UNIT_SUFFIX]);

/* PROGRAM: RMSE validation 0.4823, test 0.441 °C (persistence 0.512, 0.47) */
void gm_experiment_say_scores(const gm_experiment *experiment, const gm_scores *scores);

/* PROGRAM: 44.3 J WHAT (20.1 to 80.3), 4.6e-06 kg CO2eq (2e-06 to 9.2e-06), WLD; in DIR
 * Without a country it says how to get the kg. `what` is " per fit" or "". */
void gm_experiment_say_cost(const gm_experiment *experiment, const gm_energy *energy, const char *what);

#endif
