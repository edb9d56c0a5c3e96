/* SPDX-License-Identifier: MIT
 * gnuplot, run on a script that leaves no file behind. */
#ifndef EXPERIMENTS_RUN_GNUPLOT_H
#define EXPERIMENTS_RUN_GNUPLOT_H

#include "common/status.h"

#include <stdio.h>

/* Runs gnuplot on `script`, an unnamed file (tmpfile), whose ARG1 and ARG2 are these. `what` is drawn, for
 * errors. GM_FAILED where gnuplot is not installed or cannot draw it. */
gm_status gm_gnuplot_run(FILE *script, const char *arg1, const char *arg2, const char *what, gm_error *err);

/* Writes 'text' as a gnuplot string that stands for itself whatever it holds: no more than `longest`
 * characters, and "?" for what is no character, or would be a command (`). Texts must be shown noenhanced. */
void gm_gnuplot_string(FILE *script, const char *text, size_t longest);

#endif
