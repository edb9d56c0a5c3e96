/* SPDX-License-Identifier: MIT
 * The list of what a model's input is made from has every option of the data. */
#include "experiments/run/model_input.h"
#include "tests/assert_near.h"

#include <string.h>

static void no_option_of_the_data_is_forgotten(void **state) {
  (void)state;
  char name[] = "inference", *argv[] = {name, NULL};
  gm_experiment e;
  bool done = false;
  gm_experiment_init(&e, "inference");
  const gm_experiment_usage usage = {.description = ""};
  assert_int_equal(gm_experiment_parse(&e, &usage, 1, argv, &done, NULL), GM_OK);
  for (size_t i = 0; i < GM_EXPERIMENT_DATA_OPTIONS; i++)
    if (strcmp(e.data_options[i].name, "describe") != 0 && /* a question, which trains nothing */
        !gm_model_input_knows(e.data_options[i].name))
      fail_msg("--%s decides what a model sees and is not in its file: a line in model_input.c",
               e.data_options[i].name);
  assert_false(gm_model_input_knows("seed"));
  gm_experiment_close(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_option_of_the_data_is_forgotten)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
