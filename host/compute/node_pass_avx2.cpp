// The inner loop with vectors of eight floats. Two vectors x six nodes fill the 16 registers.
#include "host/compute/node_pass.hpp"

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

namespace gateless::compute {
namespace {

struct Lanes {
  static constexpr std::size_t kWidth = 8;
  static constexpr std::size_t kVectors = 2;
  using Float = __m256;
  using Index = __m256i;

  static Float load(const float* values) { return _mm256_load_ps(values); }
  static Float broadcast(float value) { return _mm256_set1_ps(value); }
  static Index broadcast_node(std::int32_t node) { return _mm256_set1_epi32(node); }
  static Float subtract_product(Float x, Float w, Float d) { return _mm256_fnmadd_ps(x, w, d); }
  static void keep_nearer(Float distance, Index node, Float& least, Index& nearest) {
    const Float nearer = _mm256_cmp_ps(distance, least, _CMP_LT_OQ);
    nearest = _mm256_blendv_epi8(nearest, node, _mm256_castps_si256(nearer));
    least = _mm256_min_ps(distance, least);
  }
  static void store(float* values, Float value) { _mm256_store_ps(values, value); }
  static Index load_nodes(const std::int32_t* nodes) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(nodes));
  }
  static void store_nodes(std::int32_t* nodes, Index nearest) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(nodes), nearest);
  }
  static void quantise(const float* scaled, std::int32_t* fixed) {
    const Float value = _mm256_mul_ps(_mm256_load_ps(scaled), _mm256_set1_ps(kPassQuanta));
    _mm256_store_si256(reinterpret_cast<__m256i*>(fixed), _mm256_cvtps_epi32(value));
  }
  static void add(const std::int32_t* fixed, std::int64_t* sums) {
    for (std::size_t lane = 0; lane < kSumLanes; lane += 4) {
      const __m128i values = _mm_load_si128(reinterpret_cast<const __m128i*>(fixed + lane));
      auto* sum = reinterpret_cast<__m256i*>(sums + lane);
      _mm256_store_si256(sum,
                         _mm256_add_epi64(_mm256_load_si256(sum), _mm256_cvtepi32_epi64(values)));
    }
  }
};

}  // namespace
}  // namespace gateless::compute

#include "host/compute/node_pass_kernel.hpp"

namespace gateless::compute {

NodePass node_pass_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &run_node_pass : nullptr;
}

}  // namespace gateless::compute

#else

namespace gateless::compute {

NodePass node_pass_avx2() { return nullptr; }

}  // namespace gateless::compute

#endif
