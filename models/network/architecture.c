/* SPDX-License-Identifier: MIT
 * Architecture strings and shapes. */
#include "models/network/architecture.h"

#include "common/csv.h"
#include "models/network/conv1d.h"
#include "models/network/maxpool1d.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bounds that keep every product of dimensions far inside size_t and OpenBLAS's int. */
enum { LARGEST_DIMENSION = 100 * 1000 * 1000, LARGEST_KERNEL = 9999, LARGEST_LAYER_COUNT = 1000 };
static const size_t largest_parameter_count = (size_t)2000 * 1000 * 1000; /* 8 GB of floats */

size_t gm_shape_size(gm_shape shape) {
  return shape.channels * shape.length;
}

gm_shape gm_architecture_input(const gm_architecture *architecture) {
  return architecture->layers[0].in;
}

gm_shape gm_architecture_output(const gm_architecture *architecture) {
  return architecture->layers[architecture->n_layers - 1].out;
}

const char *gm_layer_kind_name(gm_layer_kind kind) {
  switch (kind) {
  case GM_LAYER_CONV1D:
    return "conv";
  case GM_LAYER_RELU:
    return "relu";
  case GM_LAYER_MAXPOOL1D:
    return "maxpool";
  case GM_LAYER_FLATTEN:
    return "flatten";
  case GM_LAYER_DENSE:
    return "dense";
  }
  return "?";
}

void gm_layer_format(const gm_layer *layer, char *text, size_t size) {
  const char *name = gm_layer_kind_name(layer->kind);
  switch (layer->kind) {
  case GM_LAYER_CONV1D:
    snprintf(text, size, "%s:%zu:%zu", name, layer->out.channels, layer->kernel);
    break;
  case GM_LAYER_MAXPOOL1D:
    snprintf(text, size, "%s:%zu", name, layer->kernel);
    break;
  case GM_LAYER_DENSE:
    snprintf(text, size, "%s:%zu", name, layer->out.channels);
    break;
  case GM_LAYER_RELU:
  case GM_LAYER_FLATTEN:
    snprintf(text, size, "%s", name);
    break;
  }
}

char *gm_architecture_format(const gm_architecture *architecture) {
  char *spec = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&spec, &size);
  if (out == NULL) return NULL;
  for (size_t i = 0; i < architecture->n_layers; i++) {
    char text[64];
    gm_layer_format(&architecture->layers[i], text, sizeof text);
    fprintf(out, "%s%s", i > 0 ? "," : "", text);
  }
  if (fclose(out) != 0) {
    free(spec);
    return NULL;
  }
  return spec;
}

/* ---- parsing ---------------------------------------------------------------- */

/* A layer as written: name and up to two numbers, "dense:1364" or "conv:64:3". */
typedef struct {
  char text[64];
  char *name;
  size_t number[2];
  size_t n_numbers;
} word;

/* Splits `text` in place; false when a number is none or out of bounds. */
static bool split(word *w) {
  char *rest = w->text;
  w->name = strsep(&rest, ":");
  for (const char *part; (part = strsep(&rest, ":")) != NULL; w->n_numbers++) {
    int64_t value;
    if (w->n_numbers == 2 || !gm_parse_integer(part, &value) || value < 1 || value > LARGEST_DIMENSION)
      return false;
    w->number[w->n_numbers] = (size_t)value;
  }
  return true;
}

static void place_parameters(gm_architecture *a, gm_layer *layer, size_t n_weight, size_t n_bias) {
  layer->weight = a->n_parameters;
  layer->n_weight = n_weight;
  layer->bias = layer->weight + n_weight;
  layer->n_bias = n_bias;
  a->n_parameters += n_weight + n_bias;
}

/* Fills `layer` from a word; on failure says what was expected, without the layer's name. */
static const char *build_layer(gm_architecture *a, const word *w, gm_layer *layer) {
  const gm_shape in = layer->in;
  layer->out = in;
  if (strcmp(w->name, "relu") == 0 && w->n_numbers == 0) {
    layer->kind = GM_LAYER_RELU;
  } else if (strcmp(w->name, "flatten") == 0 && w->n_numbers == 0) {
    layer->kind = GM_LAYER_FLATTEN;
    layer->out = (gm_shape){.channels = gm_shape_size(in), .length = 1, .flat = true};
  } else if (strcmp(w->name, "conv") == 0 && w->n_numbers == 2) {
    layer->kind = GM_LAYER_CONV1D;
    layer->kernel = w->number[1];
    if (in.flat) return "a convolution cannot follow flatten";
    if (layer->kernel % 2 == 0 || layer->kernel > LARGEST_KERNEL)
      return "expected an odd kernel size of at most 9999";
    if (w->number[0] > largest_parameter_count / (in.channels * layer->kernel))
      return "the layer is too large"; /* before a product that could wrap around */
    layer->out =
        (gm_shape){.channels = w->number[0], .length = gm_conv1d_output_length(in.length, layer->kernel)};
    place_parameters(a, layer, layer->out.channels * in.channels * layer->kernel, layer->out.channels);
  } else if (strcmp(w->name, "maxpool") == 0 && w->n_numbers == 1) {
    layer->kind = GM_LAYER_MAXPOOL1D;
    layer->kernel = w->number[0];
    if (in.flat) return "max pooling cannot follow flatten";
    layer->out.length = gm_maxpool1d_output_length(in.length, layer->kernel);
    if (layer->out.length == 0) return "the window is longer than its input";
  } else if (strcmp(w->name, "dense") == 0 && w->n_numbers == 1) {
    layer->kind = GM_LAYER_DENSE;
    if (!in.flat) return "a dense layer needs flatten before it";
    layer->out = (gm_shape){.channels = w->number[0], .length = 1, .flat = true};
    place_parameters(a, layer, layer->out.channels * in.channels, layer->out.channels);
  } else {
    return "expected conv:C_OUT:K, relu, maxpool:K, flatten or dense:N";
  }
  if (gm_shape_size(layer->out) > LARGEST_DIMENSION || a->n_parameters > largest_parameter_count)
    return "the layer is too large";
  return NULL;
}

gm_status gm_architecture_parse(const char *spec, gm_shape input, gm_architecture *a, gm_error *err) {
  *a = (gm_architecture){0};
  if (input.channels < 1 || input.length < 1 || input.channels > LARGEST_DIMENSION ||
      input.length > LARGEST_DIMENSION / input.channels)
    return gm_fail(err, GM_BAD_INPUT,
                   "architecture on an input of %zu × %zu: expected from 1 to %d values a sample",
                   input.channels, input.length, LARGEST_DIMENSION);
  size_t count = 1;
  for (const char *p = spec; *p != '\0'; p++) count += *p == ',';
  if (count > LARGEST_LAYER_COUNT)
    return gm_fail(err, GM_BAD_INPUT, "architecture: %zu layers, expected at most %d", count,
                   LARGEST_LAYER_COUNT);
  a->layers = calloc(count, sizeof *a->layers);
  if (a->layers == NULL) return gm_fail_memory(err, "the architecture");
  const char *p = spec;
  gm_shape in = input;
  for (size_t i = 0; i < count; i++, p += *p == ',') {
    const size_t length = strcspn(p, ",");
    word w = {.n_numbers = 0};
    const bool fits = length < sizeof w.text;
    if (fits) memcpy(w.text, p, length);
    gm_layer *layer = &a->layers[i];
    layer->in = in;
    const char *wrong = fits && split(&w) ? build_layer(a, &w, layer)
                                          : "expected conv:C_OUT:K, relu, maxpool:K, flatten or dense:N";
    if (wrong != NULL) {
      gm_fail(err, GM_BAD_INPUT, "architecture, layer %zu \"%.*s\" on an input of %zu × %zu: %s", i,
              length < 64 ? (int)length : 64, p, in.channels, in.length, wrong);
      gm_architecture_free(a);
      return GM_BAD_INPUT;
    }
    in = layer->out;
    a->n_layers++;
    p += length;
  }
  return GM_OK;
}

void gm_architecture_free(gm_architecture *architecture) {
  free(architecture->layers);
  *architecture = (gm_architecture){0};
}

/* ---- summary ---------------------------------------------------------------- */

void gm_architecture_print(const gm_architecture *a, FILE *out) {
  const gm_shape input = gm_architecture_input(a);
  fprintf(out, "%5s  %-14s %-14s %12s\n", "layer", "kind", "output", "parameters");
  fprintf(out, "%5s  %-14s %5zu × %-6zu %12s\n", "", "input", input.channels, input.length, "");
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    char text[64];
    gm_layer_format(layer, text, sizeof text);
    fprintf(out, "%5zu  %-14s %5zu × %-6zu %12zu\n", i, text, layer->out.channels, layer->out.length,
            layer->n_weight + layer->n_bias);
  }
  fprintf(out, "%5s  %-14s %-14s %12zu\n", "", "total", "", a->n_parameters);
}
