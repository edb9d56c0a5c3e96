/* SPDX-License-Identifier: MIT
 * An SVG file of gnuplot inside an HTML page: without its XML head, with an
 * accessible name, and with ids that cannot meet those of another figure. */
#ifndef EXPERIMENTS_REPORT_SVG_H
#define EXPERIMENTS_REPORT_SVG_H

#include "common/status.h"

#include <stdio.h>

/* Writes the <svg> element of `path` to `out`; every id and every reference to one gets
 * `prefix` in front; the element with the id `label` is what screen readers say. */
gm_status gm_report_inline_svg(FILE *out, const char *path, const char *prefix, const char *label,
                               gm_error *err);

#endif
