/* SPDX-License-Identifier: MIT
 * track config: the settings a run here and now would have, with --explain where each comes from. */
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

int gm_track_config(int argc, char **argv) {
  bool explain = false;
  const gm_option own[] = {{.name = "explain",
                            .help = "say where each value comes from",
                            .kind = GM_OPTION_FLAG,
                            .target = &explain}};
  const gm_track_usage usage = {
      .name = "track config",
      .usage = "[--explain] [options]",
      .description =
          "Prints every setting as a run from this directory would have it. Later layers win:\n"
          "built-in, ~/.codecarbon.config, ./.codecarbon.config, CODECARBON_*, GREENMILE_*, flags.",
      .own = own,
      .n_own = 1};
  gm_track track;
  gm_error err = {0};
  bool done;
  const gm_status status = gm_track_open(&track, &usage, argc, argv, &done, NULL, &err);
  if (status == GM_OK && !done) {
    gm_track_print_notices(&track);
    for (int i = 0; i < GM_N_SETTINGS; i++) {
      const char *value = gm_settings_text(&track.settings, (gm_setting_id)i);
      const char *origin = track.settings.origin[i];
      printf("%-18s %s", gm_setting_table()[i].key, value != NULL ? value : "(not set)");
      if (explain && origin != NULL) printf("  [%s]", origin);
      printf("\n");
    }
  }
  gm_track_close(&track);
  return gm_track_exit(status, &err);
}
