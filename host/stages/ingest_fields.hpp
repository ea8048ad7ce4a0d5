// The fields of what ranks are told of files, and of what they read of them.
#pragma once

#include "host/stages/ingest_file.hpp"
#include "host/stages/piece_fields.hpp"

namespace gateless {

// ---- what is asked

auto fields_of(Itself<Sample> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k);
}
auto fields_of(Itself<KnownMarker> auto& x) {
  auto& [a, b, c, d, e, f, g, h] = x;
  return std::tie(a, b, c, d, e, f, g, h);
}
auto fields_of(Itself<KnownSubset> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y, z, aa] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y, z, aa);
}
auto fields_of(Itself<KnownComposite> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
auto fields_of(Itself<ReferenceRange> auto& x) {
  auto& [subset, of, low, high, population] = x;
  return std::tie(subset, of, low, high, population);
}
auto fields_of(Itself<ChannelNameRules> auto& x) {
  auto& [fluorochromes, non_markers, unlabelled] = x;
  return std::tie(fluorochromes, non_markers, unlabelled);
}
auto fields_of(Itself<Knowledge> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b, c, d, e, f, g, h, i);
}
auto fields_of(Itself<TransformChoice> auto& x) {
  auto& [kind, cofactor] = x;
  return std::tie(kind, cofactor);
}
auto fields_of(Itself<CleanChoice> auto& x) {
  auto& [margins, drift, doublets, debris, dead] = x;
  return std::tie(margins, drift, doublets, debris, dead);
}

// ---- what is read

auto fields_of(Itself<Channel> auto& x) {
  auto& [name, stain, range] = x;
  return std::tie(name, stain, range);
}
auto fields_of(Itself<Spillover> auto& x) {
  auto& [channels, coefficients, missing] = x;
  return std::tie(channels, coefficients, missing);
}
auto fields_of(Itself<PreparedSample> auto& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
}
auto fields_of(Itself<Ingested> auto& x) {
  auto& [channels, panel, spillover, prepared, sha256, bytes, warnings, error] = x;
  return std::tie(channels, panel, spillover, prepared, sha256, bytes, warnings, error);
}

}  // namespace gateless
