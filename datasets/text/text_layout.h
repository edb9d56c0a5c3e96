/* SPDX-License-Identifier: MIT
 * How a text file is laid out, found by looking at its lines: what separates the fields, where the table
 * begins and ends, whether it has a header, and whether a row is a date or a year of twelve months. It reads
 * no values. */
#ifndef DATASETS_TEXT_LAYOUT_H
#define DATASETS_TEXT_LAYOUT_H

#include "common/csv.h"
#include "common/status.h"
#include "datasets/series.h"

/* What the user says of it: "--layout WORD[,WORD…]". */
typedef struct {
  bool rows, year_rows; /* at most one of each pair */
  bool header, no_header;
  char delimiter; /* '\0': to be found */
  bool dated;     /* `unit` is stated */
  gm_time_unit unit;
} gm_text_wish;

/* Words: rows, year-rows, comma, semicolon, tab, blanks, header, no-header, index, monthly, daily. NULL:
 * none. */
gm_status gm_text_wish_parse(const char *text, gm_text_wish *wish, gm_error *err);

enum { GM_TEXT_MARK = 32 };

typedef struct {
  gm_csv_dialect dialect;
  bool year_rows;           /* a year and twelve months in every row */
  size_t first_month;       /* year rows: the column of January; the year is in column 0 */
  bool units_row;           /* the row below the header holds units */
  size_t n_before, n_after; /* lines of text before the table and behind it, which are not read */
  char mark[GM_TEXT_MARK];  /* the missing value that a line behind the rows states, as NOAA PSL's do; "" */
} gm_text_layout;

/* Looks at text[0 … length). `columns_named`: columns were asked for by name, so that rows of years are not
 * looked for. GM_BAD_INPUT for years that do not follow one another and for a second table. */
gm_status gm_text_layout_find(const char *text, size_t length, const char *name, const gm_text_wish *wish,
                              bool columns_named, gm_text_layout *layout, gm_error *err);

/* "semicolons", "tabs", "blanks" or "commas". */
const char *gm_text_delimiter_name(char delimiter);

#endif
