/* SPDX-License-Identifier: MIT
 * Shared by the files that fill the tables; nobody else includes it. */
#ifndef EXPERIMENTS_REPORT_TABLES_ROWS_H
#define EXPERIMENTS_REPORT_TABLES_ROWS_H

#include "experiments/report/tables.h"
#include "experiments/report/words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* Errors in the unit of the target: as many digits whatever that is. */
#define ERRORS(d)                                                                                            \
  { .kind = GM_NUMBER_FIXED, .digits = d, .scale = report->error_scale }
#define FIXED(d)                                                                                             \
  { .kind = GM_NUMBER_FIXED, .digits = d }
#define SIGNIFICANT(d)                                                                                       \
  { .kind = GM_NUMBER_SIGNIFICANT, .digits = d }
#define SCIENTIFIC(d)                                                                                        \
  { .kind = GM_NUMBER_SCIENTIFIC, .digits = d }
#define SHORTEST(d)                                                                                          \
  { .kind = GM_NUMBER_SHORTEST, .digits = d }
#define WHOLE                                                                                                \
  { .kind = GM_NUMBER_COUNT, .digits = 0 }
#define KG "kg CO₂eq"

/* Caption (marked in the quick protocol) and notes of a filled table, the sentences "NAME caption" and "NAME
 * notes" with values[n], and its protocol column. Where a cell has a mark, the notes say what it means. */
gm_status gm_report_set_texts(const gm_report *report, gm_report_table *table, const gm_template_word *values,
                              size_t n, gm_error *err);

/* Puts "†" to the energies, emissions and times of a row whose machine was busy. */
void gm_report_mark_busy(gm_report_table *table, size_t row);

/* Fills the columns of a row that come from run.json, of the runs of a kind; `inside` as gm_report_mean has
 * it. */
void gm_report_fill_from_runs(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                              gm_report_table *table, size_t row);

#endif
