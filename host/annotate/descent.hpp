// Follows events from the root of the knowledge down, mixture by mixture.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "host/annotate/mixture_fit.hpp"
#include "host/annotate/mixture_tables.hpp"

namespace gateless::annotate {

/// What is kept of the members of a population.
enum class Kept : std::uint8_t {
  kNone,
  kForLooks,  ///< those that parent_density looks at
  kAll,       ///< for the mixtures below
};

/// The populations whose members the mixtures below need. [subsets]
template <class Mixtures>
[[nodiscard]] std::vector<Kept> kept_for(const Mixtures& mixtures, std::size_t subsets) {
  std::vector<Kept> kept(subsets, Kept::kNone);
  for (const auto& mixture : mixtures) kept[static_cast<std::size_t>(mixture.parent)] = Kept::kAll;
  return kept;
}

/// Tells the members of a population apart by one mixture, as it fits one sample.
class MixtureCaller {
 public:
  MixtureCaller(const SubsetMixture& mixture, const std::vector<MarkerRange>& ranges,
                const SampleFit& fit)
      : tables_(border_tables(mixture, ranges, fit)), rows_(rows_of(mixture)) {
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset >= 0 &&
          std::find(targets_.begin(), targets_.end(), one.subset) == targets_.end())
        targets_.push_back(one.subset);
    }
    for (const SubsetClass& one : mixture.classes) {
      const auto target = std::find(targets_.begin(), targets_.end(), one.subset);
      target_of_class_.push_back(static_cast<std::size_t>(target - targets_.begin()));
      certainty_.push_back(static_cast<float>(one.certainty));
    }
    is_corner_ = !mixture.markers.empty() &&
                 std::all_of(mixture.markers.begin(), mixture.markers.end(),
                             [](const LearnedMarker& marker) { return marker.is_rigid; });
    gates_.resize(targets_.size());
    for (const ScatterGate& gate : mixture.gates) {
      const auto target = std::find(targets_.begin(), targets_.end(), gate.subset);
      const auto at = std::find(rows_.begin(), rows_.end(), gate.marker);
      if (target == targets_.end() || at == rows_.end()) continue;
      const MarkerRange& range = ranges[gate.marker];
      const double shift = fit.shift[static_cast<std::size_t>(at - rows_.begin())].front() - 0.5;
      const auto bin = [&](double value) {
        return (value - range.low) / (range.high - range.low) * static_cast<double>(kBins) + shift;
      };
      gates_[static_cast<std::size_t>(target - targets_.begin())] = {true, gate.marker,
                                                                     bin(gate.low), bin(gate.high)};
    }
  }

  [[nodiscard]] const std::vector<std::int16_t>& targets() const { return targets_; }

  /// Calls found(target, event, probability, counted) for each subset that may hold a member: what is counted of an event is
  /// its probability, but for corners, where each event lies on one side. An event outside of a subset's scatter gate has a
  /// probability of 0; outside(target, p) has what it would have had.
  template <class Found, class Outside>
  void call(const BinnedSample& sample, const Members& parent, Found found, Outside outside) const {
    std::vector<float> held(targets_.size() + 1);  // the last: what no rule describes
    for_each_block(
        tables_, rows_, sample, parent, 1, false,
        [&](std::size_t first, std::size_t count, const float* probability, const std::uint8_t*) {
          for (std::size_t i = first; i < first + count; ++i, probability += tables_.stride()) {
            std::fill(held.begin(), held.end(), 0.0F);
            for (std::size_t c = 0; c < certainty_.size(); ++c)
              held[target_of_class_[c]] += probability[c] * certainty_[c];
            const float own = parent.probability(i);
            for (std::size_t t = 0; t < targets_.size(); ++t) {
              const float p = own * held[t];
              if (p < kNothing) continue;
              if (!gates_[t].holds(sample, parent.event(i))) {
                outside(t, p);
                continue;
              }
              const float side = held[t] >= 0.5F ? own : 0.0F;
              found(t, parent.event(i), p, is_corner_ ? side : p);
            }
          }
        });
  }

 private:
  /// A scatter gate in bins of one sample.
  struct Gate {
    bool is_drawn = false;
    std::size_t row = 0;
    double low = 0.0, high = 0.0;

    [[nodiscard]] bool holds(const BinnedSample& sample, std::uint32_t event) const {
      if (!is_drawn) return true;
      const auto bin = static_cast<double>(sample.bins[row][event]);
      return bin >= low && bin <= high;
    }
  };

  static constexpr float kNothing =
      1e-7F;  ///< of an event: in ten million events it adds up to one

  ClassTables tables_;
  std::vector<std::size_t> rows_;
  std::vector<std::int16_t> targets_;         ///< subsets
  std::vector<std::size_t> target_of_class_;  ///< [classes]
  std::vector<float> certainty_;              ///< [classes]
  bool is_corner_ = false;
  std::vector<Gate> gates_;  ///< [targets]
};

/// Follows the events of one sample down the mixtures.
class Descent {
 public:
  /// `kept` is [subsets]; `most` members are looked at where not all are kept.
  Descent(const BinnedSample& sample, const std::vector<MarkerRange>& ranges,
          std::vector<Kept> kept, std::size_t most)
      : sample_(sample),
        ranges_(ranges),
        kept_(std::move(kept)),
        most_(most),
        members_(kept_.size()) {}

  [[nodiscard]] const Members& members(std::int16_t subset) const {
    return members_[static_cast<std::size_t>(subset)];
  }
  void start(std::int16_t root) {
    members_[static_cast<std::size_t>(root)] = Members::everyone(sample_.events);
  }

  /// The mixtures below a population are all done: only who looks at its members needs them still.
  void finish(std::int16_t subset, Kept needed) {
    Members& done = members_[static_cast<std::size_t>(subset)];
    if (needed == Kept::kForLooks) {
      done.thin(most_);
    } else {
      done = {};
    }
  }

  /// Fits one mixture to the sample's members.
  [[nodiscard]] SampleFit fit(const SubsetMixture& mixture) const {
    return fit_sample(mixture, ranges_, sample_, members(mixture.parent));
  }

  /// Applies one mixture as it fits; calls found(subset, event, probability, counted) as MixtureCaller does, and adds what
  /// lies outside of scatter gates to `outside` [subsets], where it is given.
  template <class Found>
  void step(const SubsetMixture& mixture, const SampleFit& fit, Found found,
            std::vector<double>* outside = nullptr) {
    const MixtureCaller caller(mixture, ranges_, fit);
    std::vector<Members> children(caller.targets().size());
    caller.call(
        sample_, members(mixture.parent),
        [&](std::size_t t, std::uint32_t event, float p, float counted) {
          const std::int16_t subset = caller.targets()[t];
          found(subset, event, p, counted);
          if (p >= kSmallestMembership && kept_of(subset) != Kept::kNone) children[t].add(event, p);
        },
        [&](std::size_t t, float p) {
          if (outside != nullptr)
            (*outside)[static_cast<std::size_t>(caller.targets()[t])] += static_cast<double>(p);
        });
    for (std::size_t t = 0; t < children.size(); ++t) {
      const std::int16_t subset = caller.targets()[t];
      if (kept_of(subset) == Kept::kForLooks) {
        children[t].thin(most_);
      } else {
        children[t].shrink();
      }
      members_[static_cast<std::size_t>(subset)] = std::move(children[t]);
    }
  }

 private:
  static constexpr float kSmallestMembership =
      0.003F;  ///< below it an event is not followed into a population

  [[nodiscard]] Kept kept_of(std::int16_t subset) const {
    return kept_[static_cast<std::size_t>(subset)];
  }

  const BinnedSample& sample_;
  const std::vector<MarkerRange>& ranges_;
  std::vector<Kept> kept_;  ///< [subsets]
  std::size_t most_;
  std::vector<Members> members_;  ///< [subsets]
};

}  // namespace gateless::annotate
