// The words of channel names: markers with token boundaries, metals, fluorochromes, detectors.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/annotate/marker_search.hpp"
#include "host/core/knowledge.hpp"

namespace gateless::annotate {

class ChannelWords {
 public:
  explicit ChannelWords(const Knowledge& knowledge);

  /// Markers that `text` names, each once, in order of appearance; the longest name wins where names overlap.
  [[nodiscard]] std::vector<std::string> markers_in(std::string_view text) const;
  /// Markers whose clones `text` names: weak evidence.
  [[nodiscard]] std::vector<std::string> clones_in(std::string_view text) const;
  /// `text` without metals, fluorochromes, detectors and pulse suffixes; empty when nothing else is in it.
  [[nodiscard]] std::string stain_in(std::string_view text) const;
  /// "B1-A", "V450-A", "B690-PC5.5-A": a detector of an instrument, which may spell a clone's name.
  [[nodiscard]] bool is_detector_name(std::string_view text) const;
  [[nodiscard]] bool is_non_marker(std::string_view text) const;
  [[nodiscard]] bool is_unlabelled(std::string_view text) const;
  [[nodiscard]] bool is_viability(const std::string& marker) const;
  /// The knowledge file's name for side scatter; empty where no subset is told by it.
  [[nodiscard]] const std::string& side_scatter() const { return side_scatter_; }

 private:
  [[nodiscard]] bool is_dye_word(const std::string& word) const;
  /// Where the stain begins and ends in `text`; nothing is in it where it begins behind its end.
  [[nodiscard]] std::pair<std::size_t, std::size_t> stain_range(std::string_view text) const;

  std::set<std::string> dye_words_;  ///< lower case
  MarkerSearch search_;
  std::set<std::string> other_molecules_;    ///< lower-case letters and digits
  std::set<std::string> non_markers_;        ///< lower-case letters and digits
  std::set<std::string> non_marker_starts_;  ///< the same, of entries that end with '*'
  std::set<std::string> unlabelled_;         ///< lower case
  std::set<std::string> viability_;
  std::string side_scatter_;
};

/// Lower-case letters and digits of `text`.
[[nodiscard]] std::string letters_of(std::string_view text);
/// Words of `text` between separators (anything but letters and digits), as written.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace gateless::annotate
