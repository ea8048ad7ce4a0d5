#include "host/annotate/cluster_names.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "host/annotate/cluster_words.hpp"
#include "host/core/distribution.hpp"

namespace gateless::annotate {
namespace {

constexpr double kMajority = 0.5;  // of a cluster's events
constexpr std::size_t kMedianEvents = 5000;

/// What is known of a cluster's events.
struct ClusterEvents {
  std::size_t count = 0;
  EventsCalled called;  ///< [subsets + 1], the last: unassigned
  std::vector<std::size_t>
      some;  ///< evenly spaced, places in the pool: their medians are the cluster's
};

class ClusterNamer {
 public:
  ClusterNamer(const EventView& events, const SubsetModel& model, const Knowledge& knowledge)
      : events_(events), model_(model), knowledge_(knowledge) {}

  ClusterRow name(const ClusterEvents& cluster) const {
    ClusterRow row;
    row.events = cluster.count;
    if (cluster.count == 0) {
      row.subset = "unassigned";
      return row;
    }
    std::vector<double> medians = medians_of(cluster.some);
    for (std::size_t m = 0; m < medians.size(); ++m)
      row.medians.emplace_back(model_.markers[m], medians[m]);
    for (const CornerAxis& corner : model_.corners)
      medians.push_back(corner.value(medians[corner.x], medians[corner.y]));
    const auto [subset, share] = majority(cluster.called, cluster.count);
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
                                         .called = cluster.called,
                                         .events = row.events},
                                        model_, knowledge_);
    row.phenotype = words.phenotype;
    row.explanation = words.explanation;
    return row;
  }

 private:
  std::vector<double> medians_of(const std::vector<std::size_t>& some) const {
    std::vector<double> medians;
    std::vector<float> values(some.size());
    for (std::size_t m = 0; m < events_.markers; ++m) {
      const std::span<const float> column = events_.marker(m);
      std::transform(some.begin(), some.end(), values.begin(),
                     [&](std::size_t event) { return column[event]; });
      medians.push_back(static_cast<double>(upper_median(values)));
    }
    return medians;
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
  const Knowledge& knowledge_;
};

/// [clusters + 1]; 0: events outside of all.
std::vector<ClusterEvents> look_at(std::span<const std::uint32_t> metacluster_of_event,
                                   std::size_t clusters, const SubsetModel& model,
                                   const SubsetCalls& calls) {
  std::vector<ClusterEvents> found(clusters + 1);
  for (ClusterEvents& cluster : found) cluster.called.assign(model.subsets.size() + 1, 0);
  const auto number_of = [&](std::size_t event) {
    const std::uint32_t id = metacluster_of_event[event];
    return id <= clusters ? id : 0;
  };
  for (std::size_t event = 0; event < metacluster_of_event.size(); ++event) {
    ClusterEvents& cluster = found[number_of(event)];
    const std::int16_t subset = calls.subset_of_event[event];
    ++cluster.called[subset < 0 ? model.subsets.size() : static_cast<std::size_t>(subset)];
    ++cluster.count;
  }
  std::vector<std::size_t> step, left(clusters + 1, 0);
  for (const ClusterEvents& cluster : found)
    step.push_back(std::max<std::size_t>(1, cluster.count / kMedianEvents));
  for (std::size_t event = 0; event < metacluster_of_event.size(); ++event) {
    const std::uint32_t id = number_of(event);
    if (id == 0 || left[id]-- > 0) continue;
    found[id].some.push_back(event);
    left[id] = step[id] - 1;
  }
  return found;
}

}  // namespace

std::vector<ClusterRow> name_clusters(const EventView& events,
                                      std::span<const std::uint32_t> metacluster_of_event,
                                      std::span<const std::uint32_t> metacluster_of_node,
                                      const SubsetModel& model, const SubsetCalls& calls,
                                      const Knowledge& knowledge) {
  std::uint32_t clusters = 0;
  for (const std::uint32_t id : metacluster_of_node) clusters = std::max(clusters, id);
  const std::vector<ClusterEvents> found = look_at(metacluster_of_event, clusters, model, calls);
  const ClusterNamer namer(events, model, knowledge);
  std::vector<ClusterRow> rows;
  for (std::uint32_t id = 1; id <= clusters; ++id) {
    ClusterRow row = namer.name(found[id]);
    row.metacluster = id;
    row.nodes = static_cast<std::size_t>(
        std::count(metacluster_of_node.begin(), metacluster_of_node.end(), id));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace gateless::annotate
