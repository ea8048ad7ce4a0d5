#include "host/preprocess/density.hpp"

#include <algorithm>
#include <cmath>

#include "host/core/distribution.hpp"
#include "host/core/portable_math.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kBins = 256;

std::vector<float> strided(std::span<const float> values, std::size_t limit) {
  const std::size_t stride = std::max<std::size_t>(1, (values.size() + limit - 1) / limit);
  std::vector<float> result;
  result.reserve(values.size() / stride + 1);
  for (std::size_t i = 0; i < values.size(); i += stride) {
    if (std::isfinite(values[i])) result.push_back(values[i]);
  }
  return result;
}

double nth(std::vector<float>& values, double q) {
  if (values.empty()) return 0.0;
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5);
  return static_cast<double>(at_rank(values, rank));
}

/// The weights of a Gaussian kernel, to three of its spreads on either side.
std::vector<double> gaussian(double kernel) {
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3.0 * kernel));
  std::vector<double> weights;
  for (std::ptrdiff_t offset = -reach; offset <= reach; ++offset) {
    const double z = static_cast<double>(offset) / kernel;
    weights.push_back(portable::exp(-0.5 * z * z));
  }
  return weights;
}

}  // namespace

Density estimate_density(std::span<const float> values) {
  std::vector<float> some = strided(values, 20'000);
  if (some.size() < 100) return {};
  const double low = nth(some, 0.0005);
  const double high = nth(some, 0.9995);
  if (!(high > low)) return {};
  Density density;
  density.step = (high - low) / static_cast<double>(kBins - 10);
  density.low = low - 5.0 * density.step;
  std::vector<double> counts(kBins, 0.0);
  double events = 0.0;
  const double per_step = 1.0 / density.step;
  for (const float value : values) {
    const double bin = (static_cast<double>(value) - density.low) * per_step;
    if (!(bin >= 0.0 && bin < static_cast<double>(kBins))) continue;
    counts[static_cast<std::size_t>(bin)] += 1.0;
    events += 1.0;
  }
  // Narrower kernels for more events: the power of Silverman's rule, anchored at 4 bins for 20,000.
  density.kernel =
      std::clamp(4.0 * portable::exp(0.2 * portable::log(20'000.0 / events)), 2.0, 12.0);
  density.height = smoothed(counts, gaussian(density.kernel), Ends::kMirrored);
  return density;
}

std::vector<Peak> find_peaks(const Density& density, double depth) {
  std::vector<Peak> peaks;
  const std::vector<double>& height = density.height;
  if (height.empty()) return peaks;
  // Independent events under the kernel: 2 sqrt(pi) sd bins.
  const double effective_bins = 3.545 * density.kernel;
  const auto is_lower = [&](double valley, double peak) {
    return valley < depth * peak && peak - valley > 4.0 * std::sqrt(peak / effective_bins);
  };
  std::size_t valley = 0;  // lowest bin since the last confirmed peak
  std::size_t top = 0;     // highest bin since that valley
  bool rises = true;       // looking for a peak's end; otherwise for a valley's end
  for (std::size_t bin = 0; bin < height.size(); ++bin) {
    if (rises) {
      if (height[bin] > height[top]) top = bin;
      if (is_lower(height[bin], height[top])) {
        peaks.push_back({top, valley});
        valley = bin;
        rises = false;
      }
    } else {
      if (height[bin] < height[valley]) valley = bin;
      if (is_lower(height[valley], height[bin])) {
        top = bin;
        rises = true;
      }
    }
  }
  if (rises) peaks.push_back({top, valley});
  return peaks;
}

DensityMode main_mode(const Density& density) {
  const auto highest = std::max_element(density.height.begin(), density.height.end());
  const auto top = static_cast<std::size_t>(highest - density.height.begin());
  const double half = 0.5 * *highest;
  std::size_t below = top;
  while (below > 0 && density.height[below] > half) --below;
  std::size_t above = top;
  while (above + 1 < density.height.size() && density.height[above] > half) ++above;
  // The half width at half height of a normal curve is 1.1774 sd; the kernel's own variance is taken off.
  const auto spread = [&](std::size_t bins) {
    const double width = static_cast<double>(bins) / 1.1774;
    return density.step *
           std::sqrt(std::max(0.25, width * width - density.kernel * density.kernel));
  };
  return {density.centre(top), spread(top - below), spread(above - top)};
}

double quantile(std::span<const float> values, double q, std::size_t limit) {
  std::vector<float> some = strided(values, limit);
  return nth(some, q);
}

}  // namespace gateless::preprocess
