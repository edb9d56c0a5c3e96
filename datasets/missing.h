/* SPDX-License-Identifier: MIT
 * Numbers and words that stand for "no value" in tables and maps: those a user names, and those
 * that agencies are known to write. It reads no file. */
#ifndef DATASETS_MISSING_H
#define DATASETS_MISSING_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { GM_MISSING_MOST = 16, GM_MISSING_WORD = 32 };

/* What "--missing V[,V…]" says. */
typedef struct {
  bool all_data; /* "none" among them: known marks that are not listed are data */
  size_t n;
  double value[GM_MISSING_MOST]; /* NAN where it is a word */
  char word[GM_MISSING_MOST][GM_MISSING_WORD];
} gm_missing;

/* Parses numbers, words ("***") and "none", separated by commas; NULL is an empty list. */
gm_status gm_missing_parse(const char *text, gm_missing *missing, gm_error *err);

/* Whether a number is one of those listed, to a relative 1e-6: 9.96921e36 as text is its float. */
bool gm_missing_is(const gm_missing *missing, double value);

/* Whether a field of a table is one of those listed. */
bool gm_missing_is_word(const gm_missing *missing, const char *text);

/* The words that always mean "no value": an empty field and what pandas.read_csv takes for one
 * (NA, N/A, NaN, null, None, …), in any case of letters. */
bool gm_missing_is_empty(const char *text);

/* A number that agencies are known to write for "no value": nothing but nines (999, 99.9, −99.99,
 * −9999; three of them or more, two suffice for −99), the ends of 16- and 32-bit integers, and magnitudes
 * from 1e20 (CMIP, 9.96921e36 of netCDF, 1e30, Ferret's −1e34). It may be data all the same: a mark betrays
 * itself by lying beyond all other values, which is for the caller to see. */
bool gm_missing_is_known(double value);

/* What a reader has seen of a column or a map: the range of the other values, and the known
 * marks at both ends. */
typedef struct {
  double least, most;                 /* of the values that are no known mark; least > most: none yet */
  double lowest_mark, highest_mark;   /* known marks; +INFINITY, −INFINITY: none */
  size_t lowest_place, highest_place; /* what the caller said of their first occurrence */
} gm_missing_watch;

gm_missing_watch gm_missing_watch_start(void);
void gm_missing_watch_value(gm_missing_watch *watch, double value, size_t place);

/* A known mark beyond all other values, if there is one. */
bool gm_missing_watch_finds(const gm_missing_watch *watch, double *mark, size_t *place);

#endif
