/* SPDX-License-Identifier: MIT
 * Architecture strings to layers with shapes and places of parameters, and back. What a layer computes is its
 * own file's; no weights are held here. */
#include "models/network/architecture.h"

#include "common/csv.h"
#include "common/suggestion.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_LAYER_COUNT = 1000 };
static const size_t largest_parameter_count = (size_t)2000 * 1000 * 1000; /* 8 GB of floats */
static const char too_large[] = "the layer is too large";

gm_shape gm_architecture_input(const gm_architecture *architecture) {
  return architecture->layers[0].in;
}

gm_shape gm_architecture_output(const gm_architecture *architecture) {
  return architecture->layers[architecture->n_layers - 1].out;
}

const char *gm_layer_list(char text[GM_LAYER_LIST]) {
  int used = 0;
  const gm_layer_type *type;
  for (size_t i = 0; (type = gm_layer_type_at(i)) != NULL && used < GM_LAYER_LIST; i++)
    used += snprintf(text + used, GM_LAYER_LIST - (size_t)used, "%s%s%s",
                     i == 0                            ? ""
                     : gm_layer_type_at(i + 1) == NULL ? " or "
                                                       : ", ",
                     type->name, type->arguments);
  return text;
}

char *gm_architecture_format(const gm_architecture *architecture) {
  char *spec = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&spec, &size);
  if (out == NULL) return NULL;
  for (size_t i = 0; i < architecture->n_layers; i++) {
    char text[GM_LAYER_TEXT];
    gm_layer_format(&architecture->layers[i], text);
    fprintf(out, "%s%s", i > 0 ? "," : "", text);
  }
  if (fclose(out) != 0) {
    free(spec);
    return NULL;
  }
  return spec;
}

/* ---- parsing ---------------------------------------------------------------- */

static const gm_layer_type *find_type(const char *name, size_t length) {
  const gm_layer_type *type = NULL;
  for (size_t i = 0; (type = gm_layer_type_at(i)) != NULL; i++)
    if (strlen(type->name) == length && strncmp(type->name, name, length) == 0) return type;
  return NULL;
}

static size_t count_colons(const char *text, size_t length) {
  size_t n = 0;
  for (size_t i = 0; i < length; i++) n += text[i] == ':';
  return n;
}

/* Of a layer: any finite one, or a whole one in the range of dimensions. */
static bool read_number(const char *text, bool real, double *number) {
  int64_t whole;
  if (real) return gm_parse_double(text, number) && isfinite(*number);
  if (!gm_parse_integer(text, &whole) || whole < 1 || whole > GM_LARGEST_DIMENSION) return false;
  *number = (double)whole;
  return true;
}

/* A layer as written, "dense:1364" or "conv:64:3": its type and numbers. False where it is none, *range where
 * one of its numbers is what is wrong. */
static bool read_layer(const char *text, size_t length, gm_layer *layer, bool *range) {
  char copy[GM_LAYER_TEXT], *rest = copy;
  *range = false;
  if (length >= sizeof copy) return false;
  memcpy(copy, text, length);
  copy[length] = '\0';
  const char *name = strsep(&rest, ":");
  layer->type = find_type(name, strlen(name));
  if (layer->type == NULL ||
      count_colons(text, length) != count_colons(layer->type->arguments, strlen(layer->type->arguments)))
    return false;
  for (size_t i = 0; rest != NULL && i < GM_LAYER_NUMBERS; i++) {
    const char *number = strsep(&rest, ":");
    *range = number[0] != '\0' && !layer->type->real;
    if (!read_number(number, layer->type->real, &layer->number[i])) return false;
  }
  return true;
}

/* Finds the layer's place in the block of parameters; false where it is too large. */
static bool place_parameters(gm_architecture *a, gm_layer *layer) {
  size_t n = layer->weight_rank > 0;
  for (size_t d = 0; d < layer->weight_rank; d++) {
    if (layer->weight_shape[d] > largest_parameter_count / n) return false; /* before it could wrap around */
    n *= layer->weight_shape[d];
  }
  layer->weight = a->n_parameters;
  layer->n_weight = n;
  layer->bias = layer->weight + n;
  layer->n_bias = layer->weight_rank > 0 ? layer->weight_shape[0] : 0;
  a->n_parameters += layer->n_weight + layer->n_bias;
  return a->n_parameters <= largest_parameter_count;
}

/* Fills the layer from its text and its input; on failure says what was expected. */
static const char *build_layer(gm_architecture *a, const char *text, size_t length, gm_layer *layer,
                               char list[GM_LAYER_LIST + 16]) {
  bool range;
  if (!read_layer(text, length, layer, &range)) {
    char all[GM_LAYER_LIST];
    if (range)
      snprintf(list, GM_LAYER_LIST + 16, "its numbers: expected whole ones from 1 to %d",
               GM_LARGEST_DIMENSION);
    else
      snprintf(list, GM_LAYER_LIST + 16, "expected %s", gm_layer_list(all));
    return list;
  }
  layer->out = layer->in;
  const char *wrong = layer->type->shape(layer);
  if (wrong != NULL) return wrong;
  if (layer->out.channels > GM_LARGEST_DIMENSION / layer->out.length || !place_parameters(a, layer))
    return too_large;
  return NULL;
}

gm_status gm_architecture_parse(const char *spec, gm_shape input, gm_architecture *a, gm_error *err) {
  *a = (gm_architecture){0};
  if (input.channels < 1 || input.length < 1 || input.channels > GM_LARGEST_DIMENSION ||
      input.length > GM_LARGEST_DIMENSION / input.channels)
    return gm_fail(err, GM_BAD_INPUT,
                   "architecture on an input of %zu × %zu: expected from 1 to %d values a sample",
                   input.channels, input.length, GM_LARGEST_DIMENSION);
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
    char list[GM_LAYER_LIST + 16];
    gm_layer *layer = &a->layers[i];
    layer->in = in;
    const char *wrong = build_layer(a, p, length, layer, list);
    if (wrong != NULL) {
      gm_fail(err, GM_BAD_INPUT, "architecture, layer %zu \"%.*s\" on an input of %zu × %zu: %s", i,
              length < 64 ? (int)length : 64, p, in.channels, in.length, wrong);
      if (layer->type == NULL) gm_suggest(err, p, strcspn(p, ":,"), wrong);
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
  char text[GM_LAYER_TEXT];
  int width = 14; /* of the usual kinds */
  for (size_t i = 0; i < a->n_layers; i++) {
    gm_layer_format(&a->layers[i], text);
    if ((int)strlen(text) > width) width = (int)strlen(text);
  }
  fprintf(out, "%5s  %-*s %-14s %12s\n", "layer", width, "kind", "output", "parameters");
  fprintf(out, "%5s  %-*s %5zu × %-6zu %12s\n", "", width, "input", input.channels, input.length, "");
  for (size_t i = 0; i < a->n_layers; i++) {
    const gm_layer *layer = &a->layers[i];
    gm_layer_format(layer, text);
    fprintf(out, "%5zu  %-*s %5zu × %-6zu %12zu\n", i, width, text, layer->out.channels, layer->out.length,
            layer->n_weight + layer->n_bias);
  }
  fprintf(out, "%5s  %-*s %-14s %12zu\n", "", width, "total", "", a->n_parameters);
}

/* ---- counting ----------------------------------------------------------------------- */

/* A weight of a dense layer is used once per sample, one of a convolution at every position. */
void gm_flop_add_layer(gm_flop *flop, double weights, double length) {
  const double own = 2 * weights * length;
  if (flop->forward == 0) flop->first = own;
  flop->forward += own;
}

static double step_flop(const gm_flop *flop) {
  return 3 * flop->forward - flop->first;
}

double gm_flop_training(const gm_flop *flop, double stepped, double evaluated) {
  return stepped * step_flop(flop) + evaluated * flop->forward;
}

static gm_flop flop_of(const gm_architecture *a) {
  gm_flop flop = {0};
  for (size_t i = 0; i < a->n_layers; i++)
    gm_flop_add_layer(&flop, (double)a->layers[i].n_weight, (double)a->layers[i].out.length);
  return flop;
}

double gm_architecture_forward_flop(const gm_architecture *a) {
  return flop_of(a).forward;
}

double gm_architecture_step_flop(const gm_architecture *a) {
  const gm_flop flop = flop_of(a);
  return step_flop(&flop);
}

double gm_architecture_training_flop(const gm_architecture *a, double stepped, double evaluated) {
  const gm_flop flop = flop_of(a);
  return gm_flop_training(&flop, stepped, evaluated);
}
