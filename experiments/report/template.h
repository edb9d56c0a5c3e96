/* SPDX-License-Identifier: MIT
 * Fills a text that people edit with what a program knows. Three forms, of Mustache's:
 *   {{word}}, {{word argument}}   what the word says
 *   {{#word}} … {{/word}}         the part between, where the word holds; {{#word argument}} … {{/word}}
 *   {{^word}} … {{/word}}         the part between, where it does not
 * Sections do not repeat; they may stand in one another. What words say is escaped for the format of the
 * text. */
#ifndef EXPERIMENTS_REPORT_TEMPLATE_H
#define EXPERIMENTS_REPORT_TEMPLATE_H

#include "common/status.h"
#include "experiments/report/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A word of the template: `text`, or what one of the two functions says. `context` is the filler's. */
typedef struct {
  const char *name;
  const char *text; /* itself; as a section it holds where this is not empty */
  gm_status (*put)(const void *context, const char *argument, FILE *out,
                   gm_error *err); /* argument "" if none */
  bool (*holds)(const void *context, const char *argument);
  bool markup; /* what it says is of the text's format and goes in as it is */
} gm_template_word;

typedef struct {
  const gm_template_word *words;
  size_t n;
} gm_template_words;

/* What fills a template. The first list that knows a word is asked. */
typedef struct {
  const gm_template_words *lists;
  size_t n_lists;
  const void *context; /* of all their functions */
  gm_escape *escape;   /* of the text's format; NULL: plain text */
} gm_template_filler;

/* Copies text[size] to out. A word that no list has, or a section that does not end, is
 * GM_FAILED with the line: such a template is a mistake of whoever edited it. */
gm_status gm_template_fill(const char *text, size_t size, const gm_template_filler *with, FILE *out,
                           gm_error *err);

/* The same into directory/name, whole or not at all. */
gm_status gm_template_write(const char *directory, const char *name, const char *text,
                            const gm_template_filler *with, gm_error *err);

/* ---- sentences that stand in more than one format: sentences.txt (sentences.c) --------------- */

/* Fills the sentence `name`. Line ends become blanks, the paragraphs lines. *text is the caller's to free,
 * NULL on failure; GM_FAILED where there is no such sentence or no such word. */
gm_status gm_sentence_fill(const char *name, const gm_template_filler *with, char **text, gm_error *err);

#endif
