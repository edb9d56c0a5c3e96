/* SPDX-License-Identifier: MIT
 * UTF-8 (RFC 3629, sections 3 and 4): the length of a well-formed character, writing one, counting them. */
#include "common/utf8.h"

#include <stdbool.h>

size_t gm_utf8_length(const char *text, size_t n) {
  const unsigned char *s = (const unsigned char *)text;
  if (s[0] < 0x80) return 1;
  const size_t length = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
                        : (s[0] & 0xf0) == 0xe0       ? 3
                        : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || length > n) return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  const bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
  const bool surrogate = s[0] == 0xed && s[1] >= 0xa0;
  const bool outside = s[0] == 0xf4 && s[1] >= 0x90;
  return overlong || surrogate || outside ? 0 : length;
}

size_t gm_utf8_write(unsigned long code, char text[4]) {
  const size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = length - 1; i > 0; i--, code >>= 6) text[i] = (char)(0x80 | (code & 0x3f));
  text[0] = (char)(first[length] | code);
  return length;
}

size_t gm_utf8_characters(const char *text) {
  size_t n = 0;
  for (; *text != '\0'; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}
