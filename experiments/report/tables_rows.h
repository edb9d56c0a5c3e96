/* SPDX-License-Identifier: MIT
 * Shared by the files that fill the tables; nobody else includes it. */
#ifndef EXPERIMENTS_REPORT_TABLES_ROWS_H
#define EXPERIMENTS_REPORT_TABLES_ROWS_H

#include "experiments/report/tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
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

/* Caption (marked in the quick protocol), notes and the protocol column of a filled table. */
gm_status gm_report_set_texts(const gm_report *report, gm_report_table *table, const char *caption,
                              const char *notes, gm_error *err);

/* Fills the columns of a row that come from run.json, of the runs of a kind; `inside` as gm_report_mean has
 * it. */
void gm_report_fill_from_runs(const gm_report_runs *study, gm_report_run_kind kind, const char *inside,
                              gm_report_table *table, size_t row);

/* Each fills one table of the report. */
gm_status gm_report_make_table1(gm_report *report, gm_report_table *table, gm_error *err);
gm_status gm_report_make_table2(gm_report *report, gm_report_table *table, gm_error *err);
gm_status gm_report_make_table3(gm_report *report, gm_report_table *table, gm_error *err);
gm_status gm_report_make_table4(gm_report *report, gm_report_table *table, gm_error *err);
gm_status gm_report_make_inference(gm_report *report, gm_report_table *table, gm_error *err);
gm_status gm_report_make_ratios(gm_report *report, gm_report_table *table, gm_error *err);

#endif
