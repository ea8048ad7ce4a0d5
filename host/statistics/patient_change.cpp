#include "host/statistics/patient_change.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace gateless {
namespace {

constexpr double kLevel = 0.95;

double logit(double fraction) {
  if (fraction <= 0.0) return -std::numeric_limits<double>::infinity();
  if (fraction >= 1.0) return std::numeric_limits<double>::infinity();
  return std::log(fraction / (1.0 - fraction));
}

Interval log_odds_limits(const Share& share) {
  const double all = share.events + share.others;
  if (all <= 0.0) return {.low = logit(0.0), .high = logit(1.0)};
  const Interval limits = clopper_pearson(share.events, all, kLevel);
  return {.low = logit(limits.low), .high = logit(limits.high)};
}

}  // namespace

double Share::log_odds() const { return std::log((events + 0.5) / (others + 0.5)); }
double Share::counting_variance() const { return 1.0 / (events + 0.5) + 1.0 / (others + 0.5); }

Share share_of(const AbundanceRow& row, bool is_ratio) {
  if (!row.fraction_of_parent) return {};
  const double events = *row.fraction_of_parent * row.effective_parent_events;
  return {.events = events,
          .others = is_ratio ? row.effective_parent_events
                             : std::max(0.0, row.effective_parent_events - events)};
}

OddsChange odds_change(const Share& before, const Share& after, double noise) {
  const Interval first = log_odds_limits(before), second = log_odds_limits(after);
  const double start = before.log_odds(), end = after.log_odds();
  const double between = normal_quantile_of(kLevel) * std::sqrt(2.0 * noise);
  OddsChange result;
  result.change = end - start;
  const double down = std::hypot(end - second.low, first.high - start, between);
  const double up = std::hypot(second.high - end, start - first.low, between);
  result.interval = {.low = result.change - down, .high = result.change + up};
  const double towards_zero = result.change > 0.0 ? down : up;
  const double z = std::abs(result.change) / towards_zero * normal_quantile_of(kLevel);
  result.p =
      std::isfinite(towards_zero)
          ? std::min(1.0, 2.0 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)))
          : 1.0;
  return result;
}

double relative_change(double before, double log_odds, bool is_ratio) {
  if (is_ratio) return std::exp(log_odds) - 1.0;
  const double start = logit(before);
  if (!std::isfinite(start)) return start > 0.0 ? 1.0 / (1.0 + std::exp(-log_odds)) - 1.0 : 0.0;
  return 1.0 / (1.0 + std::exp(-(start + log_odds))) / before - 1.0;
}

}  // namespace gateless
