#include "host/annotate/channel_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "host/annotate/channel_words.hpp"

namespace gateless::annotate {
namespace {

void ignore(Reading& reading, std::string reason) {
  reading.channel.role = ChannelRole::kIgnored;
  reading.channel.reason = std::move(reason);
  reading.channel.marker.clear();
  reading.channel.is_known = false;
  reading.channel.dump.clear();
}

bool has_marker(const Reading& reading) {
  return (reading.channel.role == ChannelRole::kMarker ||
          reading.channel.role == ChannelRole::kViability) &&
         !reading.channel.marker.empty();
}

int rank_of(PulseShape pulse) {
  switch (pulse) {
    case PulseShape::kArea:
      return 3;
    case PulseShape::kNone:
      return 2;
    case PulseShape::kHeight:
      return 1;
    case PulseShape::kWidth:
      return 0;
  }
  return 0;
}

/// Of two channels of one marker the larger is taken: what the user said, compensated values, the better evidence, the
/// pulse area.
std::tuple<bool, bool, int, int> rank_of(const Reading& reading) {
  return {reading.evidence == NameEvidence::kOverride, reading.channel.is_compensated,
          static_cast<int>(reading.evidence), rank_of(reading.channel.pulse)};
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 6;
  std::string text;
  for (std::size_t name = 0; name < std::min(names.size(), kNamed); ++name)
    text += (text.empty() ? "" : ", ") + names[name];
  if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
  return text;
}

/// Compensated values of a detector that carries its stain on the raw ones only have that stain, too.
void share_stains(std::vector<Reading>& readings) {
  for (Reading& reading : readings) {
    if (!reading.channel.is_compensated || reading.evidence != NameEvidence::kDetector) continue;
    for (const Reading& raw : readings) {
      if (raw.channel.is_compensated || raw.detector != reading.detector || !has_marker(raw) ||
          raw.channel.pulse != reading.channel.pulse || raw.evidence < NameEvidence::kClone) {
        continue;
      }
      reading.evidence = raw.evidence;
      reading.channel.role = raw.channel.role;
      reading.channel.marker = raw.channel.marker;
      reading.channel.is_known = raw.channel.is_known;
      reading.channel.dump = raw.channel.dump;
      reading.channel.reason = fmt::format("the stain of {}", raw.channel.name);
      break;
    }
  }
}

/// One unknown word on three detectors or more names no marker (barcodes, words for "nothing").
void ignore_repeated_words(std::vector<Reading>& readings, Panel& panel) {
  constexpr std::size_t kMostDetectors = 2;
  std::map<std::string, std::set<std::string>> detectors;
  for (const Reading& reading : readings) {
    if (has_marker(reading) && !reading.channel.is_known && reading.channel.dump.empty() &&
        reading.evidence == NameEvidence::kStain) {
      detectors[reading.channel.marker].insert(reading.detector);
    }
  }
  for (const auto& [word, named] : detectors) {
    if (named.size() <= kMostDetectors) continue;
    for (Reading& reading : readings) {
      if (reading.channel.marker == word && reading.evidence == NameEvidence::kStain)
        ignore(reading, "an unknown word on three or more detectors");
    }
    panel.warnings.push_back(fmt::format(
        "{} channels are stained '{}', which is not a known marker: they are not used; name them "
        "under `panel` in the study file",
        named.size(), word));
  }
}

/// "CD163" without a stain is a marker although the knowledge file does not have it.
bool is_cluster_of_differentiation(const std::string& marker) {
  return marker.size() > 2 && marker.starts_with("CD") && marker[2] >= '0' && marker[2] <= '9';
}

/// Where stains name the markers, a column that only has a name was computed or copied.
void ignore_unstained_columns(std::vector<Reading>& readings, Panel& panel) {
  std::size_t stained = 0;
  std::size_t only_named = 0;
  for (const Reading& reading : readings) {
    if (!has_marker(reading) || !reading.channel.is_known) continue;
    if (reading.evidence == NameEvidence::kStain) ++stained;
    if (reading.evidence == NameEvidence::kName) ++only_named;
  }
  if (stained == 0 || stained < only_named) return;
  std::vector<std::string> left_out;
  for (Reading& reading : readings) {
    if (!has_marker(reading) || reading.channel.is_known ||
        reading.evidence != NameEvidence::kName || !reading.channel.dump.empty() ||
        is_cluster_of_differentiation(reading.channel.marker)) {
      continue;
    }
    left_out.push_back(reading.channel.name);
    ignore(reading, "a column without a stain, where others have one");
  }
  if (left_out.empty()) return;
  panel.warnings.push_back(
      fmt::format("{} columns have no stain and are not used: {}; name them under `panel` in the "
                  "study file to use them",
                  left_out.size(), listed(left_out)));
}

/// A detector without a stain is empty, unless no channel of the file tells a stain.
void ignore_unstained(std::vector<Reading>& readings, Panel& panel) {
  const bool some_named = std::any_of(readings.begin(), readings.end(), [](const Reading& reading) {
    return reading.channel.role == ChannelRole::kMarker &&
           reading.evidence != NameEvidence::kDetector;
  });
  bool any_detector = false;
  for (Reading& reading : readings) {
    if (reading.channel.role != ChannelRole::kMarker || reading.evidence != NameEvidence::kDetector)
      continue;
    any_detector = true;
    if (some_named) ignore(reading, "a detector without a stain");
  }
  if (any_detector && !some_named) {
    panel.warnings.emplace_back(
        "no channel names a marker (subsets cannot be named); detectors are clustered as "
        "they are, name markers under `panel` in the study file");
  }
}

/// Two channels that measure the same light: pulse shapes, or raw and compensated values, of one detector.
bool is_same_light(const Reading& one, const Reading& other) {
  if (one.detector.empty() || one.detector != other.detector) return false;
  const bool differ = one.channel.pulse != other.channel.pulse ||
                      one.channel.is_compensated != other.channel.is_compensated;
  const bool both_known = one.channel.is_known && other.channel.is_known;
  return differ && (!both_known || one.channel.marker == other.channel.marker);
}

/// Two dump channels of other markers are not one: each is called by what it holds.
void tell_dumps_apart(std::vector<Reading>& readings) {
  std::set<std::vector<std::string>> dumps;
  for (const Reading& reading : readings) {
    if (!reading.channel.dump.empty()) dumps.insert(reading.channel.dump);
  }
  if (dumps.size() < 2) return;
  for (Reading& reading : readings) {
    if (reading.channel.dump.empty()) continue;
    for (const std::string& marker : reading.channel.dump) reading.channel.marker += ' ' + marker;
  }
}

/// One channel a marker and one a detector.
void settle_duplicates(std::vector<Reading>& readings, Panel& panel) {
  std::vector<std::string> compensated;
  std::vector<std::string> doubtful;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      Reading& earlier = readings[j];
      Reading& later = readings[i];
      if (!has_marker(earlier) || !has_marker(later)) continue;
      const bool same_light = is_same_light(earlier, later);
      if (!same_light && earlier.channel.marker != later.channel.marker) continue;
      const bool later_wins = rank_of(later) > rank_of(earlier);
      Reading& loser = later_wins ? earlier : later;
      const Reading& winner = later_wins ? later : earlier;
      if (!same_light) {
        doubtful.push_back(fmt::format("{} ({} and {}; {} is used)", winner.channel.marker,
                                       earlier.channel.name, later.channel.name,
                                       winner.channel.name));
      } else if (winner.channel.is_compensated != loser.channel.is_compensated) {
        compensated.push_back(winner.channel.marker);
      }
      ignore(loser, same_light ? fmt::format("the same light as {}", winner.channel.name)
                               : fmt::format("{} is taken from {}", winner.channel.marker,
                                             winner.channel.name));
    }
  }
  if (!compensated.empty()) {
    panel.warnings.push_back(fmt::format(
        "{} markers have a raw and a compensated column, the compensated ones are used: {}",
        compensated.size(), listed(compensated)));
  }
  if (!doubtful.empty()) {
    panel.warnings.push_back(
        fmt::format("one channel is used of two that both name a marker: {}", listed(doubtful)));
  }
}

}  // namespace

void choose_channels(std::vector<Reading>& readings, Panel& panel) {
  tell_dumps_apart(readings);
  share_stains(readings);
  ignore_repeated_words(readings, panel);
  ignore_unstained_columns(readings, panel);
  ignore_unstained(readings, panel);
  settle_duplicates(readings, panel);
}

}  // namespace gateless::annotate
