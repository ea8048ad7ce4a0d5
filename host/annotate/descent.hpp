// Follows events from the root of the knowledge down, mixture by mixture.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "host/annotate/mixture_fit.hpp"

namespace gateless {

/// The populations whose members are needed again. [subsets]
template <class Mixtures>
[[nodiscard]] std::vector<bool> parents_of(const Mixtures& mixtures, std::size_t subsets) {
  std::vector<bool> is_parent(subsets, false);
  for (const auto& mixture : mixtures) is_parent[static_cast<std::size_t>(mixture.parent)] = true;
  return is_parent;
}

/// Follows the events of one sample down the mixtures.
class Descent {
 public:
  /// `is_parent` [subsets]: populations whose members are needed again.
  Descent(const BinnedSample& sample, const std::vector<MarkerRange>& ranges,
          std::vector<bool> is_parent)
      : sample_(sample),
        ranges_(ranges),
        is_parent_(std::move(is_parent)),
        members_(is_parent_.size()) {}

  [[nodiscard]] const Members& members(std::int16_t subset) const {
    return members_[static_cast<std::size_t>(subset)];
  }
  void start(std::int16_t root) {
    members_[static_cast<std::size_t>(root)] = everyone(sample_.events);
  }

  /// Applies one mixture; calls found(subset, event, probability, counted) for each of its subsets: what is counted of an
  /// event is its probability, but for corners, where each event lies on one side. Returns how it fits the sample.
  template <class Found>
  SampleFit step(const SubsetMixture& mixture, Found found) {
    const Members& parent = members(mixture.parent);
    SampleFit fit = fit_sample(mixture, ranges_, sample_, parent);
    std::vector<std::int16_t> targets;
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset >= 0 &&
          std::find(targets.begin(), targets.end(), one.subset) == targets.end()) {
        targets.push_back(one.subset);
      }
    }
    const bool is_corner = !mixture.markers.empty() &&
                           std::all_of(mixture.markers.begin(), mixture.markers.end(),
                                       [](const LearnedMarker& marker) { return marker.is_rigid; });
    std::vector<Members> children(targets.size());
    classify(mixture, ranges_, fit, sample_, parent,
             [&](std::size_t i, std::span<const float> probability) {
               for (std::size_t t = 0; t < targets.size(); ++t) {
                 float p = 0.0F;
                 for (std::size_t c = 0; c < probability.size(); ++c) {
                   const SubsetClass& one = mixture.classes[c];
                   if (one.subset == targets[t])
                     p += probability[c] * static_cast<float>(one.certainty);
                 }
                 const float side = p >= 0.5F ? 1.0F : 0.0F;
                 const float counted = parent.probability[i] * (is_corner ? side : p);
                 p *= parent.probability[i];
                 if (p <= 0.0F) continue;
                 found(targets[t], parent.events[i], p, counted);
                 if (p >= kSmallestMembership && is_parent_[static_cast<std::size_t>(targets[t])]) {
                   children[t].events.push_back(parent.events[i]);
                   children[t].probability.push_back(p);
                 }
               }
             });
    for (std::size_t t = 0; t < targets.size(); ++t) {
      members_[static_cast<std::size_t>(targets[t])] = std::move(children[t]);
    }
    return fit;
  }

 private:
  static constexpr float kSmallestMembership =
      0.003F;  ///< below it an event is not followed into a population

  static Members everyone(std::size_t events) {
    Members members;
    members.probability.assign(events, 1.0F);
    for (std::size_t i = 0; i < events; ++i)
      members.events.push_back(static_cast<std::uint32_t>(i));
    return members;
  }

  const BinnedSample& sample_;
  const std::vector<MarkerRange>& ranges_;
  std::vector<bool> is_parent_;
  std::vector<Members> members_;  ///< [subsets]
};

}  // namespace gateless
