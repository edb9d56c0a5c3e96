/* SPDX-License-Identifier: MIT
 * What the readings of a log must be among themselves, before anything is made of them. */
#ifndef ENERGY_REPLAY_ORDER_H
#define ENERGY_REPLAY_ORDER_H

#include "common/status.h"
#include "energy/meter.h"

/* `now`, which file:line begins, follows `before`, and `first` begins the log: times, counts and energies
 * never fall, the CPUs were not busy for longer than they were there, and a zone that adds watts up has grown
 * by no more than its most. Energies of counters are left to gm_counter_step. GM_BAD_INPUT names the line. */
gm_status gm_replay_check_order(const gm_reading *first, const gm_reading *before, const gm_reading *now,
                                const gm_zone *zones, const char *file, size_t line, gm_error *err);

/* The lines of one reading say the same of it. */
bool gm_replay_same_reading(const gm_reading *a, const gm_reading *b);

#endif
