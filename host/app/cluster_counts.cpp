#include "host/app/cluster_counts.hpp"

namespace gateless {
namespace {

/// Events of each metacluster on one map, sample by sample. `sample_of(i)` is the position of the map's event i.
template <class SampleOf>
Matrix<std::uint64_t> counts_of(const Clustering& clustering, std::size_t samples,
                                std::size_t metaclusters, const SampleOf& sample_of) {
  Matrix<std::uint64_t> counts(samples, metaclusters);
  for (std::size_t event = 0; event < clustering.node_of_event.size(); ++event)
    ++counts(sample_of(event), clustering.metacluster_of_node[clustering.node_of_event[event]]);
  return counts;
}

/// The position of each pooled event's sample, for events in rising order.
class SampleCursor {
 public:
  explicit SampleCursor(const std::vector<SampleRange>& ranges) : ranges_(ranges) {}
  std::size_t operator()(std::size_t pooled) {
    while (pooled >= ranges_[position_].first + ranges_[position_].count) ++position_;
    return position_;
  }

 private:
  const std::vector<SampleRange>& ranges_;
  std::size_t position_ = 0;
};

std::size_t metaclusters_of(const Clustering& clustering) {
  std::size_t number = 0;
  for (const auto metacluster : clustering.metacluster_of_node)
    number = std::max<std::size_t>(number, metacluster + 1);
  return number;
}

void append(std::vector<ClusterCountRow>& rows, const PanelAnalysis& analysis,
            const std::vector<std::string>& names, const std::string& map,
            std::uint32_t first_metacluster, const Matrix<std::uint64_t>& counts) {
  for (std::size_t position = 0; position < counts.rows(); ++position) {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts.row(position)) all += count;
    for (std::size_t metacluster = 0; metacluster < counts.columns(); ++metacluster) {
      const std::uint64_t events = counts(position, metacluster);
      rows.push_back(
          {.sample = names[analysis.events.samples[position].sample],
           .panel = analysis.events.panel.name,
           .map = map,
           .metacluster = first_metacluster + static_cast<std::uint32_t>(metacluster),
           .events = events,
           .fraction = all == 0 ? 0.0 : static_cast<double>(events) / static_cast<double>(all)});
    }
  }
}

}  // namespace

std::vector<ClusterCountRow> cluster_counts(const Outcome& outcome) {
  const std::vector<std::string> names = sample_names(outcome.samples);
  std::vector<ClusterCountRow> rows;
  for (const PanelAnalysis& analysis : outcome.analyses) {
    const std::vector<SampleRange>& ranges = analysis.events.store.ranges();
    const std::size_t samples = analysis.events.samples.size();
    SampleCursor own(ranges);
    append(rows, analysis, names, "", analysis.first_metacluster,
           counts_of(analysis.clustering, samples, metaclusters_of(analysis.clustering),
                     [&](std::size_t event) { return own(event); }));
    for (const RefinedMap& map : analysis.refined) {
      SampleCursor refined(ranges);
      append(rows, analysis, names, map.parent, map.first_metacluster,
             counts_of(map.clustering, samples, metaclusters_of(map.clustering),
                       [&](std::size_t event) { return refined(map.events[event]); }));
    }
  }
  return rows;
}

}  // namespace gateless
