#include "host/stages/model_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/core/distribution.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/transform_curve.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::stages {
namespace {

constexpr std::size_t kFewestEvents = 200;
constexpr double kNarrow = 0.3;  ///< of the model's width: on another scale
constexpr double kBeyond = 0.5;  ///< of the model's width, above its brightest node: the median
constexpr double kTop = 0.2;     ///< the same: the brightest hundredth
constexpr double kDim = -0.3;    ///< the same: a tenth of the light, or less

/// A marker's range over the nodes of the model's own map, transformed units.
struct NodeRange {
  double low = 0.0, high = 0.0;
};

std::optional<NodeRange> range_of(const CodebookModel& map, const std::string& marker) {
  const auto found = std::find(map.markers.begin(), map.markers.end(), marker);
  if (found == map.markers.end() || map.codebook.rows() == 0) return std::nullopt;
  const auto column = static_cast<std::size_t>(found - map.markers.begin());
  NodeRange range{HUGE_VAL, -HUGE_VAL};
  for (std::size_t node = 0; node < map.codebook.rows(); ++node) {
    const float value = map.codebook(node, column) / map.scaling.scale + map.scaling.shift[column];
    range.low = std::min(range.low, static_cast<double>(value));
    range.high = std::max(range.high, static_cast<double>(value));
  }
  return range;
}

/// How a file's events lie against the model's nodes: medians over the markers, in widths of the nodes' range.
struct Fit {
  double width = 1.0;   ///< of the events (1 % to 99 %)
  double beyond = 0.0;  ///< their median above the brightest node
  double top = 0.0;     ///< their 99 % quantile above it
};

std::optional<Fit> fit_of(const Ingested& file, const PanelModel& model) {
  std::vector<double> widths, beyond, tops;
  for (std::size_t row = 0; row < model.markers.size(); ++row) {
    const std::optional<NodeRange> nodes = range_of(model.maps.front(), model.markers[row]);
    const auto& names = file.prepared.markers;
    const auto found = std::find(names.begin(), names.end(), model.markers[row]);
    if (!nodes || !(nodes->high > nodes->low) || found == names.end()) continue;
    const MarkerValues values =
        look_at(file.prepared.columns[static_cast<std::size_t>(found - names.begin())]);
    const TransformCurve curve(model.transforms[row]);
    const auto at = [&](double quantile) {
      const double value = values.quantile(quantile);
      return curve.is_identity() ? value : static_cast<double>(curve(static_cast<float>(value)));
    };
    const double width = nodes->high - nodes->low;
    widths.push_back((at(0.99) - at(0.01)) / width);
    beyond.push_back((at(0.5) - nodes->high) / width);
    tops.push_back((at(0.99) - nodes->high) / width);
  }
  if (widths.empty()) return std::nullopt;
  return Fit{upper_median(widths), upper_median(beyond), upper_median(tops)};
}

bool is_trained_on_linear(const PanelModel& model) {
  return std::any_of(model.transforms.begin(), model.transforms.end(),
                     [](const Transform& each) { return each.kind != TransformKind::kNone; });
}

/// Holds one file against the model; `of` names it.
void compare_with_model(const std::string& of, const Ingested& file, const PanelModel& model,
                        CheckedMarkers& checked, Progress& progress) {
  constexpr const char* kWayOut =
      "export it as the files that the model was trained on, or train anew";
  if (!file.prepared.scale.empty() && is_trained_on_linear(model)) {
    checked.refusals.push_back(fmt::format(
        "{}: values are transformed already ({}), those of the model were linear (no event would "
        "find its node); {}",
        of, file.prepared.scale, kWayOut));
    return;
  }
  const std::optional<Fit> fit =
      file.prepared.kept < kFewestEvents ? std::nullopt : fit_of(file, model);
  if (!fit) return;
  if (fit->beyond > kBeyond) {
    checked.refusals.push_back(fmt::format(
        "{}: values lie far above all that the model was trained on (another scale? no event would "
        "find its node); {}",
        of, kWayOut));
  } else if (fit->top > kTop) {
    progress.warn(
        fmt::format("{}: the brightest cells in most markers lie above all that the model was "
                    "trained on (another "
                    "scale or voltage?): look at this file",
                    of));
  } else if (fit->width < kNarrow || fit->top < kDim) {
    progress.warn(
        fmt::format("{}: even the brightest cells in most markers lie far below those that the "
                    "model was trained on "
                    "(another scale or voltage, or cells of few kinds?): look at this file",
                    of));
  }
}

}  // namespace

void check_against_model(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                         const PanelModel& model) {
  std::string errors;
  for (std::size_t sample = 0; sample < files.size(); ++sample) {
    std::vector<std::string> missing;
    const std::vector<std::string>& theirs = files[sample].prepared.markers;
    for (const std::string& marker : model.markers) {
      if (std::find(theirs.begin(), theirs.end(), marker) == theirs.end())
        missing.push_back(marker);
    }
    if (missing.empty()) continue;
    errors += fmt::format(
        "{}{}: lacks {} (the model was trained on it); map files of the same panel, or train anew",
        errors.empty() ? "" : "\n          ", samples[sample].path, fmt::join(missing, ", "));
  }
  if (!errors.empty()) throw InputError(errors);
}

CheckedMarkers check_mapped(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                            const PanelModel& model, std::size_t threads, Progress& progress) {
  CheckedMarkers checked{.markers = model.markers, .doubts = {}, .refusals = {}};
  std::vector<FileOfPanel> members;
  for (std::size_t file = 0; file < files.size(); ++file) {
    members.push_back({samples[file].file, &files[file].prepared, &files[file].panel,
                       files[file].spillover ? &*files[file].spillover : nullptr});
    compare_with_model(samples[file].path, files[file], model, checked, progress);
  }
  PanelCheck check = check_panel(std::move(members), model.markers, threads);
  for (const std::string& warning : check.warnings)
    progress.warn(fmt::format("panel '{}': {}", model.panel.name, warning));
  checked.doubts = std::move(check.doubts);
  checked.refusals.insert(checked.refusals.end(), check.refusals.begin(), check.refusals.end());
  return checked;
}

}  // namespace gateless::stages
