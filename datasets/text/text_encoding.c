/* SPDX-License-Identifier: MIT
 * Latin-1 to UTF-8. */
#include "datasets/text/text_encoding.h"

#include "common/utf8.h"

#include <stdlib.h>

enum { ASCII = 0x80, BLOCK = 256 /* bytes looked at together */ };

static bool is_ascii(const char *text, size_t length) {
  unsigned char any = 0;
#pragma omp simd reduction(| : any)
  for (size_t i = 0; i < length; i++) any |= (unsigned char)text[i];
  return any < ASCII;
}

/* How many bytes are no ASCII; *is_utf8: whether they are UTF-8 as they stand. */
static size_t count_high(const char *text, size_t length, bool *is_utf8) {
  size_t high = 0, end;
  *is_utf8 = true;
  for (size_t i = 0; i < length;) {
    end = length - i < BLOCK ? length : i + BLOCK;
    if (is_ascii(text + i, end - i)) i = end;
    while (i < end) { /* the last character may end in the next block */
      const bool single = (unsigned char)text[i] < ASCII;
      const size_t bytes = single ? 1 : gm_utf8_length(text + i, length - i);
      if (bytes == 0) *is_utf8 = false;
      if (!single) high += bytes == 0 ? 1 : bytes;
      i += bytes == 0 ? 1 : bytes;
    }
  }
  return high;
}

gm_status gm_text_to_utf8(char **text, size_t *length, const char *name, bool *latin1, gm_error *err) {
  bool is_utf8;
  const size_t high = count_high(*text, *length, &is_utf8);
  *latin1 = !is_utf8;
  if (is_utf8) return GM_OK;
  char *wider = malloc(*length + high + 1), *put = wider; /* each of them takes two bytes */
  if (wider == NULL) return gm_fail_memory(err, name);
  for (size_t i = 0; i < *length; i++) put += gm_utf8_write((unsigned char)(*text)[i], put);
  *put = '\0';
  free(*text);
  *text = wider;
  *length = (size_t)(put - wider);
  return GM_OK;
}
