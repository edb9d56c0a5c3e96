/* SPDX-License-Identifier: MIT
 * Numbers and words as people read them. One display text is made per number
 * (Unicode: "1.20 × 10⁻⁴"); Markdown, LaTeX and HTML only escape it, each in one
 * function, so the three cannot disagree. CSV never passes through here. */
#ifndef EXPERIMENTS_REPORT_TEXT_H
#define EXPERIMENTS_REPORT_TEXT_H

#include <stdio.h>

/* ---- numbers ---------------------------------------------------------- */

typedef enum {
  GM_NUMBER_FIXED,       /* `digits` decimals: 0.4819; with a `scale` as many digits of that size */
  GM_NUMBER_SIGNIFICANT, /* `digits` significant digits, a power of ten outside 1e-3 … 1e4 */
  GM_NUMBER_SCIENTIFIC,  /* `digits` significant digits, always with a power of ten */
  GM_NUMBER_SHORTEST,    /* at most `digits` significant digits, no trailing zeros */
  GM_NUMBER_COUNT,       /* whole number: 6,990,089 */
} gm_number_kind;

typedef struct {
  gm_number_kind kind;
  int digits;
  double scale; /* of GM_NUMBER_FIXED: what size the numbers have, 0 for that of one. `digits` decimals at
                   0.1 … 10, more or fewer beside it, a power of ten far from it: the errors of a target in
                   pascal or in kg m⁻² s⁻¹ keep the digits that those of one in °C have */
} gm_number_format;

/* Room for any text below. */
#define GM_NUMBER_TEXT 96

/* `value` as text, from 1,000 on in groups of three; empty where it is not finite. */
void gm_number_text(gm_number_format format, double value, char text[GM_NUMBER_TEXT]);

/* "low to high", or "(low to high) × 10⁻⁵", with the decimals and the power of ten that
 * gm_number_text gives `value`; empty where a bound is not finite. */
void gm_interval_text(gm_number_format format, double value, double low, double high,
                      char text[GM_NUMBER_TEXT]);

/* "± sd" with the decimals and the power of ten of `value`; empty where sd is NaN. */
void gm_spread_text(gm_number_format format, double value, double sd, char text[GM_NUMBER_TEXT]);

/* ---- escaping --------------------------------------------------------- */

/* Writes UTF-8 `text` so that the format prints exactly it. */
typedef void gm_escape(FILE *out, const char *text);

gm_escape gm_escape_markdown; /* \ ` * _ | < > and line ends */
gm_escape gm_escape_tex;  /* _ % & # $ { } ~ ^ \, symbols of gm_number_text, letters LaTeX does not know */
gm_escape gm_escape_html; /* & < > " ' */

#endif
