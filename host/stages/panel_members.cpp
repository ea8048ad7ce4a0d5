// The files of one panel against each other: which markers all have, and whether their values can be pooled.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/core/error.hpp"
#include "host/stages/panel_grouping.hpp"

namespace gateless::stages {
namespace {

using Words = std::vector<std::string>;

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a file says on the detector that holds `marker` in `other`; nothing where that is a marker that is known.
std::optional<std::string> unknown_stain_there(const Ingested& file, const Ingested& other,
                                               const std::string& marker) {
  for (const PanelChannel& there : other.panel.channels) {
    if (there.role != ChannelRole::kMarker || there.marker != marker || !there.is_known) continue;
    for (std::size_t index = 0; index < file.panel.channels.size(); ++index) {
      const PanelChannel& here = file.panel.channels[index];
      const bool is_open = here.role == ChannelRole::kIgnored ||
                           (here.role == ChannelRole::kMarker && !here.is_known);
      if (here.name == there.name && is_open) return file.channels[index].stain;
    }
  }
  return std::nullopt;
}

/// A known marker that all would lose because few files say something else, or nothing, on its detector.
void refuse_lost_marker(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                        const PanelMembers& group, const std::string& marker, const Words& without,
                        Words& refusals) {
  if (without.empty() || 2 * without.size() >= group.members.size()) return;
  const auto has_it = std::find_if(group.members.begin(), group.members.end(), [&](std::size_t m) {
    return has(files[m].prepared.markers, marker);
  });
  for (const std::size_t member : group.members) {
    if (has(files[member].prepared.markers, marker)) continue;
    const auto stain = unknown_stain_there(files[member], files[*has_it], marker);
    if (!stain) continue;
    std::string detector;
    for (const PanelChannel& channel : files[*has_it].panel.channels) {
      if (channel.role == ChannelRole::kMarker && channel.marker == marker) detector = channel.name;
    }
    refusals.push_back(fmt::format(
        "{}: {} is {}, in the other files it is {} (all files would lose {}); if it is the same, "
        "write `panel: {{{}: {}}}` in the study file, or else take the file out, or give it a word "
        "of its own in the sample sheet's column 'panel'",
        samples[member].file, detector,
        stain->empty() ? std::string("without a stain") : fmt::format("stained '{}'", *stain),
        marker, marker, stain->empty() ? detector : *stain, marker));
  }
}

/// Dead cells are found in some files only, where the dye has no stain in the others.
void warn_of_viability(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                       const PanelMembers& group, Progress& progress) {
  Words without;
  std::string dye;
  for (const std::size_t member : group.members) {
    const std::vector<PanelChannel>& channels = files[member].panel.channels;
    const auto found = std::find_if(channels.begin(), channels.end(), [](const PanelChannel& each) {
      return each.role == ChannelRole::kViability;
    });
    if (found == channels.end())
      without.push_back(samples[member].file);
    else
      dye = found->name;
  }
  if (dye.empty() || without.empty()) return;
  progress.warn(fmt::format(
      "panel '{}': {} {} no channel that is named as a dead-cell dye, which is {} in the other "
      "files: dead cells stay in there; name it under `panel` in the study file ('viability')",
      group.name, few_of(without), without.size() == 1 ? "has" : "have", dye));
}

}  // namespace

CheckedMarkers check_members(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                             const PanelMembers& group, std::size_t threads, Progress& progress) {
  CheckedMarkers checked;
  checked.markers = files[group.members.front()].prepared.markers;
  std::map<std::string, Words> lacking;  // marker -> files
  for (const std::size_t member : group.members) {
    for (const std::string& marker : files[member].prepared.markers) lacking[marker];
  }
  for (auto& [marker, without] : lacking) {
    for (const std::size_t member : group.members) {
      if (!has(files[member].prepared.markers, marker)) without.push_back(samples[member].file);
    }
    if (!without.empty()) std::erase(checked.markers, marker);
  }
  for (const auto& [marker, without] : lacking)
    refuse_lost_marker(samples, files, group, marker, without, checked.refusals);
  warn_of_viability(samples, files, group, progress);
  std::map<Words, Words> left_out;  // files -> markers
  for (const auto& [marker, without] : lacking) {
    if (!without.empty()) left_out[without].push_back(marker);
  }
  for (const auto& [without, markers] : left_out) {
    progress.warn(fmt::format(
        "panel '{}': {} {} left out: {} {} not have {}", group.name,
        markers.size() == 1 ? "marker" : "markers",
        fmt::format("{} {}", fmt::join(markers, ", "), markers.size() == 1 ? "is" : "are"),
        few_of(without), without.size() == 1 ? "does" : "do", markers.size() == 1 ? "it" : "them"));
  }
  if (checked.markers.empty()) {
    throw InputError(fmt::format(
        "panel '{}': its files have no marker in common (they cannot be pooled); give them "
        "different words in the sample sheet's column 'panel'",
        group.name));
  }
  std::vector<FileOfPanel> members;
  for (const std::size_t member : group.members) {
    const Ingested& file = files[member];
    members.push_back({samples[member].file, &file.prepared, &file.panel,
                       file.spillover ? &*file.spillover : nullptr});
  }
  PanelCheck check = check_panel(std::move(members), checked.markers, threads);
  for (const std::string& warning : check.warnings)
    progress.warn(fmt::format("panel '{}': {}", group.name, warning));
  if (check.left_out.size() < checked.markers.size()) {
    for (const std::string& marker : check.left_out) std::erase(checked.markers, marker);
  }
  checked.doubts = std::move(check.doubts);
  checked.refusals.insert(checked.refusals.end(), check.refusals.begin(), check.refusals.end());
  return checked;
}

void refuse_unlike_files(const std::vector<CheckedMarkers>& checked) {
  std::string errors;
  for (const CheckedMarkers& panel : checked) {
    for (const std::string& refusal : panel.refusals)
      errors += (errors.empty() ? "" : "\n          ") + refusal;
  }
  if (!errors.empty()) throw InputError(errors);
}

}  // namespace gateless::stages
