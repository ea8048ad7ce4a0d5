#include "host/cluster/node_layout.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/core/clones.hpp"
#include "host/core/portable_math.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kMostArranged = 1024;  // of more nodes the principal plane has to do
constexpr double kPerplexity = 12.0;         // neighbours that a node looks at

using Squares = Matrix<double>;  // [nodes][nodes]

Squares squared_distances(const Matrix<double>& nodes) {
  Squares squares(nodes.rows(), nodes.rows());
  for (std::size_t i = 0; i < nodes.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0.0;
      for (std::size_t m = 0; m < nodes.columns(); ++m) {
        const double apart = nodes(i, m) - nodes(j, m);
        sum += apart * apart;
      }
      squares(i, j) = squares(j, i) = sum;
    }
  }
  return squares;
}

/// The two directions in which nodes spread most; the largest entry of each is positive, so that signs are settled.
Matrix<double> principal_plane(const Matrix<double>& nodes) {
  const auto rows = static_cast<Eigen::Index>(nodes.rows());
  const auto columns = static_cast<Eigen::Index>(nodes.columns());
  Eigen::MatrixXd centred(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (Eigen::Index m = 0; m < columns; ++m)
      centred(i, m) = nodes(static_cast<std::size_t>(i), static_cast<std::size_t>(m));
  }
  centred.rowwise() -= centred.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred);
  Matrix<double> plane(nodes.rows(), 2);
  for (Eigen::Index axis = 0; axis < std::min<Eigen::Index>(2, columns); ++axis) {
    Eigen::VectorXd direction = solver.eigenvectors().col(columns - 1 - axis);
    Eigen::Index largest = 0;
    direction.cwiseAbs().maxCoeff(&largest);
    if (direction(largest) < 0.0) direction = -direction;
    const Eigen::VectorXd along = centred * direction;
    for (Eigen::Index i = 0; i < rows; ++i)
      plane(static_cast<std::size_t>(i), static_cast<std::size_t>(axis)) = along(i);
  }
  return plane;
}

/// The probabilities with which node i would choose its neighbours, for a perplexity by bisection of the bandwidth.
std::vector<double> neighbour_shares(const Squares& squares, std::size_t i, double perplexity) {
  const std::size_t n = squares.rows();
  std::vector<double> shares(n, 0.0);
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < n; ++j) {
    if (j != i) nearest = std::min(nearest, squares(i, j));
  }
  double low = 0.0, high = std::numeric_limits<double>::infinity(), beta = 1.0;
  for (int step = 0; step < 60; ++step) {
    double sum = 0.0, moment = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      shares[j] = portable::exp(-beta * (squares(i, j) - nearest));
      sum += shares[j];
      moment += shares[j] * (squares(i, j) - nearest);
    }
    const double entropy = portable::log(sum) + beta * moment / sum;
    for (double& share : shares) share /= sum;
    const double excess = entropy - portable::log(perplexity);
    if (std::abs(excess) < 1e-5) break;
    (excess > 0.0 ? low : high) = beta;
    beta = std::isinf(high) ? 2.0 * beta : 0.5 * (low + high);
  }
  return shares;
}

Matrix<double> affinities(const Squares& squares) {
  const std::size_t n = squares.rows();
  const double perplexity = std::min(kPerplexity, static_cast<double>(n - 1) / 3.0);
  Matrix<double> result(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<double> shares = neighbour_shares(squares, i, perplexity);
    for (std::size_t j = 0; j < n; ++j) {
      result(i, j) += shares[j] / (2.0 * static_cast<double>(n));
      result(j, i) += shares[j] / (2.0 * static_cast<double>(n));
    }
  }
  return result;
}

/// Places of nodes in the plane, one array a coordinate.
struct Places {
  std::vector<double> x, y;  ///< [nodes]
};

/// How near each node is to one of them, 1 / (1 + d^2), itself too. [nodes] Returns their sum.
GATELESS_CLONES
double near_to(const double* x, const double* y, std::size_t n, std::size_t one, double* near) {
  constexpr std::size_t kLanes = 8;
  const double own_x = x[one], own_y = y[one];
  for (std::size_t i = 0; i < n; ++i) {
    const double apart_x = x[i] - own_x, apart_y = y[i] - own_y;
    near[i] = 1.0 / (1.0 + apart_x * apart_x + apart_y * apart_y);
  }
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += near[i + lane];
  }
  for (; i < n; ++i) lanes[0] += near[i];
  double sum = 0.0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// Adds how one node pulls at all others.
GATELESS_CLONES
void add_pulls(const double* wanted, const double* near, double exaggeration, double sum,
               const double* x, const double* y, std::size_t n, std::size_t one, double* slope_x,
               double* slope_y) {
  const double own_x = x[one], own_y = y[one];
  for (std::size_t i = 0; i < n; ++i) {
    const double force = 4.0 * (exaggeration * wanted[i] - near[i] / sum) * near[i];
    slope_x[i] += force * (x[i] - own_x);
    slope_y[i] += force * (y[i] - own_y);
  }
}

/// Gradient of Kullback and Leibler's divergence (equation 5 of the paper); `kernel` is scratch, [nodes][nodes].
void gradient(const Matrix<double>& wanted, double exaggeration, const Places& place,
              Matrix<double>& kernel, Places& slope) {
  const std::size_t n = place.x.size();
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += near_to(place.x.data(), place.y.data(), n, i, kernel.row(i).data());
  }
  sum -= static_cast<double>(n);  // each is at distance 0 from itself
  std::fill(slope.x.begin(), slope.x.end(), 0.0);
  std::fill(slope.y.begin(), slope.y.end(), 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    add_pulls(wanted.row(i).data(), kernel.row(i).data(), exaggeration, sum, place.x.data(),
              place.y.data(), n, i, slope.x.data(), slope.y.data());
  }
}

/// Descends one coordinate with momentum and a gain for each node, as the paper does.
void step_down(const std::vector<double>& slope, double momentum, double rate,
               std::vector<double>& gain, std::vector<double>& step, std::vector<double>& place) {
  for (std::size_t i = 0; i < place.size(); ++i) {
    const bool goes_on = (slope[i] > 0.0) != (step[i] > 0.0);
    gain[i] = std::max(0.01, goes_on ? gain[i] + 0.2 : gain[i] * 0.8);
    step[i] = momentum * step[i] - rate * gain[i] * slope[i];
    place[i] += step[i];
  }
}

void descend(const Matrix<double>& wanted, Matrix<double>& plane) {
  const std::size_t n = plane.rows();
  const int steps = n > 512 ? 300 : 750;
  constexpr int kExaggerated = 150;
  const double rate = std::max(50.0, static_cast<double>(n) / 12.0);
  const std::vector<double> zeros(n, 0.0), ones(n, 1.0);
  Places place{zeros, zeros}, slope{zeros, zeros}, step{zeros, zeros}, gain{ones, ones};
  for (std::size_t i = 0; i < n; ++i) {
    place.x[i] = plane(i, 0);
    place.y[i] = plane(i, 1);
  }
  Matrix<double> kernel(n, n);
  for (int round = 0; round < steps; ++round) {
    const bool is_early = round < kExaggerated;
    const double momentum = is_early ? 0.5 : 0.8;
    gradient(wanted, is_early ? 12.0 : 1.0, place, kernel, slope);
    step_down(slope.x, momentum, rate, gain.x, step.x, place.x);
    step_down(slope.y, momentum, rate, gain.y, step.y, place.y);
  }
  for (std::size_t i = 0; i < n; ++i) {
    plane(i, 0) = place.x[i];
    plane(i, 1) = place.y[i];
  }
}

/// Centres the places and makes the mean distance to the nearest other node one.
void normalise(Matrix<double>& place) {
  const std::size_t n = place.rows();
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < n; ++j) {
      const double x = place(i, 0) - place(j, 0), y = place(i, 1) - place(j, 1);
      if (j != i) nearest = std::min(nearest, x * x + y * y);
    }
    sum += std::sqrt(nearest);
  }
  const double unit = sum > 0.0 && std::isfinite(sum) ? sum / static_cast<double>(n) : 1.0;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    double mean = 0.0;
    for (std::size_t i = 0; i < n; ++i) mean += place(i, axis) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) place(i, axis) = (place(i, axis) - mean) / unit;
  }
}

}  // namespace

Matrix<double> layout_nodes(const Matrix<double>& nodes) {
  const std::size_t n = nodes.rows();
  Matrix<double> place = n < 2 ? Matrix<double>(n, 2) : principal_plane(nodes);
  if (n < 3) return place;
  if (n <= kMostArranged) {
    double square = 0.0;
    for (const double value : place.values()) square += value * value;
    const double start = square > 0.0 ? 0.01 / std::sqrt(square / static_cast<double>(n)) : 0.0;
    for (double& value : place.values()) value *= start;
    descend(affinities(squared_distances(nodes)), place);
  }
  normalise(place);
  return place;
}

}  // namespace gateless::cluster
