#include "host/report/answer_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "host/report/sentences.hpp"
#include "host/report/siblings.hpp"
#include "host/report/subset_text.hpp"

namespace gateless::report {
namespace {

constexpr std::size_t kPairsNamed = 5;
constexpr std::size_t kFewestHealthy = 3;
constexpr double kMostly = 0.5;  ///< of a sum's events
constexpr double kFalseDiscoveries = 0.05;
constexpr double kSame = 1e-6;

double events_of(const Results& results, const std::string& subset) {
  double sum = 0.0;
  for (const AbundanceRow& row : results.abundance) sum += row.subset == subset ? row.events : 0.0;
  return sum;
}

/// Parts that hold most of a sum's events.
std::vector<std::string> main_parts(const Results& results, const std::string& sum) {
  std::vector<std::string> found;
  for (const auto& [id, parts] : results.parts) {
    if (id != sum) continue;
    const double all = events_of(results, sum);
    for (const std::string& part : parts) {
      if (all > 0.0 && events_of(results, part) >= kMostly * all) found.push_back(part);
    }
  }
  return found;
}

const ChangeRow* significant(const Results& results, const std::string& subset,
                             const std::string& comparison_start) {
  for (const ChangeRow& row : results.changes) {
    if (row.subset == subset && row.comparison.starts_with(comparison_start) && row.q &&
        *row.q < kFalseDiscoveries)
      return &row;
  }
  return nullptr;
}

/// The test over all patients that tells a change: paired at the visit, else over all visits. Of two visits the model over all
/// visits asks what the paired test has answered.
const ChangeRow* row_together(const Results& results, const std::string& subset,
                              const std::string& visit) {
  const ChangeRow* paired = significant(results, subset, visit + " ");
  const bool has_course = results.visits.size() > 2;
  return paired == nullptr && has_course ? significant(results, subset, "all visits") : paired;
}

std::string medians_text(const ChangeRow* row) {
  if (row == nullptr || !row->median_before || !row->median_after) return "";
  return fmt::format("{} \u2192 {}; ", percent_text(*row->median_before),
                     percent_text(*row->median_after));
}

/// In how many patients a fraction rose and fell, by however little.
struct Ways {
  std::size_t up = 0, down = 0, all = 0;

  [[nodiscard]] bool is_up() const { return up >= down; }
  [[nodiscard]] std::size_t most() const { return std::max(up, down); }
  /// "rose in 8 of 8 patients"; of a subset that moved both ways the way that most went.
  [[nodiscard]] std::string text() const {
    return fmt::format("{} in {} of {}", is_up() ? "rose" : "fell", most(),
                       counted(all, "patient"));
  }
};

Ways ways_of(const Results& results, const std::string& subset, const std::string& visit) {
  Ways ways;
  for (const PatientRow& row : results.patients) {
    if (row.subset != subset || row.visit != visit || !row.before || !row.after) continue;
    ++ways.all;
    ways.up += *row.after > *row.before ? 1U : 0U;
    ways.down += *row.after < *row.before ? 1U : 0U;
  }
  return ways;
}

/// The panel whose fraction the row holds.
std::optional<std::string> panel_of(const Results& results, const PatientRow& patient,
                                    const std::string& baseline) {
  std::set<std::string> panels;
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset != patient.subset) continue;
    panels.insert(row.panel);
    if (row.patient == patient.patient && row.visit == baseline && row.fraction_of_parent &&
        patient.before && std::abs(*row.fraction_of_parent - *patient.before) < kSame)
      return row.panel;
  }
  return panels.size() == 1 ? std::optional(*panels.begin()) : std::nullopt;
}

/// Mean fraction of each healthy person.
std::vector<double> healthy_values(const Results& results, const std::string& subset,
                                   const std::string& panel) {
  std::map<std::string, std::pair<double, std::size_t>> persons;
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset != subset || row.panel != panel || row.group != results.healthy_group ||
        row.patient.empty() || !row.fraction_of_parent || row.is_withheld)
      continue;
    auto& [sum, number] = persons[row.patient];
    sum += *row.fraction_of_parent;
    ++number;
  }
  std::vector<double> values;
  for (const auto& [person, of] : persons)
    values.push_back(of.first / static_cast<double>(of.second));
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

std::string summary_of(const Results& results, const std::vector<ChangedSubset>& changed,
                       const std::string& visit) {
  if (changed.size() < 2) return "";
  std::map<std::string, std::string> name_of;
  for (const ChangedSubset& one : changed) name_of[one.subset] = one.name;
  std::set<std::pair<std::string, std::string>> pairs;
  std::vector<std::string> texts;
  std::set<std::string> in_pairs;
  const auto add = [&](const std::string& one, const std::string& other) {
    if (!name_of.contains(other) || !pairs.insert(std::minmax(one, other)).second) return;
    in_pairs.insert({one, other});
    texts.push_back(fmt::format("{} with {}", name_of[one], name_of[other]));
  };
  for (const ChangedSubset& one : changed) {
    for (const std::string& part : main_parts(results, one.subset)) add(one.subset, part);
    if (const auto found = displaced_by(results, one.subset, visit); found)
      add(one.subset, found->sibling);
  }
  std::string text = fmt::format(
      "{} subsets changed in some patient, what is told above among them.", changed.size());
  if (texts.empty()) return text;
  const std::size_t more = texts.size() - std::min(texts.size(), kPairsNamed);
  texts.resize(std::min(texts.size(), kPairsNamed));
  return fmt::format(
      "{} {} of them are mostly the same cells as another of them or the other side of its "
      "change: {}{}.",
      text, in_pairs.size(), fmt::join(texts, "; "),
      more == 0 ? "" : fmt::format("; {} more", counted(more, "pair")));
}

std::vector<std::string> changed_together(const Results& results, const std::string& visit,
                                          const std::set<std::string>& told,
                                          const std::vector<MovedMarker>& moved) {
  std::vector<std::string> texts;
  std::set<std::string> seen = told;
  for (const PatientRow& patient : results.patients) {
    if (patient.visit != visit || !seen.insert(patient.subset).second) continue;
    if (is_root(results, patient.subset)) continue;
    const ChangeRow* row = row_together(results, patient.subset, visit);
    if (row == nullptr) continue;
    texts.push_back(fmt::format(
        "{} {} ({}{}{})", patient.name.empty() ? known_name(results, patient.subset) : patient.name,
        ways_of(results, patient.subset, visit).text(), medians_text(row),
        row->test == "mixed model" ? "over all visits, mixed model " : "",
        probability_text("q", *row->q)));
    std::string rests = resting_on_moved(results, patient.subset, moved);
    if (rests.empty()) continue;
    rests.front() = 'r', rests.pop_back();  // within a sentence
    texts.back() += " \u2013 " + rests;
  }
  return texts;
}

std::string small_but_alike(const Results& results, const std::string& subset,
                            const std::string& visit) {
  const ChangeRow* row = row_together(results, subset, visit);
  if (row == nullptr) return "";
  return fmt::format("Small in each patient, but alike: it {} ({}).",
                     ways_of(results, subset, visit).text(), probability_text("q", *row->q));
}

std::string alike_beyond_calls(const Results& results, const std::string& subset,
                               const std::string& visit, std::size_t up, std::size_t down) {
  const ChangeRow* row = row_together(results, subset, visit);
  if (row == nullptr || (up > 0 && down > 0)) return "";
  const Ways ways = ways_of(results, subset, visit);
  if ((down > 0) == ways.is_up() || ways.most() <= std::max(up, down)) return "";
  return fmt::format("Over all patients together it {} ({}).", ways.text(),
                     probability_text("q", *row->q));
}

std::string against_healthy(const Results& results, const std::vector<const PatientRow*>& rows,
                            const std::string& baseline, const Naming& naming) {
  std::vector<std::string> towards, away;
  std::optional<double> middle;
  std::size_t controls = 0;
  for (const PatientRow* row : rows) {
    if ((row->call != Call::kUp && row->call != Call::kDown) || !row->before || !row->after)
      continue;
    if (!middle) {
      const std::optional<std::string> panel = panel_of(results, *row, baseline);
      if (!panel) return "";
      const std::vector<double> healthy = healthy_values(results, row->subset, *panel);
      controls = healthy.size();
      if (controls < kFewestHealthy) return "";
      middle = (healthy[(controls - 1) / 2] + healthy[controls / 2]) / 2.0;
    }
    const bool is_closer = std::abs(*row->after - *middle) < std::abs(*row->before - *middle);
    (is_closer ? towards : away).push_back(naming(*row));
  }
  if (!middle) return "";
  const auto in = [](const std::vector<std::string>& patients) {
    return patients.size() <= kPatientsNamed ? joined(patients)
                                             : counted(patients.size(), "patient");
  };
  const std::string median =
      fmt::format("the healthy median ({}, {} controls)", percent_text(*middle), controls);
  if (towards.empty()) return fmt::format("Away from {} in {}.", median, in(away));
  return fmt::format("Towards {} in {}{}.", median, in(towards),
                     away.empty() ? "" : fmt::format("; away from it in {}", in(away)));
}

bool is_root(const Results& results, const std::string& subset) {
  bool has_row = false;
  for (const AbundanceRow& row : results.abundance) {
    if (row.subset != subset) continue;
    if (!row.parent.empty()) return false;
    has_row = true;
  }
  const bool is_sum = std::any_of(results.parts.begin(), results.parts.end(),
                                  [&](const auto& entry) { return entry.first == subset; });
  const bool is_parent = std::any_of(results.abundance.begin(), results.abundance.end(),
                                     [&](const AbundanceRow& row) { return row.parent == subset; });
  return has_row && !is_sum && is_parent;
}

}  // namespace gateless::report
