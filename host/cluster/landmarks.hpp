// The nodes that events are placed by: where each lies among the markers and in the plane, and its neighbours in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/core/matrix.hpp"

namespace gateless {

inline constexpr std::size_t kBlock = 16;  ///< landmarks that are looked at together

/// What two landmarks say of an event between them, h being the second less the first in the plane.
struct alignas(16) LandmarkPair {
  double x = 0.0, y = 0.0;     ///< h
  double inverse_plane = 0.0;  ///< 1 / h^2; 0 where both lie in one place
  double weight = 0.0;         ///< 1 / (1 + h^2): pairs that lie together count more
  double half_inverse = 0.0;   ///< 1 / (2 d^2), d apart among the markers
  double offset = 0.0;         ///< 1/2 + h l / h^2, l where the first lies
};

class Landmarks {
 public:
  /// `codebook` [nodes][markers], `layout` [nodes][2]. Of more than kMost nodes evenly many are landmarks.
  Landmarks(const Matrix<float>& codebook, const Matrix<double>& layout);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t markers() const { return markers_; }
  [[nodiscard]] double x(std::size_t landmark) const { return x_[landmark]; }
  [[nodiscard]] double y(std::size_t landmark) const { return y_[landmark]; }
  /// The landmark nearest to a node.
  [[nodiscard]] std::uint32_t home_of_node(std::size_t node) const { return home_[node]; }
  /// [landmarks], of one landmark with each.
  [[nodiscard]] const LandmarkPair* pairs_of(std::size_t one) const {
    return pairs_.data() + one * count_;
  }
  /// [markers] of a landmark.
  [[nodiscard]] const float* mark(std::size_t landmark) const {
    return marks_.values().data() + landmark * markers_;
  }

  /// Whether the blocks hold all landmarks, or only the nearest of each.
  [[nodiscard]] bool lists_all() const { return listed_ == count_; }
  [[nodiscard]] std::size_t blocks() const { return (listed_ + kBlock - 1) / kBlock; }
  [[nodiscard]] std::size_t in_block(std::size_t block) const {
    return listed_ - block * kBlock < kBlock ? listed_ - block * kBlock : kBlock;
  }
  /// The landmark at a rank from `home`, rising distance; rank 0 is itself.
  [[nodiscard]] std::uint32_t in_order(std::size_t home, std::size_t rank) const {
    return order_[home * listed_ + rank];
  }
  /// Distance of a block's nearest landmark from `home`.
  [[nodiscard]] float ring(std::size_t home, std::size_t block) const {
    return ring_[home * blocks() + block];
  }
  /// [markers][kBlock], the landmarks of a block.
  [[nodiscard]] const float* block(std::size_t home, std::size_t block) const {
    return values_.data() + (home * blocks() + block) * markers_ * kBlock;
  }

 private:
  static constexpr std::size_t kMost = 1024;
  static constexpr std::size_t kListed = 256;

  void order_neighbours();

  std::size_t count_ = 0, markers_ = 0, listed_ = 0;
  Matrix<float> marks_;               ///< [landmarks][markers]
  std::vector<double> x_, y_;         ///< [landmarks]
  std::vector<std::uint32_t> home_;   ///< [nodes]
  std::vector<LandmarkPair> pairs_;   ///< [landmarks][landmarks]
  std::vector<std::uint32_t> order_;  ///< [landmarks][listed]
  std::vector<float> ring_;           ///< [landmarks][blocks]
  std::vector<float> values_;         ///< [landmarks][blocks][markers][kBlock]
};

}  // namespace gateless
