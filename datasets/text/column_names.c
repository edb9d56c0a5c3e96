/* SPDX-License-Identifier: MIT
 * Columns by name or number, and the guess where nothing is said. What is guessed is told to the user. */
#include "datasets/text/column_names.h"

#include "datasets/text/date_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- one column --------------------------------------------------------------------- */

/* The one column called `name`, else the one of that number; also an error when the header has it twice. */
static gm_status find_column(const gm_csv_table *table, const char *name, size_t *index, gm_error *err) {
  int64_t number;
  gm_error ignored;
  const gm_status status = gm_csv_column(table, name, index, &ignored);
  if (status != GM_OK && gm_parse_integer(name, &number) && number >= 1 &&
      (size_t)number <= table->n_columns) {
    *index = (size_t)number - 1;
    return GM_OK;
  }
  if (status != GM_OK) return gm_csv_column(table, name, index, err);
  for (size_t other = *index + 1; other < table->n_columns; other++)
    if (strcmp(table->header[other], name) == 0)
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s: the header line has the column \"%s\" more than once; call it by its number (%zu, %zu, …)",
          table->name, name, *index + 1, other + 1);
  return GM_OK;
}

/* ---- lists ---------------------------------------------------------------------------- */

/* Takes the next name off a comma-separated list, without its quotation marks, in place; NULL when there is
 * none or a quotation mark is out of place. */
static char *next_name(char **rest) {
  char *name = *rest, *put = name, *at = name;
  const bool quoted = *at == '"';
  at += quoted;
  while (*at != '\0' && (quoted || *at != ',')) {
    if (quoted && *at == '"' && *++at != '"') break;
    *put++ = *at++;
  }
  if (*at != '\0' && *at != ',') return NULL;
  *rest = *at == ',' ? at + 1 : NULL;
  *put = '\0';
  return name;
}

static gm_status find_features(const gm_csv_table *table, const char *features, gm_chosen_columns *columns,
                               gm_error *err) {
  gm_status status = GM_OK;
  char *list = strdup(features);
  columns->channel =
      calloc(strlen(features) / 2 + 1, sizeof *columns->channel); /* "a,b": a name and its comma take two */
  if (list == NULL || columns->channel == NULL) status = gm_fail_memory(err, "the list of features");
  char *rest = list;
  while (status == GM_OK && rest != NULL) {
    const char *name = next_name(&rest);
    size_t column = 0;
    if (name == NULL || *name == '\0') {
      status = gm_fail(err, GM_BAD_INPUT, "features: expected column names separated by commas, got \"%s\"",
                       features);
      break;
    }
    status = find_column(table, name, &column, err);
    for (size_t c = 0; status == GM_OK && c < columns->n_channels; c++)
      if (columns->channel[c] == column)
        status = gm_fail(err, GM_BAD_INPUT, "features: column \"%s\" is listed twice", name);
    if (status == GM_OK) columns->channel[columns->n_channels++] = column;
  }
  free(list);
  return status;
}

/* ---- dates and target -------------------------------------------------------------------- */

/* Whether the heading of a column says that it counts something else than months. */
static bool is_no_month(const char *heading) {
  static const char *const words[] = {"week",   "wk",      "day", "doy",  "jday",
                                      "julian", "quarter", "qtr", "hour", "dekad"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strncasecmp(heading, words[i], strlen(words[i])) == 0) return true;
  return false;
}

/* Years 1000 to 2999 in one column and months in the next, by name or as 1 … 12 that go up by one. */
static bool are_year_and_month(const gm_csv_table *t, size_t year, size_t month) {
  int64_t before = 0, number = 0, of_year = 0, year_before = 0;
  if (year >= t->n_columns || month >= t->n_columns || is_no_month(t->header[month])) return false;
  for (size_t r = 0; r < t->n_rows && r < 24; r++, before = number, year_before = of_year) {
    const char *text = gm_csv_field(t, r, month);
    if (!gm_parse_whole(gm_csv_field(t, r, year), &of_year) || of_year < 1000 || of_year > 2999) return false;
    if (!gm_parse_whole(text, &number)) number = gm_month_of_name(text, strlen(text));
    if (number < 1 || number > 12 ||
        (r > 0 && (number != before % 12 + 1 || of_year != year_before + (number == 1))))
      return false;
  }
  return t->n_rows > 1;
}

static gm_status choose_dates(const gm_csv_table *t, const char *date, gm_chosen_columns *c, gm_error *err) {
  if (date == NULL) {
    c->date = 0;
    c->month = 1;
    if (!are_year_and_month(t, 0, 1) && are_year_and_month(t, 1, 0)) { /* CPC's "SEAS YR" */
      c->date = 1;
      c->month = 0;
    }
    c->two_date_columns = are_year_and_month(t, c->date, c->month);
    return GM_OK;
  }
  gm_error ignored;
  if (strchr(date, ',') == NULL || find_column(t, date, &c->date, &ignored) == GM_OK)
    return find_column(t, date, &c->date, err);
  char *list = strdup(date), *rest = list;
  if (list == NULL) return gm_fail_memory(err, "the date columns");
  const char *year = next_name(&rest), *month = year != NULL && rest != NULL ? next_name(&rest) : NULL;
  gm_status status = GM_OK;
  if (month == NULL || rest != NULL)
    status = gm_fail(err, GM_BAD_INPUT,
                     "--date-column: expected a column, or two for year and month, got \"%s\"", date);
  if (status == GM_OK) status = find_column(t, year, &c->date, err);
  if (status == GM_OK) status = find_column(t, month, &c->month, err);
  if (status == GM_OK && is_no_month(t->header[c->month]))
    status =
        gm_fail(err, GM_BAD_INPUT,
                "%s: --date-column: column \"%s\" counts no months; expected a column of years and one of "
                "months, or number the rows",
                t->name, t->header[c->month]);
  c->two_date_columns = true;
  free(list);
  return status;
}

/* What a column is called by: its name, or its number where it has none or shares it. */
static const char *call(const gm_csv_table *t, size_t column, char number[24]) {
  bool shared = t->header[column][0] == '\0';
  for (size_t i = 0; i < t->n_columns; i++)
    shared = shared || (i != column && strcmp(t->header[i], t->header[column]) == 0);
  if (!shared) return t->header[column];
  snprintf(number, 24, "%zu", column + 1);
  return number;
}

/* Whether the rows may be a year, its months and their mean, where no header says so. */
static bool may_be_year_rows(const gm_csv_table *t) {
  enum { YEAR_AND_MONTHS = 13 };
  int64_t year;
  return t->n_columns > YEAR_AND_MONTHS && strcmp(t->header[1], "2") == 0 &&
         gm_parse_whole(gm_csv_field(t, 0, 0), &year) && year >= 1000 && year <= 2999;
}

static gm_status choose_target(const gm_csv_table *t, const char *target, gm_chosen_columns *c,
                               gm_error *err) {
  char names[GM_ERROR_LENGTH / 2] = "", number[24];
  size_t n = 0, used = 0;
  if (target != NULL) {
    const size_t length = strlen(target);
    gm_error ignored;
    if (length > 2 && target[0] == '"' && target[length - 1] == '"' &&
        find_column(t, target, &c->target, &ignored) != GM_OK) {
      char *list = strdup(target), *rest = list;
      const char *name = list != NULL ? next_name(&rest) : NULL;
      const gm_status status = find_column(t, name != NULL ? name : target, &c->target, err);
      free(list);
      return status;
    }
    return find_column(t, target, &c->target, err);
  }
  for (size_t i = 0; i < t->n_columns; i++) {
    if (i == c->date || (c->two_date_columns && i == c->month)) continue;
    if (n++ == 0) c->target = i;
    const int k = snprintf(names + used, sizeof names - used, "%s%s", n > 1 ? ", " : "", call(t, i, number));
    if (k > 0) used = used + (size_t)k < sizeof names ? used + (size_t)k : sizeof names - 1;
  }
  if (n == 1) return GM_OK;
  if (n == 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: no column beside the dates in \"%s\"", t->name,
                   t->header[c->date]);
  return gm_fail(
      err, GM_BAD_INPUT, "%s: which column is to be forecast? --target %s%s", t->name, names,
      may_be_year_rows(t)
          ? "; if twelve of them are the months of a year, a header must name them: year Jan Feb Mar …"
          : "");
}

gm_status gm_choose_columns(const gm_csv_table *t, const char *date, const char *target, const char *features,
                            gm_chosen_columns *c, gm_error *err) {
  *c = (gm_chosen_columns){0};
  gm_status status = choose_dates(t, date, c, err);
  if (status == GM_OK) status = choose_target(t, target, c, err);
  if (status != GM_OK) return status;
  if (features != NULL) return find_features(t, features, c, err);
  c->channel = malloc(sizeof *c->channel);
  if (c->channel == NULL) return gm_fail_memory(err, "the list of features");
  c->channel[0] = c->target;
  c->n_channels = 1;
  return GM_OK;
}

void gm_chosen_columns_free(gm_chosen_columns *c) {
  free(c->channel);
  *c = (gm_chosen_columns){0};
}
