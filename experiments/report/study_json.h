/* SPDX-License-Identifier: MIT
 * results/study.json: everything the report knows, for programs that would otherwise parse tables.
 * docs/study.schema.json describes it (JSON Schema 2020-12). A member is added without notice; one that
 * is there keeps its name, unit and meaning under the same "schema". */
#ifndef EXPERIMENTS_REPORT_STUDY_JSON_H
#define EXPERIMENTS_REPORT_STUDY_JSON_H

#include "experiments/report/tables.h"

gm_status gm_report_write_study_json(const gm_report *report, const char *results, gm_error *err);

#endif
