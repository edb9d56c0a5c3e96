/* SPDX-License-Identifier: MIT
 * Student's t distribution, as far as 95 % intervals need it. */
#ifndef COMMON_STUDENT_T_H
#define COMMON_STUDENT_T_H

/* The 97.5 % point for so many degrees of freedom, at least 1 (NIST/SEMATECH e-Handbook, 1.3.6.7.2). Between
 * the table's numbers, and for a fraction, that of the next smaller one, which is on the safe side. */
double gm_student_t(double degrees);

#endif
