/* SPDX-License-Identifier: MIT
 * The data of the parallel lines of tune --plots: every trial passes every axis, at a place worked out by
 * hand. */
#include "experiments/tune/plots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/conformance.h"
#include "tuning/journal/journal_replay.h"
#include "tuning/study.h"

#include <stdlib.h>
#include <string.h>

/* x of 1 and 3 in 0 … 4, values 2 and 1: the better one last, and once more alone. */
static void a_line_passes_every_axis(void **state) {
  (void)state;
  static const char *const lines[] = {
      "{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"s\",\"directions\":[1]}",
      "{\"op_code\":4,\"worker_id\":\"w\",\"study_id\":0,\"datetime_start\":null,\"state\":1,\"value\":2.0,"
      "\"values\":null,\"params\":{\"x\":1.0},\"distributions\":{\"x\":\"{\\\"name\\\":"
      "\\\"FloatDistribution\\\","
      "\\\"attributes\\\":{\\\"low\\\":0.0,\\\"high\\\":4.0}}\"}}",
      "{\"op_code\":4,\"worker_id\":\"w\",\"study_id\":0,\"datetime_start\":null,\"state\":1,\"value\":1.0,"
      "\"values\":null,\"params\":{\"x\":3.0},\"distributions\":{\"x\":\"{\\\"name\\\":"
      "\\\"FloatDistribution\\\","
      "\\\"attributes\\\":{\\\"low\\\":0.0,\\\"high\\\":4.0}}\"}}"};
  gm_journal_replay replay = {.own_trial = -1};
  gm_plots plots;
  gm_error err = {GM_OK, ""};
  char *text = NULL;
  size_t size = 0;
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    json *record = gm_journal_parse(lines[i], strlen(lines[i]));
    assert_non_null(record);
    must(gm_journal_apply(&replay, record, &err), &err);
    json_object_put(record);
  }
  must(gm_plots_prepare(&plots, replay.studies[0], &err), &err);
  plots.frame[0] = (gm_plots_frame){.low = 0, .high = 4};
  FILE *script = open_memstream(&text, &size);
  assert_non_null(script);
  gm_plots_put_parallel(&plots, script);
  assert_int_equal(fclose(script), 0);
  assert_string_equal(text, "$lines << EOD\ntrial,axis,place,shade\n0,1,0.5,0\n0,2,0.25,0\n\n"
                            "1,1,0.25,1\n1,2,0.75,1\n\nEOD\n"
                            "$best << EOD\ntrial,axis,place,shade\n1,1,0.25,1\n1,2,0.75,1\n\nEOD\n");
  free(text);
  gm_plots_release(&plots);
  gm_journal_replay_free(&replay);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_passes_every_axis)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
