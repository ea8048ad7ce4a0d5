// The nodes that events are placed by: where each lies among the markers and in the plane, and its neighbours in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/cluster/event_map.hpp"
#include "host/compute/backend.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/strong_id.hpp"

namespace gateless::cluster {

inline constexpr std::size_t kBlock = 8;  ///< landmarks that are measured together

class Landmarks {
 public:
  /// `codebook` [nodes][markers], `layout` [nodes][2]. Above kMost nodes, an evenly spaced part of them are landmarks.
  Landmarks(const Matrix<float>& codebook, const Matrix<double>& layout);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t markers() const { return markers_; }
  [[nodiscard]] float x(std::size_t landmark) const { return x_[landmark]; }
  [[nodiscard]] float y(std::size_t landmark) const { return y_[landmark]; }
  /// The landmark nearest to a node.
  [[nodiscard]] std::uint32_t home_of(NodeId node) const { return home_[node.value()]; }
  /// [landmarks]: 1 / (2 d^2) for the distance d in marker space from `one` to each; 0 for itself.
  [[nodiscard]] const float* half_inverses(std::size_t one) const {
    return half_inverses_.data() + one * count_;
  }
  /// The landmarks from `home` outwards, itself first: an event looks for its nearest among as many. [kListed]
  [[nodiscard]] const std::uint32_t* around(std::size_t home) const {
    return around_.data() + home * kListed;
  }
  /// Their values, zeros where there are fewer. [kListed / kBlock][markers][kBlock]
  [[nodiscard]] const float* values_around(std::size_t home) const {
    return values_.data() + home * markers_ * kListed;
  }

  static constexpr std::size_t kListed = kMapCandidates;
  static constexpr std::size_t kMost = 1024;

 private:
  void list_neighbours();

  std::size_t count_ = 0, markers_ = 0;
  Matrix<float> marks_;                ///< [landmarks][markers]
  std::vector<float> x_, y_;           ///< [landmarks]
  std::vector<std::uint32_t> home_;    ///< [nodes]
  std::vector<float> half_inverses_;   ///< [landmarks][landmarks]
  std::vector<std::uint32_t> around_;  ///< [landmarks][kListed]
  std::vector<float> values_;          ///< [landmarks][blocks of kListed][markers][kBlock]
};

}  // namespace gateless::cluster
