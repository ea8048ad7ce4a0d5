// Which events of a sample may belong to a population.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gateless::annotate {

/// The events of one sample that may belong to a population, rising, with their probabilities: all of them, or a list.
class Members {
 public:
  static constexpr float kLikely = 0.5F, kSure = 0.95F;

  Members() = default;
  [[nodiscard]] static Members everyone(std::size_t events) {
    Members members;
    members.everyone_ = members.likely_ = members.sure_ = events;
    return members;
  }

  /// All events, and how probably each belongs.
  [[nodiscard]] static Members everyone(std::vector<float> probability) {
    Members members = everyone(probability.size());
    members.probability_ = std::move(probability);
    return members;
  }

  void add(std::uint32_t event, float probability) {
    events_.push_back(event);
    probability_.push_back(probability);
    likely_ += probability >= kLikely ? 1U : 0U;
    sure_ += probability >= kSure ? 1U : 0U;
  }
  /// Keeps `most` of them, evenly spaced (stride_of).
  void thin(std::size_t most) {
    if (everyone_ > 0) return;
    const std::size_t stride = stride_of(most);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < events_.size(); i += stride, ++kept) {
      events_[kept] = events_[i];
      probability_[kept] = probability_[i];
    }
    events_.resize(kept);
    probability_.resize(kept);
    shrink();
  }
  void shrink() {
    events_.shrink_to_fit();
    probability_.shrink_to_fit();
  }

  [[nodiscard]] std::size_t size() const { return std::max(everyone_, events_.size()); }
  [[nodiscard]] bool are_all() const { return everyone_ > 0; }
  [[nodiscard]] std::uint32_t event(std::size_t i) const {
    return everyone_ > 0 ? static_cast<std::uint32_t>(i) : events_[i];
  }
  [[nodiscard]] float probability(std::size_t i) const {
    return probability_.empty() ? 1.0F : probability_[i];
  }
  /// The step from one looked-at member to the next, so that about `most` are looked at.
  [[nodiscard]] std::size_t stride_of(std::size_t most) const {
    return std::max<std::size_t>(1, size() / most);
  }
  [[nodiscard]] std::size_t likely() const { return likely_; }  ///< before they were thinned
  [[nodiscard]] std::size_t sure() const { return sure_; }      ///< before they were thinned

 private:
  std::size_t everyone_ = 0;
  std::vector<std::uint32_t> events_;
  std::vector<float> probability_;
  std::size_t likely_ = 0, sure_ = 0;
};

/// The members of one population. [samples]
using SampleMembers = std::vector<const Members*>;

}  // namespace gateless::annotate
