/* SPDX-License-Identifier: MIT
 * One table, four formats from the same rows: CSV with every column at full
 * precision; Markdown, LaTeX (booktabs) and HTML with the columns people read. */
#ifndef EXPERIMENTS_REPORT_TABLE_H
#define EXPERIMENTS_REPORT_TABLE_H

#include "common/status.h"
#include "experiments/report/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where a column's numbers come from. What has no value there is NaN, which people read as "–". */
typedef enum {
  GM_FROM_HAND, /* gm_report_table_number, and NaN where that is not called */
  GM_FROM_MEAN, /* the mean over a row's runs of a member of run.json (models.h) */
  GM_FROM_SD    /* its standard deviation over them */
} gm_report_origin;

/* A column. Those without a head are in the CSV only, mostly because another
 * column shows them beside its own value. */
typedef struct {
  const char *key;         /* CSV column name, unit included */
  const char *head;        /* what people read; NULL: CSV only */
  const char *unit;        /* of the head, or NULL */
  gm_number_format format; /* of its numbers */
  const char *low, *high;  /* keys of the bounds shown with the value, or NULL */
  const char *sd;          /* key of the standard deviation shown with it, or NULL */
  const char *tex;         /* LaTeX column type instead of l or r, e.g. a paragraph of a given width */
  bool only_interval;      /* people read low and high in the place of the value */
  gm_report_origin from;
  const char *member; /* of run.json, e.g. "best.value"; NULL: as `key` */
} gm_report_column;

typedef enum {
  GM_TABLE_IN_COLUMN,   /* LaTeX: table, fits one of two columns */
  GM_TABLE_ACROSS_PAGE, /* table*, smaller, heads and labels broken into lines */
} gm_report_placement;

typedef struct {
  char *text;    /* owned, or NULL: a number */
  double number; /* NaN: empty */
  bool marked;   /* people read "†" behind the number; the notes say why */
} gm_report_cell;

typedef struct {
  const char *name;  /* of the files: name.csv, name.md, name.tex */
  const char *title; /* "Table 1", or NULL; LaTeX numbers tables itself */
  char *caption;     /* owned */
  char *notes;       /* below the table, owned; may be NULL */
  gm_report_placement placement;
  const gm_report_column *columns;
  size_t n_columns, n_rows;
  size_t n_labels;       /* LaTeX: the first so many columns stand in every panel; 0: the first alone */
  gm_report_cell *cells; /* n_rows × n_columns, row-major, owned */
  const char *unknown;   /* the first key that was set and is no column, or NULL */
} gm_report_table;

/* ---- life cycle ------------------------------------------------------- */

/* An empty table of n_rows rows. `columns` and `name` must outlive it. */
gm_status gm_report_table_init(gm_report_table *table, const char *name, const gm_report_column *columns,
                               size_t n_columns, size_t n_rows, gm_error *err);
void gm_report_table_free(gm_report_table *table);

/* ---- filling; columns by key, texts are copied ------------------------- */

gm_status gm_report_table_text(gm_report_table *table, size_t row, const char *key, const char *text,
                               gm_error *err);
void gm_report_table_number(gm_report_table *table, size_t row, const char *key, double value);
/* GM_FAILED when a number was set in a column that is not there. */
gm_status gm_report_table_check(const gm_report_table *table, gm_error *err);
/* The cell; NULL when there is no such column. */
gm_report_cell *gm_report_table_cell(const gm_report_table *table, size_t row, const char *key);

/* ---- what people read in a cell, for the writers ------------------------ */

/* The value; "–" where there is none. Uses buffer where it is made here. */
const char *gm_report_value_text(const gm_report_table *table, size_t row, size_t column,
                                 char buffer[GM_NUMBER_TEXT]);
/* What stands with the value: its interval or, failing that, its standard deviation; may be empty. */
void gm_report_companion_text(const gm_report_table *table, size_t row, size_t column,
                              char text[GM_NUMBER_TEXT]);
/* A column of words is set left, one of numbers right. */
bool gm_report_is_text_column(const gm_report_table *table, size_t column);

/* ---- writing ---------------------------------------------------------- */

/* directory/name.csv, .md and .tex; of a table without rows none, and those of before are removed. */
gm_status gm_report_table_write(const gm_report_table *table, const char *directory, gm_error *err);

void gm_report_table_markdown(const gm_report_table *table, FILE *out);
void gm_report_table_tex(const gm_report_table *table, FILE *out);
void gm_report_table_html(const gm_report_table *table, FILE *out);

#endif
