#include "host/cluster/split_nodes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <span>
#include <utility>

#include "host/core/clones.hpp"
#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kFewestEvents = 40;  // of a node; fewer cannot show a valley
constexpr int kPowerSteps = 10;
constexpr int kLloydSteps = 5;

using Place = std::vector<float>;  ///< [markers], noise units

/// The sum of a[i] * b[i], in an order that is the same for every width of vectors.
GATELESS_CLONES
float sum_of_products(const float* a, const float* b, std::size_t count) {
  constexpr std::size_t kLanes = 16;
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) lanes[i % kLanes] += a[i] * b[i];
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  return sum;
}

GATELESS_CLONES
void add_multiple(const float* values, std::size_t count, float factor, float* sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += values[i] * factor;
}

/// The mean of a node's events, and how far each lies from it.
struct CentredEvents {
  explicit CentredEvents(const Matrix<float>& place)
      : mean(place.columns()), apart(place.columns(), place.rows()) {
    for (std::size_t m = 0; m < mean.size(); ++m) {
      double sum = 0.0;
      for (std::size_t i = 0; i < place.rows(); ++i) sum += static_cast<double>(place(i, m));
      mean[m] = static_cast<float>(sum / static_cast<double>(place.rows()));
      for (std::size_t i = 0; i < place.rows(); ++i) apart(m, i) = place(i, m) - mean[m];
    }
  }
  [[nodiscard]] std::size_t count() const { return apart.columns(); }
  [[nodiscard]] float sum_of(std::size_t marker, std::span<const float> factors) const {
    return sum_of_products(apart.row(marker).data(), factors.data(), count());
  }

  Place mean;
  Matrix<float> apart;  ///< [markers][events]
};

/// One standard deviation along the direction in which the events spread most (power iteration); empty if they lie in one
/// place.
Place widest_direction(const CentredEvents& events) {
  const std::size_t markers = events.mean.size();
  Matrix<double> products(markers, markers);
  std::vector<double> direction(markers);
  for (std::size_t a = 0; a < markers; ++a) {
    for (std::size_t b = 0; b <= a; ++b)
      products(a, b) = products(b, a) = static_cast<double>(events.sum_of(a, events.apart.row(b)));
    direction[a] = products(a, a);  // starts along the markers' variances
  }
  const auto times_products = [&](const std::vector<double>& from) {
    std::vector<double> result(markers, 0.0);
    for (std::size_t a = 0; a < markers; ++a) {
      for (std::size_t b = 0; b < markers; ++b) result[a] += products(a, b) * from[b];
    }
    return result;
  };
  double length = 0.0;  // of the product with a direction of length 1: the sum of squares along it
  for (int step = 0; step < kPowerSteps; ++step) {
    std::vector<double> next = times_products(direction);
    length = 0.0;
    for (const double value : next) length += value * value;
    length = std::sqrt(length);
    if (!(length > 0.0)) return {};
    for (double& value : next) value /= length;
    direction = std::move(next);
  }
  const double deviation = std::sqrt(length / static_cast<double>(events.count()));
  Place widest;
  for (const double value : direction) widest.push_back(static_cast<float>(value * deviation));
  return widest;
}

/// 1 for the events that lie nearer to the second place than to the first, 0 for others. Places are from the mean.
std::vector<float> nearer_to_second(const CentredEvents& events,
                                    const std::array<Place, 2>& centre) {
  std::vector<float> side(events.count(), 0.0F);
  float middle = 0.0F;
  for (std::size_t m = 0; m < events.mean.size(); ++m) {
    const float between = centre[1][m] - centre[0][m];
    middle += between * 0.5F * (centre[1][m] + centre[0][m]);
    add_multiple(events.apart.row(m).data(), events.count(), between, side.data());
  }
  for (float& along : side) along = along > middle ? 1.0F : 0.0F;
  return side;
}

/// How far the means of a node's two populations lie from its own mean; empty if it holds one.
std::array<Place, 2> find_two(const WeightedEvents& events) {
  if (events.place.rows() < kFewestEvents) return {};
  const CentredEvents centred(events.place);
  const Place widest = widest_direction(centred);
  if (widest.empty()) return {};
  std::array<Place, 2> centre{widest, widest};
  for (float& value : centre[0]) value = -value;
  const std::vector<float> ones(centred.count(), 1.0F);
  for (int step = 0; step < kLloydSteps; ++step) {
    std::vector<float> side = nearer_to_second(centred, centre);
    for (Place& of_side : {std::ref(centre[1]), std::ref(centre[0])}) {
      const float count = sum_of_products(side.data(), ones.data(), side.size());
      for (std::size_t m = 0; count > 0.0F && m < of_side.size(); ++m)
        of_side[m] = centred.sum_of(m, side) / count;
      for (float& share : side) share = 1.0F - share;  // then the other side
    }
  }
  std::array<Place, 2> place = centre;
  for (Place& of_side : place) {
    for (std::size_t m = 0; m < of_side.size(); ++m) of_side[m] += centred.mean[m];
  }
  if (!has_valley_between(events, place[0], place[1])) return {};
  return centre;
}

}  // namespace

std::size_t split_nodes(Matrix<float>& codebook, const NodeSamples& samples,
                        const NoiseUnits& units, const std::vector<std::uint64_t>& node_events,
                        std::size_t most, std::size_t threads) {
  if (most == 0) return 0;
  std::vector<std::array<Place, 2>> found(codebook.rows());
  parallel_for(threads, codebook.rows(), [&](std::size_t node) {
    found[node] = find_two(samples.of({&node, 1}));
  });
  std::vector<std::size_t> split;
  for (std::size_t node = 0; node < found.size(); ++node) {
    if (!found[node][0].empty()) split.push_back(node);
  }
  std::stable_sort(split.begin(), split.end(),
                   [&](std::size_t a, std::size_t b) { return node_events[a] > node_events[b]; });
  split.resize(std::min(split.size(), most));
  if (split.empty()) return 0;
  Matrix<float> extended(codebook.rows() + split.size(), codebook.columns());
  std::copy(codebook.values().begin(), codebook.values().end(), extended.values().begin());
  for (std::size_t i = 0; i < split.size(); ++i) {
    const auto from = codebook.row(split[i]);
    for (std::size_t m = 0; m < from.size(); ++m) {
      extended(split[i], m) = from[m] + found[split[i]][0][m] * units.noise(m);
      extended(codebook.rows() + i, m) = from[m] + found[split[i]][1][m] * units.noise(m);
    }
  }
  codebook = std::move(extended);
  return split.size();
}

}  // namespace gateless::cluster
