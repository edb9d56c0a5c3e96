/* SPDX-License-Identifier: MIT
 * The months of a gridded variable: which steps of its time axis make which month. */
#ifndef DATASETS_NETCDF_MONTHS_H
#define DATASETS_NETCDF_MONTHS_H

#include "datasets/maps/netcdf_attribute.h"

#include <stdint.h>

/* Which steps of a time axis make which month. */
typedef struct {
  int64_t first_month; /* ordinal of series.h */
  size_t n_months;     /* consecutive */
  size_t *first_step; /* (n_months + 1): month m is made of the steps first_step[m] … first_step[m + 1] − 1;
                         owned */
  const char *stamps; /* how the months were told: "by time stamps at mid-month"; static text */
  bool at_midnight;   /* told by stamps that are all at midnight of the first */
  double most_days;   /* width of the widest bounds of a step; 0: there are none */
  size_t n_dropped;   /* steps of an incomplete month at the beginning and at the end, which are left out */
} gm_month_steps;

/* Steps must be consecutive months or, with `monthly_mean`, days or parts of them: then a month needs 25
 * different days, save the first and the last, which are left out where they have fewer. The middle of a
 * step's bounds decides its month where the axis has bounds; GM_BAD_INPUT where stamps lie outside them,
 * where they are in other units, and where the axis names bounds that are not in the file while every stamp
 * is at midnight of the first, which ends a month as well as it begins one. */
gm_status gm_netcdf_axis_months(gm_netcdf_file file, int dimension, const char *name, bool monthly_mean,
                                gm_month_steps *steps, size_t *n_steps, gm_error *err);

#endif
