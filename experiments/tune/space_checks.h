/* SPDX-License-Identifier: MIT
 * What a file of --space must not hold, since the search would go on and mean something else: members that
 * nobody reads, kinds that cannot be, parameters without any effect. */
#ifndef EXPERIMENTS_TUNE_SPACE_CHECKS_H
#define EXPERIMENTS_TUNE_SPACE_CHECKS_H

#include "experiments/tune/program.h"

/* One parameter, read from `range`; `whole`: its values are whole numbers. GM_BAD_INPUT says what is wrong.
 */
gm_status gm_space_check_parameter(const gm_tune *t, const gm_parameter *parameter, struct json_object *range,
                                   bool whole, gm_error *err);

/* All of them: each must change something. */
gm_status gm_space_check_effects(const gm_tune *t, gm_error *err);

/* Warns of options of the command line in whose place values are searched. */
void gm_space_warn_of_options(gm_tune *t);

#endif
