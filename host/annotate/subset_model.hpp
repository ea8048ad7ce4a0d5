// Learns, within each parent population, where the levels of its markers lie, and calls subsets event by event:
// a hierarchy of mixtures whose level positions are shared by all siblings, so that a border that shows in one
// sibling serves the others. Events are called by the borders between levels; what the mixtures hold stands beside.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/matrix.hpp"
#include "host/core/panel.hpp"
#include "host/core/pieces.hpp"
#include "host/core/progress.hpp"
#include "host/core/transform.hpp"

namespace gateless::annotate {

/// Values are told apart to 1/256 of this range; beyond it a value counts as its end.
struct MarkerRange {
  double low = 0.0;  ///< transformed units
  double high = 1.0;

  friend bool operator==(const MarkerRange&, const MarkerRange&) = default;
};

/// Two markers as one axis, for cells that have much of both (CD24++CD38++) or much of one and little of the other
/// (CD25++CD127low): how many spreads an event lies beyond the parent's modes, along what the two have in common. A row of
/// its own after the markers.
struct CornerAxis {
  std::size_t x = 0, y = 0;  ///< rows of the two markers
  /// Of the parent, transformed units; where little of a marker is wanted, its sd is negative.
  double x_mode = 0.0, x_sd = 1.0, y_mode = 0.0, y_sd = 1.0;

  /// The mean of both distances; no more than one above the smaller: much of one alone is no corner.
  [[nodiscard]] double value(double x_value, double y_value) const {
    const double along_x = (x_value - x_mode) / x_sd;
    const double along_y = (y_value - y_mode) / y_sd;
    return std::min(0.5 * (along_x + along_y), std::min(along_x, along_y) + 1.0);
  }
  friend bool operator==(const CornerAxis&, const CornerAxis&) = default;
};

/// Where corner axes are looked at, spreads.
inline constexpr MarkerRange kCornerRange{-6.0, 6.8};

/// One level of a marker within a parent: a normal density, transformed units.
struct LevelDensity {
  double mean = 0.0;
  double sd = 1.0;
  std::string text;  ///< "-", "low", "+", "high": how the level is written behind the marker

  friend bool operator==(const LevelDensity&, const LevelDensity&) = default;
};

/// A marker within a parent: its levels in rising order, shared by all siblings.
struct LearnedMarker {
  std::size_t marker = 0;  ///< index in SubsetModel::markers, or after them in its corners
  std::vector<LevelDensity> levels;
  /// Probability that its only mode is positive, if neither the parent nor the pool shows negative cells; else 1.
  double certainty = 1.0;
  bool is_rigid = false;  ///< the levels of a sample move together, with the lowest
  /// Where two levels meet, and how wide the doubt is around it, transformed units; an sd of 0: where their densities do.
  double border = 0.0, border_sd = 0.0;
  bool is_set = false;  ///< the border, by hand: it stands, whatever a sample's levels do

  friend bool operator==(const LearnedMarker&, const LearnedMarker&) = default;
};

/// A class of one mixture: a subset, or what no rule describes (subset -1).
struct SubsetClass {
  std::int16_t subset = -1;  ///< index in SubsetModel::subsets
  std::vector<std::vector<double>>
      level_share;                              ///< [markers of the mixture][levels], rows sum to 1
  std::vector<std::vector<double>> level_move;  ///< how far its own levels lie from the shared ones
  std::vector<bool> is_free;                    ///< [markers], it may have any level there
  double weight = 0.0;                          ///< pooled share of the parent
  double certainty = 1.0;  ///< that the levels it asks for are what they are taken for

  friend bool operator==(const SubsetClass&, const SubsetClass&) = default;
};

/// Where the cells of a lineage lie in side scatter, transformed units: an event outside is none of it, whatever it is stained
/// with. It moves with the lowest level of a sample.
struct ScatterGate {
  std::int16_t subset = -1;  ///< index in SubsetModel::subsets
  std::size_t marker = 0;    ///< row of side scatter
  double low = 0.0, high = 0.0;

  friend bool operator==(const ScatterGate&, const ScatterGate&) = default;
};

/// One partition (or one overlay) of a parent: the mixture that tells its children apart.
struct SubsetMixture {
  std::int16_t parent = -1;  ///< index in SubsetModel::subsets; -1: all events
  std::string partition;     ///< or the overlay's id
  bool is_lineage =
      false;  ///< of the root: lineages stand far apart, and are called as the sample holds them
  /// Positive and negative markers define all its subsets: one straight border per marker.
  bool is_quadrants = false;
  std::vector<LearnedMarker> markers;
  std::vector<SubsetClass> classes;  ///< no markers and one class: that subset is its parent
  std::vector<ScatterGate> gates{};

  friend bool operator==(const SubsetMixture&, const SubsetMixture&) = default;
};

struct ResolvedSubset {
  std::string id, name;
  std::int16_t parent = -1;  ///< index; -1: all kept events
  bool is_overlay = false;
  double share = 0.0;  ///< of the events it was learned from

  friend bool operator==(const ResolvedSubset&, const ResolvedSubset&) = default;
};

struct UnresolvedSubset {
  std::string id, name;
  std::string reason;    ///< e.g. "CD138 is not in the panel"
  bool by_data = false;  ///< the panel has its markers, the events do not tell them

  friend bool operator==(const UnresolvedSubset&, const UnresolvedSubset&) = default;
};

/// A marker whose positive cells the data do not tell within a population: what asks for it below is unresolved.
struct BlindMarker {
  std::string marker;
  std::string population;  ///< subset id
  std::string reason;      ///< with the number that it was measured by

  friend bool operator==(const BlindMarker&, const BlindMarker&) = default;
};

/// All that is needed to call events of the same panel again.
struct SubsetModel {
  std::vector<std::string> markers;     ///< in event order
  std::vector<CornerAxis> corners;      ///< rows after the markers
  std::vector<MarkerRange> ranges;      ///< [markers + corners]
  std::vector<ResolvedSubset> subsets;  ///< parents before children
  std::vector<UnresolvedSubset> unresolved;
  std::vector<BlindMarker> blind;
  std::vector<SubsetMixture> mixtures;  ///< parents before children

  friend bool operator==(const SubsetModel&, const SubsetModel&) = default;
};

/// How one sample deviates from the pool: its class weights, and the move of its levels.
struct SampleFit {
  std::vector<double> weights;             ///< [classes]
  std::vector<std::vector<double>> shift;  ///< [markers of the mixture][levels], bins
};
using SampleFits = std::vector<std::vector<SampleFit>>;  ///< [samples][mixtures]

/// What was learned, and how it fits the samples it was learned from.
struct LearnedSubsets {
  SubsetModel model;
  SampleFits fits;
};

/// The name of a row: a marker, or both markers of a corner.
[[nodiscard]] std::string row_name(const SubsetModel& model, std::size_t row);

/// Calls of all events of a pool.
struct SubsetCalls {
  std::vector<std::string> subsets;  ///< ids, as SubsetModel::subsets
  std::vector<std::int16_t>
      subset_of_event;            ///< [events], the smallest subset that holds it with at
                                  ///< least 0.5, overlays aside; -1: unassigned
  std::vector<float> confidence;  ///< [events], probability of that subset (and its ancestors)
  /// Divisions that cut across each other (memory stage, helper type, follicular cells): see subset_axes.hpp.
  std::vector<std::string> axes;
  std::vector<std::vector<std::int16_t>> profiles;  ///< [profiles][axes], subset; -1: none of it
  std::vector<std::uint32_t> profile_of_event;      ///< [events]; empty without axes
  Matrix<double> expected;  ///< [samples][subsets], events: sums of probabilities
  Matrix<double> variance;  ///< [samples][subsets], sums of p (1 - p)
  /// [samples][subsets], events by the densities of the mixture, with the tails beyond the borders.
  Matrix<double> by_mixture;
  /// [samples][mixtures][markers], between which values of the marker its levels meet; transformed units.
  std::vector<std::vector<std::vector<std::vector<double>>>> borders;
};

/// A border set by hand: from where on a marker's cells are positive, in a population and those below it.
struct SetBorder {
  std::string marker;
  std::string within;  ///< subset id; empty: every population
  double at = 0.0;     ///< transformed units
};

/// Learns from pooled, transformed events. `markers` names the rows of `events`; `panel` tells which
/// of them are known. `node_of_event` [events] is the panel's map, where there is one: node means show modes that
/// single events hide. Of two borders set for one marker the one within the nearer population holds. The result does
/// not depend on `threads`.
[[nodiscard]] SubsetModel learn_subsets(const EventView& events,
                                        const std::vector<std::string>& markers,
                                        const std::vector<SampleRange>& samples,
                                        const Knowledge& knowledge, const Panel& panel,
                                        std::size_t threads, Progress& progress,
                                        std::span<const std::uint16_t> node_of_event = {},
                                        const std::vector<SetBorder>& set_borders = {});

/// The same, with the fits of the samples, which call_subsets would find again. Levels are not learned from samples that
/// are doubtful [samples], unless half of them are; their own shares, shifts and calls are as those of the others. Each
/// mixture is kept as it is learned. `transforms` [markers] tell how intensities lie on the scale of the events; none: not known.
[[nodiscard]] LearnedSubsets learn_and_fit_subsets(
    const EventView& events, const std::vector<std::string>& markers,
    const std::vector<Transform>& transforms, const std::vector<SampleRange>& samples,
    const Knowledge& knowledge, const Panel& panel, std::size_t threads, Progress& progress,
    std::span<const std::uint16_t> node_of_event, const std::vector<SetBorder>& set_borders,
    std::vector<bool> is_doubtful, Pieces& pieces);

/// Calls events, those it was learned from or new ones; row i of `expected` belongs to samples[i].
/// Shares and shifts are fitted per sample with the levels fixed, unless `fits` has them of these samples.
[[nodiscard]] SubsetCalls call_subsets(const SubsetModel& model, const EventView& events,
                                       const std::vector<SampleRange>& samples, std::size_t threads,
                                       const SampleFits& fits = {});

[[nodiscard]] std::string to_json(const SubsetModel& model);
/// Throws InputError when `text` is not what to_json writes.
[[nodiscard]] SubsetModel subset_model_from_json(const std::string& text);

}  // namespace gateless::annotate
