/* SPDX-License-Identifier: MIT
 * What a file says its values are: a monthly mean, or something that looks like one and is none (a
 * climatology, a standard deviation, an error estimate). CF conventions 1.10, sections 3.3, 7.3 and 7.4. */
#ifndef DATASETS_NETCDF_MEANING_H
#define DATASETS_NETCDF_MEANING_H

#include "datasets/maps/netcdf_attribute.h"

enum { GM_MEANING_NOTE = 320 };

/* GM_BAD_INPUT for a climatology, and for a measure of spread, error or number unless the user has `chosen`
 * the variable by its name; `time` is its time dimension. Other statistics than a mean are read: note[] gets
 * a sentence that says so, else "". */
gm_status gm_netcdf_meaning(gm_netcdf_file file, int variable, const char *name, int time, bool chosen,
                            char note[GM_MEANING_NOTE], gm_error *err);

#endif
