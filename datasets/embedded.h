/* SPDX-License-Identifier: MIT
 * The datasets that are part of the programs, a const row of facts and functions for each, in a file of its
 * own. To add one: NAME.csv and NAME.c with a gm_embedded_dataset gm_NAME_dataset, and NAME in GM_DATASETS;
 * --dataset, what a run says of its data, base period and splits follow from the row. */
#ifndef DATASETS_EMBEDDED_H
#define DATASETS_EMBEDDED_H

#include "common/status.h"
#include "datasets/samples.h"
#include "datasets/series.h"

#define GM_DATASETS(ROW) ROW(nino12)

typedef struct {
  const char *name;
  const char *summary;                                 /* for --help: "NOAA ERSST.v3b Niño 1+2, monthly" */
  const char *description;                             /* of the anomalies, for run.json */
  const char *source;                                  /* who made it, and under which licence */
  const char *base_period;                             /* "FROM:TO" of the calendar means, or "none" */
  gm_status (*read)(gm_series *series, gm_error *err); /* as published */
  gm_samples_config (*samples)(void);                  /* with the splits of its own */
} gm_embedded_dataset;

/* The i-th, NULL behind the last; the first is the default. */
const gm_embedded_dataset *gm_embedded_dataset_at(size_t i);

/* "nino12 (NOAA ERSST.v3b Niño 1+2, monthly), …" */
const char *gm_embedded_dataset_list(char *text, size_t size);

/* GM_BAD_INPUT with the names there are where none is called so. */
gm_status gm_embedded_dataset_find(const char *name, const gm_embedded_dataset **dataset, gm_error *err);

#endif
