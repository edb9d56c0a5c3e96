/* SPDX-License-Identifier: MIT
 * Kinds of files by their first bytes. Truths: the formats' own descriptions of their magic numbers. */
#include "datasets/file_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void netcdf_is_told_by_its_bytes(void **state) {
  (void)state;
  assert_true(gm_file_is_netcdf("CDF\001", 4) && gm_file_is_netcdf("CDF\002....", 8) &&
              gm_file_is_netcdf("CDF\005", 4));
  assert_true(gm_file_is_netcdf("\211HDF\r\n\032\n", 8));
  assert_false(gm_file_is_netcdf("CDF\003", 4) || gm_file_is_netcdf("CDF", 3) ||
               gm_file_is_netcdf("date,v", 6));
}

static void what_is_something_else_is_named_with_the_way_out(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *as_text, *as_map;
  } files[] = {{"CDF\001....", "--sst reads it", NULL},
               {"date,sst\n1980-01", NULL, "--csv reads it"},
               {" 1948   2024\n", NULL, "--csv reads it"},
               {"\037\213\010", "gunzip", "gunzip"},
               {"PK\003\004", "save the sheet as CSV", "save the sheet as CSV"},
               {"GRIB....", "cdo", "cdo"},
               {"\377\376d", "UTF-8", "UTF-8"},
               {"<!DOCTYPE html>", "a web page", "a web page"},
               {"<HTML>", "a web page", "a web page"},
               {"", NULL, NULL}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    for (int map = 0; map < 2; map++) {
      const char *complaint = gm_file_kind_complaint(files[i].bytes, strlen(files[i].bytes), map == 1);
      const char *expected = map == 1 ? files[i].as_map : files[i].as_text;
      if (expected == NULL)
        assert_null(complaint);
      else
        assert_true(complaint != NULL && strstr(complaint, expected) != NULL);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(netcdf_is_told_by_its_bytes),
      cmocka_unit_test(what_is_something_else_is_named_with_the_way_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
