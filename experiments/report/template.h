/* SPDX-License-Identifier: MIT
 * Fills a text that people edit with what a program knows. Three forms, of Mustache's:
 *   {{word}}, {{word argument}}   what the word writes
 *   {{#word}} … {{/word}}         the part between, where the word holds
 *   {{^word}} … {{/word}}         the part between, where it does not
 * Sections do not repeat; they may stand in one another. */
#ifndef EXPERIMENTS_REPORT_TEMPLATE_H
#define EXPERIMENTS_REPORT_TEMPLATE_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A word of the template; one of the two functions is NULL. `context` is the caller's of gm_template_fill. */
typedef struct {
  const char *name;
  gm_status (*put)(const void *context, const char *argument, FILE *out,
                   gm_error *err); /* argument "" if none */
  bool (*holds)(const void *context);
} gm_template_word;

/* Copies text[size] to out. A word that is not among words[n], or a section that does not end, is
 * GM_FAILED with the line: such a template is a mistake of whoever edited it. */
gm_status gm_template_fill(const char *text, size_t size, const gm_template_word *words, size_t n,
                           const void *context, FILE *out, gm_error *err);

/* The same into directory/name, whole or not at all. */
gm_status gm_template_write(const char *directory, const char *name, const char *text, size_t size,
                            const gm_template_word *words, size_t n, const void *context, gm_error *err);

#endif
