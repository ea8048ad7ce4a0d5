#include "host/annotate/subset_axes.hpp"

#include <algorithm>
#include <map>

namespace gateless::annotate {

SubsetAxes subset_axes(const SubsetModel& model) {
  std::map<std::int16_t, int> partitions;  // of a parent, overlays aside
  const auto is_overlay = [&](const SubsetMixture& mixture) {
    return std::any_of(mixture.classes.begin(), mixture.classes.end(), [&](const SubsetClass& one) {
      return one.subset >= 0 && model.subsets[static_cast<std::size_t>(one.subset)].is_overlay;
    });
  };
  for (const SubsetMixture& mixture : model.mixtures)
    partitions[mixture.parent] += is_overlay(mixture) ? 0 : 1;
  SubsetAxes axes;
  axes.of_subset.assign(model.subsets.size(), -1);
  for (const SubsetMixture& mixture : model.mixtures) {
    std::int16_t axis = axes.of_subset[static_cast<std::size_t>(mixture.parent)];
    if (is_overlay(mixture) || partitions[mixture.parent] > 1) {
      axis = static_cast<std::int16_t>(axes.names.size());
      axes.names.push_back(mixture.partition);
    }
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset >= 0) axes.of_subset[static_cast<std::size_t>(one.subset)] = axis;
    }
  }
  return axes;
}

bool is_overlaid(SubsetId subset, const SubsetModel& model) {
  for (int at = static_cast<int>(subset.value()); at >= 0;
       at = model.subsets[static_cast<std::size_t>(at)].parent) {
    if (model.subsets[static_cast<std::size_t>(at)].is_overlay) return true;
  }
  return false;
}

std::vector<bool> profiles_inside(SubsetId subset, const SubsetModel& model,
                                  const std::vector<std::vector<std::int16_t>>& profiles) {
  const std::int16_t axis = subset_axes(model).of_subset[subset.value()];
  const auto is_within = [&](int at) {
    while (at >= 0 && at != static_cast<int>(subset.value()))
      at = model.subsets[static_cast<std::size_t>(at)].parent;
    return at >= 0;
  };
  std::vector<bool> inside;
  for (const std::vector<std::int16_t>& profile : profiles)
    inside.push_back(axis >= 0 && is_within(profile[static_cast<std::size_t>(axis)]));
  return inside;
}

AxisCalls::AxisCalls(const SubsetModel& model, const SubsetAxes& axes, std::size_t events)
    : model_(model), axes_(axes), events_(events), calls_(events * axes.names.size(), -1) {}

void AxisCalls::found(std::int16_t subset, std::uint32_t event) {
  const std::int16_t axis = axes_.of_subset[static_cast<std::size_t>(subset)];
  if (axis < 0) return;
  std::int16_t& now = calls_[event * axes_.names.size() + static_cast<std::size_t>(axis)];
  if (now < 0 || model_.subsets[static_cast<std::size_t>(subset)].share <
                     model_.subsets[static_cast<std::size_t>(now)].share)
    now = subset;
}

std::vector<std::uint32_t> AxisCalls::profiles(
    std::vector<std::vector<std::int16_t>>& profiles) const {
  std::map<std::vector<std::int16_t>, std::uint32_t> numbers;
  std::vector<std::uint32_t> of_event(events_);
  const std::size_t axes = axes_.names.size();
  std::vector<std::int16_t> profile(axes);
  for (std::size_t event = 0; event < events_; ++event) {
    const auto first = calls_.begin() + static_cast<std::ptrdiff_t>(event * axes);
    if (event > 0 && std::equal(profile.begin(), profile.end(), first)) {  // most are on no axis
      of_event[event] = of_event[event - 1];
      continue;
    }
    std::copy(first, first + static_cast<std::ptrdiff_t>(axes), profile.begin());
    const auto [at, is_new] =
        numbers.try_emplace(profile, static_cast<std::uint32_t>(profiles.size()));
    if (is_new) profiles.push_back(profile);
    of_event[event] = at->second;
  }
  return of_event;
}

}  // namespace gateless::annotate
