#include "host/files/gate_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/core/error.hpp"

namespace gateless::files {
namespace {

/// On which axes cells are told from what is none, where the panel has no scale for them: as they are commonly shown.
Transform common_scale(const PanelChannel& channel, Instrument instrument) {
  if (channel.role == ChannelRole::kForward || channel.role == ChannelRole::kSide ||
      channel.role == ChannelRole::kEventLength)
    return {};
  Transform transform;
  transform.kind = TransformKind::kArcsinh;
  transform.cofactor = instrument == Instrument::kMass ? 5.0 : 150.0;
  return transform;
}

bool tells_cells(const PanelChannel& channel) {
  switch (channel.role) {
    case ChannelRole::kForward:
    case ChannelRole::kSide:
    case ChannelRole::kViability:
    case ChannelRole::kEventLength:
    case ChannelRole::kDna:
    case ChannelRole::kBead:
      return true;
    default:
      return false;
  }
}

std::optional<std::size_t> marker_row(const PanelEvents& events, const PanelChannel& channel) {
  if (channel.marker.empty()) return std::nullopt;
  const auto row = std::find(events.markers.begin(), events.markers.end(), channel.marker);
  if (row == events.markers.end()) return std::nullopt;
  return static_cast<std::size_t>(row - events.markers.begin());
}

/// The same channel in another file of the panel.
const PanelChannel* same_channel(const Panel& panel, const PanelChannel& channel) {
  for (const PanelChannel& other : panel.channels) {
    if (other.name == channel.name && other.role == channel.role && other.marker == channel.marker)
      return &other;
  }
  return nullptr;
}

}  // namespace

GateFiles gate_files(const PanelAnalysis& analysis, const std::vector<Sample>& samples,
                     const std::vector<std::string>& names) {
  const PanelEvents& events = analysis.events;
  GateFiles result;
  result.is_unmixed = events.samples.front().is_unmixed;
  std::vector<PanelChannel> wanted;
  for (const PanelChannel& channel : events.samples.front().panel.channels) {
    if (marker_row(events, channel) || tells_cells(channel)) wanted.push_back(channel);
  }
  std::vector<std::size_t> members;
  for (std::size_t position = 0; position < events.samples.size(); ++position) {
    const PooledSample& pooled = events.samples[position];
    const bool has_markers =
        std::all_of(wanted.begin(), wanted.end(), [&](const PanelChannel& channel) {
          return !marker_row(events, channel) || same_channel(pooled.panel, channel) != nullptr;
        });
    if (has_markers && pooled.is_unmixed == result.is_unmixed) {
      members.push_back(position);
    } else {
      result.left_out.push_back(names[pooled.sample]);
    }
  }
  std::erase_if(wanted, [&](const PanelChannel& channel) {
    return std::any_of(members.begin(), members.end(), [&](std::size_t position) {
      return same_channel(events.samples[position].panel, channel) == nullptr;
    });
  });
  for (const PanelChannel& channel : wanted) {
    const std::optional<std::size_t> row = marker_row(events, channel);
    result.axes.push_back({.channel = channel.name,
                           .marker = channel.marker.empty() ? channel.name : channel.marker,
                           .transform = row && channel.role != ChannelRole::kSide
                                            ? events.transforms[*row]
                                            : common_scale(channel, events.panel.instrument),
                           .range = 0.0});
    result.tells_cells.push_back(tells_cells(channel));
  }
  for (const std::size_t position : members) {
    const PooledSample& pooled = events.samples[position];
    GateFile file{.name = names[pooled.sample],
                  .path = samples[pooled.sample].path,
                  .channels = {},
                  .pooled = &pooled,
                  .first = events.store.ranges()[position].first};
    for (const PanelChannel& channel : wanted)
      file.channels.push_back(same_channel(pooled.panel, channel)->channel);
    result.files.push_back(std::move(file));
  }
  return result;
}

FileLabels labels_of(const GateFile& file, const PanelAnalysis& analysis,
                     const std::vector<std::int32_t>& refined) {
  const std::size_t events = file.pooled->events;
  FileLabels labels{.subset = std::vector<std::int16_t>(events, -1),
                    .is_kept = std::vector<bool>(events),
                    .profile = std::vector<std::int32_t>(
                        analysis.calls.profile_of_event.empty() ? 0 : events, -1),
                    .refined = std::vector<std::int32_t>(refined.empty() ? 0 : events, -1)};
  const std::vector<std::uint32_t>& kept = file.pooled->kept_events;
  for (std::size_t index = 0; index < kept.size(); ++index) {
    labels.subset[kept[index]] = analysis.calls.subset_of_event[file.first + index];
    labels.is_kept[kept[index]] = true;
    if (!labels.profile.empty())
      labels.profile[kept[index]] =
          static_cast<std::int32_t>(analysis.calls.profile_of_event[file.first + index]);
    if (!refined.empty()) labels.refined[kept[index]] = refined[file.first + index];
  }
  return labels;
}

std::vector<std::int32_t> refined_of(const PanelAnalysis& analysis,
                                     const std::vector<ClusterOfInterest>& clusters) {
  if (clusters.empty()) return {};
  std::vector<std::int32_t> refined(analysis.events.store.events(), -1);
  for (const PopulationMap& map : analysis.maps) {
    for (std::size_t index = 0; !map.holds_all() && index < map.events(); ++index) {
      const std::uint32_t id = map.id_of_event(index).value();
      const bool is_wanted =
          std::any_of(clusters.begin(), clusters.end(),
                      [&](const ClusterOfInterest& one) { return one.metacluster == id; });
      if (is_wanted) refined[map.place(index)] = static_cast<std::int32_t>(id);
    }
  }
  return refined;
}

RawSample read_again(const GateFile& file) {
  RawSample raw = read_event_file(file.path);
  if (raw.events != file.pooled->events || raw.channels.empty()) {
    throw InputError(fmt::format(
        "{}: has {} events and had {} when it was read first (gates would be counted in another "
        "file than was analysed); leave files as they are while gateless runs",
        file.path, raw.events, file.pooled->events));
  }
  return raw;
}

}  // namespace gateless::files
