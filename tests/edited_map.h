/* SPDX-License-Identifier: MIT
 * A map of the fixture that a test changes before it is read: what one difference in a file does.
 *
 *   edited_map e = edited_map_start(&plain);
 *   … e.file is open for definitions (nc_enddef before values), e.config says how it will be read …
 *   status = edited_map_read(&e, &map, &err); */
#ifndef TESTS_EDITED_MAP_H
#define TESTS_EDITED_MAP_H

#include "datasets/maps/sst_netcdf.h"
#include "tests/netcdf_fixture.h"

#include <unistd.h>

typedef struct {
  char path[32];
  int file;
  gm_sst_netcdf_config config; /* the default without a base period; the path is set by edited_map_read */
} edited_map;

/* Aborts where no file can be written. */
static inline edited_map edited_map_start(const flavour *f) {
  edited_map e = {.path = "/tmp/gm_map_XXXXXX", .config = gm_sst_netcdf_config_default()};
  const int fd = mkstemp(e.path);
  if (fd < 0) abort();
  close(fd);
  e.config.base_period = "none";
  fixture_write(e.path, f);
  NC(nc_open(e.path, NC_WRITE, &e.file));
  NC(nc_redef(e.file));
  return e;
}

/* Closes, reads and removes the file. */
static inline gm_status edited_map_read(edited_map *e, gm_sst_map *map, gm_error *err) {
  NC(nc_close(e->file));
  e->config.path = e->path;
  const gm_status status = gm_sst_netcdf_read(&e->config, map, err);
  unlink(e->path);
  return status;
}

#endif
