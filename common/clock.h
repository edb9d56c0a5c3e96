/* SPDX-License-Identifier: MIT
 * Seconds of CLOCK_MONOTONIC: for durations, never for dates. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

double gm_monotonic_s(void);

#endif
