#include "io/knowledge_reader.hpp"

#include <fmt/format.h>

#include <optional>

#include "host/core/nearest_word.hpp"

namespace gateless::io {
namespace {

const std::vector<std::string>& level_words() {
  static const std::vector<std::string> words{"neg", "low", "int", "pos", "high"};
  return words;
}

}  // namespace

void KnowledgeReader::read(const YAML::Node& document) {
  subset_ids_here_.clear();
  if (!document.IsMap()) {
    problem(document,
            "a knowledge file is a map of `markers`, `subsets`, ... (this is something else); "
            "see configs/pbmc.yaml for the schema");
    return;
  }
  check_keys(document, {"schema", "organism", "tissue", "markers", "channel_names", "subsets",
                        "composites", "trial_report", "reference_ranges", "sources"});
  if (const YAML::Node schema = document["schema"];
      schema && text(schema) != "gateless-knowledge/1") {
    problem(schema, fmt::format("unknown schema `{}` (its keys may mean something else); "
                                "this program reads gateless-knowledge/1",
                                text(schema)));
  }
  for (const auto& source : map_of(document["sources"])) {
    origins_.sources.insert(source.first.as<std::string>());
  }
  read_markers(document["markers"]);
  read_channel_names(document["channel_names"]);
  read_subsets(document["subsets"]);
  read_composites(document["composites"]);
  read_report(document["trial_report"]);
  read_ranges(document["reference_ranges"]);
}

std::vector<Level> KnowledgeReader::levels(const YAML::Node& node) {
  std::vector<Level> result;
  const std::vector<std::string> named = words(node);
  for (const std::string& word : named) {
    const std::optional<Level> level = level_from_word(word);
    if (level) {
      result.push_back(*level);
    } else {
      problem(node, fmt::format("unknown level `{}` (levels are neg, low, int, pos, high){}", word,
                                did_you_mean(word, level_words())));
    }
  }
  if (named.empty()) problem(node, "a marker needs at least one level: neg, low, int, pos or high");
  return result;
}

MarkerLevels KnowledgeReader::marker_levels(const YAML::Node& node) {
  MarkerLevels result;
  for (const auto& entry : map_of(node)) {
    const std::string marker = text(entry.first);
    if (!result.emplace(marker, levels(entry.second)).second) {
      problem(entry.first, fmt::format("marker {} appears twice in one rule", marker));
    }
    origins_.marker_uses.push_back({marker, name(), line_of(entry.first)});
  }
  return result;
}

std::vector<MarkerLevels> KnowledgeReader::rules(const YAML::Node& node) {
  std::vector<MarkerLevels> result;
  for (const YAML::Node& rule : list_of(node)) result.push_back(marker_levels(rule));
  return result;
}

std::vector<std::string> KnowledgeReader::marker_words(const YAML::Node& node) {
  std::vector<std::string> result = words(node);
  for (const std::string& marker : result)
    origins_.marker_uses.push_back({marker, name(), line_of(node)});
  return result;
}

void KnowledgeReader::read_markers(const YAML::Node& node) {
  std::set<std::string> here;
  for (const auto& entry : map_of(node)) {
    check_keys(entry.second,
               {"synonyms", "clones", "not", "role", "only", "graded", "intracellular", "note"});
    KnownMarker marker;
    marker.name = text(entry.first);
    marker.line = line_of(entry.first);
    marker.synonyms = words(entry.second["synonyms"]);
    marker.clones = words(entry.second["clones"]);
    marker.look_alikes = words(entry.second["not"]);
    marker.role = text(entry.second["role"]);
    marker.only = text(entry.second["only"]);
    if (!marker.only.empty())
      origins_.id_uses.push_back({marker.only, name(), line_of(entry.second["only"])});
    marker.is_graded = truth(entry.second["graded"]);
    if (!marker.role.empty() && marker.role != "viability" && marker.role != "side scatter") {
      problem(entry.second["role"],
              fmt::format("unknown role `{}` (viability or side scatter)", marker.role));
    }
    if (!here.insert(marker.name).second) {
      problem(entry.first,
              fmt::format("marker {} is defined twice; join the two entries", marker.name));
      continue;
    }
    place(knowledge_.markers, marker, [](const KnownMarker& known) { return known.name; });
    origins_.file_of_marker[marker.name] = name();
  }
}

void KnowledgeReader::read_channel_names(const YAML::Node& node) {
  check_keys(node, {"fluorochromes", "non_markers", "unlabelled", "other_molecules"});
  const auto extend = [&](const char* key, std::vector<std::string>& list) {
    for (std::string& word : words(map_of(node)[key])) {
      if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(std::move(word));
    }
  };
  extend("fluorochromes", knowledge_.channel_names.fluorochromes);
  extend("non_markers", knowledge_.channel_names.non_markers);
  extend("unlabelled", knowledge_.channel_names.unlabelled);
  extend("other_molecules", knowledge_.channel_names.other_molecules);
}

void KnowledgeReader::read_subsets(const YAML::Node& node) {
  for (const YAML::Node& entry : list_of(node)) {
    check_keys(
        entry,
        {"id",     "name",     "parent",         "partition",       "order",        "overlay",
         "corner", "rest",     "recluster",      "searched",        "core",         "support",
         "also",   "instead",  "without_parent", "needs",           "unless",       "require_any",
         "cl",     "cl_alt",   "abnormal",       "abnormal_memory", "non_reactive", "synonyms",
         "note",   "compared", "source"});
    if (!entry.IsMap()) continue;
    const KnownSubset subset = read_subset(entry);
    if (subset.id.empty()) {
      problem(entry, "a subset needs an `id`");
    } else if (!subset_ids_here_.insert(subset.id).second) {
      problem(entry, fmt::format("subset id `{}` is used twice in this file (which one is meant?); "
                                 "rename one of them",
                                 subset.id));
    } else {
      place(knowledge_.subsets, subset, [](const KnownSubset& known) { return known.id; });
      origins_.file_of_subset[subset.id] = name();
    }
  }
}

KnownSubset KnowledgeReader::read_subset(const YAML::Node& entry) {
  KnownSubset subset;
  subset.line = line_of(entry);
  subset.id = text(entry["id"]);
  subset.name = entry["name"] ? text(entry["name"]) : subset.id;
  subset.parent = text(entry["parent"]);
  subset.partition = text(entry["partition"]);
  subset.order = number(entry["order"]);
  subset.is_overlay = truth(entry["overlay"]);
  subset.is_corner = truth(entry["corner"]);
  subset.is_rest = truth(entry["rest"]);
  subset.is_reclustered = truth(entry["recluster"]);
  subset.is_searched = truth(entry["searched"]);
  subset.core = marker_levels(entry["core"]);
  subset.support = marker_levels(entry["support"]);
  for (const YAML::Node& rule : list_of(entry["also"]))
    subset.also.push_back(rule.IsSequence() ? rules(rule) : std::vector{marker_levels(rule)});
  subset.instead = rules(entry["instead"]);
  subset.without_parent = rules(entry["without_parent"]);
  subset.needs = marker_words(entry["needs"]);
  subset.unless = marker_words(entry["unless"]);
  if (const YAML::Node any = entry["require_any"]; any) {
    check_keys(any, {"n", "of"});
    subset.require_any_count = static_cast<std::size_t>(std::max(0, number(map_of(any)["n"])));
    subset.require_any = marker_levels(map_of(any)["of"]);
    if (subset.require_any_count == 0 || subset.require_any_count > subset.require_any.size()) {
      problem(any, "require_any needs 1 <= n <= number of markers in `of`");
    }
  }
  subset.cell_ontology = text(entry["cl"]);
  subset.is_abnormal = truth(entry["abnormal"]);
  subset.is_abnormal_memory = truth(entry["abnormal_memory"]);
  subset.is_non_reactive = truth(entry["non_reactive"]);
  subset.synonyms = words(entry["synonyms"]);
  subset.note = text(entry["note"]);
  subset.compared = text(entry["compared"]);
  subset.sources = words(entry["source"]);
  for (const std::string& source : subset.sources) {
    origins_.source_uses.push_back({source, name(), line_of(entry["source"])});
  }
  return subset;
}

}  // namespace gateless::io
