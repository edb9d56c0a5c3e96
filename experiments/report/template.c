/* SPDX-License-Identifier: MIT
 * One pass over the text; the sections that are open stand on a stack of two counts, since a section
 * that is left out leaves out everything in it. */
#include "experiments/report/template.h"

#include "common/atomic_file.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_ROOM = 64, DEEPEST = 8 };

typedef struct {
  const char *at, *end;
  size_t line;
  char open[DEEPEST][WORD_ROOM]; /* names of the open sections */
  size_t depth, shown;           /* how many are open; how many of them, from outside, are shown */
} place;

static const gm_template_word *find(const gm_template_word *words, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(words[i].name, name) == 0) return &words[i];
  return NULL;
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

static gm_status open_section(place *p, const gm_template_word *words, size_t n, const char *tag,
                              const void *context, gm_error *err) {
  const gm_template_word *word = find(words, n, tag + 1);
  if (word == NULL || word->holds == NULL || p->depth == DEEPEST)
    return gm_fail(err, GM_FAILED, "template, line %zu: no section {{%s}}", p->line, tag);
  snprintf(p->open[p->depth], WORD_ROOM, "%s", tag + 1);
  if (p->shown == p->depth && word->holds(context) == (tag[0] == '#')) p->shown++;
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

static gm_status put_word(const place *p, const gm_template_word *words, size_t n, char *tag,
                          const void *context, FILE *out, gm_error *err) {
  char *argument = tag + strcspn(tag, " ");
  if (*argument != '\0') *argument++ = '\0';
  const gm_template_word *word = find(words, n, tag);
  if (word == NULL || word->put == NULL)
    return gm_fail(err, GM_FAILED, "template, line %zu: no word {{%s}}", p->line, tag);
  return p->shown == p->depth ? word->put(context, argument, out, err) : GM_OK;
}

gm_status gm_template_fill(const char *text, size_t size, const gm_template_word *words, size_t n,
                           const void *context, FILE *out, gm_error *err) {
  place p = {.at = text, .end = text + size, .line = 1};
  gm_status status = GM_OK;
  while (status == GM_OK && copy_text(&p, out)) {
    char tag[WORD_ROOM];
    read_tag(&p, tag);
    if (tag[0] == '\0')
      status = gm_fail(err, GM_FAILED, "template, line %zu: {{ without }}", p.line);
    else if (tag[0] == '#' || tag[0] == '^')
      status = open_section(&p, words, n, tag, context, err);
    else if (tag[0] == '/')
      status = close_section(&p, tag + 1, err);
    else
      status = put_word(&p, words, n, tag, context, out, err);
  }
  if (status == GM_OK && p.depth > 0)
    status = gm_fail(err, GM_FAILED, "template: {{#%s}} does not end", p.open[p.depth - 1]);
  return status;
}

gm_status gm_template_write(const char *directory, const char *name, const char *text, size_t size,
                            const gm_template_word *words, size_t n, const void *context, gm_error *err) {
  gm_atomic_file file = {0};
  char *path = gm_path_join(directory, name);
  gm_status status = path != NULL ? gm_atomic_file_open(&file, path, err) : gm_fail_memory(err, name);
  free(path);
  if (status != GM_OK) return status;
  status = gm_template_fill(text, size, words, n, context, file.stream, err);
  if (status == GM_OK) return gm_atomic_file_commit(&file, err);
  gm_atomic_file_abort(&file);
  return status;
}
