// A linear model with a random intercept per patient, for a subset's course over several visits.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <optional>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::statistics {

/// y = X beta + b(patient) + e with b ~ N(0, patient variance) and e_i ~ N(0, scale x variance_i).
struct MixedModelInput {
  Eigen::MatrixXd design;            ///< X, [observations][terms], of full column rank
  Eigen::VectorXd response;          ///< y, [observations]
  Eigen::VectorXd variance;          ///< [observations], > 0, up to a common factor
  std::vector<std::size_t> patient;  ///< [observations]
};

struct MixedModel {
  Eigen::VectorXd coefficients;  ///< [terms]
  Eigen::MatrixXd covariance;    ///< [terms][terms], of the coefficients
  double patient_sd = 0.0;
  double scale = 0.0;  ///< residual variance is scale x variance
  std::size_t patients = 0;
};

/// Restricted maximum likelihood (Patterson & Thompson, Biometrika 1971), profiled to the ratio of the patients'
/// variance to the scale. Empty where fewer observations than terms + 1, or where the design is not of full rank.
[[nodiscard]] std::optional<MixedModel> fit_mixed_model(const MixedModelInput& input);

/// Wald's F test that all coefficients from `first` on are zero.
struct TermsTest {
  double f = 0.0;
  double freedom = 0.0;  ///< of the denominator
  Number p;              ///< empty where freedom < 1
};

/// `freedom`: observations - patients - terms that vary within patients (Pinheiro & Bates, Mixed-Effects Models in S and
/// S-PLUS, 2000, section 2.4.2); exact where every patient has every visit and all variances are the same.
[[nodiscard]] TermsTest test_terms(const MixedModel& model, Eigen::Index first, double freedom);

}  // namespace gateless::statistics
