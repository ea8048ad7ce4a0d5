// What a mixture is compared with as it is learned: levels that other populations of its lineage show, lineages without a marker,
// and borders that were set by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "host/annotate/members.hpp"
#include "host/annotate/mixture_design.hpp"
#include "host/annotate/mixture_fit.hpp"
#include "host/annotate/pool_modes.hpp"
#include "host/annotate/subset_model.hpp"

namespace gateless::annotate {

/// Refers to all that it is given. Mixtures come in the order in which they are learned, parents before children.
class LearningControls {
 public:
  /// The members of a subset that are learned from, so far.
  using MembersOf = std::function<SampleMembers(std::int16_t subset)>;

  LearningControls(const SubsetModel& model, const AnnotationDesign& design,
                   const std::vector<SetBorder>& set_borders,
                   const std::vector<BinnedSample>& binned, MembersOf members_of)
      : model_(model),
        design_(design),
        set_borders_(set_borders),
        binned_(binned),
        members_of_(std::move(members_of)) {}

  /// `pool` with what other populations show of the mixture's markers. [rows]
  [[nodiscard]] std::vector<PoolModes> of(const MixtureDesign& mixture,
                                          const std::vector<PoolModes>& pool);
  /// The borders that a population shows serve others of its lineage that show none.
  void remember(const MixtureDesign& mixture, const LearnedMixture& learned);

  [[nodiscard]] bool has_set_border(const MixtureDesign& mixture) const;
  /// Whether a subset lies right below the root.
  [[nodiscard]] bool is_lineage(std::int16_t subset) const;
  /// Of the lineages that do not hold `parent`, the one whose cells have the least of a marker.
  [[nodiscard]] std::optional<std::int16_t> lowest_lineage(std::size_t row, std::int16_t parent);

 private:
  using RowOfLineage = std::pair<std::size_t, std::int16_t>;

  [[nodiscard]] std::vector<PlacedLevel> beside(const MarkerDesign& marker, std::int16_t parent,
                                                const PoolModes& pool) const;
  [[nodiscard]] std::optional<double> set_border(std::size_t row, std::int16_t population) const;
  [[nodiscard]] std::int16_t lineage_of(std::int16_t subset) const;
  const Mode& mode_of(std::size_t row, std::int16_t lineage);

  const SubsetModel& model_;
  const AnnotationDesign& design_;
  const std::vector<SetBorder>& set_borders_;
  const std::vector<BinnedSample>& binned_;
  MembersOf members_of_;
  std::map<RowOfLineage, Mode> modes_;
  std::map<RowOfLineage, std::vector<PlacedLevel>> shown_;
};

}  // namespace gateless::annotate
