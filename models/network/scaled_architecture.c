/* SPDX-License-Identifier: MIT
 * Widths by bisection of their common factor: the number of parameters grows with it. */
#include "models/network/scaled_architecture.h"

#include <math.h>
#include <stdio.h>

enum { KERNEL = 3 };

typedef struct {
  size_t channels_1, channels_2, width_1, width_2;
} widths;

static size_t scaled(double factor, double width) {
  const double rounded = round(factor * width);
  return rounded < 1 ? 1 : (size_t)rounded;
}

static widths widths_of(double factor) {
  return (widths){scaled(factor, 64), scaled(factor, 128), scaled(factor, 2400), scaled(factor, 1364)};
}

/* Two convolutions that keep the length, three dense layers. */
static size_t count(gm_shape input, widths w) {
  return (input.channels * KERNEL + 1) * w.channels_1 + (w.channels_1 * KERNEL + 1) * w.channels_2 +
         (w.channels_2 * input.length + 1) * w.width_1 + (w.width_1 + 1) * w.width_2 + (w.width_2 + 1);
}

static double miss(gm_shape input, double factor, size_t wanted) {
  return fabs((double)count(input, widths_of(factor)) - (double)wanted);
}

size_t gm_scaled_architecture(gm_shape input, size_t parameters, char text[GM_SCALED_ARCHITECTURE_TEXT]) {
  double low = 1e-6, high = 1e3; /* one unit a layer; 10^12 parameters */
  const double close = 1 + 1e-9;
  while (high / low > close) {
    const double middle = sqrt(low * high);
    *(count(input, widths_of(middle)) < parameters ? &low : &high) = middle;
  }
  const double factor = miss(input, low, parameters) < miss(input, high, parameters) ? low : high;
  const widths w = widths_of(factor);
  snprintf(text, GM_SCALED_ARCHITECTURE_TEXT,
           "conv:%zu:%d,relu,conv:%zu:%d,relu,flatten,dense:%zu,relu,dense:%zu,relu,dense:1", w.channels_1,
           KERNEL, w.channels_2, KERNEL, w.width_1, w.width_2);
  return count(input, w);
}
