#include "host/annotate/channel_naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>

#include "host/annotate/channel_choice.hpp"
#include "host/annotate/channel_words.hpp"
#include "host/annotate/instrument.hpp"
#include "host/annotate/pulse_words.hpp"
#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "host/core/plain_text.hpp"

namespace gateless::annotate {
namespace {

/// "140Ce_EQ", "140Ce_EQ4": the beads of mass cytometry.
bool names_eq(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    const std::string letters = letters_of(word);
    return letters.starts_with("eq") &&
           letters.find_first_not_of("0123456789", 2) == std::string::npos;
  });
}

/// Channels that are told by their name alone: scatter, time, intercalator, beads ...
std::optional<ChannelRole> technical_role(const std::string& text, bool is_mass) {
  const std::string letters = letters_of(text);
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return std::nullopt;
  const std::string first = letters_of(words.front());
  if (first == "fsc" || first == "fs" || letters.starts_with("forwardsc"))
    return ChannelRole::kForward;
  if (first == "ssc" || first == "ss" || first == "bsc" || letters.starts_with("sidesc"))
    return ChannelRole::kSide;
  if (first.starts_with("time") || letters == "hdrt" || letters == "rawtime")
    return ChannelRole::kTime;
  if (letters == "eventlength" || letters == "celllength") return ChannelRole::kEventLength;
  if (letters.find("bead") != std::string::npos || letters == "eq" || (is_mass && names_eq(words)))
    return ChannelRole::kBead;
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

/// "Lin FITC", "BV510 Lin" and "Lin1" are lineage cocktails, "FL1 LIN" and "PE INT LIN" linear amplifiers.
bool is_dump_word(const std::string& text) {
  static const std::regex cocktail("(dump|lineage)s?(channel)?\\d?|lin[1-4]|linneg");
  const std::vector<std::string> words = words_of(text);
  for (std::size_t word = 0; word < words.size(); ++word) {
    const std::string letters = letters_of(words[word]);
    if (std::regex_match(letters, cocktail)) return true;
    const bool is_amplifier = word > 0 && word + 1 == words.size() && words[word] == "LIN";
    if (letters == "lin" && !is_amplifier) return true;
  }
  return false;
}

/// "column CD3 from dataset", as a widely used recipe writes, is CD3.
std::string unwrapped(const std::string& stain) {
  constexpr std::string_view kBefore = "column ";
  constexpr std::string_view kBehind = " from dataset";
  if (!stain.starts_with(kBefore) || !stain.ends_with(kBehind)) return stain;
  if (stain.size() <= kBefore.size() + kBehind.size()) return stain;
  return stain.substr(kBefore.size(), stain.size() - kBefore.size() - kBehind.size());
}

class Namer {
 public:
  Namer(const std::vector<Channel>& channels, const Knowledge& knowledge,
        const std::map<std::string, std::string>& overrides, bool is_mass)
      : channels_(channels), words_(knowledge), overrides_(overrides), is_mass_(is_mass) {}

  Panel run() {
    Panel panel;
    panel.instrument = is_mass_ ? Instrument::kMass : Instrument::kFlow;
    for (std::size_t i = 0; i < channels_.size(); ++i) readings_.push_back(read(i));
    choose_channels(readings_, panel);
    choose_side_scatter();
    for (const Reading& reading : readings_) panel.channels.push_back(reading.channel);
    return panel;
  }

 private:
  const std::string* override_of(const Channel& channel) const {
    auto found = overrides_.find(channel.name);
    if (found == overrides_.end() && !channel.stain.empty()) found = overrides_.find(channel.stain);
    return found == overrides_.end() ? nullptr : &found->second;
  }

  Reading read(std::size_t index) const {
    const Channel& channel = channels_[index];
    const std::string name = plain_blanks(channel.name);
    const std::string stain = unwrapped(plain_blanks(channel.stain));
    Reading reading;
    reading.channel.channel = index;
    reading.channel.name = channel.name;
    reading.channel.pulse = pulse_of(name);
    if (reading.channel.pulse == PulseShape::kNone) reading.channel.pulse = long_pulse_of(stain);
    reading.detector = detector_of(name);
    reading.channel.is_compensated = is_compensated_name(name);
    const bool is_stained = says_stain(name, stain);
    if (const std::string* forced = override_of(channel)) {
      force(reading, *forced);
      return reading;
    }
    std::optional<ChannelRole> role = technical_role(name, is_mass_);
    reading.channel.reason = fmt::format("its name is '{}'", name);
    if (!role && is_stained) {
      role = technical_role(stain, is_mass_);
      reading.channel.reason = fmt::format("its stain is '{}'", stain);
    }
    if (role) {
      reading.channel.role = *role;
    } else if (is_non_marker(is_stained ? stain : name)) {
      reading.channel.role = ChannelRole::kIgnored;
      reading.channel.reason = fmt::format("'{}' is no marker", is_stained ? stain : name);
    } else {
      const bool is_name = !is_stained || letters_of(stain) == letters_of(name);
      read_marker(reading, is_stained ? stain : name,
                  is_name ? NameEvidence::kName : NameEvidence::kStain);
    }
    return reading;
  }

  /// Whether $PnS says more than which detector this is.
  bool says_stain(const std::string& name, const std::string& stain) const {
    if (words_.is_unlabelled(stain)) return false;
    const std::string word = words_.stain_in(stain);
    if (word.empty())  // "B7-2", the clone "G20-127"
      return is_dump_word(stain) || !words_.markers_in(stain).empty() ||
             !words_.clones_in(stain).empty();
    if (words_.is_unlabelled(word)) return false;  // "Empty BV421"
    const bool is_detector =
        words_.is_detector_name(stain) && (pulse_of(stain) != PulseShape::kNone || stain == name ||
                                           words_of(stain).front().size() > 3);
    return !is_detector;
  }

  /// "bc_separation_dist", and with a detector or a metal beside it: "102Pd_BC1".
  bool is_non_marker(const std::string& text) const {
    const std::string word = words_.stain_in(text);
    return words_.is_non_marker(text) || (!word.empty() && words_.is_non_marker(word));
  }

  void force(Reading& reading, const std::string& word) const {
    static const std::map<std::string, ChannelRole> kRoles{{"ignore", ChannelRole::kIgnored},
                                                           {"viability", ChannelRole::kViability},
                                                           {"time", ChannelRole::kTime},
                                                           {"bead", ChannelRole::kBead},
                                                           {"dna", ChannelRole::kDna}};
    reading.evidence = NameEvidence::kOverride;
    reading.channel.reason = fmt::format("`panel` of the study file says '{}'", word);
    const auto role = kRoles.find(letters_of(word));
    if (role != kRoles.end()) {
      reading.channel.role = role->second;
      return;
    }
    const std::vector<std::string> markers = words_.markers_in(word);
    set_marker(reading, markers.size() == 1 ? markers.front() : word, markers.size() == 1);
  }

  void read_marker(Reading& reading, const std::string& text, NameEvidence evidence) const {
    std::vector<std::string> markers = words_.markers_in(text);
    const bool is_detector = evidence == NameEvidence::kName && words_.is_detector_name(text);
    if (markers.size() > 1 || (is_dump_word(text) && !is_detector)) {
      reading.evidence = evidence;
      reading.channel.reason = fmt::format("'{}' names several markers, or a dump channel", text);
      reading.channel.role = ChannelRole::kMarker;
      reading.channel.marker = "dump";
      reading.channel.dump = std::move(markers);
      return;
    }
    if (!markers.empty()) {
      reading.evidence = evidence;
      set_marker(reading, markers.front(), true);
      return;
    }
    if (!is_detector) markers = words_.clones_in(text);
    if (markers.size() == 1) {
      reading.evidence = NameEvidence::kClone;
      reading.channel.reason = fmt::format("'{}' has the clone of {}", text, markers.front());
      set_marker(reading, markers.front(), true);
      return;
    }
    const std::string stain = is_detector ? std::string() : words_.stain_in(text);
    reading.evidence = stain.empty() ? NameEvidence::kDetector : evidence;
    if (stain.empty()) {
      reading.channel.reason = "a detector without a stain";
    } else {
      reading.channel.reason += ", which the knowledge file does not have";
    }
    set_marker(reading, stain.empty() ? reading.channel.name : stain, false);
  }

  void set_marker(Reading& reading, const std::string& marker, bool is_known) const {
    reading.channel.marker = marker;
    reading.channel.is_known = is_known;
    reading.channel.role =
        is_known && words_.is_viability(marker) ? ChannelRole::kViability : ChannelRole::kMarker;
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
    if (!words_.side_scatter().empty()) chosen->channel.reason += "; helps to tell lineages";
    chosen->channel.is_known = !words_.side_scatter().empty();
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
  const bool is_mass = instrument_of(channels, cytometer) == Instrument::kMass;
  return Namer(channels, knowledge, overrides, is_mass).run();
}

void check_overrides(const std::vector<std::vector<Channel>>& files,
                     const std::map<std::string, std::string>& overrides) {
  std::vector<std::string> names;
  for (const std::vector<Channel>& channels : files) {
    for (const Channel& channel : channels) {
      names.push_back(channel.name);
      if (!channel.stain.empty()) names.push_back(channel.stain);
    }
  }
  for (const auto& [word, marker] : overrides) {
    if (std::find(names.begin(), names.end(), word) != names.end()) continue;
    throw InputError(
        fmt::format("panel: no channel of any file is called `{}` (it should become {}){}; "
                    "`gateless inspect` lists the channels",
                    word, marker, did_you_mean(word, names)));
  }
}

}  // namespace gateless::annotate
