// Functions that are compiled for several widths of vector registers; the one to call is chosen as the program starts. The
// loops work element by element and without fused operations, so all give the same bytes.
#pragma once

// The thread sanitizer is not ready when the choice is made: a program that it watches would not start.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GATELESS_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#define GATELESS_CLONES_TO_AVX2 __attribute__((target_clones("avx2", "default")))
#else
#define GATELESS_CLONES
#define GATELESS_CLONES_TO_AVX2
#endif
