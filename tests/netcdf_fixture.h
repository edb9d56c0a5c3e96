/* SPDX-License-Identifier: MIT
 * Small gridded netCDF files in every flavour, all of the same field, written with
 * libnetcdf. Every value is exact in single precision, so readers can be held to equality.
 *
 *   value(t, φ, λ) = 16 + (t mod 12) / 2 + (t div 12) / 4 + φ/8 + (λ mod 360)/120,  t from January 2000
 *
 * on 9 latitudes of 5° and 24 longitudes of 15°, with two land cells at 10°N, 300° and 315°E. */
#ifndef TESTS_NETCDF_FIXTURE_H
#define TESTS_NETCDF_FIXTURE_H

#include <math.h>
#include <netcdf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_LAT = 9, FIXTURE_LON = 24, FIXTURE_MONTHS = 36, FIXTURE_YEAR = 2000, FIXTURE_LAND = 2 };

typedef enum {
  MISSING_FILL,
  MISSING_VALUE,
  MISSING_NAN,
  MISSING_RANGE,
  MISSING_MIN,
  MISSING_DEFAULT
} missing_mark;

/* Where the axes are among the dimensions, outermost first: letters of "tyx", and "l" for a level of 1. */
typedef struct {
  int format; /* mode of nc_create */
  const char *order;
  nc_type type;
  bool packed; /* scale_factor 0.125, add_offset 16 */
  missing_mark missing;
  bool north_first, from_minus_180;
  bool unlimited; /* time */
  bool chunked;   /* in time, compressed */
  const char *time_units, *calendar;
  const char *name, *standard_name, *long_name, *units;
  double kelvin;   /* added to every value */
  int months;      /* 0: FIXTURE_MONTHS */
  int skip_month;  /* this month and the later ones come one month late; 0: none */
  int empty_month; /* this month has no value; 0: none */
  int hot_month;   /* this one is in other units (+ 273.125); 0: none */
  bool second;     /* a second variable of the same shape */
  bool bounds;     /* time stamps at the end of the month, with bounds */
  bool gap;        /* the cell at 20°N, 0°E lacks a value in one month */
  bool index_gap;  /* so does the cell at 5°N, 195°E in month 3, and it is 8 warmer than the formula */
  bool ice;        /* the cell at 20°N, 15°E is −1000 in one month, as in HadISST */
} flavour;

static const flavour plain = {.format = NC_CLOBBER,
                              .order = "tyx",
                              .type = NC_FLOAT,
                              .unlimited = true,
                              .time_units = "days since 1999-12-01 00:00:00",
                              .name = "sst",
                              .standard_name = "sea_surface_temperature",
                              .units = "degC"};

static inline bool fixture_is_land(double latitude, double longitude) {
  const double east = fmod(longitude + 360, 360);
  return latitude == 10 && (east == 300 || east == 315);
}

static inline double fixture_value(int t, double latitude, double longitude) {
  return 16 + (t % 12) * 0.5 + (t / 12) * 0.25 + latitude / 8 + fmod(longitude + 360, 360) / 120;
}

#define NC(call)                                                                                             \
  do {                                                                                                       \
    const int code_ = (call);                                                                                \
    if (code_ != NC_NOERR) {                                                                                 \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, nc_strerror(code_));                     \
      abort();                                                                                               \
    }                                                                                                        \
  } while (0)

/* Days from 1 December 1999 to the start of month t (from 0 = January 2000) in a calendar. */
static inline double fixture_days(const char *calendar, int t) {
  static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  double days = 31;
  if (calendar != NULL && strcmp(calendar, "360_day") == 0) return 30.0 * (t + 1);
  for (int m = 0; m < t; m++) {
    const int year = FIXTURE_YEAR + m / 12;
    const bool leap = year % 4 == 0 && (calendar == NULL || strcmp(calendar, "noleap") != 0);
    days += lengths[m % 12] + (leap && m % 12 == 1 ? 1 : 0);
  }
  return days;
}

static inline int fixture_id(int file, const char *variable) {
  int id;
  NC(nc_inq_varid(file, variable, &id));
  return id;
}

static inline void fixture_put_text(int file, int variable, const char *name, const char *text) {
  if (text != NULL) NC(nc_put_att_text(file, variable, name, strlen(text), text));
}

static inline void fixture_mark_missing(int file, int variable, const flavour *f) {
  const double fill = f->type == NC_SHORT ? -32000 : f->type == NC_BYTE ? -1 : 1e20;
  const double range[2] = {f->type == NC_SHORT ? -1000 : -100, f->type == NC_SHORT ? 5000 : 1000};
  const nc_type type = f->type;
  if (f->missing == MISSING_FILL) NC(nc_put_att_double(file, variable, "_FillValue", type, 1, &fill));
  if (f->missing == MISSING_VALUE) NC(nc_put_att_double(file, variable, "missing_value", type, 1, &fill));
  if (f->missing == MISSING_RANGE) NC(nc_put_att_double(file, variable, "valid_range", type, 2, range));
  if (f->missing == MISSING_MIN) {
    NC(nc_put_att_double(file, variable, "valid_min", type, 1, &range[0]));
    NC(nc_put_att_double(file, variable, "valid_max", type, 1, &range[1]));
  }
}

/* What stands for "no value" in the file. */
static inline double fixture_missing(const flavour *f) {
  switch (f->missing) {
  case MISSING_FILL:
  case MISSING_VALUE:
    return f->type == NC_SHORT ? -32000 : f->type == NC_BYTE ? -1 : 1e20;
  case MISSING_NAN:
    return (double)NAN;
  case MISSING_RANGE:
    return f->type == NC_SHORT ? 5001 : 1001;
  case MISSING_MIN:
    return f->type == NC_SHORT ? -1001 : -101;
  case MISSING_DEFAULT:
    break;
  }
  return f->type == NC_SHORT ? NC_FILL_SHORT : f->type == NC_DOUBLE ? NC_FILL_DOUBLE : (double)NC_FILL_FLOAT;
}

static inline double fixture_stored(const flavour *f, int t, double latitude, double longitude) {
  const double east = fmod(longitude + 360, 360);
  if (fixture_is_land(latitude, longitude) || (f->empty_month > 0 && t == f->empty_month))
    return fixture_missing(f);
  if (f->gap && t == 7 && latitude == 20 && east == 0) return fixture_missing(f);
  if (f->index_gap && latitude == 5 && east == 195)
    return t == 3 ? fixture_missing(f) : fixture_value(t, 5, 195) + 8;
  if (f->ice && t == 7 && latitude == 20 && east == 15) return -1000;
  double value = fixture_value(t, latitude, longitude) + f->kelvin;
  if (f->hot_month > 0 && t == f->hot_month) value += 273.125;
  if (f->type == NC_BYTE) { /* an unsigned one in a type that has none */
    const double byte = round((value - 16) / 0.125);
    return byte > 127 ? byte - 256 : byte;
  }
  return f->packed ? (value - 16) / 0.125 : value;
}

static inline void fixture_write_time(int file, int time, int bounds, const flavour *f, int months) {
  double values[12 * 100], pairs[12 * 100][2];
  const bool in_months = strncmp(f->time_units, "month", 5) == 0,
             in_hours = strncmp(f->time_units, "hour", 4) == 0;
  for (int i = 0; i < months; i++) {
    const int t = f->skip_month > 0 && i >= f->skip_month ? i + 1 : i;
    const double scale = in_hours ? 24 : 1;
    pairs[i][0] = in_months ? t + 1 : scale * fixture_days(f->calendar, t);
    pairs[i][1] = in_months ? t + 2 : scale * fixture_days(f->calendar, t + 1);
    values[i] = f->bounds ? pairs[i][1] : pairs[i][0];
  }
  const size_t start[2] = {0, 0}, count[2] = {(size_t)months, 2};
  NC(nc_put_vara_double(file, time, start, count, values));
  if (f->bounds) NC(nc_put_vara_double(file, bounds, start, count, &pairs[0][0]));
}

/* Writes the file. */
static inline void fixture_write(const char *path, const flavour *f) {
  const int months = f->months > 0 ? f->months : FIXTURE_MONTHS, rank = (int)strlen(f->order);
  int file, dims[4], axis[3], variable[2], bounds = -1, level, pair;
  double latitude[FIXTURE_LAT], longitude[FIXTURE_LON];
  NC(nc_create(path, f->format, &file));
  for (int d = 0; d < rank; d++) switch (f->order[d]) {
    case 't':
      NC(nc_def_dim(file, "time", f->unlimited ? NC_UNLIMITED : (size_t)months, &dims[d]));
      NC(nc_def_var(file, "time", NC_DOUBLE, 1, &dims[d], &axis[0]));
      break;
    case 'y':
      NC(nc_def_dim(file, "lat", FIXTURE_LAT, &dims[d]));
      NC(nc_def_var(file, "lat", NC_FLOAT, 1, &dims[d], &axis[1]));
      break;
    case 'x':
      NC(nc_def_dim(file, "lon", FIXTURE_LON, &dims[d]));
      NC(nc_def_var(file, "lon", NC_FLOAT, 1, &dims[d], &axis[2]));
      break;
    default:
      NC(nc_def_dim(file, "zlev", 1, &dims[d]));
      NC(nc_def_var(file, "zlev", NC_FLOAT, 1, &dims[d], &level));
    }
  fixture_put_text(file, axis[0], "units", f->time_units);
  fixture_put_text(file, axis[0], "calendar", f->calendar);
  fixture_put_text(file, axis[1], "units", "degrees_north");
  fixture_put_text(file, axis[2], "units", "degrees_east");
  if (f->bounds) {
    int shape[2];
    NC(nc_inq_dimid(file, "time", &shape[0]));
    NC(nc_def_dim(file, "nv", 2, &pair));
    shape[1] = pair;
    NC(nc_def_var(file, "time_bnds", NC_DOUBLE, 2, shape, &bounds));
    fixture_put_text(file, axis[0], "bounds", "time_bnds");
  }
  for (int v = 0; v < (f->second ? 2 : 1); v++) {
    NC(nc_def_var(file, v == 0 ? f->name : "other", f->type, rank, dims, &variable[v]));
    fixture_put_text(file, variable[v], "standard_name", f->standard_name);
    fixture_put_text(file, variable[v], "long_name", f->long_name);
    fixture_put_text(file, variable[v], "units", f->units);
    fixture_mark_missing(file, variable[v], f);
    const double scale = 0.125, offset = 16;
    if (f->packed) NC(nc_put_att_double(file, variable[v], "scale_factor", NC_FLOAT, 1, &scale));
    if (f->packed) NC(nc_put_att_double(file, variable[v], "add_offset", NC_FLOAT, 1, &offset));
    size_t chunk[4];
    for (int d = 0; d < rank; d++) chunk[d] = f->order[d] == 't' ? 7 : f->order[d] == 'l' ? 1 : 5;
    if (f->chunked) NC(nc_def_var_chunking(file, variable[v], NC_CHUNKED, chunk));
    if (f->chunked) NC(nc_def_var_deflate(file, variable[v], 1, 1, 4));
  }
  NC(nc_enddef(file));
  for (int i = 0; i < FIXTURE_LAT; i++) latitude[i] = f->north_first ? 20 - 5 * i : 5 * i - 20;
  for (int j = 0; j < FIXTURE_LON; j++) longitude[j] = 15 * j - (f->from_minus_180 ? 180 : 0);
  NC(nc_put_var_double(file, axis[1], latitude));
  NC(nc_put_var_double(file, axis[2], longitude));
  fixture_write_time(file, axis[0], bounds, f, months);
  for (int v = 0; v < (f->second ? 2 : 1); v++)
    for (int t = 0; t < months; t++)
      for (int i = 0; i < FIXTURE_LAT; i++)
        for (int j = 0; j < FIXTURE_LON; j++) {
          size_t at[4] = {0};
          for (int d = 0; d < rank; d++)
            at[d] = f->order[d] == 't'   ? (size_t)t
                    : f->order[d] == 'y' ? (size_t)i
                    : f->order[d] == 'x' ? (size_t)j
                                         : 0;
          const double stored = fixture_stored(f, t, latitude[i], longitude[j]);
          NC(nc_put_var1_double(file, variable[v], at, &stored));
        }
  NC(nc_close(file));
}

#endif
