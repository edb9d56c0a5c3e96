/* SPDX-License-Identifier: MIT
 * Means by season: the fit is one pass over the targets, the forecast a look at the calendar. */
#include "models/regression/climatology.h"

void gm_climatology_fit(const double *y, const int *season, size_t n, size_t n_seasons, double *mean) {
  double all = 0;
  for (size_t i = 0; i < n; i++) all += y[i] / (double)n;
  for (size_t s = 0; s < n_seasons; s++) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
      if (season[i] == (int)s) {
        sum += y[i];
        count++;
      }
    mean[s] = count > 0 ? sum / (double)count : all;
  }
}

void gm_climatology_predict(const double *mean, const int *season, size_t n, double *prediction) {
  for (size_t i = 0; i < n; i++) prediction[i] = mean[season[i]];
}
