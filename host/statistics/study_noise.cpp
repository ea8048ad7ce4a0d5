#include "host/statistics/study_noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "host/core/distribution.hpp"
#include "host/statistics/patient_change.hpp"

namespace gateless::statistics {
namespace {

/// Adds two samples of one subset, where both have events enough for their difference to say something of noise.
void add_noise_pair(std::vector<NoisePair>& pairs, std::size_t subset, const SubsetSeries& series,
                    const AbundanceRow* before, const AbundanceRow* after, PairKind kind) {
  if (before == nullptr || after == nullptr) return;
  if (before->detection != Detection::kQuantifiable || after->detection != Detection::kQuantifiable)
    return;
  const Share first = share_of(*before, series.is_ratio),
              second = share_of(*after, series.is_ratio);
  pairs.push_back({.subset = subset,
                   .difference = second.log_odds() - first.log_odds(),
                   .counting_variance = first.counting_variance() + second.counting_variance(),
                   .is_primary = series.is_primary,
                   .kind = kind});
}

/// Pairs of one person's two visits, over the subsets.
struct PersonPairs {
  std::string who;
  std::vector<NoisePair> pairs;

  /// The median size of the differences, in standard errors of counting and the usual noise; 0 for few subsets.
  [[nodiscard]] double typical() const {
    constexpr std::size_t kFewestSubsets = 5;
    constexpr double kUsualVariance = 0.02;  // of two samples with a noise of 10 % each
    if (pairs.size() < kFewestSubsets) return 0.0;
    std::vector<double> sizes;
    for (const NoisePair& pair : pairs)
      sizes.push_back(std::abs(pair.difference) /
                      std::sqrt(pair.counting_variance + kUsualVariance));
    return upper_median(sizes);
  }
};

/// Those of whom nearly all subsets differ between the visits as in hardly anybody else: such samples say nothing of noise.
/// None where there are many of them, as that is how these people change. [everybody]
std::vector<bool> find_unlike(const std::vector<PersonPairs>& everybody) {
  constexpr double kLarge = 2.5, kAgainstOthers = 3.0;
  constexpr std::size_t kMost = 10;  // one of so many, and one in any study
  std::vector<double> typical;
  for (const PersonPairs& person : everybody) {
    if (!person.pairs.empty()) typical.push_back(person.typical());
  }
  std::vector<bool> is_unlike(everybody.size(), false);
  for (std::size_t one = 0; one < everybody.size(); ++one) {
    if (everybody[one].pairs.empty()) continue;
    std::vector<double> others = typical;
    const double own = everybody[one].typical();
    others.erase(std::find(others.begin(), others.end(), own));
    if (others.size() < 2) continue;
    is_unlike[one] = own > std::max(kLarge, kAgainstOthers * upper_median(others));
  }
  const auto found = static_cast<std::size_t>(std::count(is_unlike.begin(), is_unlike.end(), true));
  if (found > std::max<std::size_t>(1, typical.size() / kMost))
    is_unlike.assign(everybody.size(), false);
  return is_unlike;
}

}  // namespace

NoiseEstimate noise_of_study(const std::vector<SubsetSeries>& all, const Course& course,
                             const std::string& baseline, std::vector<std::string>& warnings) {
  const std::set<std::string> patients(course.patients.begin(), course.patients.end());
  std::vector<PersonPairs> everybody;
  for (const std::string& person : course.everyone) {
    const PairKind kind = patients.contains(person) ? PairKind::kPatient : PairKind::kUnchanged;
    for (const std::string& visit : course.visits) {
      PersonPairs& own =
          everybody.emplace_back(PersonPairs{fmt::format("{}, {}", person, visit), {}});
      for (std::size_t subset = 0; subset < all.size(); ++subset) {
        add_noise_pair(own.pairs, subset, all[subset], all[subset].find(person, baseline),
                       all[subset].find(person, visit), kind);
      }
    }
  }
  std::vector<NoisePair> pairs;
  const std::vector<bool> is_unlike = find_unlike(everybody);
  for (std::size_t person = 0; person < everybody.size(); ++person) {
    if (is_unlike[person]) {
      warnings.push_back(
          fmt::format("{}: most subsets differ from {} as in nobody else, so this sample "
                      "was left out when estimating how much samples vary; look at its file",
                      everybody[person].who, baseline));
      continue;
    }
    const std::vector<NoisePair>& own = everybody[person].pairs;
    pairs.insert(pairs.end(), own.begin(), own.end());
  }
  for (std::size_t subset = 0; subset < all.size(); ++subset) {
    for (const auto& [blood, rows] : all[subset].bloods) {
      for (std::size_t repeat = 1; repeat < rows.size(); ++repeat)
        add_noise_pair(pairs, subset, all[subset], &rows[0], &rows[repeat], PairKind::kRepeat);
    }
  }
  return estimate_noise(pairs, all.size());
}

}  // namespace gateless::statistics
