/* SPDX-License-Identifier: MIT
 * Layouts of text files: delimiter, header, lines before and behind the table, years with twelve columns,
 * found from the first lines by what repeats. It reads no dates and no values. */
#include "datasets/text/text_layout.h"

#include "common/suggestion.h"
#include "datasets/text/column_units.h"
#include "datasets/text/date_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MONTHS = 12, FIRST_YEAR = 1000, LAST_YEAR = 2999, HEAD_LINES = 100, HEAD_FIELDS = 64 };

/* ---- what the user says ------------------------------------------------------------ */

gm_status gm_text_wish_parse(const char *text, gm_text_wish *wish, gm_error *err) {
  static const char *const words[] = {"rows",   "year-rows", "comma", "semicolon", "tab",  "blanks",
                                      "header", "no-header", "index", "monthly",   "daily"};
  static const char choices[] =
      "rows|year-rows, comma|semicolon|tab|blanks, header|no-header and index|monthly|daily";
  static const char delimiters[] = ",;\t ";
  enum { ROWS, YEAR_ROWS, COMMA, BLANKS = COMMA + 3, HEADER, NO_HEADER, INDEX, N_WORDS = INDEX + 3 };
  *wish = (gm_text_wish){0};
  for (const char *at = text; at != NULL;) {
    const size_t length = strcspn(at, ",");
    size_t w = 0;
    while (w < N_WORDS && (strlen(words[w]) != length || strncmp(at, words[w], length) != 0)) w++;
    if (w == ROWS) wish->rows = true;
    if (w == YEAR_ROWS) wish->year_rows = true;
    if (w >= COMMA && w <= BLANKS) wish->delimiter = delimiters[w - COMMA];
    if (w == HEADER) wish->header = true;
    if (w == NO_HEADER) wish->no_header = true;
    if (w >= INDEX && w < N_WORDS) {
      wish->dated = true;
      wish->unit = (gm_time_unit)(w - INDEX);
    }
    if (w == N_WORDS || (wish->rows && wish->year_rows) || (wish->header && wish->no_header)) {
      gm_fail(err, GM_BAD_INPUT, "--layout: expected words out of %s, separated by commas, got \"%s\"",
              choices, text);
      return w == N_WORDS ? gm_suggest(err, at, length, choices) : GM_BAD_INPUT;
    }
    at = at[length] == ',' ? at + length + 1 : NULL;
  }
  return GM_OK;
}

const char *gm_text_delimiter_name(char delimiter) {
  return delimiter == ';'    ? "semicolons"
         : delimiter == '\t' ? "tabs"
         : delimiter == ' '  ? "blanks"
                             : "commas";
}

/* ---- lines --------------------------------------------------------------------------- */

/* A line that is neither blank nor a comment. */
typedef struct {
  const char *start, *end;
  size_t number; /* from 1 */
} text_line;

typedef struct {
  const char *at, *end;
  size_t number; /* of the line before `at` */
} text_cursor;

static text_cursor open_text(const char *text, size_t length) {
  text_cursor c = {text, text + length, 0};
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) c.at += 3; /* UTF-8 byte order mark */
  return c;
}

static bool next_line(text_cursor *c, text_line *line) {
  while (c->at < c->end) {
    const char *start = c->at;
    while (c->at < c->end && *c->at != '\n' && *c->at != '\r') c->at++;
    const char *end = c->at;
    if (c->at < c->end) c->at += c->at[0] == '\r' && c->at + 1 < c->end && c->at[1] == '\n' ? 2 : 1;
    *line = (text_line){start, end, ++c->number};
    if (*start == '#' || *start == '%') continue;
    while (start < end && isspace((unsigned char)*start)) start++;
    if (start < end) return true;
  }
  return false;
}

typedef struct {
  const char *text;
  size_t length;
} text_field;

/* The fields of a line, as common/csv.h cuts them; returns how many, of which at most HEAD_FIELDS are kept.
 */
static size_t cut(const text_line *line, char delimiter, text_field fields[HEAD_FIELDS]) {
  const char *at = line->start, *end = line->end;
  size_t n = 0;
  for (;;) {
    while (at < end && (*at == ' ' || (*at == '\t' && delimiter != '\t'))) at++;
    if (delimiter == ' ' && at == end) return n;
    const bool quoted = at < end && *at == '"';
    const char *from = at + quoted, *to;
    if (quoted) {
      for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at += *at == '"' ? 2 : 1) {
      }
      to = at < end ? at : end;
    }
    while (at < end && *at != delimiter && (delimiter != ' ' || *at != '\t')) at++;
    if (!quoted) to = at;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t')) to--;
    if (n < HEAD_FIELDS) fields[n] = (text_field){from, (size_t)(to - from)};
    n++;
    if (at == end) return n;
    at++;
  }
}

/* ---- fields -------------------------------------------------------------------------- */

static bool is_data(const text_line *line, char delimiter) {
  text_field fields[HEAD_FIELDS];
  return cut(line, delimiter, fields) > 0 && gm_date_is_likely(fields[0].text, fields[0].length);
}

static bool is_year(text_field f, long *year) {
  if (f.length != 4) return false;
  *year = 0;
  for (size_t i = 0; i < 4; i++) {
    if (!isdigit((unsigned char)f.text[i])) return false;
    *year = 10 * *year + (f.text[i] - '0');
  }
  return *year >= FIRST_YEAR && *year <= LAST_YEAR;
}

/* The column of January in a header that has the twelve months in order behind another column; 0 for none. */
static size_t find_january(const text_line *line, char delimiter) {
  text_field fields[HEAD_FIELDS];
  const size_t n = cut(line, delimiter, fields);
  for (size_t first = 1; first + MONTHS <= n && n <= HEAD_FIELDS; first++) {
    int m = 0;
    while (m < MONTHS &&
           gm_month_of_name(fields[first + (size_t)m].text, fields[first + (size_t)m].length) == m + 1 &&
           strncasecmp(fields[first + (size_t)m].text, "JFM", 3) != 0)
      m++;
    if (m == MONTHS) return first;
  }
  return 0;
}

/* Whether a header has twelve months in a row that begin with another than January, as hydrological years do.
 */
static bool begins_elsewhere(const text_line *line, char delimiter) {
  text_field fields[HEAD_FIELDS];
  const size_t n = cut(line, delimiter, fields);
  for (size_t first = 1; first + MONTHS <= n && n <= HEAD_FIELDS; first++) {
    const int begin = gm_month_of_name(fields[first].text, fields[first].length);
    int m = 1;
    while (begin > 1 && m < MONTHS &&
           gm_month_of_name(fields[first + (size_t)m].text, fields[first + (size_t)m].length) ==
               (begin + m - 1) % MONTHS + 1)
      m++;
    if (m == MONTHS) return true;
  }
  return false;
}

/* ---- delimiters ------------------------------------------------------------------------- */

typedef struct {
  char delimiter;
  size_t n_fields; /* that most lines have */
  size_t n_lines;  /* which have it */
} text_split;

/* The number of fields, two or more, that most lines of the head have: of those that look like data, if there
 * are any. */
static text_split try_delimiter(const text_line *head, size_t n, char delimiter) {
  size_t count[HEAD_LINES], n_data = 0;
  text_field fields[HEAD_FIELDS];
  text_split best = {delimiter, 0, 0};
  for (size_t i = 0; i < n; i++) n_data += is_data(&head[i], delimiter);
  for (size_t i = 0; i < n; i++)
    count[i] = n_data == 0 || is_data(&head[i], delimiter) ? cut(&head[i], delimiter, fields) : 0;
  for (size_t i = 0; i < n; i++) {
    size_t same = 0;
    for (size_t j = 0; j < n; j++) same += count[j] == count[i];
    if (count[i] >= 2 && same > best.n_lines) best = (text_split){delimiter, count[i], same};
  }
  return best;
}

static text_split find_delimiter(const text_line *head, size_t n, const gm_text_wish *wish) {
  static const char candidates[] = "\t;, ";
  text_split best = {',', 0, 0};
  if (wish->delimiter != '\0') return try_delimiter(head, n, wish->delimiter);
  for (size_t i = 0; i < sizeof candidates - 1; i++) {
    const text_split split = try_delimiter(head, n, candidates[i]);
    if (split.n_lines > best.n_lines) best = split;
  }
  return best;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* What stands below the name of a column of dates in a row of units: nothing, a zone, or letters such as
 * "yyyy-mm-dd". */
static bool is_unit_of_dates(text_field f) {
  static const char *const words[] = {"UTC", "GMT", "unit", "units", "-"};
  size_t letters = 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (f.length == strlen(words[i]) && strncasecmp(f.text, words[i], f.length) == 0) return true;
  while (letters < f.length && strchr("yYmMdDhHsS-/:. ", f.text[letters]) != NULL) letters++;
  return letters == f.length && (f.length == 0 || (f.length >= 4 && strncasecmp(f.text, "yy", 2) == 0));
}

/* Whether a line above the data holds the units of the names above it (ERDDAP's CSV): a unit of dates, then
 * at least one that is known. */
static bool is_units_row(const text_line *names, const text_line *line, text_split split) {
  text_field fields[HEAD_FIELDS];
  char unit[16];
  bool known = false;
  if (split.n_fields > HEAD_FIELDS || cut(names, split.delimiter, fields) != split.n_fields ||
      cut(line, split.delimiter, fields) != split.n_fields || !is_unit_of_dates(fields[0]))
    return false;
  for (size_t i = 1; i < split.n_fields; i++) {
    if (fields[i].length >= sizeof unit) continue;
    memcpy(unit, fields[i].text, fields[i].length);
    unit[fields[i].length] = '\0';
    known = known || gm_unit_is_known(unit);
  }
  return known || strncasecmp(fields[0].text, "UTC", 3) == 0;
}

/* The first line of data with the usual number of fields; the header is the line before it, if that is one.
 */
static void find_rows(const text_line *head, size_t n, text_split split, const gm_text_wish *wish,
                      gm_text_layout *layout) {
  text_field fields[HEAD_FIELDS];
  size_t data = 0, first = 0;
  while (data < n && !is_data(&head[data], split.delimiter)) data++;
  layout->dialect.no_header = wish->no_header || data == 0;
  if (wish->header) layout->dialect.no_header = false;
  if (data < n && data > 0) {
    const size_t names = cut(&head[data - 1], split.delimiter, fields);
    const bool blanks = split.delimiter == ' ';
    const bool fits = names == split.n_fields || names + 1 == split.n_fields;
    layout->dialect.row_names = blanks && names + 1 == split.n_fields;
    if (blanks && !fits && !wish->header)
      layout->dialect.no_header = true; /* a title, or names with blanks */
    if (!blanks && names < 2 && !wish->header) layout->dialect.no_header = true;
    layout->units_row = !layout->dialect.no_header && data > 1 && names == split.n_fields &&
                        is_units_row(&head[data - 2], &head[data - 1], split);
    first = layout->dialect.no_header ? data : data - 1 - layout->units_row;
  }
  layout->dialect.first = n > 0 ? head[first].number : 1;
  if (first == 0 && data == 0) layout->dialect.first = 1;
  layout->n_before = first;
}

/* ---- years of twelve months ------------------------------------------------------------------ */

/* What stands behind the last year: a line with one number states the missing value; another year would be a
 * second table. */
static gm_status read_tail(text_cursor *c, text_line line, const char *name, char delimiter,
                           gm_text_layout *layout, gm_error *err) {
  do {
    text_field fields[HEAD_FIELDS];
    long year;
    const size_t n = cut(&line, delimiter, fields);
    if (n > MONTHS && is_year(fields[0], &year))
      return gm_fail(
          err, GM_BAD_INPUT,
          "%s:%zu: the year %ld begins a second table; expected one table of a year and twelve months in "
          "every row: keep one of them",
          name, line.number, year);
    if (layout->n_after++ == 0 && n == 1 && fields[0].length < GM_TEXT_MARK) {
      double value;
      memcpy(layout->mark, fields[0].text, fields[0].length);
      if (!gm_parse_double(layout->mark, &value)) layout->mark[0] = '\0';
    }
  } while (next_line(c, &line));
  return GM_OK;
}

/* Whether a line can have so many fields at all, which takes one delimiter less. */
static bool may_have_fields(const text_line *line, char delimiter, size_t wanted) {
  size_t n = 1;
  for (const char *c = line->start; c < line->end; c++)
    n += *c == delimiter || (delimiter == ' ' && *c == '\t');
  return n >= wanted;
}

/* Rows of a year and twelve months: below a header that names the months, or 13 fields without one. */
static gm_status find_year_rows(const char *text, size_t length, const char *name, char delimiter,
                                bool wanted, gm_text_layout *layout, gm_error *err) {
  text_cursor c = open_text(text, length);
  text_line line, last = {0};
  size_t january = 0, n_fields = 0, n_before = 0, last_fields = 0;
  long year = 0, previous = 0;
  bool named = false, ended = false;
  while (next_line(&c, &line)) {
    text_field fields[HEAD_FIELDS];
    if (previous == 0 && !may_have_fields(&line, delimiter, MONTHS + 1)) {
      n_before++;
      continue;
    }
    const size_t n = cut(&line, delimiter, fields);
    const bool row = n > 0 && is_year(fields[0], &year);
    if (previous == 0) {
      if (wanted && january == 0 && begins_elsewhere(&line, delimiter))
        return gm_fail(
            err, GM_BAD_INPUT,
            "%s:%zu: the twelve months of this header do not begin with January; expected January to "
            "December, as a year of the calendar has them",
            name, line.number);
      if (january == 0) january = find_january(&line, delimiter);
      named = named || january > 0 || (n == MONTHS + 1 && !row && !is_data(&line, delimiter));
      if (!row || n < MONTHS + 1 || (january > 0 && n < january + MONTHS)) {
        n_before++;
        continue;
      }
      if (wanted && january == 0 && n > MONTHS + 1)
        return gm_fail(err, GM_BAD_INPUT,
                       "%s:%zu: %zu numbers behind the year, and no header that says which are the months; "
                       "expected one above the years, such as: year Jan Feb Mar Apr May Jun Jul Aug Sep Oct "
                       "Nov Dec mean",
                       name, line.number, n - 1);
      if (january == 0 && (n != MONTHS + 1 || (named && !wanted)))
        return GM_OK; /* twelve columns of other names */
      layout->dialect = (gm_csv_dialect){.delimiter = delimiter,
                                         .no_header = true,
                                         .short_last = true,
                                         .percent = true,
                                         .first = line.number};
      layout->first_month = january > 0 ? january : 1;
      n_fields = n;
    } else if (!row || (n != n_fields && !(n < n_fields && year == previous + 1))) {
      ended = true;
      break;
    } else if (last_fields < n_fields) {
      return gm_fail(err, GM_BAD_INPUT, "%s:%zu: %zu fields where the other years have %zu", name,
                     last.number, last_fields, n_fields);
    } else if (year != previous + 1) {
      return gm_fail(err, GM_BAD_INPUT,
                     "%s:%zu: the year %ld follows %ld; expected every year once, in order", name,
                     line.number, year, previous);
    }
    previous = year;
    last = line;
    last_fields = n;
  }
  if (previous == 0) return GM_OK;
  layout->year_rows = true;
  layout->dialect.last = last.number;
  layout->n_before = n_before - (january > 0);
  return !ended ? GM_OK : read_tail(&c, line, name, delimiter, layout, err);
}

/* ---- all ------------------------------------------------------------------------------------- */

gm_status gm_text_layout_find(const char *text, size_t length, const char *name, const gm_text_wish *wish,
                              bool columns_named, gm_text_layout *layout, gm_error *err) {
  text_line head[HEAD_LINES];
  size_t n = 0;
  text_cursor c = open_text(text, length);
  while (n < HEAD_LINES && next_line(&c, &head[n])) n++;
  const text_split split = find_delimiter(head, n, wish);
  *layout = (gm_text_layout){.dialect = {.delimiter = split.delimiter, .percent = true, .first = 1}};
  if (wish->year_rows || (!wish->rows && !columns_named)) {
    const gm_status status =
        find_year_rows(text, length, name, split.delimiter, wish->year_rows, layout, err);
    if (status != GM_OK || layout->year_rows) return status;
    if (wish->year_rows)
      return gm_fail(err, GM_BAD_INPUT,
                     "%s: no rows of a year and twelve months, which --layout year-rows says", name);
  }
  find_rows(head, n, split, wish, layout);
  return GM_OK;
}
