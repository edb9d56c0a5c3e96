/* SPDX-License-Identifier: MIT
 * The vector type of the instruction set this file is compiled for: the only
 * place that knows how wide a register is. Included by kernels.c alone, which is
 * built once per instruction set. */
#ifndef MODELS_KERNELS_SIMD_H
#define MODELS_KERNELS_SIMD_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined __AVX512F__
#include <immintrin.h>
#define SIMD_LANES 16
#define SIMD_ISA avx512
#elif defined __AVX2__
#include <immintrin.h>
#define SIMD_LANES 8
#define SIMD_ISA avx2
#else /* SSE2, NEON or whatever the compiler makes of four floats */
#define SIMD_LANES 4
#define SIMD_ISA baseline
#if defined __SSE2__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif
#endif

typedef float vec __attribute__((vector_size(SIMD_LANES * sizeof(float))));
typedef float vec_unaligned __attribute__((vector_size(SIMD_LANES * sizeof(float)), aligned(4), may_alias));
typedef uint8_t vec_bytes __attribute__((vector_size(SIMD_LANES), aligned(1), may_alias));

#define SIMD_INLINE static inline __attribute__((always_inline))

SIMD_INLINE vec vec_load(const float *p) {
  return *(const vec_unaligned *)p;
}
SIMD_INLINE void vec_store(float *p, vec v) {
  *(vec_unaligned *)p = v;
}
SIMD_INLINE vec vec_splat(float s) {
  return s - (vec){0};
}

/* The first `count` lanes from p, zeros behind. */
SIMD_INLINE vec vec_load_partial(const float *p, size_t count) {
  vec v = {0};
  memcpy(&v, p, count * sizeof *p);
  return v;
}
SIMD_INLINE void vec_store_partial(float *p, vec v, size_t count) {
  memcpy(p, &v, count * sizeof *p);
}

/* Bytes 0/1 as floats 0/1. */
SIMD_INLINE vec vec_from_bytes(const uint8_t *p) {
  return __builtin_convertvector(*(const vec_bytes *)p, vec);
}
SIMD_INLINE vec vec_from_bytes_partial(const uint8_t *p, size_t count) {
  vec_bytes bytes = {0};
  memcpy(&bytes, p, count);
  return __builtin_convertvector(bytes, vec);
}

SIMD_INLINE float vec_sum(vec v) { /* pairwise, the same order for every call */
  float lane[SIMD_LANES];
  memcpy(lane, &v, sizeof v);
  for (size_t width = SIMD_LANES / 2; width > 0; width /= 2)
    for (size_t i = 0; i < width; i++) lane[i] += lane[i + width];
  return lane[0];
}

SIMD_INLINE vec vec_sqrt(vec v) {
#if defined __AVX512F__
  return (vec)_mm512_sqrt_ps((__m512)v);
#elif defined __AVX2__
  return (vec)_mm256_sqrt_ps((__m256)v);
#elif defined __SSE2__
  return (vec)_mm_sqrt_ps((__m128)v);
#elif defined __aarch64__
  return (vec)vsqrtq_f32((float32x4_t)v);
#else
  for (size_t i = 0; i < SIMD_LANES; i++) v[i] = sqrtf(v[i]);
  return v;
#endif
}

/* Adam's moments of a silent unit decay for ever and end up subnormal, where every
 * operation costs a trap (measured: 3 times slower epochs after 700 steps). The kernels
 * therefore flush results below 2^-126 to zero, which no weight can feel: the
 * denominator holds ε = 1e-8. NaN and infinities are untouched. */
#if defined __SSE2__
typedef unsigned int simd_mode;
SIMD_INLINE simd_mode simd_flush_subnormals(void) {
  const simd_mode before = _mm_getcsr();
  _mm_setcsr(before | 0x8040u); /* FTZ and DAZ */
  return before;
}
SIMD_INLINE void simd_restore(simd_mode mode) {
  _mm_setcsr(mode);
}
#elif defined __aarch64__
typedef uint64_t simd_mode;
SIMD_INLINE simd_mode simd_flush_subnormals(void) {
  simd_mode before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  const simd_mode flush = before | (UINT64_C(1) << 24); /* FZ */
  __asm__ volatile("msr fpcr, %0" : : "r"(flush));
  return before;
}
SIMD_INLINE void simd_restore(simd_mode mode) {
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
typedef int simd_mode;
SIMD_INLINE simd_mode simd_flush_subnormals(void) {
  return 0;
}
SIMD_INLINE void simd_restore(simd_mode mode) {
  (void)mode;
}
#endif

#endif
