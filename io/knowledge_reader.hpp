// Reads one document of a knowledge file.
#pragma once

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "io/knowledge_checks.hpp"
#include "io/yaml_words.hpp"

namespace gateless::io {

/// Reads the YAML documents of one text into a Knowledge; problems are collected, not thrown.
class KnowledgeReader : private YamlWords {
 public:
  KnowledgeReader(Knowledge& knowledge, KnowledgeOrigins& origins, const std::string& name,
                  std::vector<std::string>& problems)
      : YamlWords(name, problems), knowledge_(knowledge), origins_(origins) {}

  void read(const YAML::Node& document);

 private:
  std::vector<Level> levels(const YAML::Node& node);
  MarkerLevels marker_levels(const YAML::Node& node);
  std::vector<MarkerLevels> rules(const YAML::Node& node);
  std::vector<std::string> marker_words(const YAML::Node& node);
  void read_markers(const YAML::Node& node);
  void read_channel_names(const YAML::Node& node);
  void read_subsets(const YAML::Node& node);
  KnownSubset read_subset(const YAML::Node& entry);
  void read_composites(const YAML::Node& node);
  void read_report(const YAML::Node& node);
  /// Ranges are for the reader of the file; they are checked so that none is of a subset that is not there.
  void read_ranges(const YAML::Node& node);
  /// Keeps a row that limits a fraction or a concentration; the others are for orientation only.
  void add_range(const YAML::Node& entry, double low, double high);

  void use_id(const std::string& id, const YAML::Node& where) {
    origins_.id_uses.push_back({id, name(), line_of(where)});
  }

  /// Puts `entry` where one of the same key stands, or at the end.
  template <class Entry, class Key>
  static void place(std::vector<Entry>& list, const Entry& entry, Key key) {
    const auto same = std::find_if(list.begin(), list.end(),
                                   [&](const Entry& known) { return key(known) == key(entry); });
    if (same == list.end()) {
      list.push_back(entry);
    } else {
      *same = entry;
    }
  }

  Knowledge& knowledge_;
  KnowledgeOrigins& origins_;
  std::set<std::string> subset_ids_here_;
};

}  // namespace gateless::io
