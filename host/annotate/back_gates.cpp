#include "host/annotate/back_gates.hpp"

#include <algorithm>
#include <span>

#include "host/annotate/dividing_pairs.hpp"
#include "host/core/packed_levels.hpp"
#include "host/core/parallel.hpp"

namespace gateless::annotate {
namespace {

constexpr std::size_t kFewestBins = 24, kMostBins = 48;

std::size_t bins_for(std::size_t pictures, std::size_t cells) {
  std::size_t bins = kMostBins;
  while (bins > kFewestBins && bins * bins * pictures > cells) bins -= 4;
  return bins;
}

/// [subsets], whether each lies within the parent.
std::vector<bool> family_of(const SubsetModel& model, std::int16_t parent) {
  std::vector<bool> is_within(model.subsets.size(), false);
  for (std::size_t s = 0; s < is_within.size(); ++s) {
    auto at = static_cast<std::int16_t>(s);
    while (at >= 0 && at != parent) at = model.subsets[static_cast<std::size_t>(at)].parent;
    is_within[s] = at >= 0;
  }
  return is_within;
}

BackGate frame_of(const SubsetModel& model, const DividingPair& pair, std::size_t bins) {
  const SubsetMixture& mixture = model.mixtures[pair.mixture];
  BackGate gate;
  gate.parent = model.subsets[static_cast<std::size_t>(mixture.parent)].id;
  gate.partition = mixture.partition;
  gate.x_marker = model.markers[pair.x];
  gate.y_marker = model.markers[pair.y];
  gate.x_low = model.ranges[pair.x].low;
  gate.x_high = model.ranges[pair.x].high;
  gate.y_low = model.ranges[pair.y].low;
  gate.y_high = model.ranges[pair.y].high;
  gate.bins = bins;
  gate.parts = pair.parts;
  if (pair.x_marker) gate.x_parts = mixture.markers[*pair.x_marker].levels.size();
  return gate;
}

/// The line around the cells beyond `border` spreads of a corner axis, cut at the picture's edge.
std::vector<std::pair<double, double>> corner_line(const CornerAxis& corner, double border,
                                                   const BackGate& gate) {
  const auto x_at = [&](double spreads) { return corner.x_mode + spreads * corner.x_sd; };
  const auto y_at = [&](double spreads) { return corner.y_mode + spreads * corner.y_sd; };
  const double x_end = corner.x_sd > 0.0 ? std::max(gate.x_high, x_at(border + 1.0))
                                         : std::min(gate.x_low, x_at(border + 1.0));
  const double y_end = corner.y_sd > 0.0 ? std::max(gate.y_high, y_at(border + 1.0))
                                         : std::min(gate.y_low, y_at(border + 1.0));
  return {{x_at(border - 1.0), y_end},
          {x_at(border - 1.0), y_at(border + 1.0)},
          {x_at(border + 1.0), y_at(border - 1.0)},
          {x_end, y_at(border - 1.0)}};
}

/// What is looked up for one value: the bin of a picture's axis, and how many borders lie at or below the value.
class Axis {
 public:
  Axis(double low, double high, std::size_t bins, const std::vector<double>& borders)
      : low_(low),
        per_value_(static_cast<double>(bins) / (high - low)),
        last_(static_cast<double>(bins) - 1.0),
        borders_(borders) {}

  [[nodiscard]] std::size_t bin_of(float value) const {
    const double bin = (static_cast<double>(value) - low_) * per_value_;
    return static_cast<std::size_t>(std::clamp(bin, 0.0, last_));
  }
  [[nodiscard]] std::size_t part_of(float value) const {
    std::size_t part = 0;
    for (const double border : borders_) part += static_cast<double>(value) >= border ? 1U : 0U;
    return part;
  }

 private:
  double low_, per_value_, last_;
  std::span<const double> borders_;  ///< rising
};

/// The members of one parent in one sample, as places in the sample.
using Members = std::vector<std::uint32_t>;

/// Events whose label lies in the family, or that have a subset of it on some axis.
class Family {
 public:
  Family(const SubsetModel& model, const SubsetCalls& calls, std::int16_t parent)
      : calls_(calls), is_within_(family_of(model, parent)) {
    for (const std::vector<std::int16_t>& profile : calls.profiles) {
      has_profile_.push_back(
          std::any_of(profile.begin(), profile.end(), [&](std::int16_t s) { return holds(s); }));
    }
  }
  [[nodiscard]] Members members(const SampleRange& sample) const {
    Members members;
    for (std::size_t i = 0; i < sample.count; ++i) {
      const std::size_t event = sample.first + i;
      if (holds(calls_.subset_of_event[event]) ||
          (!calls_.profile_of_event.empty() && has_profile_[calls_.profile_of_event[event]]))
        members.push_back(static_cast<std::uint32_t>(i));
    }
    return members;
  }

 private:
  [[nodiscard]] bool holds(std::int16_t subset) const {
    return subset >= 0 && is_within_[static_cast<std::size_t>(subset)];
  }

  const SubsetCalls& calls_;
  std::vector<bool> is_within_;    ///< [subsets]
  std::vector<bool> has_profile_;  ///< [profiles]
};

/// `events` are the sample's.
BackGateSample draw(const EventView& events, const SubsetModel& model, const SubsetCalls& calls,
                    const DividingPair& pair, const BackGate& gate, const Members& members,
                    std::size_t sample) {
  const auto& borders = calls.borders[sample][pair.mixture];
  BackGateSample result;
  result.events = members.size();
  const CornerAxis* corner = nullptr;
  double corner_border = 0.0;
  if (pair.is_corner) {
    const std::size_t row = model.mixtures[pair.mixture].markers[*pair.x_marker].marker;
    corner = &model.corners[row - model.markers.size()];
    corner_border = borders[*pair.x_marker].front();
    result.corner = corner_line(*corner, corner_border, gate);
  } else {
    if (pair.x_marker) result.x_borders = borders[*pair.x_marker];
    if (pair.y_marker) result.y_borders = borders[*pair.y_marker];
  }
  const auto xs = events.marker(pair.x);
  const auto ys = events.marker(pair.y);
  const Axis x(gate.x_low, gate.x_high, gate.bins, result.x_borders);
  const Axis y(gate.y_low, gate.y_high, gate.bins, result.y_borders);
  Matrix<std::uint64_t> counts(gate.bins, gate.bins);
  std::vector<std::uint64_t> inside(gate.parts.size(), 0);
  for (const std::uint32_t event : members) {
    ++counts(y.bin_of(ys[event]), x.bin_of(xs[event]));
    if (corner == nullptr) {
      ++inside[y.part_of(ys[event]) * gate.x_parts + x.part_of(xs[event])];
    } else {
      const double beyond =
          corner->value(static_cast<double>(xs[event]), static_cast<double>(ys[event]));
      ++inside[beyond >= corner_border ? 1 : 0];
    }
  }
  result.counts = packed_counts(counts);
  for (const std::uint64_t count : inside)
    result.fractions.push_back(static_cast<double>(count) /
                               static_cast<double>(std::max<std::size_t>(1, members.size())));
  return result;
}

}  // namespace

std::vector<BackGate> back_gates(const EventView& events, const std::vector<SampleRange>& samples,
                                 const SubsetModel& model, const SubsetCalls& calls,
                                 std::size_t cells, std::size_t threads) {
  const std::vector<DividingPair> pairs = dividing_pairs(model);
  const std::size_t bins = bins_for(pairs.size() * samples.size(), cells);
  std::vector<BackGate> gates;
  std::vector<Family> families;
  for (const DividingPair& pair : pairs) {
    gates.push_back(frame_of(model, pair, bins));
    gates.back().samples.resize(samples.size());
    families.emplace_back(model, calls, model.mixtures[pair.mixture].parent);
  }
  parallel_for(threads, samples.size(), [&](std::size_t s) {
    const EventView own = events.slice(samples[s].first, samples[s].count);
    Members members;
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      const bool is_same = p > 0 && model.mixtures[pairs[p].mixture].parent ==
                                        model.mixtures[pairs[p - 1].mixture].parent;
      if (!is_same) members = families[p].members(samples[s]);
      gates[p].samples[s] = draw(own, model, calls, pairs[p], gates[p], members, s);
    }
  });
  std::erase_if(gates, [](const BackGate& gate) {
    return std::all_of(gate.samples.begin(), gate.samples.end(),
                       [](const BackGateSample& sample) { return sample.events == 0; });
  });
  return gates;
}

}  // namespace gateless::annotate
