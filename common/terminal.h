/* SPDX-License-Identifier: MIT
 * Text that fits a terminal. Where a stream is none, text goes out as it is. */
#ifndef COMMON_TERMINAL_H
#define COMMON_TERMINAL_H

#include <stddef.h>
#include <stdio.h>

/* Columns that may be written in a line of the terminal behind `stream` as it is now: one less than it has,
 * since some wrap when the last one is written. 80 of one that does not say; 0: no terminal. */
size_t gm_terminal_columns(FILE *stream);

/* Writes `text`, of one line, and a newline. In lines of at most `columns` columns (0: in one), of which
 * `used` are taken in the first; the others begin with `margin`. Lines end at blanks, and not between a
 * number and its unit as long as both fit; a word that is longer than a line, such as a path, stays whole. */
void gm_fold(FILE *out, const char *text, size_t columns, size_t used, const char *margin);

/* printf of one sentence, without a newline at its end, folded to the terminal behind `out`. */
void gm_say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Cuts `text` to at most so many columns, at a blank where there is one, with "…" for what is cut off. */
void gm_terminal_cut(char *text, size_t columns);

#endif
