/* SPDX-License-Identifier: MIT
 * What was found by looking at a text file, to be told. */
#ifndef DATASETS_SERIES_FOUND_H
#define DATASETS_SERIES_FOUND_H

#include <stddef.h>

enum { GM_SERIES_NOTE = 320, GM_SERIES_NOTES = 32 };

typedef struct {
  char layout[GM_SERIES_NOTE]; /* "monthly, dates at month start, 732 rows, 1950-01 to 2010-12" */
  char values[GM_SERIES_NOTE]; /* of the target: range and missing values */
  size_t n_notes;
  char note[GM_SERIES_NOTES][GM_SERIES_NOTE]; /* sentences that a reader must know; the last counts those that
                                                 found no place */
} gm_series_found;

#endif
