/* SPDX-License-Identifier: MIT
 * Largest point low + k·step that does not exceed high, decided in decimal on the
 * shortest decimal text of the three numbers, so that 0 … 0.3 by 0.1 ends at 0.3
 * although 0.1 · 3 > 0.3 in binary (optuna.distributions does the same). */
#ifndef TUNING_DECIMAL_GRID_H
#define TUNING_DECIMAL_GRID_H

#include <stdbool.h>

/* Lowers *high to the grid; leaves it untouched where it is a grid point already.
 * False, and *high untouched, when low, high and step are more than
 * 36 decimal digits apart: no double can tell the points of such a grid.
 * Needs finite low <= *high and step > 0. */
bool gm_lower_to_grid(double low, double step, double *high);

#endif
