/* SPDX-License-Identifier: MIT
 * track config: the settings a run here and now would have, with --explain where each comes from. */
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

static gm_status print_settings(gm_track *track, const char *operand, void *context, gm_error *err) {
  const bool *explain = context;
  (void)operand, (void)err;
  for (int i = 0; i < GM_N_SETTINGS; i++) {
    const char *value = gm_settings_text(&track->settings, (gm_setting_id)i);
    const char *origin = track->settings.origin[i];
    printf("%-18s %s", gm_setting_table()[i].key, value != NULL ? value : "(not set)");
    if (*explain && origin != NULL) printf("  [%s]", origin);
    printf("\n");
  }
  return GM_OK;
}

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
  return gm_track_main(&usage, argc, argv, print_settings, &explain);
}
