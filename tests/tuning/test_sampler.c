/* SPDX-License-Identifier: MIT
 * Samplers by name, and their settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tuning/samplers/random_sampler.h"
#include "tuning/samplers/tpe.h"

#include <string.h>

static void names_find_their_sampler(void **state) {
  (void)state;
  const gm_sampler *method;
  gm_error err;
  assert_int_equal(gm_sampler_parse("tpe", &method, &err), GM_OK);
  assert_ptr_equal(method, &gm_tpe_sampler);
  assert_int_equal(gm_sampler_parse(gm_random_sampler.name, &method, &err), GM_OK);
  assert_ptr_equal(method, &gm_random_sampler);
}

static void every_sampler_is_whole(void **state) {
  (void)state;
#define ADDRESS(name) &gm_##name##_sampler,
  static const gm_sampler *const samplers[] = {GM_SAMPLERS(ADDRESS)};
#undef ADDRESS
  for (size_t i = 0; i < sizeof samplers / sizeof *samplers; i++) {
    const gm_sampler *s = samplers[i], *found;
    gm_error err;
    assert_int_equal(gm_sampler_parse(s->name, &found, &err), GM_OK);
    assert_ptr_equal(found, s); /* no two of one name */
    assert_true(s->create != NULL && s->reseed != NULL && s->advance != NULL);
    assert_true(s->propose != NULL && s->sample != NULL && s->destroy != NULL);
  }
}

static void other_names_are_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"", "TPE", "tpe ", "grid"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const gm_sampler *method = NULL;
    gm_error err;
    assert_int_equal(gm_sampler_parse(wrong[i], &method, &err), GM_BAD_INPUT);
    assert_null(method);
    assert_non_null(strstr(err.message, "expected tpe or random"));
  }
}

static void illegal_settings_are_refused_with_the_field(void **state) {
  (void)state;
  gm_error err;
  gm_sampler_config config = gm_sampler_config_default();
  assert_int_equal(gm_sampler_config_check(&config, &err), GM_OK);
  config.n_ei_candidates = 0;
  assert_int_equal(gm_sampler_config_check(&config, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "n_ei_candidates"));
  config = gm_sampler_config_default();
  config.method = NULL;
  assert_int_equal(gm_sampler_config_check(&config, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "method"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_find_their_sampler),
      cmocka_unit_test(every_sampler_is_whole),
      cmocka_unit_test(other_names_are_refused),
      cmocka_unit_test(illegal_settings_are_refused_with_the_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
