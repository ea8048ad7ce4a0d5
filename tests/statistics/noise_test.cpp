// The noise between samples: who says something of it, and what.
#include "host/statistics/noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/statistics/change.hpp"
#include "tests/statistics/simulated_counts.hpp"

namespace gateless::statistics {
namespace {

constexpr double kCounting = 0.0004;  ///< variance of a difference of two large samples

/// The noise of one subset, as a standard deviation, told by differences of `size` up and down in turns.
double noise_told_by(PairKind kind, double size, std::size_t pairs) {
  std::vector<NoisePair> all;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    all.push_back({.subset = 0,
                   .difference = pair % 2 == 0 ? size : -size,
                   .counting_variance = kCounting,
                   .kind = kind});
  }
  return std::sqrt(estimate_noise(all, 1).subset[0]);
}

TEST(Noise, OfNoPairsIsTheUsualOne) {
  EXPECT_NEAR(std::sqrt(estimate_noise({}, 1).subset[0]), 0.1, 0.05);
}

TEST(Noise, OfTheHealthyIsWhatTheirVisitsShow) {
  // var = 2 noise^2 + counting
  EXPECT_NEAR(noise_told_by(PairKind::kUnchanged, 0.5, 40), std::sqrt((0.25 - kCounting) / 2),
              0.05);
  EXPECT_NEAR(noise_told_by(PairKind::kUnchanged, 0.08, 40), std::sqrt((0.0064 - kCounting) / 2),
              0.01);
}

TEST(Noise, LargeStepsOfPatientsMayBeChanges) {
  EXPECT_LT(noise_told_by(PairKind::kPatient, 0.5, 12),
            noise_told_by(PairKind::kUnchanged, 0.5, 12));
}

TEST(Noise, OfRepeatsIsTheLeastThatItCanBe) {
  const double usual = std::sqrt(estimate_noise({}, 1).subset[0]);
  EXPECT_GT(noise_told_by(PairKind::kRepeat, 0.5, 12), 0.3);
  // Repeats that agree hardly speak against a larger noise between visits.
  EXPECT_GT(noise_told_by(PairKind::kRepeat, 0.01, 40), 0.6 * usual);
  EXPECT_LT(noise_told_by(PairKind::kUnchanged, 0.01, 40), 0.3 * usual);
}

TEST(Noise, OneUnlikeSampleDoesNotMakeIt) {
  // Ten subsets of four people; one of them differs wildly in every subset.
  std::vector<NoisePair> all;
  for (std::size_t subset = 0; subset < 10; ++subset) {
    const double sign = subset % 2 == 0 ? 1.0 : -1.0;
    for (const double difference : {0.05, -0.08, 0.1})
      all.push_back({.subset = subset, .difference = sign * difference, .counting_variance = 0.01});
    all.push_back({.subset = subset,
                   .difference = sign * (1.0 + 0.15 * static_cast<double>(subset)),
                   .counting_variance = 0.01});
  }
  EXPECT_LT(std::sqrt(estimate_noise(all, 10).pooled), 0.12);
  for (NoisePair& pair : all) {
    if (std::abs(pair.difference) >= 1.0) pair.kind = PairKind::kUnchanged;
  }
  EXPECT_LT(std::sqrt(estimate_noise(all, 10).pooled), 0.12);
}

/// Two patients at two visits, and a control material measured `control_events` times over.
Comparison with_control(const std::vector<double>& control_events) {
  Study study =
      study_of({.subsets = {}, .patients = 2, .changing = 0, .visits = {"baseline", "week 24"}});
  std::vector<AbundanceRow> rows;
  for (const Sample& sample : study.samples)
    rows.push_back(counted_row(sample, "b_dn", 5'000, 50'000));
  for (const double events : control_events) {
    Sample sample;
    sample.patient = "pooled blood";
    sample.visit = fmt::format("day {}", study.samples.size());
    sample.file = sample.visit;
    sample.is_control = true;
    study.samples.push_back(sample);
    rows.push_back(counted_row(sample, "b_dn", events, 50'000));
  }
  return compare_visits(rows, study, {});
}

TEST(Noise, OfAControlMaterialWidensTheIntervals) {
  const Comparison alone = with_control({}), agreeing = with_control({5'000, 5'020, 4'990}),
                   apart = with_control({5'000, 9'000, 2'500, 8'000, 3'000});
  ASSERT_EQ(apart.patients.size(), 2U);  // the control is not compared
  EXPECT_GT(*apart.patients[0].high, 1.5 * *alone.patients[0].high);
  EXPECT_NEAR(*agreeing.patients[0].high, *alone.patients[0].high, 0.3 * *alone.patients[0].high);
}

}  // namespace
}  // namespace gateless::statistics
