/* SPDX-License-Identifier: MIT
 * Files that the command line names, against those a run writes or removes: no run destroys what it reads. */
#ifndef EXPERIMENTS_FILE_OPTIONS_H
#define EXPERIMENTS_FILE_OPTIONS_H

#include "experiments/run/experiment.h"

/* GM_BAD_INPUT where a file option (one whose argument is a FILE) names the file `name` in --out, by whatever
 * path or link; whether that file exists or not. */
gm_status gm_file_options_keep_off(const gm_experiment *experiment, const char *name, gm_error *err);

/* GM_BAD_INPUT where --save or --step-log would be written over a file that another option names. */
gm_status gm_file_options_check(const gm_experiment *experiment, gm_error *err);

#endif
