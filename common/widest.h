/* SPDX-License-Identifier: MIT
 * GM_WIDEST before a static function: compiled once per instruction set, chosen by the loader.
 * Elsewhere, and under ThreadSanitizer, whose runtime is not up yet when the loader chooses,
 * there is one version. */
#ifndef COMMON_WIDEST_H
#define COMMON_WIDEST_H

#include <stdint.h> /* with it __GLIBC__, where that is the C library */

#if defined __SANITIZE_THREAD__
#define GM_ONE_VERSION
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
#define GM_ONE_VERSION
#endif
#endif

#if defined __x86_64__ && defined __GLIBC__ && !defined GM_ONE_VERSION
#define GM_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GM_WIDEST
#endif

#endif
