/* SPDX-License-Identifier: MIT
 * Command lines: a table of typed options in, parsed values or one clear
 * sentence out. Splitting the arguments is getopt_long's; this adds types,
 * ranges, and a --help whose defaults are the values the targets hold before
 * parsing, so that help and behaviour cannot disagree. */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include "common/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum {
  GM_OPTION_FLAG,    /* bool *: true when given                                    */
  GM_OPTION_TEXT,    /* const char **: points into argv                            */
  GM_OPTION_INTEGER, /* int64_t *: whole number in [min, max]                      */
  GM_OPTION_NUMBER,  /* double *: finite number in [min, max], or (min, max] if exclusive */
} gm_option_kind;

typedef struct {
  const char *name;     /* long name without the dashes */
  const char *argument; /* what the value is, with its unit: "N", "G_PER_KWH"; NULL for a flag */
  const char *help;     /* one line */
  gm_option_kind kind;
  void *target;    /* see gm_option_kind; holds the default on entry */
  double min, max; /* of a number; both 0 means any */
  bool exclusive;  /* min itself is not allowed */
} gm_option;

typedef struct {
  const char *title; /* heading in --help */
  const gm_option *options;
  size_t n_options;
} gm_option_group;

typedef struct {
  const char *name;        /* of the program */
  const char *usage;       /* what follows the name, e.g. "[options]" */
  const char *description; /* a few lines on what the program does and writes */
  const char *epilogue;    /* examples; may be NULL */
  const gm_option_group *groups;
  size_t n_groups;
} gm_program;

typedef enum { GM_OPTIONS_RUN, GM_OPTIONS_HELP, GM_OPTIONS_VERSION } gm_options_action;

/* Parses argv into the targets. *action says whether to run, or to print help or
 * the version and stop; then no target is touched. Names may not be abbreviated. Parsing stops at the first
 * argument that is no option, or after "--"; its index goes to *first_argument
 * when that is not NULL, otherwise such an argument is GM_BAD_INPUT. */
gm_status gm_options_parse(const gm_program *program, int argc, char **argv, gm_options_action *action,
                           int *first_argument, gm_error *err);

/* Prints the help text: usage, description, every option with default and unit; folded to `columns` columns,
 * 0: as it is. Indented lines of description and epilogue, which are commands, stay whole. print_help: for
 * the terminal behind `out`. */
void gm_options_write_help(const gm_program *program, size_t columns, FILE *out);
void gm_options_print_help(const gm_program *program, FILE *out);

/* Prints to standard output what the action asks for; false: the program is to run. */
bool gm_options_answer(const gm_program *program, gm_options_action action);

/* "NAME (greenmile) X.Y, commit COMMIT", and the number and the commit alone. */
void gm_print_version(const gm_program *program, FILE *out);
const char *gm_version(void);
const char *gm_git_commit(void);

#endif
