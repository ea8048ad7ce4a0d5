#include "io/knowledge_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host/core/level_tiers.hpp"
#include "host/core/nearest_word.hpp"

namespace gateless {
namespace {

class Checker {
 public:
  Checker(const Knowledge& knowledge, const KnowledgeOrigins& origins)
      : knowledge_(knowledge), origins_(origins) {}

  std::vector<std::string> run() {
    check_words();
    check_tree();
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
    std::map<std::string, std::string> owner;  // of a synonym
    for (const KnownMarker& marker : knowledge_.markers) {
      for (const std::string& synonym : marker.synonyms) {
        const auto [entry, is_new] = owner.emplace(synonym, marker.name);
        if (!is_new && entry->second != marker.name) {
          problems_.push_back(
              fmt::format("{}: synonym `{}` belongs to both {} and {} (a channel of that name "
                          "could be either); keep it in one",
                          knowledge_.path, synonym, entry->second, marker.name));
        }
      }
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
      if (!subset.parent.empty() && !subset.is_overlay && subset.partition.empty()) {
        problem(
            subset,
            fmt::format("subset `{}` has neither `partition` nor `overlay: true` (does it exclude "
                        "its siblings?); add one",
                        subset.id));
      }
      if (!subset.parent.empty() && subset.core.empty()) {
        problem(
            subset,
            fmt::format("subset `{}` has no core marker (nothing would tell it from its siblings); "
                        "add `core`",
                        subset.id));
      }
    }
  }

  void check_siblings() {
    for (std::size_t i = 0; i < knowledge_.subsets.size(); ++i) {
      const KnownSubset& one = knowledge_.subsets[i];
      if (one.is_overlay || one.parent.empty()) continue;
      for (std::size_t j = 0; j < i; ++j) {
        const KnownSubset& other = knowledge_.subsets[j];
        if (other.is_overlay || other.parent != one.parent || other.partition != one.partition)
          continue;
        if (exclude_each_other(one, other)) continue;
        if (one.order != 0 && other.order != 0 && one.order != other.order) continue;
        problem(
            one,
            fmt::format(
                "`{}` and `{}` (line {}) share the partition `{}` but an event could match both "
                "(their core markers allow the same levels); change a core level, or give "
                "both an `order`",
                one.id, other.id, other.line, one.partition));
      }
    }
  }

  bool exclude_each_other(const KnownSubset& one, const KnownSubset& other) const {
    for (const auto& [marker, levels] : one.core) {
      const auto same = other.core.find(marker);
      if (same == other.core.end()) continue;
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

}  // namespace gateless
