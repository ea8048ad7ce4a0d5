// The inner loop in plain C++ for any machine: std::fma is exact everywhere, in software where it must be.
#include <cmath>

#include "host/compute/node_pass.hpp"

namespace gateless::compute {
namespace {

struct Lanes {
  static constexpr std::size_t kWidth = 4;
  static constexpr std::size_t kVectors = 1;
  struct Float {
    float lane[kWidth];
  };
  struct Index {
    std::int32_t lane[kWidth];
  };

  static Float load(const float* values) { return {{values[0], values[1], values[2], values[3]}}; }
  static Float broadcast(float value) { return {{value, value, value, value}}; }
  static Index broadcast_node(std::int32_t node) { return {{node, node, node, node}}; }
  static Float subtract_product(const Float& x, const Float& w, const Float& d) {
    Float result{};
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
      result.lane[lane] = std::fma(-x.lane[lane], w.lane[lane], d.lane[lane]);
    }
    return result;
  }
  static void keep_nearer(const Float& distance, const Index& node, Float& least, Index& nearest) {
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
      const bool nearer = distance.lane[lane] < least.lane[lane];
      nearest.lane[lane] = nearer ? node.lane[lane] : nearest.lane[lane];
      least.lane[lane] = nearer ? distance.lane[lane] : least.lane[lane];
    }
  }
  static void store(float* values, const Float& value) {
    for (std::size_t lane = 0; lane < kWidth; ++lane) values[lane] = value.lane[lane];
  }
  static Index load_nodes(const std::int32_t* nodes) {
    return {{nodes[0], nodes[1], nodes[2], nodes[3]}};
  }
  static void store_nodes(std::int32_t* nodes, const Index& nearest) {
    for (std::size_t lane = 0; lane < kWidth; ++lane) nodes[lane] = nearest.lane[lane];
  }
  static void add(const std::int32_t* fixed, std::int64_t* sums) {
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) sums[lane] += fixed[lane];
  }
  static void quantise(const float* scaled, std::int32_t* fixed) {
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
      fixed[lane] = static_cast<std::int32_t>(std::nearbyint(scaled[lane] * kPassQuanta));
    }
  }
};

}  // namespace
}  // namespace gateless::compute

#include "host/compute/node_pass_kernel.hpp"

namespace gateless::compute {

NodePass node_pass_baseline() { return &run_node_pass; }

}  // namespace gateless::compute
