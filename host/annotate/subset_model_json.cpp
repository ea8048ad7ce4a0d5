// The learned subset model as JSON text, for the model file.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/annotate/subset_model.hpp"
#include "host/core/error.hpp"

namespace gateless::annotate {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MarkerRange, low, high)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LevelDensity, mean, sd, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LearnedMarker, marker, levels, certainty, is_rigid, border,
                                   border_sd, is_set)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SubsetClass, subset, level_share, level_move, is_free, weight,
                                   certainty)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ScatterGate, subset, marker, low, high)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SubsetMixture, parent, partition, is_lineage, is_quadrants,
                                   markers, classes, gates)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ResolvedSubset, id, name, parent, is_overlay, share)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UnresolvedSubset, id, name, reason, by_data)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BlindMarker, marker, population, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CornerAxis, x, y, x_mode, x_sd, y_mode, y_sd)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SubsetModel, markers, corners, ranges, subsets, unresolved,
                                   blind, mixtures)

namespace {

/// The indices of a model from a file may be anything; what follows relies on them.
bool is_consistent(const SubsetModel& model) {
  const auto subsets = static_cast<std::int64_t>(model.subsets.size());
  if (model.ranges.size() != model.markers.size() + model.corners.size()) return false;
  for (const CornerAxis& corner : model.corners) {
    if (corner.x >= model.markers.size() || corner.y >= model.markers.size() ||
        !(std::abs(corner.x_sd) > 0.0) || !(std::abs(corner.y_sd) > 0.0))
      return false;
  }
  for (std::int64_t s = 0; s < subsets; ++s) {
    const std::int16_t parent = model.subsets[static_cast<std::size_t>(s)].parent;
    if (parent < -1 || parent >= s) return false;
  }
  for (const MarkerRange& range : model.ranges) {
    if (!(range.high > range.low)) return false;
  }
  for (const SubsetMixture& mixture : model.mixtures) {
    if (mixture.parent < 0 || mixture.parent >= subsets || mixture.classes.empty()) return false;
    for (const LearnedMarker& marker : mixture.markers) {
      if (marker.marker >= model.ranges.size() || marker.levels.empty()) return false;
      if (!(marker.border_sd >= 0.0) || (marker.border_sd > 0.0 && marker.levels.size() != 2))
        return false;
      for (const LevelDensity& level : marker.levels) {
        if (!(level.sd > 0.0)) return false;
      }
    }
    for (const ScatterGate& gate : mixture.gates) {
      const bool is_there =
          std::any_of(mixture.markers.begin(), mixture.markers.end(),
                      [&](const LearnedMarker& marker) { return marker.marker == gate.marker; });
      if (gate.subset < 0 || gate.subset >= subsets || !is_there || !(gate.high > gate.low))
        return false;
    }
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset < -1 || one.subset >= subsets ||
          one.level_share.size() != mixture.markers.size() ||
          one.level_move.size() != mixture.markers.size() ||
          one.is_free.size() != mixture.markers.size())
        return false;
      for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
        if (one.level_share[m].size() != mixture.markers[m].levels.size() ||
            one.level_move[m].size() != one.level_share[m].size()) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace

std::string row_name(const SubsetModel& model, std::size_t row) {
  if (row < model.markers.size()) return model.markers[row];
  const CornerAxis& corner = model.corners[row - model.markers.size()];
  const auto name = [&](std::size_t marker, double sd) {
    return model.markers[marker] + (sd < 0.0 ? "low" : "");
  };
  return name(corner.x, corner.x_sd) + "/" + name(corner.y, corner.y_sd);
}

std::string to_json(const SubsetModel& model) { return nlohmann::json(model).dump(); }

SubsetModel subset_model_from_json(const std::string& text) {
  try {
    SubsetModel model = nlohmann::json::parse(text).get<SubsetModel>();
    if (is_consistent(model)) return model;
  } catch (const nlohmann::json::exception& error) {
    throw InputError(fmt::format(
        "subset model: {} (levels and thresholds cannot be restored); train the model again",
        error.what()));
  }
  throw InputError(
      "subset model: its parts do not fit together (levels and thresholds cannot be restored); "
      "train the "
      "model again");
}

}  // namespace gateless::annotate
