/* SPDX-License-Identifier: MIT
 * Cell methods, standard names with a modifier, climatological time axes. */
#include "datasets/maps/netcdf_meaning.h"

#include "datasets/maps/netcdf_axis.h"

#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- words ------------------------------------------------------------------------- */

static bool one_of(const char *word, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcasecmp(word, list[i]) == 0) return true;
  return false;
}

#define IN(word, list) one_of(word, list, sizeof(list) / sizeof *(list))

/* ---- climatologies ------------------------------------------------------------------ */

/* CF 7.4: the attribute on the time axis, or methods within and over years. */
static gm_status check_series(gm_netcdf_file file, const char *name, int time, const char *methods,
                              gm_error *err) {
  const int axis = gm_netcdf_coordinate(file, time);
  char *bounds = axis >= 0 ? gm_netcdf_text(file, axis, "climatology") : NULL;
  const bool over_years = methods != NULL && strcasestr(methods, "over years") != NULL;
  const bool climatology = bounds != NULL || over_years;
  free(bounds);
  if (!climatology) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: %s: a climatology, says %s: means over many years, not months that follow one another; "
                 "expected the months themselves (--base-period Y:Y takes their own means off)",
                 file.path, name,
                 over_years ? "its attribute cell_methods" : "the attribute climatology of its time axis");
}

/* ---- cell methods --------------------------------------------------------------------- */

typedef enum { MEAN, OTHER, SPREAD } statistic;

static statistic of_method(const char *method) {
  static const char *const means[] = {"mean", "point", "average", "avg", "instantaneous"};
  static const char *const spreads[] = {"variance",         "standard_deviation", "sum",  "range",
                                        "root_mean_square", "sum_of_squares",     "count"};
  return IN(method, means) ? MEAN : IN(method, spreads) ? SPREAD : OTHER;
}

/* "time: maximum within days time: mean over days (interval: 1 hour)": the method that is farthest from a
 * mean.
 */
static statistic of_methods(const char *methods) {
  char word[64];
  int used = 0;
  bool named = false; /* the word before was a dimension, "time:" */
  statistic most = MEAN;
  for (const char *at = methods; sscanf(at, " %63[^ \t\n]%n", word, &used) == 1; at += used) {
    if (word[0] == '(') { /* a comment */
      const char *end = strchr(at, ')');
      if (end == NULL) break;
      used = (int)(end + 1 - at);
      continue;
    }
    const bool dimension = word[strlen(word) - 1] == ':';
    if (named && !dimension && of_method(word) > most) most = of_method(word);
    named = dimension;
  }
  return most;
}

/* ---- names ----------------------------------------------------------------------------- */

/* A standard_name with a modifier (CF, appendix C: "… standard_error"), or a long_name that says as much. */
static bool is_of_error(const char *standard, const char *title) {
  static const char *const words[] = {
      "standard error",  "standard deviation", "uncertainty",   "error estimate",
      "estimated error", "analysis error",     "number of obs", "variance"};
  if (standard != NULL && strchr(standard, ' ') != NULL) return true;
  for (size_t i = 0; title != NULL && i < sizeof words / sizeof *words; i++)
    if (strcasestr(title, words[i]) != NULL) return true;
  return false;
}

/* ---- all -------------------------------------------------------------------------------- */

static gm_status judge(gm_netcdf_file file, const char *name, const char *attribute, const char *says,
                       statistic kind, bool chosen, char note[GM_MEANING_NOTE], gm_error *err) {
  if (kind == SPREAD && !chosen)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: %s: its %s is \"%.80s\": a spread, an error or a number, no temperature; expected a "
                   "monthly mean (--variable %s takes it as it is)",
                   file.path, name, attribute, says, name);
  if (kind != MEAN)
    snprintf(
        note, GM_MEANING_NOTE,
        "%s is no plain monthly mean: its %s is \"%.80s\". The index is the mean of such values over its "
        "box.",
        name, attribute, says);
  return GM_OK;
}

/* Ferret's and the IRI Data Library's way to say that a time axis begins anew after its end. */
static void note_modulo(gm_netcdf_file file, const char *name, int time, char note[GM_MEANING_NOTE]) {
  static const char *const attributes[] = {"modulo", "modulus"};
  const int axis = gm_netcdf_coordinate(file, time);
  int id;
  for (size_t i = 0; axis >= 0 && i < 2; i++)
    if (nc_inq_attid(file.id, axis, attributes[i], &id) == NC_NOERR)
      snprintf(
          note, GM_MEANING_NOTE,
          "%s may be a climatology: the attribute %s of its time axis says that the axis repeats itself.",
          name, attributes[i]);
}

gm_status gm_netcdf_meaning(gm_netcdf_file file, int variable, const char *name, int time, bool chosen,
                            char note[GM_MEANING_NOTE], gm_error *err) {
  char *methods = gm_netcdf_text(file, variable, "cell_methods");
  char *standard = gm_netcdf_text(file, variable, "standard_name");
  char *title = gm_netcdf_text(file, variable, "long_name");
  note[0] = '\0';
  note_modulo(file, name, time, note);
  gm_status status = check_series(file, name, time, methods, err);
  if (status == GM_OK && methods != NULL)
    status = judge(file, name, "cell_methods", methods, of_methods(methods), chosen, note, err);
  if (status == GM_OK && is_of_error(standard, NULL))
    status = judge(file, name, "standard_name", standard, SPREAD, chosen, note, err);
  else if (status == GM_OK && is_of_error(NULL, title))
    status = judge(file, name, "long_name", title, SPREAD, chosen, note, err);
  free(methods);
  free(standard);
  free(title);
  return status;
}
