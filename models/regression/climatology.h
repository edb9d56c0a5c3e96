/* SPDX-License-Identifier: MIT
 * The climatology forecast: the mean of the training targets of that season (calendar month), whatever
 * happens now. Of anomalies whose base period is the training period it is 0. With persistence the
 * reference of a skill score (Wilks, Statistical Methods in the Atmospheric Sciences, ch. 9): what does not
 * beat both has no skill. */
#ifndef MODELS_CLIMATOLOGY_H
#define MODELS_CLIMATOLOGY_H

#include <stddef.h>

/* mean (n_seasons) of the targets y (n), n >= 1, whose season (n) is 0 … n_seasons − 1. A season without
 * a target gets the mean of all. */
void gm_climatology_fit(const double *y, const int *season, size_t n, size_t n_seasons, double *mean);

/* prediction_i = mean[season_i]; season and prediction (n), of the targets. */
void gm_climatology_predict(const double *mean, const int *season, size_t n, double *prediction);

#endif
