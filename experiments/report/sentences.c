/* SPDX-License-Identifier: MIT
 * Finds a sentence by its line "== NAME", fills it and folds its white space. */
#include "experiments/report/template.h"

#include <stdlib.h>
#include <string.h>

extern const char gm_table_sentences[]; /* sentences.txt */

/* The text between the line "== NAME" and the next such line or the end; NULL where there is none. */
static const char *find(const char *name, size_t *size) {
  const char *const mark = "\n== ";
  const size_t length = strlen(name);
  for (const char *at = gm_table_sentences; (at = strstr(at, mark)) != NULL; at++) {
    const char *from = at + strlen(mark);
    if (strncmp(from, name, length) != 0 || from[length] != '\n') continue;
    from += length;
    const char *to = strstr(from, mark);
    *size = to != NULL ? (size_t)(to - from) : strlen(from);
    return from;
  }
  return NULL;
}

/* White space becomes one blank, one with an empty line in it a line end; none at the ends. */
static void fold(char *text) {
  char *to = text;
  for (const char *from = text; *from != '\0';) {
    const size_t space = strspn(from, " \n");
    size_t lines = 0;
    for (size_t i = 0; i < space; i++) lines += from[i] == '\n';
    from += space;
    if (space > 0 && to > text && *from != '\0') *to++ = lines > 1 ? '\n' : ' ';
    if (*from != '\0') *to++ = *from++;
  }
  *to = '\0';
}

gm_status gm_sentence_fill(const char *name, const gm_template_filler *with, char **text, gm_error *err) {
  size_t length = 0, size = 0;
  const char *template = find(name, &length);
  *text = NULL;
  if (template == NULL) return gm_fail(err, GM_FAILED, "sentences.txt: no sentence \"%s\"", name);
  FILE *out = open_memstream(text, &size);
  if (out == NULL) return gm_fail_memory(err, name);
  gm_status status = gm_template_fill(template, length, with, out, err);
  if (status != GM_OK) gm_error_prefix(err, name);
  if (fclose(out) != 0 && status == GM_OK) status = gm_fail_memory(err, name);
  if (status == GM_OK) {
    fold(*text);
  } else {
    free(*text);
    *text = NULL;
  }
  return status;
}
