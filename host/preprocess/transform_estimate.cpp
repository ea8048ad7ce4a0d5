#include "host/preprocess/transform_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "host/core/distribution.hpp"
#include "host/core/portable_math.hpp"
#include "host/preprocess/density.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kEventsPerSample = 20'000;
constexpr std::size_t kEvents = 200'000;  ///< of all samples together
constexpr double kDecades = 4.5;
constexpr double kWidestRegion =
    2.0;  ///< of the linear region, decades; beyond it half the scale is linear
constexpr double kFewestNegatives = 0.002;  ///< of the events, for their quantile to mean something
constexpr double kMassCofactor = 5.0;
constexpr double kFlowCofactor = 150.0;  ///< customary at a range of 2^18
constexpr double kFlowRange = 262144.0;

MarkerValues look_at(const EventStore& pool, std::size_t marker) {
  MarkerValues result;
  const std::span<const float> column = pool.view().marker(marker);
  const std::size_t limit =
      std::min(kEventsPerSample, kEvents / std::max<std::size_t>(1, pool.ranges().size()) + 1);
  for (const SampleRange& range : pool.ranges()) {
    const std::size_t stride = std::max<std::size_t>(1, (range.count + limit - 1) / limit);
    for (std::size_t i = 0; i < range.count; i += stride) {
      if (std::isfinite(column[range.first + i])) result.sorted.push_back(column[range.first + i]);
    }
  }
  sort_values(result.sorted);
  return result;
}

double log10_of(double x) { return portable::log(x) / portable::kLn10; }

Transform logicle_of(const MarkerValues& values, double top) {
  Transform transform{.kind = TransformKind::kLogicle, .t = top, .m = kDecades, .a = 0.0};
  // Parks et al.: the 5th percentile of the negative values lies at the lower end of the scale.
  const std::size_t negatives = values.negatives();
  const double reference =
      negatives == 0 ? 0.0 : static_cast<double>(values.sorted[negatives / 20]);
  transform.w = reference < 0.0 ? 0.5 * (kDecades - log10_of(top / -reference)) : 0.0;
  transform.w = std::clamp(transform.w, 0.0, kWidestRegion);
  return transform;
}

/// Cofactor at the centre of the dimmest population, within a factor of 5 of the customary one for the range.
Transform arcsinh_of(const MarkerValues& values, double top) {
  const double customary = kFlowCofactor * top / kFlowRange;
  std::vector<float> logs;
  for (const float value : values.sorted) {
    if (value > 0.0F) logs.push_back(static_cast<float>(portable::log(static_cast<double>(value))));
  }
  const std::vector<Peak> peaks = find_peaks(estimate_density(logs), 0.75);
  double dimmest = customary;
  if (!peaks.empty()) dimmest = portable::exp(estimate_density(logs).centre(peaks.front().bin));
  return {.kind = TransformKind::kArcsinh,
          .cofactor = std::clamp(dimmest, customary / 5.0, customary * 5.0)};
}

/// The scale has to hold every event: files may state a smaller range than they use.
double top_of(const MarkerValues& values, double range) {
  const double top = std::max(range, values.quantile(1.0));
  return top > 0.0 ? top : kFlowRange;
}

bool has_negatives(const MarkerValues& values) {
  const double fewest =
      std::max(20.0, kFewestNegatives * static_cast<double>(values.sorted.size()));
  return static_cast<double>(values.negatives()) >= fewest;
}

void warn_of_unequal_scales(const std::vector<std::string>& names,
                            const std::vector<MarkerValues>& markers, TransformEstimate& result) {
  std::size_t widest = 0;
  std::size_t narrowest = 0;
  const auto width = [&](std::size_t marker) {
    return markers[marker].quantile(0.999) - markers[marker].quantile(0.001);
  };
  for (std::size_t marker = 0; marker < markers.size(); ++marker) {
    if (width(marker) > width(widest)) widest = marker;
    if (width(marker) < width(narrowest)) narrowest = marker;
  }
  if (markers.empty() || !(width(widest) > 5.0 * width(narrowest))) return;
  result.warnings.push_back(
      fmt::format("markers are not on one scale: {} spans {:.3g}, {} spans {:.3g}, so the "
                  "first outweighs the other in clustering",
                  names[widest], width(widest), names[narrowest], width(narrowest)));
}

/// A scale on which ratios are distances: lymphocytes, monocytes and granulocytes differ by factors that hardly
/// depend on the gain. The linear region lies well below all cells.
Transform scatter_transform(const MarkerValues& values) {
  constexpr double kShareOfMedian = 0.02;
  const double median = values.quantile(0.5);
  return {.kind = TransformKind::kArcsinh,
          .cofactor = median > 0.0 ? kShareOfMedian * median : 1.0};
}

TransformEstimate estimate_markers(const std::vector<std::string>& names,
                                   const std::vector<MarkerValues>& markers, Instrument instrument,
                                   const std::vector<double>& ranges,
                                   const TransformChoice& choice) {
  using Kind = TransformChoice::Kind;
  TransformEstimate result;
  const std::string shown = how_transformed(markers, instrument);
  if (choice.kind == Kind::kNone || (choice.kind == Kind::kAuto && !shown.empty())) {
    result.transforms.assign(names.size(), Transform{});
    if (choice.kind == Kind::kNone && shown.empty()) {
      result.warnings.emplace_back(
          "values look linear and are clustered without a transform as asked: the brightest marker "
          "decides, and levels of markers cannot be told");
    }
    warn_of_unequal_scales(names, markers, result);
    return result;
  }
  if (!shown.empty()) {
    result.warnings.push_back(fmt::format(
        "values look transformed already ({}) and are transformed again as asked", shown));
  }
  if (choice.kind == Kind::kArcsinh ||
      (choice.kind == Kind::kAuto && instrument == Instrument::kMass)) {
    const double cofactor = choice.kind == Kind::kArcsinh ? choice.cofactor : kMassCofactor;
    result.transforms.assign(names.size(), {.kind = TransformKind::kArcsinh, .cofactor = cofactor});
    return result;
  }
  std::vector<double> widths;  // of the markers whose noise shows as negative events
  for (std::size_t marker = 0; marker < names.size(); ++marker) {
    result.transforms.push_back(
        logicle_of(markers[marker], top_of(markers[marker], ranges[marker])));
    if (has_negatives(markers[marker])) widths.push_back(result.transforms.back().w);
  }
  const bool is_noise_known = !widths.empty();
  const double typical_width = upper_median(widths);
  for (std::size_t marker = 0; marker < names.size(); ++marker) {
    Transform& transform = result.transforms[marker];
    if (has_negatives(markers[marker])) continue;
    if (is_noise_known) {
      transform.w = typical_width;
    } else if (choice.kind == Kind::kAuto) {
      transform = arcsinh_of(markers[marker], transform.t);
    }
  }
  return result;
}

}  // namespace

TransformEstimate estimate_transforms(const EventStore& pool, Instrument instrument,
                                      std::span<const double> ranges, const TransformChoice& choice,
                                      const std::string& side_scatter) {
  assert(ranges.size() == pool.markers().size());
  std::vector<std::string> names;
  std::vector<MarkerValues> markers;
  std::vector<double> marker_ranges;
  for (std::size_t row = 0; row < pool.markers().size(); ++row) {
    if (pool.markers()[row] == side_scatter) continue;
    names.push_back(pool.markers()[row]);
    markers.push_back(look_at(pool, row));
    marker_ranges.push_back(ranges[row]);
  }
  TransformEstimate result = estimate_markers(names, markers, instrument, marker_ranges, choice);
  const auto scatter = std::find(pool.markers().begin(), pool.markers().end(), side_scatter);
  if (scatter != pool.markers().end()) {
    const auto row = scatter - pool.markers().begin();
    const Transform transform = scatter_transform(look_at(pool, static_cast<std::size_t>(row)));
    result.transforms.insert(result.transforms.begin() + row, transform);
  }
  return result;
}

}  // namespace gateless::preprocess
