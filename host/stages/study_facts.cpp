#include "host/stages/study_facts.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "host/core/layers.hpp"
#include "io/sha256.hpp"

namespace gateless::stages {
namespace {

std::vector<std::string> in_order_of_appearance(const std::vector<Sample>& samples,
                                                std::string Sample::*field) {
  std::vector<std::string> words;
  for (const Sample& sample : samples) {
    const std::string& word = sample.*field;
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end())
      words.push_back(word);
  }
  return words;
}

/// Subsets that exclude each other within one parent.
std::vector<std::vector<std::string>> siblings_of(const Knowledge& knowledge) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> wholes;
  for (const KnownSubset& subset : knowledge.subsets) {
    if (!subset.is_overlay && !subset.parent.empty())
      wholes[{subset.parent, subset.partition}].push_back(subset.id);
  }
  std::vector<std::vector<std::string>> siblings;
  for (auto& [whole, parts] : wholes) {
    if (parts.size() > 1) siblings.push_back(std::move(parts));
  }
  return siblings;
}

/// "-", "low/+": any of the levels.
std::string level_words(const std::vector<Level>& levels) {
  static const std::map<Level, std::string> words{{Level::kNeg, "-"},
                                                  {Level::kLow, "low"},
                                                  {Level::kInt, "int"},
                                                  {Level::kPos, "+"},
                                                  {Level::kHigh, "high"}};
  std::string text;
  for (const Level level : levels) text += (text.empty() ? "" : "/") + words.at(level);
  return text;
}

SubsetDefinition definition_of(const KnownSubset& subset) {
  SubsetDefinition definition{.subset = subset.id, .rules = {}};
  const auto add = [&](const MarkerLevels& levels) {
    SubsetDefinition::Rule rule;
    for (const auto& [marker, allowed] : levels) rule.emplace_back(marker, level_words(allowed));
    if (!rule.empty()) definition.rules.push_back(std::move(rule));
  };
  add(subset.core);
  for (const MarkerLevels& levels : subset.instead) add(levels);
  for (const MarkerLevels& levels : subset.without_parent) add(levels);
  return definition;
}

}  // namespace

void describe_study(const Study& study, const Knowledge& knowledge, Results& results) {
  results.study = study.name;
  results.baseline = study.compare.baseline;
  results.healthy_group = study.compare.healthy_group;
  results.visits = in_order_of_appearance(study.samples, &Sample::visit);
  results.siblings = siblings_of(knowledge);
  results.is_primary_asked = !study.compare.primary.empty();
  results.responders = study.compare.responders;
  for (const KnownSubset& subset : knowledge.subsets) {
    results.names.emplace_back(subset.id, subset.name);
    results.definitions.push_back(definition_of(subset));
  }
  if (!knowledge.text.empty()) results.knowledge_sha256 = sha256_of_text(knowledge.text);
  for (const KnownComposite& composite : knowledge.composites)
    results.names.emplace_back(composite.id, composite.name);
  results.primary = study.compare.primary.empty() ? knowledge.primary : study.compare.primary;
  for (const std::string& subset : knowledge.secondary) {
    if (std::find(results.primary.begin(), results.primary.end(), subset) ==
        results.primary.end()) {
      results.secondary.push_back(subset);
    }
  }
  for (const KnownComposite& composite : knowledge.composites) {
    if (composite.of.empty()) continue;
    std::vector<std::string> parts = composite.of;
    parts.insert(parts.end(), composite.where_resolvable.begin(), composite.where_resolvable.end());
    results.parts.emplace_back(composite.id, std::move(parts));
  }
  results.activity_name = study.compare.activity;
  for (const std::string& patient : in_order_of_appearance(study.samples, &Sample::patient)) {
    std::vector<std::pair<std::string, Number>> scores;
    std::string group;
    for (const Sample& sample : study.samples) {
      if (sample.patient != patient) continue;
      group = sample.group;
      const auto score = sample.numbers.find(study.compare.activity);
      const bool is_new = std::none_of(scores.begin(), scores.end(), [&](const auto& seen) {
        return seen.first == sample.visit;
      });
      if (is_new && score != sample.numbers.end()) scores.emplace_back(sample.visit, score->second);
    }
    results.patient_groups.emplace_back(patient, group);
    if (!study.compare.activity.empty()) results.activity.emplace_back(patient, std::move(scores));
  }
}

}  // namespace gateless::stages
