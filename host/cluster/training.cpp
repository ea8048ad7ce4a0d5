#include "host/cluster/training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/core/clones.hpp"
#include "host/core/philox.hpp"

namespace gateless::cluster {
namespace {

constexpr double kFixedPointUnit = 1.0 / static_cast<double>(1U << kFractionBits);
// Standard deviations that the start grid spans to each side of the mean.
constexpr double kPlaneReach = 2.0;

std::size_t grid_distance(std::size_t left, std::size_t right, std::size_t width) {
  const auto apart = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
  return std::max(apart(left % width, right % width), apart(left / width, right / width));
}

/// The 2/3 quantile of the distances between all pairs of nodes.
std::size_t first_radius(const ClusterOptions& options) {
  const std::size_t nodes = options.grid_width * options.grid_height;
  std::vector<std::size_t> histogram(std::max(options.grid_width, options.grid_height), 0);
  for (std::size_t a = 0; a < nodes; ++a) {
    for (std::size_t b = 0; b < nodes; ++b) ++histogram[grid_distance(a, b, options.grid_width)];
  }
  std::size_t below = 0;
  for (std::size_t radius = 0; radius < histogram.size(); ++radius) {
    below += histogram[radius];
    if (3 * below >= 2 * nodes * nodes) return radius;
  }
  return 0;
}

/// The prototype of a set of nodes is the mean of their events; a set without events keeps its prototype.
class MeanOfNodes {
 public:
  explicit MeanOfNodes(const NodeSums& sums) : sums_(sums), total_(sums.sums.columns(), 0) {}
  void clear() {
    std::fill(total_.begin(), total_.end(), 0);
    count_ = 0;
  }
  void add(std::size_t node) {
    count_ += sums_.counts[node];
    for (std::size_t m = 0; m < total_.size(); ++m) total_[m] += sums_.sums(node, m);
  }
  void write(std::span<float> prototype) const {
    if (count_ == 0) return;
    const double unit = kFixedPointUnit / static_cast<double>(count_);
    for (std::size_t m = 0; m < total_.size(); ++m) {
      prototype[m] = static_cast<float>(static_cast<double>(total_[m]) * unit);
    }
  }

 private:
  const NodeSums& sums_;
  std::vector<std::int64_t> total_;
  std::uint64_t count_ = 0;
};

void update_neighbourhoods(Matrix<float>& codebook, const NodeSums& sums, std::size_t width,
                           std::size_t radius) {
  MeanOfNodes mean(sums);
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    mean.clear();
    for (std::size_t other = 0; other < codebook.rows(); ++other) {
      if (grid_distance(node, other, width) <= radius) mean.add(other);
    }
    mean.write(codebook.row(node));
  }
}

/// The same direction for every build and order of markers: the largest loading points up.
void fix_sign(Eigen::VectorXd& direction) {
  Eigen::Index largest = 0;
  direction.cwiseAbs().maxCoeff(&largest);
  if (direction[largest] < 0.0) direction = -direction;
}

double place_on_axis(std::size_t index, std::size_t count) {
  if (count < 2) return 0.0;
  return kPlaneReach * (2.0 * static_cast<double>(index) / static_cast<double>(count - 1) - 1.0);
}

constexpr std::size_t kRun = 64;  ///< events whose distances are summed together

/// The squared distance of each event to one of them, where it is less than before, and the sum of each kRun of them. `events` is
/// [markers][count] and `distance` is [count], where count is a multiple of kRun; `sum` is [count / kRun].
GATELESS_CLONES
void lower_distances(const float* events, std::size_t markers, std::size_t count, std::size_t one,
                     float* distance, float* sum) {
  constexpr std::size_t kLanes = 16;
  for (std::size_t first = 0; first < count; first += kRun) {
    float apart[kRun] = {};
    for (std::size_t m = 0; m < markers; ++m) {
      const float* row = events + m * count + first;
      const float own = events[m * count + one];
      for (std::size_t i = 0; i < kRun; ++i) apart[i] += (row[i] - own) * (row[i] - own);
    }
    float lanes[kLanes] = {};
    float* const least = distance + first;
    for (std::size_t i = 0; i < kRun; ++i) least[i] = apart[i] < least[i] ? apart[i] : least[i];
    for (std::size_t i = 0; i < kRun; ++i) lanes[i % kLanes] += least[i];
    sum[first / kRun] = 0.0F;
    for (const float lane : lanes) sum[first / kRun] += lane;
  }
}

/// The event at which the running sum of the distances exceeds `left`; `sum` as lower_distances() leaves it.
std::size_t event_at(double left, const std::vector<float>& distance,
                     const std::vector<float>& sum) {
  std::size_t run = 0;
  while (run + 1 < sum.size() && left >= static_cast<double>(sum[run]))
    left -= static_cast<double>(sum[run++]);
  std::size_t event = run * kRun;
  const std::size_t end = event + kRun;
  std::size_t last = event;  // with a distance, as rounding may leave a rest
  for (; event < end; ++event) {
    const auto own = static_cast<double>(distance[event]);
    if (own > 0.0) last = event;
    if (left < own) return event;
    left -= own;
  }
  return last;
}

/// One event from each of `count` equal stretches of the events, scaled units; filled up with zeros to whole runs.
/// [markers][runs * kRun]
Matrix<float> stratified_events(EventView events, const Scaling& scaling, std::size_t count,
                                const Philox& random) {
  Matrix<float> chosen(events.markers, (count + kRun - 1) / kRun * kRun);
  std::vector<std::size_t> event(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = events.events * i / count;
    const std::size_t last = events.events * (i + 1) / count;
    event[i] = first + random.below(last - first, i);
  }
  for (std::size_t m = 0; m < events.markers; ++m) {
    const auto from = events.marker(m);
    for (std::size_t i = 0; i < count; ++i)
      chosen(m, i) = (from[event[i]] - scaling.shift[m]) * scaling.scale;
  }
  return chosen;
}

}  // namespace

Matrix<float> start_on_plane(const Moments& moments, const ClusterOptions& options) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments.covariance);
  const Eigen::Index markers = moments.mean.size();
  std::array<Eigen::VectorXd, 2> axes;
  for (Eigen::Index axis = 0; axis < 2; ++axis) {
    auto& direction = axes[static_cast<std::size_t>(axis)];
    direction = Eigen::VectorXd::Zero(markers);
    if (axis >= markers) continue;
    direction = solver.eigenvectors().col(markers - 1 - axis);
    fix_sign(direction);
    direction *= std::sqrt(std::max(solver.eigenvalues()[markers - 1 - axis], 0.0));
  }
  Matrix<float> codebook(options.grid_width * options.grid_height,
                         static_cast<std::size_t>(markers));
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    const Eigen::VectorXd prototype =
        moments.mean + place_on_axis(node % options.grid_width, options.grid_width) * axes[0] +
        place_on_axis(node / options.grid_width, options.grid_height) * axes[1];
    for (std::size_t m = 0; m < codebook.columns(); ++m) {
      codebook(node, m) = static_cast<float>(prototype[static_cast<Eigen::Index>(m)]);
    }
  }
  return codebook;
}

Matrix<float> train_som(Matrix<float> codebook, const ClusterOptions& options, const Pass& pass) {
  const std::size_t radius = first_radius(options);
  const std::size_t epochs = std::max<std::size_t>(options.epochs, 1);
  const std::size_t ordering = (2 * epochs + 2) / 3;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    // Whole radii, each for the same number of epochs.
    const std::size_t now = epoch < ordering ? (radius + 1) * (ordering - 1 - epoch) / ordering : 0;
    update_neighbourhoods(codebook, pass(codebook), options.grid_width, now);
  }
  return codebook;
}

Matrix<float> update_means(Matrix<float> codebook, const NodeSums& sums) {
  MeanOfNodes mean(sums);
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    mean.clear();
    mean.add(node);
    mean.write(codebook.row(node));
  }
  return codebook;
}

Matrix<float> start_by_seeding(EventView events, const Scaling& scaling,
                               const ClusterOptions& options, std::size_t seeding_events) {
  const std::size_t count = std::min(events.events, seeding_events);
  const Matrix<float> chosen =
      stratified_events(events, scaling, count, Philox(options.seed, 0x6B6D6531U));
  const Philox random(options.seed, 0x6B6D6532U);
  Matrix<float> codebook(options.nodes, events.markers);
  std::vector<float> distance(chosen.columns(), 0.0F);  // what fills up is never chosen
  std::fill_n(distance.begin(), count, std::numeric_limits<float>::infinity());
  std::vector<float> sum(chosen.columns() / kRun);
  std::size_t next = random.below(count, 0);
  for (std::size_t node = 0; node < options.nodes; ++node) {
    for (std::size_t m = 0; m < events.markers; ++m) codebook(node, m) = chosen(m, next);
    lower_distances(chosen.values().data(), events.markers, chosen.columns(), next, distance.data(),
                    sum.data());
    const double total = std::accumulate(sum.begin(), sum.end(), 0.0);
    next = event_at(random.uniform(node + 1) * total, distance, sum);
  }
  return codebook;
}

Matrix<float> train_kmeans(Matrix<float> codebook, const ClusterOptions& options,
                           const Pass& pass) {
  for (std::size_t epoch = 0; epoch < std::max<std::size_t>(options.epochs, 1); ++epoch) {
    const NodeSums sums = pass(codebook);
    codebook = update_means(std::move(codebook), sums);
  }
  return codebook;
}

std::size_t refill_empty_nodes(Matrix<float>& codebook, const std::vector<std::uint64_t>& counts,
                               const Matrix<double>& variance) {
  Matrix<double> spread = variance;
  std::vector<double> events(counts.begin(), counts.end());
  const auto error_of = [&](std::size_t node) {
    double sum = 0.0;
    for (const double value : spread.row(node)) sum += value;
    return sum * events[node];
  };
  std::vector<double> error(codebook.rows());
  for (std::size_t node = 0; node < codebook.rows(); ++node) error[node] = error_of(node);
  std::size_t moved = 0;
  for (std::size_t empty = 0; empty < codebook.rows(); ++empty) {
    if (counts[empty] != 0) continue;
    const auto worst =
        static_cast<std::size_t>(std::max_element(error.begin(), error.end()) - error.begin());
    if (error[worst] <= 0.0) break;
    const auto widest = static_cast<std::size_t>(
        std::max_element(spread.row(worst).begin(), spread.row(worst).end()) -
        spread.row(worst).begin());
    const auto step = static_cast<float>(std::sqrt(spread(worst, widest)));
    std::copy(codebook.row(worst).begin(), codebook.row(worst).end(), codebook.row(empty).begin());
    codebook(empty, widest) += step;
    codebook(worst, widest) -= step;
    // Both halves of a split uniform stretch have a quarter of its variance and half its events.
    spread(worst, widest) /= 4.0;
    events[worst] /= 2.0;
    std::copy(spread.row(worst).begin(), spread.row(worst).end(), spread.row(empty).begin());
    events[empty] = events[worst];
    error[worst] = error[empty] = error_of(worst);
    ++moved;
  }
  return moved;
}

}  // namespace gateless::cluster
