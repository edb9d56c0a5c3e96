/* SPDX-License-Identifier: MIT
 * The words of readme.md. */
#include "experiments/report/readme.h"

#include "experiments/report/disclosure.h"
#include "experiments/report/findings.h"
#include "experiments/report/template.h"

#include <stdlib.h>
#include <string.h>

extern const char gm_table_readme[]; /* readme.md */
extern const size_t gm_table_readme_size;

typedef struct {
  const gm_report *report;
  const gm_disclosure *disclosure;
} readme;

static const gm_report *report_of(const void *context) {
  return ((const readme *)context)->report;
}

static bool is_quick(const void *context) {
  return report_of(context)->quick;
}

static bool has_skill(const void *context) {
  return report_of(context)->tables[GM_TABLE_SKILL].n_rows > 0;
}

static bool is_map(const void *context) {
  return gm_report_is_map(report_of(context)->study);
}

static bool has_maps(const void *context) {
  return has_skill(context) || is_map(context);
}

static gm_status put_answer(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_report_answer(report_of(context), out);
  return GM_OK;
}

static gm_status put_table(const void *context, const char *name, FILE *out, gm_error *err) {
  const gm_report_table *table = gm_report_table_named(report_of(context), name);
  if (table == NULL) return gm_fail(err, GM_FAILED, "template: no table \"%s\"", name);
  gm_report_table_markdown(table, out);
  return GM_OK;
}

static gm_status put_disclosure(const void *context, const char *argument, FILE *out, gm_error *err) {
  (void)argument, (void)err;
  gm_escape_markdown(out, ((const readme *)context)->disclosure->paragraph);
  return GM_OK;
}

static const gm_template_word words[] = {
    {.name = "quick", .holds = is_quick},          {.name = "maps", .holds = has_maps},
    {.name = "map-data", .holds = is_map},         {.name = "skill", .holds = has_skill},
    {.name = "answer", .put = put_answer},         {.name = "table", .put = put_table},
    {.name = "disclosure", .put = put_disclosure},
};

gm_status gm_report_write_readme(const gm_report *report, const char *results, gm_error *err) {
  gm_disclosure disclosure = {0};
  const readme context = {.report = report, .disclosure = &disclosure};
  gm_status status = gm_disclosure_make(&disclosure, report, err);
  if (status == GM_OK)
    status = gm_template_write(results, "README.md", gm_table_readme, gm_table_readme_size, words,
                               sizeof words / sizeof *words, &context, err);
  gm_disclosure_free(&disclosure);
  return status;
}
