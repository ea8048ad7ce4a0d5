#include "host/core/distribution.hpp"

namespace gateless {

std::optional<double> median_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const double upper = upper_median(values);
  if (values.size() % 2 == 1) return upper;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  return 0.5 * (*std::max_element(values.begin(), middle) + upper);
}

std::vector<double> smoothed(std::span<const double> counts, std::span<const double> kernel,
                             Ends ends) {
  const auto bins = static_cast<std::ptrdiff_t>(counts.size());
  const auto reach = static_cast<std::ptrdiff_t>(kernel.size() / 2);
  std::vector<double> result(counts.size());
  for (std::ptrdiff_t bin = 0; bin < bins; ++bin) {
    double sum = 0.0, weight = 0.0;
    for (std::ptrdiff_t offset = -reach; offset <= reach; ++offset) {
      std::ptrdiff_t from = bin + offset;
      if (from < 0 || from >= bins) {
        if (ends == Ends::kCut) continue;
        from = from < 0 ? -from - 1 : 2 * bins - 1 - from;
      }
      const double own = kernel[static_cast<std::size_t>(offset + reach)];
      sum += own * counts[static_cast<std::size_t>(from)];
      weight += own;
    }
    result[static_cast<std::size_t>(bin)] = sum / weight;
  }
  return result;
}

}  // namespace gateless
