/* SPDX-License-Identifier: MIT
 * Numbers as text, in the shortest form that reads back the same, and text as numbers: in whole-number
 * arithmetic where that is exact, which is nearly everywhere, else by the C library. */
#include "common/csv.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* ---- numbers to text ---------------------------------------------------------- */

static const uint64_t powers_of_ten[] = {1,
                                         10,
                                         100,
                                         1000,
                                         10000,
                                         100000,
                                         1000000,
                                         10000000,
                                         100000000,
                                         1000000000,
                                         10000000000,
                                         100000000000,
                                         1000000000000,
                                         10000000000000,
                                         100000000000000,
                                         1000000000000000,
                                         10000000000000000,
                                         100000000000000000,
                                         1000000000000000000,
                                         10000000000000000000u};
enum { LARGEST_POWER = 19 };

/* To the nearest whole number, of equally near ones the even: for 0 to 2^52, above which doubles are whole.
 */
static double round_to_even(double value) {
  static const double least_whole = 0x1p52;
  return value + least_whole - least_whole;
}

/* The decimals, 0 to 6, of a number that has no more, and its digits as a whole number below 1e15: their
 * quotient is rounded once, as strtod rounds the text, and no two texts of 15 digits give the same double.
 * False where it has more. */
static bool has_few_decimals(double size, int *decimals, uint64_t *digits) {
  enum { MOST = 6 };
  static const double least = 1e-4 /* below, %g turns to exponents */, most = 1e15;
  if (!(size >= least && size < most)) return false;
  int d = MOST;
  while (d > 0 && size * (double)powers_of_ten[d] >= most) d--;
  const double whole = round_to_even(size * (double)powers_of_ten[d]);
  if (whole >= most || whole / (double)powers_of_ten[d] != size) return false;
  for (*digits = (uint64_t)whole; d > 0 && *digits % 10 == 0; d--) *digits /= 10;
  *decimals = d;
  return true;
}

static bool format_few_decimals(double value, char text[GM_DOUBLE_TEXT]) {
  uint64_t rest;
  int decimals;
  if (!has_few_decimals(fabs(value), &decimals, &rest)) return false;
  char *end = text + GM_DOUBLE_TEXT - 1, *at = end;
  for (int i = 0; rest > 0 || i <= decimals; i++, rest /= 10) {
    if (i > 0 && i == decimals) *--at = '.';
    *--at = (char)('0' + rest % 10);
  }
  if (value < 0) *--at = '-';
  memmove(text, at, (size_t)(end - at));
  text[end - at] = '\0';
  return true;
}

/* m / 2^shift (m of 53 bits, shift to 66) times 10^power (to 20), rounded to even, exactly. *back: whether
 * that decimal reads back as m / 2^shift, whose neighbours are one 2^-shift away. */
static uint64_t round_to_digits(uint64_t m, int shift, int power, bool *back) {
  const wide scale = power <= LARGEST_POWER ? powers_of_ten[power] : (wide)powers_of_ten[LARGEST_POWER] * 10;
  const wide one = (wide)1 << shift, product = m * scale, rest = product & (one - 1);
  const uint64_t whole = (uint64_t)(product >> shift);
  const bool up = 2 * rest > one || (2 * rest == one && whole % 2 == 1);
  const wide off = 2 * (up ? one - rest : rest);
  *back = off < scale || (off == scale && m % 2 == 0);
  return whole + (up ? 1 : 0);
}

/* "%.*g" of a number whose digits are known, `before` of them before the point (0 and less: zeros behind it).
 */
static void write_digits(bool negative, uint64_t whole, int before, char text[GM_DOUBLE_TEXT]) {
  char digits[24];
  int n = 0;
  while (whole % 10 == 0) whole /= 10; /* as %g does */
  for (; whole > 0; whole /= 10) digits[n++] = (char)('0' + whole % 10);
  if (negative) *text++ = '-';
  if (before <= 0) {
    memcpy(text, "0.000", sizeof "0.000");
    text += 2 - before;
  }
  for (int i = 0; i < n || i < before; i++) {
    if (i == before && before > 0) *text++ = '.';
    *text++ = i < n ? digits[n - 1 - i] : '0';
  }
  *text = '\0';
}

/* The fewest of 15 to 17 digits that read back, in whole numbers instead of by trial: from 1e-4, below which
 * %g has exponents, to 1e15; no power of two, whose neighbours are not equally far. */
static bool format_many_decimals(double value, char text[GM_DOUBLE_TEXT]) {
  enum { BITS = 53, LEAST_DIGITS = 15, MOST_DIGITS = 17 };
  static const double least = 1e-4, most = 1e15, powers[] = {1e-3, 1e-2, 1e-1};
  const double size = fabs(value);
  int exponent, before = -3;
  if (!(size >= least && size < most)) return false;
  const double fraction = frexp(size, &exponent);
  if (fraction == 0.5) return false;
  for (int i = 0; i < 3 && size >= powers[i]; i++) before++;
  for (double power = 1; size >= power; power *= 10) before++;
  const uint64_t m = (uint64_t)ldexp(fraction, BITS);
  for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
    bool back;
    const uint64_t whole = round_to_digits(m, BITS - exponent, digits - before, &back);
    if (!back) continue;
    const bool carried = whole == powers_of_ten[digits]; /* 9.99… is rounded up to 10 */
    write_digits(value < 0, whole, carried ? before + 1 : before, text);
    return true;
  }
  return false;
}

static bool format_digits(double value, int digits, char text[GM_DOUBLE_TEXT]) {
  snprintf(text, GM_DOUBLE_TEXT, "%.*g", digits, value);
  return strtod(text, NULL) == value;
}

/* 15 digits always survive, 17 always suffice (IEEE 754 binary64). Where 16 do not, 15 do not either, but of
 * powers of two, around which doubles lie unevenly. */
void gm_format_double(double value, char text[GM_DOUBLE_TEXT]) {
  int digits = 15, exponent;
  if (format_few_decimals(value, text) || format_many_decimals(value, text)) return;
  if (fabs(frexp(value, &exponent)) != 0.5 && !format_digits(value, 16, text)) digits = 17;
  while (digits <= 17 && !format_digits(value, digits, text)) digits++;
}

/* ---- text to numbers ------------------------------------------------------------- */

/* 5^n for n to 27, the last below 2^63. */
static uint64_t power_of_five(int n) {
  uint64_t power = 1, square = 5;
  for (; n > 0; n /= 2, square *= square)
    if (n % 2 == 1) power *= square;
  return power;
}

/* whole · 10^exponent = whole · 5^exponent · 2^exponent for exponents of -27 to 27, rounded once: a quotient
 * is taken to 63 bits or more, and what remains of it sets the last. */
static double scale_by_ten(uint64_t whole, int exponent) {
  if (exponent >= 0) return ldexp((double)((wide)whole * power_of_five(exponent)), exponent);
  const int zeros = __builtin_clzll(whole), places = zeros + 63;
  const wide dividend = (wide)(whole << zeros) << 63, divisor = power_of_five(-exponent);
  const wide quotient = dividend / divisor;
  return ldexp((double)(quotient | (quotient * divisor != dividend)), exponent - places);
}

/* Appends the digits at `p` to *whole; returns what follows them. */
static inline const char *read_digits(const char *p, uint64_t *whole) {
  uint64_t number = *whole;
  for (unsigned digit; (digit = (unsigned)*p - '0') <= 9; p++) number = 10 * number + digit;
  *whole = number;
  return p;
}

/* Digits, at most one point among them, and perhaps an exponent, as in nearly every table, to the bits that
 * strtod gives. Where the digits make an exact double and the power of ten is one too, one division or
 * product rounds as it should (Clinger, PLDI 1990). False: something else, for strtod to judge. */
static bool parse_plain(const char *text, double *value) {
  enum { MOST_DIGITS = 19 /* below 2^64 */, EXACT_POWER = 22, MOST_POWER = 27, EXPONENT_DIGITS = 3 };
  static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const uint64_t most_exact = (uint64_t)1 << DBL_MANT_DIG;
  const char *first = text + (*text == '-' || *text == '+');
  uint64_t whole = 0; /* right for as many significant digits as fit; leading zeros add nothing */
  const char *p = read_digits(first, &whole), *point = *p == '.' ? p : NULL;
  if (point != NULL) p = read_digits(point + 1, &whole);
  const ptrdiff_t digits = p - first - (point != NULL);
  if (digits == 0 || FLT_EVAL_METHOD != 0) return false;
  if (digits > MOST_DIGITS) {
    while (first < p && (*first == '0' || *first == '.')) first++;
    if (p - first - (point != NULL && point > first) > MOST_DIGITS) return false;
  }
  ptrdiff_t exponent = point == NULL ? 0 : point + 1 - p;
  if (*p == 'e' || *p == 'E') {
    const bool below = p[1] == '-';
    int more = 0, n = 0;
    for (p += 1 + (below || p[1] == '+'); *p >= '0' && *p <= '9' && n < EXPONENT_DIGITS; p++, n++)
      more = 10 * more + (*p - '0');
    if (n == 0) return false;
    exponent += below ? -more : more;
  }
  if (*p != '\0') return false;
  if (whole == 0)
    *value = 0;
  else if (whole <= most_exact && exponent <= 0 && exponent >= -EXACT_POWER)
    *value = (double)whole / powers[-exponent];
  else if (whole <= most_exact && exponent > 0 && exponent <= EXACT_POWER)
    *value = (double)whole * powers[exponent];
  else if (exponent >= -MOST_POWER && exponent <= MOST_POWER)
    *value = scale_by_ten(whole, (int)exponent);
  else
    return false;
  if (*text == '-') *value = -*value;
  return true;
}

bool gm_parse_double(const char *text, double *value) {
  char *end;
  if (parse_plain(text, value)) return true;
  if (isspace((unsigned char)text[0]) || strpbrk(text, "xX(") != NULL) return false; /* no 0x1p3, no nan(7) */
  errno = 0;
  *value = strtod(text, &end);
  return end != text && *end == '\0' && !(errno == ERANGE && isinf(*value));
}

/* With a point before it the letter can be nothing else: 1D2 may be a number of base 16, 1.D2 is not. */
bool gm_parse_fortran_double(const char *text, double *value) {
  char copy[2 * GM_DOUBLE_TEXT];
  const char *letter = strpbrk(text, "dD"), *point = strchr(text, '.');
  const size_t length = strlen(text);
  if (letter == NULL || point == NULL || point > letter || length >= sizeof copy ||
      strspn(text, "+-.0123456789dD") < length)
    return false;
  memcpy(copy, text, length + 1);
  copy[letter - text] = 'e';
  return gm_parse_double(copy, value);
}

bool gm_parse_integer(const char *text, int64_t *value) {
  enum { SURE_DIGITS = 18 }; /* any number of so many fits */
  char *end;
  uint64_t whole = 0;
  const ptrdiff_t digits = read_digits(text, &whole) - text;
  if (digits > 0 && digits <= SURE_DIGITS) {
    *value = (int64_t)whole;
    return text[digits] == '\0';
  }
  if (isspace((unsigned char)text[0])) return false;
  errno = 0;
  *value = strtoll(text, &end, 10);
  return end != text && *end == '\0' && errno == 0;
}
