/* SPDX-License-Identifier: MIT
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>

/* Bytes of the character at `text`, of which `n` > 0 bytes are there; 0 where it is none or is cut short. */
size_t gm_utf8_length(const char *text, size_t n);

/* Writes the character `code` (no surrogate, at most U+10FFFF) and returns its bytes, 1 to 4. */
size_t gm_utf8_write(unsigned long code, char text[4]);

/* Characters of a terminated text: its bytes but the continuation bytes. */
size_t gm_utf8_characters(const char *text);

#endif
