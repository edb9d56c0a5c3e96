/* SPDX-License-Identifier: MIT
 * What a parameter may be: a range of floats or integers, linear or logarithmic,
 * with or without a grid, or a choice among labels; and the set of all parameters
 * that a study has seen. Semantics are those of optuna.distributions 5.
 *
 * Internal value of a parameter, one double for every kind: a float or an integer
 * is itself (not its logarithm), a category is its index from 0.
 * z, the coordinate in which densities live: ln x for log kinds, else x. */
#ifndef TUNING_SEARCH_SPACE_H
#define TUNING_SEARCH_SPACE_H

#include "common/status.h"

#include <stddef.h>
#include <stdint.h>

/* ---- one distribution -------------------------------------------------- */

typedef enum { GM_FLOAT, GM_INT, GM_CATEGORICAL } gm_parameter_kind;

typedef struct {
  gm_parameter_kind kind;
  bool log;                   /* float: low > 0 and no step; int: low >= 1 and step 1 */
  double low, high;           /* both inclusive; whole numbers of at most 2^53 for GM_INT */
  double step;                /* 0: continuous (floats only); integers: >= 1 */
  size_t n_choices;           /* categorical: >= 1 */
  const char *const *choices; /* n_choices labels, or NULL where indexes are enough; borrowed */
  bool legacy;                /* read from a record older than Optuna 3, whose classes were others */
} gm_distribution;

/* A label that begins with this byte is the JSON text of a choice that is no string: null, true,
 * false or a number. Journals of Python studies have such choices. */
#define GM_JSON_LABEL '\x1f'

gm_distribution gm_float_range(double low, double high);
gm_distribution gm_float_log_range(double low, double high);
gm_distribution gm_float_grid(double low, double high, double step);
gm_distribution gm_int_range(int64_t low, int64_t high);
gm_distribution gm_int_log_range(int64_t low, int64_t high);
gm_distribution gm_int_grid(int64_t low, int64_t high, int64_t step);
gm_distribution gm_choice(size_t n_choices, const char *const choices[]);

/* Checks the bounds and lowers `high` to the grid. GM_BAD_INPUT names `name`, the
 * field and what was expected. Everything below needs a checked distribution. */
gm_status gm_distribution_check(gm_distribution *distribution, const char *name, gm_error *err);

/* One possible value only: returned without sampling. It is `low`, or category 0. */
bool gm_distribution_single(const gm_distribution *distribution);

/* A float without a grid: it has a density, the others have probabilities. */
bool gm_distribution_continuous(const gm_distribution *distribution);

/* Whether an internal value lies in the range (and on the grid, within 1e-8 of a step for floats). */
bool gm_distribution_contains(const gm_distribution *distribution, double value);

/* Whether both describe the same kind of parameter: kind, log, and labels in order (numbers and
 * truth values among them compare as in Python: 1, 1.0 and true are equal). Ranges and steps may
 * differ, except that a legacy range is compatible with its own class only. */
bool gm_distribution_compatible(const gm_distribution *a, const gm_distribution *b);

/* Exactly the same distribution. */
bool gm_distribution_equal(const gm_distribution *a, const gm_distribution *b);

/* The interval [lower, upper] of z over which densities and uniform draws run, numeric
 * kinds only: the range itself, widened by half a step at each end where there is a grid. */
void gm_distribution_domain(const gm_distribution *distribution, double *lower, double *upper);

/* z of an internal value. */
double gm_distribution_z(const gm_distribution *distribution, double value);

/* The nearest legal value to x (half a step: to the even point), numeric kinds only. */
double gm_distribution_snap(const gm_distribution *distribution, double x);

/* ---- parameters of a study --------------------------------------------- */

/* A name with one distribution. Within one gm_search_space equal names share one
 * pointer, and so do equal parameters: comparing pointers is enough. */
typedef struct {
  const char *name;
  gm_distribution distribution;
} gm_parameter;

typedef struct {
  size_t n_names, n_parameters, capacity;
  char **names;              /* (n_names), owned */
  gm_parameter **parameters; /* (n_parameters) in order of first use, owned */
} gm_search_space;

/* The parameter of that name and distribution, added on first use (name and labels are
 * copied). GM_BAD_INPUT when the name was first used with an incompatible distribution. */
gm_status gm_search_space_add(gm_search_space *space, const char *name, const gm_distribution *distribution,
                              const gm_parameter **parameter, gm_error *err);

/* The same without that check, for records that are facts already. */
gm_status gm_search_space_intern(gm_search_space *space, const char *name,
                                 const gm_distribution *distribution, const gm_parameter **parameter,
                                 gm_error *err);

/* The name's copy that the parameters of `space` share, NULL when none has it. */
const char *gm_search_space_name(const gm_search_space *space, const char *name);

/* Frees everything; accepts a zeroed object. */
void gm_search_space_free(gm_search_space *space);

#endif
