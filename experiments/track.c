/* SPDX-License-Identifier: MIT
 * track: energy and carbon of any command. See track/run.c and its siblings. */
#include "experiments/track/commands.h"

#include <stddef.h>

int main(int argc, char **argv) {
  int (*command)(int, char **) = argc > 1 ? gm_track_command(argv[1]) : NULL;
  return command != NULL ? command(argc - 1, argv + 1) : gm_track_run(argc, argv);
}
