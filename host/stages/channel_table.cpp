#include "host/stages/channel_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "host/annotate/channel_words.hpp"
#include "host/core/layers.hpp"

namespace gateless::stages {
namespace {

/// The channel of a file that stands for the same thing: of its marker, or of its name where it has none.
const PanelChannel* same_in(const Panel& file, const PanelChannel& channel) {
  for (const PanelChannel& other : file.channels) {
    const bool is_same = channel.role == ChannelRole::kMarker
                             ? other.role == channel.role && other.marker == channel.marker
                             : other.name == channel.name;
    if (is_same) return &other;
  }
  return nullptr;
}

/// "PE-A :: CD4 in a, b and 3 more files"; empty where all files agree.
std::string differences(const PanelAnalysis& analysis, const PanelChannel& channel,
                        const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::map<std::string, std::vector<std::string>> files;  // what they say -> who
  for (const PooledSample& sample : analysis.events.samples) {
    const PanelChannel* own = same_in(sample.panel, channel);
    std::string says = "not";
    if (own != nullptr && own->name == channel.name && own->stain == channel.stain) continue;
    if (own != nullptr)
      says = own->stain.empty() ? own->name : fmt::format("{} :: {}", own->name, own->stain);
    files[says].push_back(names[sample.sample]);
  }
  std::vector<std::string> parts;
  for (auto& [says, who] : files) {
    const std::size_t more = who.size() > kNamed ? who.size() - kNamed : 0;
    who.resize(who.size() - more);
    parts.push_back(fmt::format("{} in {}{}", says, fmt::join(who, ", "),
                                more > 0 ? fmt::format(" and {} more", more) : ""));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// "arcsinh(394)" of the marker, from "CD3 logicle(...); SSC arcsinh(394)"; empty where it is not pooled.
std::string transform_of(const PanelAnalysis& analysis, const std::string& marker) {
  if (marker.empty() || analysis.events.qc.empty()) return {};
  const std::string& all = analysis.events.qc.front().transforms;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find("; ", at), all.size());
    const std::string one = all.substr(at, end - at);
    if (one.starts_with(marker + " ")) return one.substr(marker.size() + 1);
    at = end + 2;
  }
  return {};
}

}  // namespace

const char* word_of(ChannelRole role) {
  switch (role) {
    case ChannelRole::kMarker:
      return "marker";
    case ChannelRole::kViability:
      return "viability";
    case ChannelRole::kForward:
      return "forward scatter";
    case ChannelRole::kSide:
      return "side scatter";
    case ChannelRole::kTime:
      return "time";
    case ChannelRole::kEventLength:
      return "event length";
    case ChannelRole::kDna:
      return "DNA";
    case ChannelRole::kBead:
      return "beads";
    case ChannelRole::kGaussian:
      return "pulse shape";
    case ChannelRole::kIgnored:
      return "not used";
  }
  return "";
}

std::vector<ChannelRow> channel_rows(const StudyAnalysis& study) {
  const std::vector<std::string> names = sample_names(study.samples);
  const ChannelWords words(study.knowledge);
  std::vector<ChannelRow> rows;
  for (const PanelAnalysis& analysis : study.panels) {
    for (const PanelChannel& channel : analysis.events.panel.channels) {
      rows.push_back({.panel = analysis.events.panel.name,
                      .channel = channel.name,
                      .stain = words.is_unlabelled(channel.stain) ? "" : channel.stain,
                      .marker = channel.marker,
                      .role = word_of(channel.role),
                      .transform = transform_of(analysis, channel.marker),
                      .differs = differences(analysis, channel, names)});
    }
  }
  return rows;
}

}  // namespace gateless::stages
