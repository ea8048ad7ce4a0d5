#include "host/report/subset_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "host/report/gate_paths.hpp"
#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

bool is_stained(const Results& results, const std::string& marker) {
  return std::any_of(results.channels.begin(), results.channels.end(),
                     [&](const ChannelRow& row) { return row.marker == marker; });
}

/// The subset's first row of fractions; null where it could not be told.
const AbundanceRow* measured(const Results& results, const std::string& subset) {
  const auto found = std::find_if(results.abundance.begin(), results.abundance.end(),
                                  [&](const AbundanceRow& row) { return row.subset == subset; });
  return found == results.abundance.end() ? nullptr : &*found;
}

std::vector<std::string> measured_parts(const Results& results, const std::string& sum) {
  std::vector<std::string> found;
  for (const auto& [id, parts] : results.parts) {
    if (id != sum) continue;
    for (const std::string& part : parts) {
      if (measured(results, part) != nullptr) found.push_back(part);
    }
  }
  return found;
}

/// "IgD- CD27-"; of a sum "the sum of A, B"; empty where no definition is known.
std::string definition_text(const Results& results, const std::string& subset) {
  if (const SubsetDefinition::Rule* rule = rule_of(results, subset); rule != nullptr) {
    std::vector<std::string> markers;
    for (const auto& [marker, levels] : *rule) markers.push_back(marker + levels);
    return fmt::format("{}", fmt::join(markers, " "));
  }
  std::vector<std::string> parts;
  for (const std::string& part : measured_parts(results, subset))
    parts.push_back(known_name(results, part));
  return parts.empty() ? "" : "the sum of " + joined(parts);
}

/// "IgD < 900 and CD27 < 1,500 (97 % of the cells inside, 96 % of what is inside)"; empty without a gate.
std::string gate_text(const std::vector<GatePath>& paths, const std::string& subset) {
  for (const GatePath& path : paths) {
    if (path.subset != subset || !path.recall || !path.precision) continue;
    return fmt::format(
        "; gate: {}{} (linear units; {:.0f} % of the cells inside, {:.0f} % of what is inside "
        "are these)",
        path.within_name.empty() ? "" : fmt::format("within {} ", path.within_name),
        path.rectangles, 100.0 * *path.recall, 100.0 * *path.precision);
  }
  return "";
}

/// Each measured subset with its definition, joined by "; "; those that are not go to `untold`.
std::vector<std::string> defined(const Results& results, const std::vector<std::string>& subsets,
                                 const std::vector<GatePath>& paths,
                                 std::vector<std::string>& untold) {
  std::vector<std::string> texts;
  for (const std::string& subset : subsets) {
    const AbundanceRow* row = measured(results, subset);
    if (row == nullptr) {
      untold.push_back(known_name(results, subset));
      continue;
    }
    std::string text = known_name(results, subset);
    if (const std::string how = definition_text(results, subset); !how.empty()) text += ": " + how;
    if (!row->parent.empty()) text += ", of " + known_name(results, row->parent);
    texts.push_back(text + gate_text(paths, subset));
  }
  return texts;
}

/// The subsets below the root that the table has, each once.
std::vector<std::string> told_subsets(const Results& results) {
  std::vector<std::string> subsets;
  for (const AbundanceRow& row : results.abundance) {
    const bool is_new = std::find(subsets.begin(), subsets.end(), row.subset) == subsets.end();
    if (is_new && !row.parent.empty() && rule_of(results, row.subset) != nullptr)
      subsets.push_back(row.subset);
  }
  return subsets;
}

}  // namespace

const SubsetDefinition::Rule* rule_of(const Results& results, const std::string& subset) {
  for (const SubsetDefinition& definition : results.definitions) {
    if (definition.subset != subset) continue;
    for (const SubsetDefinition::Rule& rule : definition.rules) {
      if (std::all_of(rule.begin(), rule.end(),
                      [&](const auto& part) { return is_stained(results, part.first); }))
        return &rule;
    }
  }
  return nullptr;
}

std::vector<std::string> present_markers(const Results& results, const std::string& subset) {
  std::vector<std::string> markers;
  if (const SubsetDefinition::Rule* rule = rule_of(results, subset)) {
    for (const auto& [marker, level] : *rule)
      if (level != "-") markers.push_back(marker);
  }
  return markers;
}

std::string known_name(const Results& results, const std::string& subset) {
  for (const auto& [id, name] : results.names) {
    if (id == subset && !name.empty()) return name;
  }
  return subset;
}

std::string reported_subsets_in_words(const Results& results) {
  if (results.abundance.empty()) return "";
  const std::vector<GatePath> paths = gate_paths(results.gates);
  std::vector<std::string> untold, sentences;
  const std::vector<std::string> primary = defined(results, results.primary, paths, untold);
  const std::vector<std::string> secondary = defined(results, results.secondary, {}, untold);
  if (!primary.empty()) {
    sentences.push_back(
        fmt::format("Primary subsets ({}): {}.",
                    results.is_primary_asked ? "asked for by the study" : "looked for by default",
                    fmt::join(primary, "; ")));
  }
  if (!secondary.empty())
    sentences.push_back(fmt::format("Secondary subsets: {}.", fmt::join(secondary, "; ")));
  if (primary.empty() && secondary.empty()) {
    const std::vector<std::string> told = defined(results, told_subsets(results), {}, untold);
    if (!told.empty()) sentences.push_back(fmt::format("Subsets: {}.", fmt::join(told, "; ")));
  }
  if (!untold.empty())
    sentences.push_back(fmt::format("Not told by this panel: {}.", joined(untold)));
  return fmt::format("{}", fmt::join(sentences, " "));
}

std::string resting_on_moved(const Results& results, const std::string& subset,
                             const std::vector<MovedMarker>& moved) {
  std::vector<std::string> of = measured_parts(results, subset);
  if (of.empty()) of = {subset};
  std::set<std::string> markers;
  for (const std::string& one : of) {
    if (const SubsetDefinition::Rule* rule = rule_of(results, one); rule != nullptr) {
      for (const auto& [marker, levels] : *rule) markers.insert(marker);
    }
  }
  std::vector<std::string> parts;
  for (const MovedMarker& one : moved) {
    if (!one.divides || !markers.contains(one.marker)) continue;
    const char* kind = one.is_of_visit ? "patients" : "samples";
    parts.push_back(
        fmt::format("{}, which is {} {} {} in {} {}", one.marker, one.is_up ? "higher" : "lower",
                    one.is_of_visit ? "at" : "in group", one.condition,
                    one.agreeing == one.of ? fmt::format("all {}", one.of)
                                           : fmt::format("{} of {}", one.agreeing, one.of),
                    kind));
  }
  if (parts.empty()) return "";
  return fmt::format("Rests on {}: the staining of these samples, or a true effect (Evidence).",
                     fmt::join(parts, ", and on "));
}

std::string same_rule_in_words(const Results& results, const std::string& subset) {
  const SubsetDefinition::Rule* rule = rule_of(results, subset);
  const AbundanceRow* row = measured(results, subset);
  const auto excludes_others = [&](const std::string& one) {
    return std::any_of(results.siblings.begin(), results.siblings.end(), [&](const auto& whole) {
      return std::find(whole.begin(), whole.end(), one) != whole.end();
    });
  };
  if (rule == nullptr || row == nullptr || excludes_others(subset)) return "";
  for (const SubsetDefinition& definition : results.definitions) {
    const AbundanceRow* other = measured(results, definition.subset);
    if (definition.subset == subset || other == nullptr || other->parent != row->parent ||
        !excludes_others(definition.subset))
      continue;
    const SubsetDefinition::Rule* same = rule_of(results, definition.subset);
    if (same == nullptr || *same != *rule) continue;
    return fmt::format(
        "Defined by the same levels as {}, which shares events in doubt with its siblings and so "
        "holds others at the border.",
        known_name(results, definition.subset));
  }
  return "";
}

}  // namespace gateless::report
