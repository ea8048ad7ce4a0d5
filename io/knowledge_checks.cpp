#include "io/knowledge_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host/core/level_tiers.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless::io {
namespace {

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

bool is_ontology_id(const std::string& id) {
  return id.size() == 10 && id.compare(0, 3, "CL:") == 0 &&
         std::all_of(id.begin() + 3, id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Checker {
 public:
  Checker(const Knowledge& knowledge, const KnowledgeOrigins& origins)
      : knowledge_(knowledge), origins_(origins) {}

  std::vector<std::string> run() {
    check_words();
    check_synonyms();
    check_tree();
    for (const KnownSubset& subset : knowledge_.subsets) check_row(subset);
    check_names();
    check_composites();
    if (problems_.empty()) check_siblings();
    return std::move(problems_);
  }

 private:
  void problem(const KnownSubset& subset, const std::string& message) {
    problems_.push_back(
        fmt::format("{}:{}: {}", origins_.file_of_subset.at(subset.id), subset.line, message));
  }

  void check_words() {
    std::vector<std::string> markers, ids;
    for (const KnownMarker& marker : knowledge_.markers) markers.push_back(marker.name);
    for (const KnownSubset& subset : knowledge_.subsets) ids.push_back(subset.id);
    for (const KnownComposite& composite : knowledge_.composites) ids.push_back(composite.id);
    const std::vector<std::string> sources(origins_.sources.begin(), origins_.sources.end());
    check_uses(origins_.marker_uses, markers, "marker", "add it under `markers`");
    check_uses(origins_.id_uses, ids, "subset or composite", "use the id of an entry");
    check_uses(origins_.source_uses, sources, "source", "add it under `sources`");
  }

  /// A name or synonym, whatever its case, means one marker.
  void check_synonyms() {
    std::map<std::string, const KnownMarker*> owner;
    const auto claim = [&](const std::string& word, const KnownMarker& marker) {
      const auto [entry, is_new] = owner.emplace(lower(word), &marker);
      if (is_new || entry->second == &marker) return;
      problems_.push_back(fmt::format(
          "{}:{}: `{}` means both {} and {} (a channel of that name could be either); keep it in "
          "one",
          origins_.file_of_marker.at(marker.name), marker.line, word, entry->second->name,
          marker.name));
    };
    for (const KnownMarker& marker : knowledge_.markers) claim(marker.name, marker);
    for (const KnownMarker& marker : knowledge_.markers) {
      for (const std::string& synonym : marker.synonyms) claim(synonym, marker);
    }
  }

  void check_uses(const std::vector<WordUse>& uses, const std::vector<std::string>& known,
                  const char* kind, const char* remedy) {
    const std::set<std::string> names(known.begin(), known.end());
    for (const WordUse& use : uses) {
      if (names.count(use.word) != 0) continue;
      const std::string hint = did_you_mean(use.word, known);
      problems_.push_back(fmt::format("{}:{}: unknown {} `{}`{}", use.file, use.line, kind,
                                      use.word, hint.empty() ? fmt::format("; {}", remedy) : hint));
    }
  }

  void check_tree() {
    std::vector<std::string> ids;
    for (const KnownSubset& subset : knowledge_.subsets) ids.push_back(subset.id);
    for (const KnownSubset& subset : knowledge_.subsets) {
      if (!subset.parent.empty() && knowledge_.find(subset.parent) == nullptr) {
        const std::string hint = did_you_mean(subset.parent, ids);
        problem(subset,
                fmt::format("subset `{}` has the unknown parent `{}`{}", subset.id, subset.parent,
                            hint.empty() ? "; use the id of a subset" : hint));
        continue;
      }
      std::set<std::string> seen{subset.id};
      const KnownSubset* above = knowledge_.find(subset.parent);
      while (above != nullptr && seen.insert(above->id).second)
        above = knowledge_.find(above->parent);
      if (above != nullptr && above->id == subset.id) {
        problem(subset, fmt::format("subset `{}` is its own ancestor (parents form a cycle: {}); "
                                    "one of them needs another parent",
                                    subset.id, fmt::join(seen, ", ")));
      }
    }
  }

  /// Entries that contradict themselves.
  void check_row(const KnownSubset& subset) {
    if (!subset.parent.empty() && !subset.is_overlay && subset.partition.empty()) {
      problem(
          subset,
          fmt::format("subset `{}` has neither `partition` nor `overlay: true` (does it exclude "
                      "its siblings?); add one",
                      subset.id));
    }
    if (subset.is_overlay && !subset.partition.empty()) {
      problem(subset, fmt::format("subset `{}` has both `partition` and `overlay: true` (it cannot "
                                  "both exclude its siblings and cut across them); keep one",
                                  subset.id));
    }
    if (!subset.parent.empty() && subset.core.empty()) {
      problem(subset, fmt::format("subset `{}` has no core marker (nothing would tell it from its "
                                  "siblings); add `core`",
                                  subset.id));
    }
    if (subset.is_corner && subset.core.size() != 2) {
      problem(subset,
              fmt::format("subset `{}` is a corner of {} core markers (a corner is a border "
                          "across two); name two, or remove `corner`",
                          subset.id, subset.core.size()));
    }
    for (const auto& entry : subset.support) {
      if (subset.core.count(entry.first) == 0) continue;
      problem(subset, fmt::format("subset `{}` names {} in `core` and in `support` (which level "
                                  "counts?); keep one",
                                  subset.id, entry.first));
    }
    for (const std::string& marker : subset.unless) {
      const bool is_needed = subset.needs.size() == 1 && subset.needs.front() == marker;
      if (!is_needed && subset.core.count(marker) == 0) continue;
      problem(subset, fmt::format("subset `{}` asks for {} and is left out where it is there (it "
                                  "would never be told); take {} out of `unless`",
                                  subset.id, marker, marker));
    }
    if (!subset.cell_ontology.empty() && !is_ontology_id(subset.cell_ontology)) {
      problem(subset, fmt::format("`{}` is not a Cell Ontology id (CL: and seven digits)",
                                  subset.cell_ontology));
    }
  }

  void check_names() {
    std::map<std::string, const KnownSubset*> owner;
    for (const KnownSubset& subset : knowledge_.subsets) {
      const auto [entry, is_new] = owner.emplace(lower(subset.name), &subset);
      if (is_new) continue;
      problem(subset,
              fmt::format("`{}` and `{}` (line {}) have the same name `{}` (the report could "
                          "not tell them apart); rename one",
                          subset.id, entry->second->id, entry->second->line, subset.name));
    }
  }

  void check_composites() {
    for (const KnownComposite& composite : knowledge_.composites) {
      std::set<std::string> inside;
      add_parts(composite, inside);
      if (inside.count(composite.id) == 0) continue;
      problems_.push_back(
          fmt::format("{}:{}: composite `{}` is a part of itself (it has no sum); take it out",
                      origins_.file_of_composite.at(composite.id), composite.line, composite.id));
    }
  }

  void add_parts(const KnownComposite& composite, std::set<std::string>& inside) const {
    for (const auto* list :
         {&composite.of, &composite.where_resolvable, &composite.fallback, &composite.ratio}) {
      for (const std::string& id : *list) {
        if (!inside.insert(id).second) continue;
        for (const KnownComposite& part : knowledge_.composites) {
          if (part.id == id) add_parts(part, inside);
        }
      }
    }
  }

  void check_siblings() {
    for (std::size_t i = 0; i < knowledge_.subsets.size(); ++i) {
      const KnownSubset& one = knowledge_.subsets[i];
      if (one.parent.empty()) continue;
      for (std::size_t j = 0; j < i; ++j) {
        const KnownSubset& other = knowledge_.subsets[j];
        if (other.parent != one.parent || other.is_overlay != one.is_overlay) continue;
        if (one.is_overlay) {
          check_overlays(one, other);
        } else if (other.partition == one.partition) {
          check_pair(one, other);
        }
      }
    }
  }

  void check_overlays(const KnownSubset& one, const KnownSubset& other) {
    if (one.core != other.core) return;
    problem(one, fmt::format("`{}` and `{}` (line {}) have the same core (they are one population "
                             "under two names); keep one",
                             one.id, other.id, other.line));
  }

  void check_pair(const KnownSubset& one, const KnownSubset& other) {
    if (one.is_rest && other.is_rest) {
      problem(one, fmt::format("`{}` and `{}` (line {}) both take the rest of the partition `{}`; "
                               "only one can",
                               one.id, other.id, other.line, one.partition));
    }
    const bool are_ordered = one.order != 0 && other.order != 0 && one.order != other.order;
    if (are_ordered || have_other_panels(one, other)) return;
    if (!exclude_each_other(one.core, other.core)) {
      problem(one,
              fmt::format(
                  "`{}` and `{}` (line {}) share the partition `{}` but an event could match both "
                  "(their core markers allow the same levels); change a core level, or give "
                  "both an `order`",
                  one.id, other.id, other.line, one.partition));
      return;
    }
    // Two panels' rules are held against each other where they ask for the same markers.
    for (const MarkerLevels& rule : one.instead) {
      for (const MarkerLevels& same : other.instead) {
        if (!ask_for_the_same(rule, same) || exclude_each_other(rule, same)) continue;
        problem(one, fmt::format("`{}` and `{}` (line {}) have rules in `instead` that an event "
                                 "could both match; change a level in one of them",
                                 one.id, other.id, other.line));
        return;
      }
    }
  }

  /// One is for panels with a marker, the other for panels without it.
  static bool have_other_panels(const KnownSubset& one, const KnownSubset& other) {
    const auto is_left_out = [](const KnownSubset& a, const KnownSubset& b) {
      return std::any_of(a.unless.begin(), a.unless.end(),
                         [&](const std::string& marker) { return b.core.count(marker) != 0; });
    };
    return is_left_out(one, other) || is_left_out(other, one);
  }

  static bool ask_for_the_same(const MarkerLevels& one, const MarkerLevels& other) {
    return one.size() == other.size() &&
           std::equal(one.begin(), one.end(), other.begin(),
                      [](const auto& a, const auto& b) { return a.first == b.first; });
  }

  static bool exclude_each_other(const MarkerLevels& one, const MarkerLevels& other) {
    for (const auto& [marker, levels] : one) {
      const auto same = other.find(marker);
      if (same == other.end()) continue;
      const auto named =
          static_cast<TierSet>(distinguished_tiers(levels) | distinguished_tiers(same->second));
      if ((allowed_tiers(levels, named) & allowed_tiers(same->second, named)) == 0) return true;
    }
    return false;
  }

  const Knowledge& knowledge_;
  const KnowledgeOrigins& origins_;
  std::vector<std::string> problems_;
};

}  // namespace

std::optional<Level> level_from_word(const std::string& word) {
  if (word == "neg") return Level::kNeg;
  if (word == "low") return Level::kLow;
  if (word == "int") return Level::kInt;
  if (word == "pos") return Level::kPos;
  if (word == "high") return Level::kHigh;
  return std::nullopt;
}

std::vector<std::string> check_knowledge(const Knowledge& knowledge,
                                         const KnowledgeOrigins& origins) {
  return Checker(knowledge, origins).run();
}

void sort_parents_first(Knowledge& knowledge) {
  std::vector<KnownSubset> sorted;
  std::set<std::string> placed{""};
  while (sorted.size() < knowledge.subsets.size()) {
    const std::size_t before = sorted.size();
    for (const KnownSubset& subset : knowledge.subsets) {
      if (placed.count(subset.id) != 0 || placed.count(subset.parent) == 0) continue;
      placed.insert(subset.id);
      sorted.push_back(subset);
    }
    if (sorted.size() == before) return;
  }
  knowledge.subsets = std::move(sorted);
}

}  // namespace gateless::io
