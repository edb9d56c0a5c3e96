/* SPDX-License-Identifier: MIT
 * The table of one instruction set: kernels.h, written once on a vector type and compiled once per
 * instruction set; select.c picks the table at run time.
 *
 * Every sum runs in an order that depends on the shapes alone, never on the
 * number of threads, so results are bit-identical for any thread count; a forecast's products are fused
 * into its sums or not alike in all blocks, so it does not depend on its batch either. */
#include "models/kernels/kernels.h"

#include "models/kernels/convolution.h"
#include "models/kernels/dense_backward_nonzeros.h"
#include "models/kernels/dense_forward.h"
#include "models/kernels/dense_forward_nonzeros.h"
#include "models/kernels/dense_forward_sample.h"
#include "models/kernels/optimizer_step.h"

#define NAMED(prefix, isa) NAMED_(prefix, isa)
#define NAMED_(prefix, isa) prefix##isa
#define TEXT(isa) TEXT_(isa)
#define TEXT_(isa) #isa

extern const gm_kernels NAMED(gm_kernels_, SIMD_ISA);
const gm_kernels NAMED(gm_kernels_, SIMD_ISA) = {
    .isa = TEXT(SIMD_ISA),
    .lanes = SIMD_LANES,
    .dense_forward = dense_forward,
    .list_nonzeros = list_nonzeros,
    .dense_forward_nonzeros = dense_forward_nonzeros,
    .turn = turn,
    .list_sample = list_sample,
    .dense_forward_sample = dense_forward_sample,
    .dense_backward_step = dense_backward_step,
    .backward_lines = LINES_A_GROUP,
    .dense_backward_nonzeros = dense_backward_nonzeros,
    .list_dy = list_dy,
    .convolve = convolve,
    .correlate = correlate,
    .step = step_range,
};
