/* SPDX-License-Identifier: MIT
 * The embedded default dataset: NOAA ERSST.v3b Niño 1+2 monthly mean sea surface
 * temperature in °C, January 1950 – December 2010 (732 months). Provenance at the
 * head of nino12.csv. */
#ifndef DATASETS_NINO12_H
#define DATASETS_NINO12_H

#include "common/status.h"
#include "datasets/embedded.h"

/* 30 years that end before the training split starts, so nothing leaks. */
#define GM_NINO12_BASE_PERIOD "1950:1979"

/* The table as published (absolute °C, no anomalies): one channel, the target itself. */
gm_status gm_nino12_read(gm_series *series, gm_error *err);

/* Sampling with the study's splits: train 1980-01:1995-12, validation
 * 1997-01:2006-12, test 2007-01: (open). */
gm_samples_config gm_nino12_samples_config(void);

/* A table of this form (YEAR,JAN,…,DEC, one row per year) from memory; gm_nino12_read is this
 * on the embedded one. */
gm_status gm_nino12_parse(const char *text, size_t length, const char *name, gm_series *series,
                          gm_error *err);

#endif
