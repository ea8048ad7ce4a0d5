// The mixed model against R's nlme on fixed tables, and where it must say nothing.
#include "host/statistics/mixed_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/statistics/change.hpp"
#include "host/statistics/over_visits.hpp"
#include "host/statistics/series.hpp"
#include "tests/statistics/simulated_counts.hpp"

namespace gateless::statistics {
namespace {

/// Six patients, three visits; the third patient missed the second one; the third and the last do not respond.
constexpr double kResponse[] = {-2.10, -2.45, -2.80, -1.62, -1.70, -2.31, -2.55, -2.49, -1.95,
                                -2.30, -2.62, -1.20, -1.41, -1.90, -2.05, -2.11, -1.98};
constexpr double kVariance[] = {0.010, 0.012, 0.015, 0.008, 0.009, 0.011, 0.030, 0.025, 0.012,
                                0.013, 0.016, 0.006, 0.007, 0.009, 0.014, 0.014, 0.013};
constexpr std::size_t kPatient[] = {0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5};
constexpr int kVisit[] = {0, 1, 2, 0, 1, 2, 0, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};

MixedModelInput table(bool with_responders) {
  MixedModelInput input;
  const Eigen::Index rows = std::size(kResponse);
  input.design = Eigen::MatrixXd::Zero(rows, with_responders ? 6 : 3);
  input.response.resize(rows);
  input.variance.resize(rows);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const std::size_t patient = kPatient[row];
    const bool is_responder = patient != 2 && patient != 5;
    const Eigen::Index first = with_responders ? 2 : 1;
    input.design(row, 0) = 1.0;
    if (with_responders) input.design(row, 1) = is_responder ? 1.0 : 0.0;
    if (kVisit[row] > 0) input.design(row, first + kVisit[row] - 1) = 1.0;
    if (kVisit[row] > 0 && with_responders && is_responder)
      input.design(row, first + 2 + kVisit[row] - 1) = 1.0;
    input.response[row] = kResponse[row];
    input.variance[row] = kVariance[row];
    input.patient.push_back(patient);
  }
  return input;
}

// lme(y ~ visit, random = ~1 | patient, weights = varFixed(~v), method = "REML",
//     control = lmeControl(tolerance = 1e-14, msTol = 1e-16, niterEM = 2000, opt = "nlminb"))     nlme 3.1-162, R 4.2.2
TEST(MixedModel, MatchesNlme) {
  const std::optional<MixedModel> model = fit_mixed_model(table(false));
  ASSERT_TRUE(model);
  EXPECT_NEAR(model->coefficients[0], -1.844744959122, 1e-6);
  EXPECT_NEAR(model->coefficients[1], -0.184151442086, 1e-6);
  EXPECT_NEAR(model->coefficients[2], -0.524690689576, 1e-6);
  EXPECT_NEAR(std::sqrt(model->covariance(0, 0)), 0.166709287253, 1e-6);
  EXPECT_NEAR(std::sqrt(model->covariance(1, 1)), 0.112146306993, 1e-6);
  EXPECT_NEAR(std::sqrt(model->covariance(2, 2)), 0.114477175272, 1e-6);
  EXPECT_NEAR(model->patient_sd, 0.35943192928, 1e-6);
  EXPECT_NEAR(model->scale, 3.29012684536, 1e-5);
  const TermsTest visits = test_terms(*model, 1, 17 - 6 - 2);
  EXPECT_NEAR(visits.f, 10.5860820559, 1e-5);
  EXPECT_NEAR(*visits.p, 4.32376634555e-03, 1e-6);
}

// lme(y ~ responder * visit, ...), the last row of anova()
TEST(MixedModel, MatchesNlmeWithAnInteraction) {
  const std::optional<MixedModel> model = fit_mixed_model(table(true));
  ASSERT_TRUE(model);
  const double coefficients[] = {-2.2983973402849, 0.5762595121267,  -0.0571953454986,
                                 0.0663680710901,  -0.1723670650668, -0.7584341006955};
  for (Eigen::Index term = 0; term < 6; ++term)
    EXPECT_NEAR(model->coefficients[term], coefficients[term], 1e-6) << term;
  EXPECT_NEAR(model->patient_sd, 0.408415960954, 1e-6);
  const TermsTest interaction = test_terms(*model, 4, 17 - 6 - 4);
  EXPECT_NEAR(interaction.f, 27.994756558582, 1e-4);
  EXPECT_NEAR(*interaction.p, 4.57513865054e-04, 1e-6);
}

TEST(MixedModel, IsThePairedTTestForTwoVisits) {
  const double before[] = {1.0, 2.0, 3.5, 2.2}, after[] = {1.4, 2.1, 4.5, 2.9};
  MixedModelInput input;
  input.design = Eigen::MatrixXd::Ones(8, 2);
  input.response.resize(8);
  input.variance = Eigen::VectorXd::Constant(8, 0.3);
  double sum = 0.0, squares = 0.0;
  for (Eigen::Index patient = 0; patient < 4; ++patient) {
    input.design(2 * patient, 1) = 0.0;
    input.response[2 * patient] = before[patient];
    input.response[2 * patient + 1] = after[patient];
    input.patient.insert(input.patient.end(), 2, static_cast<std::size_t>(patient));
    sum += after[patient] - before[patient];
    squares += std::pow(after[patient] - before[patient], 2);
  }
  const double mean = sum / 4.0, error = std::sqrt((squares - 4.0 * mean * mean) / 3.0 / 4.0);
  const TermsTest test = test_terms(*fit_mixed_model(input), 1, 3);
  EXPECT_NEAR(test.f, std::pow(mean / error, 2), 1e-5);
}

TEST(MixedModel, SaysNothingOfTooLittle) {
  MixedModelInput input = table(false);
  input.design.col(2) = input.design.col(1);
  EXPECT_FALSE(fit_mixed_model(input));
  input.design = Eigen::MatrixXd::Ones(2, 2);
  EXPECT_FALSE(fit_mixed_model(input));
  EXPECT_FALSE(test_terms(*fit_mixed_model(table(false)), 1, 0).p);
}

/// The first four of six patients fall at the second visit; the third has no first visit but the baseline.
std::vector<ChangeRow> rows_with_responders(const std::vector<std::string>& responders) {
  Study study = study_of({.subsets = {}, .patients = 6, .changing = 0, .visits = {"a", "b", "c"}});
  study.compare.baseline = "a";
  study.compare.responders = responders;
  const double events[6][3] = {{1'000, 990, 400}, {800, 820, 420},       {900, 0, 430},
                               {700, 680, 300},   {1'100, 1'080, 1'110}, {600, 610, 590}};
  std::vector<AbundanceRow> rows;
  for (std::size_t sample = 0; sample < study.samples.size(); ++sample) {
    const double count = events[sample / 3][sample % 3];
    if (count > 0) rows.push_back(counted_row(study.samples[sample], "b_dn", count, 10'000));
  }
  return compare_visits(rows, study, {}).changes;
}

TEST(OverVisits, UsesEveryVisitOfEveryPatient) {
  const std::vector<ChangeRow> rows = rows_with_responders({});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].comparison, "all visits");
  EXPECT_EQ(rows[2].test, "mixed model");
  EXPECT_EQ(rows[2].patients, 6U);
  EXPECT_LT(*rows[2].p, 0.05);
  EXPECT_DOUBLE_EQ(*rows[2].median_before, 0.085);
  EXPECT_EQ(rows[2].family, "exploratory");
  EXPECT_TRUE(rows[2].q);
}

TEST(OverVisits, WhatIsAllOfItsParentIsNotTested) {
  const Study study =
      study_of({.subsets = {}, .patients = 4, .changing = 0, .visits = {"baseline", "later"}});
  std::vector<AbundanceRow> rows;
  for (const Sample& sample : study.samples) {
    const double events = 5'000.0 + 400.0 * static_cast<double>(rows.size());
    rows.push_back(counted_row(sample, "leukocyte", events, events));
  }
  for (const ChangeRow& row : compare_visits(rows, study, {}).changes) EXPECT_FALSE(row.p || row.q);
}

TEST(OverVisits, RespondersAreHeldAgainstTheOthers) {
  const std::vector<ChangeRow> rows = rows_with_responders({"P1", "P2", "P3", "P4"});
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[3].comparison, "responders x visit");
  EXPECT_LT(*rows[3].p, 0.001);
  EXPECT_EQ(rows[4].comparison, "responders against others, b - a");
  EXPECT_EQ(rows[4].patients, 5U);
  EXPECT_EQ(rows[5].test, "exact Mann-Whitney");
  // wilcox.test(c(-600, -380, -470, -400), c(10, -10))$p.value
  EXPECT_NEAR(*rows[5].p, 2.0 / 15.0, 1e-12);
  EXPECT_NEAR(*rows[5].p_floor, 2.0 / 15.0, 1e-12);
  EXPECT_NEAR(*rows[5].change, -0.0435, 1e-12);
}

/// Eight patients in two or three arms (by their turns), four of whom fall; the second lacks a visit.
std::vector<ChangeRow> rows_of_arms(const std::vector<std::string>& arms,
                                    const std::vector<std::string>& responders) {
  Study study = study_of({.subsets = {}, .patients = 8, .changing = 0, .visits = {"a", "b", "c"}});
  study.compare.baseline = "a";
  study.compare.responders = responders;
  const double events[8][3] = {{900, 700, 420}, {800, 0, 810},     {950, 640, 470},
                               {700, 720, 690}, {1'100, 900, 600}, {610, 590, 640},
                               {840, 500, 410}, {760, 700, 770}};
  std::vector<AbundanceRow> rows;
  for (std::size_t sample = 0; sample < study.samples.size(); ++sample) {
    study.samples[sample].group = arms[sample / 3 % arms.size()];
    const double count = events[sample / 3][sample % 3];
    if (count > 0) rows.push_back(counted_row(study.samples[sample], "b_dn", count, 10'000));
  }
  return rows_over_visits(series_of(rows, study, {})[0], course_of(study), study.compare, 0.01);
}

TEST(OverVisits, ArmsOfATrialAreHeldAgainstEachOther) {
  const std::vector<ChangeRow> arms = rows_of_arms({"treated", "placebo"}, {});
  ASSERT_EQ(arms.size(), 4U);
  EXPECT_EQ(arms[1].comparison, "group x visit");
  EXPECT_EQ(arms[2].comparison, "placebo against treated, b - a");
  // wilcox.test(c(.001, -.001, .003, .001), c(-.048, -.048, -.05, -.043)), by enumeration because of the tie
  EXPECT_NEAR(*arms[3].p, 2.0 / 70.0, 1e-12);
  // The same patients as responders and others are the same question.
  const std::vector<ChangeRow> response = rows_of_arms({"sle"}, {"P2", "P4", "P6", "P8"});
  ASSERT_EQ(response.size(), 4U);
  EXPECT_EQ(response[1].comparison, "responders x visit");
  EXPECT_NEAR(*response[1].p, *arms[1].p, 1e-12);
  EXPECT_NEAR(*response[3].p, *arms[3].p, 1e-12);
}

TEST(OverVisits, SeveralArmsAreTestedTogether) {
  const std::vector<ChangeRow> rows = rows_of_arms({"placebo", "low dose", "high dose"}, {});
  ASSERT_EQ(rows.size(), 2U);  // no pair of arms is singled out
  EXPECT_EQ(rows[1].comparison, "group x visit");
  // lme() as above, with y ~ arm * visit and weights of counting + 0.01: the last row of anova()
  EXPECT_NEAR(*rows[1].p, 0.814670179007, 1e-6);
  EXPECT_EQ(rows_of_arms({"1", "2", "3", "4", "5", "6", "7", "8"}, {}).size(), 1U);
}

}  // namespace
}  // namespace gateless::statistics
