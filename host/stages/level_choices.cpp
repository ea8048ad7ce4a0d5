#include "host/stages/level_choices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host/annotate/mixture_design.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/shown_scale.hpp"
#include "io/text_file.hpp"

namespace gateless::stages {
namespace {

bool is_for(const LevelChoice& level, const PanelEvents& panel) {
  const auto& markers = panel.markers;
  return (level.panel.empty() || level.panel == panel.panel.name) &&
         std::find(markers.begin(), markers.end(), level.marker) != markers.end();
}

bool is_below(const std::vector<ResolvedSubset>& subsets, std::int16_t subset,
              const std::string& id) {
  for (; subset >= 0; subset = subsets[static_cast<std::size_t>(subset)].parent) {
    if (subsets[static_cast<std::size_t>(subset)].id == id) return true;
  }
  return id.empty();
}

/// Whether the marker divides a population of the panel there into negative and positive cells.
bool divides(const LevelChoice& level, const PanelEvents& panel, const Knowledge& knowledge) {
  const AnnotationDesign design = design_annotation(knowledge, panel.markers, panel.panel);
  const auto is_by = [&](const MixtureDesign& mixture) {
    return std::any_of(
        mixture.markers.begin(), mixture.markers.end(), [&](const MarkerDesign& marker) {
          return !marker.is_corner && !marker.is_scatter && !marker.highest_is_bright &&
                 marker.levels.size() == 2 && panel.markers[marker.marker] == level.marker;
        });
  };
  return std::any_of(
      design.mixtures.begin(), design.mixtures.end(), [&](const MixtureDesign& mixture) {
        if (!is_below(design.subsets, mixture.parent, level.within)) return false;
        return is_by(mixture) ||
               std::any_of(mixture.otherwise.begin(), mixture.otherwise.end(), is_by);
      });
}

/// What is wrong with an entry; empty: nothing.
std::string problem_of(const LevelChoice& level, const Knowledge& knowledge,
                       const std::vector<PanelEvents>& panels) {
  std::vector<std::string> names, markers, subsets;
  for (const PanelEvents& panel : panels) {
    names.push_back(panel.panel.name);
    markers.insert(markers.end(), panel.markers.begin(), panel.markers.end());
  }
  for (const KnownSubset& subset : knowledge.subsets) subsets.push_back(subset.id);
  const auto is_among = [](const std::vector<std::string>& words, const std::string& word) {
    return word.empty() || std::find(words.begin(), words.end(), word) != words.end();
  };
  if (!is_among(names, level.panel))
    return fmt::format("'{}' is not a panel of this study, which has {}", level.panel,
                       fmt::join(names, ", "));
  if (!is_among(markers, level.marker))
    return fmt::format("no panel has the marker '{}'{}", level.marker,
                       did_you_mean(level.marker, markers));
  if (!is_among(subsets, level.within))
    return fmt::format("'{}' is not a subset of the knowledge file{}", level.within,
                       did_you_mean(level.within, subsets));
  for (const PanelEvents& panel : panels) {
    if (is_for(level, panel) && divides(level, panel, knowledge)) return {};
  }
  return fmt::format(
      "{} divides no population{} into negative and positive cells, so there is no border to set; "
      "correct 'within' or remove the entry",
      level.marker, level.within.empty() ? "" : " in or below " + level.within);
}

}  // namespace

void check_levels(const Study& study, const Knowledge& knowledge,
                  const std::vector<PanelEvents>& panels) {
  Problems problems(study.path);
  for (const LevelChoice& level : study.levels) {
    const std::string problem = problem_of(level, knowledge, panels);
    if (!problem.empty()) problems.add(level.line, "levels: " + problem);
  }
  problems.throw_if_any();
}

std::vector<SetBorder> set_borders_of(const std::vector<LevelChoice>& levels,
                                      const PanelEvents& panel) {
  std::vector<SetBorder> borders;
  for (const LevelChoice& level : levels) {
    if (!is_for(level, panel)) continue;
    const auto row = std::find(panel.markers.begin(), panel.markers.end(), level.marker);
    const Transform& transform =
        panel.transforms[static_cast<std::size_t>(row - panel.markers.begin())];
    borders.push_back({level.marker, level.within,
                       level.is_linear
                           ? transform_value(transform_coefficients(transform), level.at)
                           : ShownScale(transform).inverse(level.at)});
  }
  return borders;
}

void check_no_levels(const Study& study) {
  if (study.levels.empty()) return;
  throw InputError(fmt::format(
      "{}:{}: levels: the borders of a model hold as it was trained; remove the entry, or train "
      "with it: run without --model",
      study.path, study.levels.front().line));
}

void check_primary(const Study& study, const Knowledge& knowledge) {
  std::vector<std::string> known;
  for (const KnownSubset& subset : knowledge.subsets) known.push_back(subset.id);
  for (const KnownComposite& composite : knowledge.composites) known.push_back(composite.id);
  for (const std::string& word : study.compare.primary) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    throw InputError(fmt::format(
        "{}: 'primary' of compare: '{}' is not a subset of the knowledge file (its result would be "
        "missing){}; use the id of a subset or a sum",
        study.path, word, did_you_mean(word, known)));
  }
}

}  // namespace gateless::stages
