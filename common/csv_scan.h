/* SPDX-License-Identifier: MIT
 * The bytes at which a table is cut (delimiter, ends of lines, quotation marks, NUL), found 64 at a time.
 * Private to common/csv_read.c. */
#ifndef COMMON_CSV_SCAN_H
#define COMMON_CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { CSV_BLOCK = 64 };
typedef uint8_t csv_bytes __attribute__((vector_size(16)));

typedef struct {
  const char *end; /* of the text, where a NUL stands */
  uint8_t delimiter;
  char *block;    /* the bytes looked at */
  uint64_t marks; /* bit i: block[i] is a mark that was not given out yet */
} csv_scan;

/* Bit i: byte i of the 16 at `at` is a mark. */
static inline uint64_t csv_marks_of(const char *at, uint8_t delimiter) {
  const uint64_t bit_of_byte = 0x8040201008040201, every_byte = 0x0101010101010101;
  csv_bytes b;
  uint64_t half[2];
  memcpy(&b, at, sizeof b);
  const csv_bytes found = (csv_bytes)((b == delimiter) | (b == (uint8_t)'\n') | (b == (uint8_t)'\r') |
                                      (b == (uint8_t)'"') | (b == (uint8_t)'\0'));
  memcpy(half, &found, sizeof half);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  for (int i = 0; i < 2; i++) half[i] = __builtin_bswap64(half[i]);
#endif
  for (int i = 0; i < 2; i++) /* byte k is 0 or 2^k: the highest byte of the product is their sum */
    half[i] = (half[i] & bit_of_byte) * every_byte >> 56;
  return half[0] | half[1] << 8;
}

/* Goes on from `at`, at most at the end of the text; what lies behind that is NUL. */
static inline void csv_scan_from(csv_scan *s, char *at) {
  const size_t left = (size_t)(s->end + 1 - at);
  char last[CSV_BLOCK] = {0};
  const char *from = left >= CSV_BLOCK ? at : memcpy(last, at, left);
  s->block = at;
  s->marks = 0;
  for (int i = 0; i < CSV_BLOCK; i += 16) s->marks |= csv_marks_of(from + i, s->delimiter) << i;
}

/* The next mark; not to be asked for behind the NUL at the end. */
static inline char *csv_next_mark(csv_scan *s) {
  while (s->marks == 0) csv_scan_from(s, s->block + CSV_BLOCK);
  char *mark = s->block + __builtin_ctzll(s->marks);
  s->marks &= s->marks - 1;
  return mark;
}

#endif
