/* SPDX-License-Identifier: MIT
 * Exact decimal grid arithmetic in 128-bit integers. */
#include "tuning/decimal_grid.h"

#include "common/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

/* Digits that are certain to fit: 10^36 and sums of a few such numbers stay below 2^127 ≈ 1.7 · 10^38. */
enum { MAX_DIGITS = 36 };

/* A number as digits · 10^exponent. */
typedef struct {
  wide digits;
  int exponent;
  int n_digits;
} decimal;

static decimal decimal_of(double value) {
  char text[GM_DOUBLE_TEXT];
  gm_format_double(value, text);
  decimal d = {0};
  bool negative = false, fraction = false;
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '-') negative = true;
    if (*c == '.') fraction = true;
    if (*c == 'e') {
      d.exponent += (int)strtol(c + 1, NULL, 10);
      break;
    }
    if (*c < '0' || *c > '9') continue;
    d.digits = 10 * d.digits + (*c - '0');
    d.n_digits += d.digits != 0;
    d.exponent -= fraction;
  }
  if (negative) d.digits = -d.digits;
  return d;
}

/* Rewrites d with the smaller exponent; false when it would not fit. */
static bool align(decimal *d, int exponent) {
  if (d->digits == 0) return true;
  if (d->n_digits + (d->exponent - exponent) > MAX_DIGITS) return false;
  for (; d->exponent > exponent; d->exponent--) d->digits *= 10;
  return true;
}

static double double_of(wide digits, int exponent) {
  char text[64]; /* sign, 39 digits, 'e' and an int */
  char *end = text + sizeof text - 16;
  char *start = end;
  const bool negative = digits < 0;
  wide rest = negative ? -digits : digits;
  do *--start = (char)('0' + (int)(rest % 10));
  while ((rest /= 10) != 0);
  if (negative) *--start = '-';
  snprintf(end, 16, "e%d", exponent);
  return strtod(start, NULL);
}

static int least(int a, int b) {
  return a < b ? a : b;
}

bool gm_lower_to_grid(double low, double step, double *high) {
  decimal l = decimal_of(low), h = decimal_of(*high), s = decimal_of(step);
  const int exponent = least(s.exponent, least(l.digits != 0 ? l.exponent : s.exponent, //
                                               h.digits != 0 ? h.exponent : s.exponent));
  if (!align(&l, exponent) || !align(&h, exponent) || !align(&s, exponent)) return false;
  const wide range = h.digits - l.digits;
  if (range % s.digits != 0) *high = double_of(range / s.digits * s.digits + l.digits, exponent);
  return true;
}
