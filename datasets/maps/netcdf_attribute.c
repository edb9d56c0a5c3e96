/* SPDX-License-Identifier: MIT
 * Attributes of a netCDF variable as text or numbers, whatever type the file gives them. What they mean is
 * decided elsewhere (packing.c, cf_time.c). */
#include "datasets/maps/netcdf_attribute.h"

#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_TEXT = 4096, LONGEST_LIST = 4096 }; /* a history runs on, what is asked for here does not */

gm_status gm_netcdf_fail(gm_netcdf_file file, const char *name, int code, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT, "%s: %s: %s; the file may be truncated or damaged", file.path, name,
                 nc_strerror(code));
}

char *gm_netcdf_text(gm_netcdf_file file, int variable, const char *attribute) {
  nc_type type;
  size_t length;
  if (nc_inq_att(file.id, variable, attribute, &type, &length) != NC_NOERR || length > LONGEST_TEXT)
    return NULL;
  if (type == NC_STRING && length == 1) {
    char *string = NULL, *copy = NULL;
    if (nc_get_att_string(file.id, variable, attribute, &string) != NC_NOERR) return NULL;
    if (string != NULL) copy = strdup(string);
    nc_free_string(1, &string);
    return copy;
  }
  char *text = type == NC_CHAR ? calloc(length + 1, 1) : NULL;
  if (text == NULL || nc_get_att_text(file.id, variable, attribute, text) == NC_NOERR) return text;
  free(text);
  return NULL;
}

bool gm_netcdf_text_is(gm_netcdf_file file, int variable, const char *attribute, const char *value) {
  char *text = gm_netcdf_text(file, variable, attribute);
  const bool same = text != NULL && strcmp(text, value) == 0;
  free(text);
  return same;
}

size_t gm_netcdf_numbers(gm_netcdf_file file, int variable, const char *attribute, double *values,
                         size_t most, int *type) {
  nc_type found;
  size_t length;
  if (nc_inq_att(file.id, variable, attribute, &found, &length) != NC_NOERR) return 0;
  if (found == NC_CHAR || found > NC_UINT64 || length == 0 || length > LONGEST_LIST) return 0;
  double *all = calloc(length, sizeof *all);
  const bool read = all != NULL && nc_get_att_double(file.id, variable, attribute, all) == NC_NOERR;
  const size_t n = !read ? 0 : length < most ? length : most;
  if (n > 0) memcpy(values, all, n * sizeof *values);
  if (type != NULL) *type = found;
  free(all);
  return n;
}
