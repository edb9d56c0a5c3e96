/* SPDX-License-Identifier: MIT
 * Two rules that look at the trial itself first. Patient: another pruner is asked only when
 * the last patience + 1 intermediate values are all worse, by more than min_delta, than the
 * best before them; without another pruner that alone stops the trial. Threshold: a value
 * outside [lower, upper], or NaN, stops it. Semantics are those of
 * optuna.pruners.PatientPruner and ThresholdPruner 5. */
#ifndef TUNING_PATIENT_PRUNER_H
#define TUNING_PATIENT_PRUNER_H

#include "tuning/pruners/pruner.h"

extern const gm_pruner gm_patient_pruner;   /* "patient" */
extern const gm_pruner gm_threshold_pruner; /* "threshold" */

#endif
