#include "host/annotate/cluster_names.hpp"

#include <algorithm>
#include <utility>

#include "host/annotate/cluster_words.hpp"
#include "host/core/distribution.hpp"

namespace gateless {
namespace {

constexpr double kMajority = 0.5;  // of a cluster's events
constexpr std::size_t kMedianEvents = 20000;

class ClusterNamer {
 public:
  ClusterNamer(const EventView& events, const SubsetModel& model, const SubsetCalls& calls,
               const Knowledge& knowledge)
      : events_(events), model_(model), calls_(calls), knowledge_(knowledge) {}

  ClusterRow name(const std::vector<std::uint32_t>& members) const {
    ClusterRow row;
    row.events = members.size();
    if (members.empty()) {
      row.subset = "unassigned";
      return row;
    }
    std::vector<double> medians = cluster_medians(members);
    for (std::size_t m = 0; m < medians.size(); ++m)
      row.medians.emplace_back(model_.markers[m], medians[m]);
    for (const CornerAxis& corner : model_.corners)
      medians.push_back(corner.value(medians[corner.x], medians[corner.y]));
    const EventsCalled called = called_of(members);
    const auto [subset, share] = majority(called, members.size());
    row.confidence = share;
    if (subset < 0) {
      row.subset = "unassigned";
      row.name = "Unassigned";
    } else {
      const ResolvedSubset& named = model_.subsets[static_cast<std::size_t>(subset)];
      row.subset = named.id;
      if (const KnownSubset* known = knowledge_.find(named.id)) row.compared = known->compared;
      row.name = named.name;
      if (named.parent >= 0) row.parent = model_.subsets[static_cast<std::size_t>(named.parent)].id;
    }
    const ClusterWords words = words_of({.subset = subset,
                                         .share = share,
                                         .medians = std::move(medians),
                                         .called = called,
                                         .events = row.events},
                                        model_, knowledge_);
    row.phenotype = words.phenotype;
    row.explanation = words.explanation;
    return row;
  }

 private:
  std::vector<double> cluster_medians(const std::vector<std::uint32_t>& members) const {
    const std::size_t step = std::max<std::size_t>(1, members.size() / kMedianEvents);
    std::vector<double> medians;
    for (std::size_t m = 0; m < events_.markers; ++m) {
      std::vector<float> values;
      for (std::size_t i = 0; i < members.size(); i += step)
        values.push_back(events_.marker(m)[members[i]]);
      medians.push_back(static_cast<double>(upper_median(values)));
    }
    return medians;
  }

  /// How many events are called each subset; the last: unassigned.
  EventsCalled called_of(const std::vector<std::uint32_t>& members) const {
    EventsCalled called(model_.subsets.size() + 1, 0);
    for (const std::uint32_t event : members) {
      const std::int16_t subset = calls_.subset_of_event[event];
      ++called[subset < 0 ? model_.subsets.size() : static_cast<std::size_t>(subset)];
    }
    return called;
  }

  /// The smallest subset that holds a majority of the events; an event called a subset counts for its ancestors.
  std::pair<std::int16_t, double> majority(const EventsCalled& called, std::size_t events) const {
    std::vector<double> held(model_.subsets.size(), 0.0);
    for (std::size_t s = 0; s < held.size(); ++s) {
      for (const std::int16_t above : path_to(model_, static_cast<std::int16_t>(s)))
        held[static_cast<std::size_t>(above)] += static_cast<double>(called[s]);
    }
    const auto unassigned = static_cast<double>(called.back());
    const auto all = static_cast<double>(events);
    std::int16_t best = -1;
    for (std::size_t s = 0; s < held.size(); ++s) {
      if (held[s] <= kMajority * all || model_.subsets[s].is_overlay ||
          model_.subsets[s].parent < 0)
        continue;
      if (best < 0 || held[s] < held[static_cast<std::size_t>(best)] ||
          (held[s] == held[static_cast<std::size_t>(best)] && model_.subsets[s].parent == best)) {
        best = static_cast<std::int16_t>(s);
      }
    }
    return {best, best < 0 ? unassigned / all : held[static_cast<std::size_t>(best)] / all};
  }

  const EventView& events_;
  const SubsetModel& model_;
  const SubsetCalls& calls_;
  const Knowledge& knowledge_;
};

}  // namespace

std::vector<ClusterRow> name_clusters(const EventView& events,
                                      std::span<const std::uint32_t> metacluster_of_event,
                                      std::span<const std::uint32_t> metacluster_of_node,
                                      const SubsetModel& model, const SubsetCalls& calls,
                                      const Knowledge& knowledge) {
  std::uint32_t clusters = 0;
  for (const std::uint32_t id : metacluster_of_node) clusters = std::max(clusters, id);
  std::vector<std::size_t> events_of(clusters + 1, 0);
  for (const std::uint32_t id : metacluster_of_event) ++events_of[id <= clusters ? id : 0];
  std::vector<std::vector<std::uint32_t>> members(clusters + 1);
  for (std::uint32_t id = 1; id <= clusters; ++id) members[id].reserve(events_of[id]);
  for (std::size_t event = 0; event < metacluster_of_event.size(); ++event) {
    const std::uint32_t id = metacluster_of_event[event];
    if (id != 0 && id <= clusters) members[id].push_back(static_cast<std::uint32_t>(event));
  }
  const ClusterNamer namer(events, model, calls, knowledge);
  std::vector<ClusterRow> rows;
  for (std::uint32_t id = 1; id <= clusters; ++id) {
    ClusterRow row = namer.name(members[id]);
    row.metacluster = id;
    row.nodes = static_cast<std::size_t>(
        std::count(metacluster_of_node.begin(), metacluster_of_node.end(), id));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace gateless
