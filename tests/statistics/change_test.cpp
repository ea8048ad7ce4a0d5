// What is called a change, in one patient and over patients; and how often that is right in made-up trials.
#include "host/statistics/change.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/statistics/patient_change.hpp"
#include "host/statistics/tests.hpp"
#include "tests/statistics/simulated_counts.hpp"

namespace gateless::statistics {
namespace {

/// A trial with every subset's counts given as fractions of 10,000 events: [patient][visit].
Comparison compare(const std::vector<std::vector<double>>& events, const Study& study,
                   const ComparisonPlan& plan = {}) {
  std::vector<AbundanceRow> rows;
  std::size_t sample = 0;
  for (const std::vector<double>& patient : events) {
    for (const double count : patient)
      rows.push_back(counted_row(study.samples[sample++], "b_dn", count, 10'000));
  }
  return compare_visits(rows, study, plan);
}

Study two_visits(std::size_t patients) {
  return study_of(
      {.subsets = {}, .patients = patients, .changing = 0, .visits = {"baseline", "week 24"}});
}

TEST(PatientChange, IsRelativeToBaselineAndCalled) {
  const Comparison comparison =
      compare({{2'000, 500}, {1'000, 1'010}, {500, 2'000}}, two_visits(3));
  ASSERT_EQ(comparison.patients.size(), 3U);
  const PatientRow& down = comparison.patients[0];
  EXPECT_EQ(down.visit, "week 24");
  EXPECT_DOUBLE_EQ(*down.before, 0.2);
  EXPECT_DOUBLE_EQ(*down.after, 0.05);
  EXPECT_DOUBLE_EQ(*down.change, -0.75);
  EXPECT_LT(*down.low, -0.75);
  EXPECT_GT(*down.high, -0.75);
  EXPECT_LT(*down.high, 0.0);
  EXPECT_LT(*down.p, 0.05);
  EXPECT_EQ(down.call, Call::kDown);
  EXPECT_EQ(comparison.patients[1].call, Call::kNoChange);
  EXPECT_EQ(comparison.patients[2].call, Call::kUp);
}

TEST(PatientChange, SureButSmallIsNoChangeUnlessAskedFor) {
  Study study = two_visits(2);
  // 92 % to 98 % of the parent: sure, and a relative change of 7 %.
  const std::vector<std::vector<double>> events{{9'200, 9'800}, {9'200, 9'810}};
  const Comparison usual = compare(events, study);
  ASSERT_LT(*usual.patients[0].p, 0.05);
  EXPECT_EQ(usual.patients[0].call, Call::kNoChange);
  study.compare.smallest_change = 0.05;
  EXPECT_EQ(compare(events, study).patients[0].call, Call::kUp);
}

TEST(PatientChange, IsNotCalledBelowTheLimits) {
  const Comparison comparison = compare({{45, 3}, {400, 3}, {400, 0}, {0, 400}}, two_visits(4));
  EXPECT_EQ(comparison.patients[0].call, Call::kNotQuantifiable);
  EXPECT_EQ(comparison.patients[1].call, Call::kDown);
  EXPECT_EQ(comparison.patients[2].call, Call::kDown);  // gone: the interval reaches -100 %
  EXPECT_EQ(comparison.patients[2].low, -1.0);
  EXPECT_EQ(comparison.patients[3].call, Call::kUp);  // appeared: no relative change exists
  EXPECT_FALSE(comparison.patients[3].change);
}

TEST(PatientChange, IntervalExcludesZeroExactlyWhenPIsSmall) {
  for (const double after : {300.0, 350.0, 380.0, 400.0, 420.0, 450.0, 520.0, 600.0}) {
    const LogChange change = log_change({.events = 400, .others = 9'600},
                                        {.events = after, .others = 10'000 - after}, 0.006);
    const bool excludes_zero = change.interval.low > 0.0 || change.interval.high < 0.0;
    EXPECT_EQ((change.p < 0.05), excludes_zero) << after;
    EXPECT_LE(change.interval.low, change.change);
    EXPECT_GE(change.interval.high, change.change);
  }
}

TEST(PatientChange, ManyCountsGiveTheDeltaMethodsError) {
  const Share before{.events = 40'000, .others = 60'000}, after{.events = 41'000, .others = 59'000};
  // var log p = (1 - p) / (p n)
  const double sd = std::sqrt(0.6 / 40'000 + 0.59 / 41'000);
  const LogChange change = log_change(before, after, 0.0);
  EXPECT_NEAR(change.change, std::log(0.41 / 0.40), 1e-4);
  EXPECT_NEAR(change.interval.high - change.interval.low, 2 * 1.96 * sd, 0.01 * sd);
}

TEST(PatientChange, OfACommonSubsetIsAsUnsureAsItsRest) {
  // 96 % to 98 %: the rest halves, and what is not known of its 4 % is not known of the change.
  const LogChange change =
      log_change({.events = 2'880, .others = 120}, {.events = 2'940, .others = 60}, 0.01);
  const double sd =
      std::sqrt(0.04 * (1.0 / 2'880 + 0.04 * 0.0096) + 0.02 * (1.0 / 2'940 + 0.02 * 0.0098));
  EXPECT_NEAR(change.interval.high - change.interval.low, 2 * 1.96 * sd, 0.3 * sd);
}

TEST(PatientChange, OfARatioIsOfTheRatioItself) {
  const LogChange change = log_change({.events = 40'000, .others = 20'000, .is_ratio = true},
                                      {.events = 20'000, .others = 20'000, .is_ratio = true}, 0.0);
  EXPECT_NEAR(change.change, std::log(0.5), 1e-4);
  const double sd = std::sqrt(1.0 / 40'000 + 3.0 / 20'000);
  EXPECT_NEAR(change.interval.high - change.interval.low, 2 * 1.96 * sd, 0.01 * sd);
}

/// Warnings of a trial of six subsets and ten patients, of whom the first `changing` lose three quarters of each.
std::vector<std::string> warnings_where_change(std::size_t changing) {
  std::vector<SimulatedSubset> subsets;
  for (const char* id : {"s1", "s2", "s3", "s4", "s5", "s6"})
    subsets.push_back({.id = id, .noise = 0.03, .change = 0.25});
  const SimulatedTrial trial{
      .subsets = subsets, .patients = 10, .changing = changing, .visits = {"baseline", "week 24"}};
  const Study study = study_of(trial);
  std::mt19937_64 random(3);
  return compare_visits(rows_of(trial, study, random), study, {}).warnings;
}

TEST(PatientChange, OfOneUnlikeAllOthersIsToldAndThatOfManyIsNot) {
  const std::vector<std::string> of_one = warnings_where_change(1);
  ASSERT_EQ(of_one.size(), 1U);
  EXPECT_NE(of_one[0].find("P1, week 24"), std::string::npos) << of_one[0];
  EXPECT_TRUE(warnings_where_change(0).empty());
  EXPECT_TRUE(warnings_where_change(4).empty());
}

TEST(Changes, AreTestedOverPatients) {
  Study study = two_visits(6);
  study.compare.activity = "sledai";
  const std::vector<std::vector<double>> events{{2'000, 900}, {1'500, 700}, {1'800, 1'000},
                                                {1'000, 520}, {900, 890},   {1'200, 1'150}};
  for (std::size_t sample = 0; sample < study.samples.size(); ++sample) {
    const std::size_t patient = sample / 2;
    study.samples[sample].numbers["sledai"] =
        sample % 2 == 0 ? 10.0 : 10.0 - (events[patient][0] - events[patient][1]) / 100.0;
  }
  const Comparison comparison =
      compare(events, study, {.primary = {"b_dn"}, .best_panel = {}, .ratios = {}});
  ASSERT_EQ(comparison.changes.size(), 2U);  // paired, and the mixed model
  const ChangeRow& row = comparison.changes[0];
  EXPECT_EQ(row.comparison, "week 24 - baseline");
  EXPECT_EQ(row.denominator, "parent");
  EXPECT_EQ(row.patients, 6U);
  EXPECT_EQ(row.patients_down, 4U);
  EXPECT_EQ(row.patients_up, 0U);
  EXPECT_DOUBLE_EQ(*row.median_before, 0.135);
  EXPECT_DOUBLE_EQ(*row.p, 0.03125);
  EXPECT_DOUBLE_EQ(*row.p_floor, 0.03125);
  EXPECT_DOUBLE_EQ(*row.q, 0.03125);
  EXPECT_EQ(row.family, "primary");
  EXPECT_LT(*row.change_high, 0.0);
  EXPECT_DOUBLE_EQ(*row.activity_rho, 1.0);
  EXPECT_DOUBLE_EQ(*row.activity_p, 2.0 / 720.0);
  EXPECT_EQ(row.activity_q, row.activity_p);  // alone in its family
}

TEST(Changes, LeaveOutHealthyControlsAndMissingVisits) {
  Study study = two_visits(4);
  study.samples[2].group = study.samples[3].group = "healthy";
  study.samples[5].is_control = true;  // the third patient's second visit
  const Comparison comparison = compare({{900, 400}, {900, 400}, {900, 400}, {900, 400}}, study);
  ASSERT_EQ(comparison.patients.size(), 2U);
  EXPECT_EQ(comparison.patients[0].patient, "P1");
  EXPECT_EQ(comparison.patients[1].patient, "P4");
  EXPECT_EQ(comparison.changes[0].patients, 2U);
  ASSERT_EQ(comparison.warnings.size(), 1U);
  EXPECT_EQ(comparison.warnings[0],
            "1 of 3 patients lack visits and are compared at their others; 'week 24': P3");
}

TEST(Changes, OfVisitsInOtherBatchesMayBeTheBatches) {
  Study study = two_visits(2);
  for (Sample& sample : study.samples) sample.batch = sample.visit == "baseline" ? "1" : "2";
  const std::vector<std::string> warnings = compare({{900, 400}, {900, 400}}, study).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0],
            "no sample of 'week 24' was measured in a batch of visit 'baseline': a change that all "
            "patients share may be the batches'");
  study.samples[3].batch = "1";
  EXPECT_TRUE(compare({{900, 400}, {900, 400}}, study).warnings.empty());
}

TEST(Changes, CarryWhetherEventsSuffice) {
  const Comparison comparison = compare({{10, 30}, {400, 3}, {400, 500}}, two_visits(3));
  EXPECT_EQ(comparison.patients[0].detection_before, Detection::kNotDetected);
  EXPECT_EQ(comparison.patients[0].detection_after, Detection::kNotQuantifiable);
  EXPECT_EQ(comparison.patients[2].detection_after, Detection::kQuantifiable);
  EXPECT_EQ(comparison.changes[0].patients, 3U);
  EXPECT_EQ(comparison.changes[0].patients_quantifiable, 2U);
  EXPECT_EQ(comparison.changes[1].comparison, "all visits");
  EXPECT_EQ(comparison.changes[1].patients_quantifiable, 2U);
}

TEST(Changes, WarnOnceOfAllMissingVisits) {
  Study study = study_of(
      {.subsets = {}, .patients = 9, .changing = 0, .visits = {"baseline", "week 4", "week 24"}});
  // The first lacks the baseline, all others week 4; the last two week 24 as well.
  std::erase_if(study.samples, [](const Sample& sample) {
    const bool is_first = sample.patient == "P1";
    const bool is_last = sample.patient == "P8" || sample.patient == "P9";
    return sample.visit == (is_first ? "baseline" : "week 4") ||
           (is_last && sample.visit == "week 24");
  });
  const Comparison comparison = compare_visits({}, study, {});
  ASSERT_EQ(comparison.warnings.size(), 2U);
  EXPECT_EQ(comparison.warnings[0],
            "1 of 9 patients without a sample of visit 'baseline' are not compared: P1");
  EXPECT_EQ(comparison.warnings[1],
            "8 of 9 patients lack visits and are compared at their others; 'week 4': P2, P3, P4, "
            "P5, P6 and 3 more; 'week 24': P8, P9");
}

TEST(Changes, AreNotTestedWhenMostPatientsHaveTooFewEvents) {
  const Comparison comparison = compare({{30, 10}, {20, 8}, {30, 9}, {500, 100}}, two_visits(4));
  EXPECT_FALSE(comparison.changes[0].p || comparison.changes[0].q);
  EXPECT_EQ(comparison.changes[0].patients_down, 1U);
}

TEST(Changes, ComeFromThePanelNamedBest) {
  const Study study = two_visits(1);
  std::vector<AbundanceRow> rows;
  for (const Sample& sample : study.samples) {
    rows.push_back(counted_row(sample, "b_cell", 1'000, 10'000));
    rows.push_back(counted_row(sample, "b_cell", 9'000, 10'000));
    rows.back().panel = "T";
  }
  EXPECT_EQ(compare_visits(rows, study, {}).patients.size(), 1U);
  EXPECT_EQ(compare_visits(rows, study, {}).patients[0].before, 0.9);
  EXPECT_EQ(
      compare_visits(rows, study, {.primary = {}, .best_panel = {{"b_cell", "B"}}, .ratios = {}})
          .patients[0]
          .before,
      0.1);
}

TEST(Changes, DoNotDependOnTheOrderOfRows) {
  SimulatedTrial trial;
  trial.subsets = {{.id = "a", .change = 0.6}, {.id = "b"}, {.id = "c", .fraction = 0.3}};
  const Study study = study_of(trial);
  std::mt19937_64 random(7);
  std::vector<AbundanceRow> rows = rows_of(trial, study, random);
  const Comparison first = compare_visits(rows, study, {});
  // Subsets keep their order, their samples come the other way round.
  for (std::size_t subset = 0; subset < 3; ++subset)
    std::reverse(rows.begin() + static_cast<std::ptrdiff_t>(subset * 18),
                 rows.begin() + static_cast<std::ptrdiff_t>(subset * 18 + 18));
  const Comparison second = compare_visits(rows, study, {});
  ASSERT_EQ(first.patients.size(), second.patients.size());
  for (std::size_t i = 0; i < first.patients.size(); ++i) {
    EXPECT_EQ(first.patients[i].low, second.patients[i].low);
    EXPECT_EQ(first.patients[i].p, second.patients[i].p);
  }
}

TEST(Changes, AreCalledRightInSimulatedTrials) {
  SimulatedTrial trial;
  const double fractions[] = {0.1, 0.05, 0.3, 0.02, 0.6, 0.15, 0.08, 0.25, 0.4, 0.2};
  for (const double fraction : fractions)
    trial.subsets.push_back({.id = fmt::format("unchanged {}", fraction), .fraction = fraction});
  trial.subsets.push_back({.id = "down", .fraction = 0.12, .change = 0.6});
  trial.subsets.push_back({.id = "up", .fraction = 0.3, .change = 1.4});
  const Study study = study_of(trial);
  std::mt19937_64 random(1);
  double unchanged = 0, false_calls = 0, changed = 0, right_calls = 0;
  for (int repeat = 0; repeat < 20; ++repeat) {
    const Comparison comparison =
        compare_visits(rows_of(trial, study, random), study,
                       {.primary = {"down"}, .best_panel = {}, .ratios = {}});
    for (const PatientRow& row : comparison.patients) {
      const bool is_changed = (row.subset == "down" || row.subset == "up") && row.patient < "P5";
      const Call expected = row.subset == "down" ? Call::kDown : Call::kUp;
      (is_changed ? changed : unchanged) += 1;
      if (is_changed)
        right_calls += row.call == expected ? 1 : 0;
      else
        false_calls += row.call == Call::kUp || row.call == Call::kDown ? 1 : 0;
    }
  }
  EXPECT_LE(false_calls / unchanged, 0.06);
  EXPECT_GE(right_calls / changed, 0.9);
}

}  // namespace
}  // namespace gateless::statistics
