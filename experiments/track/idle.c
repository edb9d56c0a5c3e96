/* SPDX-License-Identifier: MIT
 * track idle: measures what the machine draws when nothing runs, for later runs to subtract. */
#include "common/clock.h"
#include "common/interrupt.h"
#include "common/terminal.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static bool sleep_s(void *context, double seconds) {
  (void)context;
  struct timespec left = gm_s_to_timespec(seconds);
  while (!gm_interrupt_requested() && nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  return !gm_interrupt_requested();
}

static gm_status measure(gm_track *track, const char *operand, void *context, gm_error *err) {
  const int seconds = (int)*(const int64_t *)context;
  (void)operand;
  gm_meter *meter = NULL;
  gm_idle_baseline baseline;
  const gm_meter_config config = gm_track_meter_config(track);
  char *directory = gm_idle_baseline_directory(gm_settings_text(&track->settings, GM_SET_CACHE_DIR));
  gm_status status = GM_OK;
  if (directory == NULL)
    status = gm_fail(err, GM_BAD_INPUT, "expected a directory for the baseline: --cache-dir DIR");
  if (status == GM_OK) status = gm_meter_open(&meter, &config, err);
  if (status == GM_OK) {
    gm_interrupt_watch();
    gm_say(stderr, "track: watching the idle machine for %d s", seconds);
    status = gm_idle_baseline_measure(meter, seconds, sleep_s, NULL, &baseline, err);
  }
  if (status == GM_OK) status = gm_idle_baseline_save(directory, &baseline, err);
  for (int c = 0; status == GM_OK && c < GM_N_COMPONENTS; c++)
    if (!isnan(baseline.power.power_w[c]))
      printf("%-5s %8.3f W, standard deviation of one second %.3f W\n", gm_component_name((gm_component)c),
             baseline.power.power_w[c], baseline.power.sd_w[c]);
  if (status == GM_OK)
    printf(
        "busy  %8.2f %% of the CPU time; load %.2f\nkept  in %s for 24 hours, until the next boot at most\n",
        100 * baseline.utilisation, baseline.load, directory);
  gm_meter_close(meter);
  free(directory);
  return status;
}

int gm_track_idle(int argc, char **argv) {
  int64_t seconds = 30;
  const gm_option own[] = {
      {"seconds", "N", "how long to watch", GM_OPTION_INTEGER, &seconds, 2, 86400, false}};
  const gm_track_usage usage = {
      .name = "track idle",
      .usage = "[options]",
      .description = "Measures the idle power of every component and keeps it for later runs on this boot\n"
                     "with the same sources. A machine busier than 5 % gives no baseline.",
      .own = own,
      .n_own = 1};
  return gm_track_main(&usage, argc, argv, measure, &seconds);
}
