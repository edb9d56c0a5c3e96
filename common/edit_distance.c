/* SPDX-License-Identifier: MIT
 * Levenshtein's distance, one row of its table at a time. */
#include "common/edit_distance.h"

#include <string.h>
#include <strings.h>

int gm_edit_distance(const char *a, const char *b) {
  int row[GM_EDIT_LENGTH + 1];
  const int n = (int)strnlen(b, GM_EDIT_LENGTH);
  for (int j = 0; j <= n; j++) row[j] = j;
  for (int i = 1; a[i - 1] != '\0'; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= n; j++) {
      const int replaced = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
      const int shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
      diagonal = row[j];
      row[j] = replaced < shorter + 1 ? replaced : shorter + 1;
    }
  }
  return row[n];
}
