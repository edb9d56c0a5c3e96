/* SPDX-License-Identifier: MIT
 * The loops over the components of a mixture in which a suggestion spends its time.
 * Eight components at once in an order that depends on n alone: the same bits on every
 * processor, however wide its registers are. */
#ifndef TUNING_MIXTURE_H
#define TUNING_MIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* terms[k] -= ((z - mu[k]) · inverse_sigma[k])² / 2: ln of a normal density up to its constant. */
void gm_mixture_add_normal(size_t n, double z, const double *mu, const double *inverse_sigma, double *terms);

/* terms[k] += table[group[k]] */
void gm_mixture_add_table(size_t n, const uint32_t *group, const double *table, double *restrict terms);

/* ln sum_k exp(terms[k]); -inf when all are. Terms more than 50 nats below the largest may be
 * left out: less than 2e-22 of it each. */
double gm_mixture_log_sum(size_t n, const double *terms);

#endif
