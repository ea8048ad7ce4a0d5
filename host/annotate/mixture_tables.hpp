// One expectation step of a tied mixture: class densities as look-up tables over bins, the events' class
// probabilities, and the sums over bins that maximisation needs.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/annotate/class_block.hpp"
#include "host/annotate/mixture_fit.hpp"

namespace gateless::annotate {

/// The tied levels of a mixture in bins, and the shares of its classes.
struct Parameters {
  std::vector<std::vector<double>> mean, sd;            ///< [markers][levels]
  std::vector<std::vector<std::vector<double>>> share;  ///< [classes][markers][levels]
  std::vector<std::vector<std::vector<double>>>
      move;                           ///< [classes][markers][levels], of a class's own levels
  std::vector<LevelBorder> border{};  ///< [markers], or empty: levels meet where their densities do
};

/// Log densities of the classes for every bin of every marker, of one sample.
class ClassTables {
 public:
  ClassTables(const Parameters& parameters, const SampleFit& fit);

  [[nodiscard]] std::size_t classes() const { return classes_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }  ///< classes, padded
  [[nodiscard]] std::size_t markers() const { return tables_.size(); }
  /// Densities [bins][levels] of one marker's levels as one class has them.
  [[nodiscard]] const double* levels(std::size_t marker, std::size_t one) const {
    const LevelTables& levels = levels_[marker];
    return levels.densities[levels.of_class[one]].data();
  }

  /// Probabilities [events][stride] of the classes for at most kBlockEvents events, given their bins [markers][kBlockEvents]
  /// and, where it is not null, times their weight [events].
  void probabilities(const std::uint8_t* bins, const float* weight, std::size_t events,
                     float* result) const;

 private:
  /// Densities of the levels of one marker.
  struct LevelTables {
    std::vector<std::vector<double>> densities;  ///< [places that levels have][bins][levels]
    std::vector<std::size_t> of_class;           ///< [classes] -> densities
  };

  std::size_t classes_, stride_;
  std::vector<float> log_weight_;           ///< [stride]
  std::vector<std::vector<float>> tables_;  ///< [markers][bins][stride]
  std::vector<LevelTables> levels_;         ///< [markers]
};

/// Calls visit(first member, members, class probabilities [members][stride], bins [markers][kBlockEvents]) for every `step`-th
/// member, a block at a time; member i of a block is first + i * step. Weighed: times the member's own probability.
template <class Visit>
void for_each_block(const ClassTables& tables, const std::vector<std::size_t>& rows,
                    const BinnedSample& sample, const Members& members, std::size_t step,
                    bool is_weighed, Visit visit) {
  std::vector<std::uint8_t> bins(rows.size() * kBlockEvents);
  std::array<float, kBlockEvents> weight{};
  std::vector<float> probability(kBlockEvents * tables.stride());
  for (std::size_t first = 0; first < members.size(); first += kBlockEvents * step) {
    const std::size_t count = std::min(kBlockEvents, (members.size() - first + step - 1) / step);
    for (std::size_t m = 0; m < rows.size(); ++m) {
      const std::vector<std::uint8_t>& column = sample.bins[rows[m]];
      if (members.are_all() && step == 1) {
        std::copy_n(column.data() + first, count, bins.data() + m * kBlockEvents);
        continue;
      }
      for (std::size_t i = 0; i < count; ++i)
        bins[m * kBlockEvents + i] = column[members.event(first + i * step)];
    }
    for (std::size_t i = 0; is_weighed && i < count; ++i)
      weight[i] = members.probability(first + i * step);
    tables.probabilities(bins.data(), is_weighed ? weight.data() : nullptr, count,
                         probability.data());
    visit(first, count, probability.data(), bins.data());
  }
}

/// Expected events per class, marker and bin: all that maximisation needs.
struct ClassHistograms {
  std::vector<double> total;               ///< [classes]
  std::vector<std::vector<float>> counts;  ///< [markers][bins][stride]
};

/// Members that are looked at round by round, side by side in memory.
struct PackedMembers {
  BinnedSample sample;  ///< [members], rows of one mixture
  Members members;
};

/// No more than `most` of the members, evenly spaced. `rows` [markers of the mixture] are rows of the events.
[[nodiscard]] PackedMembers pack_members(const std::vector<std::size_t>& rows,
                                         const BinnedSample& sample, const Members& members,
                                         std::size_t most);

/// Looks at no more than `most` members, evenly spaced. `rows` [markers of the mixture] are rows of the events.
[[nodiscard]] ClassHistograms expect(const ClassTables& tables,
                                     const std::vector<std::size_t>& rows,
                                     const BinnedSample& sample, const Members& members,
                                     std::size_t most);

/// Sums over the bins of one marker: events, first and second moment per level, events per class and level.
struct LevelSums {
  std::vector<double> events, first, second;  ///< [levels], around the sample's shift
  std::vector<std::vector<double>> by_class;  ///< [classes][levels]
  std::vector<std::vector<double>> first_by_class;
};

/// `is_other` [classes]: classes that tell nothing about where the levels lie.
[[nodiscard]] LevelSums sum_levels(const Parameters& parameters, const ClassTables& tables,
                                   const ClassHistograms& histograms, std::size_t m,
                                   const std::vector<double>& shift,
                                   const std::vector<bool>& is_other);

/// A sample's class weights from its expected events, drawn a little to the pooled ones.
void update_weights(SampleFit& fit, const std::vector<double>& total,
                    const std::vector<double>& pooled);
/// How the levels of one marker move in a sample.
enum class ShiftKind {
  kFree,    ///< each by its own events: lineages, which stand far apart
  kShared,  ///< an event of another level says a tenth of what an own one says: quadrants
  kFollowing,  ///< freely, but one with less than half of a neighbour's events goes with that one: what a rare
               ///< level finds is the flank of a dense one, which it would follow in every sample
  kRigid  ///< all as the first
};

[[nodiscard]] inline ShiftKind shift_kind(bool is_rigid, bool is_lineage, bool is_quadrants) {
  return is_rigid       ? ShiftKind::kRigid
         : is_lineage   ? ShiftKind::kFree
         : is_quadrants ? ShiftKind::kShared
                        : ShiftKind::kFollowing;
}

/// Moves a sample's levels to where its events lie, against a prior of no move.
void update_shift(std::vector<double>& shift, const LevelSums& sums,
                  const std::vector<double>& mean, ShiftKind kind);

}  // namespace gateless::annotate
