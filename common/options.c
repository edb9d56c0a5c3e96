/* SPDX-License-Identifier: MIT
 * Typed options over getopt_long, by one scan that runs twice: first it only looks for --help, --version and
 * unknown names, then it stores values. */
#include "common/options.h"

#include "common/csv.h"
#include "common/edit_distance.h"
#include "common/suggestion.h"
#include "common/utf8.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "version.h" /* generated: GM_VERSION, GM_GIT_COMMIT */

const char *gm_version(void) {
  return GM_VERSION;
}
const char *gm_git_commit(void) {
  return GM_GIT_COMMIT;
}

void gm_print_version(const gm_program *program, FILE *out) {
  fprintf(out, "%s (greenmile) %s, commit %s\n", program->name, GM_VERSION, GM_GIT_COMMIT);
}

bool gm_options_answer(const gm_program *program, gm_options_action action) {
  if (action == GM_OPTIONS_HELP) gm_options_print_help(program, stdout);
  if (action == GM_OPTIONS_VERSION) gm_print_version(program, stdout);
  return action != GM_OPTIONS_RUN;
}

/* ---- parsing -------------------------------------------------------------- */

static gm_status store_number(const gm_option *o, const char *text, gm_error *err) {
  const bool bounded = o->min != 0 || o->max != 0;
  int64_t integer = 0;
  double value = 0;
  const bool whole = o->kind == GM_OPTION_INTEGER;
  bool valid = whole ? gm_parse_integer(text, &integer) : gm_parse_double(text, &value) && isfinite(value);
  if (whole) value = (double)integer;
  valid = valid && (!bounded || (value >= o->min && value <= o->max && !(o->exclusive && value <= o->min)));
  if (!valid) {
    char low[GM_DOUBLE_TEXT], high[GM_DOUBLE_TEXT], range[3 * GM_DOUBLE_TEXT] = "";
    gm_format_double(o->min, low);
    gm_format_double(o->max, high);
    if (bounded && isinf(o->max))
      snprintf(range, sizeof range, " %s %s", o->exclusive ? "above" : "of at least", low);
    else if (bounded)
      snprintf(range, sizeof range, " %s %s and at most %s", o->exclusive ? "above" : "of at least", low,
               high);
    return gm_fail(err, GM_BAD_INPUT, "--%s: expected a %snumber%s, got \"%s\"", o->name,
                   whole ? "whole " : "", range, text);
  }
  if (whole)
    *(int64_t *)o->target = integer;
  else
    *(double *)o->target = value;
  return GM_OK;
}

static gm_status store(const gm_option *o, const char *text, gm_error *err) {
  switch (o->kind) {
  case GM_OPTION_FLAG:
    *(bool *)o->target = true;
    return GM_OK;
  case GM_OPTION_TEXT:
    *(const char **)o->target = text;
    return GM_OK;
  case GM_OPTION_INTEGER:
  case GM_OPTION_NUMBER:
    break;
  }
  return store_number(o, text, err);
}

/* getopt_long accepts unambiguous abbreviations; a new option would then change
 * the meaning of old scripts, so the name must be whole. */
static bool abbreviated(const char *argument, const char *name) {
  const size_t given = strcspn(argument, "=");
  return strncmp(argument, "--", 2) == 0 &&
         (given - 2 != strlen(name) || strncmp(argument + 2, name, given - 2) != 0);
}

/* "--NAME: no such option; did you mean --NEAREST? see PROGRAM --help" */
static gm_status unknown_option(const gm_program *program, const char *given, gm_error *err) {
  const size_t length = strcspn(given, "=");
  char name[GM_EDIT_LENGTH] = "";
  if (strncmp(given, "--", 2) == 0 && length - 2 < sizeof name) memcpy(name, given + 2, length - 2);
  gm_nearest nearest = GM_NEAREST_NONE;
  for (size_t g = 0; g < program->n_groups; g++)
    for (size_t i = 0; i < program->groups[g].n_options; i++) {
      const char *candidate = program->groups[g].options[i].name;
      gm_nearest_offer(&nearest, name, candidate, strlen(candidate));
    }
  if (nearest.word == NULL)
    return gm_fail(err, GM_BAD_INPUT, "%s: no such option; see %s --help", given, program->name);
  return gm_fail(err, GM_BAD_INPUT, "%s: no such option; did you mean --%s? see %s --help", given,
                 nearest.word, program->name);
}

/* getopt_long's codes; option k is FIRST + k, above every character it returns. */
enum { HELP = 'h', VERSION = 2, FIRST = 256 };

/* One pass over argv: checks the names and looks for --help, -h and --version, or stores the values. */
static gm_status scan(const gm_program *program, int argc, char **argv, const struct option *table,
                      const gm_option **known, bool storing, gm_options_action *action, gm_error *err) {
  gm_status status = GM_OK;
  optind = 0; /* glibc: start over */
  opterr = 0;
  while (status == GM_OK && *action == GM_OPTIONS_RUN) {
    const int before = optind == 0 ? 1 : optind;
    const int code = getopt_long(argc, argv, "+:h", table, NULL);
    if (code == -1) break;
    const char *given = argv[before < argc ? before : argc - 1];
    const char *name = code == HELP ? "help" : code == VERSION ? "version" : "";
    if (code >= FIRST) name = known[code - FIRST]->name;
    if (code == ':')
      return gm_fail(err, GM_BAD_INPUT, "%s: a value is missing; see %s --help", given, program->name);
    if (code == '?' && optopt != 0 && strncmp(given, "--", 2) == 0)
      return gm_fail(err, GM_BAD_INPUT, "%s: takes no value; see %s --help", given, program->name);
    if (code == '?' || abbreviated(given, name)) return unknown_option(program, given, err);
    if (code == HELP || code == VERSION)
      *action = code == HELP ? GM_OPTIONS_HELP : GM_OPTIONS_VERSION;
    else if (storing)
      status = store(known[code - FIRST], optarg, err);
  }
  return status;
}

gm_status gm_options_parse(const gm_program *program, int argc, char **argv, gm_options_action *action,
                           int *first_argument, gm_error *err) {
  size_t n = 0;
  for (size_t g = 0; g < program->n_groups; g++) n += program->groups[g].n_options;
  struct option *table = calloc(n + 3, sizeof *table);
  const gm_option **known = calloc(n + 1, sizeof *known);
  gm_status status = GM_OK;
  *action = GM_OPTIONS_RUN;
  if (table == NULL || known == NULL) {
    status = gm_fail_memory(err, "the option table");
    goto done;
  }
  size_t k = 0;
  for (size_t g = 0; g < program->n_groups; g++)
    for (size_t i = 0; i < program->groups[g].n_options; i++, k++) {
      known[k] = &program->groups[g].options[i];
      table[k] =
          (struct option){known[k]->name, known[k]->kind == GM_OPTION_FLAG ? no_argument : required_argument,
                          NULL, FIRST + (int)k};
    }
  table[k++] = (struct option){"help", no_argument, NULL, HELP};
  table[k] = (struct option){"version", no_argument, NULL, VERSION};

  /* Twice, so that --help prints defaults, not values given before it. */
  status = scan(program, argc, argv, table, known, false, action, err);
  if (status == GM_OK && *action == GM_OPTIONS_RUN)
    status = scan(program, argc, argv, table, known, true, action, err);
  if (status != GM_OK || *action != GM_OPTIONS_RUN) goto done;
  if (first_argument != NULL)
    *first_argument = optind;
  else if (optind < argc)
    status =
        gm_fail(err, GM_BAD_INPUT, "%s: unexpected argument; see %s --help", argv[optind], program->name);
done:
  free(table);
  free(known);
  return status;
}
