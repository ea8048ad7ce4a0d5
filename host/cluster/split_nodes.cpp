#include "host/cluster/split_nodes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "host/core/parallel.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kFewestEvents = 40;  // of a node; fewer cannot show a valley
constexpr int kPowerSteps = 10;
constexpr int kLloydSteps = 5;

using Place = std::vector<float>;  ///< [markers], noise units

/// Mean of the events for which `is_member(row)` holds; `fallback` if there are none.
template <class IsMember>
Place mean_where(const WeightedEvents& events, const Place& fallback, IsMember is_member) {
  std::vector<double> sum(events.place.columns(), 0.0);
  std::size_t count = 0;
  for (std::size_t i = 0; i < events.place.rows(); ++i) {
    if (!is_member(i)) continue;
    ++count;
    const auto place = events.place.row(i);
    for (std::size_t m = 0; m < sum.size(); ++m) sum[m] += static_cast<double>(place[m]);
  }
  if (count == 0) return fallback;
  Place mean;
  for (const double value : sum)
    mean.push_back(static_cast<float>(value / static_cast<double>(count)));
  return mean;
}

float dot_from(std::span<const float> place, const Place& origin, const Place& direction) {
  float along = 0.0F;
  for (std::size_t m = 0; m < direction.size(); ++m) along += (place[m] - origin[m]) * direction[m];
  return along;
}

float squared_distance(std::span<const float> place, const Place& other) {
  float sum = 0.0F;
  for (std::size_t m = 0; m < other.size(); ++m)
    sum += (place[m] - other[m]) * (place[m] - other[m]);
  return sum;
}

/// One standard deviation along the direction in which the events spread most (power iteration); empty if they lie in one
/// place.
Place widest_direction(const WeightedEvents& events, const Place& mean) {
  Place direction(mean.size(), 0.0F);
  for (std::size_t i = 0; i < events.place.rows(); ++i) {  // starts along the markers' variances
    const auto place = events.place.row(i);
    for (std::size_t m = 0; m < mean.size(); ++m) {
      direction[m] += (place[m] - mean[m]) * (place[m] - mean[m]);
    }
  }
  for (int step = 0; step < kPowerSteps; ++step) {
    std::vector<double> next(mean.size(), 0.0);
    for (std::size_t i = 0; i < events.place.rows(); ++i) {
      const auto place = events.place.row(i);
      const float along = dot_from(place, mean, direction);
      for (std::size_t m = 0; m < mean.size(); ++m) {
        next[m] += static_cast<double>(along * (place[m] - mean[m]));
      }
    }
    double squared = 0.0;
    for (const double value : next) squared += value * value;
    if (!(squared > 0.0)) return {};
    for (std::size_t m = 0; m < mean.size(); ++m) {
      direction[m] = static_cast<float>(next[m] / std::sqrt(squared));
    }
  }
  double variance = 0.0;
  for (std::size_t i = 0; i < events.place.rows(); ++i) {
    const auto along = static_cast<double>(dot_from(events.place.row(i), mean, direction));
    variance += along * along / static_cast<double>(events.place.rows());
  }
  for (float& value : direction) value *= static_cast<float>(std::sqrt(variance));
  return direction;
}

/// How far the means of a node's two populations lie from its own mean; empty if it holds one.
std::array<Place, 2> find_two(const WeightedEvents& events) {
  if (events.place.rows() < kFewestEvents) return {};
  const Place mean = mean_where(events, {}, [](std::size_t) { return true; });
  const Place widest = widest_direction(events, mean);
  if (widest.empty()) return {};
  std::array<Place, 2> centre{mean, mean};
  for (std::size_t m = 0; m < mean.size(); ++m) {
    centre[0][m] -= widest[m];
    centre[1][m] += widest[m];
  }
  std::vector<bool> is_right(events.place.rows());
  for (int step = 0; step < kLloydSteps; ++step) {
    for (std::size_t i = 0; i < is_right.size(); ++i) {
      const auto place = events.place.row(i);
      is_right[i] = squared_distance(place, centre[1]) < squared_distance(place, centre[0]);
    }
    for (const bool right : {false, true}) {
      Place& of_side = centre[right ? 1 : 0];
      of_side = mean_where(events, of_side, [&](std::size_t i) { return is_right[i] == right; });
    }
  }
  if (!has_valley_between(events, centre[0], centre[1])) return {};
  for (Place& of_side : centre) {
    for (std::size_t m = 0; m < mean.size(); ++m) of_side[m] -= mean[m];
  }
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
