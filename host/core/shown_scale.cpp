#include "host/core/shown_scale.hpp"

#include <algorithm>
#include <cmath>

namespace gateless {
namespace {

/// Ticks nearer to each other than this share of the axis would touch.
constexpr double kNearest = 0.075;
constexpr int kLargestPower = 9;

/// "10", "100", then "10\u2074": a power of ten as axes show it.
std::string power_text(int power) {
  static constexpr const char* kDigits[] = {"\u2070", "\u00B9", "\u00B2", "\u00B3", "\u2074",
                                            "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  if (power < 3) return power == 0 ? "1" : power == 1 ? "10" : "100";
  return std::string("10") + kDigits[power];
}

}  // namespace

std::vector<std::pair<double, std::string>> linear_ticks(const Transform& transform, double low,
                                                         double high) {
  std::vector<std::pair<double, std::string>> ticks;
  if (transform.kind == TransformKind::kNone) return ticks;
  const TransformCoefficients curve = transform_coefficients(transform);
  const ShownScale scale(transform);
  const auto add = [&](double linear, const std::string& text) {
    const double at = scale(transform_value(curve, linear));
    const bool is_free = std::none_of(ticks.begin(), ticks.end(), [&](const auto& tick) {
      return std::abs(tick.first - at) < kNearest * (high - low);
    });
    if (at >= low && at <= high && is_free) ticks.emplace_back(at, text);
  };
  add(0.0, "0");
  for (int power = kLargestPower; power >= 0; --power) {
    double linear = 1.0;
    for (int step = 0; step < power; ++step) linear *= 10.0;
    add(linear, power_text(power));
    add(-linear, "\u2212" + power_text(power));
  }
  std::sort(ticks.begin(), ticks.end());
  return ticks;
}

}  // namespace gateless
