#include "host/annotate/cluster_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace gateless {
namespace {

constexpr double kMajority = 0.5;  // of a cluster's events
constexpr std::size_t kMedianEvents = 20000;
constexpr std::size_t kMostReasons = 4;

double median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle);
}

/// The subsets from the root down to `subset`, the root first.
std::vector<std::int16_t> path_to(const SubsetModel& model, std::int16_t subset) {
  std::vector<std::int16_t> path;
  for (; subset >= 0; subset = model.subsets[static_cast<std::size_t>(subset)].parent)
    path.push_back(subset);
  std::reverse(path.begin(), path.end());
  return path;
}

/// How far a value lies from each level of a marker, as probabilities.
std::vector<double> level_shares(const LearnedMarker& marker, double value) {
  std::vector<double> share;
  double sum = 0.0;
  const double x = std::clamp(value, marker.levels.front().mean,
                              std::max(marker.levels.front().mean, marker.levels.back().mean));
  for (const LevelDensity& level : marker.levels) {
    const double z = (x - level.mean) / level.sd;
    share.push_back(std::exp(-0.5 * z * z) / level.sd + 1e-9);
    sum += share.back();
  }
  for (double& one : share) one /= sum;
  return share;
}

/// A marker with smaller log odds says nothing of a name.
constexpr double kLeastOdds = 0.3;

/// How a level is written behind its marker. What is at most low is "-" among all cells, and "low" within a
/// population whose other cells have more.
std::string level_word(const std::string& level, bool is_top) {
  if (level == "-/low") return is_top ? "-" : "low";
  return level == "-/+" ? "-" : level;
}

/// One marker's word on a name: what it reads, and the odds that it gives for the class against its siblings.
struct Reason {
  std::string text;
  double log_odds = 0.0;
};

using Called = std::vector<std::size_t>;  ///< [subsets + 1], events

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
    const Called called = called_of(members);
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
    describe(row, subset, share, medians, called);
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
      medians.push_back(median_of(values));
    }
    return medians;
  }

  /// How many events are called each subset; the last: unassigned.
  Called called_of(const std::vector<std::uint32_t>& members) const {
    Called called(model_.subsets.size() + 1, 0);
    for (const std::uint32_t event : members) {
      const std::int16_t subset = calls_.subset_of_event[event];
      ++called[subset < 0 ? model_.subsets.size() : static_cast<std::size_t>(subset)];
    }
    return called;
  }

  /// The smallest subset that holds a majority of the events; an event called a subset counts for its ancestors.
  std::pair<std::int16_t, double> majority(const Called& called, std::size_t events) const {
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

  /// Phenotype: for every marker on the way to the subset, the level nearest to the cluster's median, as it was
  /// learned deepest on that way. Explanation: the markers that speak most for and against.
  void describe(ClusterRow& row, std::int16_t subset, double share,
                const std::vector<double>& medians, const Called& called) const {
    std::vector<std::size_t> order;           // markers, as first met
    std::map<std::size_t, std::string> text;  // marker -> "CD27-"
    std::map<std::size_t, Reason> reasons;    // marker -> the deepest that says something
    const std::vector<std::int16_t> path = path_to(model_, subset);
    for (const SubsetMixture& mixture : model_.mixtures) {
      const auto at = std::find(path.begin(), path.end(), mixture.parent);
      const bool is_top = mixture.parent >= 0 &&
                          model_.subsets[static_cast<std::size_t>(mixture.parent)].parent < 0;
      if (at == path.end() && !is_top) continue;
      const auto own =
          std::find_if(mixture.classes.begin(), mixture.classes.end(), [&](const SubsetClass& one) {
            return one.subset >= 0 && std::find(path.begin(), path.end(), one.subset) != path.end();
          });
      if (own == mixture.classes.end() && !(is_top && subset < 0)) continue;
      for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
        const LearnedMarker& marker = mixture.markers[m];
        const std::vector<double> shares = level_shares(marker, medians[marker.marker]);
        const auto level = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) -
                                                    shares.begin());
        const std::string word =
            row_name(model_, marker.marker) + level_word(marker.levels[level].text, is_top);
        const bool is_new = text.find(marker.marker) == text.end();
        if (is_new) order.push_back(marker.marker);
        // "Not bright" says less than what an earlier mixture said.
        if (is_new || marker.levels[level].text != "-/+") text[marker.marker] = word;
        if (own != mixture.classes.end()) {
          // IgD- speaks against a B cell, but for a double-negative one, and that is the question.
          const Reason reason{word, log_odds(mixture, *own, m, shares)};
          const bool says = std::abs(reason.log_odds) > kLeastOdds;
          if (says || !reasons.contains(marker.marker)) reasons[marker.marker] = reason;
        }
      }
    }
    for (const std::size_t marker : order)
      row.phenotype += (row.phenotype.empty() ? "" : " ") + text[marker];
    std::vector<Reason> of_markers;
    for (const std::size_t marker : order) {
      if (reasons.contains(marker)) of_markers.push_back(reasons[marker]);
    }
    row.explanation = explain(std::move(of_markers), subset, share, called, row.events);
  }

  /// Log density of the class over that of its siblings, weighted by their size, at the cluster's median.
  static double log_odds(const SubsetMixture& mixture, const SubsetClass& own, std::size_t m,
                         const std::vector<double>& shares) {
    const auto density = [&](const SubsetClass& one) {
      double sum = 0.0;
      for (std::size_t l = 0; l < shares.size(); ++l) sum += one.level_share[m][l] * shares[l];
      return sum;
    };
    double others = 0.0, weight = 0.0;
    for (const SubsetClass& one : mixture.classes) {
      if (one.subset == own.subset) continue;
      others += one.weight * density(one);
      weight += one.weight;
    }
    if (weight <= 0.0) return 0.0;
    return std::log((density(own) + 1e-6) / (others / weight + 1e-6));
  }

  std::string explain(std::vector<Reason> reasons, std::int16_t subset, double share,
                      const Called& called, std::size_t events) const {
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const Reason& a, const Reason& b) { return a.log_odds > b.log_odds; });
    std::string speaks_for, speaks_against;
    const auto add = [](std::string& list, const Reason& reason) {
      list += (list.empty() ? "" : ", ") + reason.text;
    };
    std::size_t count = 0;
    for (const Reason& reason : reasons) {
      if (reason.log_odds > kLeastOdds && count++ < kMostReasons) add(speaks_for, reason);
    }
    count = 0;
    for (auto reason = reasons.rbegin(); reason != reasons.rend(); ++reason) {
      if (reason->log_odds < -kLeastOdds && count++ < kMostReasons) add(speaks_against, *reason);
    }
    std::string text = fmt::format("{:.0f} % of its events are {}", 100.0 * share,
                                   subset < 0 ? "unassigned" : "called so");
    const std::string next = runner_up(subset, called, events);
    if (!next.empty()) text += ", " + next;
    if (!speaks_for.empty()) text += "; for: " + speaks_for;
    if (!speaks_against.empty()) text += "; against: " + speaks_against;
    text += taken_for_positive(subset);
    for (const BlindMarker& blind : model_.blind) {
      const std::vector<std::int16_t> path = path_to(model_, subset);
      const bool is_below = std::any_of(path.begin(), path.end(), [&](std::int16_t at) {
        return model_.subsets[static_cast<std::size_t>(at)].id == blind.population;
      });
      if (is_below) text += "; not resolvable: " + blind.reason;
    }
    const std::string unmeasured = supports_outside_panel(subset);
    if (!unmeasured.empty()) text += "; not in the panel: " + unmeasured;
    return text;
  }

  /// Markers on the way to the name whose one mode was taken for positive without negative cells beside it.
  std::string taken_for_positive(std::int16_t subset) const {
    std::string text;
    const std::vector<std::int16_t> path = path_to(model_, subset);
    for (const SubsetMixture& mixture : model_.mixtures) {
      const bool is_on_way =
          std::any_of(mixture.classes.begin(), mixture.classes.end(), [&](const SubsetClass& one) {
            return one.certainty < 1.0 &&
                   std::find(path.begin(), path.end(), one.subset) != path.end();
          });
      if (!is_on_way) continue;
      for (const LearnedMarker& marker : mixture.markers) {
        if (marker.certainty == 1.0) continue;
        text += fmt::format(
            "; {} shows one population, called positive (by {:.2f} at least) as it lies above "
            "where "
            "other markers' negative cells lie",
            row_name(model_, marker.marker), marker.certainty);
      }
    }
    return text;
  }

  /// Markers that would confirm the name but were not measured.
  std::string supports_outside_panel(std::int16_t subset) const {
    const KnownSubset* known =
        subset < 0 ? nullptr : knowledge_.find(model_.subsets[static_cast<std::size_t>(subset)].id);
    std::string text;
    std::size_t count = 0;
    if (known == nullptr) return text;
    for (const auto& [marker, levels] : known->support) {
      const bool measured =
          std::find(model_.markers.begin(), model_.markers.end(), marker) != model_.markers.end();
      if (!measured && count++ < kMostReasons) text += (text.empty() ? "" : ", ") + marker;
    }
    return text;
  }

  /// "12 % Naive B cells": the largest share of the cluster outside `subset`.
  std::string runner_up(std::int16_t subset, const Called& called, std::size_t events) const {
    std::size_t best = model_.subsets.size();
    for (std::size_t s = 0; s < model_.subsets.size(); ++s) {
      const std::vector<std::int16_t> path = path_to(model_, static_cast<std::int16_t>(s));
      if (called[s] == 0 || std::find(path.begin(), path.end(), subset) != path.end()) continue;
      if (best == model_.subsets.size() || called[s] > called[best]) best = s;
    }
    const auto all = static_cast<double>(events);
    if (best == model_.subsets.size() || static_cast<double>(called[best]) < 0.05 * all) return {};
    return fmt::format("{:.0f} % {}", 100.0 * static_cast<double>(called[best]) / all,
                       model_.subsets[best].name);
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
