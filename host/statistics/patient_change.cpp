#include "host/statistics/patient_change.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace gateless::statistics {
namespace {

constexpr double kLevel = 0.95;

double logit(double fraction) {
  if (fraction <= 0.0) return -std::numeric_limits<double>::infinity();
  if (fraction >= 1.0) return std::numeric_limits<double>::infinity();
  return std::log(fraction / (1.0 - fraction));
}

/// log of the fraction (of the ratio) that has these log odds.
double log_share(double log_odds, bool is_ratio) {
  return is_ratio ? log_odds : -std::log1p(std::exp(-log_odds));
}

/// What a sample says of its log fraction or log ratio.
struct Estimate {
  double value = 0.0;
  Interval limits;
};

Estimate estimate_of(const Share& share, double noise) {
  const double all = share.events + share.others;
  const Interval counting =
      all > 0.0 ? clopper_pearson(share.events, all, kLevel) : Interval{.low = 0.0, .high = 1.0};
  const double middle = share.log_odds();
  const double between = normal_quantile_of(kLevel) * std::sqrt(noise);
  const double low = middle - std::hypot(middle - logit(counting.low), between);
  const double high = middle + std::hypot(logit(counting.high) - middle, between);
  return {
      .value = log_share(middle, share.is_ratio),
      .limits = {.low = log_share(low, share.is_ratio), .high = log_share(high, share.is_ratio)}};
}

}  // namespace

double Share::log_odds() const { return std::log((events + 0.5) / (others + 0.5)); }
double Share::counting_variance() const { return 1.0 / (events + 0.5) + 1.0 / (others + 0.5); }

Share share_of(const AbundanceRow& row, bool is_ratio) {
  Share share{.events = 0.0, .others = 0.0, .is_ratio = is_ratio};
  if (!row.fraction_of_parent) return share;
  share.events = *row.fraction_of_parent * row.effective_parent_events;
  share.others = is_ratio ? row.effective_parent_events
                          : std::max(0.0, row.effective_parent_events - share.events);
  return share;
}

bool is_quantifiable(const AbundanceRow& before, const AbundanceRow& after, bool is_ratio,
                     double limit) {
  const bool has_enough = before.events + after.events > 2.0 * limit;
  return has_enough && (!is_ratio || before.parent_events + after.parent_events > 2.0 * limit);
}

LogChange log_change(const Share& before, const Share& after, double noise) {
  const Estimate first = estimate_of(before, noise), second = estimate_of(after, noise);
  LogChange result;
  result.change = second.value - first.value;
  const double down = std::hypot(second.value - second.limits.low, first.limits.high - first.value);
  const double up = std::hypot(second.limits.high - second.value, first.value - first.limits.low);
  result.interval = {.low = result.change - down, .high = result.change + up};
  const double towards_zero = result.change > 0.0 ? down : up;
  if (!std::isfinite(towards_zero) || towards_zero <= 0.0) return result;
  const double z = std::abs(result.change) / towards_zero * normal_quantile_of(kLevel);
  result.p =
      std::min(1.0, 2.0 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)));
  return result;
}

}  // namespace gateless::statistics
