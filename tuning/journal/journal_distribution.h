/* SPDX-License-Identifier: MIT
 * Distributions and choices in journal records: JSON text to and from gm_distribution.
 * Reads all spellings that optuna.distributions.json_to_distribution (5.0) accepts:
 * {"name", "attributes"}, {"type", …} and the class names before Optuna 3. */
#ifndef TUNING_JOURNAL_DISTRIBUTION_H
#define TUNING_JOURNAL_DISTRIBUTION_H

#include "common/status.h"
#include "tuning/search_space.h"

#include <json-c/json_types.h>

/* Parses `text`, the JSON document inside a record's string, into a checked distribution.
 * Its labels live in *labels, which the caller frees. `name` is the parameter's, for messages. */
gm_status gm_journal_distribution_parse(const char *text, const char *name, gm_distribution *distribution,
                                        void **labels, gm_error *err);

/* The same as Optuna writes it, in fresh memory, or NULL. */
char *gm_journal_distribution_text(const gm_distribution *distribution);

/* A value as Python sees it, to the internal value: a number of a float or int parameter (ints cut off
 * their fraction), one of the choices of a categorical one. It need not lie in the range. */
gm_status gm_journal_internal_value(const gm_distribution *distribution, const char *name,
                                    struct json_object *external, double *value, gm_error *err);

/* The other way round; NULL is JSON's null. */
struct json_object *gm_journal_external_value(const gm_distribution *distribution, double value);

/* A JSON number that Python reads as a float: always with a '.' or an exponent, NaN and
 * infinities as the bare words that Python writes. */
struct json_object *gm_journal_float(double value);

#endif
