/* SPDX-License-Identifier: MIT
 * A table in Markdown and in HTML, from the cells that CSV and LaTeX have too (table.c, table_tex.c). */
#include "experiments/report/table.h"

/* ---- Markdown --------------------------------------------------------- */

void gm_report_table_markdown(const gm_report_table *table, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  fprintf(out, "**%s%s", table->title != NULL ? table->title : "", table->title != NULL ? ". " : "");
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
    if (table->columns[c].head != NULL) fputs(gm_report_is_text_column(table, c) ? ":---|" : "---:|", out);
  for (size_t r = 0; r < table->n_rows; r++) {
    fputs("\n|", out);
    for (size_t c = 0; c < table->n_columns; c++) {
      if (table->columns[c].head == NULL) continue;
      fputc(' ', out);
      gm_escape_markdown(out, gm_report_value_text(table, r, c, buffer));
      gm_report_companion_text(table, r, c, buffer);
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

/* ---- HTML ------------------------------------------------------------- */

void gm_report_table_html(const gm_report_table *table, FILE *out) {
  char buffer[GM_NUMBER_TEXT];
  fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
  gm_escape_html(out, table->title != NULL ? table->title : table->caption);
  fprintf(out, "\">\n<table id=\"%s\">\n<caption>%s%s", table->name, table->title != NULL ? table->title : "",
          table->title != NULL ? ". " : "");
  gm_escape_html(out, table->caption);
  fputs("</caption>\n<thead><tr>", out);
  for (size_t c = 0; c < table->n_columns; c++) {
    const gm_report_column *column = &table->columns[c];
    if (column->head == NULL) continue;
    fprintf(out, "<th scope=\"col\"%s>", gm_report_is_text_column(table, c) ? "" : " class=\"number\"");
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
      const bool words = gm_report_is_text_column(table, c);
      fputs(first ? "<th scope=\"row\"" : "<td", out);
      fputs(words ? ">" : " class=\"number\">", out);
      gm_escape_html(out, gm_report_value_text(table, r, c, buffer));
      gm_report_companion_text(table, r, c, buffer);
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
