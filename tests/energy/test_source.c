/* SPDX-License-Identifier: MIT
 * The list of sources: every row is whole, and what can be chosen by name are the CPU's counters, no more. */
#include "energy/meter.h"
#include "energy/record/settings.h"
#include "tests/assert_near.h"

#include <stdlib.h>
#include <string.h>

static void every_source_is_whole(void **state) {
  (void)state;
  const gm_known_source *a;
  for (size_t i = 0; (a = gm_source_at(i)) != NULL; i++) {
    assert_true(a->name[0] != '\0');
    assert_non_null(a->functions->open);
    assert_non_null(a->functions->read);
    assert_non_null(a->functions->close);
    for (size_t j = 0; j < i; j++) assert_string_not_equal(gm_source_at(j)->name, a->name);
  }
}

static void one_can_be_chosen_exactly_where_it_meters_the_cpu(void **state) {
  (void)state;
  const gm_setting *setting = &gm_setting_table()[GM_SET_SOURCE];
  const gm_known_source *source;
  size_t n_choices = 2; /* auto, model */
  for (size_t i = 0; (source = gm_source_at(i)) != NULL; i++) {
    gm_meter_config config = gm_meter_config_default();
    gm_error err = {0};
    const bool cpu = source->role == GM_SOURCE_CPU;
    config.cpu_source = source->name;
    assert_int_equal(gm_meter_config_check(&config, &err), cpu ? GM_OK : GM_BAD_INPUT);
    if (cpu) assert_non_null(strstr(setting->choices, source->name));
    if (cpu) assert_non_null(strstr(setting->help, source->name));
    if (!cpu) assert_non_null(strstr(err.message, source->name));
    n_choices += cpu;
  }
  for (const char *p = setting->choices; (p = strchr(p, '|')) != NULL; p++) n_choices--;
  assert_int_equal(n_choices, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_source_is_whole),
      cmocka_unit_test(one_can_be_chosen_exactly_where_it_meters_the_cpu),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
