/* SPDX-License-Identifier: MIT
 * Units that text tables state: in the brackets of a heading ("Anomaly (deg C)"), or in a row below the
 * header, as ERDDAP writes it. Nothing is converted: a unit is what axes, tables and messages show. */
#ifndef DATASETS_COLUMN_UNITS_H
#define DATASETS_COLUMN_UNITS_H

#include <stdbool.h>

/* The unit in the last brackets of a heading; NULL where they hold anything else. Static text. */
const char *gm_unit_of_heading(const char *heading);

/* Whether a text is a unit that tables are known to state. */
bool gm_unit_is_known(const char *text);

/* A unit as it is shown: "°C" for each spelling of it, the text itself for what is no temperature; NULL for
 * nothing and for a plain number ("1"). */
const char *gm_unit_shown(const char *text);

/* Whether a temperature in `unit` (a label of temperature.h) can have this value, as itself or as an anomaly;
 * true for every other unit and for NULL. */
bool gm_unit_allows(const char *unit, double value);

#endif
