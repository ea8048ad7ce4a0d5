// The inner loop with vectors of sixteen floats. Four vectors x six nodes fill the 32 registers.
#include "host/compute/node_pass.hpp"

#ifdef __AVX512F__
// g++ 12 takes the deliberately undefined vectors inside its own intrinsics for mistakes of the caller.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

namespace gateless::compute {
namespace {

struct Lanes {
  static constexpr std::size_t kWidth = 16;
  static constexpr std::size_t kVectors = 4;
  using Float = __m512;
  using Index = __m512i;

  static Float load(const float* values) { return _mm512_load_ps(values); }
  static Float broadcast(float value) { return _mm512_set1_ps(value); }
  static Index broadcast_node(std::int32_t node) {
    Index nodes = _mm512_set1_epi32(node);
    asm("" : "+v"(nodes));  // else it is broadcast anew, and slower, in every masked move
    return nodes;
  }
  static Float subtract_product(Float x, Float w, Float d) { return _mm512_fnmadd_ps(x, w, d); }
  static void keep_nearer(Float distance, Index node, Float& least, Index& nearest) {
    nearest = _mm512_mask_mov_epi32(nearest, _mm512_cmp_ps_mask(distance, least, _CMP_LT_OQ), node);
    least = _mm512_min_ps(distance, least);
  }
  static void store(float* values, Float value) { _mm512_store_ps(values, value); }
  static Index load_nodes(const std::int32_t* nodes) { return _mm512_load_si512(nodes); }
  static void store_nodes(std::int32_t* nodes, Index nearest) {
    _mm512_store_si512(nodes, nearest);
  }
  static void quantise(const float* scaled, std::int32_t* fixed) {
    const Float value = _mm512_mul_ps(_mm512_load_ps(scaled), _mm512_set1_ps(kPassQuanta));
    _mm512_store_si512(fixed, _mm512_cvtps_epi32(value));
  }
  static void add(const std::int32_t* fixed, std::int64_t* sums) {
    const __m256i values = _mm256_load_si256(reinterpret_cast<const __m256i*>(fixed));
    const __m512i sum = _mm512_add_epi64(_mm512_load_si512(sums), _mm512_cvtepi32_epi64(values));
    _mm512_store_si512(sums, sum);
  }
};

}  // namespace
}  // namespace gateless::compute

#include "host/compute/node_pass_kernel.hpp"

namespace gateless::compute {

NodePass node_pass_avx512() {
  const bool known = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("fma");
  return known ? &run_node_pass : nullptr;
}

}  // namespace gateless::compute

#else

namespace gateless::compute {

NodePass node_pass_avx512() { return nullptr; }

}  // namespace gateless::compute

#endif
