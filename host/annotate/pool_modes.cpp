#include "host/annotate/pool_modes.hpp"

#include <algorithm>
#include <string>

#include "host/annotate/negative_cells.hpp"
#include "host/annotate/parent_density.hpp"
#include "host/core/transform_value.hpp"

namespace gateless::annotate {

std::vector<PoolModes> pool_modes(const std::vector<BinnedSample>& samples,
                                  const std::vector<bool>& is_doubtful,
                                  const std::vector<MarkerRange>& ranges,
                                  std::optional<std::size_t> on_other_scale) {
  double inverse = 0.0, counted = 0.0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    if (is_doubtful[s]) continue;
    counted += 1.0;
    if (samples[s].events > 0) inverse += 1.0 / static_cast<double>(samples[s].events);
  }
  // As many equally weighted events would be known as precisely.
  const double share = inverse > 0.0 ? counted / inverse : 0.0;
  std::vector<std::vector<Mode>> modes(ranges.size());
  std::vector<bool> is_comparable(ranges.size());
  for (std::size_t row = 0; row < ranges.size(); ++row) {
    BinCounts counts{};
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const BinnedSample& sample = samples[s];
      if (is_doubtful[s] || sample.bins[row].empty()) continue;
      const double weight = share / static_cast<double>(sample.events);
      for (const std::uint8_t bin : sample.bins[row]) counts[bin] += weight;
    }
    modes[row] = find_modes(counts);
    is_comparable[row] = row != on_other_scale;
  }
  std::vector<PoolModes> pool;
  for (std::size_t row = 0; row < ranges.size(); ++row)
    pool.push_back({modes[row], negative_cells_of_others(row, modes, ranges, is_comparable),
                    dimmest_of_others(row, modes, ranges, is_comparable)});
  return pool;
}

std::vector<double> linear_bins(const Transform& transform, const MarkerRange& range) {
  const TransformCoefficients coefficients = transform_coefficients(transform);
  const double width = (range.high - range.low) / static_cast<double>(kBins);
  std::vector<double> linear;
  for (std::size_t bin = 0; bin < kBins; ++bin)
    linear.push_back(
        inverse_value(coefficients, range.low + (static_cast<double>(bin) + 0.5) * width));
  return linear;
}

std::vector<PoolModes> with_told_levels(std::vector<PoolModes> pool, const MixtureDesign& mixture,
                                        const SubsetModel& model) {
  const auto place = [&](const LevelDensity& level, const MarkerRange& range) {
    const double bins = static_cast<double>(kBins) / (range.high - range.low);
    return Mode{(level.mean - range.low) * bins, level.sd * bins, 1.0};
  };
  std::int16_t above = mixture.parent;
  while ((above = model.subsets[static_cast<std::size_t>(above)].parent) >= 0) {
    for (const SubsetMixture& other : model.mixtures) {
      if (other.parent != above) continue;
      for (const LearnedMarker& marker : other.markers) {
        if (marker.marker >= pool.size()) continue;  // a corner
        PoolModes& own = pool[marker.marker];
        const std::string& lowest = marker.levels.front().text;
        const bool is_told = marker.levels.size() > 1 && (lowest == "-" || lowest == "-/low");
        if (!is_told || own.told_negative.mass > 0.0) continue;
        own.told_negative = place(marker.levels.front(), model.ranges[marker.marker]);
        own.told_positive = place(marker.levels.back(), model.ranges[marker.marker]);
      }
    }
  }
  return pool;
}

bool shows_modes(const MixtureDesign& design, const std::vector<BinnedSample>& samples,
                 const SampleMembers& members) {
  return std::any_of(design.markers.begin(), design.markers.end(), [&](const MarkerDesign& marker) {
    return find_modes(parent_density(marker.marker, samples, members).events).size() > 1;
  });
}

bool place_corner(CornerAxis& corner, const std::vector<BinnedSample>& samples,
                  const SampleMembers& members, const std::vector<MarkerRange>& ranges) {
  const bool is_opposed = corner.x_sd < 0.0 || corner.y_sd < 0.0;
  // Where little of a marker is wanted, the emptier side is the upper one: the same, seen from above.
  const auto place = [&](std::size_t row, double& mode, double& sd) {
    const bool is_down = sd < 0.0;
    BinCounts counts = parent_density(row, samples, members).events;
    if (is_down && are_zeros(counts)) return false;
    if (is_down) std::reverse(counts.begin(), counts.end());
    const Mode largest = bulk_of(counts, is_opposed);
    const double unit = (ranges[row].high - ranges[row].low) / static_cast<double>(kBins);
    const double distance = (largest.position + 0.5) * unit;
    mode = is_down ? ranges[row].high - distance : ranges[row].low + distance;
    sd = is_down ? -largest.sd * unit : largest.sd * unit;
    return true;
  };
  return place(corner.x, corner.x_mode, corner.x_sd) && place(corner.y, corner.y_mode, corner.y_sd);
}

double share_above(const BinCounts& a, const BinCounts& b) {
  double above = 0.0, below = 0.0, all_a = 0.0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    above += a[bin] * (below + 0.5 * b[bin]);
    below += b[bin];
    all_a += a[bin];
  }
  return all_a > 0.0 && below > 0.0 ? above / (all_a * below) : 0.5;
}

}  // namespace gateless::annotate
