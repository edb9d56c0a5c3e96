/* SPDX-License-Identifier: MIT
 * Attributes of a netCDF variable as text or numbers, whatever type the file gives them. What they mean is
 * decided elsewhere (packing.c, cf_time.c). */
#include "datasets/maps/netcdf_attribute.h"

#include "common/csv.h"

#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_TEXT = 4096 }; /* a history runs on, what is asked for here does not */

gm_status gm_netcdf_fail(gm_netcdf_file file, const char *name, int code, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT, "%s: %s: %s; the file may be truncated or damaged", file.path, name,
                 nc_strerror(code));
}

/* In place, without the blanks at either end that Fortran programs leave; NULL stays NULL. */
static char *trim(char *text) {
  static const char blanks[] = " \t\r\n";
  if (text == NULL) return NULL;
  const size_t lead = strspn(text, blanks);
  size_t length = strlen(text);
  while (length > lead && strchr(blanks, text[length - 1]) != NULL) length--;
  memmove(text, text + lead, length - lead);
  text[length - lead] = '\0';
  return text;
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
    return trim(copy);
  }
  char *text = type == NC_CHAR ? calloc(length + 1, 1) : NULL;
  if (text == NULL || nc_get_att_text(file.id, variable, attribute, text) == NC_NOERR) return trim(text);
  free(text);
  return NULL;
}

bool gm_netcdf_text_is(gm_netcdf_file file, int variable, const char *attribute, const char *value) {
  char *text = gm_netcdf_text(file, variable, attribute);
  const bool same = text != NULL && strcmp(text, value) == 0;
  free(text);
  return same;
}

/* The one number that a text is. */
static bool is_numeric_text(gm_netcdf_variable v, const char *attribute, double *value) {
  char *text = gm_netcdf_text(v.file, v.id, attribute);
  const bool number = text != NULL && gm_parse_double(text, value);
  free(text);
  return number;
}

gm_status gm_netcdf_numbers(gm_netcdf_variable v, const char *attribute, size_t least, size_t most,
                            double *values, size_t *n, int *type, gm_error *err) {
  nc_type found;
  size_t length;
  double number;
  *n = 0;
  if (nc_inq_att(v.file.id, v.id, attribute, &found, &length) != NC_NOERR) return GM_OK;
  const bool text = found == NC_CHAR || found == NC_STRING;
  if (text && least <= 1 && is_numeric_text(v, attribute, &number)) {
    values[0] = number;
    *n = 1;
    if (type != NULL) *type = NC_DOUBLE;
    return GM_OK;
  }
  if (text || found > NC_UINT64 || length < least || length > most)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its attribute %s is %s, expected %zu number%s%s", v.file.path,
                   v.name, attribute,
                   text                ? "text"
                   : found > NC_UINT64 ? "no number"
                                       : "a list of another length",
                   least, most > least ? " or more" : "", most == 1 ? "" : "s");
  if (nc_get_att_double(v.file.id, v.id, attribute, values) != NC_NOERR)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s: its attribute %s cannot be read as numbers", v.file.path,
                   v.name, attribute);
  *n = length;
  if (type != NULL) *type = found;
  return GM_OK;
}
