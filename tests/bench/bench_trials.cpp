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

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/statistics/change.hpp"
#include "tests/bench/trials_of_counts.hpp"

namespace gateless::bench {
namespace {

constexpr double kLarge = 0.4;  ///< a relative change that must be found
constexpr std::uint64_t kFirstSeed = 1'000'000;

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
}  // namespace gateless::bench

int main(int count, char** arguments) try {
  if (count < 2) {
    std::cerr << "usage: bench_trials COUNTS.csv [TRIALS]\n";
    return 2;
  }
  return gateless::bench::measure(arguments[1], count > 2 ? std::stoul(arguments[2]) : 1000);
} catch (const std::exception& error) {
  std::cerr << "bench_trials: " << error.what() << "\n";
  return 1;
}
