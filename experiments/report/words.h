/* SPDX-License-Identifier: MIT
 * The words that every text of the report may use: page.html, readme.md and sentences.txt. All say plain
 * text. */
#ifndef EXPERIMENTS_REPORT_WORDS_H
#define EXPERIMENTS_REPORT_WORDS_H

#include "experiments/report/tables.h"
#include "experiments/report/template.h"

/* The context of the words. */
typedef struct {
  const gm_report *report;
  const char *disclosure; /* its paragraph; NULL: not asked for */
  const char *results;    /* likewise */
} gm_report_view;

/* Arguments name models by their key (linear_regression, cnn, tune, …), splits validation and test, and
 * ratios cnn_lr, cnn_lr_process, pruned, structured, early_stopping, tuning, tuning_pruned, inference. What
 * each word says stands at its function; the sections:
 *
 *   quick, measured (all energies are), mixed (some are), meter-stated, map-data, maps, skill, skill-months,
 *   stacks, world, several-seeds, total-known, carbon-known, some-busy, earlier, difference-known
 *   present MODEL   some-rows skill|open|none SPLIT   worth no|better|partly|unknown
 *   comparable RATIO   far-from-poster RATIO */
gm_template_words gm_report_words(void);

/* A sentence of sentences.txt, filled from values[n] and these words (report may be NULL: only the values),
 * as gm_sentence_fill has it; and the same written to a stream. */
gm_status gm_report_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                             size_t n, char **text, gm_error *err);
gm_status gm_report_put_sentence(const gm_report *report, const char *name, const gm_template_word *values,
                                 size_t n, FILE *out, gm_error *err);

#endif
