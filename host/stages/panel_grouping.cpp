#include "host/stages/panel_grouping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless::stages {
namespace {

constexpr double kSamePanel = 0.8;  ///< of the larger file's markers are in both

using Words = std::vector<std::string>;

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Markers without side scatter, which is evidence where all files have it.
std::set<std::string> markers_of(const Ingested& file) {
  std::set<std::string> markers(file.prepared.markers.begin(), file.prepared.markers.end());
  markers.erase(file.panel.side_scatter());
  return markers;
}

std::size_t shared_by(const std::set<std::string>& one, const std::set<std::string>& other) {
  return static_cast<std::size_t>(std::count_if(
      one.begin(), one.end(), [&](const std::string& marker) { return other.contains(marker); }));
}

bool are_alike(const std::set<std::string>& one, const std::set<std::string>& other) {
  const auto larger = static_cast<double>(std::max(one.size(), other.size()));
  return static_cast<double>(shared_by(one, other)) >= kSamePanel * larger;
}

const PanelChannel* channel_called(const Ingested& file, const std::string& name) {
  for (const PanelChannel& channel : file.panel.channels) {
    if (channel.name == name && channel.role == ChannelRole::kMarker) return &channel;
  }
  return nullptr;
}

void rename_marker(Ingested& file, const std::string& from, const PanelChannel& to) {
  for (PanelChannel& channel : file.panel.channels) {
    if (channel.marker != from || channel.role != ChannelRole::kMarker) continue;
    channel.marker = to.marker;
    channel.is_known = to.is_known;
    channel.reason += fmt::format(", read as {}", to.marker);
  }
  std::replace(file.prepared.markers.begin(), file.prepared.markers.end(), from, to.marker);
}

/// The marker that a misspelt stain of `file` should be, by what its detector has in `other`; null if none is.
const PanelChannel* meant_by(const PanelChannel& channel, const Ingested& file,
                             const Ingested& other) {
  const PanelChannel* there = channel_called(other, channel.name);
  if (there == nullptr || !there->is_known || has(file.prepared.markers, there->marker))
    return nullptr;
  if (has(other.prepared.markers, channel.marker)) return nullptr;
  const std::array<std::string, 1> candidates{there->marker};
  return nearest_word(channel.marker, candidates).empty() ? nullptr : there;
}

/// Unknown stains that are a misspelt marker of the same detector in files of the same panel.
void correct_stains(const std::vector<Sample>& samples, std::vector<Ingested>& files,
                    Progress& progress) {
  for (std::size_t index = 0; index < files.size(); ++index) {
    Ingested& file = files[index];
    for (const PanelChannel& channel : file.panel.markers()) {
      if (channel.is_known || !channel.dump.empty()) continue;
      for (std::size_t other = 0; other < files.size(); ++other) {
        if (other == index || samples[other].panel != samples[index].panel) continue;
        const PanelChannel* meant = meant_by(channel, file, files[other]);
        if (meant == nullptr) continue;
        std::set<std::string> corrected = markers_of(file);
        corrected.erase(channel.marker);
        corrected.insert(meant->marker);
        if (!are_alike(corrected, markers_of(files[other]))) continue;
        progress.warn(fmt::format("{}: the stain '{}' of {} is read as {}, which {} is in {}",
                                  samples[index].file, channel.marker, channel.name, meant->marker,
                                  channel.name, samples[other].file));
        rename_marker(file, channel.marker, *meant);
        break;
      }
    }
  }
}

/// Files of the same markers.
struct Group {
  std::set<std::string> markers;
  std::vector<std::size_t> members;
};

/// A patient's visit in both would be pooled twice: such files are tubes of one visit.
bool share_a_visit(const std::vector<Sample>& samples, const Group& one, const Group& other) {
  std::set<std::pair<std::string, std::string>> visits;
  for (const std::size_t member : one.members) {
    if (!samples[member].patient.empty())
      visits.emplace(samples[member].patient, samples[member].visit);
  }
  return std::any_of(other.members.begin(), other.members.end(), [&](std::size_t member) {
    return visits.contains({samples[member].patient, samples[member].visit});
  });
}

/// Smaller groups join the largest one that has most of their markers.
std::vector<Group> merged(const std::vector<Sample>& samples, std::vector<Group> groups) {
  std::vector<std::size_t> by_size(groups.size());
  for (std::size_t index = 0; index < by_size.size(); ++index) by_size[index] = index;
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
    return groups[a].members.size() > groups[b].members.size();
  });
  std::vector<std::size_t> kept;
  for (const std::size_t index : by_size) {
    const auto host = std::find_if(kept.begin(), kept.end(), [&](std::size_t candidate) {
      return are_alike(groups[index].markers, groups[candidate].markers) &&
             !share_a_visit(samples, groups[index], groups[candidate]);
    });
    if (host == kept.end()) {
      kept.push_back(index);
      continue;
    }
    std::vector<std::size_t>& members = groups[*host].members;
    members.insert(members.end(), groups[index].members.begin(), groups[index].members.end());
    std::sort(members.begin(), members.end());
  }
  std::vector<Group> result;
  for (const std::size_t index : kept) result.push_back(groups[index]);
  std::sort(result.begin(), result.end(),
            [](const Group& a, const Group& b) { return a.members.front() < b.members.front(); });
  return result;
}

Words names_of(const std::vector<Sample>& samples, const std::vector<std::size_t>& members) {
  Words names;
  for (const std::size_t member : members) names.push_back(samples[member].file);
  return names;
}

bool knows_a_marker(const Ingested& file) {
  const std::vector<PanelChannel> markers = file.panel.markers();
  return std::any_of(markers.begin(), markers.end(),
                     [](const PanelChannel& channel) { return channel.is_known; });
}

/// Panels that the files' markers made are never made without a word.
void warn_of_panels(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                    const std::vector<PanelMembers>& panels, Progress& progress) {
  if (panels.size() < 2) return;
  const bool some_known = std::any_of(files.begin(), files.end(), knows_a_marker);
  std::vector<std::string> parts;
  for (const PanelMembers& panel : panels) {
    const Words names = names_of(samples, panel.members);
    if (some_known && !knows_a_marker(files[panel.members.front()])) {
      progress.warn(fmt::format(
          "{}: stains no marker that the other files have, so it is compared with none of them "
          "(raw "
          "detectors of a spectral cytometer? unmix the file first, or name its channels under "
          "'panel' in the study file)",
          few_of(names)));
    }
    parts.push_back(fmt::format("'{}' ({} markers: {})", panel.name,
                                files[panel.members.front()].panel.markers().size(),
                                few_of(names)));
  }
  progress.warn(
      fmt::format("the files stain different markers and make {} panels, which are not compared "
                  "with each other: "
                  "{}; to pool files, give them one word in the sample sheet's column 'panel'",
                  panels.size(), fmt::join(parts, ", ")));
}

}  // namespace

std::string few_of(const std::vector<std::string>& files) {
  constexpr std::size_t kNamed = 3;
  const std::size_t named = files.size() <= kNamed + 1 ? files.size() : kNamed;
  std::string text = fmt::format(
      "{}", fmt::join(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  if (named < files.size()) text += fmt::format(" and {} more files", files.size() - named);
  return text;
}

std::vector<PanelMembers> group_panels(const std::vector<Sample>& samples,
                                       std::vector<Ingested>& files, Progress& progress) {
  correct_stains(samples, files, progress);
  std::vector<PanelMembers> named;
  std::vector<Group> groups;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    const std::string& word = samples[sample].panel;
    if (word.empty()) {
      const std::set<std::string> markers = markers_of(files[sample]);
      auto group = std::find_if(groups.begin(), groups.end(),
                                [&](const Group& each) { return each.markers == markers; });
      if (group == groups.end()) group = groups.insert(groups.end(), Group{markers, {}});
      group->members.push_back(sample);
      continue;
    }
    auto panel = std::find_if(named.begin(), named.end(),
                              [&](const PanelMembers& each) { return each.name == word; });
    if (panel == named.end()) panel = named.insert(named.end(), PanelMembers{word, {}});
    panel->members.push_back(sample);
  }
  std::vector<PanelMembers> unnamed;
  for (Group& group : merged(samples, std::move(groups)))
    unnamed.push_back({"", std::move(group.members)});
  std::vector<PanelMembers> panels = named;
  panels.insert(panels.end(), unnamed.begin(), unnamed.end());
  std::sort(panels.begin(), panels.end(), [](const PanelMembers& a, const PanelMembers& b) {
    return a.members.front() < b.members.front();
  });
  for (std::size_t index = 0; index < panels.size(); ++index) {
    if (!panels[index].name.empty()) continue;
    panels[index].name = panels.size() == 1 ? "panel" : fmt::format("panel {}", index + 1);
  }
  if (named.empty()) warn_of_panels(samples, files, panels, progress);
  return panels;
}

}  // namespace gateless::stages
