/* SPDX-License-Identifier: MIT
 * Sums of squares by season, and their ratio. Which forecasts are compared is the caller's choice. */
#include "models/statistics/skill_score.h"

#include <math.h>

void gm_skill_by_season(const double *truth, const double *forecast, const double *reference,
                        const int *season, size_t n, size_t n_seasons, double *skill, size_t *count) {
  for (size_t s = 0; s < n_seasons; s++) {
    double error = 0, error_of_reference = 0;
    count[s] = 0;
    for (size_t i = 0; i < n; i++) {
      if (season[i] != (int)s) continue;
      error += (forecast[i] - truth[i]) * (forecast[i] - truth[i]);
      error_of_reference += (reference[i] - truth[i]) * (reference[i] - truth[i]);
      count[s]++;
    }
    skill[s] = error_of_reference > 0 ? 1 - error / error_of_reference : NAN;
  }
}
