/* SPDX-License-Identifier: MIT
 * How far what somebody typed is from what there is: for "did you mean". */
#ifndef COMMON_EDIT_DISTANCE_H
#define COMMON_EDIT_DISTANCE_H

/* Only so many bytes of `b` are compared. */
#define GM_EDIT_LENGTH 64

/* Letters to change, add or drop, and neighbours to swap, to turn `a` into `b`, upper and lower case alike;
 * no letter is touched twice (optimal string alignment: Levenshtein 1966 with the swaps of Damerau 1964). */
int gm_edit_distance(const char *a, const char *b);

#endif
