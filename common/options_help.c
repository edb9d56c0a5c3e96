/* SPDX-License-Identifier: MIT
 * The help text of a program. */
#include "common/csv.h"
#include "common/options.h"
#include "common/terminal.h"
#include "common/utf8.h"

#include <math.h>
#include <string.h>

enum {
  HELP_COLUMN = 34,   /* where the description of an option starts */
  NARROW = 72,        /* columns below which it starts on a line of its own, */
  NARROW_COLUMN = 6,  /* here */
  LONGEST_HELP = 2048 /* bytes of a paragraph */
};

/* " (default …)" as the target is now; empty where there is none. */
static void default_of(const gm_option *option, char *text, size_t size) {
  char number[GM_DOUBLE_TEXT];
  text[0] = '\0';
  switch (option->kind) {
  case GM_OPTION_FLAG:
    break;
  case GM_OPTION_TEXT: {
    const char *value = *(const char *const *)option->target;
    if (value != NULL) snprintf(text, size, " (default %s)", value);
    break;
  }
  case GM_OPTION_INTEGER:
    snprintf(text, size, " (default %lld)", (long long)*(const int64_t *)option->target);
    break;
  case GM_OPTION_NUMBER:
    if (isnan(*(const double *)option->target)) break;
    gm_format_double(*(const double *)option->target, number);
    snprintf(text, size, " (default %s)", number);
    break;
  }
}

/* One option: its name and argument, then what it does, beside or below. */
static void print_option(const char *name, const char *help, size_t columns, FILE *out) {
  const bool narrow = columns > 0 && columns < NARROW;
  const size_t column = narrow ? NARROW_COLUMN : HELP_COLUMN, width = gm_utf8_characters(name);
  const int margin = (int)column;
  char blanks[HELP_COLUMN + 1];
  snprintf(blanks, sizeof blanks, "%*s", margin, "");
  if (width + 1 < column)
    fprintf(out, "%s%*s", name, margin - (int)width, "");
  else
    fprintf(out, "%s\n%s", name, blanks);
  gm_fold(out, help, columns, column, blanks);
}

/* Text of lines. On a terminal a line that is not indented goes on with the next one, up to one that is, one
 * that ends with a colon, or an empty one. */
static void print_text(const char *text, size_t columns, FILE *out) {
  char paragraph[LONGEST_HELP];
  size_t used = 0;
  while (*text != '\0') {
    const size_t n = strcspn(text, "\n");
    const char *next = text[n] == '\n' ? text + n + 1 : text + n;
    used += (size_t)snprintf(paragraph + used, sizeof paragraph - used, "%s%.*s", used > 0 ? " " : "", (int)n,
                             text);
    if (used >= sizeof paragraph) used = sizeof paragraph - 1;
    const size_t next_length = strcspn(next, "\n");
    const bool heading = next_length > 0 && next[next_length - 1] == ':';
    if (columns == 0 || *text == ' ' || next_length == 0 || *next == ' ' || heading ||
        text[n - (n > 0)] == ':') {
      gm_fold(out, paragraph, *text == ' ' ? 0 : columns, 0, "");
      used = 0;
    }
    text = next;
  }
}

void gm_options_write_help(const gm_program *program, size_t columns, FILE *out) {
  char name[LONGEST_HELP], help[LONGEST_HELP];
  snprintf(help, sizeof help, "Usage: %s %s", program->name, program->usage);
  gm_fold(out, help, columns, 0, "  ");
  fputc('\n', out);
  print_text(program->description, columns, out);
  for (size_t g = 0; g < program->n_groups; g++) {
    const gm_option_group *group = &program->groups[g];
    snprintf(help, sizeof help, "%s:", group->title);
    fputc('\n', out);
    gm_fold(out, help, columns, 0, "  ");
    for (size_t i = 0; i < group->n_options; i++) {
      const gm_option *o = &group->options[i];
      const char *argument = o->argument != NULL ? o->argument : "";
      snprintf(name, sizeof name, "  --%s%s%s", o->name, o->argument != NULL ? " " : "", argument);
      char value[LONGEST_HELP / 2];
      default_of(o, value, sizeof value);
      snprintf(help, sizeof help, "%s%s", o->help, value);
      print_option(name, help, columns, out);
    }
  }
  fputs("\nGeneral:\n", out);
  print_option("  -h, --help", "print this text and stop", columns, out);
  print_option("  --version", "print the version and stop", columns, out);
  if (program->epilogue != NULL) {
    fputc('\n', out);
    print_text(program->epilogue, columns, out);
  }
  fputc('\n', out);
  gm_fold(out, "Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted.", columns, 0, "  ");
}

void gm_options_print_help(const gm_program *program, FILE *out) {
  gm_options_write_help(program, gm_terminal_columns(out), out);
}
