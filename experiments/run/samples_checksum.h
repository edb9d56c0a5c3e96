/* SPDX-License-Identifier: MIT
 * What a model or a training was given, as 32 digits: the checksum (models/files/checksum.h) of all
 * samples of a split. The same data and options give the same digits on every machine. */
#ifndef EXPERIMENTS_SAMPLES_CHECKSUM_H
#define EXPERIMENTS_SAMPLES_CHECKSUM_H

#include "common/status.h"
#include "datasets/samples.h"
#include "models/files/checksum.h"

/* Of the inputs, targets and dates of `split`, with their number and shape. */
gm_status gm_samples_checksum(const gm_samples *samples, gm_split_name split, char digits[GM_CHECKSUM_TEXT],
                              gm_error *err);

#endif
