/* SPDX-License-Identifier: MIT
 * The persistence forecast: ŷ(t + lead) = y(t), for every lead. It has no parameter
 * and costs nothing; a model that does not beat it has no skill (Wilks, Statistical Methods in the
 * Atmospheric Sciences, ch. 9: the reference forecast of a skill score). */
#ifndef MODELS_PERSISTENCE_H
#define MODELS_PERSISTENCE_H

#include <stddef.h>

/* prediction_i = index_at_t_i; both (n). */
void gm_persistence_predict(const double *index_at_t, size_t n, double *prediction);

#endif
