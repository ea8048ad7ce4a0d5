// Ways to divide the same cells that do not exclude each other: a central memory CD4 T cell may be a Th17 cell and a
// follicular one. Each partition beside another of the same parent, and each overlay, is an axis of its own; what lies below it
// belongs to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/strong_id.hpp"

namespace gateless::annotate {

struct SubsetAxes {
  std::vector<std::string> names;  ///< the partition, or the overlay's id; in model order
  std::vector<std::int16_t>
      of_subset{};  ///< [subsets], index in names; -1: divided in one way only
};

[[nodiscard]] SubsetAxes subset_axes(const SubsetModel& model);

/// Whether no event is labelled with the subset: it is an overlay, or below one, and known by its axis alone.
[[nodiscard]] bool is_overlaid(SubsetId subset, const SubsetModel& model);

/// For each of SubsetCalls::profiles, whether its events are in the overlay `subset`. [profiles]
[[nodiscard]] std::vector<bool> profiles_inside(
    SubsetId subset, const SubsetModel& model,
    const std::vector<std::vector<std::int16_t>>& profiles);

/// What the events of one sample are on every axis.
class AxisCalls {
 public:
  AxisCalls(const SubsetModel& model, const SubsetAxes& axes, std::size_t events);

  /// `event` (of the sample) is more likely than not in `subset`: of nested subsets the smallest is kept.
  void found(std::int16_t subset, std::uint32_t event);

  /// Number of each event's profile, in the order of first appearance; adds the profiles to `profiles` [profiles][axes].
  [[nodiscard]] std::vector<std::uint32_t> profiles(
      std::vector<std::vector<std::int16_t>>& profiles) const;

 private:
  const SubsetModel& model_;
  const SubsetAxes& axes_;
  std::size_t events_;
  std::vector<std::int16_t> calls_;  ///< [events][axes], subset; -1: none of the axis
};

}  // namespace gateless::annotate
