/* SPDX-License-Identifier: MIT
 * The values of one column of a text file. Private to datasets/text. */
#ifndef DATASETS_CSV_COLUMN_H
#define DATASETS_CSV_COLUMN_H

#include "datasets/text/csv_reading.h"

/* values (reading->series->n_times). GM_BAD_INPUT with file and line for what is no number, and for numbers
 * that may mean something else. */
gm_status gm_csv_read_column(gm_csv_reading *reading, size_t column, double *values, gm_error *err);

#endif
