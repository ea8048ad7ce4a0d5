// The fields of all results, for the pieces of an interrupted run.
#pragma once

#include "host/stages/piece_fields.hpp"

namespace gateless {

auto fields_of(Itself<AbundanceRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
         f21, f22] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18,
                  f19, f20, f21, f22);
}
auto fields_of(Itself<ChangeRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
         f21] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18,
                  f19, f20, f21);
}
auto fields_of(Itself<PatientRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
}
auto fields_of(Itself<MarkerMedian> auto& x) {
  auto& [f1, f2, f3] = x;
  return std::tie(f1, f2, f3);
}
auto fields_of(Itself<MarkerMediansRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9);
}
auto fields_of(Itself<MarkerChangeRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18);
}
auto fields_of(Itself<ClusterCountRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6] = x;
  return std::tie(f1, f2, f3, f4, f5, f6);
}
auto fields_of(Itself<AbnormalRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
}
auto fields_of(Itself<UnresolvedRow> auto& x) {
  auto& [f1, f2, f3, f4, f5] = x;
  return std::tie(f1, f2, f3, f4, f5);
}
auto fields_of(Itself<SubsetDefinition> auto& x) {
  auto& [f1, f2] = x;
  return std::tie(f1, f2);
}
auto fields_of(Itself<ImplausibleRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7);
}
auto fields_of(Itself<ChannelRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7);
}
auto fields_of(Itself<BackGateSample> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7);
}
auto fields_of(Itself<BackGate> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
}
auto fields_of(Itself<SampledMarker> auto& x) {
  auto& [f1, f2, f3, f4, f5] = x;
  return std::tie(f1, f2, f3, f4, f5);
}
auto fields_of(Itself<SampledStratum> auto& x) {
  auto& [f1, f2, f3, f4] = x;
  return std::tie(f1, f2, f3, f4);
}
auto fields_of(Itself<SampledEvents> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6] = x;
  return std::tie(f1, f2, f3, f4, f5, f6);
}
auto fields_of(Itself<NodeTree> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8);
}
auto fields_of(Itself<GateRow> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
         f21, f22] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18,
                  f19, f20, f21, f22);
}
auto fields_of(Itself<StageRow> auto& x) {
  auto& [f1, f2, f3, f4, f5] = x;
  return std::tie(f1, f2, f3, f4, f5);
}
auto fields_of(Itself<Results> auto& x) {
  auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
         f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33, f34, f35, f36, f37, f38,
         f39, f40, f41] = x;
  return std::tie(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18,
                  f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32, f33, f34,
                  f35, f36, f37, f38, f39, f40, f41);
}

}  // namespace gateless
