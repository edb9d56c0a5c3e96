/* SPDX-License-Identifier: MIT
 * Dates: what is read as one comes back as written, CF units and calendars give months or are refused, and
 * columns of dates advance by one or are refused. Lines of the input are the rows. */
#include "datasets/maps/cf_time.h"
#include "datasets/series.h"
#include "datasets/text/date_column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 64 };

static const char *text_of(void *context, size_t row) {
  return ((char **)context)[row];
}

static size_t line_of(void *context, size_t row) {
  (void)context;
  return row + 1;
}

static void one_date(const char *text) {
  gm_time_unit unit, again;
  int64_t ordinal, same;
  char back[GM_TIME_TEXT];
  if (!gm_time_parse(text, &unit, &ordinal)) return;
  gm_time_format(unit, ordinal, back);
  if (!gm_time_parse(back, &again, &same) || again != unit || same != ordinal) abort();
}

static void one_axis(const char *units, const char *calendar) {
  static const double values[] = {0, 1, -1, 1e3, 1e9, -1e9, 1e300};
  gm_cf_time time;
  gm_error err;
  int64_t month;
  if (gm_cf_time_parse(units, calendar, &time, &err) != GM_OK) return;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (gm_cf_time_month(&time, values[i], &month) && (month < 0 || month >= 12 * 10000)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = malloc(size + 1), *rows[MOST_ROWS], form[GM_DATE_FORM];
  size_t n = 0;
  if (copy == NULL) return 0;
  memcpy(copy, data, size);
  copy[size] = '\0';
  for (char *rest = copy; rest != NULL && n < MOST_ROWS;) rows[n++] = strsep(&rest, "\n");
  for (size_t i = 0; i < n; i++) one_date(rows[i]);
  one_axis(rows[0], n > 1 ? rows[1] : NULL);
  gm_time_unit unit;
  int64_t first;
  gm_error err = {GM_OK, ""};
  gm_date_column column = {
      .name = "f", .column = "c", .n = n, .text = text_of, .line = line_of, .context = rows};
  if (gm_date_column_read(&column, &unit, &first, form, &err) != GM_OK && err.message[0] == '\0') abort();
  column.month = text_of;
  gm_date_column_read(&column, &unit, &first, form, &err);
  free(copy);
  return 0;
}
