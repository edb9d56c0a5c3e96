/* SPDX-License-Identifier: MIT
 * Where on the map a forecast comes from, as CSV for the figure of maps: the
 * regression's coefficients (DIR/coefficient_map.csv: lag,latitude,longitude,coefficient)
 * and the network's input gradients over the validation samples
 * (DIR/saliency_map.csv: …,gradient_mean,gradient_mean_abs). Both in the unit of the target per unit of one
 * point; with --eof carried back from the patterns to the points. Without --sst they write nothing. */
#ifndef EXPERIMENTS_INFLUENCE_MAP_H
#define EXPERIMENTS_INFLUENCE_MAP_H

#include "experiments/run/run_directory.h"
#include "models/network/network.h"

/* coefficients (n_predictors): channel by channel, oldest month first. */
gm_status gm_influence_of_regression(const gm_experiment *experiment, const double *coefficients,
                                     gm_error *err);

gm_status gm_influence_of_network(const gm_experiment *experiment, const gm_network *network, gm_error *err);

#endif
