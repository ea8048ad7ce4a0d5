#include "host/report/moved_markers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

constexpr std::size_t kFewest = 3;      ///< people or samples that show something shared
constexpr double kLeastMove = 0.2;      ///< spreads
constexpr double kMostAgree = 0.85;     ///< 6 of 7, 7 of 8; of fewer than seven all
constexpr double kPairsOrdered = 0.95;  ///< of the pairs of a group's sample and another
constexpr double kTie = 1e-9;
constexpr double kSharedBy = 0.75;  ///< quantile of the condition's other samples

/// A marker in the samples of a panel.
struct MarkerRow {
  std::size_t qc;  ///< row
  double shift;
};

double quantile_of(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(values.size() - 1, below + 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

class Finder {
 public:
  explicit Finder(const Results& results) : results_(results), persons_(persons_of(results)) {
    for (const BackGate& gate : results.back_gates)
      dividing_.insert({{gate.panel, gate.x_marker}, {gate.panel, gate.y_marker}});
    for (std::size_t row = 0; row < results.qc.size(); ++row) {
      const QcRow& qc = results.qc[row];
      for (const MarkerSpread& spread : qc.spreads)
        rows_[{qc.panel, spread.marker}].push_back({row, spread.shift});
    }
    shifts_.own.resize(results.qc.size());
  }

  Shifts find() {
    for (const auto& [marker, rows] : rows_) {
      std::vector<MovedMarker> moved = of_visits(marker, rows);
      const std::vector<MovedMarker> groups = of_groups(marker, rows);
      moved.insert(moved.end(), groups.begin(), groups.end());
      for (const MarkerRow& row : rows) keep_largest(row, marker.second, own_of(row, rows, moved));
      shifts_.moved.insert(shifts_.moved.end(), moved.begin(), moved.end());
    }
    for (std::size_t row = 0; row < results_.qc.size(); ++row) {
      const QcRow& qc = results_.qc[row];  // of results that hold the largest shift alone
      if (qc.spreads.empty() && qc.batch_shift)
        shifts_.own[row] = {qc.shifted_marker, *qc.batch_shift, *qc.batch_shift};
    }
    return std::move(shifts_);
  }

 private:
  using Marker = std::pair<std::string, std::string>;  ///< panel and name

  [[nodiscard]] MovedMarker moved_marker(const Marker& marker) const {
    return {.panel = marker.first,
            .marker = marker.second,
            .condition = {},
            .divides = dividing_.contains(marker)};
  }

  /// What a patient's shift at a visit is more than the mean at their other visits, leaving some visits out.
  [[nodiscard]] std::vector<double> steps_to(const std::string& visit,
                                             const std::vector<MarkerRow>& rows,
                                             const std::set<std::string>& left_out) const {
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> by_patient;
    for (const MarkerRow& row : rows) {
      const SamplePerson& person = persons_[row.qc];
      if (person.patient.empty() || left_out.contains(person.visit)) continue;
      auto& [there, elsewhere] = by_patient[person.patient];
      (person.visit == visit ? there : elsewhere).push_back(row.shift);
    }
    std::vector<double> steps;
    for (const auto& [patient, shifts] : by_patient) {
      if (!shifts.first.empty() && !shifts.second.empty())
        steps.push_back(mean_of(shifts.first) - mean_of(shifts.second));
    }
    return steps;
  }

  /// Each visit against the same patients' others. One that is found is left out of what comes after it, so that a visit which
  /// lies apart does not make the others seem to: of two visits the later is told.
  [[nodiscard]] std::vector<MovedMarker> of_visits(const Marker& marker,
                                                   const std::vector<MarkerRow>& rows) const {
    std::vector<MovedMarker> moved;
    std::set<std::string> found;
    while (found.size() + 1 < results_.visits.size()) {
      std::optional<MovedMarker> farthest;
      double most = kLeastMove;
      for (auto visit = results_.visits.rbegin(); visit != results_.visits.rend(); ++visit) {
        if (found.contains(*visit)) continue;
        const std::vector<double> steps = steps_to(*visit, rows, found);
        if (steps.size() < kFewest) continue;
        const double middle = quantile_of(steps, 0.5);
        const auto agreeing = static_cast<std::size_t>(std::count_if(
            steps.begin(), steps.end(), [&](double step) { return step * middle > 0.0; }));
        const bool do_agree =
            static_cast<double>(agreeing) >= kMostAgree * static_cast<double>(steps.size());
        if (!do_agree || std::abs(middle) < most + (farthest ? kTie : 0.0)) continue;
        most = std::abs(middle);
        farthest = moved_marker(marker);
        farthest->condition = *visit, farthest->is_up = middle > 0.0;
        farthest->agreeing = agreeing, farthest->of = steps.size();
      }
      if (!farthest) break;
      found.insert(farthest->condition);
      moved.push_back(*std::move(farthest));
    }
    return moved;
  }

  /// Each group against all others.
  [[nodiscard]] std::vector<MovedMarker> of_groups(const Marker& marker,
                                                   const std::vector<MarkerRow>& rows) const {
    std::map<std::string, std::vector<double>> by_group;
    for (const MarkerRow& row : rows) by_group[persons_[row.qc].group].push_back(row.shift);
    std::vector<MovedMarker> moved;
    for (const auto& [group, own] : by_group) {
      std::vector<double> others;
      for (const auto& [other, shifts] : by_group) {
        if (other != group) others.insert(others.end(), shifts.begin(), shifts.end());
      }
      if (group.empty() || own.size() < kFewest || others.size() < kFewest) continue;
      const double step = quantile_of(own, 0.5) - quantile_of(others, 0.5);
      if (std::abs(step) < kLeastMove) continue;
      std::size_t ordered = 0;
      for (const double one : own) {
        for (const double other : others) ordered += (one - other) * step > 0.0 ? 1U : 0U;
      }
      if (static_cast<double>(ordered) <
          kPairsOrdered * static_cast<double>(own.size() * others.size()))
        continue;
      MovedMarker found = moved_marker(marker);
      found.is_of_visit = false, found.condition = group, found.is_up = step > 0.0;
      found.agreeing = found.of = own.size();
      moved.push_back(std::move(found));
      break;  // of two groups one mirrors the other
    }
    return moved;
  }

  [[nodiscard]] bool is_of(const SamplePerson& person, const MovedMarker& moved) const {
    return (moved.is_of_visit ? person.visit : person.group) == moved.condition;
  }

  /// What is left of a shift beside what most on its side share, where the marker moves with a condition: the samples of the
  /// condition lie on one side of the pool, all others on the other.
  [[nodiscard]] double own_of(const MarkerRow& row, const std::vector<MarkerRow>& rows,
                              const std::vector<MovedMarker>& moved) const {
    double own = std::abs(row.shift);
    for (const MovedMarker& one : moved) {
      const bool is_inside = is_of(persons_[row.qc], one);
      const double sign = is_inside == one.is_up ? 1.0 : -1.0;
      if (sign * row.shift <= 0.0) continue;
      std::vector<double> others;
      for (const MarkerRow& other : rows) {
        if (other.qc != row.qc && is_of(persons_[other.qc], one) == is_inside)
          others.push_back(sign * other.shift);
      }
      if (others.empty()) continue;
      const double shared = std::max(0.0, quantile_of(others, kSharedBy));
      own = std::min(own, std::max(0.0, sign * row.shift - shared));
    }
    return own;
  }

  void keep_largest(const MarkerRow& row, const std::string& marker, double own) {
    OwnShift& largest = shifts_.own[row.qc];
    if (largest.marker.empty() || own > largest.own) largest = {marker, row.shift, own};
  }

  const Results& results_;
  std::vector<SamplePerson> persons_;
  std::set<Marker> dividing_;
  std::map<Marker, std::vector<MarkerRow>> rows_;
  Shifts shifts_;
};

/// "pErk, pS6 higher"; empty without markers.
std::string moved_list(const std::vector<const MovedMarker*>& moved, bool is_up) {
  std::vector<std::string> names;
  for (const MovedMarker* one : moved) {
    if (one->is_up == is_up) names.push_back(one->marker);
  }
  return names.empty() ? "" : fmt::format("{} {}", joined(names), is_up ? "higher" : "lower");
}

}  // namespace

std::vector<SamplePerson> persons_of(const Results& results) {
  std::map<std::string, const AbundanceRow*> known;
  for (const AbundanceRow& row : results.abundance) known.try_emplace(row.sample, &row);
  std::vector<SamplePerson> persons;
  for (const QcRow& row : results.qc) {
    const auto found = known.find(row.sample);
    persons.push_back(
        found == known.end()
            ? SamplePerson{}
            : SamplePerson{found->second->patient, found->second->visit, found->second->group});
  }
  return persons;
}

Shifts shifts_of(const Results& results) { return Finder(results).find(); }

std::vector<std::string> moved_in_words(const std::vector<MovedMarker>& moved) {
  std::map<std::tuple<bool, std::string, std::string, bool>, std::vector<const MovedMarker*>> kinds;
  for (const MovedMarker& one : moved)
    kinds[{!one.is_of_visit, one.panel, one.condition, one.divides}].push_back(&one);
  std::vector<std::string> sentences;
  for (const auto& [kind, markers] : kinds) {
    const MovedMarker& first = *markers.front();
    std::vector<std::string> lists;
    for (const bool is_up : {true, false}) {
      if (std::string list = moved_list(markers, is_up); !list.empty())
        lists.push_back(std::move(list));
    }
    std::size_t agreeing = first.agreeing, of = first.of;
    for (const MovedMarker* one : markers) {
      if (one->agreeing * of < agreeing * one->of) agreeing = one->agreeing, of = one->of;
    }
    const std::string where =
        first.is_of_visit
            ? fmt::format("At {}, alike in {}{} of {} patients", first.condition,
                          agreeing < of ? "at least " : "", agreeing, of)
            : fmt::format("In group {}, alike in all {} samples", first.condition, of);
    sentences.push_back(fmt::format(
        "{}: {}. {}", where, fmt::join(lists, "; "),
        first.divides ? "Cells are named by these markers: the staining of all these samples (a "
                        "batch), or a true effect. No single sample is marked for it; look at "
                        "Evidence before you believe a difference that rests on them"
                      : "Taken as an effect of the condition, not as a fault of samples"));
  }
  return sentences;
}

}  // namespace gateless::report
