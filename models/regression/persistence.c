/* SPDX-License-Identifier: MIT
 * The forecast that costs nothing: a copy of the last value. */
#include "models/regression/persistence.h"

void gm_persistence_predict(const double *index_at_t, size_t n, double *prediction) {
  for (size_t i = 0; i < n; i++) prediction[i] = index_at_t[i]; /* ŷ(t + lead) = y(t) */
}
