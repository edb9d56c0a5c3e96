/* SPDX-License-Identifier: MIT
 * report.html: one self-contained page (style, tables and figures inline, no
 * network), and the disclosure statement beside it. */
#ifndef EXPERIMENTS_REPORT_PAGE_H
#define EXPERIMENTS_REPORT_PAGE_H

#include "experiments/report/tables.h"

/* Writes results/report.html, results/disclosure.md and results/disclosure.tex.
 * A figure that is not drawn yet is GM_BAD_INPUT naming it. */
gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err);

#endif
