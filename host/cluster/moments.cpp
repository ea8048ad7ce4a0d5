#include "host/cluster/moments.hpp"

#include <algorithm>

namespace gateless::cluster {
namespace {

constexpr double kUnit = 1.0 / static_cast<double>(kUnits);

}  // namespace

Moments moments_of(const MarkerProducts& products, std::size_t events) {
  const auto n = static_cast<double>(events);
  const std::size_t markers = products.sums.size();
  const auto size = static_cast<Eigen::Index>(markers);
  Moments moments{Eigen::VectorXd(size), Eigen::MatrixXd(size, size)};
  for (std::size_t a = 0; a < markers; ++a) {
    moments.mean[static_cast<Eigen::Index>(a)] = static_cast<double>(products.sums[a]) * kUnit / n;
  }
  for (std::size_t a = 0; a < markers; ++a) {
    for (std::size_t b = a; b < markers; ++b) {
      const auto row = static_cast<Eigen::Index>(a);
      const auto column = static_cast<Eigen::Index>(b);
      const double product = static_cast<double>(products.products(a, b)) * kUnit * kUnit;
      moments.covariance(row, column) = product / n - moments.mean[row] * moments.mean[column];
      moments.covariance(column, row) = moments.covariance(row, column);
    }
  }
  return moments;
}

Matrix<double> within_node_variance(const NodeSquares& squares,
                                    const std::vector<std::uint64_t>& node_events) {
  Matrix<double> variance(squares.sums.rows(), squares.sums.columns(), 0.0);
  for (std::size_t node = 0; node < variance.rows(); ++node) {
    if (node_events[node] == 0) continue;
    const auto n = static_cast<double>(node_events[node]);
    for (std::size_t marker = 0; marker < variance.columns(); ++marker) {
      const double mean = static_cast<double>(squares.sums(node, marker)) / n;
      const double square = static_cast<double>(squares.squares(node, marker)) / n;
      variance(node, marker) = std::max(square - mean * mean, 0.0) * kUnit * kUnit;
    }
  }
  return variance;
}

}  // namespace gateless::cluster
