/* SPDX-License-Identifier: MIT
 * Every embedded dataset can be used without an option, and names that are none are refused with those that
 * are. */
#include "datasets/embedded.h"

#include "datasets/anomalies.h"
#include "datasets/series_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void every_dataset_makes_samples_by_its_own_row(void **state) {
  (void)state;
  size_t n = 0;
  for (const gm_embedded_dataset *d; (d = gm_embedded_dataset_at(n)) != NULL; n++) {
    const gm_embedded_dataset *found;
    gm_base_period base;
    gm_series series;
    gm_samples samples;
    gm_error err = {0};
    assert_int_equal(gm_embedded_dataset_find(d->name, &found, &err), GM_OK);
    assert_ptr_equal(found, d);
    assert_true(strlen(d->description) > 0 && strlen(d->source) > 0 && strlen(d->summary) > 0);
    assert_int_equal(d->read(&series, &err), GM_OK);
    assert_int_equal(gm_base_period_parse(d->base_period, &base, &err), GM_OK);
    assert_int_equal(gm_anomalies(&series, &base, &err), GM_OK);
    const gm_samples_config config = d->samples();
    assert_int_equal(gm_samples_from_series(&config, &series, &samples, &err), GM_OK);
    for (int s = 0; s < GM_N_SPLITS; s++) assert_true(samples.split[s].n > 0);
    gm_samples_free(&samples);
    gm_series_free(&series);
  }
  assert_true(n > 0);
}

static void other_names_are_refused_with_those_that_are(void **state) {
  (void)state;
  const gm_embedded_dataset *found;
  gm_error err;
  assert_int_equal(gm_embedded_dataset_find("nino", &found, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "got \"nino\"; for a file use --csv"));
  for (size_t i = 0; gm_embedded_dataset_at(i) != NULL; i++)
    assert_non_null(strstr(err.message, gm_embedded_dataset_at(i)->name));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_dataset_makes_samples_by_its_own_row),
      cmocka_unit_test(other_names_are_refused_with_those_that_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
