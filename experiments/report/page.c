/* SPDX-License-Identifier: MIT
 * The parts of report.html that are HTML themselves. How the page reads and looks is in page.html and
 * style.css, what the program knows in words.c. */
#include "experiments/report/publication.h"

#include "common/atomic_file.h"
#include "experiments/report/disclosure.h"
#include "experiments/report/provenance.h"
#include "experiments/report/svg.h"
#include "experiments/report/words.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const char gm_table_page[], gm_table_style[]; /* page.html and style.css */

/* What the words of this page know besides those of every text, whose context comes first. */
typedef struct {
  gm_report_view view;
  gm_disclosure disclosure;
} page;

static const gm_report *report_of(const void *context) {
  return ((const gm_report_view *)context)->report;
}

/* The runs and the figure that `make scaling` draws from them. */
static bool has_scaling(const void *context, const char *argument) {
  (void)argument;
  const gm_report_view *view = context;
  char *path = gm_path_join(view->results, "figures/scaling.svg");
  const bool drawn = path != NULL && access(path, R_OK) == 0;
  free(path);
  return drawn && view->report->tables[GM_TABLE_SCALING].n_rows > 0;
}

static gm_status put_warning_count(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  char *text = NULL;
  size_t size = 0, n = 0;
  FILE *unread = open_memstream(&text, &size);
  if (unread == NULL) return gm_fail_memory(err, "warnings");
  const gm_status status = gm_report_warnings(report_of(context), unread, &n, err);
  fclose(unread);
  free(text);
  if (n == 0)
    fputs("No warnings", out);
  else
    fprintf(out, "%zu warning%s", n, n == 1 ? "" : "s");
  return status;
}

/* ---- parts in HTML ------------------------------------------------------------------ */

/* A row of a definition list, "KEY TERM …", unless there is nothing to say. */
static gm_status put_definition(const void *context, const char *argument, FILE *out, gm_error *err) {
  char key[64];
  const size_t n = strcspn(argument, " ");
  snprintf(key, sizeof key, "%.*s", (int)n, argument);
  struct json_object *member = gm_report_run_member(report_of(context)->study->runs[GM_RUN_CNN], key);
  if (member == NULL) return GM_OK;
  char *text = NULL;
  size_t size = 0;
  FILE *words = open_memstream(&text, &size);
  if (words == NULL) return gm_fail_memory(err, key);
  gm_json_words(words, member);
  if (fclose(words) == 0) {
    fprintf(out, "<dt>%s</dt><dd>", argument + n + (argument[n] == ' '));
    gm_escape_html(out, text);
    fputs("</dd>\n", out);
  }
  free(text);
  return GM_OK;
}

static gm_status put_svg(const void *context, const char *name, FILE *out, gm_error *err) {
  char *path = NULL, prefix[32], label[32];
  if (asprintf(&path, "%s/figures/%s.svg", ((const gm_report_view *)context)->results, name) < 0)
    return gm_fail_memory(err, "figure");
  snprintf(prefix, sizeof prefix, "%s-", name);
  snprintf(label, sizeof label, "%s-caption", name);
  const gm_status status = gm_report_inline_svg(out, path, prefix, label, err);
  fputc('\n', out);
  free(path);
  return status;
}

static gm_status put_tables(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  for (size_t t = 0; t <= GM_TABLE_RATIOS; t++) gm_report_table_html(&report_of(context)->tables[t], out);
  return GM_OK;
}

static gm_status put_table(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_report_table *table = gm_report_table_named(report_of(context), name);
  if (table == NULL) return gm_fail(err, GM_FAILED, "template: no table \"%s\"", name);
  gm_report_table_html(table, out);
  return GM_OK;
}

static gm_status put_stacks(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  const gm_report_table *table = &report_of(context)->tables[GM_TABLE_STACKS];
  if (table->n_rows > 0) {
    gm_report_table_html(table, out);
  } else {
    fputs("<p>", out);
    gm_escape_html(out, table->notes);
    fputs("</p>\n", out);
  }
  return GM_OK;
}

static gm_status put_items(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_table_html(&((const page *)context)->disclosure.table, out);
  return GM_OK;
}

static gm_status put_provenance(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_provenance(report_of(context)->study, out);
  return GM_OK;
}

static gm_status put_warnings(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument;
  size_t n = 0;
  const gm_status status = gm_report_warnings(report_of(context), out, &n, err);
  if (n == 0) fputs("<li>None.</li>\n", out);
  return status;
}

/* ---- the whole ---------------------------------------------------------------------- */

static const gm_template_word words[] = {
    {.name = "scaling", .holds = has_scaling},
    {.name = "warning-count", .put = put_warning_count},
    {.name = "style", .text = gm_table_style, .markup = true},
    {.name = "svg", .put = put_svg, .markup = true},
    {.name = "tables", .put = put_tables, .markup = true},
    {.name = "table", .put = put_table, .markup = true},
    {.name = "disclosure-items", .put = put_items, .markup = true},
    {.name = "two-stacks", .put = put_stacks, .markup = true},
    {.name = "definition", .put = put_definition, .markup = true},
    {.name = "provenance", .put = put_provenance, .markup = true},
    {.name = "warnings", .put = put_warnings, .markup = true},
};

gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err) {
  page context = {.view = {.report = report, .results = results}};
  const gm_template_words lists[] = {{words, sizeof words / sizeof *words}, gm_report_words()};
  const gm_template_filler with = {
      .lists = lists, .n_lists = 2, .context = &context, .escape = gm_escape_html};
  gm_status status = gm_disclosure_make(&context.disclosure, report, err);
  context.view.disclosure = context.disclosure.paragraph;
  if (status == GM_OK) status = gm_disclosure_write(&context.disclosure, results, err);
  if (status == GM_OK) status = gm_template_write(results, "report.html", gm_table_page, &with, err);
  gm_disclosure_free(&context.disclosure);
  return status;
}
