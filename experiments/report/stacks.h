/* SPDX-License-Identifier: MIT
 * The same study, two stacks: this study's runs beside those of the same protocol in
 * PyTorch, scikit-learn and Optuna, which scripts/peers/study.py makes under the same meter
 * and leaves in DIR/peers/stacks.json. Whole programs, from start to end, on both sides. */
#ifndef EXPERIMENTS_REPORT_STACKS_H
#define EXPERIMENTS_REPORT_STACKS_H

#include "experiments/report/tables.h"

/* No rows where the file is not there; no rows but notes, the reason, where it belongs to another
 * protocol or other data than the runs. A file that is not what study.py writes is GM_BAD_INPUT. */
gm_status gm_report_make_stacks(gm_report *report, gm_report_table *table, gm_error *err);

#endif
