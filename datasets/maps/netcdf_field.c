/* SPDX-License-Identifier: MIT
 * A gridded variable: opening and reading. Finding it is netcdf_find.c's. */
#include "datasets/maps/netcdf_field.h"

#include "datasets/file_kind.h"
#include "datasets/maps/netcdf_axis.h"
#include "datasets/maps/netcdf_classic.h"
#include "datasets/maps/netcdf_find.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- attributes ----------------------------------------------------------- */

static bool says_anomaly(gm_netcdf_file file, int variable, const char *name) {
  static const char *const attributes[] = {"standard_name", "long_name"};
  bool anomaly = strcasestr(name, "anom") != NULL || strcasecmp(name, "ssta") == 0;
  for (size_t i = 0; i < 2; i++) {
    char *text = gm_netcdf_text(file, variable, attributes[i]);
    anomaly = anomaly || (text != NULL && strcasestr(text, "anomal") != NULL);
    free(text);
  }
  return anomaly;
}

/* How many values an unsigned type has beside the sign of the stored one, 0 where the stored sign counts:
 * the `_Unsigned` attribute of the classic formats, which have no unsigned types (NetCDF Users Guide,
 * appendix A). */
static double read_wrap(gm_netcdf_variable v, nc_type type, bool *is_signed) {
  const double range = type == NC_BYTE || type == NC_UBYTE     ? 256
                       : type == NC_SHORT || type == NC_USHORT ? 65536
                       : type == NC_INT || type == NC_UINT     ? 4294967296
                                                               : 0;
  char *text = gm_netcdf_text(v.file, v.id, "_Unsigned");
  const bool is_unsigned = text != NULL && strcasecmp(text, "true") == 0;
  *is_signed = text != NULL && strcasecmp(text, "false") == 0;
  free(text);
  const bool stored_unsigned = type == NC_UBYTE || type == NC_USHORT || type == NC_UINT;
  return (is_unsigned && !stored_unsigned) || (*is_signed && stored_unsigned) ? range : 0;
}

/* scale_factor and add_offset; *type of the first that is there, NC_NAT without. */
static gm_status read_scale(gm_netcdf_variable v, gm_packing *p, int *type, gm_error *err) {
  size_t n_scale, n_offset;
  int offset_type = NC_NAT;
  *type = NC_NAT;
  gm_status status = gm_netcdf_numbers(v, "scale_factor", 1, 1, &p->scale, &n_scale, type, err);
  if (status == GM_OK)
    status = gm_netcdf_numbers(v, "add_offset", 1, 1, &p->offset, &n_offset, &offset_type, err);
  if (status != GM_OK) return status;
  if (n_scale == 0) *type = offset_type;
  if (isfinite(p->scale) && p->scale != 0 && isfinite(p->offset)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: %s: scale_factor %g and add_offset %g cannot unpack anything",
                 v.file.path, v.name, p->scale, p->offset);
}

/* _FillValue, or the type's default, and missing_value. */
static gm_status read_missing(gm_netcdf_variable v, nc_type type, gm_packing *p, gm_error *err) {
  int unfilled = 0;
  size_t n, more;
  gm_status status = gm_netcdf_numbers(v, "_FillValue", 1, 1, p->missing, &n, NULL, err);
  if (status != GM_OK) return status;
  if (n == 0 && nc_inq_var_fill(v.file.id, v.id, &unfilled, NULL) == NC_NOERR && unfilled == 0) {
    if (type == NC_DOUBLE) p->missing[n++] = NC_FILL_DOUBLE;
    if (type == NC_FLOAT) p->missing[n++] = (double)NC_FILL_FLOAT;
    if (type == NC_INT) p->missing[n++] = NC_FILL_INT;
    if (type == NC_SHORT) p->missing[n++] = NC_FILL_SHORT; /* bytes have none: 256 values are too few */
  }
  status = gm_netcdf_numbers(v, "missing_value", 1, GM_PACKING_MISSING - n, p->missing + n, &more, NULL, err);
  p->n_missing = n + more;
  for (size_t i = 0; type == NC_FLOAT && i < p->n_missing; i++) /* 1e20 as double is not the stored float */
    p->missing[i] = (double)(float)p->missing[i];
  return status;
}

/* valid_range, or valid_min and valid_max; *type of the last that is there. */
static gm_status read_valid(gm_netcdf_variable v, gm_packing *p, int *type, gm_error *err) {
  double range[2];
  size_t n;
  gm_status status = gm_netcdf_numbers(v, "valid_range", 2, 2, range, &n, type, err);
  if (status == GM_OK && n == 2) {
    p->valid_min = range[0];
    p->valid_max = range[1];
    return GM_OK;
  }
  if (status == GM_OK) status = gm_netcdf_numbers(v, "valid_min", 1, 1, &p->valid_min, &n, type, err);
  if (status == GM_OK) status = gm_netcdf_numbers(v, "valid_max", 1, 1, &p->valid_max, &n, type, err);
  return status;
}

static bool is_real(int type) {
  return type == NC_FLOAT || type == NC_DOUBLE;
}

static gm_status read_packing(gm_netcdf_variable v, gm_packing *p, gm_error *err) {
  nc_type type = NC_NAT;
  int scale_type, valid_type = NC_NAT;
  *p = gm_packing_none();
  nc_inq_vartype(v.file.id, v.id, &type);
  gm_status status = read_scale(v, p, &scale_type, err);
  if (status == GM_OK) status = read_missing(v, type, p, err);
  if (status == GM_OK) status = read_valid(v, p, &valid_type, err);
  p->wrap = read_wrap(v, type, &p->wrap_to_signed);
  for (size_t i = 0; i < p->n_missing; i++) p->missing[i] = gm_packing_wrap(p, p->missing[i]);
  if (valid_type == (int)type) {
    p->valid_min = gm_packing_wrap(p, p->valid_min);
    p->valid_max = gm_packing_wrap(p, p->valid_max);
  }
  /* NUG: a range of the type of scale_factor, wider than the stored one, is of unpacked values; so is one of
   * another floating type, which packed integers never have. */
  const bool both_real = is_real(scale_type) && is_real(valid_type) && !is_real(type);
  p->valid_of_unpacked =
      scale_type != NC_NAT && valid_type != type && (valid_type == scale_type || both_real);
  return status;
}

/* ---- opening --------------------------------------------------------------- */

static gm_status open_file(gm_netcdf_field *field, gm_error *err) {
  struct stat info;
  if (stat(field->path, &info) != 0) /* first of all: libnetcdf would take a URL and go to the network */
    return gm_fail(err, GM_BAD_INPUT, "%s: cannot be opened: %s", field->path, strerror(errno));
  if (!S_ISREG(info.st_mode))
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a netCDF file, this is no regular file", field->path);
  char bytes[GM_FILE_KIND_BYTES];
  FILE *stream = fopen(field->path, "rb");
  const size_t n = stream != NULL ? fread(bytes, 1, sizeof bytes, stream) : 0;
  if (stream != NULL) fclose(stream);
  const char *complaint = gm_file_kind_complaint(bytes, n, true);
  if (complaint != NULL) return gm_fail(err, GM_BAD_INPUT, "%s: %s", field->path, complaint);
  const gm_status status = gm_netcdf_classic_check(field->path, err);
  if (status != GM_OK) return status;
  const int code = nc_open(field->path, NC_NOWRITE, &field->file);
  if (code != NC_NOERR)
    return gm_fail(err, GM_BAD_INPUT, "%s: not a readable netCDF file (%s)", field->path, nc_strerror(code));
  field->open = true;
  return GM_OK;
}

/* Adds "depth = 500 m" to the place of the field. One at 0 says nothing. */
static void add_level(gm_netcdf_field *field, gm_netcdf_file file, int variable) {
  const size_t start = 0, used = strlen(field->level);
  double value = 0;
  char name[NC_MAX_NAME + 1] = "";
  nc_type type = NC_NAT;
  nc_inq_var(file.id, variable, name, &type, NULL, NULL, NULL);
  if (type < NC_BYTE || type == NC_CHAR || type > NC_UINT64 ||
      nc_get_var1_double(file.id, variable, &start, &value) != NC_NOERR || value == 0)
    return;
  char *units = gm_netcdf_text(file, variable, "units");
  if (units == NULL || strcasestr(units, " since ") == NULL) /* a time is no level */
    snprintf(field->level + used, GM_LEVEL_TEXT - used, "%s%.40s = %g%s%.20s", used > 0 ? ", " : "", name,
             value, units != NULL ? " " : "", units != NULL ? units : "");
  free(units);
}

/* The places on axes of length 1 beside the three and on scalar coordinates (CF 5.7): a depth, an ensemble's
 * member. */
static void read_level(gm_netcdf_field *field, gm_netcdf_file file) {
  int dims[NC_MAX_VAR_DIMS], scalar, rank;
  nc_inq_vardimid(file.id, field->variable, dims);
  for (int d = 0; d < field->rank; d++) {
    const int axis = gm_netcdf_coordinate(file, dims[d]);
    if (d != field->position[0] && d != field->position[1] && d != field->position[2] && axis >= 0)
      add_level(field, file, axis);
  }
  char *names = gm_netcdf_text(file, field->variable, "coordinates"), name[NC_MAX_NAME + 1];
  int used = 0;
  for (const char *at = names; at != NULL && sscanf(at, " %255s%n", name, &used) == 1; at += used)
    if (nc_inq_varid(file.id, name, &scalar) == NC_NOERR &&
        nc_inq_varndims(file.id, scalar, &rank) == NC_NOERR && rank == 0)
      add_level(field, file, scalar);
  free(names);
}

static gm_status read_axes(gm_netcdf_field *field, gm_netcdf_file file, bool monthly_mean, gm_error *err) {
  int dims[NC_MAX_VAR_DIMS];
  nc_inq_vardimid(field->file, field->variable, dims);
  gm_status status = gm_netcdf_axis_months(file, dims[field->position[0]], field->name, monthly_mean,
                                           &field->months, &field->extent[0], err);
  if (status == GM_OK)
    status = gm_netcdf_axis_degrees(file, dims[field->position[1]], GM_AXIS_LATITUDE, field->name,
                                    &field->latitude, &field->extent[1], err);
  if (status == GM_OK)
    status = gm_netcdf_axis_degrees(file, dims[field->position[2]], GM_AXIS_LONGITUDE, field->name,
                                    &field->longitude, &field->extent[2], err);
  return status;
}

gm_status gm_netcdf_field_open(gm_netcdf_field *field, const char *path, const char *variable,
                               bool monthly_mean, gm_error *err) {
  *field = (gm_netcdf_field){.path = strdup(path)};
  if (field->path == NULL) return gm_fail_memory(err, path);
  gm_status status = open_file(field, err);
  const gm_netcdf_file file = {field->file, field->path};
  gm_netcdf_found found = {0};
  if (status == GM_OK) status = gm_netcdf_find(file, variable, &found, err);
  if (status == GM_OK) {
    field->variable = found.variable;
    field->rank = found.rank;
    memcpy(field->position, found.position, sizeof field->position);
    field->name = strdup(found.name);
    if (field->name == NULL) status = gm_fail_memory(err, path);
  }
  if (status == GM_OK) {
    int dims[NC_MAX_VAR_DIMS];
    nc_inq_vardimid(field->file, field->variable, dims);
    status = gm_netcdf_meaning(file, field->variable, field->name, dims[field->position[0]], variable != NULL,
                               field->note, err);
  }
  if (status == GM_OK) {
    char *units = gm_netcdf_text(file, field->variable, "units");
    field->units = units != NULL ? gm_temperature_units_find(units) : GM_UNITS_OTHER;
    if (field->units == GM_UNITS_OTHER && units != NULL && units[0] != '\0' && variable == NULL)
      status =
          gm_fail(err, GM_BAD_INPUT,
                  "%s: %s: its units are \"%.40s\", expected a temperature in degC, K or degF (--variable %s "
                  "takes it as it is)",
                  path, field->name, units, field->name);
    const char *label = gm_temperature_label(field->units);
    if (label == NULL && units != NULL && units[0] != '\0') label = units;
    field->unit = label != NULL ? strdup(label) : NULL;
    field->temperature = field->units != GM_UNITS_OTHER || found.is_temperature;
    free(units);
    field->anomaly = says_anomaly(file, field->variable, field->name);
    field->water = found.is_temperature;
  }
  if (status == GM_OK)
    status = read_packing((gm_netcdf_variable){file, field->variable, field->name}, &field->packing, err);
  if (status == GM_OK) status = read_axes(field, file, monthly_mean, err);
  if (status == GM_OK) read_level(field, file);
  if (status != GM_OK) gm_netcdf_field_close(field);
  return status;
}

void gm_netcdf_field_close(gm_netcdf_field *field) {
  if (field->open) nc_close(field->file);
  free(field->months.first_step);
  free(field->latitude);
  free(field->longitude);
  free(field->unit);
  free(field->name);
  free(field->path);
  *field = (gm_netcdf_field){0};
}

/* ---- reading ---------------------------------------------------------------- */

gm_status gm_netcdf_field_read(const gm_netcdf_field *field, const gm_netcdf_part *part, double *scratch,
                               double *values, gm_error *err) {
  size_t start[NC_MAX_VAR_DIMS] = {0}, count[NC_MAX_VAR_DIMS], stride[GM_FIELD_AXES];
  for (int d = 0; d < field->rank; d++) count[d] = 1;
  for (int a = 0; a < GM_FIELD_AXES; a++) {
    start[field->position[a]] = part->first[a];
    count[field->position[a]] = part->count[a];
  }
  const int code = nc_get_vara_double(field->file, field->variable, start, count, scratch);
  if (code != NC_NOERR)
    return gm_netcdf_fail((gm_netcdf_file){field->file, field->path}, field->name, code, err);
  for (int a = 0; a < GM_FIELD_AXES; a++) {
    stride[a] = 1;
    for (int d = field->position[a] + 1; d < field->rank; d++) stride[a] *= count[d];
  }
  for (size_t t = 0; t < part->count[0]; t++)
    for (size_t i = 0; i < part->count[1]; i++)
      for (size_t j = 0; j < part->count[2]; j++)
        *values++ =
            gm_packing_unpack(&field->packing, scratch[t * stride[0] + i * stride[1] + j * stride[2]]);
  return GM_OK;
}

enum { BLOCK_BYTES = 4 << 20, CACHE_BYTES = 128 << 20, CACHE_SLOTS = 10007 /* a prime, as HDF5 asks */ };

size_t gm_netcdf_field_block(const gm_netcdf_field *field, size_t cells) {
  const size_t n_times = field->extent[0];
  size_t block = BLOCK_BYTES / (cells * sizeof(double)), chunk[NC_MAX_VAR_DIMS], slab = 0;
  int storage = NC_CONTIGUOUS;
  if (block < 1) block = 1;
  if (nc_inq_var_chunking(field->file, field->variable, &storage, chunk) == NC_NOERR &&
      storage == NC_CHUNKED) {
    const size_t months = chunk[field->position[0]];
    slab = sizeof(double); /* bytes of the chunks that one month touches */
    for (int a = 0; a < GM_FIELD_AXES; a++) {
      const size_t c = chunk[field->position[a]];
      if (c == 0 || c > CACHE_BYTES / slab) return block < n_times ? block : n_times;
      slab *= a == 0 ? c : (field->extent[a] + c - 1) / c * c;
    }
    if (block > months && months > 0) block -= block % months;
    if (slab <= CACHE_BYTES)
      nc_set_var_chunk_cache(field->file, field->variable, slab + slab / 4, CACHE_SLOTS, 0.75F);
  }
  return block < n_times ? block : n_times;
}
