/* SPDX-License-Identifier: MIT
 * Shared by the files of the table of both stacks; nobody else includes it. */
#ifndef EXPERIMENTS_REPORT_STACKS_H
#define EXPERIMENTS_REPORT_STACKS_H

#include "experiments/report/tables_rows.h"

/* greenmile, Python with its packages' defaults, and what is fastest in Python. */
enum { GM_STACKS_SIDES = 3 };

/* The rows that search, and what they tried. */
enum { GM_STACKS_SEARCHES = 2 };
typedef struct {
  bool same;           /* all sides tried the same parameters, in the same order */
  size_t n, n_of_adam; /* of ours, and those of them that train with Adam; the others do with SGD */
} gm_stacks_trials;

/* Python's row of side i > 0 in what study.py wrote, with its name there ("best_rows.tune"). */
gm_report_run gm_stacks_row(const gm_report_run *stacks, size_t i, gm_report_run_kind kind, char key[64]);

/* Our run just before it, a member of it. */
gm_report_run gm_stacks_turn(const gm_report_run *row);

/* GM_BAD_INPUT where the file at `path` is not what study.py writes. (stacks_check.c) */
gm_status gm_stacks_check(const char *path, const gm_report_run *stacks, gm_error *err);

/* True of a file of an earlier version, of which nothing else is checked. */
bool gm_stacks_is_earlier(const gm_report_run *stacks);

/* The trials of both searches; *reason names the sentence that says why there is nothing to compare, NULL
 * where both stacks did the same. (stacks_match.c) */
gm_status gm_stacks_match(const gm_report *report, const gm_report_run *stacks,
                          gm_stacks_trials trials[GM_STACKS_SEARCHES], const char **reason, gm_error *err);

/* Caption and notes of the filled table. (stacks_notes.c) */
gm_status gm_stacks_put_notes(const gm_report *report, gm_report_table *table, const gm_report_run *stacks,
                              const gm_stacks_trials trials[GM_STACKS_SEARCHES], gm_error *err);

#endif
