// Rank tests for a handful of patients: exact, with the smallest p that so few can give.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "host/core/results.hpp"
#include "host/statistics/intervals.hpp"

namespace gateless::statistics {

/// Of paired differences, two-sided.
struct SignedRankTest {
  std::size_t pairs = 0;  ///< without differences of zero
  double rank_sum = 0.0;  ///< of the positive differences
  Number p;               ///< empty when every difference is zero
  Number p_floor;         ///< the smallest p of so many pairs, 2 / 2^pairs
  bool is_exact = true;
};

/// Wilcoxon's signed-rank test. Zeros are dropped first; ties get mid-ranks and the distribution over all sign
/// patterns is computed for these very ranks, so p is exact with ties too. Above 200 pairs: normal
/// approximation with tie and continuity correction.
[[nodiscard]] SignedRankTest signed_rank_test(std::span<const double> differences);

/// The Hodges-Lehmann estimate of paired differences (median of the Walsh averages, zeros kept), and its interval.
struct Shift {
  Number estimate;
  std::optional<Interval>
      interval;  ///< empty when so few pairs cannot reach the level (below 6 for 0.95)
};
[[nodiscard]] Shift hodges_lehmann(std::span<const double> differences, double level = 0.95);

/// Mann-Whitney's test of two groups, two-sided.
struct RankSumTest {
  double u = 0.0;  ///< pairs in which `first` is larger, ties count half
  Number p;        ///< empty when a group is empty
  Number p_floor;  ///< the smallest p of such groups without ties
  bool is_exact = true;
};

/// Values of two groups that may be compared with each other, e.g. of one batch.
struct Stratum {
  std::vector<double> first, second;
};

/// Values are ranked within their stratum and the strata's rank sums add up (stratified Wilcoxon test; van Elteren, Bull
/// Int Stat Inst 1960, with equal weights); a stratum that lacks a group says nothing. Exact over all ways to share
/// out the (mid-)ranks within the strata up to 60 values in all; above that the normal approximation with tie and
/// continuity correction.
[[nodiscard]] RankSumTest rank_sum_test(std::span<const Stratum> strata);

/// The same where all values may be compared.
[[nodiscard]] RankSumTest rank_sum_test(std::span<const double> first,
                                        std::span<const double> second);

/// How much more the first group has: the median of all differences between the two (Hodges & Lehmann, Ann Math Stat
/// 1963); empty when a group is.
[[nodiscard]] Number shift_between(std::span<const double> first, std::span<const double> second);

/// The false discovery rate at which each p would be kept (Benjamini & Hochberg, JRSS B 1995); empty where p is.
[[nodiscard]] std::vector<Number> benjamini_hochberg(std::span<const Number> p);

}  // namespace gateless::statistics
