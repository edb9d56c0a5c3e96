/* SPDX-License-Identifier: MIT
 * The installed library in one include, for C and C++:
 *   cc program.c $(pkg-config --cflags --libs greenmile-tuning)
 * Start with tuning/study.h, or with tuning/tuner.h for a search without structs;
 * greenmile-tuning(3) has an overview. */
#ifndef GREENMILE_TUNING_H
#define GREENMILE_TUNING_H

/* Before extern "C": in C++ these are more than C. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "common/status.h"
#include "tuning/budget.h"
#include "tuning/domination.h"
#include "tuning/hypervolume.h"
#include "tuning/importance.h"
#include "tuning/journal/journal.h"
#include "tuning/process_energy.h"
#include "tuning/pruners/pruner.h"
#include "tuning/pruners/pruner_replay.h"
#include "tuning/samplers/sampler.h"
#include "tuning/search_space.h"
#include "tuning/study.h"
#include "tuning/trial.h"
#include "tuning/tuner.h"

#ifdef __cplusplus
}
#endif

#endif
