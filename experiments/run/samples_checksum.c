/* SPDX-License-Identifier: MIT
 * Checksums of samples: inputs and truths in their order, as bytes. */
#include "experiments/run/samples_checksum.h"

gm_status gm_samples_checksum(const gm_samples *samples, gm_split_name split, char digits[GM_CHECKSUM_TEXT],
                              gm_error *err) {
  const gm_split *s = &samples->split[split];
  const uint64_t shape[] = {(uint64_t)samples->unit, s->n,          samples->n_channels,  samples->length,
                            samples->time_steps,     samples->lead, samples->n_predictors};
  gm_checksum *checksum = gm_checksum_create();
  if (checksum == NULL) return gm_fail_memory(err, "a checksum of the samples");
  gm_checksum_add(checksum, shape, sizeof shape);
  gm_checksum_add(checksum, s->target_time, s->n * sizeof *s->target_time);
  gm_checksum_add(checksum, s->y, s->n * sizeof *s->y);
  gm_checksum_add(checksum, s->index_at_t, s->n * sizeof *s->index_at_t);
  if (s->X != NULL)
    gm_checksum_add(checksum, s->X, s->n * samples->n_predictors * sizeof *s->X);
  else
    for (size_t i = 0; i < s->n; i++)
      gm_checksum_add(checksum, s->x[i], samples->n_channels * samples->length * sizeof *s->x[i]);
  gm_checksum_digits(checksum, digits);
  gm_checksum_free(checksum);
  return GM_OK;
}
