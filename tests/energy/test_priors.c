/* SPDX-License-Identifier: MIT
 * What the intervals assume about sensors: the figures, changes to them, and that they are
 * used. */
#include "energy/priors.h"
#include "tests/fake_machine.h"

static void the_figures_are_those_that_are_published(void **state) {
  (void)state;
  char text[64];
  const gm_priors p = gm_priors_default();
  assert_near(p.value[GM_PRIOR_INTEL_PACKAGE], 0.05, 0);
  assert_near(p.value[GM_PRIOR_AMD_PACKAGE], 0.10, 0);
  assert_near(p.value[GM_PRIOR_DRAM], 0.15, 0);
  assert_near(p.value[GM_PRIOR_PLATFORM], 0.10, 0);
  assert_near(p.value[GM_PRIOR_NVML_ENERGY], 0.05, 0);
  assert_near(p.value[GM_PRIOR_NVML_POWER], 0.10, 0);
  assert_near(p.value[GM_PRIOR_NVML_SPARSE], 0.15, 0);
  assert_near(p.value[GM_PRIOR_SHARE], 0.10, 0);
  gm_priors_describe(&p, text, sizeof text);
  assert_string_equal(text, "greenmile-priors-2");
}

static void changes_are_taken_and_said(void **state) {
  (void)state;
  char text[512];
  gm_priors p = gm_priors_default();
  assert_int_equal(gm_priors_parse(&p, "share=0.25,dram=0", NULL), GM_OK);
  assert_near(p.value[GM_PRIOR_DRAM], 0, 0);
  assert_near(p.value[GM_PRIOR_INTEL_PACKAGE], 0.05, 0);
  gm_priors_describe(&p, text, sizeof text);
  assert_string_equal(text, "greenmile-priors-2 with dram=0,share=0.25");
  assert_int_equal(gm_priors_parse(&p, "dram=0.15,share=0.1", NULL), GM_OK);
  gm_priors_describe(&p, text, sizeof text);
  assert_string_equal(text, "greenmile-priors-2"); /* back where it was */
}

static void what_is_no_prior_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *sentence;
  } cases[] = {{"", "expected NAME=VALUE, got \"\""},
               {"dram", "expected NAME=VALUE, got \"dram\""},
               {"dram=0.1,", "expected NAME=VALUE, got \"\""},
               {"DRAM=0.1", "\"DRAM\" is no prior; expected one of intel_package, amd_package"},
               {"dram=15%", "dram: expected a number from 0 to 1, got \"15%\""},
               {"dram=1.1", "dram: expected a number from 0 to 1, got \"1.1\""},
               {"share=nan", "share: expected a number from 0 to 1, got \"nan\""},
               {"sku=1.5", "\"sku\" is no prior"}}; /* models' bands are measured */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_priors p = gm_priors_default();
    gm_error err = {0};
    assert_int_equal(gm_priors_parse(&p, cases[i].text, &err), GM_BAD_INPUT);
    if (strncmp(err.message, cases[i].sentence, strlen(cases[i].sentence)) != 0)
      fail_msg("%s: %s", cases[i].text, err.message);
    gm_meter_config config = gm_meter_config_default();
    config.priors = cases[i].text;
    assert_int_equal(gm_meter_config_check(&config, &err), GM_BAD_INPUT);
    assert_memory_equal(err.message, "priors: ", strlen("priors: "));
  }
}

static void an_interval_rests_on_the_stated_figures(void **state) {
  fake_machine *f = *state;
  gm_meter *meter;
  gm_reading a, b;
  gm_energy e;
  gm_meter_config config = fake_config(f);
  config.priors = "intel_package=0.02,share=0.3";
  fake_zone(f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
  gm_meter_read(meter, &a);
  fake_energy(f, "intel-rapl:0", 250000000);
  fake_advance(f, 1000); /* two ticks of 1 ms do not matter */
  gm_meter_read(meter, &b);
  gm_meter_between(meter, &a, &b, NULL, &e);
  const double ram_j = 16 * 0.136 * 1000; /* of an idle machine */
  assert_near(e.low_j, 250 * 0.96 + ram_j / 2, 1e-3);
  assert_near(gm_meter_priors(meter)->value[GM_PRIOR_SHARE], 0.3, 0);
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_figures_are_those_that_are_published),
      cmocka_unit_test(changes_are_taken_and_said),
      cmocka_unit_test(what_is_no_prior_is_refused),
      cmocka_unit_test_setup_teardown(an_interval_rests_on_the_stated_figures, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
