#include "host/stages/describe.hpp"

#include <algorithm>

#include "host/stages/batch_shifts.hpp"
#include "host/stages/channel_table.hpp"
#include "host/stages/cluster_counts.hpp"
#include "host/stages/evidence.hpp"
#include "host/stages/shown_values.hpp"

namespace gateless::stages {
namespace {

/// Medians in the order of the table's columns (markers as they first appear), the same for all panels.
void order_medians(std::vector<ClusterRow>& clusters) {
  std::vector<std::string> markers;
  for (const ClusterRow& cluster : clusters) {
    for (const auto& [marker, median] : cluster.medians) {
      if (std::find(markers.begin(), markers.end(), marker) == markers.end())
        markers.push_back(marker);
    }
  }
  const auto place = [&](const std::string& marker) {
    return std::find(markers.begin(), markers.end(), marker);
  };
  for (ClusterRow& cluster : clusters) {
    std::sort(cluster.medians.begin(), cluster.medians.end(),
              [&](const auto& a, const auto& b) { return place(a.first) < place(b.first); });
  }
}

}  // namespace

Results describe(const StudyAnalysis& study, std::size_t threads) {
  Results results;
  for (const PanelAnalysis& analysis : study.panels) {
    for (const ClusterRow& cluster : analysis.clusters) {
      results.clusters.push_back(cluster);
      show(results.clusters.back(), analysis.events);
    }
    for (const UnresolvedSubset& subset : analysis.subsets.unresolved) {
      results.unresolved.push_back(
          {subset.id, subset.name, analysis.events.panel.name, subset.reason, subset.by_data});
    }
  }
  order_medians(results.clusters);
  results.qc = quality_rows(study);
  results.channels = channel_rows(study);
  results.cluster_counts = cluster_counts(study);
  Evidence evidence = evidence_of(study, threads);
  results.back_gates = std::move(evidence.back_gates);
  results.sampled_events = std::move(evidence.sampled_events);
  results.node_trees = std::move(evidence.node_trees);
  return results;
}

}  // namespace gateless::stages
