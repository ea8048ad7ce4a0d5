// Where the levels of a marker are looked for first: modes of its density within the parent, and in the whole pool
// where the parent does not show them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "host/annotate/mixture_design.hpp"

namespace gateless::annotate {

inline constexpr std::size_t kBins = 256;

using BinCounts = std::array<double, kBins>;

/// A peak of a density, in bins.
struct Mode {
  double position = 0.0;
  double sd = 1.0;
  double mass = 0.0;               ///< share of the events between its valleys
  double left = 0.0, right = 0.0;  ///< spreads of its two flanks, where they are known apart
};

/// A parent's events in one marker: all of them, and each moved to the mean of its node. Events of a node share the
/// same noise, so means show modes that run into each other event by event.
struct ParentDensity {
  BinCounts events{};
  BinCounts node_means{};  ///< empty (all zero) without a map
  double node_sd = 5.0;    ///< spread of events around their node's mean, bins
  /// The events with the least or the most of another marker that tells the same siblings apart: of each such marker
  /// kStrata, in pairs (least, most), the narrowest first.
  std::vector<BinCounts> strata;
};
inline constexpr std::size_t kStrata = 6;

/// The counts, smoothed by a normal kernel; bins.
inline constexpr double kSmoothing = 4.0;
/// Narrower is the kernel's flank, as that of mass cytometry's zeros; bins.
inline constexpr double kOwnFlank = 2.0 * kSmoothing;
[[nodiscard]] std::vector<double> smooth(const BinCounts& counts, double sd);

/// Peaks in rising order, told apart by valleys of at least a fifth of the lower peak that counting noise does not
/// explain; a peak holds at least 0.5 % of the events. `counts` sum to the events that were looked at. What lies beyond the range
/// makes no peak.
[[nodiscard]] std::vector<Mode> find_modes(const BinCounts& counts);

/// Above the only mode of all events, the positive cells of a lineage of which there are next to none, as after depletion: 0.1 %
/// of the events and 50 or more, far apart from the rest and not much narrower.
[[nodiscard]] std::optional<Mode> find_rare_mode(const BinCounts& counts, const Mode& only);

/// Modes of the events of a stratum, which may be few: smoothed the more, the fewer they are; the spread of a mode is
/// that of its top, whatever lies in its tails.
/// Values beyond the range lie at its ends, where they make no top; `ends_count`: bright cells do.
[[nodiscard]] std::vector<Mode> find_tops(const BinCounts& counts, bool ends_count = false);

/// Between two levels, bins: where they meet, and how wide the doubt is around it; an sd of 0: none is drawn.
struct LevelBorder {
  double at = 0.0, sd = 0.0;
  bool is_set = false;  ///< by hand: it does not move with a sample's levels
};

/// The border between two modes: where the flanks that face each other meet (the lower one as a stratum of the parent shows
/// it that holds the lower mode alone); at the edge of the lower mode (1.645 spreads, 95 % of a normal density) where the two
/// overlap, more cells lie between than they account for or the marker is graded; within the valley between them. None where
/// the lower mode has no lower flank to measure it by (the zeros of mass cytometry).
[[nodiscard]] LevelBorder border_between(const ParentDensity& parent, const Mode& lower,
                                         const Mode& upper, bool is_graded = false);

/// How wide the doubt is where two populations meet: two normal densities so far apart give way to each other within a
/// logistic of scale sd^2 / gap, which is a normal distribution function 1.7 times as wide (Johnson & Kotz 1970).
[[nodiscard]] double doubt_between(double lower_sd, double upper_sd, double gap);

/// The largest mode, with the spread that most of its events on the narrower side show: counted, not read off its top, so
/// that files that are nearly alike give nearly the same. Nothing where there are too few events to say.
[[nodiscard]] std::optional<Mode> main_mode(const BinCounts& counts);

/// Two normal densities that make up one mode, bins.
struct TwoNormals {
  Mode lower, upper;      ///< `mass`: share of the events
  LevelBorder between{};  ///< where the two densities are alike, whatever they hold
  double apart = 0.0;     ///< mean spreads
};

/// Between two modes, bins: where normal densities of their spreads are alike, whatever they hold.
[[nodiscard]] double where_densities_meet(const Mode& lower, const Mode& upper);

/// The two normal densities that fit the events best, none narrower than `smallest_sd` or than half of the other.
[[nodiscard]] TwoNormals two_normals(const BinCounts& counts, double smallest_sd);

/// The largest mode with the spread of its lower side, for a parent whose upper side holds another population; with that of its
/// upper side where it has no lower one (the zeros of mass cytometry), if it may.
[[nodiscard]] Mode bulk_of(const BinCounts& counts, bool may_be_zeros = false);

/// A first guess of one level, in bins.
struct PlacedLevel {
  double mean = 0.0;
  double sd = 1.0;
  bool is_seen = false;  ///< the parent itself shows it
  /// To its neighbour, where a valley of the parent's density or of the means of nodes, or that no event lies between, sets
  /// the two apart; else 0.
  double gap = 0.0;
  double certainty = 1.0;  ///< that it is what it is taken for, where no lower level shows
  double floor = -1e9;     ///< it lies no lower, wherever its events are
  LevelBorder border{};    ///< of the lowest of two; none: they meet where their densities do
  bool is_shown =
      false;  ///< the parent's own density, or a stratum of it, shows it and its neighbour
  bool is_untold = false;  ///< nothing shows where its marker's positive cells begin
  bool is_rigid = false;   ///< its marker's levels are placed by one of them, and move with it
  bool is_anchored =
      false;  ///< a stratum of the parent shows it alone: it stays there, and as narrow
};

/// What is known of a marker from outside the parent, bins; a mass of 0: nothing.
struct PoolModes {
  std::vector<Mode> own;          ///< of the whole pool, rising
  Mode negatives{0.0, 1.0, 0.0};  ///< where other markers' negative cells lie
  Mode dimmest{0.0, 1.0, 0.0};    ///< the lowest mode of any other marker
  /// Its negative and its highest level as learned in the nearest population that holds the parent and is divided by it.
  Mode told_negative{0.0, 1.0, 0.0}, told_positive{0.0, 1.0, 0.0};
  /// Both sides of a border that another population showed: where CD4 T cells divide by CD45RA, CD8 T cells do.
  std::vector<PlacedLevel> shown{};
  std::vector<PlacedLevel>
      of_lineage{};  ///< the same where a valley of all cells of the lineage shows it
  std::vector<PlacedLevel> beside{};  ///< the same in another population of the lineage
  /// The lineage, other than the parent's, whose cells have the least of it.
  Mode lowest_lineage{0.0, 1.0, 0.0};
  std::optional<double> set_border{};  ///< by hand
  std::vector<double> linear{};        ///< intensity in the middle of each bin; empty: not known
};

/// Whether the largest mode is a spike at the low end (the zeros of mass cytometry).
[[nodiscard]] bool are_zeros(const BinCounts& counts);

/// Where the events above a mode are no longer its own: from its 95 % point on, the first place from which the density falls by
/// less than half within one of its spreads (that of a normal density falls to an eighth there, or less), at 3.3 spreads at the
/// latest. Bins.
[[nodiscard]] double leaves_mode_at(const BinCounts& counts, const Mode& mode);

/// The 99 % point of the largest stratum that holds the lower mode alone.
[[nodiscard]] std::optional<double> end_in_stratum(const std::vector<BinCounts>& strata,
                                                   const Mode& lower, const Mode& upper);

/// Where negative cells end in a mode that holds positive ones, too, as its upper flank is much wider than its lower one: as far
/// above its top as the lowest hundredth lies below, in linear intensity, in which the noise of photons and of the detector is
/// even (the reason for scales that are linear around 0: Parks DR et al. 2006, "A new 'Logicle' display method avoids deceptive
/// effects of logarithmic scaling for low signals and compensated data", abstract read). None where the flanks are alike (the
/// upper one of a single population of the made panels is 1.65 times as wide at most), or as narrow as the kernel's.
[[nodiscard]] std::optional<double> end_by_lower_flank(const BinCounts& counts, const Mode& mode,
                                                       const std::vector<double>& linear);

/// Two levels and their border where the cells show two modes; none where they show one.
[[nodiscard]] std::vector<PlacedLevel> place_by_valley(const MarkerDesign& marker,
                                                       const ParentDensity& cells,
                                                       const PoolModes& pool);

/// `bins_per_unit`: of the transformed scale; that of side scatter is logarithmic (natural).
[[nodiscard]] std::vector<PlacedLevel> place_levels(const MarkerDesign& marker,
                                                    const ParentDensity& parent,
                                                    const PoolModes& pool, double bins_per_unit);

}  // namespace gateless::annotate
