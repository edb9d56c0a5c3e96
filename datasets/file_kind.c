/* SPDX-License-Identifier: MIT
 * First bytes of files: enough to say what a file is not, and what to do instead. */
#include "datasets/file_kind.h"

#include <string.h>
#include <strings.h>

static bool starts(const char *bytes, size_t n, const char *magic, size_t length) {
  return n >= length && memcmp(bytes, magic, length) == 0;
}

bool gm_file_is_netcdf(const char *bytes, size_t n) {
  return starts(bytes, n, "CDF\001", 4) || starts(bytes, n, "CDF\002", 4) || starts(bytes, n, "CDF\005", 4) ||
         starts(bytes, n, "\211HDF\r\n\032\n", 8);
}

const char *gm_file_kind_complaint(const char *bytes, size_t n, bool map) {
  static const struct {
    const char *magic;
    size_t length;
    const char *complaint;
  } kinds[] = {
      {"\037\213", 2, "compressed by gzip: unpack it first (gunzip -k)"},
      {"BZh", 3, "compressed by bzip2: unpack it first (bunzip2 -k)"},
      {"\375"
       "7zXZ",
       5, "compressed by xz: unpack it first (unxz -k)"},
      {"\050\265\057\375", 4, "compressed by zstd: unpack it first (unzstd)"},
      {"PK\003\004", 4, "an archive or a spreadsheet (zip): unpack it, or save the sheet as CSV"},
      {"\320\317\021\340", 4, "an old Excel file: save the sheet as CSV"},
      {"GRIB", 4, "a GRIB file: convert it first, for example with cdo -f nc copy IN OUT"},
      {"\016\003\023\001", 4, "an HDF4 file: convert it first, for example with h4tonccf"},
      {"\377\376", 2, "text in UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"},
      {"\376\377", 2, "text in UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"},
      {"%PDF", 4, "a PDF document, no data file"},
  };
  if (!map && gm_file_is_netcdf(bytes, n)) return "a netCDF file: --sst reads it";
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (starts(bytes, n, kinds[i].magic, kinds[i].length)) return kinds[i].complaint;
  if ((n >= 9 && strncasecmp(bytes, "<!doctype", 9) == 0) || (n >= 5 && strncasecmp(bytes, "<html", 5) == 0))
    return "a web page, perhaps an error that a server sent instead of the file";
  if (!map || gm_file_is_netcdf(bytes, n)) return NULL;
  bool text = n > 0;
  for (size_t i = 0; i < n; i++)
    text = text && ((unsigned char)bytes[i] >= ' ' || strchr("\t\r\n", bytes[i]) != NULL) && bytes[i] != '\0';
  return text ? "text, no netCDF file: --csv reads it" : NULL;
}
