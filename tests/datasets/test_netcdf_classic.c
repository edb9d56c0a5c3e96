/* SPDX-License-Identifier: MIT
 * The length of classic files, from headers written byte by byte after the format's
 * description (NetCDF Users Guide, appendix B), good, short and hostile. */
#include "datasets/maps/netcdf_classic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A header being written: big-endian numbers of 4 or 8 bytes, names padded to four. */
typedef struct {
  unsigned char bytes[4096];
  size_t size;
  int version;
} header;

static void put(header *h, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; i--) h->bytes[h->size++] = (unsigned char)(value >> (8 * i));
}

static void put_count(header *h, uint64_t value) {
  put(h, value, h->version == 5 ? 8 : 4);
}

static void put_name(header *h, const char *name) {
  put_count(h, strlen(name));
  for (size_t i = 0; i < (strlen(name) + 3) / 4 * 4; i++)
    h->bytes[h->size++] = (unsigned char)(i < strlen(name) ? name[i] : 0);
}

static void put_list(header *h, uint64_t tag, uint64_t n) {
  put(h, tag, 4);
  put_count(h, n);
}

enum { DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12, SHORT = 3, DOUBLE = 6, X = 5, RECORDS = 7 };

/* time (unlimited) and x = 5; fixed double f(x) and one or two records short r(time, x). Data begin
 * right after the header, records after f. Returns the bytes the file must have. */
static size_t write_header(header *h, int version, int n_records_variables, uint64_t records) {
  *h = (header){.version = version};
  size_t begin_at[3];
  memcpy(h->bytes, "CDF", 3);
  h->bytes[3] = (unsigned char)version;
  h->size = 4;
  put_count(h, records);
  put_list(h, DIMENSIONS, 2);
  put_name(h, "time");
  put_count(h, 0);
  put_name(h, "x");
  put_count(h, X);
  put_list(h, ATTRIBUTES, 1);
  put_name(h, "title");
  put(h, 2, 4); /* NC_CHAR */
  put_name(h, "seven b");
  put_list(h, VARIABLES, 1 + (uint64_t)n_records_variables);
  for (int v = 0; v < 1 + n_records_variables; v++) {
    put_name(h, v == 0 ? "f" : v == 1 ? "r" : "second");
    put_count(h, v == 0 ? 1 : 2);
    if (v > 0) put_count(h, 0);
    put_count(h, 1);
    put_list(h, 0, 0);
    put(h, v == 0 ? DOUBLE : SHORT, 4);
    put_count(h, 0); /* vsize: not used */
    begin_at[v] = h->size;
    put(h, 0, version == 1 ? 4 : 8);
  }
  const size_t fixed = 8 * X, record = 2 * X, padded = 12;
  for (int v = 0; v < 1 + n_records_variables; v++) {
    const size_t end = h->size;
    h->size = begin_at[v];
    put(h, end + (v > 0 ? fixed : 0) + (v > 1 ? padded : 0), version == 1 ? 4 : 8);
    h->size = end;
  }
  if (records == 0) return h->size + fixed;
  /* A single record variable is not padded between records, several are; the last value needs no padding. */
  return h->size + fixed +
         (n_records_variables == 1 ? (size_t)records * record
                                   : (size_t)records * 2 * padded - (padded - record));
}

/* Checks a file of `size` bytes that starts with the header. */
static gm_status check(const header *h, size_t size, gm_error *err) {
  char path[] = "/tmp/gm_classic_XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, h->bytes, h->size < size ? h->size : size), h->size < size ? h->size : size);
  assert_int_equal(ftruncate(fd, (off_t)size), 0);
  close(fd);
  const gm_status status = gm_netcdf_classic_check(path, err);
  if (status != GM_OK && err != NULL) assert_memory_equal(err->message, path, strlen(path));
  unlink(path);
  return status;
}

static void every_missing_byte_is_noticed(void **state) {
  (void)state;
  static const int versions[] = {1, 2, 5};
  for (size_t v = 0; v < 3; v++)
    for (int n = 1; n <= 2; n++)
      for (uint64_t records = 0; records <= RECORDS; records += RECORDS) {
        header h;
        gm_error err;
        const size_t needed = write_header(&h, versions[v], n, records);
        assert_int_equal(check(&h, needed, &err), GM_OK);
        assert_int_equal(check(&h, needed + 100, &err), GM_OK);
        for (size_t size = needed - 1; size >= 4; size--)
          assert_int_equal(check(&h, size, &err), GM_BAD_INPUT);
      }
}

static void a_file_still_being_written_counts_its_fixed_part(void **state) {
  (void)state;
  header h;
  gm_error err;
  write_header(&h, 1, 1, UINT32_MAX); /* "streaming": the number of records is not known */
  assert_int_equal(check(&h, h.size + 8 * X, &err), GM_OK);
  assert_int_equal(check(&h, h.size + 8 * X - 1, &err), GM_BAD_INPUT);
}

static void hostile_headers_are_refused(void **state) {
  (void)state;
  static const struct {
    size_t at;
    uint32_t value;
  } lies[] = {{4, 0x7fffffff},   /* records */
              {8, 0xdeadbeef},   /* tag of the dimensions */
              {12, 0xffffffff},  /* how many dimensions */
              {16, 0xfffffff0},  /* length of a name */
              {40, 0xffffffff},  /* length of x */
              {48, 0x10000000}}; /* how many attributes */
  for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
    header h;
    gm_error err;
    const size_t needed = write_header(&h, 1, 2, RECORDS);
    for (int b = 0; b < 4; b++)
      h.bytes[lies[i].at + (size_t)b] = (unsigned char)(lies[i].value >> (24 - 8 * b));
    assert_int_equal(check(&h, needed, &err), GM_BAD_INPUT);
  }
}

/* One variable x(x) of `type` on dimension `id` of 1. Returns the bytes before its values. */
static size_t write_single(header *h, uint32_t type, uint32_t id) {
  *h = (header){.version = 5};
  memcpy(h->bytes, "CDF\5", 4);
  h->size = 4;
  put_count(h, RECORDS);
  put_list(h, DIMENSIONS, 1);
  put_name(h, "x");
  put_count(h, X);
  put_list(h, 0, 0);
  put_list(h, VARIABLES, 1);
  put_name(h, "x");
  put_count(h, 1);
  put_count(h, id);
  put_list(h, 0, 0);
  put(h, type, 4);
  put_count(h, 0);
  put(h, h->size + 8, 8);
  return h->size;
}

/* nc_type 1 to 11, from the same description. */
static void every_type_has_its_size(void **state) {
  (void)state;
  static const size_t size[] = {1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};
  header h;
  for (uint32_t type = 1; type <= 11; type++) {
    const size_t needed = write_single(&h, type, 0) + X * size[type - 1];
    assert_int_equal(check(&h, needed, NULL), GM_OK);
    assert_int_equal(check(&h, needed - 1, NULL), GM_BAD_INPUT);
  }
  for (uint32_t type = 0; type <= 12; type += 12) {
    write_single(&h, type, 0);
    assert_int_equal(check(&h, sizeof h.bytes, NULL), GM_BAD_INPUT);
  }
}

static void a_dimension_that_is_not_there_is_refused(void **state) {
  (void)state;
  header h;
  write_single(&h, DOUBLE, 1);
  assert_int_equal(check(&h, sizeof h.bytes, NULL), GM_BAD_INPUT);
}

static void other_formats_are_left_to_the_library(void **state) {
  (void)state;
  header h = {.bytes = "\211HDF\r\n\032\n", .size = 8};
  assert_int_equal(check(&h, 8, NULL), GM_OK);
  assert_int_equal(check(&h, 0, NULL), GM_OK);
  gm_error err;
  assert_int_equal(gm_netcdf_classic_check("/nonexistent", &err), GM_BAD_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_missing_byte_is_noticed),
      cmocka_unit_test(a_file_still_being_written_counts_its_fixed_part),
      cmocka_unit_test(hostile_headers_are_refused),
      cmocka_unit_test(every_type_has_its_size),
      cmocka_unit_test(a_dimension_that_is_not_there_is_refused),
      cmocka_unit_test(other_formats_are_left_to_the_library),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
