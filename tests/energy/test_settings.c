/* SPDX-License-Identifier: MIT
 * Settings in layers: who wins, what is refused and with which words, what is a notice only. */
#include "energy/record/settings.h"
#include "tests/scratch.h"

#include <strings.h>

typedef struct {
  scratch *directory;
  gm_settings settings;
  gm_error err;
} fixture;

static int set_up(void **state) {
  fixture *x = calloc(1, sizeof *x);
  void *directory;
  if (x == NULL || scratch_setup(&directory) != 0) return -1;
  x->directory = directory;
  *state = x;
  return gm_settings_open(&x->settings, &x->err) == GM_OK ? 0 : -1;
}

static int tear_down(void **state) {
  fixture *x = *state;
  void *directory = x->directory;
  gm_settings_close(&x->settings);
  free(x);
  return scratch_teardown(&directory);
}

/* Writes a configuration file and reads it as a layer; the path is good until four later calls. */
static gm_status read_file(fixture *x, const char *name, const char *text, const char **path) {
  *path = scratch_path(x->directory, name);
  FILE *file = fopen(*path, "w");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
  return gm_settings_read_file(&x->settings, *path, &x->err);
}

static gm_status read_variables(fixture *x, char *first, char *second) {
  char *const environment[] = {"PATH=/bin", first, second, NULL};
  return gm_settings_read_environment(&x->settings, environment, &x->err);
}

static void assert_is(const fixture *x, gm_setting_id id, const char *value, const char *origin) {
  assert_string_equal(gm_settings_text(&x->settings, id), value);
  assert_string_equal(x->settings.origin[id], origin);
}

static void assert_one_notice(const fixture *x, const char *sentence) {
  assert_int_equal(x->settings.n_notices, 1);
  assert_string_equal(x->settings.notices[0], sentence);
}

/* ---- layers --------------------------------------------------------------------- */

static void every_layer_wins_over_those_below(void **state) {
  fixture *x = *state;
  const char *home, *here;
  char origin[160];
  assert_is(x, GM_SET_PUE, "1", "built-in");
  assert_int_equal(read_file(x, "home", "[codecarbon]\npue = 1.1\nwue = 2\n", &home), GM_OK);
  snprintf(origin, sizeof origin, "%s:2", home);
  assert_is(x, GM_SET_PUE, "1.1", origin);
  assert_int_equal(read_file(x, "here", "[codecarbon]\n\npue = 1.2\n", &here), GM_OK);
  snprintf(origin, sizeof origin, "%s:3", here);
  assert_is(x, GM_SET_PUE, "1.2", origin);
  assert_int_equal(read_variables(x, "CODECARBON_PUE=1.3", NULL), GM_OK);
  assert_is(x, GM_SET_PUE, "1.3", "CODECARBON_PUE");
  assert_int_equal(read_variables(x, "GREENMILE_PUE=1.4", "CODECARBON_PUE=1.35"),
                   GM_OK); /* whatever their order */
  assert_is(x, GM_SET_PUE, "1.4", "GREENMILE_PUE");
  assert_int_equal(gm_settings_set(&x->settings, GM_SET_PUE, "1.5", "--pue", &x->err), GM_OK);
  assert_is(x, GM_SET_PUE, "1.5", "--pue");
  snprintf(origin, sizeof origin, "%s:3", home);
  assert_is(x, GM_SET_WUE, "2", origin); /* a layer that is silent changes nothing */
  assert_int_equal(x->settings.n_notices, 0);
}

static void names_of_codecarbon_mean_the_same_here(void **state) {
  fixture *x = *state;
  const char *path;
  assert_int_equal(
      read_file(x, "config",
                "[codecarbon]\nmeasure_power_secs = 5\nOUTPUT_FILE: e.csv\ncountry_iso_code=FRA\n"
                "force_carbon_intensity_g_co2e_kwh = 50\nforce_mode_cpu_load = yes\ninterval = 7\n",
                &path),
      GM_OK);
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_OUTPUT), "e.csv");
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_COUNTRY), "FRA");
  assert_near(gm_settings_number(&x->settings, GM_SET_CARBON_INTENSITY), 50, 0);
  assert_true(gm_settings_flag(&x->settings, GM_SET_MODEL_ONLY));
  assert_near(gm_settings_number(&x->settings, GM_SET_INTERVAL), 7, 0);               /* the later line */
  assert_int_equal(read_variables(x, "codecarbon_Rapl_Prefer_Psys=on", NULL), GM_OK); /* any case, as there */
  assert_is(x, GM_SET_PSYS, "on", "codecarbon_Rapl_Prefer_Psys");
  assert_int_equal(read_variables(x, "greenmile_PUE=2", NULL), GM_OK); /* ours are as written */
  assert_is(x, GM_SET_PUE, "1", "built-in");
  assert_int_equal(x->settings.n_notices, 1); /* interval is measure_power_secs */
}

static void files_may_hold_comments_other_sections_or_not_be_there(void **state) {
  fixture *x = *state;
  const char *path;
  assert_int_equal(gm_settings_read_file(&x->settings, "/nonexistent/.codecarbon.config", &x->err), GM_OK);
  assert_int_equal(read_file(x, "config",
                             "pue = 9\n# pue = 8\n[other]\npue = 7\n[codecarbon]\n; pue = 6\n\n"
                             "project_name =  a name = with signs  \n[more]\npue = 5\n",
                             &path),
                   GM_OK);
  assert_is(x, GM_SET_PUE, "1", "built-in");
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_PROJECT), "a name = with signs");
  assert_int_equal(read_file(x, "no-newline", "[codecarbon]\npue=2", &path), GM_OK);
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_PUE), "2");
}

/* configparser, and so CodeCarbon, refuses the first two and takes the third for another section. */
static void what_a_file_does_not_set_is_told(void **state) {
  fixture *x = *state;
  const char *path;
  char sentence[256];
  assert_int_equal(read_file(x, "bare", "pue = 2\n", &path), GM_OK);
  snprintf(sentence, sizeof sentence,
           "%s:1: \"pue = 2\" stands in no section and is not read; expected it below "
           "[codecarbon]",
           path);
  assert_one_notice(x, sentence);
  assert_is(x, GM_SET_PUE, "1", "built-in");
}

static void of_two_values_the_later_is_taken_and_told(void **state) {
  fixture *x = *state;
  const char *path;
  char sentence[256];
  assert_int_equal(read_file(x, "twice", "[codecarbon]\npue = 2\npue = 3\n", &path), GM_OK);
  snprintf(sentence, sizeof sentence, "%s:3: pue prevails over that of %s:2", path, path);
  assert_one_notice(x, sentence);
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_PUE), "3");
}

static void a_section_of_another_case_is_told(void **state) {
  fixture *x = *state;
  const char *path;
  char sentence[256];
  assert_int_equal(read_file(x, "case", "[CodeCarbon]\npue = 2\n", &path), GM_OK);
  snprintf(sentence, sizeof sentence, "%s:1: the section [CodeCarbon] is not read; expected [codecarbon]",
           path);
  assert_one_notice(x, sentence);
}

static void a_file_of_windows_is_read(void **state) {
  fixture *x = *state;
  const char *path;
  assert_int_equal(read_file(x, "windows", "\xef\xbb\xbf[codecarbon]\r\npue = 2\r\n", &path), GM_OK);
  assert_int_equal(x->settings.n_notices, 0);
  assert_string_equal(gm_settings_text(&x->settings, GM_SET_PUE), "2");
}

/* ---- what is refused ---------------------------------------------------------------- */

static void numbers_must_be_whole_and_in_their_range(void **state) {
  fixture *x = *state;
  static const char *const bad[] = {"",     "5s",    "1,2", "0x2", "nan",   "inf",
                                    "0.99", "10.01", "1e9", "one", "1.5 W", "--"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(gm_settings_set(&x->settings, GM_SET_PUE, bad[i], "--pue", &x->err), GM_BAD_INPUT);
    char sentence[160];
    snprintf(sentence, sizeof sentence, "--pue: expected a number of at least 1 and at most 10, got \"%s\"",
             bad[i]);
    assert_string_equal(x->err.message, sentence);
    assert_is(x, GM_SET_PUE, "1", "built-in"); /* a refused value changes nothing */
  }
  assert_int_equal(gm_settings_set(&x->settings, GM_SET_CPU_POWER, "0", "--cpu-power", &x->err),
                   GM_BAD_INPUT);
  assert_non_null(strstr(x->err.message, "a number above 0"));
  assert_int_equal(gm_settings_set(&x->settings, GM_SET_CPU_IDLE_POWER, "0", "--cpu-idle-power", &x->err),
                   GM_OK);
  assert_int_equal(gm_settings_set(&x->settings, GM_SET_PUE, "1e1", "--pue", &x->err), GM_OK);
  assert_near(gm_settings_number(&x->settings, GM_SET_PUE), 10, 0);
}

static void booleans_are_the_eight_words_in_any_case(void **state) {
  fixture *x = *state;
  static const char *const words[2][5] = {{"0", "false", "no", "off", "OFF"},
                                          {"1", "true", "yes", "on", "True"}};
  static const char *const bad[] = {"", "2", "y", "enable", "truee", "-1"};
  for (int value = 0; value <= 1; value++)
    for (int i = 0; i < 5; i++) {
      assert_int_equal(gm_settings_set(&x->settings, GM_SET_STRICT, words[value][i], "test", &x->err), GM_OK);
      assert_int_equal(gm_settings_flag(&x->settings, GM_SET_STRICT), value);
    }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(gm_settings_set(&x->settings, GM_SET_STRICT, bad[i], "test", &x->err), GM_BAD_INPUT);
  assert_true(gm_settings_flag(&x->settings, GM_SET_STRICT));
}

static void choices_are_whole_words(void **state) {
  fixture *x = *state;
  static const char *const bad[] = {"", "mach", "machine|process", "Machine", "machine "};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(gm_settings_set(&x->settings, GM_SET_TRACKING_MODE, bad[i], "--tracking-mode", &x->err),
                     GM_BAD_INPUT);
  assert_string_equal(
      x->err.message,
      "--tracking-mode: expected one of machine|process, got \"machine \"; did you mean machine?");
  assert_int_equal(gm_settings_set(&x->settings, GM_SET_TRACKING_MODE, "process", "--tracking-mode", &x->err),
                   GM_OK);
}

static void a_bad_value_in_a_file_is_named_with_its_line(void **state) {
  fixture *x = *state;
  const char *path;
  char sentence[256];
  assert_int_equal(read_file(x, "config", "# one\n[codecarbon]\nwue = 1\nmeasure_power_secs = 5s\n", &path),
                   GM_BAD_INPUT);
  snprintf(sentence, sizeof sentence,
           "%s:4: interval: expected a number of at least 0.01 and at most 86400, got \"5s\"", path);
  assert_string_equal(x->err.message, sentence);
  assert_int_equal(read_file(x, "words", "[codecarbon]\njust words\n", &path), GM_BAD_INPUT);
  snprintf(sentence, sizeof sentence, "%s:2: expected \"name = value\", got \"just words\"", path);
  assert_string_equal(x->err.message, sentence);
  assert_int_equal(read_variables(x, "CODECARBON_WUE=much", NULL), GM_BAD_INPUT);
  assert_string_equal(x->err.message,
                      "CODECARBON_WUE: expected a number of at least 0 and at most 100, got \"much\"");
  assert_int_equal(gm_settings_read_file(&x->settings, x->directory->directory, &x->err), GM_BAD_INPUT);
  assert_non_null(strstr(x->err.message, "cannot read it"));
}

/* ---- what is said -------------------------------------------------------------------- */

static void an_unknown_name_is_told_the_nearest(void **state) {
  static const struct {
    char *variable, *sentence;
  } cases[] = {{"CODECARBON_COUNTRY_ISO_COD=FRA",
                "CODECARBON_COUNTRY_ISO_COD: COUNTRY_ISO_COD is no setting; the nearest is country_iso_code"},
               {"GREENMILE_COUNTY=FRA", "GREENMILE_COUNTY: COUNTY is no setting; the nearest is country"},
               {"GREENMILE_CARBONINTENSITY=5",
                "GREENMILE_CARBONINTENSITY: CARBONINTENSITY is no setting; the nearest is carbon_intensity"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture *x = *state;
    gm_settings_close(&x->settings);
    assert_int_equal(gm_settings_open(&x->settings, &x->err), GM_OK);
    assert_int_equal(read_variables(x, cases[i].variable, NULL), GM_OK);
    assert_one_notice(x, cases[i].sentence);
  }
}

static void network_settings_are_ignored_with_one_notice(void **state) {
  fixture *x = *state;
  const char *path;
  assert_int_equal(read_file(x, "config",
                             "[codecarbon]\napi_key = secret\nsave_to_api = true\nlog_level = debug\n",
                             &path),
                   GM_OK);
  assert_int_equal(read_variables(x, "CODECARBON_API_ENDPOINT=x", NULL), GM_OK);
  assert_int_equal(x->settings.n_notices, 1);
  assert_non_null(strstr(x->settings.notices[0], "api_key"));
  assert_non_null(strstr(x->settings.notices[0], "nothing here uses a network"));
  assert_null(strstr(x->settings.notices[0], "secret"));
}

static void the_suites_other_variables_are_no_settings_and_no_mistakes(void **state) {
  fixture *x = *state;
  assert_int_equal(read_variables(x, "GREENMILE_SYSFS_ROOT=/sys", "GREENMILE_ISA=baseline"), GM_OK);
  assert_int_equal(read_variables(x, "GREENMILE_NVML=/x", "GREENMILE_PROC_ROOT=/proc"), GM_OK);
  assert_int_equal(x->settings.n_notices, 0);
}

/* ---- the table ------------------------------------------------------------------------- */

static void every_setting_is_described_once_and_its_default_is_legal(void **state) {
  (void)state;
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const gm_setting *s = &gm_setting_table()[i];
    assert_non_null(s->key);
    assert_non_null(s->help);
    assert_int_equal(s->kind == GM_SETTING_CHOICE, s->choices != NULL);
    assert_int_equal(s->kind == GM_SETTING_BOOL, s->argument == NULL);
    assert_true(s->kind != GM_SETTING_NUMBER || s->min < s->max);
    for (int j = 0; j < i; j++) {
      const gm_setting *other = &gm_setting_table()[j];
      assert_true(strcasecmp(s->key, other->key) != 0);
      assert_true(s->codecarbon == NULL || other->codecarbon == NULL ||
                  strcmp(s->codecarbon, other->codecarbon) != 0);
    }
  }
}

#define WITH_SETTINGS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_SETTINGS(every_layer_wins_over_those_below),
      WITH_SETTINGS(names_of_codecarbon_mean_the_same_here),
      WITH_SETTINGS(files_may_hold_comments_other_sections_or_not_be_there),
      WITH_SETTINGS(what_a_file_does_not_set_is_told),
      WITH_SETTINGS(of_two_values_the_later_is_taken_and_told),
      WITH_SETTINGS(a_section_of_another_case_is_told),
      WITH_SETTINGS(a_file_of_windows_is_read),
      WITH_SETTINGS(numbers_must_be_whole_and_in_their_range),
      WITH_SETTINGS(booleans_are_the_eight_words_in_any_case),
      WITH_SETTINGS(choices_are_whole_words),
      WITH_SETTINGS(a_bad_value_in_a_file_is_named_with_its_line),
      WITH_SETTINGS(an_unknown_name_is_told_the_nearest),
      WITH_SETTINGS(network_settings_are_ignored_with_one_notice),
      WITH_SETTINGS(the_suites_other_variables_are_no_settings_and_no_mistakes),
      WITH_SETTINGS(every_setting_is_described_once_and_its_default_is_legal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
