#include "host/cluster/noise_units.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/clones.hpp"

namespace gateless::cluster {
namespace {

// The middle node may hold little but zeros while others hold values.
constexpr double kLeastOfMean = 0.1;

/// The variance of the node at which half of the events are reached.
double middle_variance(std::size_t marker, const Matrix<double>& variance,
                       const std::vector<std::uint64_t>& node_events) {
  std::vector<std::size_t> order(variance.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return variance(a, marker) < variance(b, marker);
  });
  const std::uint64_t all =
      std::accumulate(node_events.begin(), node_events.end(), std::uint64_t{0});
  std::uint64_t below = 0;
  for (const std::size_t node : order) {
    below += node_events[node];
    if (2 * below >= all) return variance(node, marker);
  }
  return 0.0;
}

/// Mean over events.
template <class Value>
double mean_over(const std::vector<std::uint64_t>& node_events, const Value& value_of_node) {
  double sum = 0.0;
  double events = 0.0;
  for (std::size_t node = 0; node < node_events.size(); ++node) {
    sum += static_cast<double>(node_events[node]) * value_of_node(node);
    events += static_cast<double>(node_events[node]);
  }
  return events > 0.0 ? sum / events : 0.0;
}

double noise_of(std::size_t marker, const Matrix<float>& codebook, const Matrix<double>& variance,
                const std::vector<std::uint64_t>& node_events) {
  const double within =
      mean_over(node_events, [&](std::size_t node) { return variance(node, marker); });
  const double noise =
      std::max(middle_variance(marker, variance, node_events), kLeastOfMean * within);
  if (noise > 0.0) return std::sqrt(noise);
  const auto place = [&](std::size_t node) { return static_cast<double>(codebook(node, marker)); };
  const double mean = mean_over(node_events, place);
  return std::sqrt(mean_over(
      node_events, [&](std::size_t node) { return (place(node) - mean) * (place(node) - mean); }));
}

GATELESS_CLONES
void divide_scaled(const float* values, std::size_t count, float shift, float scale, float noise,
                   float* places) {
  for (std::size_t i = 0; i < count; ++i) places[i] = (values[i] - shift) * scale / noise;
}

}  // namespace

NoiseUnits::NoiseUnits(EventView events, const Scaling& scaling, const Matrix<float>& codebook,
                       const Matrix<double>& variance,
                       const std::vector<std::uint64_t>& node_events)
    : events_(events), scaling_(scaling), noise_(events.markers) {
  for (std::size_t m = 0; m < events.markers; ++m) {
    noise_[m] = static_cast<float>(noise_of(m, codebook, variance, node_events));
  }
}

void NoiseUnits::of_events(std::size_t first, std::size_t marker, std::span<float> places) const {
  if (!(noise_[marker] > 0.0F)) return std::fill(places.begin(), places.end(), 0.0F);
  divide_scaled(events_.marker(marker).data() + first, places.size(), scaling_.shift[marker],
                scaling_.scale, noise_[marker], places.data());
}

void NoiseUnits::of_events(std::span<const std::size_t> events, std::size_t marker,
                           std::span<float> places) const {
  if (!(noise_[marker] > 0.0F)) return std::fill(places.begin(), places.end(), 0.0F);
  const auto values = events_.marker(marker);
  std::transform(events.begin(), events.end(), places.begin(),
                 [&](std::size_t event) { return values[event]; });
  divide_scaled(places.data(), places.size(), scaling_.shift[marker], scaling_.scale,
                noise_[marker], places.data());
}

Matrix<float> NoiseUnits::of_nodes(const Matrix<float>& codebook) const {
  Matrix<float> result(codebook.rows(), codebook.columns());
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    for (std::size_t m = 0; m < codebook.columns(); ++m) {
      result(node, m) = of_scaled(codebook(node, m), m);
    }
  }
  return result;
}

}  // namespace gateless::cluster
