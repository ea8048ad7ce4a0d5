#include "host/annotate/channel_naming.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "host/annotate/channel_words.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless {
namespace {

PulseShape pulse_of(const std::string& name) {
  const std::vector<std::string> words = words_of(name);
  if (words.size() < 2) return PulseShape::kNone;
  const std::string& last = words.back();
  if (last == "A" || last == "LogA" || last == "LinA") return PulseShape::kArea;
  if (last == "H" || last == "LogH" || last == "LinH" || last == "Height")
    return PulseShape::kHeight;
  if (last == "W") return PulseShape::kWidth;
  return PulseShape::kNone;
}

/// The name without its pulse suffix: FITC-A and FITC-H are one detector.
std::string detector_of(const PanelChannel& channel) {
  if (channel.pulse == PulseShape::kNone) return channel.name;
  return channel.name.substr(0, channel.name.size() - words_of(channel.name).back().size());
}

/// Channels that are told by their name alone: scatter, time, intercalator, beads ...
std::optional<ChannelRole> technical_role(const std::string& text, bool is_mass) {
  const std::string letters = letters_of(text);
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return std::nullopt;
  const std::string first = letters_of(words.front());
  if (first == "fsc" || first == "fs" || letters.starts_with("forwardsc"))
    return ChannelRole::kForward;
  if (first == "ssc" || first == "ss" || letters.starts_with("sidesc")) return ChannelRole::kSide;
  if (first == "time" || letters == "hdrt" || letters == "rawtime") return ChannelRole::kTime;
  if (letters == "eventlength" || letters == "celllength") return ChannelRole::kEventLength;
  if (letters.find("bead") != std::string::npos || letters == "eq") return ChannelRole::kBead;
  if (is_mass) {
    static const std::array<const char*, 4> kGaussian{"center", "offset", "width", "residual"};
    if (std::find(kGaussian.begin(), kGaussian.end(), letters) != kGaussian.end())
      return ChannelRole::kGaussian;
    const bool iridium = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return is_metal(word) && word.find("Ir") != std::string::npos;
    });
    if (iridium || letters.starts_with("dna")) return ChannelRole::kDna;
  }
  return std::nullopt;
}

bool names_metals(const std::vector<Channel>& channels, const std::string& cytometer) {
  const std::string machine = letters_of(cytometer);
  for (const char* word : {"cytof", "helios", "dvs"}) {
    if (machine.find(word) != std::string::npos) return true;
  }
  std::size_t metals = 0;
  for (const Channel& channel : channels) {
    const std::string letters = letters_of(channel.name);
    if (letters == "eventlength" || letters == "celllength") return true;
    const std::vector<std::string> words = words_of(channel.name);
    if (std::any_of(words.begin(), words.end(), is_metal)) ++metals;
  }
  return metals >= 3;
}

bool is_dump_word(const std::string& text) {
  const std::vector<std::string> words = words_of(text);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    const std::string letters = letters_of(word);
    return letters == "dump" || letters == "lin" || letters == "lineage";
  });
}

/// How well a channel is known, for the choice between two that name one marker.
enum class Evidence { kNone, kDetector, kClone, kName, kStain, kOverride };

struct Reading {
  PanelChannel channel;
  Evidence evidence = Evidence::kNone;
  bool is_stained = false;  ///< $PnS says something
};

class Namer {
 public:
  Namer(const std::vector<Channel>& channels, const Knowledge& knowledge,
        const std::map<std::string, std::string>& overrides, bool is_mass)
      : channels_(channels), words_(knowledge), overrides_(overrides), is_mass_(is_mass) {}

  Panel run() {
    Panel panel;
    panel.instrument = is_mass_ ? Instrument::kMass : Instrument::kFlow;
    check_overrides();
    for (std::size_t i = 0; i < channels_.size(); ++i) readings_.push_back(read(i));
    ignore_unstained(panel);
    settle_duplicates(panel);
    choose_side_scatter();
    for (const Reading& reading : readings_) panel.channels.push_back(reading.channel);
    return panel;
  }

 private:
  void check_overrides() const {
    std::vector<std::string> names;
    for (const Channel& channel : channels_) {
      names.push_back(channel.name);
      if (!channel.stain.empty()) names.push_back(channel.stain);
    }
    for (const auto& [channel, marker] : overrides_) {
      if (std::find(names.begin(), names.end(), channel) != names.end()) continue;
      throw InputError(fmt::format(
          "panel: no channel is called `{}` (it was to be {}){}; `gateless inspect` lists "
          "the channels",
          channel, marker, did_you_mean(channel, names)));
    }
  }

  const std::string* override_of(const Channel& channel) const {
    auto found = overrides_.find(channel.name);
    if (found == overrides_.end() && !channel.stain.empty()) found = overrides_.find(channel.stain);
    return found == overrides_.end() ? nullptr : &found->second;
  }

  Reading read(std::size_t index) const {
    const Channel& channel = channels_[index];
    Reading reading;
    reading.channel.channel = index;
    reading.channel.name = channel.name;
    reading.channel.pulse = pulse_of(channel.name);
    reading.is_stained =
        !words_.is_unlabelled(channel.stain) && !words_.stain_in(channel.stain).empty();
    if (const std::string* forced = override_of(channel)) {
      force(reading, *forced);
      return reading;
    }
    std::optional<ChannelRole> role = technical_role(channel.name, is_mass_);
    if (!role && reading.is_stained) role = technical_role(channel.stain, is_mass_);
    if (role) {
      reading.channel.role = *role;
    } else if (words_.is_non_marker(reading.is_stained ? channel.stain : channel.name)) {
      reading.channel.role = ChannelRole::kIgnored;
    } else {
      read_marker(reading, channel);
    }
    return reading;
  }

  void force(Reading& reading, const std::string& word) const {
    static const std::map<std::string, ChannelRole> kRoles{{"ignore", ChannelRole::kIgnored},
                                                           {"viability", ChannelRole::kViability},
                                                           {"time", ChannelRole::kTime},
                                                           {"bead", ChannelRole::kBead},
                                                           {"dna", ChannelRole::kDna}};
    reading.evidence = Evidence::kOverride;
    const auto role = kRoles.find(letters_of(word));
    if (role != kRoles.end()) {
      reading.channel.role = role->second;
      return;
    }
    const std::vector<std::string> markers = words_.markers_in(word);
    set_marker(reading, markers.size() == 1 ? markers.front() : word, markers.size() == 1);
  }

  void read_marker(Reading& reading, const Channel& channel) const {
    const std::string& text = reading.is_stained ? channel.stain : channel.name;
    const Evidence evidence = reading.is_stained ? Evidence::kStain : Evidence::kName;
    std::vector<std::string> markers = words_.markers_in(text);
    if (markers.size() > 1 || is_dump_word(text)) {
      reading.evidence = evidence;
      reading.channel.role = ChannelRole::kMarker;
      reading.channel.marker = "dump";
      reading.channel.dump = std::move(markers);
      return;
    }
    if (markers.empty()) {
      markers = words_.clones_in(text);
      if (markers.size() == 1) {
        reading.evidence = Evidence::kClone;
        set_marker(reading, markers.front(), true);
        return;
      }
    } else {
      reading.evidence = evidence;
      set_marker(reading, markers.front(), true);
      return;
    }
    const std::string stain = words_.stain_in(text);
    reading.evidence = stain.empty() ? Evidence::kDetector : evidence;
    set_marker(reading, stain.empty() ? channel.name : stain, false);
  }

  void set_marker(Reading& reading, const std::string& marker, bool is_known) const {
    reading.channel.marker = marker;
    reading.channel.is_known = is_known;
    reading.channel.role =
        is_known && words_.is_viability(marker) ? ChannelRole::kViability : ChannelRole::kMarker;
  }

  static void ignore(Reading& reading) {
    reading.channel.role = ChannelRole::kIgnored;
    reading.channel.marker.clear();
    reading.channel.is_known = false;
    reading.channel.dump.clear();
  }

  /// A detector without a stain is empty, unless no channel of the file tells a stain.
  void ignore_unstained(Panel& panel) {
    const bool some_named =
        std::any_of(readings_.begin(), readings_.end(), [](const Reading& reading) {
          return reading.channel.role == ChannelRole::kMarker &&
                 reading.evidence != Evidence::kDetector;
        });
    bool any_detector = false;
    for (Reading& reading : readings_) {
      if (reading.channel.role != ChannelRole::kMarker || reading.evidence != Evidence::kDetector)
        continue;
      any_detector = true;
      if (some_named) ignore(reading);
    }
    if (any_detector && !some_named) {
      panel.warnings.emplace_back(
          "no channel names a marker (subsets cannot be told apart); detectors are clustered as "
          "they are, name markers under `panel` in the study file");
    }
  }

  /// One channel a marker: the better evidence, then the pulse area, then the first.
  void settle_duplicates(Panel& panel) {
    const auto rank = [](const Reading& reading) {
      static const std::map<PulseShape, int> kPulse{{PulseShape::kArea, 3},
                                                    {PulseShape::kNone, 2},
                                                    {PulseShape::kHeight, 1},
                                                    {PulseShape::kWidth, 0}};
      return std::pair(static_cast<int>(reading.evidence), kPulse.at(reading.channel.pulse));
    };
    for (std::size_t i = 0; i < readings_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        Reading& earlier = readings_[j];
        Reading& later = readings_[i];
        if (!clash(earlier.channel, later.channel)) continue;
        const bool later_wins = rank(later) > rank(earlier);
        Reading& loser = later_wins ? earlier : later;
        const Reading& winner = later_wins ? later : earlier;
        if (detector_of(winner.channel) != detector_of(loser.channel)) {
          panel.warnings.push_back(
              fmt::format("channels {} and {} both name {} (only one can be used); {} is taken",
                          earlier.channel.name, later.channel.name, winner.channel.marker,
                          winner.channel.name));
        }
        ignore(loser);
      }
    }
  }

  /// The side scatter that tells lineages apart, where the knowledge file asks for it: pulse area before others.
  void choose_side_scatter() {
    Reading* chosen = nullptr;
    for (Reading& reading : readings_) {
      const PanelChannel& channel = reading.channel;
      if (channel.role != ChannelRole::kSide || channel.pulse == PulseShape::kWidth) continue;
      if (chosen == nullptr ||
          (channel.pulse == PulseShape::kArea && chosen->channel.pulse != PulseShape::kArea)) {
        chosen = &reading;
      }
    }
    if (chosen == nullptr) return;
    chosen->channel.marker = words_.side_scatter();
    chosen->channel.is_known = !words_.side_scatter().empty();
  }

  static bool clash(const PanelChannel& one, const PanelChannel& other) {
    const auto has_marker = [](const PanelChannel& channel) {
      return channel.role == ChannelRole::kMarker || channel.role == ChannelRole::kViability;
    };
    return has_marker(one) && has_marker(other) && !one.marker.empty() &&
           one.marker == other.marker;
  }

  const std::vector<Channel>& channels_;
  ChannelWords words_;
  const std::map<std::string, std::string>& overrides_;
  bool is_mass_;
  std::vector<Reading> readings_;
};

}  // namespace

Panel name_channels(const std::vector<Channel>& channels, const Knowledge& knowledge,
                    const std::map<std::string, std::string>& overrides,
                    const std::string& cytometer) {
  return Namer(channels, knowledge, overrides, names_metals(channels, cytometer)).run();
}

}  // namespace gateless
