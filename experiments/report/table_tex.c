/* SPDX-License-Identifier: MIT
 * A table in LaTeX with nothing but booktabs. It fits the width it is for, in one-column and in
 * two-column article: columns that do not fit beside the others go into a second panel below, with the
 * labels of the rows again, and panels that do not fit on the page onto the next. Sizes are estimated from
 * letters and lines, since only TeX knows them. */
#include "experiments/report/table.h"

#include <string.h>

enum { HEAD_WIDTH = 11, LABEL_WIDTH = 21 }; /* letters in a line of a broken head, of a broken label */
enum { PAGE_LINES = 62 }; /* of scriptsize, 8 pt each, on 550 pt, less a caption and rules */

typedef struct {
  const char *environment, *size;
  double width;     /* pt, of the narrowest place it has to fit */
  double letter;    /* pt, of an average letter of this size */
  double companion; /* pt, of an average letter of an interval or a standard deviation */
  double gap;       /* pt, between two columns */
  bool breaks;      /* heads and labels are broken into lines */
} tex_placement;

/* article at 10 pt: one of two columns is 229 pt wide, the only one 345 pt. A digit of cmr8 takes
 * 4.25 pt, of cmr7 3.98 pt, of cmr5 3.40 pt; capitals take more, so a little is added. */
static const tex_placement placements[] = {
    [GM_TABLE_IN_COLUMN] = {.environment = "table",
                            .size = "\\footnotesize\\setlength{\\tabcolsep}{4pt}",
                            .width = 229.0,
                            .letter = 4.25,
                            .companion = 3.4,
                            .gap = 8.0},
    [GM_TABLE_ACROSS_PAGE] = {.environment = "table*",
                              .size = "\\scriptsize\\setlength{\\tabcolsep}{4pt}",
                              .width = 345.0,
                              .letter = 4.2,
                              .companion = 3.6,
                              .gap = 8.0,
                              .breaks = true},
};

static const tex_placement *placement_of(const gm_report_table *table) {
  return &placements[table->placement];
}

/* ---- words ------------------------------------------------------------- */

/* Code points: bytes that do not continue one. */
static size_t letters(const char *text, size_t bytes) {
  size_t n = 0;
  for (size_t i = 0; i < bytes; i++) n += (text[i] & 0xc0) != 0x80;
  return n;
}

/* Breaks `words` into lines of at most `width` letters where it can; copies the line with that
 * number to text and returns the number of lines. */
static size_t broken_line(const char *words, size_t width, size_t number, char text[GM_NUMBER_TEXT]) {
  size_t line = 0, used = 0;
  text[0] = '\0';
  while (*words != '\0') {
    const size_t bytes = strcspn(words, " "), more = letters(words, bytes);
    const bool breaks = used > 0 && used + 1 + more > width;
    if (breaks) line++;
    if (line == number) {
      const size_t n = strlen(text);
      snprintf(text + n, GM_NUMBER_TEXT - n, "%s%.*s", n > 0 ? " " : "", (int)bytes, words);
    }
    used = breaks || used == 0 ? more : used + 1 + more;
    words += bytes + (words[bytes] == ' ');
  }
  return line + 1;
}

/* ---- the lines of a head and of a row, from above ------------------------- */

static bool is_broken_label(const gm_report_table *table, size_t c) {
  return c == 0 && placement_of(table)->breaks && table->columns[c].tex == NULL;
}

static size_t head_lines(const gm_report_table *table, size_t c) {
  char line[GM_NUMBER_TEXT];
  const char *head = table->columns[c].head;
  return placement_of(table)->breaks && head != NULL ? broken_line(head, HEAD_WIDTH, 0, line) : 1;
}

/* Heads end at the bottom: the first of them are empty where there are fewer than `of`. */
static const char *head_text(const gm_report_table *table, size_t c, size_t i, size_t of,
                             char buffer[GM_NUMBER_TEXT]) {
  const size_t lines = head_lines(table, c), above = of - lines;
  buffer[0] = '\0';
  if (lines == 1) return i == above ? table->columns[c].head : buffer;
  if (i >= above) broken_line(table->columns[c].head, HEAD_WIDTH, i - above, buffer);
  return buffer;
}

static const char *unit_text(const gm_report_table *table, size_t c, char buffer[GM_NUMBER_TEXT]) {
  buffer[0] = '\0';
  if (table->columns[c].unit != NULL) snprintf(buffer, GM_NUMBER_TEXT, "(%s)", table->columns[c].unit);
  return buffer;
}

/* Line i of row r: the label in lines, a value with its companion below. */
static const char *cell_text(const gm_report_table *table, size_t r, size_t c, size_t i,
                             char buffer[GM_NUMBER_TEXT]) {
  char value[GM_NUMBER_TEXT];
  buffer[0] = '\0';
  if (is_broken_label(table, c))
    broken_line(gm_report_value_text(table, r, c, value), LABEL_WIDTH, i, buffer);
  else if (i == 0)
    return gm_report_value_text(table, r, c, buffer);
  else if (i == 1)
    gm_report_companion_text(table, r, c, buffer);
  return buffer;
}

/* ---- panels --------------------------------------------------------------- */

static double wider(double width, const char *text, double letter) {
  const double own = (double)letters(text, strlen(text)) * letter;
  return own > width ? own : width;
}

static double column_width(const gm_report_table *table, size_t c) {
  const tex_placement *p = placement_of(table);
  char buffer[GM_NUMBER_TEXT];
  double width = wider(0.0, unit_text(table, c, buffer), p->letter);
  const size_t n = head_lines(table, c);
  for (size_t i = 0; i < n; i++) width = wider(width, head_text(table, c, i, n, buffer), p->letter);
  for (size_t r = 0; r < table->n_rows; r++) {
    const char *text = cell_text(table, r, c, 0, buffer);
    for (size_t i = 0; text[0] != '\0'; text = cell_text(table, r, c, ++i, buffer))
      width = wider(width, text, i == 0 || is_broken_label(table, c) ? p->letter : p->companion);
  }
  return width;
}

static size_t n_labels(const gm_report_table *table) {
  return table->n_labels > 1 ? table->n_labels : 1;
}

/* The columns of a panel of that width: the labels, and those from `from` up to but without the result. */
static size_t panel_end(const gm_report_table *table, size_t from, double limit) {
  double width = column_width(table, 0);
  for (size_t label = 1; label < n_labels(table); label++)
    width += placement_of(table)->gap + column_width(table, label);
  size_t c = from;
  for (; c < table->n_columns; c++) {
    if (table->columns[c].head == NULL || table->columns[c].tex != NULL)
      continue; /* that is a share of the line */
    width += placement_of(table)->gap + column_width(table, c);
    if (width > limit && c > from) break;
  }
  return c;
}

static size_t n_panels(const gm_report_table *table, double limit) {
  size_t n = 0;
  for (size_t from = n_labels(table); from < table->n_columns; from = panel_end(table, from, limit)) n++;
  return n;
}

/* As few panels as fit, and those as narrow, so as equal, as they can be. */
static double panel_width(const gm_report_table *table) {
  const double step = 5.0; /* pt */
  double width = placement_of(table)->width;
  const size_t n = n_panels(table, width);
  while (width > step && n_panels(table, width - step) == n) width -= step;
  return width;
}

typedef struct {
  size_t from, to;
} panel;

static bool is_in(const gm_report_table *table, panel columns, size_t c) {
  return table->columns[c].head != NULL && (c < n_labels(table) || (c >= columns.from && c < columns.to));
}

typedef enum { LINE_HEADS, LINE_UNITS, LINE_CELLS } tex_line;

typedef struct {
  tex_line kind;
  size_t row, number, of; /* line `number` of `of` of that row */
} tex_row;

static const char *text_of(const gm_report_table *table, tex_row row, size_t c, char buffer[GM_NUMBER_TEXT]) {
  if (row.kind == LINE_HEADS) return head_text(table, c, row.number, row.of, buffer);
  if (row.kind == LINE_UNITS) return unit_text(table, c, buffer);
  return cell_text(table, row.row, c, row.number, buffer);
}

/* Nothing at all for a line of empty cells; false then. */
static bool put_line(const gm_report_table *table, panel columns, tex_row row, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  bool empty = true;
  for (size_t c = 0; c < table->n_columns; c++)
    if (is_in(table, columns, c) && text_of(table, row, c, buffer)[0] != '\0') empty = false;
  for (size_t c = 0; c < table->n_columns && !empty; c++) {
    if (!is_in(table, columns, c)) continue;
    if (c > 0) fputs(" & ", out);
    const char *text = text_of(table, row, c, buffer);
    const bool companion = row.kind == LINE_CELLS && row.number > 0 && !is_broken_label(table, c);
    if (companion && text[0] != '\0') fputs("{\\tiny ", out);
    gm_escape_tex(out, text);
    if (companion && text[0] != '\0') fputc('}', out);
  }
  if (!empty) fputs(" \\\\\n", out);
  return !empty;
}

static size_t lines_of_heads(const gm_report_table *table, panel columns) {
  size_t lines = 1;
  for (size_t c = 0; c < table->n_columns; c++)
    if (is_in(table, columns, c) && head_lines(table, c) > lines) lines = head_lines(table, c);
  return lines;
}

/* How many lines a panel has, about: of one value of its rows every companion is another. */
static size_t lines_of_panel(const gm_report_table *table, panel columns) {
  char buffer[GM_NUMBER_TEXT];
  size_t lines = lines_of_heads(table, columns) + 1;
  for (size_t r = 0; r < table->n_rows; r++) {
    size_t most = 1;
    for (size_t c = 0; c < table->n_columns; c++)
      for (size_t i = 0; is_in(table, columns, c) && cell_text(table, r, c, i, buffer)[0] != '\0'; i++)
        if (i + 1 > most) most = i + 1;
    lines += most;
  }
  return lines;
}

static void put_panel(const gm_report_table *table, panel columns, FILE *out) {
  const size_t lines = lines_of_heads(table, columns);
  fputs("\\begin{tabular}{@{}", out);
  for (size_t c = 0; c < table->n_columns; c++) {
    if (!is_in(table, columns, c)) continue;
    const char *type = table->columns[c].tex;
    fputs(type != NULL ? type : gm_report_is_text_column(table, c) ? "l" : "r", out);
  }
  fputs("@{}}\n\\toprule\n", out);
  for (size_t i = 0; i < lines; i++)
    put_line(table, columns, (tex_row){.kind = LINE_HEADS, .number = i, .of = lines}, out);
  put_line(table, columns, (tex_row){.kind = LINE_UNITS}, out);
  fputs("\\midrule\n", out);
  for (size_t r = 0; r < table->n_rows; r++)
    for (size_t i = 0; put_line(table, columns, (tex_row){.kind = LINE_CELLS, .row = r, .number = i}, out);)
      i++;
  fputs("\\bottomrule\n\\end{tabular}\n", out);
}

/* Below the panels that there are on the page, or on the next one. */
static void begin_panel(const gm_report_table *table, bool fits, FILE *out) {
  const tex_placement *p = placement_of(table);
  if (fits)
    fputs("\n\\medskip\n", out);
  else
    fprintf(
        out,
        "\\end{%s}\n\\begin{%s}\n\\centering\n%s\nTable~\\ref{tab:greenmile-%s}, continued\n\n\\medskip\n",
        p->environment, p->environment, p->size, table->name);
}

/* ---- the whole --------------------------------------------------------------- */

void gm_report_table_tex(const gm_report_table *table, FILE *out) {
  const tex_placement *p = placement_of(table);
  fprintf(out,
          "%% Written by report of greenmile. Needs "
          "\\usepackage{booktabs}.\n\\begin{%s}\n\\centering\n\\caption{",
          p->environment);
  gm_escape_tex(out, table->caption);
  fprintf(out, "}\n\\label{tab:greenmile-%s}\n%s\n", table->name, p->size);
  const double width = panel_width(table);
  const size_t first = n_labels(table);
  size_t lines = 0;
  for (size_t from = first, to; from < table->n_columns || from == first; from = to) {
    to = panel_end(table, from, width);
    const size_t more = lines_of_panel(table, (panel){from, to});
    const bool fits = lines + more <= PAGE_LINES;
    if (from > first) begin_panel(table, fits, out);
    lines = fits ? lines + more : more;
    put_panel(table, (panel){from, to}, out);
  }
  if (table->notes != NULL) {
    fputs("\n\\medskip\n\\parbox{\\linewidth}{\\scriptsize ", out);
    gm_escape_tex(out, table->notes);
    fputs("}\n", out);
  }
  fprintf(out, "\\end{%s}\n", p->environment);
}
