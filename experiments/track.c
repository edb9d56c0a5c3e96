/* SPDX-License-Identifier: MIT
 * track: energy and carbon of any command. This file only finds the command of track that is
 * meant; see track/run.c and its siblings. */
#include "experiments/track/commands.h"

#include <stddef.h>
#include <string.h>

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
  } commands[] = {{"idle", gm_track_idle},
                  {"detect", gm_track_detect},
                  {"config", gm_track_config},
                  {"replay", gm_track_replay},
                  {"compare", gm_track_compare}};
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
    if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
  return gm_track_run(argc, argv);
}
