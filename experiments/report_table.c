/* SPDX-License-Identifier: MIT
 * The table and its writers. */
#include "experiments/report_table.h"

#include "common/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- life cycle ------------------------------------------------------- */

gm_status gm_report_table_init(gm_report_table *table, const char *name, const gm_report_column *columns,
                               size_t n_columns, size_t n_rows, gm_error *err) {
  *table = (gm_report_table){.name = name, .columns = columns, .n_columns = n_columns, .n_rows = n_rows};
  table->cells = calloc(n_rows * n_columns + 1, sizeof *table->cells);
  if (table->cells == NULL) return gm_fail_memory(err, name);
  for (size_t i = 0; i < n_rows * n_columns; i++) table->cells[i].number = NAN;
  return GM_OK;
}

void gm_report_table_free(gm_report_table *table) {
  for (size_t i = 0; table->cells != NULL && i < table->n_rows * table->n_columns; i++)
    free(table->cells[i].text);
  free(table->cells);
  free(table->caption);
  free(table->notes);
  *table = (gm_report_table){0};
}

/* ---- filling ---------------------------------------------------------- */

gm_report_cell *gm_report_table_cell(const gm_report_table *table, size_t row, const char *key) {
  for (size_t c = 0; key != NULL && c < table->n_columns; c++)
    if (strcmp(table->columns[c].key, key) == 0) return &table->cells[row * table->n_columns + c];
  return NULL;
}

gm_status gm_report_table_text(gm_report_table *table, size_t row, const char *key, const char *text,
                               gm_error *err) {
  gm_report_cell *cell = gm_report_table_cell(table, row, key);
  if (cell == NULL) return gm_fail(err, GM_FAILED, "table %s has no column %s", table->name, key);
  free(cell->text);
  cell->text = text != NULL ? strdup(text) : NULL;
  return text == NULL || cell->text != NULL ? GM_OK : gm_fail_memory(err, table->name);
}

void gm_report_table_number(gm_report_table *table, size_t row, const char *key, double value) {
  gm_report_cell *cell = gm_report_table_cell(table, row, key);
  if (cell != NULL) cell->number = value;
}

/* ---- reading a cell --------------------------------------------------- */

static double number_of(const gm_report_table *table, size_t row, const char *key) {
  const gm_report_cell *cell = gm_report_table_cell(table, row, key);
  return cell != NULL ? cell->number : NAN;
}

/* The value of a cell; "–" where there is none. */
static const char *value_text(const gm_report_table *table, size_t row, size_t column,
                              char buffer[GM_NUMBER_TEXT]) {
  const gm_report_cell *cell = &table->cells[row * table->n_columns + column];
  const gm_report_column *c = &table->columns[column];
  if (cell->text != NULL) return cell->text;
  if (isnan(cell->number)) return "–";
  if (c->only_interval)
    gm_interval_text(c->format, cell->number, number_of(table, row, c->low), number_of(table, row, c->high),
                     buffer);
  else
    gm_number_text(c->format, cell->number, buffer);
  return buffer;
}

/* What stands with the value: its interval or, failing that, its standard deviation. */
static void companion_text(const gm_report_table *table, size_t row, size_t column,
                           char text[GM_NUMBER_TEXT]) {
  const gm_report_column *c = &table->columns[column];
  const double value = table->cells[row * table->n_columns + column].number;
  text[0] = '\0';
  if (isnan(value) || c->only_interval) return;
  gm_interval_text(c->format, value, number_of(table, row, c->low), number_of(table, row, c->high), text);
  if (text[0] == '\0') gm_spread_text(c->format, value, number_of(table, row, c->sd), text);
}

/* A column of words is set left, one of numbers right. */
static bool is_text_column(const gm_report_table *table, size_t column) {
  for (size_t r = 0; r < table->n_rows; r++) {
    const gm_report_cell *cell = &table->cells[r * table->n_columns + column];
    if (cell->text == NULL && !isnan(cell->number)) return false;
  }
  return true;
}

/* ---- CSV -------------------------------------------------------------- */

static gm_status write_csv(const gm_report_table *table, const char *path, gm_error *err) {
  char *header = NULL;
  size_t size = 0;
  FILE *text = open_memstream(&header, &size);
  if (text == NULL) return gm_fail_memory(err, path);
  for (size_t c = 0; c < table->n_columns; c++)
    fprintf(text, "%s%s", c > 0 ? "," : "", table->columns[c].key);
  gm_csv_writer csv = {0};
  gm_status status = fclose(text) == 0 ? gm_csv_open(&csv, path, header, err) : gm_fail_memory(err, path);
  free(header);
  if (status != GM_OK) return status;
  for (size_t r = 0; r < table->n_rows; r++) {
    for (size_t c = 0; c < table->n_columns; c++) {
      const gm_report_cell *cell = &table->cells[r * table->n_columns + c];
      if (cell->text != NULL)
        gm_csv_put_text(&csv, cell->text);
      else
        gm_csv_put_number(&csv, cell->number);
    }
    gm_csv_end_row(&csv);
  }
  return gm_csv_commit(&csv, err);
}

/* ---- Markdown --------------------------------------------------------- */

void gm_report_table_markdown(const gm_report_table *table, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  fputs("**", out);
  gm_escape_markdown(out, table->caption);
  fputs("**\n\n|", out);
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head == NULL) continue;
    fputc(' ', out);
    gm_escape_markdown(out, column->head);
    if (column->unit != NULL) {
      fputs(" (", out);
      gm_escape_markdown(out, column->unit);
      fputc(')', out);
    }
    fputs(" |", out);
  }
  fputs("\n|", out);
  for (size_t c = 0; c < table->n_columns; c++)
    if (table->columns[c].head != NULL) fputs(is_text_column(table, c) ? ":---|" : "---:|", out);
  for (size_t r = 0; r < table->n_rows; r++) {
    fputs("\n|", out);
    for (size_t c = 0; c < table->n_columns; c++) {
      if (table->columns[c].head == NULL) continue;
      fputc(' ', out);
      gm_escape_markdown(out, value_text(table, r, c, buffer));
      companion_text(table, r, c, buffer);
      if (buffer[0] != '\0') {
        fputs(table->columns[c].low != NULL ? " [" : " ", out);
        gm_escape_markdown(out, buffer);
        if (table->columns[c].low != NULL) fputc(']', out);
      }
      fputs(" |", out);
    }
  }
  fputc('\n', out);
  if (table->notes != NULL) {
    fputc('\n', out);
    gm_escape_markdown(out, table->notes);
    fputc('\n', out);
  }
}

/* ---- LaTeX ------------------------------------------------------------ */

/* One line of cells: the heads (row < 0) or units, the values or what stands with them. */
typedef enum { LINE_HEADS, LINE_UNITS, LINE_VALUES, LINE_COMPANIONS } tex_line;

static bool line_is_empty(const gm_report_table *table, tex_line line, size_t row) {
  char buffer[GM_NUMBER_TEXT];
  for (size_t c = 0; c < table->n_columns; c++) {
    if (table->columns[c].head == NULL) continue;
    if (line == LINE_UNITS && table->columns[c].unit != NULL) return false;
    if (line == LINE_COMPANIONS) {
      companion_text(table, row, c, buffer);
      if (buffer[0] != '\0') return false;
    }
  }
  return line == LINE_UNITS || line == LINE_COMPANIONS;
}

static void put_tex_line(const gm_report_table *table, tex_line line, size_t row, FILE *out) {
  if (line_is_empty(table, line, row)) return;
  bool first = true;
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head == NULL) continue;
    char buffer[GM_NUMBER_TEXT] = "";
    const char *text = buffer;
    if (line == LINE_HEADS) text = column->head;
    if (line == LINE_UNITS) text = column->unit != NULL ? column->unit : "";
    if (line == LINE_VALUES) text = value_text(table, row, c, buffer);
    if (line == LINE_COMPANIONS) companion_text(table, row, c, buffer);
    if (!first) fputs(" & ", out);
    first = false;
    if (text[0] == '\0') continue;
    if (line == LINE_COMPANIONS) fputs("{\\scriptsize ", out);
    if (line == LINE_UNITS) fputc('(', out);
    gm_escape_tex(out, text);
    if (line == LINE_UNITS) fputc(')', out);
    if (line == LINE_COMPANIONS) fputc('}', out);
  }
  fputs(" \\\\\n", out);
}

void gm_report_table_tex(const gm_report_table *table, FILE *out) {
  const char *environment = table->wide ? "table*" : "table";
  fprintf(out,
          "%% Written by report of greenmile. Needs "
          "\\usepackage{booktabs}.\n\\begin{%s}\n\\centering\n\\caption{",
          environment);
  gm_escape_tex(out, table->caption);
  fprintf(out, "}\n\\label{tab:greenmile-%s}\n%s\n\\begin{tabular}{@{}", table->name,
          table->wide ? "\\scriptsize\\setlength{\\tabcolsep}{3pt}" : "\\small");
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head != NULL)
      fputs(column->tex != NULL ? column->tex : is_text_column(table, c) ? "l" : "r", out);
  }
  fputs("@{}}\n\\toprule\n", out);
  put_tex_line(table, LINE_HEADS, 0, out);
  put_tex_line(table, LINE_UNITS, 0, out);
  fputs("\\midrule\n", out);
  for (size_t r = 0; r < table->n_rows; r++) {
    put_tex_line(table, LINE_VALUES, r, out);
    put_tex_line(table, LINE_COMPANIONS, r, out);
  }
  fputs("\\bottomrule\n\\end{tabular}\n", out);
  if (table->notes != NULL) {
    fputs("\n\\medskip\n\\parbox{\\linewidth}{\\footnotesize ", out);
    gm_escape_tex(out, table->notes);
    fputs("}\n", out);
  }
  fprintf(out, "\\end{%s}\n", environment);
}

/* ---- HTML ------------------------------------------------------------- */

void gm_report_table_html(const gm_report_table *table, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  fprintf(out, "<div class=\"scroll\" tabindex=\"0\">\n<table id=\"%s\">\n<caption>", table->name);
  gm_escape_html(out, table->caption);
  fputs("</caption>\n<thead><tr>", out);
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head == NULL) continue;
    fprintf(out, "<th scope=\"col\"%s>", is_text_column(table, c) ? "" : " class=\"number\"");
    gm_escape_html(out, column->head);
    if (column->unit != NULL) {
      fputs(" <span class=\"unit\">", out);
      gm_escape_html(out, column->unit);
      fputs("</span>", out);
    }
    fputs("</th>", out);
  }
  fputs("</tr></thead>\n<tbody>\n", out);
  for (size_t r = 0; r < table->n_rows; r++) {
    fputs("<tr>", out);
    bool first = true;
    for (size_t c = 0; c < table->n_columns; c++) {
      if (table->columns[c].head == NULL) continue;
      const bool words = is_text_column(table, c);
      fputs(first ? "<th scope=\"row\"" : "<td", out);
      fputs(words ? ">" : " class=\"number\">", out);
      gm_escape_html(out, value_text(table, r, c, buffer));
      companion_text(table, r, c, buffer);
      if (buffer[0] != '\0') {
        fputs("<span class=\"interval\">", out);
        gm_escape_html(out, buffer);
        fputs("</span>", out);
      }
      fputs(first ? "</th>" : "</td>", out);
      first = false;
    }
    fputs("</tr>\n", out);
  }
  fputs("</tbody>\n</table>\n", out);
  if (table->notes != NULL) {
    fputs("<p class=\"notes\">", out);
    gm_escape_html(out, table->notes);
    fputs("</p>\n", out);
  }
  fputs("</div>\n", out);
}

/* ---- all files -------------------------------------------------------- */

typedef void put_table(const gm_report_table *table, FILE *out);

static gm_status write_with(const gm_report_table *table, const char *path, put_table *put, gm_error *err) {
  gm_atomic_file file = {0};
  const gm_status status = gm_atomic_file_open(&file, path, err);
  if (status != GM_OK) return status;
  put(table, file.stream);
  return gm_atomic_file_commit(&file, err);
}

gm_status gm_report_table_write(const gm_report_table *table, const char *directory, gm_error *err) {
  static const char *const endings[] = {"csv", "md", "tex"};
  gm_status status = GM_OK;
  for (size_t i = 0; i < sizeof endings / sizeof *endings && status == GM_OK; i++) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s.%s", directory, table->name, endings[i]) < 0)
      return gm_fail_memory(err, table->name);
    if (i == 0)
      status = write_csv(table, path, err);
    else
      status = write_with(table, path, i == 1 ? gm_report_table_markdown : gm_report_table_tex, err);
    free(path);
  }
  return status;
}
