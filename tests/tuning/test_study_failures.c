/* SPDX-License-Identifier: MIT
 * What a study refuses leaves the journal free: no other worker waits for a lock that nobody holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/journal_fixture.h"

static void a_refused_suggestion_gives_the_lock_back(void **state) {
  (void)state;
  static const char *const colours[] = {"red", "green"};
  gm_error err = {GM_OK, ""};
  journal_place place;
  gm_trial *first, *second, *third;
  double x;
  size_t colour;
  make_place(&place);
  gm_journal *journal = open_journal(place.path), *other = open_journal(place.path);
  gm_study *study = open_study(journal, "s"), *rival = open_study(other, "s");
  must(gm_study_ask(study, &first, &err), &err);
  must(gm_study_suggest_float(study, first, "x", gm_float_range(0.0, 1.0), &x, &err), &err);
  must(gm_study_ask(study, &second, &err), &err);
  assert_int_equal(gm_study_suggest_categorical(study, second, "x", gm_choice(2, colours), &colour, &err),
                   GM_BAD_INPUT); /* it is a number in the first trial */
  assert_int_not_equal(access(place.lock, F_OK), 0);
  must(gm_study_ask(rival, &third, &err), &err);
  must(gm_study_suggest_float(study, second, "x", gm_float_range(0.0, 1.0), &x, &err), &err);
  gm_study_free(study);
  gm_study_free(rival);
  gm_journal_close(journal);
  gm_journal_close(other);
  remove_place(&place);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_refused_suggestion_gives_the_lock_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
