/* SPDX-License-Identifier: MIT
 * What values have in a row and chance does not give them: the same value again and again, the year before
 * once more, a level that is left. Programs fill up with the one, a change of units makes the other.
 */
#ifndef DATASETS_SERIES_PATTERNS_H
#define DATASETS_SERIES_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

/* The range of the values that are there; least > most: there are none. */
void gm_series_range(const double *values, size_t n, double *least, double *most);

/* Values n, from `first` on, each of them equal to the one `lag` before; n 0: there are none. */
typedef struct {
  size_t n, first;
} gm_repeated;

/* The longest such run, where one as long is not to be expected (less than once in 1000 such columns) from
 * how often equal values stand so far apart elsewhere. The least and the greatest value do not count: rain is
 * 0 for months, ice covers everything. `values` may be NAN, which equals nothing. */
gm_repeated gm_series_repeated(const double *values, size_t n, size_t lag);

/* Two levels with nothing between: the values from `first` on, or n_after of them where the first level comes
 * back, are beyond all others by more than either part is wide. */
typedef struct {
  size_t first, n_after; /* first 0: there are none */
  bool comes_back;
  double least_before, most_before, least_after, most_after;
} gm_level_change;

/* Parts of at least three values that are not all the same. */
gm_level_change gm_series_level_change(const double *values, size_t n);

/* The fewest steps, 1 … most, by which `values` run ahead of `target`: values(t) is target(t + steps), or a
 * linear function of it to rounding, wherever both are there (at least GM_AHEAD_PAIRS times). 0: none, or
 * they are the target itself. Such a column holds what is to be forecast. */
enum { GM_AHEAD_PAIRS = 24 };
size_t gm_series_ahead(const double *values, const double *target, size_t n, size_t most);

#endif
