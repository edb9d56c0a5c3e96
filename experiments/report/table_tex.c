/* SPDX-License-Identifier: MIT
 * A table in LaTeX, with booktabs. */
#include "experiments/report/table.h"

#include <string.h>

enum { HEAD_WIDTH = 11 }; /* characters of a line of a broken head */

/* Breaks head between words into lines of at most HEAD_WIDTH characters where it can; copies
 * the line with that number to text and returns the number of lines. */
static size_t head_line(const char *head, size_t number, char text[GM_NUMBER_TEXT]) {
  size_t line = 0, width = 0;
  text[0] = '\0';
  while (*head != '\0') {
    const size_t bytes = strcspn(head, " ");
    size_t letters = 0; /* code points: bytes that do not continue one */
    for (size_t i = 0; i < bytes; i++) letters += (head[i] & 0xc0) != 0x80;
    const bool breaks = width > 0 && width + 1 + letters > HEAD_WIDTH;
    if (breaks) line++;
    if (line == number) {
      const size_t used = strlen(text);
      snprintf(text + used, GM_NUMBER_TEXT - used, "%s%.*s", used > 0 ? " " : "", (int)bytes, head);
    }
    width = breaks || width == 0 ? letters : width + 1 + letters;
    head += bytes + (head[bytes] == ' ');
  }
  return line + 1;
}

/* What a line of cells holds. */
typedef enum { LINE_HEADS, LINE_UNITS, LINE_VALUES, LINE_COMPANIONS } tex_line;

typedef struct {
  tex_line kind;
  size_t row;        /* of values and companions */
  size_t number, of; /* of a broken head: line `number` of `of`, bottom-aligned */
} tex_row;

/* The text of one cell; buffer is used where it is made here. */
static const char *tex_text(const gm_report_table *table, tex_row row, size_t c,
                            char buffer[GM_NUMBER_TEXT]) {
  const gm_report_column *column = &table->columns[c];
  buffer[0] = '\0';
  switch (row.kind) {
  case LINE_HEADS: {
    if (table->placement == GM_TABLE_IN_COLUMN) return column->head;
    const size_t lines = head_line(column->head, row.of, buffer), above = row.of - lines;
    if (row.number >= above) head_line(column->head, row.number - above, buffer);
    return buffer;
  }
  case LINE_UNITS:
    if (column->unit != NULL) snprintf(buffer, GM_NUMBER_TEXT, "(%s)", column->unit);
    return buffer;
  case LINE_VALUES:
    return gm_report_value_text(table, row.row, c, buffer);
  case LINE_COMPANIONS:
    gm_report_companion_text(table, row.row, c, buffer);
    return buffer;
  }
  return buffer;
}

/* Nothing at all for a line of empty cells. */
static void put_tex_row(const gm_report_table *table, tex_row row, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  bool empty = true;
  for (size_t c = 0; c < table->n_columns && empty; c++)
    empty = table->columns[c].head == NULL || tex_text(table, row, c, buffer)[0] == '\0';
  bool first = true;
  for (size_t c = 0; c < table->n_columns && !empty; c++) {
    if (table->columns[c].head == NULL) continue;
    if (!first) fputs(" & ", out);
    first = false;
    const char *text = tex_text(table, row, c, buffer);
    if (text[0] == '\0') continue;
    if (row.kind == LINE_COMPANIONS) fputs("{\\scriptsize ", out);
    gm_escape_tex(out, text);
    if (row.kind == LINE_COMPANIONS) fputc('}', out);
  }
  if (!empty) fputs(" \\\\\n", out);
}

static void put_tex_heads(const gm_report_table *table, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  size_t lines = 1;
  for (size_t c = 0; c < table->n_columns && table->placement != GM_TABLE_IN_COLUMN; c++) {
    const size_t needed = table->columns[c].head != NULL ? head_line(table->columns[c].head, 0, buffer) : 1;
    if (needed > lines) lines = needed;
  }
  for (size_t i = 0; i < lines; i++)
    put_tex_row(table, (tex_row){.kind = LINE_HEADS, .number = i, .of = lines}, out);
  put_tex_row(table, (tex_row){.kind = LINE_UNITS}, out);
}

void gm_report_table_tex(const gm_report_table *table, FILE *out) {
  static const struct {
    const char *environment, *packages, *size, *open, *close;
  } placements[] = {
      [GM_TABLE_IN_COLUMN] = {"table", "booktabs", "\\small", "", ""},
      [GM_TABLE_ACROSS_PAGE] = {"table*", "booktabs", "\\scriptsize\\setlength{\\tabcolsep}{4pt}", "", ""},
      [GM_TABLE_SIDEWAYS] = {"sidewaystable*", "booktabs,rotating",
                             "\\footnotesize\\setlength{\\tabcolsep}{4pt}", "\\resizebox{\\linewidth}{!}{%\n",
                             "}"},
  };
  const char *environment = placements[table->placement].environment;
  fprintf(out,
          "%% Written by report of greenmile. Needs \\usepackage{%s}.\n\\begin{%s}\n\\centering\n\\caption{",
          placements[table->placement].packages, environment);
  gm_escape_tex(out, table->caption);
  fprintf(out, "}\n\\label{tab:greenmile-%s}\n%s\n%s\\begin{tabular}{@{}", table->name,
          placements[table->placement].size, placements[table->placement].open);
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head != NULL)
      fputs(column->tex != NULL ? column->tex : gm_report_is_text_column(table, c) ? "l" : "r", out);
  }
  fputs("@{}}\n\\toprule\n", out);
  put_tex_heads(table, out);
  fputs("\\midrule\n", out);
  for (size_t r = 0; r < table->n_rows; r++) {
    put_tex_row(table, (tex_row){.kind = LINE_VALUES, .row = r}, out);
    put_tex_row(table, (tex_row){.kind = LINE_COMPANIONS, .row = r}, out);
  }
  fprintf(out, "\\bottomrule\n\\end{tabular}%s\n", placements[table->placement].close);
  if (table->notes != NULL) {
    fputs("\n\\medskip\n\\parbox{\\linewidth}{\\footnotesize ", out);
    gm_escape_tex(out, table->notes);
    fputs("}\n", out);
  }
  fprintf(out, "\\end{%s}\n", environment);
}
