// Trials at the level of subset counts, with the naming errors of whole trials that were run from FCS files.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "host/core/layers.hpp"
#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless::bench {

using namespace simulate;
using namespace statistics;

/// One subset in one sample of a whole trial.
struct Counted {
  double events = 0.0, parent_events = 0.0;  ///< found; of the parent at least one, as of its truth
  double effective = 0.0;                    ///< parent events
  double true_events = 0.0, true_parent_events = 0.0;

  /// The fraction that would be found where `fraction` is true: what was found too much is of the others, what was
  /// found too little of the subset's own.
  [[nodiscard]] double named(double fraction) const {
    const double found = events / parent_events, truth = true_events / true_parent_events;
    if (found < truth) return fraction * found / truth;
    return truth < 1.0 ? fraction + (1.0 - fraction) * (found - truth) / (1.0 - truth) : fraction;
  }
};

using SubsetCounts = std::map<std::string, Counted>;
/// Whole trials of one kind, "null" or "changed": seed -> (patient, visit) -> subset -> counts.
using WholeTrial = std::map<std::pair<std::string, std::string>, SubsetCounts>;
using WholeTrials = std::map<std::uint64_t, WholeTrial>;

/// Reads what whole_trials.py --counts wrote: kind -> whole trials. Errors: InputError for a value that is no number, and
/// for a subset without parent events, whose naming error cannot be told and must not pass for none.
[[nodiscard]] std::map<std::string, WholeTrials> read_whole_trials(const std::string& path);

/// A trial as the comparison sees it, and what was designed.
struct Trial {
  Study study;
  std::vector<AbundanceRow> rows;
  std::map<std::tuple<std::string, std::string, std::string>, double>
      designed;  ///< (subset, patient, visit) -> relative change
};

/// A whole trial, compared again.
[[nodiscard]] Trial replay(const WholeTrial& whole, std::uint64_t seed, bool is_null);

/// A new trial of counts. Each person is named with the errors, at all visits and in all subsets together, of the same
/// person of one whole trial drawn at random.
[[nodiscard]] Trial draw_trial(const WholeTrials& whole, std::uint64_t seed, bool is_null,
                               std::mt19937_64& random);

}  // namespace gateless::bench
