// Learns one mixture from all samples: expectation and maximisation of tied levels, level shares and weights.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/annotate/class_design.hpp"
#include "host/annotate/mixture_tables.hpp"
#include "host/annotate/parent_density.hpp"
#include "host/core/parallel.hpp"

namespace gateless::annotate {
namespace {

constexpr int kLearningRounds = 40;
constexpr int kSettlingRounds = 15;
constexpr double kSettlingWeight = 0.01;
constexpr double kCoreViolation = 0.004;    // share of a class's events against a core rule
constexpr double kSupportViolation = 0.04;  // ... against a supporting one
constexpr double kQuadrantViolation = 0.2;  // ... where the marker is core of another quadrant
constexpr double kSmallestSd = 5.0;         // bins
constexpr double kLargestSd = 60.0;
constexpr double kMovePrior = 200.0;   // events that speak for a class sharing the common level
constexpr double kLargestMove = 0.35;  // of the distance to the next level
constexpr double kOtherWeight = 0.02;
// A level that a valley sets apart stays near its mode and does not widen into its neighbour: of the gap between them.
constexpr double kLargestDrift = 1.0 / 6.0;
constexpr double kLargestSpread = 1.0 / 5.0;

constexpr double kAnchoredDrift = 0.1;  // spreads
constexpr double kAnchoredSpread = 1.0;

double value_of(double bin, const MarkerRange& range) {
  return range.low + bin / static_cast<double>(kBins) * (range.high - range.low);
}

/// The pooled fit of one mixture.
class Learner {
 public:
  Learner(const MixtureDesign& design, const std::vector<BinnedSample>& samples,
          const SampleMembers& members, std::size_t threads)
      : design_(design), samples_(samples), members_(members), threads_(threads) {
    for (const MarkerDesign& marker : design.markers) rows_.push_back(marker.marker);
    most_ = members_looked_at(samples.size());
  }

  void place(const std::vector<PoolModes>& pool, const std::vector<MarkerRange>& ranges) {
    for (const MarkerDesign& marker : design_.markers) {
      const MarkerRange& range = ranges[marker.marker];
      ParentDensity density = parent_density(marker.marker, samples_, members_);
      for (const MarkerDesign& other : design_.markers) {
        if (&other == &marker || other.is_scatter || design_.is_lineage) continue;
        add_strata(density, marker.marker, other.marker, samples_, members_);
      }
      placed_.push_back(place_levels(marker, density,
                                     marker.is_corner ? PoolModes{} : pool[marker.marker],
                                     static_cast<double>(kBins) / (range.high - range.low)));
      std::vector<double> mean, sd;
      for (const PlacedLevel& level : placed_.back()) {
        mean.push_back(level.mean);
        sd.push_back(level.sd);
      }
      if (!placed_.back().front().is_rigid) keep_order(mean, sd, {}, marker.highest_is_bright);
      parameters_.mean.push_back(std::move(mean));
      parameters_.sd.push_back(std::move(sd));
    }
    start_shares();
    for (const auto& share : parameters_.share) {
      parameters_.move.push_back(share);
      for (auto& marker : parameters_.move.back()) std::fill(marker.begin(), marker.end(), 0.0);
    }
  }

  [[nodiscard]] const std::vector<std::vector<PlacedLevel>>& placed() const { return placed_; }

  [[nodiscard]] std::optional<std::size_t> untold() const {
    for (std::size_t m = 0; m < placed_.size(); ++m) {
      if (placed_[m].front().is_untold) return rows_[m];
    }
    return std::nullopt;
  }

  void fit() {
    const std::size_t classes = parameters_.share.size();
    SampleFit start;
    start.weights = weights_;
    for (const auto& mean : parameters_.mean) start.shift.emplace_back(mean.size(), 0.0);
    fits_.assign(samples_.size(), start);
    std::vector<PackedMembers> packed(samples_.size());
    parallel_for(threads_, samples_.size(), [&](std::size_t s) {
      packed[s] = pack_members(rows_, samples_[s], *members_[s], most_);
    });
    for (int round = 0; round < kLearningRounds; ++round) {
      std::vector<std::optional<ClassTables>> tables(samples_.size());
      std::vector<ClassHistograms> histograms(samples_.size());
      parallel_for(threads_, samples_.size(), [&](std::size_t s) {
        tables[s].emplace(parameters_, fits_[s]);
        histograms[s] = expect(*tables[s], rows_, packed[s].sample, packed[s].members, most_);
      });
      std::vector<double> total(classes, 0.0);
      for (const ClassHistograms& histogram : histograms) {
        for (std::size_t c = 0; c < classes; ++c) total[c] += histogram.total[c];
      }
      const double change = update_pooled_weights(total, round);
      for (std::size_t s = 0; s < samples_.size(); ++s)
        update_weights(fits_[s], histograms[s].total, weights_);
      for (std::size_t m = 0; m < rows_.size(); ++m) update_marker(m, tables, histograms, round);
      if (round > kSettlingRounds && change < 1e-5) break;
    }
  }

  [[nodiscard]] SubsetMixture mixture(const std::vector<MarkerRange>& ranges) const {
    SubsetMixture result;
    result.parent = design_.parent;
    result.partition = design_.partition;
    result.is_lineage = design_.is_lineage;
    result.is_quadrants = design_.is_quadrants;
    for (std::size_t m = 0; m < rows_.size(); ++m) {
      const MarkerRange& range = ranges[rows_[m]];
      LearnedMarker marker;
      marker.marker = rows_[m];
      marker.certainty = placed_[m].front().certainty;
      marker.is_rigid = placed_[m].front().is_rigid;
      if (const LevelBorder& border = placed_[m].front().border; border.sd > 0.0) {
        marker.border = value_of(border.at, range);
        marker.border_sd = border.sd / static_cast<double>(kBins) * (range.high - range.low);
        marker.is_set = border.is_set;
      }
      for (std::size_t l = 0; l < parameters_.mean[m].size(); ++l) {
        marker.levels.push_back(
            {value_of(parameters_.mean[m][l], range),
             parameters_.sd[m][l] / static_cast<double>(kBins) * (range.high - range.low),
             design_.markers[m].levels[l]});
      }
      result.markers.push_back(std::move(marker));
    }
    for (std::size_t c = 0; c < parameters_.share.size(); ++c) {
      const std::int16_t subset =
          c < design_.classes.size() ? design_.classes[c].subset : std::int16_t{-1};
      SubsetClass one{subset, parameters_.share[c], parameters_.move[c],
                      {},     weights_[c],          certainty_of(c)};
      for (std::size_t m = 0; m < rows_.size(); ++m) {
        const MarkerRange& range = ranges[rows_[m]];
        one.is_free.push_back(c >= design_.classes.size() || design_.classes[c].rules[m].allowed ==
                                                                 all_levels(design_.markers[m]));
        for (double& move : one.level_move[m])
          move *= (range.high - range.low) / static_cast<double>(kBins);
      }
      result.classes.push_back(std::move(one));
    }
    return result;
  }

 private:
  /// That the levels that a class asks for are what they are taken for.
  double certainty_of(std::size_t c) const {
    double certainty = 1.0;
    if (c >= design_.classes.size()) return certainty;
    for (std::size_t m = 0; m < rows_.size(); ++m) {
      const RuleDesign& rule = design_.classes[c].rules[m];
      const bool is_asked = (rule.allowed & 1U) == 0;  // not also of what lies below
      if (rule.is_core && is_asked) certainty *= placed_[m].front().certainty;
    }
    return certainty;
  }

  void start_shares() {
    const double named = design_.has_other ? 1.0 - kOtherWeight : 1.0;
    for (const ClassDesign& one : design_.classes) {
      std::vector<std::vector<double>> share;
      for (std::size_t m = 0; m < rows_.size(); ++m) {
        share.push_back(
            share_of(one.rules[m], std::vector<double>(parameters_.mean[m].size(), 1.0)));
      }
      parameters_.share.push_back(std::move(share));
      is_other_.push_back(false);
      weights_.push_back(named / static_cast<double>(design_.classes.size()));
    }
    if (!design_.has_other) return;
    std::vector<std::vector<double>> share;
    for (const auto& mean : parameters_.mean) {
      share.emplace_back(mean.size(), 1.0 / static_cast<double>(mean.size()));
    }
    parameters_.share.push_back(std::move(share));
    is_other_.push_back(true);
    weights_.push_back(kOtherWeight);
  }

  /// Shares in proportion to `events` among the allowed levels, and a small part against the rule.
  [[nodiscard]] std::vector<double> share_of(const RuleDesign& rule,
                                             const std::vector<double>& events) const {
    const std::size_t levels = events.size();
    double allowed_events = 0.0;
    std::size_t allowed = 0;
    for (std::size_t l = 0; l < levels; ++l) {
      if (((rule.allowed >> l) & 1U) == 0) continue;
      allowed_events += events[l];
      ++allowed;
    }
    const double violation = allowed == levels      ? 0.0
                             : rule.is_core         ? kCoreViolation
                             : design_.is_quadrants ? kQuadrantViolation
                                                    : kSupportViolation;
    constexpr double kPrior = 2.0;  // events a level
    std::vector<double> share(levels);
    for (std::size_t l = 0; l < levels; ++l) {
      const bool is_allowed = ((rule.allowed >> l) & 1U) != 0;
      share[l] = is_allowed ? (1.0 - violation) * (events[l] + kPrior) /
                                  (allowed_events + kPrior * static_cast<double>(allowed))
                            : violation / static_cast<double>(levels - allowed);
    }
    return share;
  }

  double update_pooled_weights(const std::vector<double>& total, int round) {
    const double sum = std::max(1e-9, std::accumulate(total.begin(), total.end(), 0.0));
    double change = 0.0;
    for (std::size_t c = 0; c < total.size(); ++c) {
      // A rare class is kept in sight until the levels have found their places.
      const double weight =
          std::max(total[c] / sum, round < kSettlingRounds ? kSettlingWeight : 0.0);
      change = std::max(change, std::abs(weight - weights_[c]));
      weights_[c] = weight;
    }
    return change;
  }

  void update_marker(std::size_t m, const std::vector<std::optional<ClassTables>>& tables,
                     const std::vector<ClassHistograms>& histograms, int round) {
    std::vector<LevelSums> sums_of(samples_.size());
    parallel_for(threads_, samples_.size(), [&](std::size_t s) {
      sums_of[s] =
          sum_levels(parameters_, *tables[s], histograms[s], m, fits_[s].shift[m], is_other_);
    });
    const std::size_t levels = parameters_.mean[m].size();
    std::vector<double> events(levels), first(levels), second(levels);
    std::vector<std::vector<double>> by_class(parameters_.share.size(),
                                              std::vector<double>(levels));
    std::vector<std::vector<double>> first_by_class = by_class;
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      const LevelSums& sums = sums_of[s];
      for (std::size_t l = 0; l < levels; ++l) {
        events[l] += sums.events[l];
        first[l] += sums.first[l];
        second[l] += sums.second[l];
        for (std::size_t c = 0; c < by_class.size(); ++c) {
          by_class[c][l] += sums.by_class[c][l];
          first_by_class[c][l] += sums.first_by_class[c][l];
        }
      }
      if (round >= 5 && samples_.size() > 1) {
        update_shift(
            fits_[s].shift[m], sums, parameters_.mean[m],
            shift_kind(placed_[m].front().is_rigid, design_.is_lineage, design_.is_quadrants));
      }
    }
    const double all = std::accumulate(events.begin(), events.end(), 0.0);
    for (std::size_t l = 0; l < levels; ++l) {
      const PlacedLevel& guess = placed_[m][l];
      const double prior = std::max(20.0, (guess.is_seen ? 0.001 : 0.01) * all);
      const double mean = (first[l] + prior * guess.mean) / (events[l] + prior);
      const double spread = second[l] - 2.0 * mean * first[l] + mean * mean * events[l];
      const double free_sd =
          std::sqrt(std::max(0.0, spread + prior * guess.sd * guess.sd) / (events[l] + prior));
      if (guess.is_rigid) continue;
      if (guess.is_anchored) {
        parameters_.mean[m][l] = std::clamp(mean, guess.mean - kAnchoredDrift * guess.sd,
                                            guess.mean + kAnchoredDrift * guess.sd);
        parameters_.sd[m][l] =
            std::clamp(free_sd, kSmallestSd, std::max(kSmallestSd, kAnchoredSpread * guess.sd));
        continue;
      }
      const double drift = guess.gap > 0.0 ? std::max(guess.sd, kLargestDrift * guess.gap) : 1e9;
      const bool is_narrow = levels == 2 && !design_.is_lineage;
      const bool is_bright = design_.markers[m].highest_is_bright && l + 1 == levels;
      const double widest =
          guess.gap > 0.0 ? std::max(1.5 * guess.sd, kLargestSpread * guess.gap)
                          : (is_narrow || is_bright ? std::max(15.0, 1.5 * guess.sd) : kLargestSd);
      parameters_.mean[m][l] =
          std::max(guess.floor, std::clamp(mean, guess.mean - drift, guess.mean + drift));
      parameters_.sd[m][l] = std::clamp(free_sd, kSmallestSd, std::max(kSmallestSd, widest));
      // Levels of side scatter are equally wide: else debris, far below all, goes to the widest, which then takes lymphocytes.
      if (design_.markers[m].is_scatter) parameters_.sd[m][l] = parameters_.sd[m][0];
    }
    if (placed_[m].front().is_rigid) {
      for (std::size_t c = 0; c < design_.classes.size(); ++c)
        parameters_.share[c][m] = share_of(design_.classes[c].rules[m], by_class[c]);
      return;
    }
    balance_spreads(parameters_.sd[m]);
    keep_order(parameters_.mean[m], parameters_.sd[m], events,
               design_.markers[m].highest_is_bright);
    if (design_.markers[m].has_dim) keep_dim(parameters_.mean[m], parameters_.sd[m]);
    for (std::size_t c = 0; c < design_.classes.size(); ++c) {
      parameters_.share[c][m] = share_of(design_.classes[c].rules[m], by_class[c]);
      if (round >= kSettlingRounds && !design_.is_quadrants) {
        update_move(parameters_.move[c][m], parameters_.mean[m], by_class[c], first_by_class[c],
                    events);
      }
    }
  }

  /// A class's own levels lie near the shared ones, by how many of its events say so: central memory cells have
  /// less CCR7 than naive ones, and both are positive. Towards a level that holds many more events (`of_level`) it moves
  /// less, as what a rare class finds there is the flank of a dense one; lineages stand too far apart for that.
  void update_move(std::vector<double>& move, const std::vector<double>& mean,
                   const std::vector<double>& events, const std::vector<double>& first,
                   const std::vector<double>& of_level) const {
    for (std::size_t l = 0; l < move.size(); ++l) {
      double down = 30.0, up = 30.0;
      const auto limit = [&](std::size_t neighbour, double& towards) {
        const double most = kLargestMove * std::abs(mean[neighbour] - mean[l]);
        const double ratio = events[l] / std::max(1.0, of_level[neighbour]);
        const double part = design_.is_lineage ? 1.0 : std::sqrt(std::min(1.0, ratio));
        down = std::min(down, most);
        up = std::min(up, most);
        towards = std::min(towards, part * most);
      };
      if (l > 0) limit(l - 1, down);
      if (l + 1 < move.size()) limit(l + 1, up);
      move[l] = std::clamp((first[l] - events[l] * mean[l]) / (events[l] + kMovePrior), -down, up);
    }
  }

  /// No level is narrower than half of the widest: else a broad level takes the flanks of a narrow one (the
  /// zeros of mass cytometry beside the rest of the negative events).
  static void balance_spreads(std::vector<double>& sd) {
    const double widest = *std::max_element(sd.begin(), sd.end());
    for (double& one : sd) one = std::max(one, 0.5 * widest);
  }

  /// Levels stay in order and apart by at least one of their spreads; the one with fewer events gives way. Bright
  /// stays two spreads above the rest, or every half of one population would be bright.
  static void keep_order(std::vector<double>& mean, const std::vector<double>& sd,
                         const std::vector<double>& events, bool highest_is_bright) {
    for (std::size_t l = 0; l + 1 < mean.size(); ++l) {
      const bool is_bright = highest_is_bright && l + 2 == mean.size();
      const double gap = is_bright ? 2.0 * sd[l] : std::max(sd[l], sd[l + 1]);
      const double missing = mean[l] + gap - mean[l + 1];
      if (missing <= 0.0) continue;
      const double below = is_bright || events.empty() ? 1.0 : events[l] + 1.0;
      const double above = is_bright ? 0.0 : events.empty() ? 1.0 : events[l + 1] + 1.0;
      mean[l] -= missing * above / (below + above);
      mean[l + 1] += missing * below / (below + above);
    }
  }

  /// Dim lies half way from negative to positive at most: else it takes positive cells that are a little dimmer
  /// than the rest (central memory cells beside naive ones).
  static void keep_dim(std::vector<double>& mean, std::vector<double>& sd) {
    mean[1] = std::min(mean[1], 0.5 * (mean[0] + mean[2]));
    sd[1] = std::min(sd[1], kLargestSpread * (mean[2] - mean[0]));
  }

  const MixtureDesign& design_;
  const std::vector<BinnedSample>& samples_;
  const SampleMembers& members_;
  std::size_t threads_;
  std::vector<std::size_t> rows_;
  std::size_t most_;                              ///< members of one sample that are looked at
  std::vector<std::vector<PlacedLevel>> placed_;  ///< [markers][levels]
  Parameters parameters_;
  std::vector<double> weights_;  ///< [classes], pooled
  std::vector<bool> is_other_;   ///< [classes]
  std::vector<SampleFit> fits_;  ///< [samples]
};

}  // namespace

LearnedMixture learn_mixture(const MixtureDesign& design, const std::vector<BinnedSample>& samples,
                             const SampleMembers& members, const std::vector<PoolModes>& pool,
                             const std::vector<MarkerRange>& ranges, std::size_t threads) {
  Learner learner(design, samples, members, threads);
  learner.place(pool, ranges);
  if (const auto untold = learner.untold()) return {{}, {}, untold};
  if (!design.markers.empty()) learner.fit();
  return {learner.mixture(ranges), learner.placed(), std::nullopt};
}

}  // namespace gateless::annotate
