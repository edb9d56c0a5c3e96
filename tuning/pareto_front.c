/* SPDX-License-Identifier: MIT
 * The Pareto front, by comparing every pair: n is the number of models or trials. */
#include "tuning/pareto_front.h"

#include <math.h>
#include <stdbool.h>

static bool keeps_off(const double *x, const double *y, size_t by, size_t i) {
  const bool equal = x[by] == x[i] && y[by] == y[i];
  return equal ? by < i : x[by] <= x[i] && y[by] <= y[i];
}

size_t gm_pareto_front(const double *x, const double *y, size_t n, size_t *front) {
  size_t n_front = 0;
  for (size_t i = 0; i < n; i++) {
    bool on_front = !isnan(x[i]) && !isnan(y[i]);
    for (size_t j = 0; j < n && on_front; j++) on_front = j == i || !keeps_off(x, y, j, i);
    if (!on_front) continue;
    size_t place = n_front++; /* insertion by x */
    for (; place > 0 && x[front[place - 1]] > x[i]; place--) front[place] = front[place - 1];
    front[place] = i;
  }
  return n_front;
}
