#include "io/evidence_json.hpp"

namespace gateless::io {
namespace {

using Json = nlohmann::ordered_json;
using Points = std::vector<std::pair<double, double>>;

Json ticks_json(const Ticks& ticks) {
  Json json = Json::array();
  for (const auto& [place, text] : ticks) json.push_back({{"at", place}, {"text", text}});
  return json;
}

Ticks ticks_of(const Json& json) {
  Ticks ticks;
  for (const Json& tick : json) ticks.emplace_back(tick.at("at"), tick.at("text"));
  return ticks;
}

template <class Number>
Json pairs_json(const std::vector<std::pair<Number, Number>>& pairs) {
  Json json = Json::array();
  for (const auto& [first, second] : pairs) json.push_back({first, second});
  return json;
}

template <class Number>
std::vector<std::pair<Number, Number>> pairs_of(const Json& json) {
  std::vector<std::pair<Number, Number>> pairs;
  for (const Json& pair : json)
    pairs.emplace_back(pair.at(0).get<Number>(), pair.at(1).get<Number>());
  return pairs;
}

template <class Value>
std::vector<Value> values_of(const Json& json) {
  return json.get<std::vector<Value>>();
}

}  // namespace

Json back_gate_json(const BackGate& gate) {
  Json samples = Json::array();
  for (const BackGateSample& sample : gate.samples) {
    samples.push_back({{"sample", sample.sample},
                       {"events", sample.events},
                       {"counts", sample.counts},
                       {"x_borders", sample.x_borders},
                       {"y_borders", sample.y_borders},
                       {"corner", pairs_json(sample.corner)},
                       {"fractions", sample.fractions}});
  }
  return {{"panel", gate.panel},
          {"parent", gate.parent},
          {"partition", gate.partition},
          {"x_marker", gate.x_marker},
          {"y_marker", gate.y_marker},
          {"x", {gate.x_low, gate.x_high}},
          {"y", {gate.y_low, gate.y_high}},
          {"x_ticks", ticks_json(gate.x_ticks)},
          {"y_ticks", ticks_json(gate.y_ticks)},
          {"bins", gate.bins},
          {"x_parts", gate.x_parts},
          {"parts", gate.parts},
          {"samples", samples}};
}

BackGate back_gate_of(const Json& json) {
  BackGate gate{.panel = json.at("panel"),
                .parent = json.at("parent"),
                .partition = json.at("partition"),
                .x_marker = json.at("x_marker"),
                .y_marker = json.at("y_marker"),
                .x_low = json.at("x").at(0),
                .x_high = json.at("x").at(1),
                .y_low = json.at("y").at(0),
                .y_high = json.at("y").at(1),
                .x_ticks = ticks_of(json.at("x_ticks")),
                .y_ticks = ticks_of(json.at("y_ticks")),
                .bins = json.at("bins"),
                .x_parts = json.at("x_parts"),
                .parts = values_of<std::string>(json.at("parts")),
                .samples = {}};
  for (const Json& sample : json.at("samples")) {
    gate.samples.push_back({.sample = sample.at("sample"),
                            .events = sample.at("events"),
                            .counts = sample.at("counts"),
                            .x_borders = values_of<double>(sample.at("x_borders")),
                            .y_borders = values_of<double>(sample.at("y_borders")),
                            .corner = pairs_of<double>(sample.at("corner")),
                            .fractions = values_of<double>(sample.at("fractions"))});
  }
  return gate;
}

Json sampled_events_json(const SampledEvents& sampled) {
  Json strata = Json::array(), markers = Json::array();
  for (const SampledStratum& stratum : sampled.strata) {
    strata.push_back({{"sample", stratum.sample},
                      {"subset", stratum.subset},
                      {"events", stratum.events},
                      {"sampled", stratum.sampled}});
  }
  for (const SampledMarker& marker : sampled.markers) {
    markers.push_back({{"marker", marker.marker},
                       {"range", {marker.low, marker.high}},
                       {"ticks", ticks_json(marker.ticks)},
                       {"values", marker.values}});
  }
  return {{"panel", sampled.panel}, {"strata", strata},     {"markers", markers},
          {"map", sampled.map},     {"bins", sampled.bins}, {"density", sampled.density}};
}

SampledEvents sampled_events_of(const Json& json) {
  SampledEvents sampled{.panel = json.at("panel"),
                        .strata = {},
                        .markers = {},
                        .map = json.at("map"),
                        .bins = json.at("bins"),
                        .density = json.at("density")};
  for (const Json& stratum : json.at("strata")) {
    sampled.strata.push_back({.sample = stratum.at("sample"),
                              .subset = stratum.at("subset"),
                              .events = stratum.at("events"),
                              .sampled = stratum.at("sampled")});
  }
  for (const Json& marker : json.at("markers")) {
    sampled.markers.push_back({.marker = marker.at("marker"),
                               .low = marker.at("range").at(0),
                               .high = marker.at("range").at(1),
                               .ticks = ticks_of(marker.at("ticks")),
                               .values = marker.at("values")});
  }
  return sampled;
}

Json node_tree_json(const NodeTree& tree) {
  return {{"panel", tree.panel},
          {"map", tree.map},
          {"markers", tree.markers},
          {"edges", pairs_json(tree.edges)},
          {"places", pairs_json(tree.places)},
          {"events", tree.events},
          {"metaclusters", tree.metaclusters},
          {"values", tree.values}};
}

NodeTree node_tree_of(const Json& json) {
  return {.panel = json.at("panel"),
          .map = json.at("map"),
          .markers = values_of<std::string>(json.at("markers")),
          .edges = pairs_of<std::size_t>(json.at("edges")),
          .places = pairs_of<double>(json.at("places")),
          .events = values_of<std::uint64_t>(json.at("events")),
          .metaclusters = values_of<std::uint32_t>(json.at("metaclusters")),
          .values = json.at("values")};
}

}  // namespace gateless::io
