/* SPDX-License-Identifier: MIT
 * "did you mean …?": which of the words there are is the one that somebody misspelt. */
#ifndef COMMON_SUGGESTION_H
#define COMMON_SUGGESTION_H

#include "common/status.h"

#include <stddef.h>

typedef struct {
  const char *word; /* the nearest so far, points to what was offered; NULL: none is near */
  size_t length;
  int distance;
} gm_nearest;

/* Before the first word is offered: three letters off, it is another word. */
#define GM_NEAREST_NONE ((gm_nearest){.distance = 3})

/* Keeps `word`, of `length` letters, if it is nearer to `typed` than those before. Near is a word that begins
 * with `typed`, of two letters or more, or that differs in about a third of them at most: one letter in two
 * to four. */
void gm_nearest_offer(gm_nearest *nearest, const char *typed, const char *word, size_t length);

/* Puts "; did you mean WORD?" behind the message in *err (which may be NULL) that refuses the first `length`
 * letters of `typed`; nothing where no word is near. `list` is what the message says is expected, such as
 * "adam or sgd" or "cpu|cores"; its words are of small letters, digits, - and _, so that "patient:N[,INNER]"
 * is "patient". Returns GM_BAD_INPUT. */
gm_status gm_suggest(gm_error *err, const char *typed, size_t length, const char *list);

#endif
