#include "host/stages/cluster_counts.hpp"

namespace gateless::stages {
namespace {

void append(std::vector<ClusterCountRow>& rows, const PanelEvents& events, const PopulationMap& map,
            const std::vector<std::string>& names) {
  const Matrix<std::uint64_t> counts = events_by_sample(map, events);
  for (std::size_t position = 0; position < counts.rows(); ++position) {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts.row(position)) all += count;
    for (std::size_t metacluster = 0; metacluster < counts.columns(); ++metacluster) {
      const std::uint64_t count = counts(position, metacluster);
      rows.push_back(
          {.sample = names[events.samples[position].sample],
           .panel = events.panel.name,
           .map = map.parent,
           .metacluster = map.first.after(static_cast<std::uint32_t>(metacluster)).value(),
           .events = count,
           .fraction = all == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(all)});
    }
  }
}

}  // namespace

Matrix<std::uint64_t> events_by_sample(const PopulationMap& map, const PanelEvents& pool) {
  Matrix<std::uint64_t> counts(pool.samples.size(), map.clustering.metaclusters);
  const std::vector<SampleRange>& ranges = pool.store.ranges();
  std::size_t position = 0;
  for (std::size_t event = 0; event < map.events(); ++event) {  // their places rise
    while (map.place(event) >= ranges[position].first + ranges[position].count) ++position;
    ++counts(position, map.clustering.metacluster_of_node[map.clustering.node_of_event[event]]);
  }
  return counts;
}

std::vector<ClusterCountRow> cluster_counts(const StudyAnalysis& study) {
  const std::vector<std::string> names = sample_names(study.samples);
  std::vector<ClusterCountRow> rows;
  for (const PanelAnalysis& analysis : study.panels) {
    for (const PopulationMap& map : analysis.maps) append(rows, analysis.events, map, names);
  }
  return rows;
}

}  // namespace gateless::stages
