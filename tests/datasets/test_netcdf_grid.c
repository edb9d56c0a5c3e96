/* SPDX-License-Identifier: MIT
 * Grids that are none of latitudes and longitudes are refused with the way out; what only looks like one, and
 * what is one in other words, are told apart. */
#include "datasets/maps/sst_netcdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifndef GM_HAVE_NETCDF

int main(void) {
  return 0;
}

#else

#include "tests/edited_map.h"

typedef void editor(int file, int variable, int latitude, int longitude);

/* The fixture's map with its header changed by `edit`: read as usual. */
static gm_status read_edited(editor *edit, gm_error *err) {
  flavour f = plain;
  f.format = NC_CLOBBER | NC_64BIT_OFFSET;
  edited_map e = edited_map_start(&f);
  edit(e.file, fixture_id(e.file, "sst"), fixture_id(e.file, "lat"), fixture_id(e.file, "lon"));
  gm_sst_map map;
  const gm_status status = edited_map_read(&e, &map, err);
  gm_sst_map_free(&map);
  return status;
}

static void must_refuse(editor *edit, const char *word) {
  gm_error err = {0};
  assert_int_equal(read_edited(edit, &err), GM_BAD_INPUT);
  if (strstr(err.message, word) == NULL) fail_msg("\"%s\" is not in \"%s\"", word, err.message);
  if (strstr(err.message, "remapbil") == NULL && strstr(err.message, "degrees_north") == NULL)
    fail_msg("no way out in \"%s\"", err.message);
}

static void must_read(editor *edit) {
  gm_error err = {0};
  if (read_edited(edit, &err) != GM_OK) fail_msg("%s", err.message);
}

/* ---- other grids --------------------------------------------------------------- */

static void set_axis(int file, int variable, const char *standard_name, const char *axis, const char *units) {
  NC(nc_del_att(file, variable, "units"));
  fixture_put_text(file, variable, "standard_name", standard_name);
  fixture_put_text(file, variable, "axis", axis);
  fixture_put_text(file, variable, "units", units);
}

static void rename_axes(int file, const char *y, const char *x) {
  int id;
  NC(nc_inq_dimid(file, "lat", &id));
  NC(nc_rename_dim(file, id, y));
  NC(nc_rename_var(file, fixture_id(file, "lat"), y));
  NC(nc_inq_dimid(file, "lon", &id));
  NC(nc_rename_dim(file, id, x));
  NC(nc_rename_var(file, fixture_id(file, "lon"), x));
}

static void rotated(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, "grid_latitude", "Y", "degrees");
  set_axis(file, longitude, "grid_longitude", "X", "degrees");
  rename_axes(file, "rlat", "rlon");
}

static void rotated_under_true_units(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, "grid_latitude", NULL, "degrees_north");
  set_axis(file, longitude, "grid_longitude", NULL, "degrees_east");
}

static void rotated_by_its_mapping_alone(int file, int variable, int latitude, int longitude) {
  (void)latitude, (void)longitude;
  int pole;
  NC(nc_def_var(file, "rotated_pole", NC_INT, 0, NULL, &pole));
  fixture_put_text(file, pole, "grid_mapping_name", "rotated_latitude_longitude");
  fixture_put_text(file, variable, "grid_mapping", "rotated_pole");
}

static void rotated_without_a_standard_name(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, NULL, "Y", "degrees");
  set_axis(file, longitude, NULL, "X", "degrees");
  rename_axes(file, "rlat", "rlon");
}

static void projected(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, "projection_y_coordinate", "Y", "m");
  set_axis(file, longitude, "projection_x_coordinate", "X", "m");
  rename_axes(file, "y", "x");
}

static void projected_without_a_standard_name(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, NULL, "Y", "km");
  set_axis(file, longitude, NULL, "X", "km");
  rename_axes(file, "Y", "X");
}

static void numbered_axes(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, NULL, "Y", NULL);
  set_axis(file, longitude, NULL, "X", NULL);
  rename_axes(file, "j", "i");
}

/* Two-dimensional latitudes and longitudes of the cells, as ocean models write them. */
static void define_cells(int file, const char *north, const char *east) {
  int dims[2], id;
  NC(nc_inq_dimid(file, "lat", &dims[0]));
  NC(nc_inq_dimid(file, "lon", &dims[1]));
  NC(nc_def_var(file, north, NC_FLOAT, 2, dims, &id));
  fixture_put_text(file, id, "units", "degrees_north");
  NC(nc_def_var(file, east, NC_FLOAT, 2, dims, &id));
  fixture_put_text(file, id, "units", "degrees_east");
}

static void curvilinear(int file, int variable, int latitude, int longitude) {
  define_cells(file, "TLAT", "TLONG");
  fixture_put_text(file, variable, "coordinates", "TLONG TLAT");
  set_axis(file, latitude, NULL, NULL, "1");
  set_axis(file, longitude, NULL, NULL, "1");
  rename_axes(file, "nlat", "nlon");
}

static void curvilinear_with_indices_called_lat_and_lon(int file, int variable, int latitude, int longitude) {
  (void)variable;
  define_cells(file, "nav_lat", "nav_lon");
  NC(nc_del_att(file, latitude, "units"));
  NC(nc_del_att(file, longitude, "units"));
}

static void curvilinear_without_coordinate_variables(int file, int variable, int latitude, int longitude) {
  (void)latitude, (void)longitude;
  define_cells(file, "TLAT", "TLONG");
  fixture_put_text(file, variable, "coordinates", "TLONG TLAT");
  int id;
  NC(nc_inq_dimid(file, "lat", &id));
  NC(nc_rename_dim(file, id, "nj"));
  NC(nc_inq_dimid(file, "lon", &id));
  NC(nc_rename_dim(file, id, "ni"));
}

static void latitudes_that_count_rows(int file, int variable, int latitude, int longitude) {
  (void)variable, (void)longitude;
  double count[FIXTURE_LAT];
  for (int i = 0; i < FIXTURE_LAT; i++) count[i] = i + 1;
  NC(nc_del_att(file, latitude, "units"));
  NC(nc_enddef(file));
  NC(nc_put_var_double(file, latitude, count));
}

static void other_grids_are_refused(void **state) {
  (void)state;
  must_refuse(rotated, "a rotated pole: rlat has the standard_name grid_latitude");
  must_refuse(rotated_under_true_units, "a rotated pole");
  must_refuse(rotated_by_its_mapping_alone, "rotated_latitude_longitude");
  must_refuse(rotated_without_a_standard_name, "rlat, in \"degrees\", is no latitude");
  must_refuse(projected, "a map projection");
  must_refuse(projected_without_a_standard_name, "Y, in \"km\", is no latitude");
  must_refuse(numbered_axes, "j, without units, is no latitude");
  must_refuse(curvilinear, "curvilinear: TLAT holds a latitude for every cell");
  must_refuse(curvilinear_with_indices_called_lat_and_lon, "curvilinear: nav_lat");
  must_refuse(curvilinear_without_coordinate_variables, "curvilinear: TLAT");
  must_refuse(latitudes_that_count_rows, "counts 1, 2, …, 9, as an index does");
}

/* ---- latitudes and longitudes in other words --------------------------------------- */

static void by_standard_names(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, "latitude", "Y", "degrees");
  set_axis(file, longitude, "longitude", "X", "degrees");
  rename_axes(file, "y", "x");
}

static void by_units(int file, int variable, int latitude, int longitude) {
  (void)variable;
  set_axis(file, latitude, NULL, NULL, "degree_N");
  set_axis(file, longitude, NULL, NULL, "degreesE");
  rename_axes(file, "Y", "X");
}

static void by_names(int file, int variable, int latitude, int longitude) {
  (void)variable;
  NC(nc_del_att(file, latitude, "units"));
  NC(nc_del_att(file, longitude, "units"));
  rename_axes(file, "Latitude", "LONGITUDE");
}

static void with_a_geographic_mapping(int file, int variable, int latitude, int longitude) {
  (void)latitude, (void)longitude;
  int crs;
  NC(nc_def_var(file, "crs", NC_INT, 0, NULL, &crs));
  fixture_put_text(file, crs, "grid_mapping_name", "latitude_longitude");
  fixture_put_text(file, variable, "grid_mapping", "crs: lat lon");
}

static void grids_of_latitudes_and_longitudes_are_read(void **state) {
  (void)state;
  must_read(by_standard_names);
  must_read(by_units);
  must_read(by_names);
  must_read(with_a_geographic_mapping);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(other_grids_are_refused),
      cmocka_unit_test(grids_of_latitudes_and_longitudes_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
