#include "host/app/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "host/app/subset_labels.hpp"
#include "host/statistics/abnormal.hpp"
#include "host/statistics/abundance.hpp"
#include "host/statistics/change.hpp"
#include "host/statistics/reference.hpp"

namespace gateless {
namespace {

/// The composite of the knowledge file whose parts are the memory B cells.
constexpr const char* kMemoryB = "memory_b";
/// The subset whose metaclusters are searched for populations that no rule describes.
constexpr const char* kBCell = "b_cell";

/// The study's samples under the names that all tables use.
std::vector<Sample> named_samples(const Outcome& outcome) {
  const std::vector<std::string> names = sample_names(outcome.samples);
  std::vector<Sample> samples = outcome.samples;
  for (std::size_t sample = 0; sample < samples.size(); ++sample)
    samples[sample].file = names[sample];
  return samples;
}

/// The ancestor just below the root of the knowledge file, or the subset itself.
std::string lineage_of(const std::string& id, const Knowledge& knowledge) {
  const KnownSubset* subset = knowledge.find(id);
  while (subset != nullptr && !subset->parent.empty()) {
    const KnownSubset* parent = knowledge.find(subset->parent);
    if (parent == nullptr || parent->parent.empty()) return subset->id;
    subset = parent;
  }
  return {};
}

PanelCounts counts_of(const PanelAnalysis& analysis, const Knowledge& knowledge) {
  PanelCounts counts;
  counts.panel = analysis.events.panel.name;
  const std::vector<ResolvedSubset>& subsets = analysis.subsets.subsets;
  for (const ResolvedSubset& subset : subsets) {
    const std::string parent =
        subset.parent < 0 ? std::string() : subsets[static_cast<std::size_t>(subset.parent)].id;
    counts.subsets.push_back(
        {subset.id, subset.name, parent, lineage_of(subset.id, knowledge), subset.is_overlay});
  }
  for (const PooledSample& sample : analysis.events.samples) {
    counts.samples.push_back(sample.sample);
    counts.kept.push_back(static_cast<double>(sample.kept_events.size()));
  }
  counts.expected = analysis.calls.expected;
  counts.variance = analysis.calls.variance;
  counts.by_mixture = analysis.calls.by_mixture;
  return counts;
}

/// The panel that has most of a subset's markers.
std::map<std::string, std::string> best_panels(const Outcome& outcome) {
  std::map<std::string, std::string> best;
  std::map<std::string, std::size_t> most;
  const auto shared = [](const MarkerLevels& levels, const std::vector<std::string>& markers) {
    return static_cast<std::size_t>(
        std::count_if(levels.begin(), levels.end(), [&](const auto& level) {
          return std::find(markers.begin(), markers.end(), level.first) != markers.end();
        }));
  };
  for (const PanelAnalysis& analysis : outcome.analyses) {
    for (const ResolvedSubset& subset : analysis.subsets.subsets) {
      const KnownSubset* known = outcome.knowledge.find(subset.id);
      if (known == nullptr) continue;
      const std::size_t markers = 1 + shared(known->core, analysis.events.markers) +
                                  shared(known->support, analysis.events.markers);
      if (markers <= most[subset.id]) continue;
      most[subset.id] = markers;
      best[subset.id] = analysis.events.panel.name;
    }
  }
  return best;
}

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

/// What the report needs to know of the study.
void describe_study(const Study& study, const Knowledge& knowledge, Results& results) {
  results.study = study.name;
  results.baseline = study.compare.baseline;
  results.healthy_group = study.compare.healthy_group;
  results.visits = in_order_of_appearance(study.samples, &Sample::visit);
  results.siblings = siblings_of(knowledge);
  results.is_primary_asked = !study.compare.primary.empty();
  results.responders = study.compare.responders;
  for (const KnownSubset& subset : knowledge.subsets)
    results.names.emplace_back(subset.id, subset.name);
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

std::string words_of(const MarkerLevels& levels) {
  static const std::map<Level, const char*> level_words{{Level::kNeg, "-"},
                                                        {Level::kLow, "low"},
                                                        {Level::kInt, "int"},
                                                        {Level::kPos, "+"},
                                                        {Level::kHigh, "high"}};
  std::vector<std::string> words;
  for (const auto& [marker, allowed] : levels) {
    std::vector<std::string> names;
    for (const Level level : allowed) names.emplace_back(level_words.at(level));
    words.push_back(marker + fmt::format("{}", fmt::join(names, "/")));
  }
  return fmt::format("{}", fmt::join(words, " "));
}

const KnownComposite* find_composite(const Knowledge& knowledge, const std::string& id) {
  const auto found =
      std::find_if(knowledge.composites.begin(), knowledge.composites.end(),
                   [&](const KnownComposite& composite) { return composite.id == id; });
  return found == knowledge.composites.end() ? nullptr : &*found;
}

bool is_within(const std::string& id, const std::vector<std::string>& families,
               const Knowledge& knowledge) {
  for (const KnownSubset* subset = knowledge.find(id); subset != nullptr;
       subset = knowledge.find(subset->parent)) {
    if (std::find(families.begin(), families.end(), subset->id) != families.end()) return true;
  }
  return false;
}

/// Whether a panel tells all of these subsets.
bool tells(const PanelAnalysis& analysis, const std::vector<std::string>& ids) {
  return std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
    return std::any_of(analysis.subsets.subsets.begin(), analysis.subsets.subsets.end(),
                       [&](const ResolvedSubset& subset) { return subset.id == id; });
  });
}

bool is_non_reactive(const std::string& id, const Knowledge& knowledge) {
  const KnownSubset* subset = knowledge.find(id);
  return subset != nullptr && subset->is_non_reactive;
}

/// Events of each metacluster of the B cells that were clustered again, by sample. Where a panel tells memory from naive
/// cells, the panels that do not are left out: they would show the same cells under a vaguer phenotype.
std::vector<BCellClusters> b_cell_clusters(const Outcome& outcome,
                                           const std::vector<Sample>& samples,
                                           const std::vector<std::string>& memory_b) {
  const bool some_tell =
      std::any_of(outcome.analyses.begin(), outcome.analyses.end(),
                  [&](const PanelAnalysis& analysis) { return tells(analysis, memory_b); });
  std::vector<BCellClusters> found;
  for (const PanelAnalysis& analysis : outcome.analyses) {
    if (some_tell && !tells(analysis, memory_b)) continue;
    for (const RefinedMap& map : analysis.refined) {
      if (map.parent != kBCell) continue;
      BCellClusters clusters;
      for (const ClusterRow& row : analysis.clusters) {
        if (row.map != map.parent) continue;
        clusters.clusters.push_back(std::to_string(row.metacluster));
        clusters.subsets.push_back(row.subset);
        clusters.names.push_back(row.name);
        clusters.phenotypes.push_back(row.phenotype);
        clusters.is_memory.push_back(is_within(row.subset, memory_b, outcome.knowledge));
        clusters.is_non_reactive.push_back(is_non_reactive(row.subset, outcome.knowledge));
      }
      clusters.counts = Matrix<double>(analysis.events.samples.size(), clusters.clusters.size());
      std::size_t position = 0;
      for (std::size_t index = 0; index < map.events.size(); ++index) {
        const std::vector<SampleRange>& ranges = analysis.events.store.ranges();
        while (map.events[index] >= ranges[position].first + ranges[position].count) ++position;
        const NodeIndex node = map.clustering.node_of_event[index];
        clusters.counts(position, map.clustering.metacluster_of_node[node]) += 1.0;
      }
      for (const PooledSample& sample : analysis.events.samples) {
        clusters.samples.push_back(samples[sample.sample].file);
      }
      found.push_back(std::move(clusters));
    }
  }
  return found;
}

AbnormalInput abnormal_input(const Outcome& outcome, const std::vector<Sample>& samples,
                             const Results& results) {
  AbnormalInput input;
  input.abundance = results.abundance;
  for (const KnownSubset& subset : outcome.knowledge.subsets) {
    if (subset.is_abnormal || subset.is_abnormal_memory)
      input.defined.push_back({subset.id, words_of(subset.core)});
  }
  if (const KnownComposite* memory = find_composite(outcome.knowledge, kMemoryB))
    input.memory_b = memory->of;
  input.discovered = b_cell_clusters(outcome, samples, input.memory_b);
  return input;
}

/// The patient and visit whose subsets differ most from baseline, by the mean size of their log ratios.
std::string most_unlike(const std::vector<PatientRow>& rows) {
  std::map<std::string, std::pair<double, double>> sums;  // person -> (sum, rows)
  for (const PatientRow& row : rows) {
    if (!row.change || row.detection_before != Detection::kQuantifiable ||
        row.detection_after != Detection::kQuantifiable) {
      continue;
    }
    auto& [sum, number] = sums[row.patient + ", " + row.visit];
    sum += std::abs(std::log(std::max(1.0 + *row.change, 1e-3)));
    number += 1.0;
  }
  std::string unlike;
  double most = 0.0;
  for (const auto& [person, sum] : sums) {
    if (sum.first / sum.second <= most) continue;
    most = sum.first / sum.second;
    unlike = person;
  }
  return unlike;
}

}  // namespace

void measure(const Outcome& outcome, const Study& study, Results& results, Console& console) {
  console.stage("measure", 0);
  describe_study(study, outcome.knowledge, results);
  AbundanceInput input;
  input.samples = named_samples(outcome);
  for (const PanelAnalysis& analysis : outcome.analyses) {
    input.panels.push_back(counts_of(analysis, outcome.knowledge));
  }
  input.composites = outcome.knowledge.composites;
  input.limits = study.compare.limits;
  results.abundance = measure_abundance(input);
  count_labels(outcome.analyses, sample_names(outcome.samples), results.abundance);
  withhold_doubtful(outcome, results.abundance);
  results.implausible = implausible_fractions(results.abundance, outcome.knowledge.ranges,
                                              study.compare.healthy_group);
  console.finish(0, 0);
}

void compare(const Outcome& outcome, const Study& study, Results& results, Console& console) {
  console.stage("compare", 0);
  Study named = study;
  named.samples = named_samples(outcome);
  ComparisonPlan plan;
  plan.primary = results.primary;
  plan.best_panel = best_panels(outcome);
  for (const KnownComposite& composite : outcome.knowledge.composites) {
    if (!composite.ratio.empty()) plan.ratios.insert(composite.id);
  }
  Comparison comparison = compare_visits(results.abundance, named, plan);
  results.patients = std::move(comparison.patients);
  results.changes = std::move(comparison.changes);
  if (!results.patients.empty()) results.noise = comparison.noise;
  for (const std::string& warning : comparison.warnings) console.warn(warning);
  constexpr double kAbsurdNoise = 0.3;  // between stainings of the same blood it is about 0.1
  if (results.noise && *results.noise > kAbsurdNoise) {
    console.warn(fmt::format(
        "samples of one person differ by {:.0f} % beyond counting, where 10 % is usual: only large "
        "changes can be told; the most unlike is {}: look at its file (qc.csv)",
        100.0 * *results.noise, most_unlike(results.patients)));
  }
  results.abnormal = find_abnormal(abnormal_input(outcome, named.samples, results), named);
  results.limits = limits_of_discovery(named);
  for (const std::string& limit : results.limits) console.warn(limit);
  console.finish(0, 0);
}

}  // namespace gateless
