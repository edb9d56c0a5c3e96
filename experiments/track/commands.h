/* SPDX-License-Identifier: MIT
 * The commands of `track`. Each takes its own argv (argv[0] is its name) and returns the exit code. */
#ifndef EXPERIMENTS_TRACK_COMMANDS_H
#define EXPERIMENTS_TRACK_COMMANDS_H

int gm_track_run(int argc, char **argv);     /* track [options] [-- COMMAND [ARG …]] */
int gm_track_idle(int argc, char **argv);    /* track idle [--seconds N] */
int gm_track_detect(int argc, char **argv);  /* track detect */
int gm_track_config(int argc, char **argv);  /* track config [--explain] */
int gm_track_replay(int argc, char **argv);  /* track replay READINGS.csv */
int gm_track_compare(int argc, char **argv); /* track compare A.json B.json */
int gm_track_plot(int argc, char **argv);    /* track plot TIMELINE.csv [--output FILE.png] */
int gm_track_recover(int argc, char **argv); /* track recover RECORD.json */

/* The command called `name`, NULL: none is. */
int (*gm_track_command(const char *name))(int argc, char **argv);

/* "; did you mean track detect?" where `word` is nearly a command, else "". */
const char *gm_track_suggestion(const char *word);

#endif
