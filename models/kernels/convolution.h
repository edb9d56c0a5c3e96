/* SPDX-License-Identifier: MIT
 * The two sums of a one-dimensional convolution over padded lines (kernels.h). Included by kernels.c alone,
 * once per instruction set.
 *
 * Neither makes a matrix of columns: the taps of a kernel are loads of the same line, each one value further
 * on. Every sum runs over channels and taps, or over positions, in an order that depends on the shapes alone.
 */
#ifndef MODELS_KERNELS_CONVOLUTION_H
#define MODELS_KERNELS_CONVOLUTION_H

#include "models/kernels/kernels.h"
#include "models/kernels/simd.h"

/* Sums in registers: channels × vectors of positions, 8 × 3 of the 32 of AVX-512, 4 × 3 or 4 × 2 of 16; and
 * channels × taps, as rows × samples in dense_forward.h. */
enum {
  CHANNELS = SIMD_LANES == 16 ? 8 : 4,
  VECTORS = SIMD_LANES >= 8 ? 3 : 2,
  CHANNELS_OF_DOT = 4,
  TAPS_OF_DOT = SIMD_LANES == 16  ? 5
                : SIMD_LANES == 8 ? 3
                                  : 2,
};

/* ---- convolve ------------------------------------------------------------------------ */

/* The counts are constants at every call, so the loops over them unroll. */
SIMD_INLINE void convolve_block(size_t channels, size_t vectors, const gm_convolution *c, const float *w,
                                const float *in, float *out) {
  vec sum[CHANNELS][VECTORS];
  for (size_t o = 0; o < channels; o++)
    for (size_t v = 0; v < vectors; v++) sum[o][v] = (vec){0};
  for (size_t i = 0; i < c->inputs; i++, in += c->in_pitch, w += c->w_in)
    for (size_t j = 0; j < c->taps; j++) {
      const float *tap = w + (ptrdiff_t)j * c->w_tap;
      vec x[VECTORS];
      for (size_t v = 0; v < vectors; v++) x[v] = vec_load(in + j + v * SIMD_LANES, SIMD_LANES);
      for (size_t o = 0; o < channels; o++) {
        const vec f = vec_splat(tap[o * c->w_out]);
        for (size_t v = 0; v < vectors; v++) sum[o][v] = vec_multiply_add(f, x[v], sum[o][v]);
      }
    }
  for (size_t o = 0; o < channels; o++)
    for (size_t v = 0; v < vectors; v++)
      vec_store(out + o * c->out_pitch + v * SIMD_LANES, sum[o][v], SIMD_LANES);
}

SIMD_INLINE void convolve_lines(size_t channels, const gm_convolution *c, size_t length, const float *w,
                                const float *in, float *out) {
  size_t l = 0;
  for (; l + VECTORS * SIMD_LANES <= length; l += VECTORS * SIMD_LANES)
    convolve_block(channels, VECTORS, c, w, in + l, out + l);
  for (; l < length; l += SIMD_LANES) convolve_block(channels, 1, c, w, in + l, out + l);
}

static void convolve(const gm_convolution *c, size_t outputs, size_t length, const float *w, const float *in,
                     float *out) {
  size_t o = 0;
  for (; o + CHANNELS <= outputs; o += CHANNELS)
    convolve_lines(CHANNELS, c, length, w + o * c->w_out, in, out + o * c->out_pitch);
  for (; o + 2 <= outputs; o += 2) convolve_lines(2, c, length, w + o * c->w_out, in, out + o * c->out_pitch);
  for (; o < outputs; o++) convolve_lines(1, c, length, w + o * c->w_out, in, out + o * c->out_pitch);
}

/* ---- correlate ------------------------------------------------------------------------- */

/* Taps [t, t + taps), counted through all channels of `in`. */
SIMD_INLINE void correlate_block(size_t channels, size_t taps, const gm_line_correlation *c, size_t t,
                                 const float *dy, const float *in, float *dw) {
  const float *x[TAPS_OF_DOT];
  vec sum[TAPS_OF_DOT][CHANNELS_OF_DOT];
  for (size_t s = 0; s < taps; s++) {
    x[s] = in + (t + s) / c->taps * c->in_pitch + (t + s) % c->taps;
    for (size_t o = 0; o < CHANNELS_OF_DOT; o++) sum[s][o] = (vec){0};
  }
  for (size_t l = 0; l < c->length; l += SIMD_LANES) {
    vec xl[TAPS_OF_DOT];
    for (size_t s = 0; s < taps; s++) xl[s] = vec_load(x[s] + l, SIMD_LANES);
    for (size_t o = 0; o < channels; o++) {
      const vec d = vec_load(dy + o * c->dy_pitch + l, SIMD_LANES);
      for (size_t s = 0; s < taps; s++) sum[s][o] = vec_multiply_add(d, xl[s], sum[s][o]);
    }
  }
  for (size_t s = 0; s < taps; s++) {
    const vec4 total = vec_sums(sum[s]);
    for (size_t o = 0; o < channels; o++) dw[o * c->inputs * c->taps + t + s] += total[o];
  }
}

SIMD_INLINE void correlate_channels(size_t channels, const gm_line_correlation *c, const float *dy,
                                    const float *in, float *dw) {
  const size_t all = c->inputs * c->taps;
  size_t t = 0;
  for (; t + TAPS_OF_DOT <= all; t += TAPS_OF_DOT) correlate_block(channels, TAPS_OF_DOT, c, t, dy, in, dw);
  for (; t < all; t++) correlate_block(channels, 1, c, t, dy, in, dw);
}

static void correlate(const gm_line_correlation *c, size_t outputs, const float *dy, const float *in,
                      float *dw) {
  const size_t all = c->inputs * c->taps;
  size_t o = 0;
  for (; o + CHANNELS_OF_DOT <= outputs; o += CHANNELS_OF_DOT)
    correlate_channels(CHANNELS_OF_DOT, c, dy + o * c->dy_pitch, in, dw + o * all);
  for (; o < outputs; o++) correlate_channels(1, c, dy + o * c->dy_pitch, in, dw + o * all);
}

#endif
