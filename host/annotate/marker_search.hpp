// Finds markers by their names, synonyms and clones in the words of channels.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/knowledge.hpp"

namespace gateless::annotate {

/// A marker's name, synonym or clone, ready to be searched for.
struct MarkerPattern {
  std::string marker;   ///< empty: a name that looks like a marker's and is another molecule's
  std::string letters;  ///< lower-case letters and digits
  std::vector<bool> may_split_before;  ///< [letters], a separator of the text may stand before it
  bool is_viability = false;
};

/// Where a text names a marker: text[start, end).
struct MarkerMatch {
  std::size_t start = 0, end = 0;
  std::string marker;
  bool is_viability = false;
};

class MarkerSearch {
 public:
  /// `dye_words`: words of fluorochromes, lower case, which may be written to a marker without a separator.
  MarkerSearch(const Knowledge& knowledge, std::set<std::string> dye_words);

  /// Markers that `text` names, in order of appearance; the longest name wins where names overlap.
  [[nodiscard]] std::vector<MarkerMatch> names_in(std::string_view text) const;
  /// The same by clones.
  [[nodiscard]] std::vector<MarkerMatch> clones_in(std::string_view text) const;

 private:
  [[nodiscard]] std::vector<MarkerMatch> search(const std::vector<MarkerPattern>& patterns,
                                                std::string_view text, bool of_clones) const;
  [[nodiscard]] bool begins_word(std::string_view text, std::size_t start, bool of_clone) const;
  [[nodiscard]] bool ends_word(std::string_view text, std::size_t end,
                               const MarkerPattern& pattern) const;
  [[nodiscard]] bool is_glued_label(std::string_view rest) const;
  void add_partners(std::string_view text, std::vector<MarkerMatch>& matches) const;
  [[nodiscard]] const std::string* marker_of_number(const std::string& number) const;

  std::vector<MarkerPattern> names_, clones_, look_alikes_;
  std::set<std::string> dye_words_;
  std::map<std::string, std::string> of_number_;  ///< "19" to CD19
};

}  // namespace gateless::annotate
