#include "tests/bench/trials_of_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/simulate/cell_types.hpp"
#include "host/simulate/course.hpp"
#include "host/simulate/trial.hpp"
#include "io/csv.hpp"

namespace gateless::bench {
namespace {

constexpr double kEvents = 35'700.0;    ///< live single cells in a file of 40,000 events
constexpr double kEventsSpread = 0.02;  ///< CV

SimulationOptions options_of(std::uint64_t seed, bool is_null) {
  SimulationOptions options;
  options.seed = seed;
  options.is_null = is_null;
  return options;
}

Trial plan_trial(const std::vector<Bleeding>& bleedings) {
  Trial trial;
  trial.study.compare.at = {"week 4", "week 24"};
  trial.study.compare.activity = "sledai";
  std::vector<double> before;
  for (const Bleeding& bleeding : bleedings) {
    Sample sample;
    sample.file = sample_name(bleeding, "B");
    sample.patient = bleeding.patient;
    sample.visit = bleeding.visit;
    sample.group = bleeding.group;
    if (!bleeding.is_healthy) sample.numbers["sledai"] = bleeding.sledai;
    trial.study.samples.push_back(sample);
    const std::vector<double> fractions = fractions_of_parent(bleeding.designed);
    if (bleeding.visit_index == 0) before = fractions;
    for (std::size_t subset = 0; subset < fractions.size(); ++subset) {
      trial.designed[{true_subsets()[subset].id, bleeding.patient, bleeding.visit}] =
          fractions[subset] / before[subset] - 1.0;
    }
  }
  return trial;
}

AbundanceRow row_of(const Sample& sample, const TrueSubset& subset, double events,
                    double parent_events, double effective) {
  AbundanceRow row;
  row.sample = sample.file;
  row.patient = sample.patient;
  row.visit = sample.visit;
  row.group = sample.group;
  row.panel = std::string("B");  // g++ 12 warns falsely of the plain literal
  row.subset = row.name = subset.id;
  row.parent = subset.parent;
  row.events = events;
  row.parent_events = parent_events;
  if (parent_events > 0.0) row.fraction_of_parent = events / parent_events;
  row.effective_parent_events = effective;
  row.detection = events < 20.0   ? Detection::kNotDetected
                  : events > 50.0 ? Detection::kQuantifiable
                                  : Detection::kNotQuantifiable;
  return row;
}

bool is_compared(const TrueSubset& subset) {
  return !subset.parent.empty() && subset.is_told_by("B");
}

/// Cells of each subset among those that were measured.
std::map<std::string, double> count_cells(const Bleeding& bleeding, std::mt19937_64& random) {
  std::map<std::string, double> counts;
  std::normal_distribution<double> normal;
  auto left = static_cast<long>(kEvents * (1.0 + kEventsSpread * normal(random)));
  double share_left = 1.0;
  for (std::size_t type = 0; type < cell_types().size(); ++type) {
    const double share = std::clamp(bleeding.composition[type] / share_left, 0.0, 1.0);
    const long drawn = std::binomial_distribution<long>(left, share)(random);
    left -= drawn;
    share_left = std::max(1e-12, share_left - bleeding.composition[type]);
    for (const std::string& subset : cell_types()[type].subsets)
      counts[subset] += static_cast<double>(drawn);
  }
  return counts;
}

}  // namespace

std::map<std::string, WholeTrials> read_whole_trials(const std::string& path) {
  const CsvTable table = read_csv(path);
  std::map<std::string, WholeTrials> trials;
  for (const std::vector<std::string>& row : table.rows) {
    const auto text = [&](const char* name) { return row[table.column(name).value()]; };
    const auto number = [&](const char* name) {
      const auto value = parse_number(text(name));
      if (!value) {
        throw InputError(
            fmt::format("{}: {} of {} in {} is no number (counts would be made up); "
                        "run whole_trials.py again",
                        path, name, text("subset"), text("patient")));
      }
      return *value;
    };
    const Counted counted{.events = number("events"),
                          .parent_events = number("parent_events"),
                          .effective = number("effective_parent_events"),
                          .true_events = number("events_true"),
                          .true_parent_events = number("parent_events_true")};
    if (counted.parent_events <= 0.0 || counted.true_parent_events <= 0.0) {
      throw InputError(
          fmt::format("{}: {} of {} has no parent events (its naming error cannot be "
                      "told); run whole_trials.py with more events a file",
                      path, text("subset"), text("patient")));
    }
    trials[text("kind")][std::stoull(text("seed"))][{text("patient"), text("visit")}]
          [text("subset")] = counted;
  }
  return trials;
}

Trial replay(const WholeTrial& whole, std::uint64_t seed, bool is_null) {
  Trial trial = plan_trial(plan_bleedings(options_of(seed, is_null)));
  for (const TrueSubset& subset : true_subsets()) {
    if (!is_compared(subset)) continue;
    for (const Sample& sample : trial.study.samples) {
      const SubsetCounts& counts = whole.at({sample.patient, sample.visit});
      const auto found = counts.find(subset.id);
      if (found == counts.end()) continue;
      trial.rows.push_back(row_of(sample, subset, found->second.events, found->second.parent_events,
                                  found->second.effective));
    }
  }
  return trial;
}

Trial draw_trial(const WholeTrials& whole, std::uint64_t seed, bool is_null,
                 std::mt19937_64& random) {
  const std::vector<Bleeding> bleedings = plan_bleedings(options_of(seed, is_null));
  Trial trial = plan_trial(bleedings);
  std::map<std::string, const WholeTrial*> errors;
  for (std::size_t index = 0; index < bleedings.size(); ++index) {
    const Sample& sample = trial.study.samples[index];
    const auto [chosen, is_new] = errors.emplace(sample.patient, nullptr);
    if (is_new) {
      std::uniform_int_distribution<std::ptrdiff_t> any(
          0, static_cast<std::ptrdiff_t>(whole.size()) - 1);
      chosen->second = &std::next(whole.begin(), any(random))->second;
    }
    const SubsetCounts& counted = chosen->second->at({sample.patient, sample.visit});
    const std::map<std::string, double> cells = count_cells(bleedings[index], random);
    std::map<std::string, double> named{{"leukocyte", cells.at("leukocyte")}};
    for (const TrueSubset& subset : true_subsets()) {  // parents stand before children
      const auto source = counted.find(subset.id);
      if (!is_compared(subset) || source == counted.end()) continue;
      const Counted& error = source->second;
      const double part = cells.count(subset.id) == 1 ? cells.at(subset.id) : 0.0;
      const double all_cells = cells.at(subset.parent);
      const double parent_events = named[subset.parent];
      named[subset.id] = parent_events * error.named(all_cells > 0.0 ? part / all_cells : 0.0);
      const double effective = error.effective / error.parent_events;
      trial.rows.push_back(
          row_of(sample, subset, named[subset.id], parent_events, parent_events * effective));
    }
  }
  // As the tables have them: by subset, then sample.
  std::stable_sort(
      trial.rows.begin(), trial.rows.end(),
      [](const AbundanceRow& a, const AbundanceRow& b) { return a.subset < b.subset; });
  return trial;
}

}  // namespace gateless::bench
