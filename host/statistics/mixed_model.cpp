#include "host/statistics/mixed_model.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <map>

namespace gateless::statistics {
namespace {

// Grid of log(patient variance / scale), variances scaled to a mean of 1; refined by Brent's method.
constexpr double kLeastLogRatio = -16.0, kMostLogRatio = 16.0, kLogRatioStep = 0.5;
constexpr int kBrentBits = 40;

/// Sums over a patient's observations, weighted by 1 / variance.
struct PatientSums {
  double weight = 0.0;
  Eigen::VectorXd design;  ///< [terms]
  double response = 0.0;
};

/// What the likelihood needs of the observations: the rest is a rank-one update per patient.
struct Sums {
  double observations = 0.0;
  double log_variance = 0.0;
  Eigen::MatrixXd cross;    ///< X' D^-1 X
  Eigen::VectorXd product;  ///< X' D^-1 y
  double square = 0.0;      ///< y' D^-1 y
  std::vector<PatientSums> patients;
};

Sums sums_of(const MixedModelInput& input, const Eigen::VectorXd& variance) {
  Sums sums;
  const Eigen::Index terms = input.design.cols();
  sums.observations = static_cast<double>(input.design.rows());
  sums.cross = Eigen::MatrixXd::Zero(terms, terms);
  sums.product = Eigen::VectorXd::Zero(terms);
  std::map<std::size_t, PatientSums> of_patient;
  for (Eigen::Index row = 0; row < input.design.rows(); ++row) {
    const double weight = 1.0 / variance[row];
    const Eigen::VectorXd x = input.design.row(row).transpose();
    sums.log_variance += std::log(variance[row]);
    sums.cross += weight * x * x.transpose();
    sums.product += weight * input.response[row] * x;
    sums.square += weight * input.response[row] * input.response[row];
    PatientSums& patient = of_patient[input.patient[static_cast<std::size_t>(row)]];
    if (patient.design.size() == 0) patient.design = Eigen::VectorXd::Zero(terms);
    patient.weight += weight;
    patient.design += weight * x;
    patient.response += weight * input.response[row];
  }
  for (const auto& [patient, own] : of_patient) sums.patients.push_back(own);
  return sums;
}

/// The fit at one ratio of variances; V = D + ratio 1 1' within a patient, inverted by Sherman and Morrison.
struct Profile {
  Eigen::VectorXd coefficients;
  Eigen::MatrixXd inverse;  ///< (X' V^-1 X)^-1
  double scale = 0.0;
  double deviance = 0.0;  ///< -2 log restricted likelihood, up to a constant
};

Profile profile_at(const Sums& sums, double ratio) {
  Eigen::MatrixXd cross = sums.cross;
  Eigen::VectorXd product = sums.product;
  double square = sums.square, log_determinant = sums.log_variance;
  for (const PatientSums& patient : sums.patients) {
    const double shrink = ratio / (1.0 + ratio * patient.weight);
    cross -= shrink * patient.design * patient.design.transpose();
    product -= shrink * patient.response * patient.design;
    square -= shrink * patient.response * patient.response;
    log_determinant += std::log1p(ratio * patient.weight);
  }
  const Eigen::LDLT<Eigen::MatrixXd> factor(cross);
  Profile profile;
  profile.coefficients = factor.solve(product);
  profile.inverse = factor.solve(Eigen::MatrixXd::Identity(cross.rows(), cross.cols()));
  const double freedom = sums.observations - static_cast<double>(cross.rows());
  const double residual = std::max(0.0, square - product.dot(profile.coefficients));
  profile.scale = residual / freedom;
  profile.deviance = freedom * std::log(std::max(residual, std::numeric_limits<double>::min())) +
                     log_determinant + factor.vectorD().array().log().sum();
  return profile;
}

double best_ratio(const Sums& sums) {
  const auto deviance = [&](double log_ratio) {
    return profile_at(sums, std::exp(log_ratio)).deviance;
  };
  double best = kLeastLogRatio, least = deviance(best);
  for (double log_ratio = kLeastLogRatio; log_ratio <= kMostLogRatio; log_ratio += kLogRatioStep) {
    const double here = deviance(log_ratio);
    if (here < least) {
      least = here;
      best = log_ratio;
    }
  }
  const auto [log_ratio, refined] = boost::math::tools::brent_find_minima(
      deviance, best - kLogRatioStep, best + kLogRatioStep, kBrentBits);
  return profile_at(sums, 0.0).deviance <= refined ? 0.0 : std::exp(log_ratio);
}

}  // namespace

std::optional<MixedModel> fit_mixed_model(const MixedModelInput& input) {
  if (input.design.rows() <= input.design.cols() || input.design.cols() == 0) return std::nullopt;
  if (Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(input.design).rank() < input.design.cols())
    return std::nullopt;
  const double usual = input.variance.mean();
  const Eigen::VectorXd unit = input.variance / usual;
  const Sums sums = sums_of(input, unit);
  const double ratio = best_ratio(sums);
  const Profile profile = profile_at(sums, ratio);
  MixedModel model;
  model.coefficients = profile.coefficients;
  model.covariance = profile.scale * profile.inverse;
  model.scale = profile.scale / usual;
  model.patient_sd = std::sqrt(ratio * profile.scale);
  model.patients = sums.patients.size();
  return model;
}

TermsTest test_terms(const MixedModel& model, Eigen::Index first, double freedom) {
  TermsTest test;
  test.freedom = freedom;
  const Eigen::Index terms = model.coefficients.size() - first;
  if (freedom < 1.0 || terms <= 0 || model.scale <= 0.0) return test;
  const Eigen::VectorXd tested = model.coefficients.tail(terms);
  const Eigen::MatrixXd covariance = model.covariance.bottomRightCorner(terms, terms);
  test.f = tested.dot(covariance.ldlt().solve(tested)) / static_cast<double>(terms);
  if (!std::isfinite(test.f) || test.f < 0.0) return test;
  const boost::math::fisher_f distribution(static_cast<double>(terms), freedom);
  test.p = boost::math::cdf(boost::math::complement(distribution, test.f));
  return test;
}

}  // namespace gateless::statistics
