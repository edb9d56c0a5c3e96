/* SPDX-License-Identifier: MIT
 * The distance's table, of which the last three rows are kept. */
#include "common/edit_distance.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static int smaller(int a, int b) {
  return a < b ? a : b;
}

static int lower(const char *letter) {
  return tolower((unsigned char)*letter);
}

int gm_edit_distance(const char *a, const char *b) {
  int rows[3][GM_EDIT_LENGTH + 1];
  int *before = rows[0], *above = rows[1], *row = rows[2]; /* of i − 2, i − 1 and i letters of a */
  const int n = (int)strnlen(b, GM_EDIT_LENGTH);
  for (int j = 0; j <= n; j++) above[j] = j;
  for (int i = 1; a[i - 1] != '\0'; i++) {
    row[0] = i;
    for (int j = 1; j <= n; j++) {
      const int replaced = above[j - 1] + (lower(&a[i - 1]) != lower(&b[j - 1]));
      row[j] = smaller(replaced, 1 + smaller(above[j], row[j - 1]));
      const bool swapped =
          i > 1 && j > 1 && lower(&a[i - 1]) == lower(&b[j - 2]) && lower(&a[i - 2]) == lower(&b[j - 1]);
      if (swapped) row[j] = smaller(row[j], 1 + before[j - 2]);
    }
    int *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[n];
}
