#include "host/preprocess/compensation_state.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/core/distribution.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {
namespace {

constexpr double kLeastSpillover = 0.03;  ///< smaller coefficients are lost in the noise
constexpr std::size_t kFewestBright = 20;
constexpr std::size_t kLookedAt = 20'000;

/// The bright events of one dye, of those that are looked at.
std::vector<std::size_t> bright_events(std::span<const float> dye, double bright) {
  std::vector<std::size_t> events;
  const std::size_t stride = std::max<std::size_t>(1, (dye.size() + kLookedAt - 1) / kLookedAt);
  for (std::size_t event = 0; event < dye.size(); event += stride) {
    const auto light = static_cast<double>(dye[event]);
    if (light >= bright && std::isfinite(light)) events.push_back(event);
  }
  return events;
}

/// What the bright events of one dye show in another's detector, as a multiple of the coefficient; nothing where the
/// spilt light would not stand out of the detector's noise.
std::optional<double> share_of_spillover(std::span<const float> dye, const MarkerValues& own,
                                         const std::vector<std::size_t>& events,
                                         std::span<const float> detector, const MarkerValues& other,
                                         double coefficient) {
  const double bright = own.quantile(0.98);
  const double base = other.quantile(0.05);
  // By the dimmest tenth, as most cells may carry the other dye.
  const double noise = std::max(1.0, 1.5 * (other.quantile(0.10) - other.quantile(0.02)));
  const bool is_constant =
      own.quantile(0.0) == own.quantile(1.0) || other.quantile(0.0) == other.quantile(1.0);
  if (is_constant || !(bright > 0.0) || coefficient * bright < 5.0 * noise) return {};
  std::vector<double> shares;
  for (const std::size_t event : events)
    shares.push_back((static_cast<double>(detector[event]) - base) /
                     (coefficient * static_cast<double>(dye[event])));
  if (shares.size() < kFewestBright) return {};
  // The lowest fifth: cells that do not carry the other dye, if any do not.
  return at_rank(shares, shares.size() / 5);
}

}  // namespace

CompensationState compensation_state(const Spillover& spillover, const ValuesOfChannel& values) {
  std::vector<std::span<const float>> columns;
  std::vector<MarkerValues> looks;
  for (const std::string& channel : spillover.channels) {
    columns.push_back(values(channel));
    looks.push_back(look_at(columns.back()));
  }
  std::size_t raw = 0;
  std::size_t compensated = 0;
  for (std::size_t dye = 0; dye < columns.size(); ++dye) {
    const std::vector<std::size_t> events = bright_events(columns[dye], looks[dye].quantile(0.98));
    for (std::size_t detector = 0; detector < columns.size(); ++detector) {
      const double coefficient = spillover.coefficients(dye, detector);
      if (dye == detector || coefficient < kLeastSpillover) continue;
      if (columns[dye].empty() || columns[dye].size() != columns[detector].size()) continue;
      const auto share = share_of_spillover(columns[dye], looks[dye], events, columns[detector],
                                            looks[detector], coefficient);
      if (!share) continue;
      if (*share < 0.35) ++compensated;
      if (*share > 0.6 && *share < 1.6) ++raw;
    }
  }
  if (compensated > 0 && compensated >= 3 * raw) return CompensationState::kCompensated;
  if (raw > 0 && raw >= 3 * compensated) return CompensationState::kRaw;
  return CompensationState::kUnclear;
}

}  // namespace gateless::preprocess
