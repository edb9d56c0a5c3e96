/* SPDX-License-Identifier: MIT
 * The nearest word, of those offered or of a list as messages write it. */
#include "common/suggestion.h"

#include "common/edit_distance.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void gm_nearest_offer(gm_nearest *nearest, const char *typed, const char *word, size_t length) {
  char candidate[GM_EDIT_LENGTH] = "";
  const size_t letters = strlen(typed);
  if (length >= sizeof candidate) return;
  memcpy(candidate, word, length);
  const bool begins = letters > 1 && strncasecmp(candidate, typed, letters) == 0;
  int distance = gm_edit_distance(typed, candidate);
  if (!begins && distance > ((int)letters + 1) / 3) return;
  if (begins && distance >= GM_NEAREST_NONE.distance) distance = GM_NEAREST_NONE.distance - 1;
  if (distance >= nearest->distance) return;
  *nearest = (gm_nearest){word, length, distance};
}

gm_status gm_suggest(gm_error *err, const char *typed, size_t length, const char *list) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  char word[GM_EDIT_LENGTH] = "";
  gm_nearest nearest = GM_NEAREST_NONE;
  if (err == NULL || length >= sizeof word) return GM_BAD_INPUT;
  memcpy(word, typed, length);
  for (const char *at = list; *at != '\0'; at += strcspn(at, letters)) {
    const size_t n = strspn(at, letters);
    const bool joins = (n == 2 && strncmp(at, "or", n) == 0) || (n == 3 && strncmp(at, "and", n) == 0);
    if (n > 0 && !joins) gm_nearest_offer(&nearest, word, at, n);
    at += n;
  }
  const size_t used = strlen(err->message);
  if (nearest.word != NULL)
    snprintf(err->message + used, sizeof err->message - used, "; did you mean %.*s?", (int)nearest.length,
             nearest.word);
  return GM_BAD_INPUT;
}
