/* SPDX-License-Identifier: MIT
 * Sentences' parts: an interval and the words that it carries. Whole sentences are in sentences.txt and
 * page.html. */
#include "experiments/report/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- errors ----------------------------------------------------------- */

static void add_split(gm_phrase *p, const gm_interval *d, const char *split, const char *unit, double scale) {
  static const char *const words[] = {
      [GM_NOT_APART] = "cannot be told apart", [GM_BELOW] = "is lower", [GM_ABOVE] = "is higher"};
  const size_t used = strlen(p->text);
  char interval[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3, .scale = scale}, d->value, d->low,
                   d->high, interval);
  if (interval[0] == '\0')
    snprintf(p->text + used, sizeof p->text - used, "has no interval on %s", split);
  else
    snprintf(p->text + used, sizeof p->text - used, "%s on %s (%s%s%s)", words[gm_interval_verdict(d)], split,
             interval, unit != NULL ? " " : "", unit != NULL ? unit : "");
}

gm_phrase gm_phrase_compared(const gm_interval difference[GM_REPORT_SPLITS], const char *unit, double scale) {
  gm_phrase p = {""};
  for (int split = 0; split < GM_REPORT_SPLITS; split++) {
    if (split > 0) strncat(p.text, " and ", sizeof p.text - 1 - strlen(p.text));
    add_split(&p, &difference[split], gm_report_splits[split], unit, scale);
  }
  return p;
}

/* ---- ratios ----------------------------------------------------------- */

/* Decimal places of the value's own size that the interval's half-width leaves certain; 1 without one. */
static int digits_of(const gm_ratio *r) {
  const int most = 3;
  const double half = (r->high - r->low) / 2;
  if (!(half >= 0) || !(r->ours > 0)) return 1;
  if (half == 0) return most;
  const int digits = (int)floor(log10(r->ours)) - (int)floor(log10(half)) + 1;
  return digits < 1 ? 1 : digits > most ? most : digits;
}

gm_phrase gm_phrase_factor(const gm_ratio *r) {
  static const char *const powers[] = {"10", "100", "1,000", "10⁴", "10⁵", "10⁶", "10⁷", "10⁸", "10⁹"};
  const int digits = digits_of(r);
  gm_phrase p = {"an unknown number of"};
  if (!(r->ours > 0) || isinf(r->ours)) return p;
  const char *about = digits == 1 ? "about " : "";
  const int size = (int)floor(log10(r->ours));
  const double unit = pow(10, size - digits + 1), rounded = round(r->ours / unit) * unit;
  char text[GM_NUMBER_TEXT];
  const int power = (int)round(log10(rounded));
  if (digits == 1 && power >= 4 && power <= 9 && fabs(rounded / pow(10, power) - 1) < 1e-9)
    snprintf(text, sizeof text, "%s", powers[power - 1]);
  else if (rounded >= 100 && rounded < 1e9)
    gm_number_text((gm_number_format){.kind = GM_NUMBER_COUNT, .digits = 0}, rounded, text);
  else
    gm_number_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = digits}, rounded, text);
  snprintf(p.text, sizeof p.text, "%s%s", about, text);
  return p;
}

const char *gm_phrase_saving(const gm_ratio *r) {
  if (r->high < 1) return "saved energy";
  if (r->low > 1) return "cost more energy";
  return isnan(r->low) ? "took, with one seed and so without an interval"
                       : "cannot be told apart from it in energy";
}

gm_phrase gm_phrase_beside_poster(const gm_ratio *ratio) {
  const double close =
      1.25; /* within a quarter: the poster's own rounding of the linear regression is ±17 % */
  const double far = 10;
  const double times = ratio->ours / ratio->poster;
  char poster[GM_NUMBER_TEXT], factor[GM_NUMBER_TEXT];
  gm_phrase p = {""};
  if (isnan(times)) return p;
  gm_number_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 3}, ratio->poster, poster);
  gm_number_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 1}, times, factor);
  if (times < close && times > 1 / close)
    snprintf(p.text, sizeof p.text, "close to the poster's %s", poster);
  else if (times > far || times < 1 / far)
    snprintf(p.text, sizeof p.text, "far from the poster's %s", poster);
  else
    snprintf(p.text, sizeof p.text, "%s times the poster's %s", factor, poster);
  return p;
}

gm_phrase gm_phrase_ratio(const gm_ratio *ratio, const char *of) {
  const gm_phrase ours = gm_phrase_factor(ratio), poster = gm_phrase_beside_poster(ratio);
  char interval[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_SIGNIFICANT, .digits = 2}, ratio->ours, ratio->low,
                   ratio->high, interval);
  const bool both = interval[0] != '\0' && poster.text[0] != '\0';
  const bool any = interval[0] != '\0' || poster.text[0] != '\0';
  gm_phrase p;
  snprintf(p.text, sizeof p.text, "%.100s %.200s%s%s%s%.160s%s", ours.text, of, any ? " (" : "", interval,
           both ? "; " : "", poster.text, any ? ")" : "");
  return p;
}
