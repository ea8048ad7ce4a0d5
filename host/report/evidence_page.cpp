#include "host/report/evidence_page.hpp"

#include <algorithm>
#include <map>

#include "host/core/packed_levels.hpp"
#include "host/report/page_values.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

json rounded(double value) { return page_number(value, kPictureDigits); }

json rounded(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(rounded(value));
  return list;
}

json points(const std::vector<std::pair<double, double>>& places) {
  json list = json::array();
  for (const auto& [x, y] : places) list.push_back(json::array({rounded(x), rounded(y)}));
  return list;
}

json axis(const std::string& marker, double low, double high, const Ticks& ticks) {
  json places = json::array();
  for (const auto& [place, text] : ticks) places.push_back(json::array({rounded(place), text}));
  return json::array({marker, rounded(low), rounded(high), places});
}

/// Rows of the qc table by sample; -1 for one that is not in it.
class SampleNumbers {
 public:
  explicit SampleNumbers(const Results& results) {
    for (const QcRow& row : results.qc)
      numbers_.emplace(row.sample, static_cast<int>(numbers_.size()));
  }
  [[nodiscard]] int operator()(const std::string& sample) const {
    const auto found = numbers_.find(sample);
    return found == numbers_.end() ? -1 : found->second;
  }

 private:
  std::map<std::string, int> numbers_;
};

}  // namespace

json back_gates_page(const Results& results) {
  const SampleNumbers number(results);
  json list = json::array();
  for (const BackGate& gate : results.back_gates) {
    json samples = json::array();
    for (const BackGateSample& sample : gate.samples) {
      samples.push_back(json::array({number(sample.sample), sample.events, sample.counts,
                                     rounded(sample.x_borders), rounded(sample.y_borders),
                                     points(sample.corner), rounded(sample.fractions)}));
    }
    list.push_back({{"panel", gate.panel},
                    {"parent", gate.parent},
                    {"partition", gate.partition},
                    {"x", axis(gate.x_marker, gate.x_low, gate.x_high, gate.x_ticks)},
                    {"y", axis(gate.y_marker, gate.y_low, gate.y_high, gate.y_ticks)},
                    {"bins", gate.bins},
                    {"x_parts", gate.x_parts},
                    {"parts", gate.parts},
                    {"samples", std::move(samples)}});
  }
  return list;
}

json sampled_events_page(const Results& results) {
  const SampleNumbers number(results);
  json list = json::array();
  for (const SampledEvents& sampled : results.sampled_events) {
    json strata = json::array(), markers = json::array();
    for (const SampledStratum& stratum : sampled.strata)
      strata.push_back(
          json::array({number(stratum.sample), stratum.subset, stratum.events, stratum.sampled}));
    for (const SampledMarker& marker : sampled.markers) {
      json one = axis(marker.marker, marker.low, marker.high, marker.ticks);
      one.push_back(marker.values);
      markers.push_back(std::move(one));
    }
    list.push_back({{"panel", sampled.panel},
                    {"strata", std::move(strata)},
                    {"markers", std::move(markers)},
                    {"map", sampled.map},
                    {"bins", sampled.bins},
                    {"density", sampled.density}});
  }
  return list;
}

json node_trees_page(const Results& results) {
  json list = json::array();
  for (const NodeTree& tree : results.node_trees) {
    double low_x = 0.0, low_y = 0.0, side = 1.0;
    for (const auto& [x, y] : tree.places) {
      low_x = std::min(low_x, x);
      low_y = std::min(low_y, y);
    }
    for (const auto& [x, y] : tree.places) side = std::max({side, x - low_x, y - low_y});
    std::string places;
    for (const auto& [x, y] : tree.places)
      places += packed_fine_share((x - low_x) / side) + packed_fine_share((y - low_y) / side);
    json edges = json::array();
    for (const auto& [one, other] : tree.edges) {
      edges.push_back(one);
      edges.push_back(other);
    }
    list.push_back({{"panel", tree.panel},
                    {"map", tree.map},
                    {"markers", tree.markers},
                    {"edges", std::move(edges)},
                    {"side", rounded(side)},
                    {"places", std::move(places)},
                    {"events", tree.events},
                    {"metaclusters", tree.metaclusters},
                    {"values", tree.values}});
  }
  return list;
}

}  // namespace gateless::report
