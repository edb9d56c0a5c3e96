/* SPDX-License-Identifier: MIT
 * What is pointed out of a column's values. Private to datasets/text. */
#ifndef DATASETS_CSV_FINDINGS_H
#define DATASETS_CSV_FINDINGS_H

#include "datasets/text/csv_reading.h"

/* What is missing, far off, alone or written otherwise. values (reading->series->n_times); `name` is what the
 * column is called. GM_BAD_INPUT for a column without any value. */
gm_status gm_csv_look_at(gm_csv_reading *reading, size_t column, const char *name, const double *values,
                         gm_error *err);

/* Temperatures that the stated unit cannot have. */
void gm_csv_note_unit(gm_csv_reading *reading, size_t column, const double *values);

#endif
