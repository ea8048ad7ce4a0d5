#include "host/statistics/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gateless::statistics {

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i)
      ranks[order[i]] = 0.5 * static_cast<double>(first + 1 + end);
    first = end;
  }
  return ranks;
}

std::vector<std::size_t> doubled(const std::vector<double>& ranks) {
  std::vector<std::size_t> whole(ranks.size());
  std::transform(ranks.begin(), ranks.end(), whole.begin(),
                 [](double rank) { return static_cast<std::size_t>(std::lround(2.0 * rank)); });
  return whole;
}

double tie_term(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double sum = 0.0;
  for (std::size_t first = 0; first < values.size();) {
    std::size_t end = first;
    while (end < values.size() && values[end] == values[first]) ++end;
    const double ties = static_cast<double>(end - first);
    sum += ties * ties * ties - ties;
    first = end;
  }
  return sum;
}

}  // namespace gateless::statistics
