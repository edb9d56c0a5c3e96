/* SPDX-License-Identifier: MIT
 * The bytes at which a table is cut (delimiter, ends of lines, quotation marks, NUL), found eight at a time.
 * Private to common/csv_read.c. */
#ifndef COMMON_CSV_SCAN_H
#define COMMON_CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t csv_bytes __attribute__((vector_size(sizeof(uint64_t))));

typedef struct {
  const char *end; /* of the text, where a NUL stands */
  uint8_t delimiter;
  char *block;    /* the eight bytes looked at */
  uint64_t marks; /* one bit for each of them at which the table is cut and which was not given out yet */
} csv_scan;

/* Bit 0 of byte i, from the least significant one: block[i] is a mark. What lies behind the text is NUL. */
static inline uint64_t csv_marks_of(const csv_scan *s, const char *block) {
  const size_t left = (size_t)(s->end + 1 - block);
  const uint64_t ones = 0x0101010101010101;
  csv_bytes b = {0};
  uint64_t marks;
  memcpy(&b, block, left < sizeof b ? left : sizeof b);
  const csv_bytes found = (csv_bytes)((b == s->delimiter) | (b == (uint8_t)'\n') | (b == (uint8_t)'\r') |
                                      (b == (uint8_t)'"') | (b == (uint8_t)'\0'));
  memcpy(&marks, &found, sizeof marks);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  marks = __builtin_bswap64(marks);
#endif
  return marks & ones;
}

/* Goes on from `at`, at most at the end of the text. */
static inline void csv_scan_from(csv_scan *s, char *at) {
  s->block = at;
  s->marks = csv_marks_of(s, at);
}

/* The next mark; not to be asked for behind the NUL at the end. */
static inline char *csv_next_mark(csv_scan *s) {
  while (s->marks == 0) csv_scan_from(s, s->block + sizeof(csv_bytes));
  char *mark = s->block + __builtin_ctzll(s->marks) / 8;
  s->marks &= s->marks - 1;
  return mark;
}

#endif
