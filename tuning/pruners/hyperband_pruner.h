/* SPDX-License-Identifier: MIT
 * Hyperband: several successive halvings, the brackets, which differ in how early they stop
 * trials. A trial's bracket follows from the study's name and the trial's number; trials
 * compete, and samplers learn, within one bracket only.
 *
 * Sources: Li et al., Hyperband, JMLR 18 (2018); semantics and the assignment of brackets
 * are those of optuna.pruners.HyperbandPruner 5. Deviation: with max_resource "auto" it is
 * found anew at every look (see successive_halving_pruner.h). */
#ifndef TUNING_HYPERBAND_PRUNER_H
#define TUNING_HYPERBAND_PRUNER_H

#include "tuning/pruners/pruner.h"

/* ---- pieces, for callers that explain or check a decision ---------------- */

/* CRC-32 (IEEE 802.3), the hash of the assignment. */
uint32_t gm_crc32(const char *text);

/* Number of brackets for trials of at most max_resource steps. */
int64_t gm_hyperband_brackets(const gm_pruner_config *config, int64_t max_resource);

#endif
