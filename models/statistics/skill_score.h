/* SPDX-License-Identifier: MIT
 * By how much a forecast is better than a reference, season by season:
 *
 *   skill = 1 − Σ (forecast − truth)² / Σ (reference − truth)²   over the samples of a season
 *
 * (mean squared error skill score; Murphy, Mon. Wea. Rev. 116, 1988): 1 is perfect, 0 as good as the
 * reference, negative worse. Against climatology by target month it shows the spring barrier of El Niño's
 * forecasts. */
#ifndef MODELS_SKILL_SCORE_H
#define MODELS_SKILL_SCORE_H

#include <stddef.h>

/* skill and count (n_seasons): the score, NaN where a season has no sample or the reference no error, and how
 * many samples it is of. truth, forecast, reference, season (n); season is 0 … n_seasons − 1. */
void gm_skill_by_season(const double *truth, const double *forecast, const double *reference,
                        const int *season, size_t n, size_t n_seasons, double *skill, size_t *count);

#endif
