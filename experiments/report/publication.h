/* SPDX-License-Identifier: MIT
 * What `report --page` writes into results/ from the tables and the drawn figures. */
#ifndef EXPERIMENTS_REPORT_PUBLICATION_H
#define EXPERIMENTS_REPORT_PUBLICATION_H

#include "experiments/report/tables.h"

/* report.html, one self-contained page (style, tables and figures inline, no network), and the disclosure
 * statement beside it, disclosure.md, .tex and .json. A figure that is not drawn yet is GM_BAD_INPUT naming
 * it. */
gm_status gm_report_write_page(const gm_report *report, const char *results, gm_error *err);

/* README.md: the study where a repository or an archive shows its folder. How it reads is in readme.md. */
gm_status gm_report_write_readme(const gm_report *report, const char *results, gm_error *err);

/* study.json: everything the report knows, for programs that would otherwise parse tables.
 * docs/study.schema.json describes it (JSON Schema 2020-12). A member is added without notice; one that is
 * there keeps its name, unit and meaning under the same "schema". */
gm_status gm_report_write_study_json(const gm_report *report, const char *results, gm_error *err);

/* ro-crate-metadata.json: who ran what on which data, so that archives and people can read it. RO-Crate 1.1
 * with the profile Process Run Crate 0.5 (Workflow Run RO-Crate working group): every run of the study is a
 * CreateAction whose instrument is a program and whose result is a run directory. Nobody is named: greenmile
 * does not know who ran it. Lists the files that are in results when it is called, so it comes last. */
gm_status gm_report_write_crate(const gm_report *report, const char *results, gm_error *err);

#endif
