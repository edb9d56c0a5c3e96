/* SPDX-License-Identifier: MIT
 * What stands in Tables 1 to 4, the inference table, the table of ratios and, where there
 * is something to put in them, the skill curve of maps and the comparison with Python. */
#ifndef EXPERIMENTS_REPORT_TABLES_H
#define EXPERIMENTS_REPORT_TABLES_H

#include "experiments/report/models.h"
#include "experiments/report/ratios.h"
#include "experiments/report/table.h"

/* All tables, in their order in all.tex: kind and name. From SKILL on one may have no rows. A new one is its
 * gm_report_make_NAME in a file of its own, its line here, and its caption and notes in sentences.txt. */
#define GM_REPORT_TABLES(ROW)                                                                                \
  ROW(1, table1)                                                                                             \
  ROW(2, table2)                                                                                             \
  ROW(3, table3)                                                                                             \
  ROW(4, table4)                                                                                             \
  ROW(INFERENCE, inference)                                                                                  \
  ROW(RATIOS, ratios)                                                                                        \
  ROW(SKILL, skill)                                                                                          \
  ROW(SKILL_MONTHS, skill_months)                                                                            \
  ROW(SCALING, scaling)                                                                                      \
  ROW(STACKS, stacks)

#define GM_TABLE_KIND(kind, name) GM_TABLE_##kind,
typedef enum { GM_REPORT_TABLES(GM_TABLE_KIND) GM_TABLES } gm_report_table_kind;
#undef GM_TABLE_KIND

/* All the numbers of a study, computed once, from which every output is made. Its tables
 * point into it, so it stays where gm_report_make filled it. */
typedef struct {
  const gm_report_runs *study;
  bool quick;
  double contract_g_per_kwh; /* of the user's contract, as the runs state it or set like no_embodied; NAN:
                                none */
  bool no_embodied;   /* the disclosure leaves out the making of the hardware; set it after gm_report_make */
  const char *unit;   /* of the target, may be NULL */
  double error_scale; /* size of the errors, that of persistence: decides their decimals (gm_number_format) */
  gm_report_row models[GM_MODELS];
  gm_ratio ratios[GM_RATIOS];
  gm_report_total total;
  gm_report_table tables[GM_TABLES];
  gm_report_column table3_columns[32]; /* with the unit of this study's target */
  gm_report_column table2_columns[32];
  gm_report_column skill_columns[24];
  gm_report_column scaling_columns[24];
  gm_report_column stacks_columns[32];
} gm_report;

/* Fills one table of a report. */
typedef gm_status gm_report_make_table(gm_report *report, gm_report_table *table, gm_error *err);
#define GM_TABLE_DECLARE(kind, name) gm_report_make_table gm_report_make_##name;
GM_REPORT_TABLES(GM_TABLE_DECLARE)
#undef GM_TABLE_DECLARE

gm_status gm_report_make(gm_report *report, const gm_report_runs *study, gm_error *err);
void gm_report_free(gm_report *report);

/* The table of that name; NULL where there is none or it has no rows. */
const gm_report_table *gm_report_table_named(const gm_report *report, const char *name);

/* Every table that has rows into directory, where no file of another is left, and all.tex, a document that
 * shows how to use them in LaTeX. */
gm_status gm_report_write_tables(const gm_report *report, const char *directory, gm_error *err);

#endif
