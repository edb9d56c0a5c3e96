/* SPDX-License-Identifier: MIT
 * Which columns of a table are meant: by name, by number from 1 where no column has that name, and by what
 * the table shows where nothing is said. Private to datasets/text. */
#ifndef DATASETS_COLUMN_NAMES_H
#define DATASETS_COLUMN_NAMES_H

#include "common/csv.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t date, month; /* month: of the second date column, if there are two */
  bool two_date_columns;
  size_t target;
  size_t n_channels;
  size_t *channel; /* (n_channels), owned */
} gm_chosen_columns;

/* `date`: one column, or "YEAR,MONTH"; NULL: the first, or the first two where these are years and months.
 * `target` NULL: the only column that is left. `features` NULL: the target; names with commas stand in
 * quotation marks, as in CSV. GM_BAD_INPUT names the columns there are. The table has at least one row. */
gm_status gm_choose_columns(const gm_csv_table *table, const char *date, const char *target,
                            const char *features, gm_chosen_columns *columns, gm_error *err);

/* Accepts a zeroed object. */
void gm_chosen_columns_free(gm_chosen_columns *columns);

#endif
