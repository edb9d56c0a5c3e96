/* SPDX-License-Identifier: MIT
 * The loops, written once and compiled for each instruction set. */
#include "experiments/bench/peak.h"

#if defined __x86_64__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

/* A multiply-add takes at most 8 cycles until its sum may be used again and at most two start a cycle on
 * what is sold today; 12 chains, their factor and summand fill 14 of the 16 registers of AVX2 and SSE2. */
enum { CHAINS = 12, ROUNDS = 1 << 17 /* about 0.2 ms */ };

#define FLOPS(lanes) (2.0 * (lanes)*CHAINS * ROUNDS)

/* A function `name` for code of `target`: chains of `vector`, moved on by `multiply_add`(x, a, b). They start
 * at 1 and tend to 2. Start, factor and summand come from memory that may change with every look, so that the
 * compiler knows nothing of them, not even that the chains are alike. */
#define LOOP(name, target, vector, real, multiply_add)                                                       \
  target static double name(void) {                                                                          \
    const volatile real half = (real)0.5, one = 1;                                                           \
    const vector a = half - (vector){0}, b = one - (vector){0};                                              \
    vector x[CHAINS];                                                                                        \
    _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) x[i] = one - (vector){0};                      \
    for (int r = 0; r < ROUNDS; r++) {                                                                       \
      _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) x[i] = multiply_add(x[i], a, b);             \
    }                                                                                                        \
    double sum = 0;                                                                                          \
    _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) sum += (double)x[i][0];                        \
    return sum;                                                                                              \
  }

/* ---- the loops ---------------------------------------------------------------------- */

#if defined __x86_64__
#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))
#define SUM_OF_PRODUCT(x, a, b) ((x) * (a) + (b))
LOOP(avx512_single, AVX512, __m512, float, _mm512_fmadd_ps)
LOOP(avx512_double, AVX512, __m512d, double, _mm512_fmadd_pd)
LOOP(avx2_single, AVX2, __m256, float, _mm256_fmadd_ps)
LOOP(avx2_double, AVX2, __m256d, double, _mm256_fmadd_pd)
LOOP(baseline_single, , __m128, float, SUM_OF_PRODUCT)
LOOP(baseline_double, , __m128d, double, SUM_OF_PRODUCT)

static bool runs_avx512(void) {
  return __builtin_cpu_supports("avx512f");
}
static bool runs_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
#if defined __aarch64__
#define FUSED_SINGLE(x, a, b) vfmaq_f32(b, x, a)
#define FUSED_DOUBLE(x, a, b) vfmaq_f64(b, x, a)
typedef float32x4_t four;
typedef float64x2_t two;
#else
#define FUSED_SINGLE(x, a, b) ((x) * (a) + (b))
#define FUSED_DOUBLE FUSED_SINGLE
typedef float four __attribute__((vector_size(16)));
typedef double two __attribute__((vector_size(16)));
#endif
LOOP(baseline_single, , four, float, FUSED_SINGLE)
LOOP(baseline_double, , two, double, FUSED_DOUBLE)
#endif

static bool runs_always(void) {
  return true;
}

static const gm_peak peaks[] = {
#if defined __x86_64__
    {"avx512", false, FLOPS(16), runs_avx512, avx512_single},
    {"avx512", true, FLOPS(8), runs_avx512, avx512_double},
    {"avx2", false, FLOPS(8), runs_avx2, avx2_single},
    {"avx2", true, FLOPS(4), runs_avx2, avx2_double},
#endif
    {"baseline", false, FLOPS(4), runs_always, baseline_single},
    {"baseline", true, FLOPS(2), runs_always, baseline_double},
};

const gm_peak *gm_peak_at(size_t i) {
  for (size_t p = 0; p < sizeof peaks / sizeof *peaks; p++)
    if (peaks[p].runs() && i-- == 0) return &peaks[p];
  return NULL;
}

/* ---- on threads ------------------------------------------------------------------------ */

static void piece(void *context, size_t index) {
  const gm_peak_call *c = context;
  volatile double sum = c->peak->loop();
  (void)sum;
  (void)index;
}

gm_status gm_peak_run(void *context, gm_error *err) {
  gm_peak_call *c = context;
  const gm_status status =
      c->threads > 1 && c->pool == NULL ? gm_parallel_create(&c->pool, c->threads, err) : GM_OK;
  if (status == GM_OK) gm_parallel_for(c->pool, (size_t)c->threads, piece, c);
  return status;
}
