// Looks at the events of a clustering, with the time they take. Internal to host/cluster.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "host/cluster/cluster.hpp"

namespace gateless::cluster {

/// Looks at the resident events and keeps the time and bytes of the looks.
class TimedEvents {
 public:
  TimedEvents(EventView events, std::unique_ptr<ResidentEvents> resident, Clustering& clustering)
      : bytes_(std::uint64_t{sizeof(float)} * events.events * events.markers),
        resident_(std::move(resident)),
        clustering_(clustering) {}

  NodeSums pass(const Matrix<float>& codebook) {
    const auto start = std::chrono::steady_clock::now();
    NodeSums sums = resident_->pass(codebook);
    note_look(start);
    return sums;
  }
  NodeSquares assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) {
    const auto start = std::chrono::steady_clock::now();
    NodeSquares squares = resident_->assign_with_squares(codebook, nodes);
    note_look(start);
    return squares;
  }
  /// Of nodes of which the first `known` were assigned before.
  void assign_added(const Matrix<float>& codebook, std::size_t known, std::span<NodeIndex> nodes) {
    const auto start = std::chrono::steady_clock::now();
    resident_->assign_added(codebook, known, nodes);
    note_look(start);
  }
  MarkerProducts products() {
    const auto start = std::chrono::steady_clock::now();
    MarkerProducts products = resident_->products();
    note_look(start);
    return products;
  }
  [[nodiscard]] ResidentEvents& resident() { return *resident_; }

 private:
  void note_look(std::chrono::steady_clock::time_point start) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    clustering_.pass_seconds += seconds.count();
    clustering_.pass_bytes += bytes_;
  }

  std::uint64_t bytes_;
  std::unique_ptr<ResidentEvents> resident_;
  Clustering& clustering_;
};

}  // namespace gateless::cluster
