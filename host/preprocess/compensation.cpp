#include "host/preprocess/compensation.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <optional>

#include "host/core/error.hpp"
#include "host/core/unmix.hpp"

namespace gateless::preprocess {
namespace {

/// Larger than any condition number of a working panel (2 to 50; heavily overlapping spectral panels reach some
/// hundreds): beyond it the inverse turns detector noise into signal.
constexpr double kLargestCondition = 1e4;

[[noreturn]] void refuse(const RawSample& sample, const std::string& wrong) {
  throw InputError(fmt::format(
      "{}: spillover matrix: {} (compensated intensities would be wrong); correct the matrix or "
      "switch compensation off (`compensate: none` in the study file, --compensate none of "
      "`cluster` and `convert`)",
      sample.path, wrong));
}

std::optional<std::size_t> find_channel(const RawSample& sample, const std::string& name) {
  for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
    if (sample.channels[channel].name == name) return channel;
  }
  for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
    if (sample.channels[channel].stain == name) return channel;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> spillover_channels(const RawSample& sample, const Spillover& spillover) {
  std::vector<std::size_t> result;
  std::string unknown;
  for (const std::string& name : spillover.channels) {
    const std::optional<std::size_t> channel = find_channel(sample, name);
    if (!channel) {
      unknown += fmt::format("{}{}", unknown.empty() ? "" : ", ", name);
      continue;
    }
    if (std::find(result.begin(), result.end(), *channel) != result.end()) {
      refuse(sample, fmt::format("channel {} is named twice", name));
    }
    result.push_back(*channel);
  }
  if (!unknown.empty()) refuse(sample, fmt::format("the file has no channel {}", unknown));
  return result;
}

namespace {

/// In single precision.
Matrix<float> rounded(const Matrix<double>& weights) {
  Matrix<float> result(weights.rows(), weights.columns());
  std::transform(weights.values().begin(), weights.values().end(), result.values().begin(),
                 [](double weight) { return static_cast<float>(weight); });
  return result;
}

}  // namespace

Matrix<double> unmixing_weights(const RawSample& sample, const Spillover& spillover) {
  const std::size_t size = spillover.channels.size();
  if (spillover.coefficients.rows() != size || spillover.coefficients.columns() != size) {
    refuse(sample, fmt::format("{} channels but {} x {} coefficients", size,
                               spillover.coefficients.rows(), spillover.coefficients.columns()));
  }
  const auto n = static_cast<Eigen::Index>(size);
  Eigen::MatrixXd matrix(n, n);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      const double value = spillover.coefficients(row, column);
      if (!std::isfinite(value)) {
        refuse(sample, fmt::format("the coefficient of {} in {} is not a number",
                                   spillover.channels[row], spillover.channels[column]));
      }
      matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = value;
    }
  }
  const Eigen::JacobiSVD<Eigen::MatrixXd> decomposition(matrix);
  const auto& singular = decomposition.singularValues();
  const double condition = singular(0) / singular(n - 1);
  if (!(condition <= kLargestCondition)) {
    refuse(
        sample,
        fmt::format("it is singular or nearly so (condition number {:.3g}): two dyes look the same",
                    condition));
  }
  const Eigen::MatrixXd inverse = matrix.partialPivLu().inverse();
  Matrix<double> rows(size, size);
  for (std::size_t detector = 0; detector < size; ++detector) {
    for (std::size_t dye = 0; dye < size; ++dye) {
      rows(dye, detector) =
          inverse(static_cast<Eigen::Index>(detector), static_cast<Eigen::Index>(dye));
    }
  }
  return rows;
}

void compensate(RawSample& sample, const Spillover& spillover) {
  if (spillover.channels.empty()) return;
  const std::vector<std::size_t> channels = spillover_channels(sample, spillover);
  const Matrix<float> weights = rounded(unmixing_weights(sample, spillover));
  Columns columns;
  for (const std::size_t channel : channels) columns.emplace_back(sample.values[channel]);
  unmix(columns, weights);
}

}  // namespace gateless::preprocess
