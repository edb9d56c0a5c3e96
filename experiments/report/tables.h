/* SPDX-License-Identifier: MIT
 * What stands in Tables 1 to 4, the inference table, the table of ratios and, where there
 * is something to put in them, the skill curve of maps and the comparison with Python. */
#ifndef EXPERIMENTS_REPORT_TABLES_H
#define EXPERIMENTS_REPORT_TABLES_H

#include "experiments/report/models.h"
#include "experiments/report/ratios.h"
#include "experiments/report/table.h"

typedef enum {
  GM_TABLE_1,
  GM_TABLE_2,
  GM_TABLE_3,
  GM_TABLE_4,
  GM_TABLE_INFERENCE,
  GM_TABLE_RATIOS,
  GM_TABLE_SKILL,        /* no rows: the study has none */
  GM_TABLE_SKILL_MONTHS, /* likewise */
  GM_TABLE_SCALING,      /* likewise */
  GM_TABLE_STACKS,       /* likewise */
  GM_TABLES
} gm_report_table_kind;

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

gm_status gm_report_make(gm_report *report, const gm_report_runs *study, gm_error *err);
void gm_report_free(gm_report *report);

/* The table of that name; NULL where there is none or it has no rows. */
const gm_report_table *gm_report_table_named(const gm_report *report, const char *name);

/* Every table that has rows into directory, and all.tex, a document that shows how to use them in LaTeX. */
gm_status gm_report_write_tables(const gm_report *report, const char *directory, gm_error *err);

#endif
