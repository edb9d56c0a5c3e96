/* SPDX-License-Identifier: MIT
 * Display of numbers and the three escape functions. */
#include "experiments/report/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---------------------------------------------------------- */

/* How a number is laid out: value / 10^exponent with `decimals` decimals. */
typedef struct {
  int exponent;
  int decimals;
} layout;

/* No layout writes more digits than this before the point: what is larger gets a power of ten. */
static const double largest_written = 1e9;

/* Exponent of `value` after rounding to `digits` significant digits. */
static int decimal_exponent(double value, int digits) {
  char text[GM_NUMBER_TEXT];
  snprintf(text, sizeof text, "%.*e", digits - 1, value);
  return atoi(strchr(text, 'e') + 1);
}

/* Of numbers of one size, whatever each of them is. */
static layout layout_at_scale(int digits, double scale) {
  const int smallest = -3, largest = 5, e = scale > 0.0 && isfinite(scale) ? (int)floor(log10(scale)) : 0;
  if (e < smallest || e > largest) return (layout){e, digits - 1};
  const int decimals = e < 0 ? digits - 1 - e : digits - e;
  return (layout){.decimals = decimals > 0 ? decimals : 0};
}

static layout layout_of(gm_number_format format, double value) {
  const int digits = format.digits > 0 ? format.digits : 1;
  if (format.kind == GM_NUMBER_FIXED || format.kind == GM_NUMBER_COUNT) {
    const layout l =
        format.kind == GM_NUMBER_FIXED ? layout_at_scale(format.digits, format.scale) : (layout){0};
    if (!(fabs(value) / pow(10.0, l.exponent) >= largest_written)) return l;
  }
  if (value == 0.0 || !isfinite(value)) return (layout){0};
  const int e = decimal_exponent(value, digits);
  const bool shortest = format.kind == GM_NUMBER_SHORTEST; /* 0.00003 is read as the poster prints it */
  const int smallest = shortest ? -5 : -3, largest = shortest ? 5 : 3;
  layout l = {.decimals = digits - 1 - e};
  if (format.kind == GM_NUMBER_SCIENTIFIC || e < smallest || e > largest) l = (layout){e, digits - 1};
  if (l.decimals < 0) l.decimals = 0;
  if (format.kind == GM_NUMBER_SHORTEST) { /* drop the zeros that would end the decimals */
    char text[GM_NUMBER_TEXT];
    snprintf(text, sizeof text, "%.*f", l.decimals, value / pow(10.0, l.exponent));
    for (size_t n = strlen(text); l.decimals > 0 && text[n - 1] == '0'; n--) l.decimals--;
  }
  return l;
}

/* Appends without ever overrunning. */
static void append(char text[GM_NUMBER_TEXT], const char *more) {
  strncat(text, more, GM_NUMBER_TEXT - 1 - strlen(text));
}

static void append_scaled(char text[GM_NUMBER_TEXT], layout l, double value) {
  char digits[GM_NUMBER_TEXT];
  snprintf(digits, sizeof digits, "%.*f", l.decimals, fabs(value) / pow(10.0, l.exponent));
  if (value < 0.0 && strspn(digits, "0.") < strlen(digits)) append(text, "−");
  const size_t n = strcspn(digits, ".");
  for (size_t i = 0; digits[i] != '\0'; i++) {
    if (i > 0 && i < n && (n - i) % 3 == 0) append(text, ",");
    append(text, (char[]){digits[i], '\0'});
  }
}

static void append_power(char text[GM_NUMBER_TEXT], layout l) {
  static const char *const superscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  if (l.exponent == 0) return;
  char digits[16];
  snprintf(digits, sizeof digits, "%d", abs(l.exponent));
  append(text, l.exponent < 0 ? " × 10⁻" : " × 10");
  for (const char *d = digits; *d != '\0'; d++) append(text, superscripts[*d - '0']);
}

void gm_number_text(gm_number_format format, double value, char text[GM_NUMBER_TEXT]) {
  text[0] = '\0';
  if (!isfinite(value)) return;
  const layout l = layout_of(format, value);
  append_scaled(text, l, value);
  append_power(text, l);
}

void gm_interval_text(gm_number_format format, double value, double low, double high,
                      char text[GM_NUMBER_TEXT]) {
  text[0] = '\0';
  if (!isfinite(low) || !isfinite(high)) return;
  const double largest = fmax(fabs(low), fabs(high));
  layout l = layout_of(format, isfinite(value) ? value : high);
  if (largest / pow(10.0, l.exponent) >= largest_written) l = layout_of(format, largest);
  if (l.exponent != 0) append(text, "(");
  append_scaled(text, l, low);
  append(text, " to ");
  append_scaled(text, l, high);
  if (l.exponent != 0) append(text, ")");
  append_power(text, l);
}

void gm_spread_text(gm_number_format format, double value, double sd, char text[GM_NUMBER_TEXT]) {
  text[0] = '\0';
  if (!isfinite(sd)) return;
  const layout l = layout_of(format, fabs(sd) > fabs(value) ? sd : value);
  append(text, "± ");
  append_scaled(text, l, sd);
  append_power(text, l);
}

/* ---- escaping --------------------------------------------------------- */

typedef struct {
  const char *from, *to;
} replacement;

/* The first replacement that `text` begins with, or NULL. */
static const replacement *beginning(const char *text, const replacement *table, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strncmp(text, table[i].from, strlen(table[i].from)) == 0) return &table[i];
  return NULL;
}

/* Neither HTML nor TeX nor Markdown has a place for control characters but the tab and the line end. */
static bool is_control(char c) {
  return ((unsigned char)c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
}

/* Copies `text`, replacing every occurrence of a `from`; control characters become "?". */
static void replace(FILE *out, const char *text, const replacement *table, size_t n) {
  while (*text != '\0') {
    const replacement *r = beginning(text, table, n);
    if (r == NULL) {
      fputc(is_control(*text) ? '?' : *text, out);
      text++;
    } else {
      fputs(r->to, out);
      text += strlen(r->from);
    }
  }
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

void gm_escape_markdown(FILE *out, const char *text) {
  static const replacement table[] = {{"\\", "\\\\"}, {"`", "\\`"},  {"*", "\\*"},  {"_", "\\_"},
                                      {"|", "\\|"},   {"<", "&lt;"}, {">", "&gt;"}, {"\n", " "}};
  replace(out, text, table, COUNT(table));
}

void gm_escape_html(FILE *out, const char *text) {
  static const replacement table[] = {
      {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};
  replace(out, text, table, COUNT(table));
}

/* "⁻¹¹" becomes one superscript, $^{-11}$; returns what follows it. */
static const char *escape_superscripts(FILE *out, const char *text) {
  static const replacement table[] = {{"⁻", "-"}, {"⁰", "0"}, {"¹", "1"}, {"²", "2"}, {"³", "3"}, {"⁴", "4"},
                                      {"⁵", "5"}, {"⁶", "6"}, {"⁷", "7"}, {"⁸", "8"}, {"⁹", "9"}};
  const replacement *r = beginning(text, table, COUNT(table));
  if (r == NULL) return text;
  for (fputs("$^{", out); r != NULL; r = beginning(text, table, COUNT(table))) {
    fputs(r->to, out);
    text += strlen(r->from);
  }
  fputs("}$", out);
  return text;
}

/* One letter as it is, where LaTeX knows it without a package: ASCII and the Latin letters of Latin-1 and
 * Extended-A. Others by their number, since they would stop it. Returns what follows the letter. */
static const char *put_tex_letter(FILE *out, const char *text) {
  const unsigned char *byte = (const unsigned char *)text;
  if (byte[0] < 0x80) {
    fputc(is_control(text[0]) ? '?' : text[0], out);
    return text + 1;
  }
  size_t n = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : byte[0] >= 0xc0 ? 2 : 1;
  unsigned long code = n == 4 ? byte[0] & 0x07 : n == 3 ? byte[0] & 0x0f : n == 2 ? byte[0] & 0x1f : byte[0];
  for (size_t i = 1; i < n; i++) {
    if ((byte[i] & 0xc0) != 0x80) { /* no UTF-8 */
      n = 1;
      code = byte[0];
      break;
    }
    code = code << 6 | (byte[i] & 0x3f);
  }
  const unsigned long first_latin = 0xc0, last_latin = 0x17f, times = 0xd7, divided = 0xf7;
  if (n == 2 && code >= first_latin && code <= last_latin && code != times && code != divided)
    fwrite(text, 1, n, out);
  else
    fprintf(out, "\\texttt{U+%04lX}", code);
  return text + n;
}

void gm_escape_tex(FILE *out, const char *text) {
  static const replacement table[] = {{"\\", "\\textbackslash{}"},
                                      {"_", "\\_"},
                                      {"%", "\\%"},
                                      {"&", "\\&"},
                                      {"#", "\\#"},
                                      {"$", "\\$"},
                                      {"{", "\\{"},
                                      {"}", "\\}"},
                                      {"~", "\\textasciitilde{}"},
                                      {"^", "\\textasciicircum{}"},
                                      {"<", "\\textless{}"},
                                      {">", "\\textgreater{}"},
                                      {"|", "\\textbar{}"},
                                      {"\"", "''"},
                                      {"“", "``"},
                                      {"”", "''"},
                                      {"’", "'"},
                                      {"×", "$\\times$"},
                                      {"·", "$\\cdot$"},
                                      {"−", "$-$"},
                                      {"±", "$\\pm$"},
                                      {"÷", "$\\div$"},
                                      {"≤", "$\\le$"},
                                      {"≥", "$\\ge$"},
                                      {"≈", "$\\approx$"},
                                      {"→", "$\\to$"},
                                      {"°", "$^\\circ$"},
                                      {"₂", "$_2$"},
                                      {"₀", "$_0$"},
                                      {"₁", "$_1$"},
                                      {"λ", "$\\lambda$"},
                                      {"σ", "$\\sigma$"},
                                      {"Σ", "$\\Sigma$"},
                                      {"φ", "$\\varphi$"},
                                      {"Δ", "$\\Delta$"},
                                      {"µ", "$\\mu$"},
                                      {"μ", "$\\mu$"},
                                      {"†", "\\dag{}"},
                                      {"–", "--"},
                                      {"—", "---"},
                                      {"…", "\\ldots{}"},
                                      {"ñ", "\\~n"}};
  while (*text != '\0') {
    const char *after = escape_superscripts(out, text);
    const replacement *r = after == text ? beginning(text, table, COUNT(table)) : NULL;
    if (r != NULL) {
      fputs(r->to, out);
      after = text + strlen(r->from);
    } else if (after == text) {
      after = put_tex_letter(out, text);
    }
    text = after;
  }
}
