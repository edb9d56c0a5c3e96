/* SPDX-License-Identifier: MIT
 * One pass over the text; the sections that are open stand on a stack of two counts, since a section
 * that is left out leaves out everything in it. */
#include "experiments/report/template.h"

#include "common/atomic_file.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_ROOM = 128, DEEPEST = 8 };

typedef struct {
  const char *at, *end;
  size_t line;
  char open[DEEPEST][WORD_ROOM]; /* names of the open sections */
  size_t depth, shown;           /* how many are open; how many of them, from outside, are shown */
} place;

static const gm_template_word *find(const gm_template_filler *with, const char *name) {
  for (size_t l = 0; l < with->n_lists; l++)
    for (size_t i = 0; i < with->lists[l].n; i++)
      if (strcmp(with->lists[l].words[i].name, name) == 0) return &with->lists[l].words[i];
  return NULL;
}

/* Cuts "word argument" in two. */
static const char *cut_argument(char *tag) {
  char *argument = tag + strcspn(tag, " ");
  if (*argument != '\0') *argument++ = '\0';
  return argument;
}

/* Copies up to the next "{{" or the end; true at a "{{". */
static bool copy_text(place *p, FILE *out) {
  for (; p->at < p->end; p->at++) {
    if (p->end - p->at >= 2 && p->at[0] == '{' && p->at[1] == '{') return true;
    if (p->shown == p->depth) fputc(*p->at, out);
    p->line += *p->at == '\n';
  }
  return false;
}

/* What stands between the braces, without them; "" if it does not end or is too long. */
static void read_tag(place *p, char tag[WORD_ROOM]) {
  const char *from = p->at + 2, *to = from;
  tag[0] = '\0';
  while (to + 1 < p->end && !(to[0] == '}' && to[1] == '}')) to++;
  if (to + 1 >= p->end || to - from >= WORD_ROOM) return;
  memcpy(tag, from, (size_t)(to - from));
  tag[to - from] = '\0';
  p->at = to + 2;
}

static bool holds(const gm_template_word *word, const char *argument, const void *context) {
  return word->holds != NULL ? word->holds(context, argument) : word->text != NULL && word->text[0] != '\0';
}

/* "#word argument" or "^word argument". */
static gm_status open_section(place *p, const gm_template_filler *with, char *tag, gm_error *err) {
  const char *argument = cut_argument(tag);
  const gm_template_word *word = find(with, tag + 1);
  if (word == NULL || word->put != NULL || p->depth == DEEPEST)
    return gm_fail(err, GM_FAILED, "template, line %zu: no section {{%s}}", p->line, tag);
  snprintf(p->open[p->depth], WORD_ROOM, "%s", tag + 1);
  if (p->shown == p->depth && holds(word, argument, with->context) == (tag[0] == '#')) p->shown++;
  p->depth++;
  return GM_OK;
}

static gm_status close_section(place *p, const char *name, gm_error *err) {
  if (p->depth == 0 || strcmp(p->open[p->depth - 1], name) != 0)
    return gm_fail(err, GM_FAILED, "template, line %zu: {{/%s}} ends no section", p->line, name);
  p->depth--;
  if (p->shown > p->depth) p->shown = p->depth;
  return GM_OK;
}

/* What the word says, through the escape of the text's format. */
static gm_status put_escaped(const gm_template_word *word, const char *argument,
                             const gm_template_filler *with, FILE *out, gm_error *err) {
  char *said = NULL;
  size_t size = 0;
  FILE *plain = open_memstream(&said, &size);
  if (plain == NULL) return gm_fail_memory(err, word->name);
  gm_status status = word->put(with->context, argument, plain, err);
  if (fclose(plain) != 0 && status == GM_OK) status = gm_fail_memory(err, word->name);
  if (status == GM_OK) with->escape(out, said);
  free(said);
  return status;
}

static gm_status put_word(const place *p, const gm_template_filler *with, char *tag, FILE *out,
                          gm_error *err) {
  const char *argument = cut_argument(tag);
  const gm_template_word *word = find(with, tag);
  if (word == NULL || (word->put == NULL && word->holds != NULL))
    return gm_fail(err, GM_FAILED, "template, line %zu: no word {{%s}}", p->line, tag);
  if (p->shown < p->depth) return GM_OK;
  const bool as_it_is = word->markup || with->escape == NULL;
  if (word->put != NULL)
    return as_it_is ? word->put(with->context, argument, out, err)
                    : put_escaped(word, argument, with, out, err);
  if (as_it_is)
    fputs(word->text != NULL ? word->text : "", out);
  else
    with->escape(out, word->text != NULL ? word->text : "");
  return GM_OK;
}

gm_status gm_template_fill(const char *text, size_t size, const gm_template_filler *with, FILE *out,
                           gm_error *err) {
  place p = {.at = text, .end = text + size, .line = 1};
  gm_status status = GM_OK;
  while (status == GM_OK && copy_text(&p, out)) {
    char tag[WORD_ROOM];
    read_tag(&p, tag);
    if (tag[0] == '\0')
      status = gm_fail(err, GM_FAILED, "template, line %zu: {{ without }}", p.line);
    else if (tag[0] == '#' || tag[0] == '^')
      status = open_section(&p, with, tag, err);
    else if (tag[0] == '/')
      status = close_section(&p, tag + 1, err);
    else
      status = put_word(&p, with, tag, out, err);
  }
  if (status == GM_OK && p.depth > 0)
    status = gm_fail(err, GM_FAILED, "template: {{#%s}} does not end", p.open[p.depth - 1]);
  return status;
}

gm_status gm_template_write(const char *directory, const char *name, const char *text,
                            const gm_template_filler *with, gm_error *err) {
  gm_atomic_file file = {0};
  gm_status status = gm_atomic_file_open_in(&file, directory, name, err);
  if (status != GM_OK) return status;
  status = gm_template_fill(text, strlen(text), with, file.stream, err);
  return gm_atomic_file_close(&file, status, err);
}
