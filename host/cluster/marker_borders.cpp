#include "host/cluster/marker_borders.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

namespace gateless::cluster {
namespace {

constexpr std::size_t kBins = 400;
constexpr double kTail = 0.001;  ///< share of the events that may lie beyond either end of the bins
// The zeros of mass cytometry are no narrow population: nothing is narrower than a twentieth of the range.
constexpr double kNarrowest = 20.0;
constexpr double kRarest = 0.01;
constexpr double kOneMode = 2.0;
constexpr double kTwoModes = 3.2;
constexpr int kIterations = 200;
constexpr double kSettled =
    1e-6;  ///< bins that a normal distribution moves or widens by in an iteration

/// Events of one marker, from its lowest to its highest value but for the tails.
struct Histogram {
  double start = 0.0;
  double bin_width = 0.0;
  std::array<double, kBins> events{};

  [[nodiscard]] double value_at(double bin) const { return start + bin * bin_width; }
};

/// The first value in an order beyond which events of more than `tail` have been seen; 0 where there is none.
template <class Before>
double beyond_tail(std::span<const float> values, std::span<const double> weights, double tail,
                   Before before) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto in_order = [&](std::size_t a, std::size_t b) { return before(values[a], values[b]); };
  // A tail is a small part of the events: the others need no order.
  for (std::size_t sorted : {values.size() / 16, values.size()}) {
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(sorted);
    if (end != order.end()) std::nth_element(order.begin(), end, order.end(), in_order);
    std::sort(order.begin(), end, in_order);
    double seen = 0.0;
    for (auto at = order.begin(); at != end; ++at) {
      if ((seen += weights[*at]) > tail) return static_cast<double>(values[*at]);
    }
  }
  return 0.0;
}

std::optional<Histogram> histogram_of(std::span<const float> values,
                                      std::span<const double> weights) {
  const double tail = kTail * std::accumulate(weights.begin(), weights.end(), 0.0);
  const double lowest = beyond_tail(values, weights, tail, std::less<>());
  const double highest = beyond_tail(values, weights, tail, std::greater<>());
  if (!(highest > lowest)) return std::nullopt;
  Histogram histogram{lowest, (highest - lowest) / static_cast<double>(kBins), {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double bin = (static_cast<double>(values[i]) - lowest) / histogram.bin_width;
    histogram
        .events[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(kBins - 1)))] +=
        weights[i];
  }
  return histogram;
}

/// Sums over one part of a histogram.
struct Sums {
  double events = 0.0;
  double first = 0.0;   ///< of the bins
  double second = 0.0;  ///< of their squares

  void add(std::size_t bin, double count) {
    const auto place = static_cast<double>(bin) + 0.5;
    events += count;
    first += count * place;
    second += count * place * place;
  }
  friend Sums operator-(const Sums& a, const Sums& b) {
    return {a.events - b.events, a.first - b.first, a.second - b.second};
  }
};

Sums sums_of(const Histogram& histogram) {
  Sums all;
  for (std::size_t bin = 0; bin < kBins; ++bin) all.add(bin, histogram.events[bin]);
  return all;
}

struct Normal {
  double share = 0.0;
  double mean = 0.0;
  double deviation = 1.0;

  [[nodiscard]] double density(double bin) const {
    const double z = (bin - mean) / deviation;
    return share / deviation * std::exp(-0.5 * z * z);
  }
};

Normal normal_of(const Sums& part, const Sums& all) {
  const double mean = part.first / part.events;
  const double variance = part.second / part.events - mean * mean;
  return {part.events / all.events, mean, std::sqrt(std::max(kNarrowest * kNarrowest, variance))};
}

bool has_settled(const Normal& before, const Normal& after) {
  return std::abs(after.mean - before.mean) < kSettled &&
         std::abs(after.deviation - before.deviation) < kSettled;
}

/// The first bin of the upper part, where the parts' means lie farthest apart.
std::size_t otsu(const Histogram& histogram, const Sums& all) {
  std::size_t best = 1;
  double most = -1.0;
  Sums below;
  for (std::size_t bin = 1; bin < kBins; ++bin) {
    below.add(bin - 1, histogram.events[bin - 1]);
    const Sums above = all - below;
    if (!(below.events > 0.0 && above.events > 0.0)) continue;
    const double apart = above.first / above.events - below.first / below.events;
    const double between = below.events * above.events * apart * apart;
    if (between > most) {
      most = between;
      best = bin;
    }
  }
  return best;
}

/// Two normal distributions, the lower first, from the parts below and above a border.
std::array<Normal, 2> fit_two(const Histogram& histogram, const Sums& all, std::size_t border) {
  Sums below;
  for (std::size_t bin = 0; bin < border; ++bin) below.add(bin, histogram.events[bin]);
  std::array<Normal, 2> normal = {normal_of(below, all), normal_of(all - below, all)};
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    std::array<Sums, 2> sums;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double count = histogram.events[bin];
      if (!(count > 0.0)) continue;
      const double place = static_cast<double>(bin) + 0.5;
      const double lower = normal[0].density(place);
      const double upper = normal[1].density(place);
      const double share =
          lower + upper > 0.0 ? upper / (lower + upper) : (bin < border ? 0.0 : 1.0);
      sums[0].add(bin, count * (1.0 - share));
      sums[1].add(bin, count * share);
    }
    if (!(std::min(sums[0].events, sums[1].events) > 0.0)) break;
    const std::array<Normal, 2> before = normal;
    normal = {normal_of(sums[0], all), normal_of(sums[1], all)};
    if (has_settled(before[0], normal[0]) && has_settled(before[1], normal[1])) break;
  }
  if (normal[1].mean < normal[0].mean) std::swap(normal[0], normal[1]);
  return normal;
}

/// The bin between their means from which the upper one is likelier.
double crossing(const std::array<Normal, 2>& normal) {
  double bin = normal[0].mean;
  while (bin < normal[1].mean && normal[1].density(bin) <= normal[0].density(bin)) bin += 0.5;
  return bin;
}

}  // namespace

double MarkerBorder::positive(double value) const {
  if (value <= low) return 0.0;
  return value >= high ? 1.0 : (value - low) / (high - low);
}

std::optional<MarkerBorder> border_of(std::span<const float> values,
                                      std::span<const double> weights) {
  const std::optional<Histogram> histogram = histogram_of(values, weights);
  if (!histogram) return std::nullopt;
  const Sums all = sums_of(*histogram);
  const std::size_t middle = otsu(*histogram, all);
  const std::array<Normal, 2> normal = fit_two(*histogram, all, middle);
  const double variance =
      (normal[0].deviation * normal[0].deviation + normal[1].deviation * normal[1].deviation) / 2.0;
  const double apart = (normal[1].mean - normal[0].mean) / std::sqrt(variance);
  const double weight = std::min(1.0, (apart - kOneMode) / (kTwoModes - kOneMode));
  if (!(weight > 0.0) || std::min(normal[0].share, normal[1].share) < kRarest) return std::nullopt;
  const double one = histogram->value_at(static_cast<double>(middle));
  const double other = histogram->value_at(crossing(normal));
  return MarkerBorder{std::min(one, other), std::max(one, other), weight};
}

Matrix<double> sides_shared(const NodeSamples& samples, const std::vector<std::size_t>& nodes) {
  Matrix<double> shared(nodes.size(), nodes.size(), 1.0);
  const WeightedEvents all = samples.of(nodes);
  std::vector<float> values(all.weight.size());
  for (std::size_t m = 0; m < all.place.columns(); ++m) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = all.place(i, m);
    const std::optional<MarkerBorder> border = border_of(values, all.weight);
    if (!border) continue;
    std::vector<double> positive(nodes.size(), 0.0);
    for (std::size_t a = 0, row = 0; a < nodes.size(); ++a) {
      const std::size_t count = samples.count(nodes[a]);
      for (std::size_t i = 0; i < count; ++i, ++row)
        positive[a] += border->positive(static_cast<double>(values[row]));
      positive[a] /= static_cast<double>(count);
    }
    for (std::size_t a = 0; a < nodes.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const double same = positive[a] * positive[b] + (1.0 - positive[a]) * (1.0 - positive[b]);
        shared(a, b) *= 1.0 - border->weight * (1.0 - same);
      }
    }
  }
  return shared;
}

}  // namespace gateless::cluster
