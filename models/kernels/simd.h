/* SPDX-License-Identifier: MIT
 * The vector type of the instruction set this file is compiled for: the only
 * place that knows how wide a register is. Included by kernels.c alone, which is
 * built once per instruction set. */
#ifndef MODELS_KERNELS_SIMD_H
#define MODELS_KERNELS_SIMD_H

#include <float.h>
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

/* The first `count` ≤ SIMD_LANES lanes from p, zeros behind; a constant SIMD_LANES is one load. A call of
 * memcpy in the loop over them would keep gcc from unrolling it, and the sums it adds to from staying in
 * registers. */
SIMD_INLINE vec vec_load(const float *p, size_t count) {
  if (count == SIMD_LANES) return *(const vec_unaligned *)p;
#if defined __AVX512F__
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
  vec v = {0};
  memcpy(&v, p, count * sizeof *p);
  return v;
#endif
}
SIMD_INLINE void vec_store(float *p, vec v, size_t count) {
  if (count == SIMD_LANES)
    *(vec_unaligned *)p = v;
  else
    memcpy(p, &v, count * sizeof *p);
}
SIMD_INLINE vec vec_splat(float s) {
  return s - (vec){0};
}

/* Bytes 0/1 as floats 0/1. (gcc takes the lanes of a converted vector of bytes one by one.) */
SIMD_INLINE vec vec_from_bytes(const uint8_t *p, size_t count) {
  vec_bytes bytes = {0};
  memcpy(&bytes, p, count);
#if defined __AVX512F__
  return (vec)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32((__m128i)bytes));
#elif defined __AVX2__
  return (vec)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_set_epi64x(0, (int64_t)bytes)));
#else
  return __builtin_convertvector(bytes, vec);
#endif
}

/* a·b + c, rounded once where the instruction set can. Left to the compiler, a product is fused with its sum
 * or not as it stands in the code around it, and the same sum would end in other bits in another loop. */
SIMD_INLINE vec vec_multiply_add(vec a, vec b, vec c) {
#if defined __AVX512F__
  return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined __AVX2__ && defined __FMA__
  return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined __aarch64__
  return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

/* The sums of four vectors, side by side: pairs of vectors are added crosswise until one
 * register holds all four, a third of the shuffles of four single sums. With AVX-512 every step is one
 * blend and one shuffle: shuffles share a port with multiply-adds, blends have others beside. */
typedef float vec4 __attribute__((vector_size(4 * sizeof(float))));
#if defined __AVX512F__
/* a0 + a2, a1 + a3, b2 + b0, b3 + b1 in every quarter */
SIMD_INLINE __m512 simd_add_halves(vec a, vec b) {
  const __m512d inner = _mm512_shuffle_pd((__m512d)a, (__m512d)b, 0x55); /* a2 a3 b0 b1 */
  return _mm512_add_ps(_mm512_mask_blend_ps(0xcccc, (__m512)a, (__m512)b), (__m512)inner);
}
#endif
SIMD_INLINE vec4 vec_sums(const vec v[4]) {
#if defined __AVX512F__
  const __m512 ac = simd_add_halves(v[0], v[2]), bd = simd_add_halves(v[1], v[3]);
  const __m512 crossed = _mm512_permute_ps(_mm512_mask_blend_ps(0xaaaa, bd, ac), 0xb1);
  const __m512 abcd = _mm512_add_ps(_mm512_mask_blend_ps(0xaaaa, ac, bd), crossed);
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(abcd), _mm512_extractf32x8_ps(abcd, 1));
  return (vec4)_mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
#elif defined __AVX2__
  const __m256 abcd =
      _mm256_hadd_ps(_mm256_hadd_ps((__m256)v[0], (__m256)v[1]), _mm256_hadd_ps((__m256)v[2], (__m256)v[3]));
  return (vec4)_mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1));
#else /* four lanes */
  vec4 sums;
  for (int i = 0; i < 4; i++) sums[i] = (v[i][0] + v[i][2]) + (v[i][1] + v[i][3]);
  return sums;
#endif
}

/* vec_sums adds a vector's lanes as a binary tree: first with second, third with fourth … of this order. */
#if SIMD_LANES == 16
#define SIMD_SUM_ORDER 0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15
#elif SIMD_LANES == 8
#define SIMD_SUM_ORDER 0, 1, 2, 3, 4, 5, 6, 7
#else
#define SIMD_SUM_ORDER 0, 2, 1, 3
#endif

/* Rows become columns: rows half the block apart are interleaved, as often as it can be halved. */
#if SIMD_LANES == 16
#define SIMD_ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define SIMD_ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif SIMD_LANES == 8
#define SIMD_ZIP_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define SIMD_ZIP_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define SIMD_ZIP_LOW 0, 4, 1, 5
#define SIMD_ZIP_HIGH 2, 6, 3, 7
#endif
#if defined __clang__
#define SIMD_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t vec_lanes __attribute__((vector_size(SIMD_LANES * sizeof(int32_t))));
#define SIMD_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (vec_lanes){__VA_ARGS__})
#endif
SIMD_INLINE void vec_transpose(vec rows[SIMD_LANES]) {
#pragma GCC unroll 4
  for (size_t halved = 1; halved < SIMD_LANES; halved *= 2) {
    vec zipped[SIMD_LANES];
#pragma GCC unroll 8
    for (size_t r = 0; r < SIMD_LANES / 2; r++) {
      const vec a = rows[r], b = rows[r + SIMD_LANES / 2];
      zipped[2 * r] = SIMD_SHUFFLE(a, b, SIMD_ZIP_LOW);
      zipped[2 * r + 1] = SIMD_SHUFFLE(a, b, SIMD_ZIP_HIGH);
    }
#pragma GCC unroll 16
    for (size_t r = 0; r < SIMD_LANES; r++) rows[r] = zipped[r];
  }
}

/* Adam's direction, m / (c·sqrt(v) + ε) for v ≥ 0. AVX-512 divides and extracts roots 16 wide in
 * about 35 cycles, as long as the rest of the step; there both come from the 14-bit estimates and one
 * Newton step, which leaves an error of one or two units in the last place. The estimate of an infinite
 * v is 0 and would give NaN; its root is v itself, so that a second moment that overflowed stops its
 * weight instead of destroying it, as everywhere else. */
SIMD_INLINE vec vec_over_root(vec m, vec v, float c, float epsilon) {
#if defined __AVX512F__
  const __m512 tiny = _mm512_set1_ps(FLT_MIN); /* for the estimate at 0; a NaN in v passes */
  const __m512 x = _mm512_max_ps(tiny, (__m512)v), r = _mm512_rsqrt14_ps(x), half = _mm512_set1_ps(0.5f);
  const __m512 s = _mm512_mul_ps(x, r);
  const __m512 newton = _mm512_fmadd_ps(_mm512_mul_ps(half, r), _mm512_fnmadd_ps(s, s, x), s);
  const __mmask16 infinite = _mm512_cmp_ps_mask(x, _mm512_set1_ps(INFINITY), _CMP_EQ_OQ);
  const __m512 root = _mm512_mask_mov_ps(newton, infinite, x);
  const __m512 d = _mm512_fmadd_ps(root, _mm512_set1_ps(c), _mm512_set1_ps(epsilon));
  return (vec)_mm512_div_ps((__m512)m, d);
#else
#if defined __AVX2__
  const vec root = (vec)_mm256_sqrt_ps((__m256)v);
#elif defined __SSE2__
  const vec root = (vec)_mm_sqrt_ps((__m128)v);
#elif defined __aarch64__
  const vec root = (vec)vsqrtq_f32((float32x4_t)v);
#else
  vec root;
  for (size_t i = 0; i < SIMD_LANES; i++) root[i] = sqrtf(v[i]);
#endif
  return m / vec_multiply_add(root, vec_splat(c), vec_splat(epsilon));
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
