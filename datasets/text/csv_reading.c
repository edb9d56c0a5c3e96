/* SPDX-License-Identifier: MIT
 * Notes and units. */
#include "datasets/text/csv_reading.h"

#include "datasets/text/column_units.h"

#include <stdarg.h>
#include <stdio.h>

void gm_csv_note(gm_csv_reading *r, const char *format, ...) {
  gm_series_found *f = r->found;
  va_list arguments;
  if (f->n_notes == GM_SERIES_NOTES) { /* the last place counts those that have none */
    r->n_more += r->n_more == 0 ? 2 : 1;
    snprintf(f->note[GM_SERIES_NOTES - 1], GM_SERIES_NOTE,
             "%s: %zu more of such findings; read fewer columns to see them", r->table.name, r->n_more);
    return;
  }
  va_start(arguments, format);
  vsnprintf(f->note[f->n_notes++], GM_SERIES_NOTE, format, arguments);
  va_end(arguments);
}

const char *gm_csv_unit(const gm_csv_reading *r, size_t column) {
  const char *below = r->units != NULL ? gm_unit_shown(r->units[column]) : NULL;
  return below != NULL ? below : gm_unit_of_heading(r->table.header[column]);
}
