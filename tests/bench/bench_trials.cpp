// How often the statistics are right: trials made at the level of counts, with the naming errors of whole trials that
// were run from FCS files, and those whole trials themselves.
//
// usage: bench_trials COUNTS.csv [TRIALS]     (COUNTS.csv: whole_trials.py --counts; TRIALS: 1000)
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "host/core/error.hpp"
#include "host/simulate/cell_types.hpp"
#include "host/simulate/course.hpp"
#include "host/simulate/trial.hpp"
#include "host/statistics/change.hpp"
#include "io/csv.hpp"

namespace gateless {
namespace {

constexpr double kEvents = 35'700.0;    ///< live single cells in a file of 40,000 events
constexpr double kEventsSpread = 0.02;  ///< CV
constexpr double kLarge = 0.4;          ///< a relative change that must be found
constexpr std::uint64_t kFirstSeed = 1'000'000;

/// One subset in one sample of a whole trial.
struct Counted {
  double events = 0.0, parent_events = 0.0;  ///< found
  double effective = 0.0;                    ///< parent events
  double true_events = 0.0, true_parent_events = 0.0;

  /// The fraction that would be found where `fraction` is true: what was found too much is of the others, what was
  /// found too little of the subset's own.
  [[nodiscard]] double named(double fraction) const {
    if (parent_events <= 0.0 || true_parent_events <= 0.0) return fraction;
    const double found = events / parent_events, truth = true_events / true_parent_events;
    if (found < truth) return fraction * found / truth;
    return truth < 1.0 ? fraction + (1.0 - fraction) * (found - truth) / (1.0 - truth) : fraction;
  }
};

using SubsetCounts = std::map<std::string, Counted>;
/// Whole trials of one kind, "null" or "changed": seed -> (patient, visit) -> subset -> counts.
using WholeTrial = std::map<std::pair<std::string, std::string>, SubsetCounts>;
using WholeTrials = std::map<std::uint64_t, WholeTrial>;

std::map<std::string, WholeTrials> read_whole_trials(const std::string& path) {
  const CsvTable table = read_csv(path);
  std::map<std::string, WholeTrials> trials;
  for (const std::vector<std::string>& row : table.rows) {
    const auto text = [&](const char* name) { return row[table.column(name).value()]; };
    const auto number = [&](const char* name) { return parse_number(text(name)).value_or(0.0); };
    trials[text("kind")][std::stoull(text("seed"))][{text("patient"), text("visit")}]
          [text("subset")] = {.events = number("events"),
                              .parent_events = number("parent_events"),
                              .effective = number("effective_parent_events"),
                              .true_events = number("events_true"),
                              .true_parent_events = number("parent_events_true")};
  }
  return trials;
}

/// A trial as the comparison sees it, and what was designed.
struct Trial {
  Study study;
  std::vector<AbundanceRow> rows;
  std::map<std::tuple<std::string, std::string, std::string>, double>
      designed;  ///< (subset, patient, visit) -> relative change
};

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

/// A whole trial, compared again.
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

/// A new trial of counts. Each person is named with the errors, at all visits and in all subsets together, of the same
/// person of one whole trial drawn at random.
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
      const double effective =
          error.parent_events > 0.0 ? error.effective / error.parent_events : 1.0;
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

struct Tally {
  std::size_t unchanged = 0, false_calls = 0, small_p = 0;
  std::size_t falls = 0, falls_found = 0, rises = 0, rises_found = 0;
  std::size_t intervals = 0, covering = 0, below = 0;  ///< below: the whole interval is too low

  void add(const PatientRow& row, double designed) {
    if (row.call == Call::kNotQuantifiable) return;
    if (std::abs(designed) < 1e-9) {
      ++unchanged;
      false_calls += row.call != Call::kNoChange ? 1U : 0U;
      small_p += row.p.value_or(1.0) < 0.05 ? 1U : 0U;
    } else if (designed <= -kLarge) {
      ++falls;
      falls_found += row.call == Call::kDown ? 1U : 0U;
    } else if (designed >= kLarge) {
      ++rises;
      rises_found += row.call == Call::kUp ? 1U : 0U;
    }
    if (!row.low || !row.high) return;
    ++intervals;
    covering += *row.low <= designed && designed <= *row.high ? 1U : 0U;
    below += *row.high < designed ? 1U : 0U;
  }
};

bool is_designed_to_change(const Trial& trial, const std::string& subset) {
  return std::any_of(trial.designed.begin(), trial.designed.end(), [&](const auto& design) {
    return std::get<0>(design.first) == subset && std::abs(design.second) > 1e-9;
  });
}

/// Upper ends of the classes of a pair's mean events, by which power is told.
constexpr std::array<double, 6> kEventClasses{50, 75, 100, 150, 250, 1e9};

struct Summary {
  std::map<std::string, Tally> subsets;
  std::array<Tally, kEventClasses.size()> of_events;  ///< by the pair's mean events
  Tally all;
  std::map<std::string, std::pair<std::size_t, std::size_t>>
      tests;  ///< of which kind, and whether the subset was designed to change -> tests, p < 0.05
  std::size_t trials = 0, any_q = 0, primary_q = 0;
  double noise = 0.0;

  void add(const Trial& trial) {
    const ComparisonPlan plan{
        .primary = {"b_dn", "b_trans", "b_naive_rest"}, .best_panel = {}, .ratios = {}};
    const Comparison comparison = compare_visits(trial.rows, trial.study, plan);
    std::map<std::tuple<std::string, std::string, std::string>, double> events;
    for (const AbundanceRow& row : trial.rows)
      events[{row.subset, row.patient, row.visit}] = row.events;
    for (const PatientRow& row : comparison.patients) {
      const double designed = trial.designed.at({row.subset, row.patient, row.visit});
      const double mean = 0.5 * (events.at({row.subset, row.patient, row.visit}) +
                                 events.at({row.subset, row.patient, "baseline"}));
      const auto size = std::lower_bound(kEventClasses.begin(), kEventClasses.end(), mean);
      of_events[static_cast<std::size_t>(size - kEventClasses.begin())].add(row, designed);
      all.add(row, designed);
      subsets[row.subset].add(row, designed);
    }
    const auto is_small = [](const ChangeRow& row) { return row.q.value_or(1.0) < 0.05; };
    const auto is_primary = [&](const ChangeRow& row) {
      return is_small(row) && row.family == "primary";
    };
    const std::vector<ChangeRow>& rows = comparison.changes;
    any_q += std::any_of(rows.begin(), rows.end(), is_small) ? 1U : 0U;
    primary_q += std::any_of(rows.begin(), rows.end(), is_primary) ? 1U : 0U;
    for (const ChangeRow& row : rows) {
      if (!row.p) continue;
      auto& [tested, small] = tests[fmt::format(
          "{}, {}", row.test, is_designed_to_change(trial, row.subset) ? "changed" : "unchanged")];
      ++tested;
      small += *row.p < 0.05 ? 1U : 0U;
    }
    ++trials;
    noise += comparison.noise;
  }
};

std::string percent(std::size_t hits, std::size_t of) {
  if (of == 0) return "-";
  return fmt::format("{:.1f}", 100.0 * static_cast<double>(hits) / static_cast<double>(of));
}

void print_line(const std::string& name, const Tally& tally) {
  fmt::print("{:<20} {:>8} {:>7} {:>7} {:>8} {:>7} {:>8} {:>7} {:>9} {:>7} {:>7}\n", name,
             tally.unchanged, percent(tally.false_calls, tally.unchanged),
             percent(tally.small_p, tally.unchanged), tally.falls,
             percent(tally.falls_found, tally.falls), tally.rises,
             percent(tally.rises_found, tally.rises), tally.intervals,
             percent(tally.covering, tally.intervals), percent(tally.below, tally.intervals));
}

void print_summary(const std::string& title, const Summary& summary) {
  fmt::print(
      "\n{}: {} trials; q < 0.05 anywhere in {} % of them, among primary subsets in {} %; noise "
      "{:.3f}\n",
      title, summary.trials, percent(summary.any_q, summary.trials),
      percent(summary.primary_q, summary.trials),
      summary.noise / static_cast<double>(summary.trials));
  for (const auto& [test, counts] : summary.tests)
    fmt::print("  {}: {} tests, p < 0.05 in {} %\n", test, counts.first,
               percent(counts.second, counts.first));
  fmt::print("{:<20} {:>8} {:>7} {:>7} {:>8} {:>7} {:>8} {:>7} {:>9} {:>7} {:>7}\n", "%", "same",
             "false", "p<.05", "falls", "found", "rises", "found", "intervals", "cover", "below");
  print_line("all", summary.all);
  for (const auto& [subset, tally] : summary.subsets) print_line("  " + subset, tally);
  for (std::size_t size = 0; size < kEventClasses.size(); ++size) {
    const bool is_last = size + 1 == kEventClasses.size();
    print_line(is_last ? "  events: more" : fmt::format("  events: to {:.0f}", kEventClasses[size]),
               summary.of_events[size]);
  }
}

int measure(const std::string& path, std::size_t trials) {
  const std::map<std::string, WholeTrials> whole = read_whole_trials(path);
  for (const auto& [kind, of_kind] : whole) {
    const bool is_null = kind == "null";
    Summary from_files;
    for (const auto& [seed, one] : of_kind) from_files.add(replay(one, seed, is_null));
    print_summary("whole trials, " + kind, from_files);
    Summary drawn;
    for (std::size_t trial = 0; trial < trials; ++trial) {
      const std::uint64_t seed = kFirstSeed + trial;
      std::mt19937_64 random(seed);
      drawn.add(draw_trial(of_kind, seed, is_null, random));
    }
    if (trials > 0) print_summary("trials of counts, " + kind, drawn);
  }
  return 0;
}

}  // namespace
}  // namespace gateless

int main(int count, char** arguments) try {
  if (count < 2) {
    std::cerr << "usage: bench_trials COUNTS.csv [TRIALS]\n";
    return 2;
  }
  return gateless::measure(arguments[1], count > 2 ? std::stoul(arguments[2]) : 1000);
} catch (const std::exception& error) {
  std::cerr << "bench_trials: " << error.what() << "\n";
  return 1;
}
