/* SPDX-License-Identifier: MIT
 * A reader of classic headers that trusts nothing in them: every length is bounded by the
 * file, sums and products saturate. */
#include "datasets/maps/netcdf_classic.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_DIMENSIONS = 0x0a, TAG_VARIABLES = 0x0b, TAG_ATTRIBUTES = 0x0c };
enum { CDF_5 = 5 };

typedef struct {
  FILE *in;
  int version;        /* 1, 2 or 5 */
  uint64_t file_size; /* bytes */
  uint64_t n_records; /* UINT64_MAX: not recorded (streaming) */
  uint64_t *dimension;
  uint64_t n_dimensions;
  uint64_t record_size; /* bytes of one record of all record variables, each padded */
  uint64_t n_record_variables;
  uint64_t fixed_end;   /* end of the last fixed-size value */
  uint64_t record_end;  /* end of the last value of the first record */
  uint64_t single_size; /* of the last record variable, not padded */
  bool bad;             /* the header ended early or makes no sense */
} header;

static uint64_t add(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t multiply(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* A big-endian number of `bytes` bytes. */
static uint64_t number(header *h, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) {
    const int c = getc(h->in);
    if (c == EOF) h->bad = true;
    value = value << 8 | (uint64_t)(c & 0xff);
  }
  return value;
}

/* A count: 4 bytes, 8 in CDF-5. */
static uint64_t count(header *h) {
  return number(h, h->version == CDF_5 ? 8 : 4);
}

/* Skips `bytes` and the padding to a multiple of four. */
static void skip(header *h, uint64_t bytes) {
  if (bytes > h->file_size)
    h->bad = true;
  else if (fseeko(h->in, (off_t)((bytes + 3) / 4 * 4), SEEK_CUR) != 0)
    h->bad = true;
}

/* The number of elements of a list that starts with `tag`, or with two zeros when absent. */
static uint64_t list(header *h, uint64_t tag) {
  const uint64_t found = number(h, 4), n = count(h);
  if ((found != tag && found != 0) || (found == 0 && n != 0) || n > h->file_size) h->bad = true;
  return h->bad ? 0 : n;
}

/* Bytes of one value of an external type, 0 for none. */
static uint64_t type_size(uint64_t type) {
  static const uint64_t size[] = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};
  return type < sizeof size / sizeof *size ? size[type] : 0;
}

static void skip_attributes(header *h) {
  const uint64_t n = list(h, TAG_ATTRIBUTES);
  for (uint64_t i = 0; i < n && !h->bad; i++) {
    skip(h, count(h));
    const uint64_t size = type_size(number(h, 4));
    if (size == 0) h->bad = true;
    skip(h, multiply(size, count(h)));
  }
}

static void read_variable(header *h) {
  skip(h, count(h));
  const uint64_t rank = count(h);
  uint64_t size = 1;
  bool record = false;
  for (uint64_t d = 0; d < rank && !h->bad; d++) {
    const uint64_t id = count(h);
    if (id >= h->n_dimensions)
      h->bad = true;
    else if (h->dimension[id] == 0 && d == 0)
      record = true; /* length 0 marks the record dimension */
    else
      size = multiply(size, h->dimension[id]);
  }
  skip_attributes(h);
  const uint64_t value_size = type_size(number(h, 4));
  if (value_size == 0) h->bad = true;
  size = multiply(size, value_size);
  count(h); /* vsize: redundant, and wrong for large variables */
  const uint64_t begin = number(h, h->version == 1 ? 4 : 8);
  const uint64_t end = add(begin, size);
  if (record) {
    h->n_record_variables++;
    h->record_size = add(h->record_size, add(size, 3) / 4 * 4);
    h->single_size = size;
    if (end > h->record_end) h->record_end = end;
  } else if (end > h->fixed_end) {
    h->fixed_end = end;
  }
}

/* Bytes the file needs for every value its header promises. */
static uint64_t needed(header *h) {
  h->n_records = count(h);
  if (h->n_records == (h->version == CDF_5 ? UINT64_MAX : UINT32_MAX)) h->n_records = 0;
  h->n_dimensions = list(h, TAG_DIMENSIONS);
  h->dimension = calloc(h->n_dimensions + 1, sizeof *h->dimension);
  if (h->dimension == NULL) h->bad = true;
  for (uint64_t i = 0; i < h->n_dimensions && !h->bad; i++) {
    skip(h, count(h));
    h->dimension[i] = count(h);
  }
  skip_attributes(h);
  const uint64_t n_variables = list(h, TAG_VARIABLES);
  for (uint64_t i = 0; i < n_variables && !h->bad; i++) read_variable(h);
  if (h->n_record_variables == 1) h->record_size = h->single_size; /* a single one is not padded */
  uint64_t end = h->fixed_end;
  if (h->n_records > 0) {
    const uint64_t last = add(h->record_end, multiply(h->n_records - 1, h->record_size));
    if (last > end) end = last;
  }
  return end;
}

gm_status gm_netcdf_classic_check(const char *path, gm_error *err) {
  header h = {.in = fopen(path, "rb")};
  unsigned char magic[4];
  gm_status status = GM_OK;
  if (h.in == NULL) return gm_fail(err, GM_BAD_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
  if (fread(magic, 1, sizeof magic, h.in) == sizeof magic && memcmp(magic, "CDF", 3) == 0 &&
      (magic[3] == 1 || magic[3] == 2 || magic[3] == CDF_5)) {
    h.version = magic[3];
    if (fseeko(h.in, 0, SEEK_END) == 0) h.file_size = (uint64_t)ftello(h.in);
    if (fseeko(h.in, sizeof magic, SEEK_SET) != 0) h.bad = true;
    const uint64_t bytes = needed(&h);
    if (h.bad)
      status = gm_fail(err, GM_BAD_INPUT, "%s: the header of this netCDF file is truncated or damaged", path);
    else if (h.file_size < bytes)
      status = gm_fail(err, GM_BAD_INPUT,
                       "%s: truncated: its header promises %llu bytes of netCDF, the file has %llu", path,
                       (unsigned long long)bytes, (unsigned long long)h.file_size);
  }
  free(h.dimension);
  fclose(h.in);
  return status;
}
