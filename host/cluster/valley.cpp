#include "host/cluster/valley.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/core/clones.hpp"

namespace gateless::cluster {
namespace {

constexpr double kDepth = 0.5;
constexpr double kStandardErrors = 3.0;

constexpr double kFarDeviations = 6.0;

}  // namespace

void LineProfile::add(int bin, double weight) {
  if (bin < -kMargin || bin > kBins + kMargin) return;
  Count& count = bins_[static_cast<std::size_t>(bin + kMargin)];
  count.events += weight;
  count.variance += weight * weight;
}

void LineProfile::add(const LineProfile& other) {
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    bins_[bin].events += other.bins_[bin].events;
    bins_[bin].variance += other.bins_[bin].variance;
  }
}

LineProfile::Count LineProfile::around(int bin) const {
  Count sum;
  for (int near = bin - 1; near <= bin + 1; ++near) {
    const Count& count = bins_[static_cast<std::size_t>(near + kMargin)];
    sum.events += count.events;
    sum.variance += count.variance;
  }
  return sum;
}

bool LineProfile::is_deeper(int first, Count peak) const {
  Count least = peak;
  for (int bin = first; bin < kBins; ++bin) {
    const Count count = around(bin);
    if (count.events < least.events) least = count;
  }
  return peak.events > 0.0 && least.events <= kDepth * peak.events &&
         peak.events - least.events >= kStandardErrors * std::sqrt(peak.variance + least.variance);
}

bool LineProfile::has_valley_before_end() const { return is_deeper(kBins / 4, around(kBins)); }

bool LineProfile::has_valley_between() const {
  const Count start = around(0);
  const Count end = around(kBins);
  return is_deeper(1, start.events < end.events ? start : end);
}

LineOfSight::LineOfSight(std::span<const float> from, std::span<const float> to)
    : from_(from.begin(), from.end()),
      direction_(to.begin(), to.end()),
      widest_(static_cast<float>(far_limit(from.size()))) {
  for (std::size_t m = 0; m < from_.size(); ++m) {
    direction_[m] -= from_[m];
    length_ += direction_[m] * direction_[m];
  }
}

namespace {

constexpr int kNowhere = 1'000;  // bins; subtracted, for a choice of bins would be a branch

/// The bin of each event of a block along a line, none that counts for those far to the side. `places` is [markers][kBlock].
GATELESS_CLONES
void find_bins(const float* places, const float* from, const float* direction, std::size_t markers,
               float per_length, float widest, int* bins) {
  float along[LineOfSight::kBlock] = {};
  float squared[LineOfSight::kBlock] = {};
  for (std::size_t m = 0; m < markers; ++m) {
    const float* row = places + m * LineOfSight::kBlock;
    for (std::size_t i = 0; i < LineOfSight::kBlock; ++i) {
      const float apart = row[i] - from[m];
      along[i] += apart * direction[m];
      squared[i] += apart * apart;
    }
  }
  // Two loops: in one, gcc turns the bounds of bins_along() into branches and leaves lanes.
  for (std::size_t i = 0; i < LineOfSight::kBlock; ++i) {
    const float share = along[i] * per_length;
    squared[i] -= along[i] * share;
    along[i] = LineProfile::bins_along(share);
  }
  for (std::size_t i = 0; i < LineOfSight::kBlock; ++i)
    bins[i] = LineProfile::nearest_bin(along[i]) - (squared[i] <= widest ? 0 : kNowhere);
}

}  // namespace

void LineOfSight::see(const float* places, std::size_t events, LineProfile& profile,
                      const double* weight) const {
  if (!(length_ > 0.0F)) return;
  std::array<int, kBlock> bins{};
  find_bins(places, from_.data(), direction_.data(), from_.size(), 1.0F / length_, widest_,
            bins.data());
  for (std::size_t i = 0; i < events; ++i)
    profile.add(bins[i], weight == nullptr ? 1.0 : weight[i]);
}

double far_limit(std::size_t markers) {
  const auto freedom = static_cast<double>(markers);
  return freedom + kFarDeviations * std::sqrt(2.0 * freedom);
}

bool has_valley_between(const WeightedEvents& events, std::span<const float> from,
                        std::span<const float> to) {
  const LineOfSight line(from, to);
  LineProfile profile;
  std::vector<float> places(from.size() * LineOfSight::kBlock);
  for (std::size_t first = 0; first < events.weight.size(); first += LineOfSight::kBlock) {
    const std::size_t count = std::min(LineOfSight::kBlock, events.weight.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      const auto place = events.place.row(first + i);
      for (std::size_t m = 0; m < place.size(); ++m) places[m * LineOfSight::kBlock + i] = place[m];
    }
    line.see(places.data(), count, profile, events.weight.data() + first);
  }
  return profile.has_valley_between();
}

}  // namespace gateless::cluster
