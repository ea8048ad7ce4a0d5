#include "host/stages/shown_values.hpp"

#include <algorithm>

namespace gateless::stages {
namespace {

std::size_t row_of(const PanelEvents& events, const std::string& marker) {
  return static_cast<std::size_t>(std::find(events.markers.begin(), events.markers.end(), marker) -
                                  events.markers.begin());
}

struct Axis {
  double& low;
  double& high;
  std::vector<std::pair<double, std::string>>& ticks;
};

void show(const Axis& axis, const Transform& transform) {
  const ShownScale scale(transform);
  axis.low = scale(axis.low);
  axis.high = scale(axis.high);
  axis.ticks = linear_ticks(transform, axis.low, axis.high);
}

}  // namespace

std::vector<ShownScale> shown_scales(const PanelEvents& events) {
  return {events.transforms.begin(), events.transforms.end()};
}

void show(ClusterRow& row, const PanelEvents& events) {
  for (auto& [marker, median] : row.medians) {
    const std::size_t at = row_of(events, marker);
    if (at < events.transforms.size()) median = ShownScale(events.transforms[at])(median);
  }
}

void show(BackGate& gate, const PanelEvents& events) {
  const Transform& x = events.transforms[row_of(events, gate.x_marker)];
  const Transform& y = events.transforms[row_of(events, gate.y_marker)];
  show(Axis{gate.x_low, gate.x_high, gate.x_ticks}, x);
  show(Axis{gate.y_low, gate.y_high, gate.y_ticks}, y);
  const ShownScale shown_x(x), shown_y(y);
  for (BackGateSample& sample : gate.samples) {
    for (double& border : sample.x_borders) border = shown_x(border);
    for (double& border : sample.y_borders) border = shown_y(border);
    for (auto& [along, up] : sample.corner) {
      along = shown_x(along);
      up = shown_y(up);
    }
  }
}

void show(SampledMarker& marker, const PanelEvents& events) {
  show(Axis{marker.low, marker.high, marker.ticks},
       events.transforms[row_of(events, marker.marker)]);
}

}  // namespace gateless::stages
