/* SPDX-License-Identifier: MIT
 * Coefficients and input gradients by point and lag, as CSV. The gradients are
 * models/network/input_gradient.h's. */
#include "experiments/run/influence_map.h"

#include "models/network/input_gradient.h"

#include <math.h>
#include <stdlib.h>

static gm_status write_map(const gm_experiment *e, const char *name, const char *columns,
                           const double *const *arrays, size_t n_arrays, gm_error *err) {
  char *path = gm_experiment_path(e, name);
  if (path == NULL) return gm_fail_memory(err, "a file name");
  const gm_status status =
      gm_map_data_write(&e->map, path, columns, arrays, n_arrays, e->samples.time_steps, err);
  free(path);
  return status;
}

gm_status gm_influence_of_regression(const gm_experiment *e, const double *coefficients, gm_error *err) {
  if (!gm_experiment_has_map(e)) return GM_OK;
  const size_t T = e->samples.time_steps;
  double *by_point = malloc(T * e->map.map.n_points * sizeof *by_point);
  if (by_point == NULL) return gm_fail_memory(err, "the coefficient map");
  gm_map_data_to_points(&e->map, T, coefficients, by_point);
  const gm_status status =
      write_map(e, "coefficient_map.csv", "coefficient", (const double *const[]){by_point}, 1, err);
  free(by_point);
  return status;
}

/* ---- network ---------------------------------------------------------------- */

typedef struct {
  const gm_experiment *experiment;
  size_t n_inputs, n_points;                     /* T · width and T · points */
  double *block;                                 /* the one allocation */
  double *by_input, *by_point, *mean, *mean_abs; /* views: one sample's, and sums of all */
} saliency;

static void add_sample(void *context, size_t sample, const float *gradient) {
  saliency *s = context;
  (void)sample;
  for (size_t j = 0; j < s->n_inputs; j++) s->by_input[j] = (double)gradient[j];
  gm_map_data_to_points(&s->experiment->map, s->experiment->samples.time_steps, s->by_input, s->by_point);
  for (size_t j = 0; j < s->n_points; j++) {
    s->mean[j] += s->by_point[j];
    s->mean_abs[j] += fabs(s->by_point[j]);
  }
}

gm_status gm_influence_of_network(const gm_experiment *e, const gm_network *network, gm_error *err) {
  if (!gm_experiment_has_map(e)) return GM_OK;
  const size_t T = e->samples.time_steps, n_inputs = T * e->map.width, n_points = T * e->map.map.n_points;
  saliency s = {.experiment = e, .n_inputs = n_inputs, .n_points = n_points};
  s.block = calloc(n_inputs + 3 * n_points, sizeof *s.block);
  if (s.block == NULL) return gm_fail_memory(err, "the saliency map");
  s.by_input = s.block;
  s.by_point = s.by_input + n_inputs;
  s.mean = s.by_point + n_points;
  s.mean_abs = s.mean + n_points;
  gm_examples parts[GM_N_PARTS];
  gm_experiment_examples(&e->samples, parts);
  const gm_examples *validation = &parts[GM_PART_VALIDATION];
  gm_status status = gm_input_gradients(&e->compute, network, validation, add_sample, &s, err);
  for (size_t j = 0; j < n_points; j++) {
    s.mean[j] /= (double)validation->n;
    s.mean_abs[j] /= (double)validation->n;
  }
  if (status == GM_OK)
    status = write_map(e, "saliency_map.csv", "gradient_mean,gradient_mean_abs",
                       (const double *const[]){s.mean, s.mean_abs}, 2, err);
  free(s.block);
  return status;
}
