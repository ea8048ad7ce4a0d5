#include "io/knowledge_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <sstream>

#include "host/core/error.hpp"
#include "host/core/nearest_word.hpp"
#include "io/knowledge_checks.hpp"
#include "io/text_file.hpp"
#include "io/yaml_words.hpp"

namespace gateless {
namespace {

constexpr std::uint64_t kLargestFile = 16U << 20U;  // bytes; the shipped file has 60 KB

const std::vector<std::string>& level_words() {
  static const std::vector<std::string> words{"neg", "low", "int", "pos", "high"};
  return words;
}

/// Reads the YAML documents of one text into a Knowledge; problems are collected, not thrown.
class Reader : private YamlWords {
 public:
  Reader(Knowledge& knowledge, KnowledgeOrigins& origins, const std::string& name,
         std::vector<std::string>& problems)
      : YamlWords(name, problems), knowledge_(knowledge), origins_(origins) {}

  void read(const YAML::Node& document) {
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

 private:
  std::vector<Level> levels(const YAML::Node& node) {
    std::vector<Level> result;
    const std::vector<std::string> named = words(node);
    for (const std::string& word : named) {
      const std::optional<Level> level = level_from_word(word);
      if (level) {
        result.push_back(*level);
      } else {
        problem(node, fmt::format("unknown level `{}` (levels are neg, low, int, pos, high){}",
                                  word, did_you_mean(word, level_words())));
      }
    }
    if (named.empty())
      problem(node, "a marker needs at least one level: neg, low, int, pos or high");
    return result;
  }

  MarkerLevels marker_levels(const YAML::Node& node) {
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

  std::vector<MarkerLevels> rules(const YAML::Node& node) {
    std::vector<MarkerLevels> result;
    for (const YAML::Node& rule : list_of(node)) result.push_back(marker_levels(rule));
    return result;
  }

  std::vector<std::string> marker_words(const YAML::Node& node) {
    std::vector<std::string> result = words(node);
    for (const std::string& marker : result)
      origins_.marker_uses.push_back({marker, name(), line_of(node)});
    return result;
  }

  void read_markers(const YAML::Node& node) {
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

  void read_channel_names(const YAML::Node& node) {
    check_keys(node, {"fluorochromes", "non_markers", "unlabelled"});
    const auto extend = [&](const char* key, std::vector<std::string>& list) {
      for (std::string& word : words(map_of(node)[key])) {
        if (std::find(list.begin(), list.end(), word) == list.end())
          list.push_back(std::move(word));
      }
    };
    extend("fluorochromes", knowledge_.channel_names.fluorochromes);
    extend("non_markers", knowledge_.channel_names.non_markers);
    extend("unlabelled", knowledge_.channel_names.unlabelled);
  }

  void read_subsets(const YAML::Node& node) {
    for (const YAML::Node& entry : list_of(node)) {
      check_keys(entry, {"id",           "name",     "parent",    "partition", "order",
                         "overlay",      "rest",     "recluster", "searched",  "core",
                         "support",      "also",     "instead",   "needs",     "unless",
                         "require_any",  "cl",       "cl_alt",    "abnormal",  "abnormal_memory",
                         "non_reactive", "synonyms", "note",      "compared",  "source"});
      if (!entry.IsMap()) continue;
      const KnownSubset subset = read_subset(entry);
      if (subset.id.empty()) {
        problem(entry, "a subset needs an `id`");
      } else if (!subset_ids_here_.insert(subset.id).second) {
        problem(entry,
                fmt::format("subset id `{}` is used twice in this file (which one is meant?); "
                            "rename one of them",
                            subset.id));
      } else {
        place(knowledge_.subsets, subset, [](const KnownSubset& known) { return known.id; });
        origins_.file_of_subset[subset.id] = name();
      }
    }
  }

  KnownSubset read_subset(const YAML::Node& entry) {
    KnownSubset subset;
    subset.line = line_of(entry);
    subset.id = text(entry["id"]);
    subset.name = entry["name"] ? text(entry["name"]) : subset.id;
    subset.parent = text(entry["parent"]);
    subset.partition = text(entry["partition"]);
    subset.order = number(entry["order"]);
    subset.is_overlay = truth(entry["overlay"]);
    subset.is_rest = truth(entry["rest"]);
    subset.is_reclustered = truth(entry["recluster"]);
    subset.is_searched = truth(entry["searched"]);
    subset.core = marker_levels(entry["core"]);
    subset.support = marker_levels(entry["support"]);
    for (const YAML::Node& rule : list_of(entry["also"]))
      subset.also.push_back(rule.IsSequence() ? rules(rule) : std::vector{marker_levels(rule)});
    subset.instead = rules(entry["instead"]);
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

  void read_composites(const YAML::Node& node) {
    for (const YAML::Node& entry : list_of(node)) {
      check_keys(entry, {"id", "name", "of", "where_resolvable", "fallback", "ratio", "denominator",
                         "memory", "note"});
      if (!entry.IsMap()) continue;
      KnownComposite composite;
      composite.line = line_of(entry);
      composite.id = text(entry["id"]);
      composite.name = entry["name"] ? text(entry["name"]) : composite.id;
      composite.of = words(entry["of"]);
      composite.where_resolvable = words(entry["where_resolvable"]);
      composite.fallback = words(entry["fallback"]);
      composite.ratio = words(entry["ratio"]);
      composite.denominator = text(entry["denominator"]);
      composite.is_memory = truth(entry["memory"]);
      if (composite.id.empty()) problem(entry, "a composite needs an `id`");
      if (composite.of.empty() == composite.ratio.empty()) {
        problem(entry, "a composite needs either `of` or `ratio`");
      }
      if (!composite.ratio.empty() && composite.ratio.size() != 2) {
        problem(entry["ratio"], "a ratio needs two ids: numerator and denominator");
      }
      for (const auto* list :
           {&composite.of, &composite.where_resolvable, &composite.fallback, &composite.ratio}) {
        for (const std::string& id : *list) use_id(id, entry);
      }
      if (!composite.denominator.empty()) use_id(composite.denominator, entry);
      origins_.file_of_composite[composite.id] = name();
      place(knowledge_.composites, composite, [](const KnownComposite& known) { return known.id; });
    }
  }

  void read_report(const YAML::Node& node) {
    check_keys(node, {"primary", "secondary"});
    const auto replace = [&](const char* key, std::vector<std::string>& list) {
      const YAML::Node given = map_of(node)[key];
      if (!given) return;
      list = words(given);
      for (const std::string& id : list) use_id(id, given);
    };
    replace("primary", knowledge_.primary);
    replace("secondary", knowledge_.secondary);
  }

  /// Ranges are for the reader of the file; they are checked so that none is of a subset that is not there.
  void read_ranges(const YAML::Node& node) {
    for (const YAML::Node& entry : list_of(node)) {
      check_keys(entry, {"subset", "unit", "of", "low", "high", "mean", "sd", "median", "text",
                         "population", "source", "conf"});
      if (!entry.IsMap()) continue;
      use_id(text(entry["subset"]), entry);
      for (const std::string& source : words(entry["source"]))
        origins_.source_uses.push_back({source, name(), line_of(entry)});
      const double low = real(entry["low"]), high = real(entry["high"]);
      const double mean = real(entry["mean"]), sd = real(entry["sd"]);
      (void)real(entry["median"]);
      if (entry["low"] && entry["high"] && low > high)
        problem(entry, fmt::format("low {} is above high {}", low, high));
      if (entry["of"]) use_id(text(entry["of"]), entry);
      constexpr double kSpreads = 3.0;  // one healthy person in some hundred is beyond
      const bool has_spread = entry["mean"] && entry["sd"];
      add_range(entry,
                entry["low"] ? low
                : has_spread ? std::max(0.0, mean - kSpreads * sd)
                             : 0.0,
                entry["high"] ? high
                : has_spread  ? mean + kSpreads * sd
                              : HUGE_VAL);
    }
  }

  /// Keeps a row that limits a fraction or a concentration; the others are for orientation only.
  void add_range(const YAML::Node& entry, double low, double high) {
    const std::string of = entry["of"] ? text(entry["of"]) : "";
    if (of.empty() && text(entry["unit"]) != "cells/uL") return;
    if (low <= 0.0 && std::isinf(high)) return;
    const double unit = of.empty() ? 1.0 : 0.01;  // of percentages
    knowledge_.ranges.push_back({.subset = text(entry["subset"]),
                                 .of = of,
                                 .low = unit * low,
                                 .high = unit * high,
                                 .population = text(entry["population"])});
  }

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

/// yaml-cpp makes documents for ever where it meets a token that begins none (a line that begins with a comma): a second
/// one at the same place is an error.
class Progress : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos == last_) throw YAML::ParserException(mark, "nothing can begin here");
    last_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int last_ = -1;
};

void require_progress(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Progress progress;
  while (parser.HandleNextDocument(progress)) {
  }
}

void read_documents(const std::string& text, const std::string& name, Knowledge& knowledge,
                    KnowledgeOrigins& origins, std::vector<std::string>& problems) {
  try {
    require_progress(text);
    Reader reader(knowledge, origins, name, problems);
    for (const YAML::Node& document : YAML::LoadAll(text)) {
      if (!document.IsNull()) reader.read(document);
    }
  } catch (const YAML::Exception& failure) {
    problems.push_back(
        fmt::format("{}:{}: this is not valid YAML: {}; check indentation, quotes and brackets",
                    name, failure.mark.line + 1, failure.msg));
  }
}

Knowledge finish(Knowledge knowledge, const KnowledgeOrigins& origins,
                 std::vector<std::string> problems) {
  if (problems.empty()) problems = check_knowledge(knowledge, origins);
  if (!problems.empty()) throw InputError(fmt::format("{}", fmt::join(problems, "\n")));
  sort_parents_first(knowledge);
  return knowledge;
}

}  // namespace

Knowledge read_knowledge(const std::vector<std::string>& paths) {
  Knowledge knowledge;
  KnowledgeOrigins origins;
  std::vector<std::string> problems;
  for (const std::string& path : paths) {
    const std::string text = read_text_file(path, kLargestFile);
    if (!knowledge.text.empty()) knowledge.text += "\n---\n";
    knowledge.text += text;
    knowledge.path += (knowledge.path.empty() ? "" : ", ") + path;
    read_documents(text, path, knowledge, origins, problems);
  }
  if (problems.empty() && knowledge.subsets.empty()) {
    problems.push_back(
        fmt::format("{}:1: no subset is defined (nothing could be named); add "
                    "`subsets`, or leave `knowledge` out for the shipped file",
                    paths.empty() ? "knowledge" : paths.front()));
  }
  return finish(std::move(knowledge), origins, std::move(problems));
}

Knowledge parse_knowledge(const std::string& text, const std::string& name) {
  Knowledge knowledge;
  KnowledgeOrigins origins;
  std::vector<std::string> problems;
  knowledge.text = text;
  knowledge.path = name;
  read_documents(text, name, knowledge, origins, problems);
  return finish(std::move(knowledge), origins, std::move(problems));
}

}  // namespace gateless
