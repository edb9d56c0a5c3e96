/* SPDX-License-Identifier: MIT
 * The sentences of sentences.txt, which stand in more than one format: plain text for the caller to escape.
 */
#ifndef EXPERIMENTS_REPORT_SENTENCES_H
#define EXPERIMENTS_REPORT_SENTENCES_H

#include "experiments/report/template.h"

/* Fills the sentence `name`. Line ends become blanks, the paragraphs lines. *text is the caller's to free,
 * NULL on failure; GM_FAILED where there is no such sentence or no such word. */
gm_status gm_sentence_fill(const char *name, const gm_template_filler *with, char **text, gm_error *err);

#endif
