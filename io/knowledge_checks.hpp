// What must hold between the entries of a knowledge file: known words, a tree of parents, siblings that exclude
// each other.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"

namespace gateless::io {

/// A word and where it is used.
struct WordUse {
  std::string word, file;
  int line = 0;
};

/// Where the entries of a Knowledge come from, for messages.
struct KnowledgeOrigins {
  std::map<std::string, std::string> file_of_marker, file_of_subset, file_of_composite;  ///< by id
  std::vector<WordUse> marker_uses, id_uses, source_uses;
  std::set<std::string> sources;
};

[[nodiscard]] std::optional<Level> level_from_word(const std::string& word);

/// All problems, each as `file:line: ...`; none when the knowledge can be used.
[[nodiscard]] std::vector<std::string> check_knowledge(const Knowledge& knowledge,
                                                       const KnowledgeOrigins& origins);

/// Orders subsets so that parents stand before their children, otherwise as they are. Needs a tree.
void sort_parents_first(Knowledge& knowledge);

}  // namespace gateless::io
