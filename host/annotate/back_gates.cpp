#include "host/annotate/back_gates.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace gateless {
namespace {

constexpr std::size_t kPictureBins = 96;

struct Picture {
  const char* parent;
  const char* x;
  const char* y;
};

constexpr std::array<Picture, 6> kPictures{{{"b_cell", "IgD", "CD27"},
                                            {"b_cell", "CD24", "CD38"},
                                            {"b_cell", "CD21", "CD11c"},
                                            {"t_cell", "CD4", "CD8"},
                                            {"t_cd4", "CD25", "CD127"},
                                            {"t_cd4", "CCR7", "CD45RA"}}};

std::size_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

std::size_t bin_of(float value, const MarkerRange& range) {
  const double share = (static_cast<double>(value) - range.low) / (range.high - range.low);
  const double bin = std::clamp(share, 0.0, 1.0) * static_cast<double>(kPictureBins);
  return std::min(static_cast<std::size_t>(bin), kPictureBins - 1);
}

bool is_within(const SubsetModel& model, std::int16_t subset, std::int16_t parent) {
  while (subset >= 0 && subset != parent)
    subset = model.subsets[static_cast<std::size_t>(subset)].parent;
  return subset >= 0;
}

BackGate draw(const EventView& events, const SubsetModel& model, const SubsetCalls& calls,
              std::int16_t parent, std::size_t x, std::size_t y) {
  BackGate gate;
  gate.parent = model.subsets[static_cast<std::size_t>(parent)].id;
  gate.x_marker = model.markers[x];
  gate.y_marker = model.markers[y];
  gate.x_low = model.ranges[x].low;
  gate.x_high = model.ranges[x].high;
  gate.y_low = model.ranges[y].low;
  gate.y_high = model.ranges[y].high;
  gate.counts = Matrix<float>(kPictureBins, kPictureBins);
  std::vector<bool> inside(model.subsets.size());
  for (std::size_t s = 0; s < inside.size(); ++s)
    inside[s] = is_within(model, static_cast<std::int16_t>(s), parent);
  struct Sum {
    double events = 0.0, x = 0.0, y = 0.0;
  };
  std::map<std::int16_t, Sum> sums;
  const auto xs = events.marker(x);
  const auto ys = events.marker(y);
  for (std::size_t i = 0; i < events.events; ++i) {
    const std::int16_t subset = calls.subset_of_event[i];
    if (subset < 0 || !inside[static_cast<std::size_t>(subset)]) continue;
    gate.counts(bin_of(ys[i], model.ranges[y]), bin_of(xs[i], model.ranges[x])) += 1.0F;
    Sum& sum = sums[subset];
    sum.events += 1.0;
    sum.x += static_cast<double>(xs[i]);
    sum.y += static_cast<double>(ys[i]);
  }
  for (const auto& [subset, sum] : sums) {
    if (subset == parent || sum.events < 20.0) continue;
    gate.centres.emplace_back(model.subsets[static_cast<std::size_t>(subset)].name,
                              std::pair(sum.x / sum.events, sum.y / sum.events));
  }
  return gate;
}

}  // namespace

std::vector<BackGate> back_gates(const EventView& events, const SubsetModel& model,
                                 const SubsetCalls& calls) {
  std::vector<BackGate> gates;
  for (const Picture& picture : kPictures) {
    const std::size_t parent = index_of(calls.subsets, picture.parent);
    const std::size_t x = index_of(model.markers, picture.x);
    const std::size_t y = index_of(model.markers, picture.y);
    if (parent == calls.subsets.size() || x == model.markers.size() || y == model.markers.size())
      continue;
    gates.push_back(draw(events, model, calls, static_cast<std::int16_t>(parent), x, y));
  }
  return gates;
}

}  // namespace gateless
