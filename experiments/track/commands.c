/* SPDX-License-Identifier: MIT
 * Finding the command of track that is meant: the nearest name to what was typed. */
#include "experiments/track/commands.h"

#include "common/suggestion.h"

#include <stddef.h>
#include <string.h>

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *suggestion;
} commands[] = {{"idle", gm_track_idle, "; did you mean track idle?"},
                {"detect", gm_track_detect, "; did you mean track detect?"},
                {"config", gm_track_config, "; did you mean track config?"},
                {"replay", gm_track_replay, "; did you mean track replay?"},
                {"compare", gm_track_compare, "; did you mean track compare?"},
                {"plot", gm_track_plot, "; did you mean track plot?"},
                {"recover", gm_track_recover, "; did you mean track recover?"}};
enum { n_commands = sizeof commands / sizeof *commands };

int (*gm_track_command(const char *name))(int argc, char **argv) {
  for (size_t i = 0; i < n_commands; i++)
    if (strcmp(name, commands[i].name) == 0) return commands[i].run;
  return NULL;
}

const char *gm_track_suggestion(const char *word) {
  gm_nearest nearest = GM_NEAREST_NONE;
  for (size_t i = 0; i < n_commands; i++)
    gm_nearest_offer(&nearest, word, commands[i].name, strlen(commands[i].name));
  for (size_t i = 0; i < n_commands; i++)
    if (nearest.word == commands[i].name) return commands[i].suggestion;
  return "";
}
