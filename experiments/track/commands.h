/* SPDX-License-Identifier: MIT
 * The commands of `track`. Each takes its own argv (argv[0] is its name) and returns the exit code. */
#ifndef EXPERIMENTS_TRACK_COMMANDS_H
#define EXPERIMENTS_TRACK_COMMANDS_H

int gm_track_run(int argc, char **argv);     /* track [options] -- COMMAND [ARG …] */
int gm_track_idle(int argc, char **argv);    /* track idle [--seconds N] */
int gm_track_detect(int argc, char **argv);  /* track detect */
int gm_track_config(int argc, char **argv);  /* track config [--explain] */
int gm_track_replay(int argc, char **argv);  /* track replay READINGS.csv */
int gm_track_compare(int argc, char **argv); /* track compare A.json B.json */

#endif
