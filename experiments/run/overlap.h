/* SPDX-License-Identifier: MIT
 * What of the months that judge a model has been seen before they judge it: a base period that reaches into
 * them, training targets that are their inputs. */
#ifndef EXPERIMENTS_OVERLAP_H
#define EXPERIMENTS_OVERLAP_H

#include "datasets/samples.h"

/* Sentence number i (from 0) a reader must know; false past the last. base_period: "Y:Y" or "none". */
bool gm_overlap_warning(const gm_samples *samples, const char *base_period, int i, char *text, size_t size);

/* Whether training comes after the months that judge, of which one would say that they were not forecast. */
bool gm_order_warning(const gm_samples *samples, char *text, size_t size);

/* Whether the calendar means of a base period are of so few values that their own noise must be known of;
 * `fewest` as in gm_series.n_base, 0 where it is not counted: one a year. */
bool gm_base_period_warning(const char *base_period, size_t fewest, char *text, size_t size);

#endif
