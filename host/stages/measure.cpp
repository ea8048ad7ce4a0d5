#include "host/stages/measure.hpp"

#include "host/core/layers.hpp"
#include "host/stages/marker_doubts.hpp"
#include "host/stages/marker_medians.hpp"
#include "host/stages/subset_labels.hpp"
#include "host/statistics/abundance.hpp"
#include "host/statistics/reference.hpp"

namespace gateless::stages {
namespace {

/// The ancestor just below the root, or the subset itself; empty for the root.
std::string lineage_of(const ResolvedSubset* subset, const std::vector<ResolvedSubset>& subsets) {
  while (subset->parent >= 0) {
    const ResolvedSubset& parent = subsets[static_cast<std::size_t>(subset->parent)];
    if (parent.parent < 0) return subset->id;
    subset = &parent;
  }
  return {};
}

PanelCounts counts_of(const PanelAnalysis& analysis) {
  PanelCounts counts;
  counts.panel = analysis.events.panel.name;
  const std::vector<ResolvedSubset>& subsets = analysis.subsets.subsets;
  for (const ResolvedSubset& subset : subsets) {
    const std::string parent =
        subset.parent < 0 ? std::string() : subsets[static_cast<std::size_t>(subset.parent)].id;
    counts.subsets.push_back(
        {subset.id, subset.name, parent, lineage_of(&subset, subsets), subset.is_overlay});
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

}  // namespace

std::vector<Sample> named_samples(const std::vector<Sample>& samples) {
  const std::vector<std::string> names = sample_names(samples);
  std::vector<Sample> named = samples;
  for (std::size_t sample = 0; sample < named.size(); ++sample) named[sample].file = names[sample];
  return named;
}

Measured measure(const StudyAnalysis& study, const CompareOptions& compare, std::size_t threads) {
  AbundanceInput input;
  input.samples = named_samples(study.samples);
  for (const PanelAnalysis& analysis : study.panels) input.panels.push_back(counts_of(analysis));
  input.composites = study.knowledge.composites;
  input.limits = compare.limits;
  Measured measured;
  measured.abundance = measure_abundance(input);
  count_labels(study.panels, sample_names(study.samples), measured.abundance);
  withhold_doubtful(study, measured.abundance);
  measured.implausible =
      implausible_fractions(measured.abundance, study.knowledge.ranges, compare.healthy_group);
  measured.marker_medians = marker_medians(study, compare.limits, threads);
  return measured;
}

}  // namespace gateless::stages
