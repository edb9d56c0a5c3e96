/* SPDX-License-Identifier: MIT
 * Fills readme.md with the tables and words of a report. */
#include "experiments/report/publication.h"

#include "experiments/report/disclosure.h"
#include "experiments/report/words.h"

extern const char gm_table_readme[]; /* readme.md */

static gm_status put_table(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_report_table *table = gm_report_table_named(((const gm_report_view *)context)->report, name);
  if (table == NULL) return gm_fail(err, GM_FAILED, "template: no table \"%s\"", name);
  gm_report_table_markdown(table, out);
  return GM_OK;
}

gm_status gm_report_write_readme(const gm_report *report, const char *results, gm_error *err) {
  static const gm_template_word table = {.name = "table", .put = put_table, .markup = true};
  gm_disclosure disclosure = {0};
  gm_status status = gm_disclosure_make(&disclosure, report, err);
  const gm_report_view view = {.report = report, .disclosure = disclosure.paragraph, .results = results};
  const gm_template_words lists[] = {{&table, 1}, gm_report_words()};
  const gm_template_filler with = {
      .lists = lists, .n_lists = 2, .context = &view, .escape = gm_escape_markdown};
  if (status == GM_OK) status = gm_template_write(results, "README.md", gm_table_readme, &with, err);
  gm_disclosure_free(&disclosure);
  return status;
}
