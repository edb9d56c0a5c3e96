/* SPDX-License-Identifier: MIT
 * Attributes of netCDF variables, and libnetcdf's failures as sentences. Compiled only
 * where libnetcdf is there, as are all netcdf_*.c. */
#ifndef DATASETS_NETCDF_ATTRIBUTE_H
#define DATASETS_NETCDF_ATTRIBUTE_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

/* An open file and its name for messages. */
typedef struct {
  int id;
  const char *path; /* borrowed */
} gm_netcdf_file;

/* One of its variables. */
typedef struct {
  gm_netcdf_file file;
  int id;
  const char *name; /* for messages; borrowed */
} gm_netcdf_variable;

/* GM_BAD_INPUT "PATH: NAME: what libnetcdf says"; `code` is its return value. */
gm_status gm_netcdf_fail(gm_netcdf_file file, const char *name, int code, gm_error *err);

/* A text attribute without the blanks at its ends, in fresh memory the caller frees; NULL where there is
 * none.
 */
char *gm_netcdf_text(gm_netcdf_file file, int variable, const char *attribute);

/* Whether the text attribute is there and equals `value`. */
bool gm_netcdf_text_is(gm_netcdf_file file, int variable, const char *attribute, const char *value);

/* The numbers of an attribute, `least` to `most` of them; *n is 0 where there is none. A text that is a
 * number
 * ("0.01") counts as one. *type (may be NULL) gets its netCDF type. GM_BAD_INPUT for anything else, since
 * what is left out would change every value. */
gm_status gm_netcdf_numbers(gm_netcdf_variable variable, const char *attribute, size_t least, size_t most,
                            double *values, size_t *n, int *type, gm_error *err);

#endif
