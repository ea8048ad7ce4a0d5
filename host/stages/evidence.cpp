#include "host/stages/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "host/annotate/back_gates.hpp"
#include "host/annotate/binned_events.hpp"
#include "host/cluster/tree_layout.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/layers.hpp"
#include "host/core/packed_levels.hpp"
#include "host/stages/shown_values.hpp"

namespace gateless::stages {
namespace {

// Of all panels: a report stays small enough to mail.
constexpr std::size_t kSampledBytes = 300'000;
constexpr std::size_t kPictureCells = 900'000;
constexpr std::size_t kMostSampled = 300'000;
constexpr std::size_t kMapBins = 96;
constexpr std::size_t kMostTreeNodes = 400;  // more stars cannot be told apart

/// Events of one sample by label.
struct Stratum {
  std::int16_t subset = -1;
  std::vector<std::size_t> events;  ///< places in the pool
  std::size_t sampled = 0;
};

std::vector<Stratum> strata_of(const PanelAnalysis& analysis, const SampleRange& range) {
  std::map<std::int16_t, Stratum> strata;
  for (std::size_t i = range.first; i < range.first + range.count; ++i) {
    const std::int16_t called = analysis.calls.subset_of_event.empty()
                                    ? std::int16_t{-1}
                                    : analysis.calls.subset_of_event[i];
    strata[called].events.push_back(i);
  }
  std::vector<Stratum> list;
  for (auto& [subset, stratum] : strata) {
    stratum.subset = subset;
    list.push_back(std::move(stratum));
  }
  return list;
}

/// Shares `wanted` events out by the square root of what there is: rare subsets are seen, dense ones stay dense.
void share_out(std::vector<Stratum>& strata, std::size_t wanted) {
  double low = 0.0, high = static_cast<double>(wanted);
  const auto taken = [](const Stratum& stratum, double factor) {
    const auto there = static_cast<double>(stratum.events.size());
    return std::min(stratum.events.size(),
                    static_cast<std::size_t>(factor * std::sqrt(there) + 0.5));
  };
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    std::size_t sum = 0;
    for (const Stratum& stratum : strata) sum += taken(stratum, middle);
    (sum > wanted ? high : low) = middle;
  }
  for (Stratum& stratum : strata) stratum.sampled = taken(stratum, low);
}

/// The square around all nodes with room for events beyond them.
struct MapFrame {
  double x_low = 0.0, y_low = 0.0, side = 1.0;

  explicit MapFrame(const Matrix<double>& places) {
    double low[2] = {0.0, 0.0}, high[2] = {0.0, 0.0};
    for (std::size_t node = 0; node < places.rows(); ++node) {
      for (std::size_t axis = 0; axis < 2; ++axis) {
        low[axis] = std::min(low[axis], places(node, axis));
        high[axis] = std::max(high[axis], places(node, axis));
      }
    }
    side = 1.16 * std::max({high[0] - low[0], high[1] - low[1], 1e-6});
    x_low = 0.5 * (low[0] + high[0] - side);
    y_low = 0.5 * (low[1] + high[1] - side);
  }
  [[nodiscard]] double x(float value) const {
    return std::clamp((static_cast<double>(value) - x_low) / side, 0.0, 1.0);
  }
  [[nodiscard]] double y(float value) const {
    return std::clamp((static_cast<double>(value) - y_low) / side, 0.0, 1.0);
  }
};

std::string density_of(const EventMap& map, const MapFrame& frame) {
  Matrix<std::uint64_t> counts(kMapBins, kMapBins);
  const auto bin = [](double share) {
    return std::min(kMapBins - 1, static_cast<std::size_t>(share * kMapBins));
  };
  for (std::size_t i = 0; i < map.x.size(); ++i)
    ++counts(bin(frame.y(map.y[i])), bin(frame.x(map.x[i])));
  return packed_counts(counts);
}

SampledEvents sample_events(const PanelAnalysis& analysis, const std::vector<std::string>& names,
                            std::size_t bytes) {
  const EventView view = analysis.events.store.view();
  const std::vector<SampleRange>& ranges = analysis.events.store.ranges();
  SampledEvents sampled;
  sampled.panel = analysis.events.panel.name;
  std::vector<std::size_t> events;
  const std::size_t most = std::min(kMostSampled, bytes / (view.markers + 4));
  for (std::size_t s = 0; s < ranges.size(); ++s) {
    std::vector<Stratum> strata = strata_of(analysis, ranges[s]);
    share_out(strata, std::max<std::size_t>(1, most / ranges.size()));
    for (const Stratum& stratum : strata) {
      sampled.strata.push_back(
          {.sample = names[analysis.events.samples[s].sample],
           .subset = stratum.subset < 0
                         ? ""
                         : analysis.calls.subsets[static_cast<std::size_t>(stratum.subset)],
           .events = stratum.events.size(),
           .sampled = stratum.sampled});
      for (std::size_t i = 0; i < stratum.sampled; ++i)
        events.push_back(
            stratum.events[(2 * i + 1) * stratum.events.size() / (2 * stratum.sampled)]);
    }
  }
  const std::vector<MarkerRange> spans = marker_ranges(view, ranges);
  for (std::size_t m = 0; m < view.markers; ++m) {
    SampledMarker marker;
    marker.marker = analysis.events.markers[m];
    marker.low = spans[m].low;
    marker.high = spans[m].high;
    for (const std::size_t event : events)
      marker.values += packed_share((static_cast<double>(view.marker(m)[event]) - marker.low) /
                                    (marker.high - marker.low));
    show(marker, analysis.events);
    keep_memory_bound();
    sampled.markers.push_back(std::move(marker));
  }
  const EventMap& map = analysis.plane.events;
  if (map.x.empty()) return sampled;
  const MapFrame frame(analysis.plane.node_places);
  for (const std::size_t event : events)
    sampled.map +=
        packed_fine_share(frame.x(map.x[event])) + packed_fine_share(frame.y(map.y[event]));
  sampled.bins = kMapBins;
  sampled.density = density_of(map, frame);
  return sampled;
}

NodeTree tree_of(const PopulationMap& map, const PanelEvents& events) {
  NodeTree tree;
  tree.panel = events.panel.name;
  tree.map = map.parent;
  tree.markers = markers_of(map, events);
  const Matrix<double> nodes = map.clustering.prototypes();
  if (nodes.rows() > kMostTreeNodes) return tree;
  tree.edges = spanning_tree(nodes);
  const Matrix<double> places = layout_tree(nodes.rows(), tree.edges);
  std::vector<double> low(nodes.columns(), std::numeric_limits<double>::infinity());
  std::vector<double> high(nodes.columns(), -std::numeric_limits<double>::infinity());
  for (std::size_t node = 0; node < nodes.rows(); ++node) {
    for (std::size_t m = 0; m < nodes.columns(); ++m) {
      low[m] = std::min(low[m], nodes(node, m));
      high[m] = std::max(high[m], nodes(node, m));
    }
  }
  for (std::size_t node = 0; node < nodes.rows(); ++node) {
    tree.places.emplace_back(places(node, 0), places(node, 1));
    tree.events.push_back(map.clustering.node_events[node]);
    tree.metaclusters.push_back(map.id_of(NodeId::at(node)).value());
    for (std::size_t m = 0; m < nodes.columns(); ++m)
      tree.values +=
          packed_share(high[m] > low[m] ? (nodes(node, m) - low[m]) / (high[m] - low[m]) : 0.0);
  }
  return tree;
}

}  // namespace

Evidence evidence_of(const StudyAnalysis& study, std::size_t threads) {
  Evidence evidence;
  const std::vector<std::string> names = sample_names(study.samples);
  for (const PanelAnalysis& analysis : study.panels) {
    for (BackGate& gate :
         back_gates(analysis.events.store.view(), analysis.events.store.ranges(), analysis.subsets,
                    analysis.calls, kPictureCells / study.panels.size(), threads)) {
      gate.panel = analysis.events.panel.name;
      show(gate, analysis.events);
      for (std::size_t s = 0; s < gate.samples.size(); ++s)
        gate.samples[s].sample = names[analysis.events.samples[s].sample];
      evidence.back_gates.push_back(std::move(gate));
    }
    evidence.sampled_events.push_back(
        sample_events(analysis, names, kSampledBytes / study.panels.size()));
    for (const PopulationMap& map : analysis.maps)
      evidence.node_trees.push_back(tree_of(map, analysis.events));
  }
  return evidence;
}

}  // namespace gateless::stages
