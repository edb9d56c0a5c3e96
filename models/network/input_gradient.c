/* SPDX-License-Identifier: MIT
 * Batches of forward and backward passes with dy = 1. */
#include "models/network/input_gradient.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 16 };

gm_status gm_input_gradients(const gm_compute *compute, const gm_network *network,
                             const gm_examples *examples, gm_input_gradient_visitor visit, void *context,
                             gm_error *err) {
  const gm_architecture *a = &network->architecture;
  const size_t size = gm_shape_size(gm_architecture_input(a));
  float dy[BATCH];
  gm_workspace workspace = {0};
  for (size_t i = 0; i < BATCH; i++) dy[i] = 1;
  if (gm_shape_size(gm_architecture_output(a)) != 1)
    return gm_fail(err, GM_BAD_INPUT, "input gradients: expected a network with one output, got %zu",
                   gm_shape_size(gm_architecture_output(a)));
  gm_status status = gm_workspace_create(&workspace, a, BATCH, true, err);
  float *unused = status == GM_OK ? malloc(a->n_parameters * sizeof *unused) : NULL;
  if (status == GM_OK && unused == NULL) status = gm_fail_memory(err, "the gradients");
  for (size_t first = 0; status == GM_OK && first < examples->n; first += BATCH) {
    const size_t n = examples->n - first < BATCH ? examples->n - first : BATCH;
    for (size_t i = 0; i < n; i++)
      memcpy(workspace.input + i * size, examples->x[first + i], size * sizeof(float));
    gm_network_forward(compute, network, &workspace, n);
    gm_network_gradient(compute, network, &workspace, n, dy, unused);
    for (size_t i = 0; i < n; i++) visit(context, first + i, workspace.input_gradient + i * size);
  }
  free(unused);
  gm_workspace_free(&workspace);
  return status;
}
