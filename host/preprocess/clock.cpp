#include "host/preprocess/clock.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gateless::preprocess {

std::vector<float> mended_clock(std::span<const float> t) {
  constexpr std::size_t kMostRuns = 20;
  constexpr double kShareOfRange = 0.1;
  std::vector<float> clock(t.begin(), t.end());
  bool has_gaps = false;
  for (std::size_t event = 0; event < clock.size(); ++event) {
    if (std::isfinite(clock[event])) continue;
    has_gaps = true;
    clock[event] = event > 0 ? clock[event - 1] : 0.0F;
  }
  const auto [least, most] = std::minmax_element(clock.begin(), clock.end());
  const double range = static_cast<double>(*most) - static_cast<double>(*least);
  std::size_t restarts = 0;
  std::size_t falls = 0;
  for (std::size_t event = 1; event < clock.size(); ++event) {
    const double step = static_cast<double>(clock[event]) - static_cast<double>(clock[event - 1]);
    falls += step < 0.0 ? 1U : 0U;
    restarts += step < -kShareOfRange * range ? 1U : 0U;
  }
  if (restarts == 0 || restarts > kMostRuns || restarts != falls)
    return has_gaps ? clock : std::vector<float>();
  double offset = 0.0;
  double before = static_cast<double>(clock[0]);
  for (std::size_t event = 1; event < clock.size(); ++event) {
    const auto now = static_cast<double>(clock[event]);
    if (now < before) offset += before - now;
    before = now;
    clock[event] = static_cast<float>(now + offset);
  }
  return clock;
}

}  // namespace gateless::preprocess
