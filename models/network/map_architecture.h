/* SPDX-License-Identifier: MIT
 * The default network for maps, whose dense widths follow from the grid:
 *
 *   conv:6:3,relu,maxpool:2,conv:16:5,relu,maxpool:2,flatten,dense:W,relu,dense:H,relu,dense:1
 *
 * the 2-D net of the exercise behind the study in one dimension. W and H, 32 … 512, are those whose
 * total comes nearest to 6.99 M parameters, of equals the pair nearest to 64. Where the grid is so
 * small that no such pair reaches 6.985 M (below about 4,200 points), W may exceed 512; where it is so
 * large (beyond about 30,000 points) that one step of W is a wide one, the nearest count it is, a few
 * hundredths of a million off. */
#ifndef MODELS_MAP_ARCHITECTURE_H
#define MODELS_MAP_ARCHITECTURE_H

#include <stddef.h>

#define GM_MAP_ARCHITECTURE_TEXT 160

typedef struct {
  size_t width_1, width_2; /* W, H */
  size_t n_parameters;     /* with one input channel; each further one adds 18 */
} gm_map_widths;

/* The widths for maps of `n_points`. They do not depend on the number of time steps, so that a search
 * over it compares like with like. */
gm_map_widths gm_map_architecture_widths(size_t n_points);

/* The architecture string for `n_points`. Below 4 points, too few for two poolings, it is one that
 * gm_architecture_parse refuses with the layer. */
void gm_map_architecture(size_t n_points, char text[GM_MAP_ARCHITECTURE_TEXT]);

#endif
