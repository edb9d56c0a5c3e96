/* SPDX-License-Identifier: MIT
 * --sst with --features: each channel is the mean of its box, worked out by hand from the fixture's formula,
 * and what means a map is refused beside it. */
#include "experiments/run/box_series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

int main(void) {
  return 0;
}

#else

#include "tests/assert_near.h"
#include "tests/netcdf_fixture.h"

static const double single = 1e-6; /* relative, of values kept in single precision */

/* Loads the fixture's map, 36 months from January 2000, with `features`. */
static gm_status load(gm_experiment *e, const char *features, const char *box, gm_error *err) {
  char path[] = "/tmp/gm_boxes_XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  fixture_write(path, &plain);
  gm_experiment_init(e, "test");
  gm_experiment_options *o = &e->options;
  o->map.sst = path;
  o->map.box = box;
  o->features = features;
  o->base_period = "none";
  o->time_steps = 2;
  o->train = "2001-01:2001-06";
  o->validation = "2001-08:2001-12";
  o->test = "2002-02:";
  const gm_status status = gm_experiment_load(e, err);
  unlink(path);
  return status;
}

/* Of latitudes that are symmetric about the equator the mean is that of the longitudes. */
static double mean_of(int t, double longitude) {
  return fixture_value(t, 0, 0) + longitude / 120;
}

static void channels_are_the_means_of_their_boxes(void **state) {
  (void)state;
  gm_experiment e;
  gm_error err = {0};
  if (load(&e, "nino34,\"-5:5,0:30\",nino34 - -5:5,0:30", NULL, &err) == GM_OK)
    fail_msg("a box without quotation marks is two names");
  gm_experiment_close(&e);
  if (load(&e, "\"-5:5,0:30\",nino34,nino3-nino4", NULL, &err) != GM_OK) fail_msg("%s", err.message);
  assert_false(gm_experiment_has_map(&e));
  assert_int_equal(e.series.n_channels, 3);
  assert_string_equal(e.series.channel_names[2], "nino3-nino4");
  assert_string_equal(e.series.target_unit, "°C");
  const size_t n = e.series.n_times;
  for (size_t t = 0; t < n; t++) {
    const int month = (int)t + (int)(e.series.first - 12 * FIXTURE_YEAR);
    const double nino34 = mean_of(month, (195 + 210 + 225 + 240) / 4.0);
    assert_near(e.series.target[t], nino34, single * nino34);
    assert_near(e.series.channels[t], mean_of(month, 15), single * nino34);
    assert_near(e.series.channels[n + t], nino34, single * nino34);
    /* 210 to 270 and 165 to 210 °E, every 15 */
    assert_near(e.series.channels[2 * n + t], (240 - 187.5) / 120, 2 * single * nino34);
  }
  assert_int_equal(e.samples.length, 12); /* windows of index series */
  assert_int_equal(e.samples.n_predictors, 3 * 2);
  gm_experiment_close(&e);
}

static void what_means_a_map_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *features, *box, *words;
  } cases[] = {{"nino34", "-5:5,0:30", "expected it without --box"},
               {"nino34,iod,nino34", NULL, "the box nino34 is listed twice"},
               {"nino34,nino99", NULL, "--features: expected nino34, nino3"},
               {"", NULL, "--features: expected boxes"},
               {"\"-5:5,0:30", NULL, "--features"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_experiment e;
    gm_error err = {0};
    assert_int_equal(load(&e, cases[i].features, cases[i].box, &err), GM_BAD_INPUT);
    if (strstr(err.message, cases[i].words) == NULL)
      fail_msg("\"%s\" is not in \"%s\"", cases[i].words, err.message);
    gm_experiment_close(&e);
  }
}

static gm_status visit(gm_experiment *e, const char *box, gm_error *err) {
  if (strcmp(box, "iod") == 0) return gm_fail(err, GM_BAD_INPUT, "enough");
  assert_string_equal(box,
                      e->options.time_steps++ == 0 ? "nino34" : "-5:5,0:30"); /* a counter that is at hand */
  return GM_OK;
}

static void every_box_is_visited_in_order_until_one_fails(void **state) {
  (void)state;
  gm_experiment e;
  gm_error err = {0};
  gm_experiment_init(&e, "test");
  e.options.time_steps = 0;
  e.options.features = "nino34,\"-5:5,0:30\",iod,nino3";
  assert_int_equal(gm_box_series_each(&e, visit, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "enough");
  assert_int_equal(e.options.time_steps, 2);
  gm_experiment_close(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(channels_are_the_means_of_their_boxes),
      cmocka_unit_test(what_means_a_map_is_refused),
      cmocka_unit_test(every_box_is_visited_in_order_until_one_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
