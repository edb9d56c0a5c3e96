/* SPDX-License-Identifier: MIT
 * Display of numbers and escaping, against texts written by hand. */
#include "experiments/report/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_number(gm_number_kind kind, int digits, double value, const char *expected) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = kind, .digits = digits}, value, text);
  assert_string_equal(text, expected);
}

static void fixed_keeps_its_decimals(void **state) {
  (void)state;
  assert_number(GM_NUMBER_FIXED, 4, 0.48186, "0.4819");
  assert_number(GM_NUMBER_FIXED, 6, 0.285, "0.285000");
  assert_number(GM_NUMBER_FIXED, 3, -0.0125, "−0.013");
}

static void what_rounds_to_zero_has_no_sign(void **state) {
  (void)state;
  assert_number(GM_NUMBER_FIXED, 3, -0.0001, "0.000");
}

static void scientific_always_has_a_power_of_ten(void **state) {
  (void)state;
  assert_number(GM_NUMBER_SCIENTIFIC, 3, 7.5714e-8, "7.57 × 10⁻⁸");
  assert_number(GM_NUMBER_SCIENTIFIC, 3, 9.999e-5, "1.00 × 10⁻⁴"); /* the rounding carries */
  assert_number(GM_NUMBER_SCIENTIFIC, 2, 1.2e12, "1.2 × 10¹²");
}

static void significant_digits_stay_the_same_number(void **state) {
  (void)state;
  assert_number(GM_NUMBER_SIGNIFICANT, 3, 133.8, "134");
  assert_number(GM_NUMBER_SIGNIFICANT, 3, 0.57, "0.570");
  assert_number(GM_NUMBER_SIGNIFICANT, 3, 2054.2, "2,054");
  assert_number(GM_NUMBER_SIGNIFICANT, 3, 27778, "2.78 × 10⁴");
  assert_number(GM_NUMBER_SIGNIFICANT, 3, 2.1e-5, "2.10 × 10⁻⁵");
}

static void shortest_prints_as_the_poster_does(void **state) {
  (void)state;
  assert_number(GM_NUMBER_SHORTEST, 6, 0.00003, "0.00003");
  assert_number(GM_NUMBER_SHORTEST, 4, 4.3, "4.3");
  assert_number(GM_NUMBER_SHORTEST, 4, 1287, "1,287");
}

static void counts_are_grouped(void **state) {
  (void)state;
  assert_number(GM_NUMBER_COUNT, 0, 6990089, "6,990,089");
  assert_number(GM_NUMBER_COUNT, 0, 256, "256");
  assert_number(GM_NUMBER_FIXED, 1, 12345.67, "12,345.7");
}

static void assert_scaled(double scale, double value, const char *expected) {
  char text[GM_NUMBER_TEXT];
  gm_number_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3, .scale = scale}, value, text);
  assert_string_equal(text, expected);
}

/* 0.487 °C, 101,325 Pa, 3.1e-5 kg m⁻² s⁻¹: three digits that can differ, of all of them. */
static void errors_of_every_unit_keep_their_digits(void **state) {
  (void)state;
  assert_scaled(0.49, 0.48737, "0.487");
  assert_scaled(4.9, 4.8737, "4.874");
  assert_scaled(487, 487.37, "487.4");
  assert_scaled(48737, 48737.3, "48,737");
  assert_scaled(0.0049, 0.0048737, "0.00487");
  assert_scaled(3.1e-5, 2.8437e-5, "2.84 × 10⁻⁵");
  assert_scaled(3.1e-5, 0.1e-5, "0.10 × 10⁻⁵");
  char text[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3, .scale = 3.1e-5}, 0, -1.5e-6,
                   2.26e-6, text);
  assert_string_equal(text, "(−0.15 to 0.23) × 10⁻⁵");
}

/* Of a model that diverged: no row of digits that do not fit, and no 0 beside it. */
static void what_is_huge_gets_a_power_of_ten(void **state) {
  (void)state;
  assert_number(GM_NUMBER_FIXED, 4, 1e200, "1.000 × 10²⁰⁰");
  assert_number(GM_NUMBER_COUNT, 0, 1e300, "1 × 10³⁰⁰");
  assert_number(GM_NUMBER_SCIENTIFIC, 3, INFINITY, "");
  char text[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3}, 0, -1, 2.5e40, text);
  assert_string_equal(text, "(0.00 to 2.50) × 10⁴⁰");
  gm_spread_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3}, 0.4, 2.5e40, text);
  assert_string_equal(text, "± 2.50 × 10⁴⁰");
}

static void nothing_is_printed_for_nan(void **state) {
  (void)state;
  assert_number(GM_NUMBER_SCIENTIFIC, 3, NAN, "");
}

static void interval_shares_decimals_and_power_with_its_value(void **state) {
  (void)state;
  char text[GM_NUMBER_TEXT];
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_SCIENTIFIC, .digits = 3}, 2e-5, 5e-6, 1.5e-4, text);
  assert_string_equal(text, "(0.50 to 15.00) × 10⁻⁵");
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3}, 0, -0.014, 0.032, text);
  assert_string_equal(text, "−0.014 to 0.032");
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 1}, 1, 0, 999999999, text);
  assert_string_equal(text, "0.0 to 999,999,999.0");
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 1}, 1, 0, 1e9, text);
  assert_string_equal(text, "(0 to 1) × 10⁹");
  gm_interval_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 3}, 0, NAN, 0.032, text);
  assert_string_equal(text, "");
}

static void spread_shares_decimals_with_its_value(void **state) {
  (void)state;
  char text[GM_NUMBER_TEXT];
  gm_spread_text((gm_number_format){.kind = GM_NUMBER_FIXED, .digits = 4}, 0.48, 0.00123, text);
  assert_string_equal(text, "± 0.0012");
}

static void assert_escaped(gm_escape *escape, const char *text, const char *expected) {
  char *written = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&written, &size);
  assert_non_null(out);
  escape(out, text);
  assert_int_equal(fclose(out), 0);
  assert_string_equal(written, expected);
  free(written);
}

static void tex_escapes_every_special_character(void **state) {
  (void)state;
  assert_escaped(gm_escape_tex, "a_b 50 % R&D #1 $2 {x}", "a\\_b 50 \\% R\\&D \\#1 \\$2 \\{x\\}");
  assert_escaped(gm_escape_tex, "~^\\", "\\textasciitilde{}\\textasciicircum{}\\textbackslash{}");
  assert_escaped(gm_escape_tex, "CO₂, 2 °C", "CO$_2$, 2 $^\\circ$C");
  assert_escaped(gm_escape_tex, "1.20 × 10⁴", "1.20 $\\times$ 10$^{4}$");
  assert_escaped(gm_escape_tex, "4.1 × 10⁻¹¹, m²", "4.1 $\\times$ 10$^{-11}$, m$^{2}$");
}

/* A name in another script, or bytes that are no UTF-8, must not stop LaTeX. */
static void tex_names_the_letters_it_does_not_know(void **state) {
  (void)state;
  assert_escaped(gm_escape_tex, "Ni\xc3\xb1o \xc3\xa9\xc5\x82", "Ni\\~no \xc3\xa9\xc5\x82");
  assert_escaped(gm_escape_tex, "\xe6\xb8\xa9!", "\\texttt{U+6E29}!");
  assert_escaped(gm_escape_tex, "\xf0\x9f\x8c\x8a", "\\texttt{U+1F30A}");
  assert_escaped(gm_escape_tex, "\xffx\x01", "\\texttt{U+00FF}x?");
}

static void no_format_gets_control_characters(void **state) {
  (void)state;
  assert_escaped(gm_escape_html, "a\x1b[31mb\tc", "a?[31mb\tc");
  assert_escaped(gm_escape_markdown, "a\x01", "a?");
}

static void markdown_escapes_what_would_format_or_end_a_cell(void **state) {
  (void)state;
  assert_escaped(gm_escape_markdown, "a_b|c*d<e>\n", "a\\_b\\|c\\*d&lt;e&gt; ");
}

static void html_escapes_what_would_open_a_tag_or_close_an_attribute(void **state) {
  (void)state;
  assert_escaped(gm_escape_html, "<b a=\"1\" c='2'>&", "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fixed_keeps_its_decimals),
      cmocka_unit_test(what_rounds_to_zero_has_no_sign),
      cmocka_unit_test(scientific_always_has_a_power_of_ten),
      cmocka_unit_test(significant_digits_stay_the_same_number),
      cmocka_unit_test(shortest_prints_as_the_poster_does),
      cmocka_unit_test(counts_are_grouped),
      cmocka_unit_test(errors_of_every_unit_keep_their_digits),
      cmocka_unit_test(what_is_huge_gets_a_power_of_ten),
      cmocka_unit_test(nothing_is_printed_for_nan),
      cmocka_unit_test(interval_shares_decimals_and_power_with_its_value),
      cmocka_unit_test(spread_shares_decimals_with_its_value),
      cmocka_unit_test(tex_escapes_every_special_character),
      cmocka_unit_test(tex_names_the_letters_it_does_not_know),
      cmocka_unit_test(no_format_gets_control_characters),
      cmocka_unit_test(markdown_escapes_what_would_format_or_end_a_cell),
      cmocka_unit_test(html_escapes_what_would_open_a_tag_or_close_an_attribute),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
