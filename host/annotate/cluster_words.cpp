#include "host/annotate/cluster_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace gateless::annotate {
namespace {

constexpr std::size_t kMostReasons = 4;

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

class ClusterDescription {
 public:
  ClusterDescription(const NamedCluster& named, const SubsetModel& model,
                     const Knowledge& knowledge)
      : named_(named), model_(model), knowledge_(knowledge), path_(path_to(model, named.subset)) {}

  [[nodiscard]] ClusterWords words() const {
    std::vector<std::size_t> order;           // markers, as first met
    std::map<std::size_t, std::string> text;  // marker -> "CD27-"
    std::map<std::size_t, Reason> reasons;    // marker -> the deepest that says something
    for (const SubsetMixture& mixture : model_.mixtures) {
      const auto at = std::find(path_.begin(), path_.end(), mixture.parent);
      const bool is_top = mixture.parent >= 0 &&
                          model_.subsets[static_cast<std::size_t>(mixture.parent)].parent < 0;
      if (at == path_.end() && !is_top) continue;
      const auto own =
          std::find_if(mixture.classes.begin(), mixture.classes.end(), [&](const SubsetClass& one) {
            return one.subset >= 0 &&
                   std::find(path_.begin(), path_.end(), one.subset) != path_.end();
          });
      if (own == mixture.classes.end() && !(is_top && named_.subset < 0)) continue;
      for (std::size_t m = 0; m < mixture.markers.size(); ++m) {
        const LearnedMarker& marker = mixture.markers[m];
        const std::vector<double> shares = level_shares(marker, named_.medians[marker.marker]);
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
    ClusterWords words;
    for (const std::size_t marker : order)
      words.phenotype += (words.phenotype.empty() ? "" : " ") + text[marker];
    std::vector<Reason> of_markers;
    for (const std::size_t marker : order) {
      if (reasons.contains(marker)) of_markers.push_back(reasons[marker]);
    }
    words.explanation = explanation(std::move(of_markers));
    return words;
  }

 private:
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

  [[nodiscard]] std::string explanation(std::vector<Reason> reasons) const {
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
    std::string text = fmt::format("{:.0f} % of its events are {}", 100.0 * named_.share,
                                   named_.subset < 0 ? "unassigned" : "called so");
    const std::string next = runner_up();
    if (!next.empty()) text += ", " + next;
    if (!speaks_for.empty()) text += "; for: " + speaks_for;
    if (!speaks_against.empty()) text += "; against: " + speaks_against;
    text += taken_for_positive();
    for (const BlindMarker& blind : model_.blind) {
      const bool is_below = std::any_of(path_.begin(), path_.end(), [&](std::int16_t at) {
        return model_.subsets[static_cast<std::size_t>(at)].id == blind.population;
      });
      if (is_below) text += "; not resolvable: " + blind.reason;
    }
    const std::string unmeasured = supports_outside_panel();
    if (!unmeasured.empty()) text += "; not in the panel: " + unmeasured;
    return text;
  }

  /// Markers on the way to the name whose one mode was taken for positive without negative cells beside it.
  [[nodiscard]] std::string taken_for_positive() const {
    std::string text;
    for (const SubsetMixture& mixture : model_.mixtures) {
      const bool is_on_way =
          std::any_of(mixture.classes.begin(), mixture.classes.end(), [&](const SubsetClass& one) {
            return one.certainty < 1.0 &&
                   std::find(path_.begin(), path_.end(), one.subset) != path_.end();
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
  [[nodiscard]] std::string supports_outside_panel() const {
    const KnownSubset* known =
        named_.subset < 0
            ? nullptr
            : knowledge_.find(model_.subsets[static_cast<std::size_t>(named_.subset)].id);
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

  /// "12 % Naive B cells": the largest share of the cluster outside its subset.
  [[nodiscard]] std::string runner_up() const {
    std::size_t best = model_.subsets.size();
    for (std::size_t s = 0; s < model_.subsets.size(); ++s) {
      const std::vector<std::int16_t> path = path_to(model_, static_cast<std::int16_t>(s));
      if (named_.called[s] == 0 || std::find(path.begin(), path.end(), named_.subset) != path.end())
        continue;
      if (best == model_.subsets.size() || named_.called[s] > named_.called[best]) best = s;
    }
    const auto all = static_cast<double>(named_.events);
    if (best == model_.subsets.size() || static_cast<double>(named_.called[best]) < 0.05 * all)
      return {};
    return fmt::format("{:.0f} % {}", 100.0 * static_cast<double>(named_.called[best]) / all,
                       model_.subsets[best].name);
  }

  const NamedCluster& named_;
  const SubsetModel& model_;
  const Knowledge& knowledge_;
  std::vector<std::int16_t> path_;  ///< to the subset
};

}  // namespace

std::vector<std::int16_t> path_to(const SubsetModel& model, std::int16_t subset) {
  std::vector<std::int16_t> path;
  for (; subset >= 0; subset = model.subsets[static_cast<std::size_t>(subset)].parent)
    path.push_back(subset);
  std::reverse(path.begin(), path.end());
  return path;
}

ClusterWords words_of(const NamedCluster& named, const SubsetModel& model,
                      const Knowledge& knowledge) {
  return ClusterDescription(named, model, knowledge).words();
}

}  // namespace gateless::annotate
