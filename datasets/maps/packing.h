/* SPDX-License-Identifier: MIT
 * Stored numbers of a netCDF variable to physical ones: value = stored · scale_factor +
 * add_offset, and NaN for what the file marks as missing (CF 1.10, sections 2.5.1 and
 * 8.1; NetCDF Users Guide, appendix A). Pure arithmetic: it reads no file. */
#ifndef DATASETS_PACKING_H
#define DATASETS_PACKING_H

#include <stdbool.h>
#include <stddef.h>

enum { GM_PACKING_MISSING = 8 };

typedef struct {
  double scale, offset;
  double missing[GM_PACKING_MISSING]; /* _FillValue and missing_value, as stored */
  size_t n_missing;
  double valid_min, valid_max; /* −INFINITY, INFINITY where not given */
  double wrap;                 /* range of the integer type where its sign is not the stored one's; else 0 */
  bool wrap_to_signed;         /* stored unsigned, meant signed; false: stored signed, meant unsigned */
  bool valid_of_unpacked;      /* the range is of physical values: it has the type of scale_factor */
} gm_packing;

/* Nothing packed, nothing missing but NaN and infinities. */
gm_packing gm_packing_none(void);

/* A stored integer with the sign that is meant (`_Unsigned`); missing values and the range of a packing are
 * so already. */
double gm_packing_wrap(const gm_packing *packing, double stored);

/* The physical value, or NaN. */
double gm_packing_unpack(const gm_packing *packing, double stored);

#endif
