#include "host/stages/presented.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "host/core/layers.hpp"
#include "host/statistics/intervals.hpp"

namespace gateless::stages {
namespace {

constexpr int kDigits = 6;           // of fractions and probabilities
constexpr double kPerEvent = 100.0;  // hundredths of an event
constexpr double kPerUnit = 1e4;     // of transformed values
constexpr double kNoEvent = 0.5;     // fewer expected events are tails of other subsets

void round_digits(double& value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", kDigits, value);
  value = std::strtod(text, nullptr);
}
void round_fraction(double& value) {
  constexpr double kNothing = 1e-9;  // below one in all events of any study
  if (std::abs(value) < kNothing) {
    value = 0.0;
  } else {
    round_digits(value);
  }
}
void round_digits(Number& value) {
  if (value) round_digits(*value);
}
void round_fraction(Number& value) {
  if (value) round_fraction(*value);
}
void round_to(double& value, double per_unit) { value = std::round(value * per_unit) / per_unit; }
void round_to(Number& value, double per_unit) {
  if (value) round_to(*value, per_unit);
}

bool is_absent(Detection detection) { return detection == Detection::kNotDetected; }

void round_row(AbundanceRow& row) {
  if (row.events < kNoEvent && row.fraction_of_parent) {
    row.events = 0.0;
    for (Number* fraction : {&row.fraction_of_parent, &row.low, &row.fraction_of_lineage,
                             &row.fraction_of_all, &row.cells_per_ul}) {
      if (*fraction) *fraction = 0.0;
    }
  }
  round_to(row.events, kPerEvent);
  round_to(row.parent_events, kPerEvent);
  round_to(row.effective_parent_events, kPerEvent);
  for (Number* fraction : {&row.fraction_of_parent, &row.low, &row.high, &row.fraction_of_lineage,
                           &row.fraction_of_all, &row.cells_per_ul, &row.fraction_by_mixture})
    round_fraction(*fraction);
}

}  // namespace

void add_unassigned(Results& results) {
  struct Whole {
    const AbundanceRow* root = nullptr;
    double told = 0.0;
  };
  std::map<std::string, std::string> root_of;  // lineage -> root
  std::set<std::string> roots;
  for (const AbundanceRow& row : results.abundance) {
    if (row.parent.empty()) roots.insert(row.subset);
  }
  for (const std::vector<std::string>& lineages : results.siblings) {
    for (const AbundanceRow& row : results.abundance) {
      const bool is_lineage =
          roots.contains(row.parent) &&
          std::find(lineages.begin(), lineages.end(), row.subset) != lineages.end();
      if (is_lineage) root_of[row.subset] = row.parent;
    }
  }
  std::map<std::pair<std::string, std::string>, Whole> wholes;  // sample and panel, root
  std::vector<std::pair<std::string, std::string>> order;
  const auto key = [](const AbundanceRow& row, const std::string& root) {
    return std::pair(row.sample + '\n' + row.panel, root);
  };
  for (const AbundanceRow& row : results.abundance) {
    if (!row.parent.empty() || !roots.contains(row.subset)) continue;
    if (wholes.try_emplace(key(row, row.subset), Whole{&row, 0.0}).second)
      order.push_back(key(row, row.subset));
  }
  for (const AbundanceRow& row : results.abundance) {
    const auto root = root_of.find(row.subset);
    if (root == root_of.end()) continue;
    const auto whole = wholes.find(key(row, root->second));
    if (whole != wholes.end()) whole->second.told += row.events;
  }
  std::vector<AbundanceRow> added;
  for (const auto& place : order) {
    const Whole& whole = wholes.at(place);
    if (whole.told <= 0.0) continue;  // no lineage can be told
    AbundanceRow row = *whole.root;
    row.subset = "unassigned";
    row.name = "Unassigned";
    row.parent = whole.root->subset;
    row.parent_events = row.effective_parent_events = whole.root->events;
    row.events = std::max(0.0, whole.root->events - whole.told);
    row.fraction_by_mixture = row.labelled_events = row.fraction_of_lineage = Number{};
    row.detection = Detection::kQuantifiable;
    const double of_root = row.parent_events > 0.0 ? row.events / row.parent_events : 0.0;
    row.fraction_of_parent = of_root;
    const Interval interval = wilson(row.events, row.parent_events);
    row.low = interval.low;
    row.high = interval.high;
    if (row.fraction_of_all) *row.fraction_of_all *= of_root;
    if (row.cells_per_ul) *row.cells_per_ul *= of_root;
    added.push_back(std::move(row));
  }
  results.abundance.insert(results.abundance.end(), added.begin(), added.end());
}

void blank_absent(Results& results) {
  std::set<std::pair<std::string, std::string>> seen, detected;  // subset, visit ("" : any)
  for (PatientRow& row : results.patients) {
    const bool is_missing = is_absent(row.detection_before) && is_absent(row.detection_after);
    for (const std::string& visit : {row.visit, std::string()}) {
      seen.emplace(row.subset, visit);
      if (!is_missing) detected.emplace(row.subset, visit);
    }
    if (is_missing) row.change = row.low = row.high = row.p = Number{};
  }
  for (ChangeRow& row : results.changes) {
    const std::size_t dash = row.comparison.find(" - ");
    const std::string visit = row.comparison.substr(0, dash == std::string::npos ? 0 : dash);
    const std::pair<std::string, std::string> place(row.subset, visit);
    if (!seen.contains(place) || detected.contains(place)) continue;
    row.median_before = row.median_after = row.change = row.change_low = row.change_high = Number{};
    row.p = row.p_floor = row.q = row.activity_rho = row.activity_p = row.activity_q = Number{};
  }
}

void round_numbers(Results& results) {
  for (AbundanceRow& row : results.abundance) round_row(row);
  for (ChangeRow& row : results.changes) {
    for (Number* value : {&row.median_before, &row.median_after, &row.change, &row.change_low,
                          &row.change_high, &row.activity_rho})
      round_fraction(*value);
    for (Number* value : {&row.p, &row.p_floor, &row.q, &row.activity_p, &row.activity_q})
      round_digits(*value);
  }
  for (PatientRow& row : results.patients) {
    for (Number* value : {&row.before, &row.after, &row.change, &row.low, &row.high})
      round_fraction(*value);
    round_digits(row.p);
  }
  for (MarkerMediansRow& row : results.marker_medians) {
    for (MarkerMedian& marker : row.markers) {
      round_to(marker.median, kPerUnit);
      round_to(marker.spread, kPerUnit);
    }
  }
  for (MarkerChangeRow& row : results.marker_changes) {
    for (Number* value : {&row.median_before, &row.median_after, &row.change, &row.change_low,
                          &row.change_high, &row.spread})
      round_to(*value, kPerUnit);
    for (Number* value : {&row.p, &row.p_floor, &row.q}) round_digits(*value);
  }
  for (ClusterRow& row : results.clusters) {
    round_to(row.confidence, kPerUnit);
    round_to(row.stability, kPerUnit);
    for (auto& [marker, median] : row.medians) round_to(median, kPerUnit);
  }
  for (AbnormalRow& row : results.abnormal) {
    round_to(row.events, kPerEvent);
    round_fraction(row.fraction_of_memory_b);
    round_fraction(row.enrichment);
    for (Number* value : {&row.p, &row.q, &row.activity_rho, &row.activity_p}) round_digits(*value);
  }
  for (ClusterCountRow& row : results.cluster_counts) round_fraction(row.fraction);
  constexpr double kPerSpread = 100.0;
  for (QcRow& row : results.qc) {
    round_to(row.batch_shift, kPerUnit);
    for (MarkerSpread& spread : row.spreads) {
      round_to(spread.shift, kPerSpread);
      round_to(spread.width, kPerSpread);
    }
  }
}

}  // namespace gateless::stages
