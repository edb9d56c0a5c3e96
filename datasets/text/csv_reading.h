/* SPDX-License-Identifier: MIT
 * What the reading of one text file works on: csv_series.c puts it together, csv_column.c reads values,
 * csv_findings.c points out what is odd about them. Private to datasets/text. */
#ifndef DATASETS_CSV_READING_H
#define DATASETS_CSV_READING_H

#include "common/csv.h"
#include "datasets/missing.h"
#include "datasets/series.h"
#include "datasets/text/column_names.h"
#include "datasets/text/date_rows.h"
#include "datasets/text/series_found.h"
#include "datasets/text/series_values.h"
#include "datasets/text/text_layout.h"

enum { GM_YEAR_ROW_MONTHS = 12 };

typedef struct {
  gm_text_layout layout;
  gm_text_wish wish;
  gm_missing missing;
  gm_value_rules rules;
  gm_csv_table table;
  gm_chosen_columns columns;
  gm_series *series;
  gm_series_found *found;
  char form[GM_DATE_FORM];
  size_t n_more; /* notes beyond GM_SERIES_NOTES, and the last one */
  char **units;  /* of the columns, from a row below the header; NULL: there is none; owned */
  bool latin1;   /* the file is not in UTF-8 */
} gm_csv_reading;

/* Points something out. */
void gm_csv_note(gm_csv_reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where value i of a column stands: rows are dates, or years of twelve months. */
static inline void gm_csv_place(const gm_csv_reading *r, size_t column, size_t i, size_t *row,
                                size_t *field) {
  *row = r->layout.year_rows ? i / GM_YEAR_ROW_MONTHS : i;
  *field = r->layout.year_rows ? r->layout.first_month + i % GM_YEAR_ROW_MONTHS : column;
}

/* The unit that the file states for a column; NULL where it states none. */
const char *gm_csv_unit(const gm_csv_reading *reading, size_t column);

#endif
