/* SPDX-License-Identifier: MIT
 * Templates, against texts filled by hand. */
#include "experiments/report/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static gm_status put_sum(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)err;
  fprintf(out, "%d", *(const int *)context + atoi(argument));
  return GM_OK;
}

static gm_status put_failure(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)context, (void)argument, (void)out;
  return gm_fail(err, GM_BAD_INPUT, "no file");
}

static bool is_odd(const void *context, const char *argument) {
  (void)argument;
  return *(const int *)context % 2 == 1;
}

/* Larger than its argument, 100 without one. */
static bool is_large(const void *context, const char *argument) {
  return *(const int *)context > (argument[0] != '\0' ? atoi(argument) : 100);
}

static gm_status put_tag(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)context, (void)argument, (void)err;
  fputs("<hr>", out);
  return GM_OK;
}

static const gm_template_word words[] = {
    {.name = "sum", .put = put_sum},   {.name = "file", .put = put_failure},
    {.name = "odd", .holds = is_odd},  {.name = "large", .holds = is_large},
    {.name = "name", .text = "a < b"}, {.name = "nothing", .text = ""},
    {.name = "line", .put = put_tag},  {.name = "rule", .put = put_tag, .markup = true}};

static gm_escape *format; /* of the text that is filled */

static gm_status fill(const char *template, int value, char **text, gm_error *err) {
  size_t size = 0;
  const gm_template_words list = {words, sizeof words / sizeof *words};
  const gm_template_filler with = {.lists = &list, .n_lists = 1, .context = &value, .escape = format};
  FILE *out = open_memstream(text, &size);
  assert_non_null(out);
  const gm_status status = gm_template_fill(template, strlen(template), &with, out, err);
  assert_int_equal(fclose(out), 0);
  return status;
}

static void assert_filled(const char *template, int value, const char *expected) {
  char *text = NULL;
  gm_error err = {0};
  assert_int_equal(fill(template, value, &text, &err), GM_OK);
  assert_string_equal(text, expected);
  free(text);
}

static void assert_refused(const char *template, gm_status expected, const char *sentence) {
  char *text = NULL;
  gm_error err = {0};
  assert_int_equal(fill(template, 1, &text, &err), expected);
  assert_non_null(strstr(err.message, sentence));
  free(text);
}

static void words_are_filled_in_and_the_rest_stays_as_it_is(void **state) {
  (void)state;
  assert_filled("", 1, "");
  assert_filled("a { b } {c}", 1, "a { b } {c}");
  assert_filled("{{sum}} and {{sum 20}}.", 1, "1 and 21.");
}

static void sections_stand_where_their_word_holds(void **state) {
  (void)state;
  assert_filled("{{#odd}}odd{{/odd}}{{^odd}}even{{/odd}}", 1, "odd");
  assert_filled("{{#odd}}odd{{/odd}}{{^odd}}even{{/odd}}", 2, "even");
  assert_filled("[{{#large}}{{#odd}}both {{sum}}{{/odd}}large{{/large}}]", 1, "[]");
  assert_filled("[{{#large}}{{#odd}}both {{sum}} {{/odd}}large{{/large}}]", 101, "[both 101 large]");
  assert_filled("[{{#large}}{{#odd}}both {{/odd}}large{{/large}}]", 102, "[large]");
  assert_filled("{{#large}}{{file}}{{/large}}", 1, ""); /* what is left out is not asked for */
}

static void sections_may_have_an_argument(void **state) {
  (void)state;
  assert_filled("{{#large 5}}>5{{/large}}{{^large 9}} not >9{{/large}}", 7, ">5 not >9");
}

static void a_word_may_be_a_text(void **state) {
  (void)state;
  assert_filled("{{name}}{{nothing}}{{#name}} is there{{/name}}{{^nothing}}, nothing is not{{/nothing}}", 1,
                "a < b is there, nothing is not");
}

/* Whatever a word says, a name of data or of a processor, cannot open a tag; only markup does. */
static void what_words_say_is_escaped(void **state) {
  (void)state;
  format = gm_escape_html;
  assert_filled("<b>{{name}}</b>{{line}}{{rule}}", 1, "<b>a &lt; b</b>&lt;hr&gt;<hr>");
  format = NULL;
}

static void mistakes_name_their_line(void **state) {
  (void)state;
  assert_refused("a\n{{summ}}", GM_FAILED, "line 2: no word {{summ}}");
  assert_refused("{{odd}}", GM_FAILED, "no word {{odd}}");
  assert_refused("{{#sum}}{{/sum}}", GM_FAILED, "no section");
  assert_refused("\n\n{{#odd}}", GM_FAILED, "does not end");
  assert_refused("{{#odd}}{{/large}}", GM_FAILED, "ends no section");
  assert_refused("{{/odd}}", GM_FAILED, "ends no section");
  assert_refused("{{sum", GM_FAILED, "without");
  assert_refused("{{file}}", GM_BAD_INPUT, "no file");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_filled_in_and_the_rest_stays_as_it_is),
      cmocka_unit_test(sections_stand_where_their_word_holds),
      cmocka_unit_test(sections_may_have_an_argument),
      cmocka_unit_test(a_word_may_be_a_text),
      cmocka_unit_test(what_words_say_is_escaped),
      cmocka_unit_test(mistakes_name_their_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
