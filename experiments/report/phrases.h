/* SPDX-License-Identifier: MIT
 * How numbers with intervals are said: every "lower", "saved", "times" of the report comes from here, and
 * none is said that an interval does not carry. */
#ifndef EXPERIMENTS_REPORT_PHRASES_H
#define EXPERIMENTS_REPORT_PHRASES_H

#include "experiments/report/models.h"
#include "experiments/report/ratios.h"
#include "experiments/report/text.h"

typedef struct {
  char text[640];
} gm_phrase;

/* "is lower on validation (−0.016 to −0.002 °C) and cannot be told apart on test (−0.030 to 0.002 °C)": the
 * error of a row against a reference's, by the intervals of their difference. unit may be NULL; scale is the
 * size of the errors (gm_number_format). */
gm_phrase gm_phrase_compared(const gm_interval difference[GM_REPORT_SPLITS], const char *unit, double scale);

/* A ratio with as many digits as its interval carries, at most three, and one where it has none: "1.06",
 * "about 20", "about 10⁶". */
gm_phrase gm_phrase_factor(const gm_ratio *ratio);

/* "saved energy", "cost more energy", "cannot be told apart from it in energy" or, without an interval,
 * "took": of a ratio to 1. */
const char *gm_phrase_saving(const gm_ratio *ratio);

/* "close to the poster's 1.04", "3 times the poster's 8.5" or, where more than ten times lie between,
 * "far from the poster's 134"; empty without a poster. */
gm_phrase gm_phrase_beside_poster(const gm_ratio *ratio);

/* The factor, what it is of, and in brackets its interval and the poster's:
 * "1.06 of the CNN's energy (1.0 to 1.1; close to the poster's 1.04)". */
gm_phrase gm_phrase_ratio(const gm_ratio *ratio, const char *of);

#endif
