/* SPDX-License-Identifier: MIT
 * The sentences of sentences.txt, which stand in more than one format: plain text for the caller to escape.
 */
#ifndef EXPERIMENTS_REPORT_SENTENCES_H
#define EXPERIMENTS_REPORT_SENTENCES_H

#include "experiments/report/tables.h"
#include "experiments/report/template.h"

/* Fills the sentence `name` from values[n] and what the report knows (words.h; report may be NULL: nothing).
 * Line ends become blanks, the paragraphs lines. *text is the caller's to free, NULL on failure; GM_FAILED
 * where there is no such sentence or no such word. */
gm_status gm_report_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                             size_t n, char **text, gm_error *err);

/* The same, appended to a stream. */
gm_status gm_report_put_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                                 size_t n, FILE *out, gm_error *err);

#endif
