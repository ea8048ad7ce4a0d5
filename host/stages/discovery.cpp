#include "host/stages/discovery.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "host/stages/cluster_counts.hpp"

namespace gateless::stages {
namespace {

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

/// The memory cells among what is searched.
std::vector<std::string> memory_cells(const Knowledge& knowledge) {
  for (const KnownComposite& known : knowledge.composites) {
    if (known.is_memory) return known.of;
  }
  return {};
}

bool is_searched(const std::string& id, const Knowledge& knowledge) {
  const KnownSubset* subset = knowledge.find(id);
  return subset != nullptr && subset->is_searched;
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

/// Events of each metacluster of one map of B cells, by sample.
BCellClusters clusters_of(const PopulationMap& map, const PanelAnalysis& analysis,
                          const std::vector<std::string>& samples,
                          const std::vector<std::string>& memory_b, const Knowledge& knowledge) {
  BCellClusters clusters;
  for (const ClusterRow& row : analysis.clusters) {
    if (row.map != map.parent) continue;
    clusters.clusters.push_back(std::to_string(row.metacluster));
    clusters.subsets.push_back(row.subset);
    clusters.names.push_back(row.name);
    clusters.phenotypes.push_back(row.phenotype);
    clusters.is_memory.push_back(is_within(row.subset, memory_b, knowledge));
    clusters.is_non_reactive.push_back(is_non_reactive(row.subset, knowledge));
  }
  const Matrix<std::uint64_t> counts = events_by_sample(map, analysis.events);
  clusters.counts = Matrix<double>(counts.rows(), clusters.clusters.size());
  for (std::size_t sample = 0; sample < counts.rows(); ++sample) {
    for (std::size_t cluster = 0; cluster < counts.columns(); ++cluster)
      clusters.counts(sample, cluster) = static_cast<double>(counts(sample, cluster));
  }
  for (const PooledSample& sample : analysis.events.samples)
    clusters.samples.push_back(samples[sample.sample]);
  return clusters;
}

/// Metaclusters of the B cells that were clustered again. Where a panel tells memory from naive cells, the panels that do
/// not are left out: they would show the same cells under a vaguer phenotype.
std::vector<BCellClusters> b_cell_clusters(const StudyAnalysis& study,
                                           const std::vector<std::string>& memory_b) {
  const std::vector<std::string> samples = sample_names(study.samples);
  const bool some_tell =
      std::any_of(study.panels.begin(), study.panels.end(),
                  [&](const PanelAnalysis& analysis) { return tells(analysis, memory_b); });
  std::vector<BCellClusters> found;
  for (const PanelAnalysis& analysis : study.panels) {
    if (some_tell && !tells(analysis, memory_b)) continue;
    for (const PopulationMap& map : analysis.maps) {
      if (is_searched(map.parent, study.knowledge))
        found.push_back(clusters_of(map, analysis, samples, memory_b, study.knowledge));
    }
  }
  return found;
}

}  // namespace

AbnormalInput abnormal_input(const StudyAnalysis& study,
                             const std::vector<AbundanceRow>& abundance) {
  AbnormalInput input;
  input.abundance = abundance;
  for (const KnownSubset& subset : study.knowledge.subsets) {
    if (subset.is_abnormal || subset.is_abnormal_memory)
      input.defined.push_back({subset.id, words_of(subset.core)});
  }
  input.memory_b = memory_cells(study.knowledge);
  input.discovered = b_cell_clusters(study, input.memory_b);
  return input;
}

}  // namespace gateless::stages
