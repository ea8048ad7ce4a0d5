// The fields of what stages finish, for the pieces of an interrupted run.
#pragma once

#include "host/cluster/clustering_fields.hpp"
#include "host/stages/panel_analysis.hpp"

namespace gateless {

// ---- samples

auto fields_of(Itself<PanelChannel> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
}
auto fields_of(Itself<Panel> auto& x) {
  auto& [name, instrument, channels, warnings] = x;
  return std::tie(name, instrument, channels, warnings);
}
auto fields_of(Itself<Transform> auto& x) {
  auto& [kind, cofactor, t, w, m, a] = x;
  return std::tie(kind, cofactor, t, w, m, a);
}
auto fields_of(Itself<MarkerSpread> auto& x) {
  auto& [marker, shift, width] = x;
  return std::tie(marker, shift, width);
}
auto fields_of(Itself<QcRow> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
}
auto fields_of(Itself<MarkerDoubt> auto& x) {
  auto& [file, marker] = x;
  return std::tie(file, marker);
}
auto fields_of(Itself<PooledSample> auto& x) {
  auto& [a, b, c, d, e, f, g, h] = x;
  return std::tie(a, b, c, d, e, f, g, h);
}
auto fields_of(Itself<PanelEvents> auto& x) {
  auto& [panel, markers, transforms, store, samples, qc, doubts] = x;
  return std::tie(panel, markers, transforms, store, samples, qc, doubts);
}

// ---- levels and calls

auto fields_of(Itself<CornerAxis> auto& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}
auto fields_of(Itself<MarkerRange> auto& x) {
  auto& [low, high] = x;
  return std::tie(low, high);
}
auto fields_of(Itself<LevelDensity> auto& x) {
  auto& [mean, sd, text] = x;
  return std::tie(mean, sd, text);
}
auto fields_of(Itself<LearnedMarker> auto& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto fields_of(Itself<SubsetClass> auto& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}
auto fields_of(Itself<ScatterGate> auto& x) {
  auto& [subset, marker, low, high] = x;
  return std::tie(subset, marker, low, high);
}
auto fields_of(Itself<SubsetMixture> auto& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto fields_of(Itself<ResolvedSubset> auto& x) {
  auto& [id, name, parent, is_overlay, share] = x;
  return std::tie(id, name, parent, is_overlay, share);
}
auto fields_of(Itself<UnresolvedSubset> auto& x) {
  auto& [id, name, reason, by_data] = x;
  return std::tie(id, name, reason, by_data);
}
auto fields_of(Itself<BlindMarker> auto& x) {
  auto& [marker, population, reason] = x;
  return std::tie(marker, population, reason);
}
auto fields_of(Itself<SubsetModel> auto& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto fields_of(Itself<SampleFit> auto& x) {
  auto& [weights, shift] = x;
  return std::tie(weights, shift);
}
auto fields_of(Itself<LearnedSubsets> auto& x) {
  auto& [model, fits] = x;
  return std::tie(model, fits);
}
auto fields_of(Itself<SubsetCalls> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
}

// ---- names and places

auto fields_of(Itself<ClusterRow> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
}
auto fields_of(Itself<EventMap> auto& x) {
  auto& [along, up] = x;
  return std::tie(along, up);
}
auto fields_of(Itself<Plane> auto& x) {
  auto& [node_places, events] = x;
  return std::tie(node_places, events);
}

}  // namespace gateless
